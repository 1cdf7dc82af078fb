"""What PUT and GET tell the client to do itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from sfdag_magics.engine.borders.answers import FileTransfer, SqlError
from tests.engine.stage_room import StageRoom


def transfer(room: StageRoom, text: str) -> FileTransfer:
    told = room.run(text).transfer
    assert told is not None
    return told


def test_put_names_the_directory_and_the_options(room: StageRoom):
    told = transfer(
        room,
        "PUT 'file:///my files/*.csv' @~/a/b PARALLEL = 10, AUTO_COMPRESS = False"
        " SOURCE_COMPRESSION = 'GZIP' OVERWRITE = True",
    )
    assert told.upload
    assert told.sources == ("/my files/*.csv",)
    assert (told.parallel, told.auto_compress, told.source_compression, told.overwrite) == (
        10,
        False,
        "gzip",
        True,
    )
    assert (told.pattern, told.prefix) == ("/my files/*.csv", "a/b")
    directory = told.directory()
    assert directory.is_dir()
    assert directory.is_relative_to(room.directory / "stages")
    assert told.directory() == directory


def test_put_takes_an_unquoted_path(room: StageRoom):
    assert transfer(room, "put file:///data/x-1.csv @~").sources == ("/data/x-1.csv",)
    assert transfer(room, "put file:///data/*.csv @~").sources == ("/data/*.csv",)
    assert transfer(room, "PUT FILE:///a/*/*.csv @~ /* all */").sources == ("/a/*/*.csv",)


def test_a_put_of_what_is_there_is_skipped_without_overwrite(room: StageRoom, tmp_path: Path):
    source = tmp_path / "x.csv"
    source.write_text("new")
    room.put("@~/x.csv.gz", "old")
    [row] = room.records(f"PUT 'file://{source}' @~")
    assert (row["source"], row["target"], row["status"]) == ("x.csv", "x.csv.gz", "SKIPPED")
    assert transfer(room, f"PUT 'file://{source}' @~ AUTO_COMPRESS = FALSE").upload
    assert transfer(room, f"PUT 'file://{source}' @~ OVERWRITE = TRUE").upload
    assert room.content("@~/x.csv.gz") == b"old"


def test_of_several_files_only_the_new_ones_are_put(room: StageRoom, tmp_path: Path):
    for name in ("1.csv", "[2].csv"):
        (tmp_path / name).write_text("new")
    room.put("@~/1.csv.gz", "old")
    told = transfer(room, f"PUT 'file://{tmp_path}/*.csv' @~")
    assert told.sources == (f"{tmp_path}/[[]2].csv",)
    assert told.pattern == f"{tmp_path}/*.csv"


def test_get_names_the_files_below_the_stage(room: StageRoom):
    room.put("@~/a/1.csv", "1")
    room.put("@~/a/2.json", "1")
    told = transfer(room, "GET @~/a 'file:///data/my dir/' PATTERN = '.*csv'")
    assert not told.upload
    assert told.sources == ("a/1.csv",)
    assert told.local_path == "/data/my dir/"
    assert (told.directory() / "a/1.csv").is_file()
    assert (room.directory / "stages" / told.stage_id / "a/1.csv").is_file()


def test_get_of_one_file_is_not_of_those_whose_names_go_on(room: StageRoom):
    room.put("@~/x.json", "1")
    room.put("@~/x.json.bak", "1")
    assert transfer(room, "GET @~/x.json file:///data/").sources == ("x.json",)


def test_get_of_nothing_names_no_file(room: StageRoom):
    assert transfer(room, "GET @~/nothing file:///data/").sources == ()


@pytest.mark.parametrize(
    "statement",
    [
        "PUT /etc/passwd @~",
        "PUT 'http://x/y' @~",
        "PUT file:///data/x @~ PARALLEL = 100",
        "PUT file:///data/x @~ MODE = 1",
        "PUT file:///data/x @nowhere",
        "GET @~ /tmp",
        "PUT file:///data/x",
    ],
)
def test_what_cannot_be_understood_is_an_error(room: StageRoom, statement: str):
    with pytest.raises(SqlError):
        room.run(statement)
