"""Let one session run what would take the machine, while another one asks `SELECT 1`.

`python -m tests.campaigns memory` prints for each statement how it ended, the engine's peak of
memory, the 95th percentile and the longest of the other session's `SELECT 1`, and the memory
afterwards: within ten seconds, as soon as it is no more than one and a half times that of an engine
at rest. It fails (exit code 1) when a statement does not end with its error, a long text is not
answered, the other session gets an error, the peak is above what the engine may take, or the memory
afterwards is more than twice that of an engine at rest. `--small` bounds the engine to 1 GB, and
what only a time-out ends to six seconds.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import snowflake.connector
from snowflake.connector.cursor import SnowflakeCursor
from snowflake.connector.errors import Error

from sfdag_magics.client.connecting import connect
from sfdag_magics.engine.directory import rendezvous
from sfdag_magics.engine.limits.budget import MEMORY_VARIABLE, budget_from, size_text

_MB = 1024**2
#: When memory has been tidied at the earliest, and when it must have been.
_TIDIED_S, _SETTLED_S = 3.0, 10.0
#: Of an engine at rest: what memory may be afterwards, and what is not waited for any longer.
_MOST, _WELL = 2.0, 1.5
_PACE_S = 0.05
#: Clears a process's peak of memory (Linux docs: proc(5), clear_refs).
_FORGET_PEAK = "5"
#: What careless people write, and the codes it may end with.
STATEMENTS = {
    "generator": "SELECT * FROM TABLE(GENERATOR(ROWCOUNT => 100000000000))",
    "two columns": "SELECT SEQ8(), UUID_STRING() FROM TABLE(GENERATOR(ROWCOUNT => 200000000))",
    "join without condition": "SELECT A.N, B.N FROM NUMBERS A, NUMBERS B",
    "counted join": "SELECT COUNT(*) FROM NUMBERS A, NUMBERS B, NUMBERS C",
    "recursion": "WITH RECURSIVE X AS (SELECT 1 A UNION ALL SELECT A + 1 FROM X)"
    " SELECT COUNT(*) FROM X",
    "array": "SELECT ARRAY_SIZE(ARRAY_GENERATE_RANGE(0, 200000000))",
    "arrays": "SELECT SUM(ARRAY_SIZE(ARRAY_GENERATE_RANGE(0, 1000000 + N))) FROM NUMBERS",
    "long text": "SELECT LENGTH(REPEAT('x', 4000000000))",
    "long texts": "SELECT SUM(LENGTH(REPEAT('x', 10000000 + N))) FROM NUMBERS",
    "padded": "SELECT LENGTH(LPAD('x', 2000000000, 'y'))",
    "replaced": "SELECT LENGTH(REPLACE(REPEAT('a', 10000000), 'a', REPEAT('b', 1000)))",
    "gathered": "SELECT ARRAY_SIZE(ARRAY_AGG(A.N)) FROM NUMBERS A, NUMBERS B",
    "listed": "SELECT LENGTH(LISTAGG(UUID_STRING())) FROM NUMBERS A, NUMBERS B",
    "long texts listed": "SELECT LENGTH(LISTAGG(REPEAT('x', 1000))) FROM"
    " TABLE(GENERATOR(ROWCOUNT => 10000000))",
    "keys": "SELECT OBJECT_AGG(TO_VARCHAR(SEQ8()), SEQ8()) FROM"
    " TABLE(GENERATOR(ROWCOUNT => 50000000))",
    "objects": "SELECT OBJECT_CONSTRUCT('B', SEQ8(), 'A', UUID_STRING()) FROM"
    " TABLE(GENERATOR(ROWCOUNT => 100000000))",
    "numbers": "SELECT ARRAY_SIZE(ARRAY_AGG(SEQ4())) FROM TABLE(GENERATOR(ROWCOUNT => 500000000))",
    "windowed join": "SELECT MAX(R) FROM (SELECT ROW_NUMBER() OVER (ORDER BY A.N * B.N) AS R"
    " FROM NUMBERS A, NUMBERS B)",
}
#: What is long to read, and is answered.
TEXTS = {
    "literal": f"SELECT LENGTH('{'x' * 8_000_000}')",
    "rows": f"SELECT COUNT(*) FROM (VALUES {', '.join([f'({n}, {n}.5)' for n in range(16_000)])})",
    "list": f"SELECT 1 WHERE 1 IN ({', '.join(map(str, range(60_000)))})",
}
_CODES = {630, 100183, 300005}
_ALL = {**STATEMENTS, **TEXTS}
_PREPARATION = (
    "CREATE TABLE NUMBERS AS SELECT SEQ4() AS N FROM TABLE(GENERATOR(ROWCOUNT => 1000000))"
)
_LIMIT_S, _SMALL_LIMIT_S, _TEXT_LIMIT_S = 60, 6, 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How one statement went; memory in bytes."""

    name: str
    code: int | None
    took_s: float
    peak: int
    p95_s: float
    longest_s: float
    refused: int
    afterwards: int


