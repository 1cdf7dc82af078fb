"""A stream as the catalogue has it, and the tables that it watches. Knows no SQL.

A stream holds on to its tables by their ids: a new name or another shape of a table is nothing to
it, and a table that was dropped or replaced is gone for ever.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from typing import Any

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.object_facts import FactsView, ObjectFact
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName

_STREAM = "STREAM"


class Mode(StrEnum):
    """What a stream shows, in SHOW STREAMS' words."""

    DEFAULT = "DEFAULT"
    APPEND_ONLY = "APPEND_ONLY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """What is kept of a stream beside its name.

    Attributes:
        source: the full name of the table or view, as it was when the stream was made.
        source_id: the id of that object.
        tables: {id: full name then} of the tables that it watches: the source, or those beneath.
        shows_initial_rows: whether it first shows what was there when it was made.
    """

    source: str
    source_id: str
    is_view: bool
    tables: Mapping[str, str]
    mode: Mode = Mode.DEFAULT
    shows_initial_rows: bool = False

    def stored(self) -> dict[str, Any]:
        """As the catalogue keeps it."""
        return {
            "source": self.source,
            "source_id": self.source_id,
            "is_view": self.is_view,
            "tables": dict(self.tables),
            "mode": self.mode.value,
            "initial": self.shows_initial_rows,
        }


def stream_of(fact: ObjectFact) -> Stream:
    """The stream that a fact keeps."""
    detail = fact.detail
    return Stream(
        source=detail["source"],
        source_id=detail["source_id"],
        is_view=detail["is_view"],
        tables=dict(detail["tables"]),
        mode=Mode(detail["mode"]),
        shows_initial_rows=detail["initial"],
    )


def streams_on(facts: FactsView, table_id: str) -> list[ObjectFact]:
    """The streams that watch a table."""
    return [fact for fact in facts.listed(_STREAM) if table_id in fact.detail["tables"]]


def unwatched(facts: FactsView, tables: Iterable[str]) -> set[str]:
    """Those of the tables' ids that no stream watches."""
    return {table for table in tables if not streams_on(facts, table)}


def by_id(facts: Iterable[ObjectFact], ids: Collection[str]) -> Mapping[str, ObjectFact]:
    """The objects of these ids, as far as they are there."""
    return {fact.id: fact for fact in facts if fact.id in ids}


def gone(stream: Stream, name: str, found: Collection[str]) -> SqlError:
    """The error for a stream whose source was dropped or replaced, in Snowflake's words.

    `found` are the ids of what is there.
    """
    tables = [shown for table, shown in stream.tables.items() if table not in found]
    what = f"table '{tables[0]}'" if tables else f"view '{stream.source}'"
    return SqlError(
        f"SQL compilation error:\nBase {what} dropped, cannot read from stream '{name}'.",
        code=91901,
        sqlstate="02000",
    )


def name_of(fact: ObjectFact) -> str:
    """The full name of an object, as texts have it."""
    return QualifiedName(fact.name, fact.schema, fact.database).sql()
