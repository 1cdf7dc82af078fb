"""Whether there is room for the texts that a function makes of the rows DuckDB computes at once.

DuckDB takes some two thousand rows in one step and cannot be stopped within it, so texts that no
memory could hold together keep it busy for minutes before they fail. What is known of their lengths
is added up before the first is made. Knows DuckDB's way to borrow a function, no trees.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import duckdb
import pyarrow as pa
from duckdb.func import FunctionNullHandling, PythonUDFType

from sfdag_magics.engine.limits.budget import MEMORY_VARIABLE, size_text
from sfdag_magics.engine.sql.values.types import LONGEST

#: The function that macros ask: the maker's name and the bytes it makes, true or an error.
NAME = "_sf_has_room"
MOST = LONGEST


class NoRoomError(Exception):
    """What a function is to make is too long. DuckDB passes its text on."""


#: What DuckDB calls; whoever lends it holds it, because DuckDB does no longer than the connection.
Room = Callable[[pa.Array, pa.Array], pa.Array]


def lend_room(connection: duckdb.DuckDBPyConnection, memory: int) -> Room:
    """Give DuckDB the function, for all connections of a process that may take so much memory."""
    room = partial(has_room, memory)
    connection.create_function(
        NAME,
        room,
        ["VARCHAR", "DOUBLE"],
        "BOOLEAN",
        type=PythonUDFType.ARROW,
        null_handling=FunctionNullHandling.SPECIAL,
        # or DuckDB computes what is made of constants while it plans, again and again
        side_effects=True,
    )
    return room


def has_room(memory: int, makers: pa.Array, lengths: pa.Array) -> pa.Array:
    """True for each row.

    Raises:
        NoRoomError: a text is longer than one may be, or all together than the memory.
    """
    known = lengths.drop_null().to_pylist()
    if known:
        maker = makers[0].as_py()
        if max(known) > MOST:
            raise NoRoomError(f"String is too long: {maker} makes up to {MOST:,} bytes")
        if sum(known) > memory:
            raise NoRoomError(_too_many(maker, len(known), int(sum(known)), memory))
    return pa.array([True] * len(lengths), pa.bool_())


def _too_many(maker: str, rows: int, length: int, memory: int) -> str:
    return (
        f"Strings are too long: {maker} makes {size_text(length)} of {rows:,} rows that are"
        f" computed at once, and the embedded engine may take {size_text(memory)} of memory. Make"
        " shorter strings, or those of fewer rows at a time; or let the engine take more: stop it"
        f" (sfdag local stop) and set {MEMORY_VARIABLE}, such as {MEMORY_VARIABLE}=60%, where it is"
        " started."
    )
