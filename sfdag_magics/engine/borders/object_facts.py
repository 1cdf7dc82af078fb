"""What the catalogue remembers of objects, and how other rooms read and change that.

Knows no store, and of no object what its kind means.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Any, Protocol

from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName

#: In the detail of a renamed DATABASE or SCHEMA: its database and schema before.
MOVED_FROM = "moved_from"


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectFact:
    """One object that DuckDB has no place for, as the catalogue remembers it.

    Attributes:
        kind: Snowflake's word, upper-case: `STAGE`, `FILE FORMAT`, `PROCEDURE`, `SEQUENCE`,
            `MODEL`, …
        arguments: the argument types of a procedure or function, `(VARCHAR, NUMBER)`; else empty.
            Names are unique within (kind, database, schema, arguments).
        detail: what only this kind has; JSON-encodable.
        session_id: of a temporary object, the session that sees it and at whose end it goes; else
            None.
    """

    id: str
    kind: str
    database: str
    schema: str
    name: str
    created_on: datetime
    owner: str
    comment: str = ""
    arguments: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    session_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedFile:
    """What a table has loaded from a file: a digest of the file's content, and when."""

    content: str
    loaded_on: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesLoaded:
    """The files of one COPY, by names that only their content changes.

    Attributes:
        contents: what a table's history has from then on.
        seen: what it had when it was decided to load them, None for files it did not have; None
            where that does not matter (FORCE).
    """

    table_id: str
    contents: Mapping[str, str]
    seen: Mapping[str, LoadedFile | None] | None


class FactsView(Protocol):
    """The catalogue, for reading."""

    def find(
        self, kind: str, name: QualifiedName, *, arguments: str | None = None
    ) -> ObjectFact | None:
        """The object of this fully qualified name; without `arguments` its only overload."""

    def listed(
        self, kind: str, *, database: str | None = None, schema: str | None = None
    ) -> tuple[ObjectFact, ...]:
        """All objects of a kind, oldest first, optionally of one namespace."""


class Facts(FactsView, Protocol):
    """The catalogue inside one transaction: all that is done through it is kept or lost with it."""

    def add(
        self,
        kind: str,
        name: QualifiedName,
        *,
        detail: Mapping[str, Any],
        comment: str = "",
        arguments: str = "",
        temporary: bool = False,
    ) -> ObjectFact:
        """Remember a new object.

        Raises:
            SqlError: the name is taken, or the database or schema does not exist.
        """

    def change(
        self,
        fact: ObjectFact,
        *,
        detail: Mapping[str, Any] | None = None,
        comment: str | None = None,
        name: str | None = None,
    ) -> ObjectFact:
        """Replace what is given, keep the rest; the object keeps its id."""

    def remove(self, fact: ObjectFact) -> None:
        """Forget an object."""
