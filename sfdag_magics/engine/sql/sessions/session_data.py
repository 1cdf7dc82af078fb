"""What handlers read and write of DuckDB and of the catalogue, in a session's transaction.

Implements what `ports.SqlSession` says of both but for `load`, which carries out a statement. With
each write goes the answer of the statement that it is of, where that is noted. Knows no kind of
statement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any

import pyarrow as pa

from sfdag_magics.engine.borders.answers import Result
from sfdag_magics.engine.borders.future_grants import grant_ahead, made_of
from sfdag_magics.engine.borders.object_facts import CopiedFile, LoadedFile
from sfdag_magics.engine.sql.results.in_snowflakes_words import in_snowflakes_words
from sfdag_magics.engine.sql.sessions.open_session import OpenSession
from sfdag_magics.engine.sql.stored.loading import known
from sfdag_magics.engine.sql.stored.lost_answers import noted_answer
from sfdag_magics.engine.sql.stored.offsets import read_for_good
from sfdag_magics.engine.sql.stored.transaction import Answers, Write, note_of
from sfdag_magics.engine.store import loads
from sfdag_magics.engine.store.facts import FactsTransaction, facts_transaction
from sfdag_magics.errors import InternalError


class SessionData(OpenSession):
    """A session that can be read and written by DuckDB's own SQL. Any thread."""

    @contextmanager
    def facts(self) -> Iterator[FactsTransaction]:
        """The catalogue for a DDL statement, in a transaction of its own."""
        with self.lock:
            if self._facts is not None:
                yield self._facts
                return
            # in words: as a conflict the statement would be carried out again, and without the rows
            with in_snowflakes_words(self.name_of):
                self.transaction.commit(own=False)
            with (
                self.shared.clock.committing(),
                self.shared.clock.claims.claiming() as claim,
                facts_transaction(
                    self.connection,
                    self.shared.catalogue,
                    self.temporary,
                    session_id=self.id,
                    owner=self.role,
                    effects=self.executions,
                ) as facts,
            ):
                self._facts, self._claim = facts, claim
                try:
                    yield facts
                    grant_ahead(facts, [made_of(fact) for fact in facts.made])
                    for note in self.notes():
                        self.connection.execute(note.sql, dict(note.parameters))
                finally:
                    self._facts = self._claim = None
                    self.changes += 1
            facts.tell(self.shared)

    def claim(self, table: str) -> None:
        """See `table_form.Remaking`."""
        if self._claim is None:
            raise InternalError(f"{table} is made anew in no transaction")
        self._claim.add(table)

    def run_duckdb(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pa.Table:
        """The rows of a DuckDB query. Not for text that a user wrote."""
        with self.lock:
            self.check_cancelled()
            self.shared.vocabulary.have_for(sql)
            with self.transaction.reading():
                rows: pa.Table = self.connection.sql(
                    sql, params=parameters or None
                ).to_arrow_table()
            return rows

    def write(
        self, *writes: Write, answer: Callable[[Answers], Result], shown: int | None = None
    ) -> Result:
        """Carry writes out in the session's transaction, or in one of their own.

        The statement's `answer` is made of what each of them said, and noted with them; `shown` is
        the last commit that the streams it reads show.
        """
        with self.lock:
            self.check_cancelled()
            if not self.parameters["AUTOCOMMIT"]:
                self.transaction.begin(shown)
            if self._around is not None:
                said = self.transaction.write(self._around.writes(writes), self._around.note)
                return answer(self._around.inner(said))
            noted = self.executions.noted_id
            note = partial(_note, noted, answer) if noted else None
            return answer(self.transaction.write(writes, note))

    def loaded_files(self, table_id: str) -> Mapping[str, LoadedFile]:
        """What a table has loaded, as this session's transaction sees it."""
        return known(self.run_duckdb(loads.KNOWN, {"table_id": table_id}).to_pylist())

    def copied_files(self, start: datetime, until: datetime) -> Sequence[CopiedFile]:
        """What became of the files that were copied then, as the session's transaction sees it."""
        return loads.copied_found(
            self.run_duckdb(loads.COPIED, loads.copied_between(start, until)).to_pylist()
        )

    @contextmanager
    def unloading(self) -> Iterator[None]:
        """Around what is read to leave the engine: it is one transaction, and moves streams."""
        alone = bool(self.parameters["AUTOCOMMIT"])
        with self.lock, read_for_good(self.transaction, self.streams_read, alone=alone):
            yield

    def note(self, answer: Result) -> None:
        """Keep the running statement's answer, if it is noted, behind an effect outside DuckDB."""
        if self.executions.noted_id:
            self.write(answer=lambda _: answer)

    def notes(self) -> tuple[Write, ...]:
        """What is to be written with the effect of the running statement, where it is noted."""
        noted = self.executions.noted_id
        return (note_of(noted),) if noted else ()


def _note(query_id: str, answer: Callable[[Answers], Result], said: Answers) -> Write:
    return note_of(query_id, noted_answer(answer(said)))
