"""A worker that answers batches of rows for one statement: the `ports.FunctionRun` of Python code.

Knows a job, its columns and the pool; not where the code was defined, nor where it is called.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.ports import SqlSession
from sfdag_magics.engine.python_code.calls import BEGINNINGS, failure
from sfdag_magics.engine.workers.execution import JobExecution
from sfdag_magics.engine.workers.inside.vectors import bytes_from_table, table_from_bytes
from sfdag_magics.engine.workers.jobs import Job, NotBegun, Outcome, Stopped
from sfdag_magics.engine.workers.logs import LogStore
from sfdag_magics.engine.workers.pool import PoolClosedError, WorkerPool
from sfdag_magics.engine.workers.values import declared_type
from sfdag_magics.light_classes import dataclass

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplace:
    """Where code runs: in a process of this pool, which says what it does to these logs."""

    pool: WorkerPool
    logs: LogStore


class WorkerRun:
    """See `ports.FunctionRun`. The worker starts with the first batch.

    Args:
        names: what the job's arguments are called, in order.
        resource: what the event table says of where the worker's records come from.
    """

    def __init__(
        self,
        job: Job,
        names: Sequence[str],
        session: SqlSession,
        workplace: Workplace,
        resource: Mapping[str, str],
    ) -> None:
        self.arguments = tuple(
            declared_type(text).column(name)
            for name, text in zip(names, job.argument_types, strict=True)
        )
        self.returns = declared_type(job.returns or "VARIANT").column(job.label)
        self.error: SqlError | None = None
        self._job = job
        self._session = session
        self._workplace = workplace
        self._resource = resource
        self._lock = threading.Lock()
        self._execution: JobExecution | None = None

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

    def _started(self) -> JobExecution:
        end: Outcome = Stopped()
        for _ in range(BEGINNINGS):
            execution = self._begun()
            with self._session.on_cancel(execution.stop):
                answer = execution.answer()
            if isinstance(answer, bytes):
                return execution
            execution.close()
            end = answer
            if not isinstance(end, NotBegun):
                break
        raise self._failure(end)

    def _begun(self) -> JobExecution:
        log = self._workplace.logs.open(str(uuid.uuid4()), self._resource)
        try:
            return self._workplace.pool.begin(self._job, log, batches=True)
        except (OSError, PoolClosedError) as problem:
            raise SqlError(
                f"The worker for {self._job.label} could not start: {problem}"
            ) from problem

    def _checked(self, answer: bytes | Outcome) -> bytes:
        if isinstance(answer, bytes):
            return answer
        raise self._failure(answer)

    def _failure(self, outcome: Outcome) -> SqlError:
        return failure(outcome, f"{self._job.label} with handler {self._job.code.handler}")
