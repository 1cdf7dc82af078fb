"""What is above the data directory counts as well: who can write there can replace it."""

from __future__ import annotations

import os
import stat

import pytest

from sfdag_magics.engine.directory import safe_directory
from sfdag_magics.engine.directory.safe_directory import loosely_kept, secure_directory
from sfdag_magics.errors import MachineError


@pytest.fixture
def careless_umask():
    before = os.umask(0)
    yield
    os.umask(before)


def test_all_that_we_make_is_for_this_user_only(careless_umask, tmp_path):
    secure_directory(tmp_path / "u" / "v" / "w")
    for name in ("u", "u/v", "u/v/w"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o700
    assert loosely_kept(tmp_path / "u" / "v" / "w") == ""


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o702])
def test_a_directory_that_others_can_write_is_refused(tmp_path, mode):
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(mode)
    with pytest.raises(MachineError, match="others can write") as caught:
        secure_directory(tmp_path / "open")
    assert "chmod 700" in (caught.value.hint or "")


def test_a_directory_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(MachineError, match="cannot be made"):
        secure_directory(tmp_path / "file" / "data")


def parent(tmp_path, mode):
    above = tmp_path / "above"
    above.mkdir()
    above.chmod(mode)
    return above


@pytest.mark.parametrize("mode", [0o777, 0o703, 0o707])
@pytest.mark.parametrize("below", ["data", "far/below/data"])
def test_a_parent_that_others_can_write_is_refused(tmp_path, mode, below):
    above = parent(tmp_path, mode)
    with pytest.raises(MachineError) as caught:
        secure_directory(above / below)
    assert f"others can write to {above} and replace" in caught.value.message
    assert f"chmod o-w {above}" in (caught.value.hint or "")


def test_the_sticky_bit_keeps_others_from_moving_it(tmp_path):
    secure_directory(parent(tmp_path, 0o1777) / "data")


def test_a_link_lets_nobody_in_from_the_side(tmp_path):
    above = parent(tmp_path, 0o777)
    (above / "link").symlink_to(tmp_path / "safe")
    (tmp_path / "safe").mkdir(mode=0o700)
    with pytest.raises(MachineError, match="and replace"):
        secure_directory(above / "link" / "data")


def test_a_parent_that_a_group_can_write_is_said(tmp_path):
    above = parent(tmp_path, 0o770)
    data = secure_directory(above / "data")
    assert loosely_kept(data) == (
        f"the group of {above} may move the data directory {data} away:"
        f" chmod g-w {above}, if others are in that group"
    )


@pytest.mark.parametrize(
    ("owner", "is_refused"), [(os.getuid(), False), (0, False), (os.getuid() + 4711, True)]
)
def test_a_parent_belongs_to_this_user_or_root(tmp_path, owner, is_refused):
    found = list(tmp_path.stat())
    found[stat.ST_UID] = owner
    status = os.stat_result(found)
    if not is_refused:
        safe_directory._check_parent(tmp_path / "data", tmp_path, status)
        return
    with pytest.raises(MachineError, match="belongs to another user"):
        safe_directory._check_parent(tmp_path / "data", tmp_path, status)
