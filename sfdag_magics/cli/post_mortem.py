"""What a shell shows of a task's function that raised here: its own lines, and a debugger there.

A person's terminal gets `pdb` at the line that raised; a pipe gets the traceback alone.
"""

from __future__ import annotations

import contextlib
import pdb
import sys
import traceback
from pathlib import Path
from types import TracebackType

#: Of our own lines, and those of the library between them and the function, nobody has to read.
_OURS = (str(Path(__file__).parents[1]), contextlib.__file__)


def look_into(raised: BaseException) -> None:
    """Tell where a function raised, and let a person look around there."""
    own = _own_lines(raised.__traceback__)
    lines = traceback.format_exception(
        type(raised), raised, own, chain=raised.__cause__ is not None
    )
    sys.stderr.write("".join(lines))
    if own is not None and _is_a_terminal():
        with contextlib.redirect_stdout(sys.__stdout__):  # only so does a line have its history
            pdb.post_mortem(own)


def _own_lines(lines: TracebackType | None) -> TracebackType | None:
    """The traceback from the function on; all of it where nothing but ours is there."""
    found = lines
    while found is not None and found.tb_frame.f_code.co_filename.startswith(_OURS):
        found = found.tb_next
    return found or lines


def _is_a_terminal() -> bool:
    return bool(sys.stdin and sys.stdin.isatty() and sys.__stdout__ and sys.__stdout__.isatty())
