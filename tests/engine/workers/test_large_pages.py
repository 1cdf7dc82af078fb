"""What is set for the preloaded process ends with it."""

from __future__ import annotations

import pytest

from sfdag_magics.engine.workers.large_pages import forget, with_large_pages

from .conftest import Bench


@pytest.mark.parametrize(
    "theirs", [{}, {"PYTHONMALLOC": "debug"}, {"GLIBC_TUNABLES": "glibc.malloc.check=1"}]
)
def test_what_is_set_is_taken_out_again(theirs: dict[str, str]) -> None:
    environment = with_large_pages({"HOME": "/", **theirs})

    forget(environment)

    assert environment == {"HOME": "/", **theirs}


def test_the_users_code_does_not_see_it(bench: Bench) -> None:
    outcome = bench.run(
        "import os\n"
        "def main():\n"
        "  return str([name for name in ('PYTHONMALLOC', 'GLIBC_TUNABLES') if name in os.environ])"
    )

    assert outcome.value == "[]"
