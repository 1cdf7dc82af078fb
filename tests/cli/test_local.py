"""`sfdag local` as typed: what it prints and how it exits."""

from __future__ import annotations

import concurrent.futures
import contextlib
import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import jsonschema
import psutil
import pytest
import snowflake.connector
from snowflake.connector.errors import ProgrammingError

from sfdag_magics.cli import main
from sfdag_magics.client.connecting import connect
from sfdag_magics.client.connecting.releases import installed_release
from sfdag_magics.client.connecting.sessions import open_target
from sfdag_magics.client.connecting.targets import Target
from sfdag_magics.magics.showing.schemas import DOCUMENTS
from sfdag_magics.workspace.local_engine import Local


def person(monkeypatch, typed):
    """Somebody at a terminal, who types this."""
    monkeypatch.setenv("SFDAG_INTERACTIVE", "1")
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))


@pytest.fixture
def data(tmp_path):
    yield str(tmp_path / "data")
    main(["local", "stop", "--yes", "--data", str(tmp_path / "data")])


def test_start_status_stop_and_reset(data, capsys, tmp_path):
    assert main(["local", "status", "--data", data]) == 3
    assert "No engine runs" in capsys.readouterr().out
    assert main(["local", "start", "--data", data, "--json"]) == 0
    parameters = json.loads(capsys.readouterr().out)
    with contextlib.closing(snowflake.connector.connect(**parameters)) as connection:
        assert connection.cursor().execute("select 1").fetchone() == (1,)
        connection.cursor().execute("create table t as select 1 as a").fetchall()
    assert main(["local", "start", "--data", data]) == 0
    told = capsys.readouterr().out
    assert str(parameters["port"]) in told
    assert f"sfdag local start --data {data} --json" in told
    assert parameters["password"] not in told
    assert main(["local", "status", "--data", data, "--json"]) == 0
    status = json.loads(capsys.readouterr().out)
    assert (status["running"], status["port"], status["runs"]) == (True, parameters["port"], 0)
    assert [each["table"] for each in status["disk"]["tables"]] == ["SFDAG.PUBLIC.T"]
    assert main(["local", "status", "--data", data]) == 0
    assert f"process {status['pid']}" in capsys.readouterr().out
    assert main(["local", "stop", "--data", data]) == 0
    assert main(["local", "status", "--data", data, "--json"]) == 3
    capsys.readouterr()
    assert main(["local", "reset", "--data", data, "--yes"]) == 0
    assert not (tmp_path / "data").exists()


BODY = "CALL SYSTEM$WAIT(600)"


@pytest.fixture
def running(data, capsys):
    """A connection to an engine with a run in flight that takes long."""
    main(["local", "start", "--data", data, "--json"])
    parameters = json.loads(capsys.readouterr().out)
    with contextlib.closing(snowflake.connector.connect(**parameters)) as connection:
        cursor = connection.cursor()
        cursor.execute("CREATE TABLE told(what VARCHAR)")
        cursor.execute(f"CREATE TASK r AS {BODY}")
        cursor.execute("CREATE TASK f FINALIZE = r AS INSERT INTO told VALUES ('cleaned up')")
        cursor.execute("ALTER TASK f RESUME")
        cursor.execute("EXECUTE TASK r")
        yield connection


@pytest.mark.slow
def test_stop_says_that_a_schedule_is_on(data, capsys):
    main(["local", "start", "--data", data, "--json"])
    parameters = json.loads(capsys.readouterr().out)
    with contextlib.closing(snowflake.connector.connect(**parameters)) as connection:
        connection.cursor().execute("CREATE TASK r SCHEDULE = '11520 MINUTES' AS SELECT 1")
        connection.cursor().execute("ALTER TASK r RESUME")
    assert main(["local", "status", "--data", data]) == 0
    assert ", next run by schedule 2" in capsys.readouterr().out
    assert main(["local", "stop", "--data", data]) == 0
    said = capsys.readouterr().out
    assert "Its schedules start nothing until it runs again, next run by schedule 2" in said


