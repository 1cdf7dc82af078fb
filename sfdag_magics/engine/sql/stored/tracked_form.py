"""What a table with a stream keeps besides its columns, and the table of its rows' earlier states.

Each row has an id that it keeps for ever, the statement that made it what it is, and whether that
was an INSERT. What a statement replaces or deletes goes into a second table, with that statement.
Hidden: whoever reads the table sees its own columns only (`names/scope`).
"""

from __future__ import annotations

from collections.abc import Mapping

from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.sqltext import quoted_identifier

ROW = "sfdag$row"
STATEMENT = "sfdag$statement"
MADE = "sfdag$made"
#: Of an earlier state: the statement that ended it.
ENDED = "sfdag$ended"
HIDDEN = (ROW, STATEMENT, MADE)
#: DuckDB's variable for the statement that writes: what an INSERT does not name comes from it.
VARIABLE = "sfdag_statement"
#: Of rows that were there before anybody asked for changes: older than every offset.
BEFORE_ALL = "00000000-0000-0000-0000-000000000000"
#: In a table's detail, the DuckDB name of its rows' earlier states.
HISTORY = "history"

_DEFAULTS = {
    ROW: "UUID NOT NULL DEFAULT uuid()",
    STATEMENT: f"UUID NOT NULL DEFAULT CAST(getvariable('{VARIABLE}') AS UUID)",
    MADE: "BOOLEAN NOT NULL DEFAULT true",
}
#: In the detail of a table: CHANGE_TRACKING as it was said.
SAID = "change_tracking"
_PLAIN = {ROW: "UUID", STATEMENT: "UUID", MADE: "BOOLEAN", ENDED: "UUID"}


def is_tracked(fact: ObjectFact) -> bool:
    """Whether a table keeps what happens to it."""
    return HISTORY in fact.detail


def tells_changes(fact: ObjectFact) -> bool:
    """Whether CHANGE_TRACKING of a table is ON: it was said, or a stream needs it."""
    return is_tracked(fact) or bool(fact.detail.get(SAID))


def hidden_definitions() -> list[str]:
    """The hidden columns as DuckDB is to have them."""
    return [f"{quoted_identifier(name)} {text}" for name, text in _DEFAULTS.items()]


def hidden_items(*, is_tracked: bool) -> list[str]:
    """Where a rebuilt table has its hidden columns from."""
    if is_tracked:
        return [quoted_identifier(name) for name in HIDDEN]
    return ["uuid()", f"CAST('{BEFORE_ALL}' AS UUID)", "false"]


def history_sql(name: str, columns: Mapping[str, str]) -> str:
    """The DuckDB statement that makes the table of earlier states; `columns` are {name: type}."""
    definitions = {**columns, **_PLAIN}
    texts = (f"{quoted_identifier(column)} {kind}" for column, kind in definitions.items())
    return f"CREATE TABLE {quoted_identifier(name)} ({', '.join(texts)})"


def own_columns(fact: ObjectFact) -> str:
    """The query for what a tracked table has for everybody."""
    names = list_of([column["name"] for column in fact.detail["columns"]])
    return f"SELECT {names} FROM {quoted_identifier(fact.detail['physical'])}"  # noqa: S608 - names of ours, quoted


def list_of(names: list[str]) -> str:
    """Names as DuckDB reads them, with commas between."""
    return ", ".join(map(quoted_identifier, names))
