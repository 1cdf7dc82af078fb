"""Kill the engine again and again under several threads on one session, and count the rows.

`python -m tests.campaigns kills --kills 200`. With `--plant FAULT` the engine has a fault: the
checks must fail then (exit code 1), or they check nothing. Runs, a stream and REST are part of the
load (`kills_runs.py`), and in the end the run log's events must come to its rows.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sfdag_magics.client.connecting import connect
from sfdag_magics.engine.store.runlog import RunLog
from sfdag_magics.engine.tasks.replay import replayed
from tests.campaigns import kills_runs
from tests.campaigns.kills_load import Load, Told
from tests.campaigns.lives import Engine, furnished
from tests.campaigns.planted import FAULTS

_SHARING, _ALONE, _MAKING = 6, 2, 2
#: A life answers at most so many statements before it ends in the middle of others, and lasts so
#: long where it answers fewer.
_ANSWERS, _LONGEST_S = 25, 10.0
_IN_THE_MIDDLE_S = 0.05
_LOOK_S = 0.005
#: Answers that were sent before the kill are heard by then.
_HEARD_S = 0.05


@dataclass
class Findings:
    """What the rows say against what clients were told."""

    rows: int = 0
    lost: list[int] = field(default_factory=list)
    twice: list[int] = field(default_factory=list)
    refused_yet_there: list[int] = field(default_factory=list)
    torn: list[tuple[int, ...]] = field(default_factory=list)
    objects_lost: list[str] = field(default_factory=list)
    runs_lost: list[str] = field(default_factory=list)
    runs_twice: list[str] = field(default_factory=list)
    runs_stopped: int = 0
    changes_lost: list[int] = field(default_factory=list)
    changes_twice: list[int] = field(default_factory=list)
    replay_differs: list[str] = field(default_factory=list)
    unknown: int = 0
    surprises: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Whether nothing is wrong: of each of the load's kinds the engine knows the outcome."""
        wrong = (self.lost, self.twice, self.refused_yet_there, self.torn, self.objects_lost)
        runs = (self.runs_lost, self.runs_twice, self.replay_differs)
        changes = (self.changes_lost, self.changes_twice)
        return not any((*wrong, *runs, *changes)) and not self.surprises and not self.unknown


def checked(connection: Any, told: Told) -> Findings:
    """Compare what is there with what was told, when every file was offered once more."""
    cursor = connection.cursor()
    cursor.execute("copy into rows_ from @files")
    counts = Counter(key for (key,) in cursor.execute("select k from rows_").fetchall())
    runs_lost, runs_twice, runs_stopped = kills_runs.wrong_runs(cursor, told.runs)
    changes_lost, changes_twice = kills_runs.wrong_changes(cursor)
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
        ]
        + [f"{name} is there again" for name in told.dropped & _shown(cursor, "tables")],
        runs_lost=runs_lost,
        runs_twice=runs_twice,
        runs_stopped=runs_stopped,
        changes_lost=changes_lost,
        changes_twice=changes_twice,
        unknown=told.unknown,
        surprises=told.surprises,
    )


def replay_differences(data: Path) -> list[str]:
    """Where the events of the run log and its rows do not say the same."""
    runlog = RunLog(data / "runs.sqlite")
    try:
        return [str(difference) for difference in replayed(runlog).differences()]
    finally:
        runlog.close()


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
            furnished(connection)
        load = Load(engine.connect, sharing=_SHARING, alone=_ALONE, making=_MAKING, seed=asked.seed)
        hits = _killed(engine, load.told, asked)
        load.stop()
        with closing(engine.connect()) as connection:
            found = checked(connection, load.told)
        engine.kill()
        engine.close()
        found.replay_differs = replay_differences(Path(scratch) / "data")
    _report(asked, hits, load.told, found)
    return 0 if found.is_good and 2 * hits >= asked.kills else 1


def _killed(engine: Engine, told: Told, asked: argparse.Namespace) -> int:
    """Kill so often; how many of the kills hit a statement that had begun and was not answered."""
    choice = random.Random(asked.seed)  # noqa: S311 - a seed makes a trial that can be repeated
    hits = 0
    for number in range(1, asked.kills + 1):
        _lived(told, choice.randint(0, _ANSWERS), asked.longest)
        time.sleep(choice.uniform(0, _IN_THE_MIDDLE_S))
        engine.kill()
        time.sleep(_HEARD_S)
        hits += bool(engine.begun() - told.answered)
        engine.start()
        if not number % 20:
            sys.stderr.write(f"{number} kills, {len(told.acknowledged)} rows acknowledged\n")
    return hits


def _lived(told: Told, answers: int, longest_s: float) -> None:
    """Wait for so many more answers: a busy machine takes longer for as much work."""
    wanted, deadline = len(told.answered) + answers, time.monotonic() + longest_s
    while len(told.answered) < wanted and time.monotonic() < deadline:
        time.sleep(_LOOK_S)


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
        "objects made and dropped by REST": len(told.dropped),
        "runs asked for": len(told.runs),
        "runs lost": len(found.runs_lost),
        "runs twice": len(found.runs_twice),
        "runs stopped, killed too often": found.runs_stopped,
        "changes that the stream lost": len(found.changes_lost),
        "changes that the stream showed twice": len(found.changes_twice),
        "rows that the replay does not come to": len(found.replay_differs),
        "statements of unknown outcome": told.unknown,
        "replies cut off": told.cut_off,
        "other errors": len(found.surprises),
    }
    for name, value in figures.items():
        sys.stdout.write(f"{name}: {value}\n")
    wrong = (found.surprises, found.objects_lost, found.runs_lost, found.runs_twice)
    for surprise in (each for some in (*wrong, found.replay_differs) for each in some[:5]):
        sys.stdout.write(f"  {surprise}\n")
    sys.stdout.flush()


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.campaigns kills")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3)))
    parser.add_argument("--longest", type=float, default=_LONGEST_S, help="seconds of a life")
    parser.add_argument("--plant", choices=FAULTS, default="none")
    return parser.parse_args(arguments)
