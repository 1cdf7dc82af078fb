"""What a shell answers to who types what belongs into a notebook."""

import json

import pytest

from sfdag_magics.cli import main

#: What cannot be read, and what is to be typed next.
UNREAD = {
    ("local",): "sfdag local -h",
    ("local", "statu"): "sfdag local -h",
    ("local", "start", "--yes"): "sfdag -h",
    ("local", "stop", "--data"): "sfdag local stop -h",
    ("demo", "--out"): "sfdag demo -h",
}


@pytest.mark.parametrize("argv", UNREAD)
def test_what_cannot_be_read_says_what_to_type_next(argv, capsys):
    assert main((*argv, "--json")) == 2
    told, aside = capsys.readouterr()
    *_, said, next_line = aside.splitlines()
    assert next_line.startswith(f"  next: {UNREAD[argv]}")
    error = json.loads(told)["error"]
    assert (error["message"], error["exit_code"]) == (said, 2)
    assert next_line == f"  next: {error['hint']}"


def test_where_no_data_is_nothing_is_deleted_and_nobody_asked(capsys, tmp_path):
    nowhere = tmp_path / "nowhere"
    assert main(["local", "reset", "--data", str(nowhere)]) == 0
    assert capsys.readouterr().out == f"There is no {nowhere}; nothing was deleted.\n"


def test_the_version_is_told(capsys):
    with pytest.raises(SystemExit) as raised:
        main(["--version"])
    assert (raised.value.code, capsys.readouterr().out.split()[0]) == (0, "sfdag")
