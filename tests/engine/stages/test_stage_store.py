"""Files of stages: names lead nowhere but into their stage, and appear whole."""

from __future__ import annotations

import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.stages.stage_store import StageLocation, StageStore


@pytest.fixture
def store(tmp_path: Path) -> StageStore:
    return StageStore(tmp_path / "stages")


def put(store: StageStore, name: str, content: bytes = b"x", stage: str = "s1") -> None:
    with store.writing(StageLocation(stage_id=stage, prefix=name)) as opened:
        opened.write(content)


def names(store: StageStore, prefix: str = "", stage: str = "s1") -> list[str]:
    location = StageLocation(stage_id=stage, prefix=prefix)
    return [file.name for file in store.files(location)]


def test_a_prefix_is_a_text_and_not_a_directory(store: StageStore):
    for name in ("a/b.csv", "ab.csv", "b.csv"):
        put(store, name)
    assert names(store) == ["a/b.csv", "ab.csv", "b.csv"]
    assert names(store, "a") == ["a/b.csv", "ab.csv"]
    assert names(store, "a/") == ["a/b.csv"]
    assert names(store, "/a//") == ["a/b.csv"]


def test_stages_do_not_see_each_other(store: StageStore):
    put(store, "x", stage="s1")
    assert names(store, stage="s2") == []


def test_a_file_appears_only_when_it_is_whole(store: StageStore):
    location = StageLocation(stage_id="s1", prefix="x")
    with pytest.raises(TypeError), store.writing(location) as opened:
        opened.writelines([b"half", None])
    assert names(store) == []


def test_removing_files_removes_the_directories_they_leave_empty(store: StageStore):
    put(store, "a/b/c.csv")
    put(store, "a/d.csv")
    stage = store.path(StageLocation(stage_id="s1"))
    store.remove(store.files(StageLocation(stage_id="s1", prefix="a/b")))
    assert names(store) == ["a/d.csv"]
    assert not (stage / "a" / "b").exists()


def test_a_file_comes_while_the_last_one_beside_it_goes(store: StageStore):
    def come_and_go(name: str) -> None:
        for _ in range(100):
            put(store, f"a/b/{name}")
            store.remove(store.files(StageLocation(stage_id="s1", prefix=f"a/b/{name}")))

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(come_and_go, "xyz")) == [None] * 3


def test_removing_a_stage_removes_its_files_and_no_others(store: StageStore):
    put(store, "x", stage="s1")
    put(store, "y", stage="s2")
    store.remove_stage("s1")
    assert names(store, stage="s1") == []
    assert names(store, stage="s2") == ["y"]


def test_directories_are_only_for_this_user(store: StageStore):
    directory = store.directory(StageLocation(stage_id="s1", prefix="a/b"))
    assert directory.stat().st_mode & 0o777 == 0o700
    assert directory.parent.stat().st_mode & 0o777 == 0o700


def test_a_file_is_not_a_directory(store: StageStore):
    put(store, "a")
    with pytest.raises(SqlError, match="cannot hold files"):
        store.directory(StageLocation(stage_id="s1", prefix="a/b"))


def test_a_symbolic_link_in_a_stage_is_not_followed(store: StageStore, tmp_path: Path):
    secret = tmp_path / "secret"
    secret.write_text("secret")
    stage = store.directory(StageLocation(stage_id="s1"))
    (stage / "link").symlink_to(secret)
    (stage / "dir").symlink_to(tmp_path)
    assert names(store) == []
    for name in ("link", "dir/secret", "dir/new"):
        with pytest.raises(SqlError, match="does not stay inside its stage"):
            store.path(StageLocation(stage_id="s1", prefix=name))
        with pytest.raises(SqlError, match="does not stay inside its stage"):
            put(store, name)
    assert secret.read_text() == "secret"


@pytest.mark.parametrize("stage", ["", "..", "a/b", "/etc", "a\0b", ".incoming"])
def test_an_id_is_no_path(store: StageStore, stage: str):
    with pytest.raises(SqlError):
        store.files(StageLocation(stage_id=stage))


HOSTILE = st.lists(
    st.sampled_from(["..", ".", "", "a", "%2e%2e", "%252e%252e", "..%2f", "\\..\\", "\0", "~"])
    | st.text(),
    max_size=8,
).map("/".join)


@given(HOSTILE, st.sampled_from([str, quote, lambda text: quote(quote(text))]))
@example("../../secret", str)
@example("/etc/passwd", str)
@example("a/" * 30, str)
@example("x" * 300, str)
@example("\ud800", str)
def test_no_name_leads_out_of_its_stage(name: str, encode):
    try:
        name = encode(name)
    except UnicodeEncodeError:
        return  # a lone surrogate has no URL form
    with tempfile.TemporaryDirectory() as directory:
        outside = Path(directory)
        (outside / "secret").write_text("secret")
        store = StageStore(outside / "stages")
        location = StageLocation(stage_id="s1", prefix=name)
        before = sorted(path for path in outside.rglob("*") if "s1" not in path.parts)
        try:
            with store.writing(location) as opened:
                opened.write(b"x")
            written = store.path(location)
            assert written.is_relative_to((outside / "stages" / "s1").resolve())
            everything = store.files(StageLocation(stage_id="s1"))
            assert [file.path for file in everything] == [written]
        except (SqlError, OSError):
            pass
        assert sorted(path for path in outside.rglob("*") if "s1" not in path.parts) == before
        assert (outside / "secret").read_text() == "secret"


def test_a_name_is_on_the_disk_behind_its_bytes(store, monkeypatch):
    location = StageLocation(stage_id="1", prefix="a/b/f.csv")
    synced = []
    fsync = os.fsync

    def watched(descriptor):
        synced.append((os.fstat(descriptor).st_ino, store.path(location).exists()))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    with store.writing(location) as opened:
        opened.write(b"1")
    path = store.path(location)
    named = [path.parent, *path.parent.parents[:3]]
    assert synced == [
        (path.stat().st_ino, False),
        *((directory.stat().st_ino, True) for directory in named),
    ]
