"""IF NOT EXISTS of two sessions at the same time: both are told that it is there."""

from __future__ import annotations

import threading

import pytest

from sfdag_magics.engine.borders.ports import SessionOptions
from sfdag_magics.engine.features import stages_feature
from sfdag_magics.engine.sql.sql_engine import open_engine
from sfdag_magics.engine.stages.stage_store import StageStore

_SESSIONS, _ROUNDS = 4, 12


@pytest.fixture
def sessions(tmp_path):
    data = tmp_path / "data"
    engine = open_engine(data, [stages_feature(StageStore(data / "stages"))])
    options = SessionOptions(database="SFDAG", schema="PUBLIC")
    opened = [engine.open_session(options) for _ in range(_SESSIONS)]
    opened[0].execute("create database if not exists SFDAG")
    yield opened
    for session in opened:
        session.close()
    engine.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    "made",
    [
        "stage if not exists S{0}",
        "file format if not exists F{0} type = csv",
        "table if not exists T{0}(a int)",
        "schema if not exists C{0}",
        "database if not exists D{0}",
        "sequence if not exists Q{0}",
        "view if not exists V{0} as select 1 a",
    ],
)
def test_what_somebody_makes_meanwhile_is_there_for_all(sessions, made):
    errors, start = [], threading.Barrier(_SESSIONS)

    def make(session):
        for number in range(_ROUNDS):
            start.wait()
            try:
                session.execute(f"create {made.format(number)}")
            except Exception as error:  # noqa: BLE001 - whatever it is, it is counted
                errors.append(str(error))

    threads = [threading.Thread(target=make, args=(session,)) for session in sessions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
