"""An engine that is killed while a stream is read loses no change and shows none twice."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from sfdag_magics.engine.sql.sql_engine import open_engine
from tests.engine.sql.conftest import rows_of
from tests.engine.sql.streams.working import opened

pytestmark = pytest.mark.slow

_LIVES = 6
#: A life tells of so many changes before it is killed in the middle of the next, however long that
#: takes on a busy machine.
_FEWEST, _MOST = 2, 10


def asked(data: Path, *texts: str) -> list[list[tuple[object, ...]]]:
    engine = open_engine(data)
    session = opened(engine)
    answers = [rows_of(session.execute(text)) for text in texts]
    session.close()
    engine.close()
    return answers


def killed_in_the_middle(data: Path, seed: int, told: int, after_s: float) -> None:
    """Let it work until it has told of so many changes, and somewhat longer."""
    command = [sys.executable, "-m", "tests.engine.sql.streams.working", str(data), str(seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout is not None
        for _ in range(told):
            process.stdout.readline()
        time.sleep(after_s)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL


def test_what_was_read_for_good_amounts_to_the_table(tmp_path: Path):
    data = tmp_path / "data"
    asked(
        data,
        "create table t (a int, b int)",
        "create table sink (a int, b int, action varchar)",
        "create stream s on table t",
        "create stream unread on table t",
    )
    picked = random.Random(4)  # noqa: S311 - a story that can be told again
    for life in range(1, _LIVES + 1):
        told, after_s = picked.randint(_FEWEST, _MOST), picked.uniform(0, 0.02)
        killed_in_the_middle(data, life, told, after_s)
        _, taken, table, net = asked(
            data,
            "insert into sink select a, b, metadata$action from s",
            "select a, b, action from sink",
            "select a, b from t",
            "select a, b, metadata$action, metadata$isupdate from unread",
        )
        sums: Counter[object] = Counter()
        for a, b, action in taken:
            sums[a, b] += 1 if action == "INSERT" else -1
        assert {key: count for key, count in sums.items() if count} == dict.fromkeys(table, 1)
        # whatever happened to them, its rows are all new to who has never looked
        assert Counter(net) == Counter((*row, "INSERT", False) for row in table)
