"""How values show themselves where they are displayed, and turn into tables. Draws nothing itself.

Values stand below pictures, and who displays none loads no layout: the one import that goes up
(`tests/rooms.py`) is made when a picture is asked for.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sfdag_magics.errors import not_installed
from sfdag_magics.graph.names import counted

if TYPE_CHECKING:
    import pandas as pd

#: Of sizes, in thousands as systems list files. Settings of memory are read, and told back, in
#: 1,024s (`engine.limits.budget`).
_UNITS = ("kB", "MB", "GB", "TB")
#: From here on, three digits would read as a thousand of the unit.
_NEXT_UNIT = 999.5


class Displayed:
    """A value that a notebook shows as a picture or a table, also where no magics are loaded."""

    __slots__ = ()

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> Mapping[str, str]:
        """`{MIME type: its form}`, as Jupyter asks for it; what it leaves out, Jupyter does."""
        drawn = importlib.import_module("sfdag_magics.workspace.answers.pictures")
        bundle: Mapping[str, str] = drawn.picture_of(self)
        return bundle


def size_text(count: int) -> str:
    """A number of bytes by three digits.

    >>> size_text(84), size_text(18_240), size_text(999_600), size_text(2_500_000)
    ('84 bytes', '18.2 kB', '1 MB', '2.5 MB')
    """
    if count < 1000:
        return counted(count, "byte")
    size, left = count / 1000, list(_UNITS)
    while size >= _NEXT_UNIT and len(left) > 1:
        size, left = size / 1000, left[1:]
    return f"{size:.3g} {left[0]}" if size < _NEXT_UNIT else f"{size:,.0f} {left[0]}"


def table_lines(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of cells in columns, as text.

    >>> table_lines([("task", "took"), ("a", "1 s")])
    ['task  took', 'a     1 s']
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (zip(row, widths, strict=True) for row in rows)
    return ["  ".join(cell.ljust(width) for cell, width in line).rstrip() for line in lines]


def data_frame(rows: Iterable[Mapping[str, Any]], columns: Iterable[str]) -> pd.DataFrame:
    """A table of these rows.

    Raises:
        MachineError: pandas is not installed.
    """
    try:
        pandas = importlib.import_module("pandas")
    except ImportError as error:
        raise not_installed("pandas", "pandas") from error
    table: pd.DataFrame = pandas.DataFrame.from_records(list(rows), columns=list(columns))
    return table
