"""Which tables a statement names as read and written, by its text. Pure; asks no target.

Names are taken as they are written: of a view itself and not what is behind it, and of what a
statement computes (`IDENTIFIER(:t)`) none. Imports sqlglot when a statement is read.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

from sfdag_magics.client.tracing.quiet import without_warnings_of
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName

#: What Snowpark makes and fills on its way, which nobody else sees.
_SNOWPARKS = "SNOWPARK_TEMP_"
#: What tells of tables and is none of the user's.
_CATALOGUES = ("INFORMATION_SCHEMA",)
_SNOWFLAKES = "SNOWFLAKE"
#: Statements that are no lineage by themselves: what a block or a call does, it does by others.
_WRITING = ("Insert", "Create", "Merge", "Update", "Delete", "Copy", "TruncateTable")
_READING = ("Select", "SetOperation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """By their full stored names, `DB.SCHEMA.T`, sorted."""

    read: tuple[str, ...] = ()
    written: tuple[str, ...] = ()


def tables_of(text: str, database: str | None, schema: str | None) -> Tables:
    """The tables of one statement; none where it cannot be read.

    Args:
        database: with the schema, where its bare names are.
    """
    sqlglot = importlib.import_module("sqlglot")
    words = sqlglot.exp
    try:
        with without_warnings_of("sqlglot"):  # of each CALL, which it takes as it stands
            said = sqlglot.parse_one(text, read="snowflake")
    except sqlglot.errors.SqlglotError:
        return Tables()
    kinds = tuple(getattr(words, name) for name in (*_WRITING, *_READING))
    # What makes a view reads nothing yet.
    is_no_table = isinstance(said, words.Create) and said.kind != "TABLE"
    if is_no_table or not isinstance(said, kinds):
        return Tables()
    targets = [*_targets(said, words)]
    read = (each for each in said.find_all(words.Table) if not any(each is it for it in targets))
    common = {cte.alias.upper() for cte in said.find_all(words.CTE)}
    return Tables(
        read=_named(
            (each for each in read if each.db or each.name.upper() not in common),
            words,
            database,
            schema,
        ),
        written=() if _is_temporary(said, words) else _named(targets, words, database, schema),
    )


def _targets(said: Any, words: Any) -> Iterator[Any]:  # noqa: ANN401 - another library's
    """The tables that a statement writes."""
    if isinstance(said, words.TruncateTable):
        yield from said.expressions
    elif not isinstance(said, tuple(getattr(words, name) for name in _READING)):
        named = said.this
        yield named.this if isinstance(named, words.Schema) else named


def _is_temporary(said: Any, words: Any) -> bool:  # noqa: ANN401 - another library's
    made = said.args.get("properties") if isinstance(said, words.Create) else None
    return made is not None and made.find(words.TemporaryProperty) is not None


def _named(
    tables: Any,  # noqa: ANN401 - another library's
    words: Any,  # noqa: ANN401 - another library's
    database: str | None,
    schema: str | None,
) -> tuple[str, ...]:
    names = {
        QualifiedName(*map(_stored, (each.this, each.args.get("db"), each.args.get("catalog"))))
        for each in tables
        if isinstance(each, words.Table) and isinstance(each.this, words.Identifier)
    }
    whole = (name.within(database, schema) for name in names if not _is_no_table(name))
    return tuple(sorted(".".join((t.database or "", t.schema or "", t.name)) for t in whole))


def _stored(identifier: Any) -> Any:  # noqa: ANN401 - another library's
    if identifier is None:
        return None
    return identifier.name if identifier.quoted else identifier.name.upper()


def _is_no_table(name: QualifiedName) -> bool:
    is_own = name.name.startswith(_SNOWPARKS) or name.schema in _CATALOGUES
    return is_own or name.database == _SNOWFLAKES
