"""A file's rows and the history that it is loaded are one: together or not at all, and once."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from sfdag_magics.engine.borders.answers import LOADED_MEANWHILE, Result, SqlError
from sfdag_magics.engine.copying import copy_load
from sfdag_magics.engine.stages.stage_store import StageStore
from tests.engine.ended import WHY, Ender, Moment
from tests.engine.stage_room import StageRoom, stage_room

NOTHING = [("Copy executed with 0 files processed.",)]
COUNT = "SELECT COUNT(*) FROM t"


def asked_again(room: StageRoom, text: str) -> tuple[Result, Result | None]:
    """The answer of a noted statement, and what the next engine would say."""
    query_id = str(uuid.uuid4())
    answer = room.session.execute(text, query_id=query_id, noted=True)
    return answer, room.engine.outcomes.outcome(query_id)


@pytest.fixture
def t(room: StageRoom) -> StageRoom:
    for text in ("CREATE STAGE s", "CREATE TABLE t (n INT, v VARCHAR(3))"):
        room.run(text)
    room.put("@s/1.csv", "1,a\n")
    return room


OPTIONS = ("", "PURGE = TRUE", "FORCE = TRUE", "ON_ERROR = CONTINUE", "ON_ERROR = SKIP_FILE")


@pytest.mark.parametrize("options", OPTIONS)
def test_after_a_rollback_a_file_is_not_loaded(t: StageRoom, options: str):
    t.run("BEGIN")
    t.run(f"COPY INTO t FROM @s {options}")
    t.run("ROLLBACK")
    t.run("COPY INTO t FROM @s")
    assert t.rows(COUNT) == [(1,)]


@pytest.mark.parametrize("options", OPTIONS)
def test_after_a_commit_it_is(t: StageRoom, options: str):
    t.run("BEGIN")
    t.run(f"COPY INTO t FROM @s {options}")
    t.run("COMMIT")
    assert t.rows("COPY INTO t FROM @s") == NOTHING
    assert t.rows(COUNT) == [(1,)]


@pytest.mark.parametrize("moment", Moment)
@pytest.mark.parametrize("options", OPTIONS)
def test_a_copy_that_was_given_up_has_loaded_nothing(t: StageRoom, options: str, moment: Moment):
    query_id = str(uuid.uuid4())
    ender = Ender(t.session, moment)
    ender.run(t.session, f"COPY INTO t FROM @s {options}", query_id=query_id, noted=True)
    told = moment is Moment.BEFORE
    assert ender.told == ([WHY] if told else [])
    assert t.rows(COUNT) == [(0 if told else 1,)]
    assert (t.engine.outcomes.outcome(query_id) is None) == told
    again = t.rows("COPY INTO t FROM @s")
    assert (again == NOTHING) == (not told)
    assert t.rows(COUNT) == [(1,)]


@pytest.mark.parametrize("moment", Moment)
def test_in_a_transaction_the_rest_is_kept(t: StageRoom, moment: Moment):
    t.run("BEGIN")
    t.run("INSERT INTO t VALUES (7, 'x')")
    Ender(t.session, moment).run(t.session, "COPY INTO t FROM @s")
    t.run("COMMIT")
    t.run("COPY INTO t FROM @s")
    assert t.rows("SELECT n FROM t ORDER BY n") == [(1,), (7,)]


def test_a_transaction_knows_what_it_has_loaded_itself(t: StageRoom):
    t.run("BEGIN")
    t.run("COPY INTO t FROM @s")
    t.put("@s/2.csv", "2,b\n")
    t.run("COPY INTO t FROM @s")
    assert t.rows("COPY INTO t FROM @s") == NOTHING
    t.run("COPY INTO t FROM @s FORCE = TRUE")
    t.run("COMMIT")
    assert t.rows("COPY INTO t FROM @s") == NOTHING
    assert t.rows("SELECT n FROM t ORDER BY n") == [(1,), (1,), (2,), (2,)]


def test_a_truncate_that_is_rolled_back_forgets_nothing(t: StageRoom):
    t.run("COPY INTO t FROM @s")
    t.run("BEGIN")
    t.run("TRUNCATE TABLE t")
    t.run("COPY INTO t FROM @s")
    assert t.rows(COUNT) == [(1,)]
    t.run("ROLLBACK")
    assert t.rows("COPY INTO t FROM @s") == NOTHING
    assert t.rows(COUNT) == [(1,)]


def test_a_query_over_files_loads_once_as_well(t: StageRoom):
    text = "COPY INTO t FROM (SELECT $1, $2 FROM @s)"
    t.run("BEGIN")
    t.run(text)
    t.run("ROLLBACK")
    t.run(text)
    assert t.rows(text) == NOTHING
    assert t.rows(COUNT) == [(1,)]


def test_a_failed_load_remembers_nothing(t: StageRoom):
    t.run("CREATE TABLE narrow (n INT NOT NULL, v VARCHAR)")
    t.put("@s/2.csv", ",b\n")
    with pytest.raises(SqlError):
        t.run("COPY INTO narrow FROM (SELECT $1, $2 FROM @s)")
    t.run("COPY INTO narrow FROM @s FILES = ('1.csv')")
    assert t.rows("SELECT n FROM narrow") == [(1,)]


def test_a_file_without_rows_is_loaded_too(t: StageRoom):
    t.put("@s/1.csv", "")
    assert t.rows("COPY INTO t FROM @s")[0][1] == "LOADED"
    assert t.rows("COPY INTO t FROM @s") == NOTHING


def test_a_file_that_was_left_out_is_tried_again(t: StageRoom):
    t.put("@s/1.csv", "x,a\n")
    for _ in range(2):
        assert t.rows("COPY INTO t FROM @s ON_ERROR = SKIP_FILE")[0][1] == "LOAD_FAILED"


def test_a_purge_that_did_not_happen_loads_nothing_twice(t: StageRoom):
    class Unpurging(StageStore):
        def remove(self, files) -> None:
            """As when the engine is killed before it."""

    t.store.__class__ = Unpurging
    t.run("COPY INTO t FROM @s PURGE = TRUE")
    assert t.names("@s") == ["s/1.csv"]
    t.run("COPY INTO t FROM @s PURGE = TRUE")
    assert t.rows(COUNT) == [(1,)]


def test_a_file_that_is_replaced_while_it_is_read_is_read_again(t: StageRoom, monkeypatch):
    read = copy_load.read_file

    def replacing(*values, **options):
        monkeypatch.setattr(copy_load, "read_file", read)
        rows = read(*values, **options)
        t.put("@s/1.csv", "2,b\n")
        return rows

    monkeypatch.setattr(copy_load, "read_file", replacing)
    t.run("COPY INTO t FROM @s")
    assert t.rows("SELECT n FROM t") == [(2,)]
    assert t.rows("COPY INTO t FROM @s") == NOTHING


def test_the_history_goes_where_the_table_goes(t: StageRoom):
    t.run("COPY INTO t FROM @s")
    t.run("CREATE TABLE copied CLONE t")
    t.run("ALTER TABLE t RENAME TO renamed")
    t.run("CREATE TABLE t LIKE renamed")
    assert t.rows("COPY INTO renamed FROM @s") == NOTHING
    for other in ("copied", "t"):
        assert t.rows(f"COPY INTO {other} FROM @s")[0][1] == "LOADED"
    t.run("TRUNCATE TABLE t")
    t.run("ALTER TABLE t SWAP WITH renamed")
    assert t.rows("COPY INTO t FROM @s") == NOTHING
    assert t.rows("COPY INTO renamed FROM @s")[0][1] == "LOADED"


def test_two_transactions_load_a_file_once_and_the_second_is_told(t: StageRoom):
    with closing(t.open_session()) as other:
        for session in (t.session, other):
            session.execute("BEGIN")
            session.execute("INSERT INTO t VALUES (0, 'z')")
        t.run("COPY INTO t FROM @s")
        t.run("COMMIT")
        with pytest.raises(
            SqlError, match="Another session has loaded a file of this COPY"
        ) as told:
            other.execute("COPY INTO t FROM @s")
        assert told.value.code == LOADED_MEANWHILE
        other.execute("ROLLBACK")
        assert other.execute("COPY INTO t FROM @s").rows.num_rows == 1
    assert t.rows("SELECT n FROM t ORDER BY n") == [(0,), (1,)]


def test_two_transactions_that_overlap_load_a_file_once(t: StageRoom):
    with closing(t.open_session()) as other:
        for session in (t.session, other):
            session.execute("BEGIN")
            session.execute("COPY INTO t FROM @s")
        t.run("COMMIT")
        with pytest.raises(SqlError, match="run the transaction again"):
            other.execute("COMMIT")
        other.execute("ROLLBACK")
    assert t.rows(COUNT) == [(1,)]


@pytest.mark.slow
@pytest.mark.parametrize("changed", [False, True])
def test_sessions_at_once_load_each_file_once(t: StageRoom, *, changed: bool):
    if changed:
        t.run("COPY INTO t FROM @s")
        t.run("DELETE FROM t")
        t.put("@s/1.csv", "1,b\n")
    for number in range(2, 6):
        t.put(f"@s/{number}.csv", f"{number},a\n")

    def load(_number: int) -> int:
        with closing(t.open_session()) as session:
            answer = session.execute("COPY INTO t FROM @s")
        return answer.rows_affected or 0

    with ThreadPoolExecutor(6) as pool:
        loaded = list(pool.map(load, range(6)))
    assert sum(loaded) == 5
    assert t.rows("SELECT n FROM t ORDER BY n") == [(1,), (2,), (3,), (4,), (5,)]


def test_histories_of_tables_that_are_gone_are_forgotten_at_the_next_start(tmp_path: Path):
    with stage_room(tmp_path) as room:
        room.put("@~/1.csv", "1\n")
        for name in ("kept", "gone"):
            room.run(f"CREATE TABLE {name} (n INT)")
            room.run(f"COPY INTO {name} FROM @~")
        room.run("DROP TABLE gone")
    with stage_room(tmp_path) as room:
        assert room.rows("COPY INTO kept FROM @~") == NOTHING
        with closing(room.engine._store.connect()) as connection:
            assert connection.execute("SELECT COUNT(*) FROM registry.loads").fetchall() == [(1,)]


@pytest.mark.parametrize(
    "text",
    [
        "COPY INTO t FROM @s",
        "COPY INTO t FROM @s ON_ERROR = SKIP_FILE",
        "COPY INTO t FROM (SELECT $1, $2 FROM @s FILES) ",
        "COPY INTO @s/out FROM t",
        "COPY INTO @s/out FROM t DETAILED_OUTPUT = TRUE",
    ],
)
def test_a_lost_answer_is_given_again(t: StageRoom, text: str):
    t.run("INSERT INTO t VALUES (7, 'z')")
    t.put("@s/2.csv", "x,b\n") if "SKIP" in text else None
    answer, again = asked_again(t, text.replace(" FILES", ""))
    assert again is not None
    assert again.rows.equals(answer.rows)
    assert (again.columns, again.rows_affected) == (answer.columns, answer.rows_affected)


@pytest.mark.parametrize(
    "text",
    [
        "CREATE STAGE u",
        "CREATE OR REPLACE STAGE s",
        "ALTER STAGE s RENAME TO u",
        "DROP STAGE s",
        "CREATE FILE FORMAT f TYPE = CSV",
    ],
)
def test_stages_and_formats_leave_their_outcome(t: StageRoom, text: str):
    assert asked_again(t, text)[1] is not None
