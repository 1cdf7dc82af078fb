"""An engine with a fault planted in it, to see whether a campaign's checks find it.

`python -m tests.campaigns.planted FAULT --data DIR …` lives as often as it is told: for each line
`start` it forks an engine and says its process id, for each line `kill` it kills it with SIGKILL.
A process that only imports is forked, because imports are most of a start. The fault `none` is the
engine as it is. Where `crash_points` are asked for, the engine exits at them.
"""

from __future__ import annotations

import itertools
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace

import duckdb

from sfdag_magics.engine import process
from sfdag_magics.engine.sql.sessions import session
from sfdag_magics.engine.sql.statements import plans
from sfdag_magics.engine.sql.stored.lost_answers import SqlOutcomes
from sfdag_magics.engine.sql.stored.transaction import SessionTransaction
from sfdag_magics.engine.wire.begun import BegunFile
from tests.campaigns import crash_points


def _forget_requests() -> None:
    """No statement of an earlier engine is known."""
    BegunFile.begun = lambda _self: {}  # type: ignore[method-assign]


def _forget_outcomes() -> None:
    """What left its outcome is taken for what left none."""
    SqlOutcomes.outcome = lambda _self, _query_id: None  # type: ignore[method-assign]


def _lose_commits() -> None:
    """Every third statement outside transactions is rolled back, and answered as if not."""
    numbers = itertools.count(1)
    run = SessionTransaction._write_alone

    class Losing:
        def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
            self._connection = connection

        def execute(self, sql: str, *values: object) -> duckdb.DuckDBPyConnection:
            return self._connection.execute("ROLLBACK" if sql == "COMMIT" else sql, *values)

    def losing(self, writes, note):
        if next(numbers) % 3:
            return run(self, writes, note)
        real, self._connection = self._connection, Losing(self._connection)
        try:
            return run(self, writes, note)
        finally:
            self._connection = real

    SessionTransaction._write_alone = losing  # type: ignore[method-assign]


def _forget_loads() -> None:
    """No COPY leaves word of the files that it loaded."""
    around = session.around

    def forgetting(*values):
        return replace(around(*values), after=())

    session.around = forgetting


def _forget_bodies() -> None:
    """What a task's body has done is taken for not done."""
    SqlOutcomes.took_effect = lambda _self, _query_id: False  # type: ignore[method-assign]


def _forget_offsets() -> None:
    """No statement moves a stream."""
    plans.moves = lambda *_values: ()


FAULTS: dict[str, Callable[[], None]] = {
    "none": lambda: None,
    "forget-requests": _forget_requests,
    "forget-outcomes": _forget_outcomes,
    "lose-commits": _lose_commits,
    "forget-loads": _forget_loads,
    "forget-bodies": _forget_bodies,
    "forget-offsets": _forget_offsets,
}


def main(fault: str, *arguments: str) -> None:
    """Do as the lines of the input say, until they end; no engine is left then."""
    FAULTS[fault]()
    if crash_points.FILE in os.environ:
        crash_points.install()
    pid = 0
    for word in sys.stdin:
        if word.strip() == "start":
            if pid:  # it exited by itself, and holds its locks until the last thread is gone
                os.waitpid(pid, 0)
            pid = os.fork()
            if pid == 0:
                sys.stdin.close()
                os._exit(process.main(arguments))
        else:
            _kill(pid)
            pid = 0
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()
    if pid:
        _kill(pid)


def _kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