@pytest.mark.slow
def test_stop_says_so_of_the_schedule_of_a_run_in_flight_too(data, capsys):
    main(["local", "start", "--data", data, "--json"])
    parameters = json.loads(capsys.readouterr().out)
    with contextlib.closing(snowflake.connector.connect(**parameters)) as connection:
        connection.cursor().execute(f"CREATE TASK r SCHEDULE = '11520 MINUTES' AS {BODY}")
        connection.cursor().execute("ALTER TASK r RESUME")
        connection.cursor().execute("EXECUTE TASK r")
    assert main(["local", "stop", "--data", data, "--yes"]) == 0
    said = capsys.readouterr().out
    assert "Ended as cancelled: SFDAG.PUBLIC.R (run " in said
    assert "Its schedules start nothing until it runs again, next run by schedule 2" in said


HISTORY = "SELECT name, state FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY()) ORDER BY name"


@pytest.mark.slow
def test_stop_names_the_runs_in_flight_and_asks(running, data, monkeypatch, capsys):
    person(monkeypatch, "n\n")
    assert main(["local", "stop", "--data", data]) == 1
    told = capsys.readouterr()
    assert "In flight: SFDAG.PUBLIC.R (run " in told.out
    assert told.err.startswith("sfdag: the engine was not stopped: SFDAG.PUBLIC.R (run ")
    assert f"sfdag local stop --data {data} --yes" in told.err
    assert main(["local", "status", "--data", data]) == 0
    assert "SFDAG.PUBLIC.R (run " in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize(("options", "answer"), [(["--yes"], ""), ([], "y\n")])
def test_stop_ends_them_as_cancelled_and_repeats_nothing(
    running, data, monkeypatch, capsys, options, answer
):
    person(monkeypatch, answer)
    assert main(["local", "stop", "--data", data, *options]) == 0
    assert "Ended as cancelled: SFDAG.PUBLIC.R (run " in capsys.readouterr().out
    main(["local", "start", "--data", data])
    cursor = running.cursor()
    assert cursor.execute(HISTORY).fetchall() == [("F", "SUCCEEDED"), ("R", "CANCELLED")]
    assert cursor.execute("SELECT what FROM told").fetchall() == [("cleaned up",)]


@pytest.mark.slow
def test_a_query_of_another_client_is_told_that_the_engine_was_stopped(data, capsys):
    main(["local", "start", "--data", data, "--json"])
    parameters = json.loads(capsys.readouterr().out)
    with (
        contextlib.closing(snowflake.connector.connect(**parameters)) as connection,
        concurrent.futures.ThreadPoolExecutor(1) as pool,
    ):
        query = pool.submit(connection.cursor().execute, "CALL SYSTEM$WAIT(600)")
        while json_of(capsys, "status", data)["queries"] != 1:
            assert not query.done()
        assert main(["local", "stop", "--data", data]) == 0
        with pytest.raises(ProgrammingError, match=r"The engine was stopped") as caught:
            query.result(20)
        assert "timeout" not in str(caught.value)


#: One step that DuckDB cannot stop, far longer than anybody waits for it.
_DEAF = "SELECT jarowinkler_similarity(repeat('ab', 3000000), repeat('ba', 3000000))"


@pytest.mark.slow
def test_what_does_not_hear_is_left_and_nothing_else_is_lost(data, capsys):
    main(["local", "start", "--data", data, "--json"])
    parameters = json.loads(capsys.readouterr().out)
    with contextlib.closing(snowflake.connector.connect(**parameters)) as connection:
        connection.cursor().execute("CREATE TABLE kept AS SELECT 1 AS a")
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            engine = psutil.Process(json_of(capsys, "status", data)["pid"])
            before = engine.cpu_times().user
            query = pool.submit(connection.cursor().execute, _DEAF)
            while engine.cpu_times().user < before + 2:  # it is within the step
                assert not query.done()
                time.sleep(0.05)
            assert main(["local", "stop", "--data", data]) == 0
            assert "Waiting for 1 statement to end" in capsys.readouterr().out
            with pytest.raises(ProgrammingError, match=r"The engine was stopped"):
                query.result(20)
        assert "leaves what runs and does not hear" in (Path(data) / "engine.log").read_text()
        main(["local", "start", "--data", data])
        assert connection.cursor().execute("SELECT a FROM kept").fetchall() == [(1,)]


