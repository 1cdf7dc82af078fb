"""Files by the stage's id and their names: the whole file or none, and never outside a stage."""

from __future__ import annotations

import contextlib

import pytest

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.stages.locations import version_stage
from sfdag_magics.engine.stages.sent_files import SentFiles
from sfdag_magics.engine.stages.stage_store import StageLocation, StageStore

ODD = ("../other/a", "..", "a/../../other/a", "a\0b", "x" * 300)


@pytest.fixture
def store(tmp_path) -> StageStore:
    store = StageStore(tmp_path / "stages")
    for stage in ("one", "other"):
        (tmp_path / "stages" / stage).mkdir()
    (tmp_path / "stages" / "other" / "a").write_bytes(b"other")
    return store


@pytest.fixture
def files(store) -> SentFiles:
    return SentFiles(store)


def test_what_is_written_is_there_whole(files, store, tmp_path):
    with files.writing("one", "d/e.csv") as opened:
        opened.write(b"1")
        assert files.path("one", "d/e.csv") is None
    assert files.path("one", "d/e.csv") == tmp_path / "stages" / "one" / "d" / "e.csv"
    with contextlib.suppress(KeyError), files.writing("one", "d/e.csv") as opened:
        opened.write(b"half of a second")
        raise KeyError
    assert files.path("one", "d/e.csv").read_bytes() == b"1"
    assert files.path("one", "d") is None


@pytest.mark.parametrize("name", ODD)
def test_no_name_leads_out_of_its_stage(files, name):
    assert files.path("one", name) is None
    with pytest.raises(SqlError), files.writing("one", name) as opened:
        opened.write(b"new")
    assert files.path("other", "a").read_bytes() == b"other"


@pytest.mark.parametrize("stage", ["nowhere", "..", "", "one/d"])
def test_nothing_is_written_where_no_stage_is(files, store, stage, tmp_path):
    before = sorted(path.name for path in (tmp_path / "stages").iterdir())
    with pytest.raises(SqlError), files.writing(stage, "a") as opened:
        opened.write(b"new")
    assert sorted(path.name for path in (tmp_path / "stages").iterdir()) == before


def test_a_link_is_no_file_to_fetch(files, tmp_path):
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "stages" / "one" / "link").symlink_to(tmp_path / "secret")
    assert files.path("one", "link") is None


def test_the_files_of_a_model_version_are_fetched_and_never_changed(files, store):
    stage = version_stage("0123")
    with store.writing(StageLocation(stage_id=stage, prefix="a")) as opened:
        opened.write(b"old")
    with pytest.raises(SqlError, match="cannot be changed"), files.writing(stage, "a") as opened:
        opened.write(b"new")
    assert files.path(stage, "a").read_bytes() == b"old"
