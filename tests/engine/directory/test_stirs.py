"""The hint that something has changed: another value each time, and nothing to rely on."""

import stat
import uuid

import pytest

from sfdag_magics.engine.directory.stirs import Stirs, last_end, last_mark, last_stir


def test_each_change_gives_another_value(tmp_path):
    assert last_stir(tmp_path) == b""
    stirs = Stirs(tmp_path)
    seen = [last_stir(tmp_path)]
    for _ in range(3):
        stirs.stir("")
        seen.append(last_stir(tmp_path))
    stirs.close()
    assert len(set(seen)) == 4
    assert last_stir(tmp_path) == seen[-1]
    (path,) = tmp_path.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_end_is_told_apart_and_is_a_change_as_well(tmp_path):
    stirs = Stirs(tmp_path)
    begun = last_stir(tmp_path), last_end(tmp_path)
    stirs.stir("")
    going = last_stir(tmp_path), last_end(tmp_path)
    stirs.stir("", has_ended=True)
    over = last_stir(tmp_path), last_end(tmp_path)
    stirs.close()
    assert going[1] == begun[1] != b""
    assert len({begun[0], going[0], over[0]}) == 3
    assert over[1] != going[1]


def test_an_engine_that_tells_no_ends_is_asked_after_each_change(tmp_path):
    assert last_end(tmp_path) == b""
    (tmp_path / "stirs").write_bytes(b"8 bytes!")
    assert last_end(tmp_path) == b"8 bytes!"


def test_the_next_engine_is_a_change_as_well(tmp_path):
    Stirs(tmp_path).close()
    before = last_stir(tmp_path), last_end(tmp_path)
    Stirs(tmp_path).close()
    assert last_stir(tmp_path) != before[0]
    assert last_end(tmp_path) != before[1]


def test_the_mark_of_the_last_change_is_told_until_another_engine_writes(tmp_path):
    mark = f"{uuid.uuid4().hex}:{2**40}"
    assert last_mark(tmp_path) == ""
    stirs = Stirs(tmp_path)
    assert last_mark(tmp_path) == ""
    stirs.stir(mark, has_ended=True)
    stirs.close()
    assert last_mark(tmp_path) == mark
    Stirs(tmp_path).close()
    assert last_mark(tmp_path) == ""


def test_a_link_in_its_place_is_not_followed(tmp_path):
    (tmp_path / "stirs").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="stirs"):
        Stirs(tmp_path)
