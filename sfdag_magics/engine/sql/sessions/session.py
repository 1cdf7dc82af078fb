"""One Snowflake session on one DuckDB connection: how its statements are carried out.

Implements `ports.SqlSession`, for the handlers of this folder and of the features too. Knows no
kind of statement: that is `sql_engine.py`.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext

from sfdag_magics.engine.borders.answers import Result
from sfdag_magics.engine.borders.object_facts import FilesLoaded
from sfdag_magics.engine.borders.ports import (
    Bindings,
    SqlSession,
    Statement,
    Unheard,
    Value,
)
from sfdag_magics.engine.sql.reading.gate import classify
from sfdag_magics.engine.sql.results.in_snowflakes_words import in_snowflakes_words
from sfdag_magics.engine.sql.results.result_cache import is_small
from sfdag_magics.engine.sql.sessions.executions import Execution
from sfdag_magics.engine.sql.sessions.query_log import logged
from sfdag_magics.engine.sql.sessions.session_data import SessionData
from sfdag_magics.engine.sql.stored.loading import around
from sfdag_magics.engine.sql.stored.lost_answers import ALL_OR_NOTHING, has_one_effect
from sfdag_magics.errors import InternalError

#: A session's own last statements, with their small answers, whatever others have asked meanwhile.
_KEPT_QUERY_IDS = 100


class Session(SessionData):
    """See `ports.SqlSession`. Any thread."""

    def execute(
        self,
        text: str,
        *,
        bindings: Bindings = (),
        query_id: str | None = None,
        noted: bool = False,
        noted_as: str = "",
        limit_s: int | None = None,
        unheard: Unheard | None = None,
    ) -> Result:
        """Run one statement and wait for it. Raises SqlError; the session stays usable.

        `noted_as` is the id of another statement, of which this one is the whole effect.
        """
        identity = query_id or str(uuid.uuid4())
        with (
            logged(self.shared.query_log, self, identity, text) as seen,
            self.executions.begun(identity, limit_s=limit_s, unheard=unheard) as execution,
        ):
            statement = classify(text, identity, bindings)
            seen.kind = statement.kind
            note = noted_as or (identity if noted else "")
            answer = self._carry_out(statement, execution, note)
            with in_snowflakes_words(self.name_of):
                seen.result = result = self.shared.drain.settled(answer)
        self.remember(identity, result)
        return result

    def carry_out(self, statement: Statement) -> Result:
        """Run a classified statement; its result is not remembered under its id."""
        with self.executions.begun(statement.query_id) as execution:
            return self._carry_out(statement, execution)

    def _carry_out(self, statement: Statement, execution: Execution, noted: str = "") -> Result:
        execution.opens = statement.kind in self.shared.unlocked
        if noted and statement.kind in ALL_OR_NOTHING:
            execution.noted = noted
        if not has_one_effect(statement):
            self.executions.await_end(execution)
        if statement.kind != "ROLLBACK":
            self.transaction.check()
        turn = nullcontext() if execution.opens else self._turn(execution)
        with turn, in_snowflakes_words(self.name_of, statement):
            return self.shared.dispatch(statement, self)

    @contextmanager
    def _turn(self, execution: Execution) -> Iterator[None]:
        """Around a statement that has the session for itself."""
        with self.executions.turn(execution), self.lendings.of_a_statement():
            yield

    def execute_over(
        self, text: str, relations: Mapping[str, Result], *, bindings: Bindings = ()
    ) -> Result:
        """Run one query or DML statement in which each name of `relations` is a table."""
        return self.carry_out_over(classify(text, str(uuid.uuid4()), bindings), relations)

    def carry_out_over(self, statement: Statement, relations: Mapping[str, Result]) -> Result:
        """The same for a classified statement."""
        return self._over(relations, statement, self.shared.dispatch)

    def describe_over(self, statement: Statement, relations: Mapping[str, Result]) -> Result:
        """The columns that `carry_out_over` would answer with, and no rows."""
        return self._over(relations, statement, self.shared.describe)

    def _over(
        self,
        relations: Mapping[str, Result],
        statement: Statement,
        work: Callable[[Statement, SqlSession], Result],
    ) -> Result:
        with (
            self.executions.begun(statement.query_id) as execution,
            self._turn(execution),
        ):
            outer, self.relations = self.relations, {**self.relations, **relations}
            try:
                with in_snowflakes_words(self.name_of, statement):
                    return work(statement, self)
            finally:
                self.relations = outer

    def remember(self, query_id: str, result: Result) -> None:
        """Make an answer available to RESULT_SCAN and LAST_QUERY_ID."""
        self.shared.results.put(query_id, result)
        self.query_ids = [*self.query_ids[-_KEPT_QUERY_IDS:], query_id]
        if is_small(result):
            self._answers = [*self._answers[-_KEPT_QUERY_IDS:], (query_id, result)]

    def answer_of(self, query_id: str) -> Result | None:
        """The answer of a statement that ran lately, in this session or another."""
        return self.shared.results.get(query_id) or dict(self._answers).get(query_id)

    def describe(
        self,
        text: str,
        *,
        bindings: Bindings = (),
        query_id: str | None = None,
        limit_s: int | None = None,
        unheard: Unheard | None = None,
    ) -> Result:
        """The columns a statement would answer with, and no rows; nothing is changed."""
        identity = query_id or str(uuid.uuid4())
        with self.executions.begun(identity, limit_s=limit_s, unheard=unheard) as execution:
            statement = classify(text, identity, bindings)
            with self._turn(execution):
                self.describing = True
                try:
                    with in_snowflakes_words(self.name_of, statement):
                        return self.shared.describe(statement, self)
                finally:
                    self.describing = False

    def execute_batch(
        self,
        text: str,
        rows: Sequence[Sequence[Value]],
        *,
        query_id: str | None = None,
        noted: bool = False,
        limit_s: int | None = None,
        unheard: Unheard | None = None,
    ) -> Result:
        """Run one DML statement for many rows of positional values, as one statement."""
        identity = query_id or str(uuid.uuid4())
        with self.executions.begun(
            identity, noted=identity if noted else "", limit_s=limit_s, unheard=unheard
        ) as execution:
            statement = classify(text, identity, ())
            with self._turn(execution), in_snowflakes_words(self.name_of, statement):
                result = self.shared.batch(statement, rows, self)
        self.remember(identity, result)
        return result

    def check(self, text: str) -> None:
        """See that a text is a statement that can be carried out; nothing is."""
        self.shared.check(classify(text, ""))

    def load(
        self,
        insertion: str | None,
        relations: Mapping[str, Result],
        files: FilesLoaded,
        answer: Result,
    ) -> None:
        """Carry out an INSERT over `relations`, or none, and remember `files`, in one commit."""
        with self.lock:
            self._around = around(files, answer, self.executions.noted_id)
            try:
                if insertion is None:
                    with in_snowflakes_words(self.name_of):
                        self.write(answer=lambda _: answer)
                else:
                    self.execute_over(insertion, relations)
            finally:
                self._around = None


def own_session(session: SqlSession) -> Session:
    """The session as this folder knows it; every session that reaches it is one of its own."""
    if not isinstance(session, Session):
        raise InternalError(f"{type(session).__name__} is not a session of this engine")
    return session
