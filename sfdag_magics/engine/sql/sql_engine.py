"""The SQL engine: which statement kind goes to which handler, and what all sessions share.

Knows every handler of this folder and every feature; nothing else imports it but the composer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

import duckdb

from sfdag_magics.engine.borders.answers import (
    ALREADY_EXISTS,
    Result,
    SqlError,
    StatementType,
    unsupported,
)
from sfdag_magics.engine.borders.ports import (
    FunctionRun,
    SessionOptions,
    SqlFeature,
    SqlSession,
    Statement,
    StatementHandler,
    SystemFunction,
    UserFunctions,
    Value,
)
from sfdag_magics.engine.borders.rowset import status
from sfdag_magics.engine.limits.budget import Budget, budget_from
from sfdag_magics.engine.sql.checked import check_statement
from sfdag_magics.engine.sql.ddl.namespaces import use_created
from sfdag_magics.engine.sql.functions.vocabulary import Vocabulary
from sfdag_magics.engine.sql.handlers import BUILTIN, fixed_columns
from sfdag_magics.engine.sql.reading.gate import classify
from sfdag_magics.engine.sql.results.draining import Drain
from sfdag_magics.engine.sql.results.result_cache import Bounds, ResultCache
from sfdag_magics.engine.sql.results.result_rows import slice_of
from sfdag_magics.engine.sql.sessions.process_memory import Memory, ProcessMemory
from sfdag_magics.engine.sql.sessions.query_log import QueryLog
from sfdag_magics.engine.sql.sessions.session import Session, own_session
from sfdag_magics.engine.sql.sessions.shared import Shared
from sfdag_magics.engine.sql.sessions.warden import Warden
from sfdag_magics.engine.sql.show import information_schema
from sfdag_magics.engine.sql.show.query_history import QUERY_FUNCTIONS, QUERY_VIEWS
from sfdag_magics.engine.sql.show.tag_references import (
    TAG_FUNCTIONS,
    TAG_TABLE_FUNCTIONS,
    TAG_VIEWS,
)
from sfdag_magics.engine.sql.statements import query
from sfdag_magics.engine.sql.statements.batch import execute_batch
from sfdag_magics.engine.sql.statements.definitions import DEFINITIONS, GET_DDL, ddl_function
from sfdag_magics.engine.sql.statements.identifier_variables import with_named_variables
from sfdag_magics.engine.sql.statements.several_looks import LOOKING_FUNCTIONS
from sfdag_magics.engine.sql.statements.system_functions import SYSTEM_FUNCTIONS, own_words
from sfdag_magics.engine.sql.statements.table_functions import TABLE_FUNCTIONS
from sfdag_magics.engine.sql.stored.commit_clock import CommitClock
from sfdag_magics.engine.sql.stored.lost_answers import SqlOutcomes
from sfdag_magics.engine.starting.later_compute import have_compute
from sfdag_magics.engine.store.catalogue import INFORMATION_SCHEMA
from sfdag_magics.engine.store.contents import Contents, open_contents
from sfdag_magics.engine.store.result_files import ResultFiles
from sfdag_magics.errors import InternalError
from sfdag_magics.sqltext import QualifiedName

#: Their handlers run other statements of the same session, from other threads even.
_UNLOCKED = frozenset(
    {"CALL", "WITH PROCEDURE", "EXECUTE IMMEDIATE", "EXECUTE IMMEDIATE FROM", "BLOCK"}
)
#: Nothing of DuckDB's is called for these; a query says itself what it calls.
_CALLS_NOTHING = ("SELECT", "USE ", "SHOW ", "CREATE DATABASE", "CREATE SCHEMA", "ALTER SESSION")
#: What may be carried out to learn its columns.
_READS_STAGES = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "CREATE TABLE"})
#: IF NOT EXISTS stands among so many tokens, before or behind the object's name.
_HEAD = 16
#: No queries for clients: their rows are sent as JSON, which pandas frames show in their names.
_LOOKING = frozenset({"SHOW", "DESCRIBE", "LIST"})
_READING = ("SHOW", "DESCRIBE", "LIST", "EXPLAIN")

_T = TypeVar("_T")
_Part = TypeVar("_Part")


class SqlEngine:
    """One open data directory. Any thread."""

    def __init__(
        self, contents: Contents, features: Sequence[SqlFeature], budget: Budget, memory: Memory
    ) -> None:
        self._store = store = contents.store
        self._vocabulary = Vocabulary(store, budget.alarm)
        files = ResultFiles(store.directory / "results")
        self._warden = Warden(budget, memory, files.drop_pages)
        self.outcomes = SqlOutcomes(
            contents.outcomes,
            _each_of(features, lambda feature: feature.outcomes),
            lambda statement, session: use_created(statement, own_session(session)),
        )
        self._shared = Shared(
            store=store,
            query_log=QueryLog(store.directory / "statements.jsonl"),
            vocabulary=self._vocabulary,
            catalogue=contents.catalogue,
            statements=_handlers(features),
            unlocked=_UNLOCKED,
            functions=_functions(features),
            table_functions=_merged(
                TABLE_FUNCTIONS,
                TAG_TABLE_FUNCTIONS,
                QUERY_FUNCTIONS,
                *(feature.table_functions for feature in features),
            ),
            virtual_tables=_merged(
                TAG_VIEWS,
                QUERY_VIEWS,
                *(feature.virtual_tables for feature in features),
            ),
            staged_sources=_each_of(features, lambda feature: feature.staged_sources),
            tagged=_each_of(features, lambda feature: feature.tagged),
            owned={each.kind: each for each in _each_of(features, lambda feature: feature.owned)},
            user_functions=_first_of(features),
            model_methods=_each_of(features, lambda feature: feature.model_methods),
            objects_dropped=_each_of(features, lambda feature: feature.objects_dropped),
            namespace_dropped=_each_of(features, lambda feature: feature.namespace_dropped),
            namespace_cloned=_each_of(features, lambda feature: feature.namespace_cloned),
            namespace_renamed=_each_of(features, lambda feature: feature.namespace_renamed),
            parameters_set=_each_of(features, lambda feature: feature.parameters_set),
            dispatch=self._dispatch,
            describe=self._describe,
            check=self._check,
            computed=self._computed,
            batch=self._batch,
            drain=Drain(files=files, most_bytes=budget.result),
            watch=self._warden,
            results=ResultCache(Bounds(files=budget.kept_files)),
            clock=CommitClock(
                contents.last_change, _each_of(features, lambda feature: feature.data_came)
            ),
        )
        self._warden.start()

    def open_session(self, options: SessionOptions) -> SqlSession:
        """A new session; see `ports.OpenSession`."""
        return Session(self._shared, options)

    def get_ready(self) -> None:
        """Make now what the first statement that calls a function would wait for."""
        have_compute()
        with suppress(duckdb.Error):  # that statement tries again, and says why it cannot be made
            self._vocabulary.have()

    def result_of(self, query_id: str) -> Result | None:
        """The answer of a statement that ran lately, of any session.

        What an earlier engine carried out answers as far as it was noted.
        """
        return self._shared.results.get(query_id) or self.outcomes.outcome(query_id)

    def close(self) -> None:
        """Write everything into the main file and let the directory go."""
        self._warden.close()
        self.keep_history()
        self._store.close()

    def keep_history(self) -> None:
        """Write down what QUERY_HISTORY tells of tasks; an engine that is killed has not."""
        self._shared.query_log.keep()

    def _dispatch(self, statement: Statement, session: SqlSession) -> Result:
        handler = self._shared.statements.get(statement.kind)
        if handler is None:
            raise unsupported(statement.kind)
        if not statement.kind.startswith(_CALLS_NOTHING):
            self._vocabulary.have()
        statement = with_named_variables(statement, own_session(session))
        staged = self._staged(statement, session)
        if staged is not None:
            return own_session(session).carry_out_over(*staged)
        try:
            return handler(statement, session)
        except SqlError as error:
            if error.code != ALREADY_EXISTS or not _is_idempotent(statement):
                raise
        # Somebody made it between the look and the making: now it is seen to be there.
        return handler(statement, session)

    def _check(self, statement: Statement) -> None:
        check_statement(statement, self._shared.statements)

    def _staged(
        self, statement: Statement, session: SqlSession
    ) -> tuple[Statement, Mapping[str, Result]] | None:
        """The statement over the rows of the staged files it reads; None where it reads none."""
        if "@" not in statement.text or statement.kind not in _READS_STAGES:
            return None
        for sources in self._shared.staged_sources:
            found = sources(statement, session)
            if found is not None:
                text, relations = found
                return classify(text, statement.query_id, statement.bindings), relations
        return None

    def _computed(self, name: QualifiedName, session: SqlSession) -> Result | None:
        if name.schema == INFORMATION_SCHEMA and name.name in information_schema.TABLES:
            return information_schema.TABLES[name.name](str(name.database), own_session(session))
        tables = self._shared.virtual_tables
        table = tables.get(f"{name.database}.{name.schema}.{name.name}") or tables.get(
            f"{name.schema}.{name.name}"
        )
        if table is not None:
            return table(session)
        if name.schema == INFORMATION_SCHEMA and name.name in information_schema.NOT_SHOWN:
            raise unsupported(
                f"The view {INFORMATION_SCHEMA}.{name.name}", "SHOW and DESCRIBE tell what is there"
            )
        return None

    def _batch(
        self, statement: Statement, rows: Sequence[Sequence[Value]], session: SqlSession
    ) -> Result:
        self._vocabulary.have()
        own = own_session(session)
        return own.transaction.retried(partial(execute_batch, statement, rows, own))

    def _describe(self, statement: Statement, session: SqlSession) -> Result:
        if statement.kind == "SELECT":
            staged = self._staged(statement, session)
            if staged is not None:
                return own_session(session).describe_over(*staged)
            own = own_session(session)
            return own.transaction.retried(partial(query.describe_query, statement, own))
        fixed = fixed_columns(statement.kind)
        if fixed is not None:
            return fixed
        if statement.kind.startswith(_READING):
            return slice_of(self._dispatch(statement, session))
        return slice_of(status(""))


def open_engine(
    data_dir: Path,
    features: Sequence[SqlFeature] = (),
    budget: Budget | None = None,
    memory: Memory | None = None,
) -> SqlEngine:
    """Open a data directory for SQL, within a budget: without one, the machine's default.

    Args:
        data_dir: is created for its first use.
        features: what SQL gains from other parts.
        budget: what the engine may take.
        memory: of the process, which is then the engine's; without it, this one's.

    Raises:
        MachineError: in use, not writable, damaged, or written by a newer version.
    """
    budget = budget or budget_from({})
    return engine_over(open_contents(data_dir, budget), features, budget, memory)


def engine_over(
    contents: Contents,
    features: Sequence[SqlFeature],
    budget: Budget,
    memory: Memory | None = None,
) -> SqlEngine:
    """The engine of a directory that is open, which it closes also where it fails."""
    try:
        return SqlEngine(contents, features, budget, memory or ProcessMemory())
    except BaseException:
        contents.close()
        raise


def _is_idempotent(statement: Statement) -> bool:
    """Whether it says IF NOT EXISTS."""
    words = [token.word for token in statement.tokens[:_HEAD]]
    return any(words[at : at + 3] == ["IF", "NOT", "EXISTS"] for at in range(len(words)))


def _handlers(features: Sequence[SqlFeature]) -> dict[str, StatementHandler]:
    handlers = _merged(BUILTIN, *(feature.statements for feature in features))
    looking = {kind for kind in handlers if kind.partition(" ")[0] in _LOOKING}
    return {**handlers, **{kind: _of_no_query(handlers[kind]) for kind in looking}}


def _of_no_query(handler: StatementHandler) -> StatementHandler:
    """The handler with answers that clients do not take for a query's."""

    def handle(statement: Statement, session: SqlSession) -> Result:
        return replace(handler(statement, session), statement_type=StatementType.UNKNOWN)

    return handle