def json_of(capsys, verb, data):
    capsys.readouterr()
    main(["local", verb, "--data", data, "--json"])
    return json.loads(capsys.readouterr().out)


@pytest.mark.slow
def test_clean_frees_code_that_nothing_names_and_no_other(data, capsys):
    names = {how: how[0] * 16 + ".zip" for how in ("config", "describe", "free")}
    there = open_target(Target(name="local", path=data))
    there.rows("CREATE STAGE CODE")
    for name in names.values():
        there.upload(b"PK", f"@SFDAG.PUBLIC.CODE/g/{name}")
    there.rows(
        "CREATE PROCEDURE P(x VARCHAR, y NUMBER DEFAULT 3) RETURNS VARCHAR LANGUAGE PYTHON "
        "RUNTIME_VERSION = '3.11' PACKAGES = ('snowflake-snowpark-python') HANDLER = 'm.f' "
        f"IMPORTS = ('@CODE/g/{names['describe']}')"
    )
    there.rows("CREATE TASK T AS SELECT 1")
    config = json.dumps({"sfdag": {"bridge": {"archive": f"@CODE/g/{names['config']}"}}})
    there.rows(f"EXECUTE TASK T USING CONFIG = '{config}'")
    there.rows("LIST @CODE")  # what was sent comes to lie there
    there.close("local")
    for file in Path(data).glob("stages/*/g/*.zip"):
        os.utime(file, (time.time() - 7200,) * 2)
    assert main(["local", "clean", "--yes", "--data", data]) == 0
    said = capsys.readouterr().out
    assert f"code that nothing names any more: @SFDAG.PUBLIC.CODE/g/{names['free']}" in said
    left = {file.name for file in Path(data).glob("stages/*/g/*.zip")}
    assert left == {names["config"], names["describe"]}
    main(["local", "stop", "--yes", "--data", data])
    main(["local", "clean", "--yes", "--data", data])
    assert "Code that nothing names is told while the engine runs" in capsys.readouterr().out


def test_whoever_has_read_enough_sees_no_traceback(data):
    line = f"{sys.executable} -m sfdag_magics local status --data {data}"
    # the reader is gone before the first word
    done = subprocess.run(  # noqa: S602 - a line of ours
        f"(sleep 1; {line}) | true; exit ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        check=False,
    )
    assert done.stderr == b""
    assert done.returncode == 141


@pytest.mark.parametrize("answer", ["\n", "n\n", "yesterday\n"])
def test_reset_asks_first(monkeypatch, tmp_path, capsys, answer):
    (tmp_path / "kept").write_text("")
    person(monkeypatch, answer)
    assert main(["local", "reset", "--data", str(tmp_path)]) == 1
    assert "Nothing was deleted" in capsys.readouterr().out
    assert (tmp_path / "kept").exists()


def test_no_yes_restores_over_what_is_there(monkeypatch, tmp_path, capsys):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "kept").write_text("")
    person(monkeypatch, "y\n")
    line = ["local", "restore", str(tmp_path / "b.tar"), "--data", str(tmp_path / "data")]
    for more in ([], ["--yes"]):
        assert main([*line, *more]) != 0
        aside = capsys.readouterr().err
        assert ("holds something already" in aside, "or --replace" in aside) == (True, True)
    assert (tmp_path / "data" / "kept").exists()


@pytest.mark.parametrize(("words", "code"), [(["clean"], 0), (["stop"], 0), (["reset"], 1)])
def test_each_verb_has_a_document_that_stands_alone(monkeypatch, tmp_path, capsys, words, code):
    (tmp_path / "kept").write_text("")
    person(monkeypatch, "n\n")
    assert main(["local", *words, "--json", "--data", str(tmp_path)]) == code
    told = capsys.readouterr()
    record = json.loads(told.out)
    jsonschema.validate(record, DOCUMENTS["local"])
    assert (record["did"], record["done"], record["data"]) == (words[0], code == 0, str(tmp_path))
    assert len(record["said"]) == 1
    assert ("[y/N]" in told.err) == (code == 1)


