"""The columns that arrive, and how their values travel: as Arrow, in types that lose nothing.

Moments travel as text, which every Snowflake reads alike; nested values as JSON. Knows no source.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import field

import pyarrow as pa

from sfdag_magics.errors import InputError
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import quoted_identifier

TEXT = "VARCHAR"
#: An integer of whatever size; a scale is added to as many digits.
DIGITS = 38
NESTED = ("VARIANT", "OBJECT", "ARRAY")
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*")
#: As many characters as Snowflake takes for a name.
_LONGEST = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of the table that is made.

    Attributes:
        name: as it is stored.
        type: as SQL declares it.
        travels: the Arrow type of the values on their way.
        is_nullable: whether it takes NULL.
    """

    name: str
    type: str
    travels: pa.DataType
    is_nullable: bool = True

    @property
    def declared(self) -> str:
        """The column as CREATE TABLE has it."""
        end = "" if self.is_nullable else " NOT NULL"
        return f"{quoted_identifier(self.name)} {self.type}{end}"

    def read_from(self, place: str) -> str:
        """The value again, where `place` says where it arrived."""
        if self.type in NESTED:
            parsed = f"PARSE_JSON({place}::VARCHAR)"
            return parsed if self.type == "VARIANT" else f"{parsed}::{self.type}"
        is_read = pa.types.is_string(self.travels) and not self.type.startswith(TEXT)
        return f"{place}::VARCHAR::{self.type}" if is_read else f"{place}::{self.type}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What arrives.

    Attributes:
        batches: begins to read; each batch has the columns in order, as they travel.
        notes: what is not as it was there.
    """

    columns: tuple[Column, ...]
    batches: Callable[[], Iterator[pa.RecordBatch]]
    notes: tuple[str, ...] = field(default=())


def stored_names(names: Sequence[object], source: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of columns as they are stored, and notes on those that are not as they were.

    A plain word becomes what it is without quotes, upper-case; any other stays as it is. Names
    that then differ in case alone, and empty ones, are given a number.

    Raises:
        InputError: one is too long.
    """
    taken: set[str] = set()
    stored, notes = [], []
    for number, name in enumerate(names, 1):
        said = said_name(name)
        wanted = said.upper() if _PLAIN.fullmatch(said) else said
        if len(wanted) > _LONGEST:
            raise InputError(
                f"{source}: the name of column {number} has {len(wanted)} characters, "
                f"and Snowflake takes {_LONGEST}: {wanted[:40]}…",
                hint="give it a shorter name there",
            )
        given = _free(wanted if wanted.strip() else f"COLUMN_{number}", taken)
        taken.add(given.upper())
        stored.append(given)
        if given != wanted:
            why = "has no name" if not wanted.strip() else f"is a second {said}"
            notes.append(f"column {number} {why} and is {quoted_identifier(given)}")
    return tuple(stored), tuple(notes)


def said_name(name: object) -> str:
    """A column's name as a text; pandas has some in several levels."""
    levels = name if isinstance(name, tuple) else (name,)
    return "_".join(filter(None, map(str, levels)))


def _free(wanted: str, taken: set[str]) -> str:
    name, number = wanted, 2
    while name.upper() in taken:
        name, number = f"{wanted}_{number}", number + 1
    return name


def table_name_of(text: str) -> str:
    """A name that needs no quotes, from that of a file: `my data (1)` → `MY_DATA_1`."""
    word = re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_").upper()
    return f"_{word}" if word[:1].isdigit() else word
