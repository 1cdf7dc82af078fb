"""What is known of a statement whose answer was lost: what it answered, or that it may be repeated.

Knows the kinds whose whole effect is one commit, and how a noted answer becomes a result again.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sfdag_magics.engine.answers import Result, SfType, SqlError, StatementType
from sfdag_magics.engine.rowset import rowset
from sfdag_magics.engine.sql.gate import classify
from sfdag_magics.engine.sql.result_rows import counts, status
from sfdag_magics.engine.store.outcomes import OutcomeNotes
from sfdag_magics.sqltext import SqlTextError

#: Kinds that have one commit with all that they do, and note themselves in it: where no note is,
#: nothing was done. A kind that commits twice, or does something outside DuckDB, is none of them.
ALL_OR_NOTHING = frozenset(
    {
        "INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE TABLE", "COMMIT",
        "CREATE TABLE", "ALTER TABLE", "DROP TABLE",
        "CREATE VIEW", "ALTER VIEW", "DROP VIEW",
        "CREATE SEQUENCE", "ALTER SEQUENCE", "DROP SEQUENCE", "COMMENT",
    }
)  # fmt: skip
#: First words of kinds that read, or change nothing but the session. PUT and GET only tell the
#: client where to carry files.
_HARMLESS = frozenset(
    {
        "SELECT", "SHOW", "DESCRIBE", "LIST", "EXPLAIN", "PUT", "GET",
        "USE", "SET", "UNSET", "BEGIN", "ROLLBACK",
    }
)  # fmt: skip
#: A query or INSERT that calls one of these may do anything.
_FUNCTIONS = "SYSTEM$"


class SqlOutcomes:
    """Implements `ports.Outcomes`. Any thread."""

    def __init__(self, notes: OutcomeNotes) -> None:
        self._notes = notes

    def outcome(self, query_id: str) -> Result | None:
        """The answer of a statement that took effect; None where it did not or nothing is known."""
        found = self._notes.find(query_id)
        return None if found is None else _result(found[0])

    def can_repeat(self, text: str) -> bool:
        """Whether a statement without outcome did nothing, or nothing that matters twice."""
        try:
            kind = classify(text, str(uuid.uuid4()), ()).kind
        except (SqlError, SqlTextError):
            return True  # it is refused again
        if _FUNCTIONS in text.upper():
            return False
        return kind in ALL_OR_NOTHING or kind.split()[0] in _HARMLESS or kind == "ALTER SESSION"

    def forget_old(self) -> None:
        """Delete what nobody will ask for any more."""
        self._notes.forget_old()


def noted_answer(result: Result) -> str:
    """The small answer of a statement that writes, as its note keeps it."""
    rows = result.rows.to_pylist()
    if result.statement_type is not StatementType.COPY:
        return json.dumps({"type": result.statement_type.name, "row": rows[0]})
    columns = {column.name: column.type for column in result.columns}
    return json.dumps({"columns": columns, "rows": rows, "affected": result.rows_affected})


def _result(answer: str | None) -> Result:
    if answer is None:
        return status("Statement executed successfully.")
    noted = json.loads(answer)
    if "columns" in noted:
        return _of_copy(noted)
    kind, row = StatementType[noted["type"]], noted["row"]
    if all(isinstance(value, int) for value in row.values()):
        return counts(kind, **row)
    return status(next(iter(row.values())), kind)


def _of_copy(noted: Mapping[str, Any]) -> Result:
    columns = {name: SfType(kind) for name, kind in noted["columns"].items()}
    rows = [[row[name] for name in columns] for row in noted["rows"]]
    answer = rowset(columns, rows, statement_type=StatementType.COPY)
    return replace(answer, rows_affected=noted["affected"])