@pytest.mark.parametrize("answer", ["", "y\n"])
def test_where_nobody_answers_nothing_is_done_and_it_was_typed_wrongly(
    monkeypatch, tmp_path, capsys, answer
):
    (tmp_path / "kept").write_text("")
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    assert main(["local", "reset", "--data", str(tmp_path)]) == 2
    told = capsys.readouterr()
    said, hint = told.err.splitlines()
    assert said.startswith("sfdag: nobody can answer: Delete")
    assert hint == f"  next: sfdag local reset --data {tmp_path} --yes"
    assert (tmp_path / "kept").exists()
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    assert main(["local", "reset", "--json", "--data", str(tmp_path)]) == 2
    (error,) = json.loads(capsys.readouterr().out).values()
    assert hint.endswith(error["hint"])


def test_a_backup_that_cannot_be_written_is_told_before_the_engine_is_stopped(
    tmp_path, capsys, monkeypatch
):
    (tmp_path / "data.duckdb").write_bytes(b"rows")
    stopped = []
    monkeypatch.setattr(Local, "_check_stopped", lambda *_: stopped.append(1))
    file = tmp_path / "not there" / "b.tar"
    assert main(["local", "backup", str(file), "--yes", "--data", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert f"there is no folder {file.parent} for the backup b.tar" in told
    assert f"mkdir -p '{file.parent}'" in told
    assert stopped == []


@pytest.mark.parametrize("content", [None, "no backup"])
def test_a_file_that_is_no_backup_is_typed_wrongly(content, tmp_path, capsys, monkeypatch):
    file, stopped = tmp_path / "b.tar", []
    file.write_text(content) if content else None
    assert main(["local", "restore", str(file), "--data", str(tmp_path / "new")]) == 2
    assert "\n  next: " in capsys.readouterr().err
    monkeypatch.setattr(Local, "_check_stopped", lambda *_: stopped.append(1))
    assert main(["local", "restore", str(file), "--replace", "--data", str(tmp_path / "new")]) == 2
    assert stopped == []  # an engine is stopped for no file that is none


def test_a_restore_that_was_killed_is_told_by_status_and_undone_by_a_start(
    tmp_path, capsys, caplog, monkeypatch
):
    away, data = tmp_path / "data.before-restore", tmp_path / "data"
    away.mkdir(mode=0o700)
    (away / "data.duckdb").write_bytes(b"rows")
    assert main(["local", "status", "--data", str(data)]) == 3
    assert f"lies in {away}, and the next start or restore" in capsys.readouterr().out
    told = {"port": 1, "token": "t", "notice": "", "version": installed_release(), "pid": 0}
    started = SimpleNamespace(**told)
    monkeypatch.setattr(connect, "start", lambda *_: started)
    assert main(["local", "start", "--data", str(data)]) == 0
    assert "what was there before is there again" in caplog.text
    assert (data / "data.duckdb").read_bytes() == b"rows"
    assert not away.exists()
    left = tmp_path / ".data.restoring-x"
    left.mkdir()
    main(["local", "status", "--json", "--data", str(data)])
    note = json.loads(capsys.readouterr().out.splitlines()[-1])["note"]
    assert f"takes disk: {left}; sfdag local clean --data {data} frees it" in note


def test_an_error_is_a_line_and_one_with_the_next_thing_to_type(tmp_path, capsys):
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    assert main(["local", "start", "--data", str(tmp_path / "open")]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    said, hint = told.err.splitlines()
    assert said.startswith("sfdag: others can write to")
    assert hint.startswith("  next: ")


@pytest.mark.parametrize(
    "line", [[], ["local"], ["local", "sta"], ["local", "start", "--js"], ["local", "stop", "--x"]]
)
def test_what_cannot_be_read_exits_with_2(line, capsys):
    assert main(line) == 2
    said = capsys.readouterr()
    assert (said.out, "usage: sfdag" in said.err) == ("", True)
