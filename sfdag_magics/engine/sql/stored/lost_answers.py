"""What is known of a statement whose answer was lost: what it answered, or that it may be repeated.

Knows the kinds whose whole effect is one commit, and how a noted answer becomes a result again.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sfdag_magics.engine.borders.answers import Result, SfType, SqlError, StatementType
from sfdag_magics.engine.borders.ports import SqlSession, Statement
from sfdag_magics.engine.borders.rowset import rowset, status
from sfdag_magics.engine.sql.reading.gate import classify
from sfdag_magics.engine.sql.results.result_rows import counts
from sfdag_magics.engine.sql.stored.said_again import said_again
from sfdag_magics.engine.store.outcomes import OutcomeNotes
from sfdag_magics.sqltext import SqlTextError, TokenKind

_VERBS = ("CREATE", "ALTER", "DROP")
#: What is kept in DuckDB. Files of stages and models are laid down before the commit and removed
#: after it; what a kill leaves over nobody can name, and the next start removes it.
_OBJECTS = (
    "DATABASE", "SCHEMA", "TABLE", "VIEW", "SEQUENCE", "STREAM",
    "STAGE", "FILE FORMAT", "PROCEDURE", "FUNCTION", "MODEL",
)  # fmt: skip
#: Kinds that have one commit with all that they do, and note themselves in it: where no note is,
#: nothing was done. A kind that commits twice, or does something outside DuckDB, is none of them.
ALL_OR_NOTHING = frozenset(
    {"INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE TABLE", "COPY INTO", "COMMIT", "COMMENT"}
    | {f"{verb} {noun}" for verb in _VERBS for noun in _OBJECTS}
)
#: The same of what the run log keeps.
_OF_TASKS = frozenset(
    {"CREATE TASK", "CREATE OR ALTER TASK", "ALTER TASK", "DROP TASK", "EXECUTE TASK"}
)
_NAMES_THE_SESSION = ("CREATE DATABASE", "CREATE SCHEMA")
#: First words of kinds that read, or change nothing but the session. PUT and GET only tell the
#: client where to carry files.
_HARMLESS = frozenset(
    {
        "SELECT", "SHOW", "DESCRIBE", "LIST", "EXPLAIN", "PUT", "GET",
        "USE", "SET", "UNSET", "BEGIN", "ROLLBACK",
    }
)  # fmt: skip
_READING = frozenset({"SELECT", "SHOW", "DESCRIBE", "LIST", "EXPLAIN"})
#: A query or INSERT that calls one of these may do anything.
_FUNCTIONS = "SYSTEM$"
#: What they do is done by the statements in them, each for itself.
_SCRIPTS = frozenset({"EXECUTE IMMEDIATE", "EXECUTE IMMEDIATE FROM", "BLOCK"})


_PROGRAMS = ("CALL", "WITH PROCEDURE", *_SCRIPTS)
_LOOK = "Look at the data before repeating it."


class SqlOutcomes:
    """Implements `ports.Outcomes`. Any thread.

    Args:
        notes: in the DuckDB file.
        elsewhere: other places that keep outcomes, by query id.
        use_created: lets a session use the database or schema that a statement created.
    """

    def __init__(
        self,
        notes: OutcomeNotes,
        elsewhere: Sequence[Callable[[str], Result | None]],
        use_created: Callable[[Statement, SqlSession], None],
    ) -> None:
        self._notes = notes
        self._elsewhere = elsewhere
        self._use_created = use_created

    def outcome(self, query_id: str) -> Result | None:
        """The answer of a statement that took effect; None where it did not or nothing is known."""
        found = self._notes.find(query_id)
        if found is not None:
            return _result(found[0])
        return next(filter(None, (find(query_id) for find in self._elsewhere)), None)

    def took_effect(self, query_id: str) -> bool:
        """Whether a statement that was noted did what it is for."""
        return self.outcome(query_id) is not None

    def again(self, query_id: str, text: str, session: SqlSession) -> Result | None:
        """The outcome, and the session as the statement leaves it."""
        known = self.outcome(query_id)
        statement = _read(text) if known is not None else None
        if statement is None:
            return known
        if statement.kind in _NAMES_THE_SESSION:
            self._use_created(statement, session)
        noted = self._notes.find(query_id)
        return status(said_again(statement)) if noted == (None,) else known

    def can_repeat(self, text: str) -> bool:
        """Whether a statement without outcome did nothing, or nothing that matters twice."""
        statement = _read(text)
        if statement is None:
            return True  # it is refused again
        kind = statement.kind
        if kind in _OF_TASKS:
            return True  # what a task's body calls is not called by what makes the task
        if _FUNCTIONS in text.upper() or _unloads(statement):
            return False
        if kind in ALL_OR_NOTHING:
            return True
        return kind.split()[0] in _HARMLESS or kind == "ALTER SESSION"

    def advice(self, text: str) -> str:
        """What to do about a statement of which nobody knows whether it was carried out."""
        statement = _read(text)
        if statement is None:
            return _LOOK
        if statement.kind in _PROGRAMS:
            return (
                "What it ran commits statement by statement: whatever had committed stays, the"
                f" rest did not happen. {_LOOK}"
            )
        if _unloads(statement):
            return "LIST its target: the file is there as a whole, or not at all."
        if statement.kind == "REMOVE":
            return "LIST the files before repeating it."
        return _LOOK

    def forget_old(self) -> None:
        """Delete what nobody will ask for any more."""
        self._notes.forget_old()


def _read(text: str) -> Statement | None:
    try:
        return classify(text, str(uuid.uuid4()), ())
    except (SqlError, SqlTextError):
        return None


def _unloads(statement: Statement) -> bool:
    """Whether it is a COPY whose target is a location: the file is no part of a commit."""
    if statement.kind != "COPY INTO":
        return False
    target = statement.tokens[2]
    return target.text == "@" or target.kind in (TokenKind.STRING, TokenKind.DOLLAR_STRING)


def has_one_effect(statement: Statement) -> bool:
    """Whether all that it does is one commit or nothing, so that it did nothing if ended before.

    What a script does is done by its statements, of each of which this is asked.
    """
    if statement.kind in _SCRIPTS:
        return True
    if _FUNCTIONS in statement.text.upper() or _unloads(statement):
        return False
    return statement.kind in ALL_OR_NOTHING or statement.kind.split()[0] in _READING


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