def _functions(features: Sequence[SqlFeature]) -> dict[str, SystemFunction]:
    functions = _merged(
        SYSTEM_FUNCTIONS,
        LOOKING_FUNCTIONS,
        TAG_FUNCTIONS,
        *(feature.functions for feature in features),
    )
    arguments = [name for feature in features for name in feature.own_arguments]
    definitions = _merged(DEFINITIONS, *(feature.definitions for feature in features))
    told = {GET_DDL: ddl_function(definitions)}
    return _merged(functions, told, own_words(functions, arguments))


def _first_of(features: Sequence[SqlFeature]) -> UserFunctions:
    finders = [feature.user_functions for feature in features if feature.user_functions is not None]

    def find(name: QualifiedName, arity: int, session: SqlSession) -> FunctionRun | None:
        found = (finder(name, arity, session) for finder in finders)
        return next((run for run in found if run is not None), None)

    return find


def _each_of(
    features: Sequence[SqlFeature], part: Callable[[SqlFeature], _Part | None]
) -> tuple[_Part, ...]:
    """What the features that have this part have, in their order."""
    return tuple(found for each in features if (found := part(each)) is not None)


def _merged(*tables: Mapping[str, _T]) -> dict[str, _T]:
    merged: dict[str, _T] = {}
    for table in tables:
        for name, entry in table.items():
            if name in merged:
                raise InternalError(f"two parts of the engine both offer {name}")
            merged[name] = entry
    return merged
