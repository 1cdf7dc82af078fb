"""The hint that something has changed: another value each time, and nothing to rely on."""

import stat

import pytest

from sfdag_magics.engine.stirs import Stirs, last_stir


def test_each_change_gives_another_value(tmp_path):
    assert last_stir(tmp_path) == b""
    stirs = Stirs(tmp_path)
    seen = [last_stir(tmp_path)]
    for _ in range(3):
        stirs.stir()
        seen.append(last_stir(tmp_path))
    stirs.close()
    assert len(set(seen)) == 4
    assert last_stir(tmp_path) == seen[-1]
    (path,) = tmp_path.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_next_engine_is_a_change_as_well(tmp_path):
    Stirs(tmp_path).close()
    before = last_stir(tmp_path)
    Stirs(tmp_path).close()
    assert last_stir(tmp_path) != before


def test_a_link_in_its_place_is_not_followed(tmp_path):
    (tmp_path / "stirs").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="stirs"):
        Stirs(tmp_path)
