"""A model's default version: made another, and made again what it was before.

The registry keeps no history of defaults. What was the default before is known by what a promotion
from here noted in the model's comment, else by the statements of tasks and people, as far as the
history of queries goes back.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from datetime import UTC, datetime

from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.models.registered import Model
from sfdag_magics.client.observing.deployed import marked_comment
from sfdag_magics.client.observing.history_arguments import KEPT, MOST_ROWS, moment_argument
from sfdag_magics.errors import BackendError
from sfdag_magics.sqltext import (
    QualifiedName,
    SqlTextError,
    TokenReader,
    quoted_string,
    sql_identifier,
)

#: What our mark in the comment says: the default that was set from here, and the one before it.
_NOTED = "default"


def promote(backend: Backend, model: Model, version: str) -> None:
    """Make a version the default, and note which one was before.

    Args:
        version: its stored name.

    Raises:
        BackendError: the target refuses. What is noted of a promotion that did not take place says
            nothing: the default is another.
    """
    noted = {**model.mark, _NOTED: [model.default, version]}
    comment = quoted_string(marked_comment(model.comment or None, noted))
    name = model.name.sql()
    backend.script(
        (
            f"ALTER MODEL {name} SET COMMENT = {comment}",
            f"ALTER MODEL {name} SET DEFAULT_VERSION = {sql_identifier(version)}",
        )
    )


def default_before(backend: Backend, model: Model) -> str | None:
    """The stored name of the version that was the default before; None where nothing tells."""
    noted = model.mark.get(_NOTED)
    if isinstance(noted, list) and len(noted) == 2 and noted[1] == model.default:
        return str(noted[0])
    # Each default once: to set the one that it is already changes nothing.
    defaults: list[str] = []
    for name in _defaults_set(model, _statements(backend)):
        if defaults[-1:] != [name]:
            defaults.append(name)
    is_told = len(defaults) > 1 and defaults[-1] == model.default
    return defaults[-2] if is_told else None


def _statements(backend: Backend) -> list[tuple[str, str | None, str | None]]:
    """Texts that set defaults, the oldest first, each with the database and schema it was sent in.

    Who may not read the history is told nothing.
    """
    database, _ = backend.namespace
    if database is None:
        return []
    since = moment_argument(datetime.now(UTC) - KEPT, is_embedded=False)
    table = (
        f"TABLE({sql_identifier(database)}.INFORMATION_SCHEMA.QUERY_HISTORY("
        f"END_TIME_RANGE_START => {since}, "
        f"RESULT_LIMIT => {MOST_ROWS}))"
    )
    rows = []
    with contextlib.suppress(BackendError):
        rows = list(
            backend.rows(
                f"SELECT QUERY_TEXT, DATABASE_NAME, SCHEMA_NAME FROM {table} "  # noqa: S608 - literals are quoted by sqltext
                "WHERE EXECUTION_STATUS = 'SUCCESS' AND (QUERY_TEXT ILIKE 'ALTER%DEFAULT_VERSION%' "
                "OR QUERY_TEXT ILIKE 'CREATE%MODEL%VERSION%') ORDER BY START_TIME"
            )
        )
    return [(str(row["QUERY_TEXT"]), row["DATABASE_NAME"], row["SCHEMA_NAME"]) for row in rows]


def _defaults_set(
    model: Model, statements: Iterable[tuple[str, str | None, str | None]]
) -> Iterable[str]:
    """The versions that these statements made the model's default, in their order."""
    for text, database, schema in statements:
        found = _default_set(text)
        if found is None:
            continue
        name, version = found
        if name.within(database, schema) == model.name:
            yield version


def _default_set(text: str) -> tuple[QualifiedName, str] | None:
    """The model, and the version that the statement makes its default; None of another one."""
    with contextlib.suppress(SqlTextError):
        reader = TokenReader(text)
        if reader.accept("ALTER", "MODEL"):
            reader.accept("IF", "EXISTS")
            name = reader.qualified_name()
            reader.expect("SET", "DEFAULT_VERSION", "=")
            return name, reader.identifier()
        reader.expect("CREATE")
        reader.accept("OR", "REPLACE")
        reader.expect("MODEL")
        reader.accept("IF", "NOT", "EXISTS")
        name = reader.qualified_name()
        reader.expect("WITH", "VERSION")
        return name, reader.identifier()
    return None
