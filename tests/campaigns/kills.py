"""Kill the engine again and again under several threads on one session, and count the rows.

`python -m tests.campaigns kills --kills 200`. With `--plant FAULT` the engine has a fault: the
checks must fail then (exit code 1), or they check nothing.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import snowflake.connector

from sfdag_magics.client.connecting import connect
from sfdag_magics.engine.directory import rendezvous
from tests.campaigns.kills_load import Load, Told, pause
from tests.campaigns.planted import FAULTS

_SHARING, _ALONE, _MAKING = 6, 2, 2
#: A life lasts so long after the engine answers.
_LIFE_S = (0.05, 0.8)
_START_S = 60.0
#: Answers that were sent before the kill are heard by then.
_HEARD_S = 0.05


class Engine:
    """The engine of a data directory, in its many lives."""

    def __init__(self, data: Path, fault: str) -> None:
        self._data = data
        self._began = 0.0
        self._lives = subprocess.Popen(  # noqa: S603 - a module of ours
            [sys.executable, "-m", "tests.campaigns.planted", fault, "--data", str(data)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.start()

    def start(self) -> None:
        """Start it and wait until it answers."""
        pid = int(self._ask("start"))
        deadline = time.monotonic() + _START_S
        while not self._answers(pid):
            if time.monotonic() > deadline:
                raise RuntimeError(f"the engine does not start: see {self._data}/engine.log")
            time.sleep(0.02)
        self._began = time.time()

    def kill(self) -> None:
        """SIGKILL."""
        self._ask("kill")

    def close(self) -> None:
        """No more lives."""
        self._lives.communicate()

    def _ask(self, word: str) -> str:
        if self._lives.stdin is None or self._lives.stdout is None:
            raise RuntimeError("the lives have no pipes")
        self._lives.stdin.write(f"{word}\n")
        self._lives.stdin.flush()
        return self._lives.stdout.readline()

    def begun(self) -> set[str]:
        """The statements that this life began, by query id."""
        lines = (
            line.split()
            for path in (self._data / "sessions").glob("*.begun")
            for line in path.read_text().splitlines()
        )
        return {query_id for at, query_id, *_ in lines if int(at) >= int(self._began)}

    def connect(self) -> Any:
        """A connection that waits for the next life."""
        parameters = connect.connection_parameters(self._data)
        return snowflake.connector.connect(**parameters, backoff_policy=pause)

    def _answers(self, pid: int) -> bool:
        met = rendezvous.read(self._data) if self._data.is_dir() else None
        return met is not None and met.pid == pid and rendezvous.ask_status(met) is not None


@dataclass
class Findings:
    """What the rows say against what clients were told."""

    rows: int = 0
    lost: list[int] = field(default_factory=list)
    twice: list[int] = field(default_factory=list)
    refused_yet_there: list[int] = field(default_factory=list)
    torn: list[tuple[int, ...]] = field(default_factory=list)
    objects_lost: list[str] = field(default_factory=list)
    unknown: int = 0
    surprises: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Whether nothing is wrong: of each of the load's kinds the engine knows the outcome."""
        wrong = (self.lost, self.twice, self.refused_yet_there, self.torn, self.objects_lost)
        return not any(wrong) and not self.surprises and not self.unknown


def checked(connection: Any, told: Told) -> Findings:
    """Compare what is there with what was told, when every file was offered once more."""
    cursor = connection.cursor()
    cursor.execute("copy into rows_ from @files")
    counts = Counter(key for (key,) in cursor.execute("select k from rows_").fetchall())
    return Findings(
        rows=counts.total(),
        lost=[key for key in told.acknowledged | told.filed if not counts[key]],
        twice=[key for key, count in counts.items() if count > 1],
        refused_yet_there=[key for key in told.refused if counts[key]],
        torn=[keys for keys in told.together if len({bool(counts[key]) for key in keys}) > 1],
        objects_lost=[
            f"{name} of {kinds}"
            for kinds, names in told.made.items()
            for name in names - _shown(cursor, kinds)
        ],
        unknown=told.unknown,
        surprises=told.surprises,
    )


def _shown(cursor: Any, kinds: str) -> set[str]:
    cursor.execute(f"show {kinds}")
    name = [column.name for column in cursor.description].index("name")
    return {row[name] for row in cursor.fetchall()}


def main(arguments: Sequence[str]) -> int:
    """Run the campaign; 0 when all rows are right and half of the kills hit a statement."""
    asked = _parsed(arguments)
    connect.stay_on_this_machine()
    with tempfile.TemporaryDirectory(prefix="sfdag-kills-") as scratch:
        engine = Engine(Path(scratch) / "data", asked.plant)
        with closing(engine.connect()) as connection:
            for text in ("create table rows_ (k int)", "create stage files"):
                connection.cursor().execute(text)
        load = Load(engine.connect, sharing=_SHARING, alone=_ALONE, making=_MAKING, seed=asked.seed)
        hits = _killed(engine, load.told, asked)
        load.stop()
        with closing(engine.connect()) as connection:
            found = checked(connection, load.told)
        engine.kill()
        engine.close()
    _report(asked, hits, load.told, found)
    return 0 if found.is_good and 2 * hits >= asked.kills else 1


def _killed(engine: Engine, told: Told, asked: argparse.Namespace) -> int:
    """Kill so often; how many of the kills hit a statement that had begun and was not answered."""
    choice = random.Random(asked.seed)  # noqa: S311 - a seed makes a trial that can be repeated
    hits = 0
    for number in range(1, asked.kills + 1):
        time.sleep(choice.uniform(*_LIFE_S))
        engine.kill()
        time.sleep(_HEARD_S)
        hits += bool(engine.begun() - told.answered)
        engine.start()
        if not number % 20:
            sys.stderr.write(f"{number} kills, {len(told.acknowledged)} rows acknowledged\n")
    return hits


def _report(asked: argparse.Namespace, hits: int, told: Told, found: Findings) -> None:
    figures = {
        "fault planted": asked.plant,
        "seed": asked.seed,
        "kills": asked.kills,
        "kills that hit a statement in flight": f"{hits} ({hits / asked.kills:.0%})",
        "rows acknowledged": len(told.acknowledged),
        "rows there": found.rows,
        "rows lost": len(found.lost),
        "rows twice": len(found.twice),
        "rows there though refused": len(found.refused_yet_there),
        "transactions and statements torn": len(found.torn),
        "rows of files": len(told.filed),
        "objects made": sum(map(len, told.made.values())),
        "objects lost": len(found.objects_lost),
        "statements of unknown outcome": told.unknown,
        "replies cut off": told.cut_off,
        "other errors": len(found.surprises),
    }
    for name, value in figures.items():
        sys.stdout.write(f"{name}: {value}\n")
    for surprise in (*found.surprises[:5], *found.objects_lost[:5]):
        sys.stdout.write(f"  {surprise}\n")
    sys.stdout.flush()


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.campaigns kills")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3)))
    parser.add_argument("--plant", choices=FAULTS, default="none")
    return parser.parse_args(arguments)
