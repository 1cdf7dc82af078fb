"""Run a graph of one SQL task again and again, and look at what the engine's memory becomes.

`python -m tests.campaigns runs` asks for it 16,000 times and prints the memory after each thousand:
all of the process, and what of it is no file's. What is kept of the past is bounded by number, the
longest by ten thousand queries, so memory grows until then and not afterwards. It fails (exit code
1) when what is no file's grows by more than a few hundred bytes for each run behind that, when all
is more than an engine at rest may take, or when most runs did not succeed. `--small` asks some
hundred times, and lets grow what is kept.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import snowflake.connector
from snowflake.connector.cursor import SnowflakeCursor

from sfdag_magics.client.connecting import connect
from sfdag_magics.engine.directory import rendezvous
from tests.campaigns.memory import Engine

_MB = 1024**2
_TASK = "SFDAG.PUBLIC.AGAIN"
#: An engine at rest may take so much.
_MOST = 200 * _MB
#: A run that is asked for while one goes on replaces the one that waits: so many must have run.
_LEAST_PART = 0.9
#: Between two runs, so that each is over before the next one is asked for, and how long a busy
#: machine is waited for.
_PAUSE_S, _PATIENCE_S = 0.004, 60.0
#: What was freed is handed to the system when nothing has run for two seconds.
_TIDIED_S = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How long a campaign is.

    Attributes:
        every: memory is looked at after so many runs.
        settled: after so many everything that is kept is as much as it may be.
        most_a_run: bytes by which memory may grow for each run behind that.
    """

    runs: int
    every: int
    settled: int
    most_a_run: int


LARGE = Size(runs=16_000, every=1000, settled=11_000, most_a_run=400)
# Queries that have ended are kept for the first ten thousand: some kilobytes each.
SMALL = Size(runs=600, every=200, settled=200, most_a_run=10_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The memory after so many runs, in bytes."""

    runs: int
    all: int
    own: int


def main(arguments: Sequence[str]) -> int:
    """The campaign; 0 when everything held."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaigns runs")
    parser.add_argument("--small", action="store_true", help="some hundred runs")
    size = SMALL if parser.parse_args(arguments).small else LARGE
    with tempfile.TemporaryDirectory() as directory:
        data = Path(directory)
        try:
            looks = _looks(data, size)
        finally:
            connect.stop_engine(data)
        return _told(looks, size, _succeeded(data))


def _looks(data: Path, size: Size) -> list[Look]:
    with closing(snowflake.connector.connect(**connect.connection_parameters(data))) as connection:
        cursor = connection.cursor()
        cursor.execute(f"CREATE TASK {_TASK} AS SELECT 1")
        met = rendezvous.read(data)
        assert met is not None
        engine = Engine(met.pid)
        starts = range(0, size.runs + 1, size.every)
        return [_look(cursor, engine, start, size, data) for start in starts]


def _look(cursor: SnowflakeCursor, engine: Engine, start: int, size: Size, data: Path) -> Look:
    """The memory after `start` runs, which the ones since the last look have come to."""
    with closing(sqlite3.connect(data / "runs.sqlite")) as log:
        for _run in range(size.every if start else 0):
            cursor.execute(f"EXECUTE TASK {_TASK}")
            _over(log)
    time.sleep(_TIDIED_S)
    look = Look(runs=start, all=engine.memory(), own=engine.own())
    sys.stdout.write(
        f"{look.runs:6} runs: {look.all / _MB:6.1f} MB, of which {look.own / _MB:6.1f} of no file\n"
    )
    sys.stdout.flush()
    return look


def _over(log: sqlite3.Connection) -> None:
    """Wait until no run goes on or waits."""
    deadline = time.monotonic() + _PATIENCE_S
    is_open = "SELECT EXISTS(SELECT 1 FROM graph_runs WHERE state IN ('SCHEDULED', 'EXECUTING'))"
    time.sleep(_PAUSE_S)
    while log.execute(is_open).fetchone() == (1,) and time.monotonic() < deadline:
        time.sleep(_PAUSE_S)


def _succeeded(data: Path) -> int:
    with closing(sqlite3.connect(data / "runs.sqlite")) as log:
        ((count,),) = log.execute("SELECT count(*) FROM graph_runs WHERE state = 'SUCCEEDED'")
    return int(count)


def _told(looks: Sequence[Look], size: Size, succeeded: int) -> int:
    first, last = looks[size.settled // size.every], looks[-1]
    a_run = (last.own - first.own) / (last.runs - first.runs)
    held = a_run <= size.most_a_run and last.all <= _MOST and succeeded >= _LEAST_PART * size.runs
    sys.stdout.write(
        f"{'held' if held else 'NOT HELD'}: {succeeded:,} of {size.runs:,} runs succeeded,"
        f" {a_run:,.0f} bytes a run after the first {first.runs:,}\n"
    )
    return 0 if held else 1
