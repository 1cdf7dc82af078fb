"""What the catalogue remembers of objects, and how other rooms read and change that.

Knows no store, and of no object what its kind means.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
class CopiedFile:
    """What one COPY made of one file, whether its rows were loaded or not.

    Attributes:
        stage: the stage's name in full, or how the statement names it where it has none.
        file: its name in the stage.
        status: as COPY answers it.
        first_error: of the first bad row in the file, as are line and column; None without one.
    """

    table_id: str
    copied_on: datetime
    stage: str
    file: str
    size: int
    status: str
    parsed: int
    loaded: int
    error_limit: int
    errors: int
    first_error: str | None = None
    first_line: int | None = None
    first_column: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesLoaded:
    """The files of one COPY, by names that only their content changes.

    Attributes:
        contents: what a table's history has from then on.
        copied: what became of all its files, those that were skipped included.
        seen: what it had when it was decided to load them, None for files it did not have; None
            where that does not matter (FORCE).
    """

    table_id: str
    contents: Mapping[str, str]
    copied: tuple[CopiedFile, ...]
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

    def require_schema(self, database: str, schema: str) -> None:
        """See that objects can be made there.

        Raises:
            SqlError: the database or the schema does not exist, or takes no objects.
        """

    def add_to_account(
        self, kind: str, name: str, *, detail: Mapping[str, Any], comment: str = ""
    ) -> ObjectFact:
        """Remember a new object of the account, which is in no database.

        Raises:
            SqlError: the name is taken.
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


#: By names of database and schema, or of the database alone.
NamespaceNumbers = Callable[[str, str | None], int | None]


def namespace_numbers(facts: FactsView) -> NamespaceNumbers:
    """A number for each database and schema that is there; NULL for what is gone."""
    numbers = {
        (fact.database, fact.schema or None): object_number(fact)
        for kind in ("DATABASE", "SCHEMA")
        for fact in facts.listed(kind)
        if fact.owner  # those that every account has are no one's, and have no such id
    }
    return lambda database, schema: numbers.get((database, schema))


def object_number(fact: ObjectFact) -> int:
    """An object's id where Snowflake has a number."""
    return int(fact.id[:12], 16)
