"""What imports leave free between their objects is taken, and memory stays what it is."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys

import pytest

from sfdag_magics.engine.workers import large_pages

HOLES = """
from sfdag_magics.engine.workers.inside import heap_holes
texts = [("x" * (number % 900)) + str(number) for number in range(40_000)]
del texts[::2]
before = heap_holes.free_between()
taken = heap_holes.fill()
after = heap_holes.free_between()
assert all(text.endswith(str(2 * number + 1)) for number, text in enumerate(texts))
print(before, taken, after)
"""


@pytest.mark.skipif(
    not hasattr(ctypes.CDLL(None), "mallinfo2"), reason="glibc tells of its heap since 2.33"
)
def test_few_of_the_holes_are_left() -> None:
    done = subprocess.run(  # noqa: S603 - a few lines of ours
        [sys.executable, "-c", HOLES],
        env=large_pages.with_large_pages(os.environ),
        check=True,
        capture_output=True,
        text=True,
    )
    before, taken, after = map(int, done.stdout.split())
    assert before > 5_000_000
    assert after < before / 20
    assert taken > before / 2
