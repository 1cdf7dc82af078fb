"""The macros of a data file: made once, and again only where their text has changed.

Knows each macro's text as it was made, which DuckDB does not keep; what a macro says, nothing. A
column's default may rest on a macro: that table keeps it as it was, and the others change.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress

import duckdb

_CREATION = (
    "CREATE TABLE IF NOT EXISTS registry.macros(name VARCHAR PRIMARY KEY, statement VARCHAR)"
)
# One statement for all: DuckDB looks for conflicts anew in each, a millisecond and more apiece.
_KEPT = (
    "INSERT INTO registry.macros SELECT unnest(?), unnest(?)"
    " ON CONFLICT (name) DO UPDATE SET statement = excluded.statement"
)
_NAME = re.compile(r"MACRO\s+(?:\w+\.)*(\w+)\s*\(", re.IGNORECASE)


def install_macros(connection: duckdb.DuckDBPyConnection, statements: Iterable[str]) -> None:
    """Make the macros of these CREATE OR REPLACE statements that the file does not have."""
    connection.execute(_CREATION)
    made = dict(connection.execute("SELECT name, statement FROM registry.macros").fetchall())
    wanted = {_name(statement): statement for statement in statements}
    changed = {name: wanted[name] for name in wanted if made.get(name) != wanted[name]}
    if not made:
        with suppress(duckdb.DependencyException):
            _install(connection, changed)
            return
    for name, statement in changed.items():
        with suppress(duckdb.DependencyException):
            _install(connection, {name: statement})


def _install(connection: duckdb.DuckDBPyConnection, changed: Mapping[str, str]) -> None:
    """Make these macros, all or none."""
    connection.execute("BEGIN")
    try:
        for statement in changed.values():
            connection.execute(statement)
        connection.execute(_KEPT, [list(changed), list(changed.values())])
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _name(statement: str) -> str:
    found = _NAME.search(statement)
    if found is None:
        raise ValueError(f"this makes no macro: {statement}")
    return found.group(1)
