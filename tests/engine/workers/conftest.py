"""A pool of workers that have nothing preloaded, and a way to run a source text in one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from sfdag_magics.engine.workers.execution import JobExecution
from sfdag_magics.engine.workers.jobs import Code, Job, Outcome
from sfdag_magics.engine.workers.logs import LogStore, entries_of
from sfdag_magics.engine.workers.pool import WorkerPool
from sfdag_magics.engine.workers.preload import NOTHING


class Bench:
    """Runs handlers called `main`, and shows what they said."""

    def __init__(self, pool: WorkerPool, logs: LogStore) -> None:
        self.pool = pool
        self.logs = logs

    def run(self, source: str, *arguments: str, **about: object) -> Outcome:
        """Run `main` with `arguments`, all VARCHAR."""
        return self.begin(source, *arguments, **about).wait()

    def begin(
        self,
        source: str | None,
        *arguments: str,
        returns: str | None = "VARCHAR",
        handler: str = "main",
        imports: tuple[str, ...] = (),
        log_level: str = "INFO",
        types: tuple[str, ...] | None = None,
        batches: bool = False,
    ) -> JobExecution:
        """Start `main` and leave it to the caller to wait."""
        job = Job(
            label="P",
            code=Code(handler=handler, source=source, imports=imports),
            argument_types=types if types is not None else ("VARCHAR",) * len(arguments),
            arguments=arguments,
            returns=returns,
            log_level=log_level,
        )
        return self.pool.begin(job, self.logs.open("query", {}), batches=batches)

    def lines(self, kind: str = "print") -> list[Mapping[str, object]]:
        """What the jobs printed or logged, in order."""
        entries = (entry for path in self.logs.files() for entry in entries_of(path))
        return [entry.line for entry in entries if entry.line["kind"] == kind]

    def printed(self) -> list[object]:
        """The printed lines."""
        return [line["message"] for line in self.lines()]


@pytest.fixture(scope="module", params=["forked", pytest.param("spawned", marks=pytest.mark.slow)])
def lasting_pool(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[WorkerPool]:
    """The pool of all the module's tests: a preloaded process costs more than most of them."""
    work = tmp_path_factory.mktemp("pool") / "work"
    pool = WorkerPool(work, spawn=request.param == "spawned", preloading=NOTHING)
    pool.start()
    yield pool
    pool.close()


@pytest.fixture
def bench(lasting_pool: WorkerPool, tmp_path: Path) -> Bench:
    """The pool, with what its jobs say in this test."""
    return Bench(lasting_pool, LogStore(tmp_path / "logs"))