class Engine:
    """The memory of an engine's process, as Linux tells it."""

    def __init__(self, pid: int) -> None:
        self._process = Path(f"/proc/{pid}")

    def memory(self) -> int:
        """What it holds now, pages of files included."""
        return self._told("VmRSS")

    def own(self) -> int:
        """What it holds now and no file has."""
        return self._told("RssAnon")

    def peak(self) -> int:
        """The most it held since `forget_peak`."""
        return self._told("VmHWM")

    def forget_peak(self) -> None:
        """Let the peak begin at what is held now."""
        (self._process / "clear_refs").write_text(_FORGET_PEAK)

    def _told(self, name: str) -> int:
        lines = (self._process / "status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


class Other:
    """Another session, which works all the time."""

    def __init__(self, cursor: SnowflakeCursor) -> None:
        self._cursor = cursor
        self._over = threading.Event()
        self.times_s: list[float] = []
        self.refused = 0

    @contextmanager
    def working(self) -> Iterator[None]:
        """While inside, it asks again and again."""
        thread = threading.Thread(target=self._work)
        self._over.clear()
        self.times_s = []
        self.refused = 0
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()

    def _work(self) -> None:
        while not self._over.wait(_PACE_S):
            began = time.monotonic()
            try:
                self._cursor.execute("SELECT 1").fetchall()
            except Error:
                self.refused += 1
            self.times_s.append(time.monotonic() - began)

    def p95_s(self) -> float:
        """The 95th percentile of its times."""
        return sorted(self.times_s)[int(len(self.times_s) * 0.95)] if self.times_s else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What statements are tried on.

    Attributes:
        rest: the engine's memory before any of them, when it has worked once.
        limit_s: how long one may take that only a time-out ends.
    """

    engine: Engine
    cursor: SnowflakeCursor
    other: Other
    rest: int
    limit_s: int


def main(arguments: Sequence[str]) -> int:
    """The campaign; 0 when everything held."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaigns memory")
    parser.add_argument("--small", action="store_true", help="with an engine of 1 GB")
    parser.add_argument("names", nargs="*", metavar="STATEMENT", help=", ".join(_ALL))
    asked = parser.parse_args(arguments)
    if asked.small:
        os.environ[MEMORY_VARIABLE] = "1GB"
    most = budget_from(os.environ).memory
    with tempfile.TemporaryDirectory() as directory, _engine(Path(directory)) as parameters:
        limit_s = _SMALL_LIMIT_S if asked.small else _LIMIT_S
        return _campaign(Path(directory), parameters, asked.names or list(_ALL), most, limit_s)


@contextmanager
def _engine(data: Path) -> Iterator[dict[str, object]]:
    parameters = connect.connection_parameters(data)
    try:
        yield parameters
    finally:
        connect.stop_engine(data)


def _campaign(
    data: Path, parameters: dict[str, object], names: Sequence[str], most: int, limit_s: int
) -> int:
    met = rendezvous.read(data)
    assert met is not None
    engine = Engine(met.pid)
    with (
        closing(snowflake.connector.connect(**parameters)) as first,
        closing(snowflake.connector.connect(**parameters)) as second,
    ):
        cursor, other = first.cursor(), Other(second.cursor())
        second.cursor().execute("SELECT 1").fetchall()
        # What an engine puts off until a statement calls something is there at rest.
        cursor.execute(_PREPARATION)
        time.sleep(_TIDIED_S)
        rest = engine.memory()
        sys.stdout.write(f"may take: {size_text(most)}\nat rest: {size_text(rest)}\n")
        trial = Trial(engine=engine, cursor=cursor, other=other, rest=rest, limit_s=limit_s)
        return max(_told(_tried(trial, name), rest, most) for name in names)


def _tried(trial: Trial, name: str) -> Ended:
    engine, cursor, other = trial.engine, trial.cursor, trial.other
    limit_s = _TEXT_LIMIT_S if name in TEXTS else trial.limit_s
    cursor.execute(f"ALTER SESSION SET STATEMENT_TIMEOUT_IN_SECONDS = {limit_s}")
    engine.forget_peak()
    began = time.monotonic()
    code = None
    with other.working():
        try:
            cursor.execute(_ALL[name])
        except Error as problem:
            code = problem.errno
        took_s = time.monotonic() - began
    afterwards = _settled(engine, trial.rest)
    return Ended(
        name=name,
        code=code,
        took_s=took_s,
        peak=engine.peak(),
        p95_s=other.p95_s(),
        longest_s=max(other.times_s, default=0.0),
        refused=other.refused,
        afterwards=afterwards,
    )


def _settled(engine: Engine, rest: int) -> int:
    """The memory once it is well, or when it must be."""
    deadline = time.monotonic() + _SETTLED_S
    while (now := engine.memory()) > _WELL * rest and time.monotonic() < deadline:
        time.sleep(_PACE_S)
    return now


def _told(ended: Ended, rest: int, most: int) -> int:
    held = (
        (ended.code is None if ended.name in TEXTS else ended.code in _CODES)
        and not ended.refused
        and ended.peak <= most
        and ended.afterwards <= _MOST * rest
    )
    sys.stdout.write(
        f"{ended.name}: {'held' if held else 'NOT HELD'}, error {ended.code} after"
        f" {ended.took_s:.1f} s, peak {size_text(ended.peak)} ({ended.peak / most:.0%}),"
        f" p95 of SELECT 1 {ended.p95_s * 1000:.0f} ms, longest {ended.longest_s * 1000:.0f} ms,"
        f" refused {ended.refused},"
        f" afterwards {size_text(ended.afterwards)} ({ended.afterwards / rest:.1f} × rest)\n"
    )
    sys.stdout.flush()
    return 0 if held else 1
