"""`sfdag local` as typed: what it prints and how it exits."""

from __future__ import annotations

import contextlib
import io
import json

import pytest
import snowflake.connector

from sfdag_magics.cli import main


@pytest.fixture
def data(tmp_path):
    yield str(tmp_path / "data")
    main(["local", "stop", "--data", str(tmp_path / "data")])


def test_start_status_stop_and_reset(data, capsys, tmp_path):
    assert main(["local", "status", "--data", data]) == 3
    assert "No engine runs" in capsys.readouterr().out
    assert main(["local", "start", "--data", data, "--json"]) == 0
    parameters = json.loads(capsys.readouterr().out)
    with contextlib.closing(snowflake.connector.connect(**parameters)) as connection:
        assert connection.cursor().execute("select 1").fetchone() == (1,)
    assert main(["local", "start", "--data", data]) == 0
    told = capsys.readouterr().out
    assert str(parameters["port"]) in told
    assert parameters["password"] not in told
    assert main(["local", "status", "--data", data, "--json"]) == 0
    status = json.loads(capsys.readouterr().out)
    assert (status["running"], status["port"], status["runs"]) == (True, parameters["port"], 0)
    assert main(["local", "status", "--data", data]) == 0
    assert f"process {status['pid']}" in capsys.readouterr().out
    assert main(["local", "stop", "--data", data]) == 0
    assert main(["local", "status", "--data", data, "--json"]) == 3
    capsys.readouterr()
    assert main(["local", "reset", "--data", data, "--yes"]) == 0
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("answer", ["", "\n", "n\n", "yesterday\n"])
def test_reset_asks_first(monkeypatch, tmp_path, capsys, answer):
    (tmp_path / "kept").write_text("")
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    assert main(["local", "reset", "--data", str(tmp_path)]) == 1
    assert "Nothing was deleted" in capsys.readouterr().out
    assert (tmp_path / "kept").exists()


def test_an_error_is_one_line_with_the_next_thing_to_type(tmp_path, capsys):
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    assert main(["local", "start", "--data", str(tmp_path / "open")]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert len(told.err.splitlines()) == 1
    assert told.err.startswith("sfdag: others can write to")
    assert "next: " in told.err


@pytest.mark.parametrize(
    "line", [[], ["local"], ["local", "sta"], ["local", "start", "--js"], ["local", "stop", "--x"]]
)
def test_what_cannot_be_read_exits_with_2(line, capsys):
    with pytest.raises(SystemExit) as caught:
        main(line)
    assert caught.value.code == 2
    assert "usage: sfdag" in capsys.readouterr().err
