"""Python functions (scalar and vectorised) as a part of SQL: their statements and their evaluation.

A function is evaluated by one worker per statement, batch by batch, while DuckDB runs the query.
Table functions and aggregates of the user's are refused by name.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.borders.ports import SqlFeature, SqlSession
from sfdag_magics.engine.objects.code_definitions import Definition
from sfdag_magics.engine.python_code.calls import BEGINNINGS, failure
from sfdag_magics.engine.python_code.code_statements import (
    FUNCTION,
    CodeStatements,
    definition_of,
    overloads,
)
from sfdag_magics.engine.python_code.imports import import_paths
from sfdag_magics.engine.stages.stage_store import StageStore
from sfdag_magics.engine.workers import (
    Code,
    Execution,
    Job,
    LogStore,
    NotBegun,
    Outcome,
    PoolClosedError,
    Stopped,
    WorkerPool,
)
from sfdag_magics.engine.workers.inside.vectors import bytes_from_table, table_from_bytes
from sfdag_magics.engine.workers.values import declared_type
from sfdag_magics.sqltext import QualifiedName

if TYPE_CHECKING:
    import pyarrow as pa


def functions_feature(pool: WorkerPool, stages: StageStore, logs: LogStore) -> SqlFeature:
    """What SQL gains: Python functions of the user's."""
    functions = CodeStatements(FUNCTION, pool.warm)

    def find(name: QualifiedName, arity: int, session: SqlSession) -> _Run | None:
        for fact in overloads(session.catalogue(), FUNCTION, name):
            definition = definition_of(fact)
            if len(definition.parameters) == arity:
                return _Run(fact, definition, session, pool, stages, logs)
        return None

    return SqlFeature(
        statements={
            "CREATE FUNCTION": functions.create,
            "ALTER FUNCTION": functions.alter,
            "DROP FUNCTION": functions.drop,
            "DESCRIBE FUNCTION": functions.describe,
            "SHOW FUNCTIONS": functions.show,
            "SHOW USER FUNCTIONS": functions.show,
        },
        user_functions=find,
    )


class _Run:
    """See `ports.FunctionRun`. The worker starts with the first batch."""

    def __init__(
        self,
        fact: ObjectFact,
        definition: Definition,
        session: SqlSession,
        pool: WorkerPool,
        stages: StageStore,
        logs: LogStore,
    ) -> None:
        self.arguments = tuple(
            parameter.declared.column(parameter.name) for parameter in definition.parameters
        )
        self.returns = declared_type(definition.returns or "VARIANT").column(fact.name)
        self.error: SqlError | None = None
        self._name = fact.name
        self._definition = definition
        self._session = session
        self._pool = pool
        self._stages = stages
        self._logs = logs
        self._lock = threading.Lock()
        self._execution: Execution | None = None

    def evaluate(self, columns: Sequence[pa.Array]) -> pa.Array:
        """One batch, one at a time. Raises SqlError, which it also keeps."""
        import pyarrow as pa  # heavy; whoever calls has imported it

        names = [str(index) for index in range(len(columns))]
        batch = bytes_from_table(pa.Table.from_arrays(list(columns), names=names))
        with self._lock:
            if self.error is not None:
                raise self.error
            try:
                answer = self._answer(batch)
            except SqlError as problem:
                self.error = problem
                raise
        column = table_from_bytes(answer).column(0)
        return column.combine_chunks()

    def close(self) -> None:
        """End the worker, if there is one."""
        with self._lock:
            execution, self._execution = self._execution, None
        if execution is not None:
            execution.close()

    def _answer(self, batch: bytes) -> bytes:
        if self._execution is None:
            self._execution = self._started()
        with self._session.on_cancel(self._execution.stop):
            answer = self._execution.ask(batch)
        return self._checked(answer)

    def _started(self) -> Execution:
        definition = self._definition
        code = Code(
            handler=definition.handler,
            source=definition.source,
            imports=import_paths(definition.imports, self._session, self._stages),
            packages=definition.packages,
        )
        job = Job(
            label=self._name,
            code=code,
            argument_types=tuple(parameter.type for parameter in definition.parameters),
            returns=definition.returns,
            strict=definition.strict,
        )
        end: Outcome = Stopped()
        for _ in range(BEGINNINGS):
            execution = self._begun(job)
            with self._session.on_cancel(execution.stop):
                answer = execution.answer()
            if isinstance(answer, bytes):
                return execution
            execution.close()
            end = answer
            if not isinstance(end, NotBegun):
                break
        raise self._failure(end)

    def _begun(self, job: Job) -> Execution:
        log = self._logs.open(str(uuid.uuid4()), self._resource())
        try:
            return self._pool.begin(job, log, batches=True)
        except (OSError, PoolClosedError) as problem:
            raise SqlError(f"The worker for {self._name} could not start: {problem}") from problem

    def _checked(self, answer: bytes | Outcome) -> bytes:
        if isinstance(answer, bytes):
            return answer
        raise self._failure(answer)

    def _failure(self, outcome: Outcome) -> SqlError:
        return failure(outcome, f"{self._name} with handler {self._definition.handler}")

    def _resource(self) -> dict[str, str]:
        definition = self._definition
        return {
            "db.user": self._session.user,
            "snow.session.id": self._session.id,
            "snow.executable.name": f"{self._name}{definition.signature}:{definition.returned}",
            "snow.executable.type": FUNCTION,
            "telemetry.sdk.language": "python",
        }
