"""A data directory as a file and back: whole, or as it was before."""

import fcntl
import io
import os
import sys
import tarfile

import pytest

from sfdag_magics.client.keeping import backup, restoring
from sfdag_magics.client.keeping.backup import back_up
from sfdag_magics.client.keeping.cleaning import free, leftovers
from sfdag_magics.client.keeping.disk import disk_of
from sfdag_magics.client.keeping.restoring import cut_off, restore
from sfdag_magics.engine.directory.rendezvous import engine_lock
from sfdag_magics.engine.directory.set_aside import put_back
from sfdag_magics.errors import InputError, MachineError


@pytest.fixture
def data(tmp_path):
    """What an engine leaves in a directory, by its files."""
    made = tmp_path / "data"
    for name, content in {
        "data.duckdb": b"rows" * 1000,
        "data.duckdb.wal": b"more",
        "data.duckdb.format4": b"old",
        "runs.sqlite": b"runs",
        "statements.jsonl": b"",
        "engine.json": b'{"token": "secret"}',
        "stages/s1/dir/a file.zip": b"PK",
        "stages/.incoming/x": b"half",
        "logs/2026-11-30/q.jsonl": b"{}",
        "results/1": b"passing",
    }.items():
        path = made / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_bytes(content)
    made.chmod(0o700)
    return made


def files(directory):
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file() and not path.name.endswith(".lock")
    }


def test_what_is_moved_and_what_stays(data, tmp_path):
    file = tmp_path / "b.tar"
    assert back_up(data, file, replaces=False) == file.stat().st_size
    assert file.stat().st_mode & 0o777 == 0o600
    assert b"secret" not in file.read_bytes()
    about = restore(file, tmp_path / "new", replaces=False)
    assert about["of"] == str(data)
    moved = {"data.duckdb", "data.duckdb.wal", "runs.sqlite", "stages/s1/dir/a file.zip"}
    moved |= {"logs/2026-11-30/q.jsonl", "statements.jsonl"}
    assert files(tmp_path / "new") == {n: c for n, c in files(data).items() if n in moved}
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


def test_nothing_that_is_there_is_replaced_without_a_word(data, tmp_path):
    file = tmp_path / "b.tar"
    back_up(data, file, replaces=False)
    with pytest.raises(InputError, match="is there already"):
        back_up(data, file, replaces=False)
    (data / "data.duckdb").write_bytes(b"newer")
    with pytest.raises(InputError, match="holds something already"):
        restore(file, data, replaces=False)
    assert files(data)["data.duckdb"] == b"newer"
    restore(file, data, replaces=True)
    assert files(data)["data.duckdb"] == b"rows" * 1000
    assert "engine.json" not in files(data)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.99])
def test_a_backup_that_was_cut_leaves_the_directory_as_it_was(share, data, tmp_path):
    whole, cut = tmp_path / "b.tar", tmp_path / "cut.tar"
    back_up(data, whole, replaces=False)
    content = whole.read_bytes().rstrip(b"\0")
    cut.write_bytes(content[: int(len(content) * share)])
    before = files(data)
    with pytest.raises(InputError, match="no backup, or no whole one"):
        restore(cut, data, replaces=True)
    assert files(data) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tar", "cut.tar", "data"]


def test_a_changed_byte_is_found(data, tmp_path):
    file = tmp_path / "b.tar"
    back_up(data, file, replaces=False)
    file.write_bytes(file.read_bytes().replace(b"rowsrows", b"rowsrawr", 1))
    with pytest.raises(InputError, match="its content is not what was written"):
        restore(file, tmp_path / "new", replaces=False)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", ["../out", "stages/../../out", "engine.json", "/stages/x", "x"])
def test_nothing_of_an_archive_lands_outside(name, data, tmp_path, monkeypatch):
    monkeypatch.setattr(backup, "_to_keep", lambda _: [])
    monkeypatch.setattr(backup, "_add_json", _then(name, backup._add_json))
    file = tmp_path / "b.tar"
    back_up(data, file, replaces=False)
    with pytest.raises(InputError, match="it holds"):
        restore(file, tmp_path / "deep" / "new", replaces=False)
    assert not (tmp_path / "out").exists()


def _then(name, add_json):
    def adds(archive, entry, value):
        add_json(archive, entry, value)
        if entry == backup.FIRST:
            info = tarfile.TarInfo(name)
            info.size = 1
            archive.addfile(info, io.BytesIO(b"x"))

    return adds


def test_a_backup_of_a_newer_release_is_refused(data, tmp_path, monkeypatch):
    monkeypatch.setattr(backup, "installed_release", lambda: "99.1")
    back_up(data, tmp_path / "b.tar", replaces=False)
    with pytest.raises(InputError, match=r"made by sfdag_magics 99\.1") as refused:
        restore(tmp_path / "b.tar", tmp_path / "new", replaces=False)
    assert refused.value.hint == "pip install --upgrade sfdag_magics"


def test_a_disk_that_is_full_leaves_nothing_half(data, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    file = tmp_path / "b.tar"
    back_up(data, file, replaces=False)
    before = files(data)
    with monkeypatch.context() as patch:
        patch.setattr(backup, "_add", full)
        with pytest.raises(MachineError, match="No space left"):
            back_up(data, tmp_path / "c.tar", replaces=False)
    monkeypatch.setattr(restoring, "_copied", full)
    with pytest.raises(MachineError, match="No space left"):
        restore(file, data, replaces=True)
    assert files(data) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tar", "data"]


def test_a_directory_that_is_served_is_neither_copied_nor_replaced(data, tmp_path):
    back_up(data, tmp_path / "b.tar", replaces=False)
    with engine_lock(data):
        with pytest.raises(MachineError, match=f"process {os.getpid()} serves"):
            back_up(data, tmp_path / "c.tar", replaces=False)
        with pytest.raises(MachineError, match="serves"):
            restore(tmp_path / "b.tar", data, replaces=True)
    assert files(data)["data.duckdb"] == b"rows" * 1000


def test_a_system_that_cannot_let_directories_change_places(data, tmp_path, monkeypatch):
    back_up(data, tmp_path / "b.tar", replaces=False)
    monkeypatch.setattr(restoring, "_exchanged", lambda *_: False)
    restore(tmp_path / "b.tar", data, replaces=True)
    assert "engine.json" not in files(data)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tar", "data"]


class Killed(BaseException):
    """Ends a restore where it is: nothing is tidied up, and the system lets go of its locks."""


@pytest.fixture
def killed_after(monkeypatch):
    """A restore that is killed after so many of its steps."""

    def killing(count, name, *args):
        real, done = getattr(restoring, name), []

        def step(*args):
            if count:
                done.append(real(*args))
            if len(done) == count:
                raise Killed

        with monkeypatch.context() as patched:
            if name == "_move":
                patched.setattr(restoring, "_exchanged", lambda *_: False)
            patched.setattr(restoring, name, step)
            patched.setattr(restoring.shutil, "rmtree", lambda *_, **__: None)
            with pytest.raises(Killed):
                restore(*args, replaces=True)

    return killing


@pytest.mark.parametrize(
    ("name", "count", "says", "is_new"),
    [
        ("_move", 0, "as it was; what it had unpacked", False),
        ("_move", 1, "the next start or restore puts it back", False),
        ("_move", 2, "in its place; what was there before takes disk", True),
        ("_move", 3, "in its place; what was there before takes disk", True),
        pytest.param(
            *("_exchanged", 1, "in its place; what was there before takes disk", True),
            marks=pytest.mark.skipif(sys.platform != "linux", reason="there alone"),
        ),
    ],
)
def test_a_restore_that_was_killed_is_told_and_the_same_command_completes_it(
    killed_after, name, count, says, is_new, data, tmp_path
):
    file = tmp_path / "b.tar"
    back_up(data, file, replaces=False)
    (data / "data.duckdb").write_bytes(b"newer")
    killed_after(count, name, file, data)
    assert says in cut_off(data)
    put_back(data)  # as an engine's start does
    assert files(data)["data.duckdb"] == (b"rows" * 1000 if is_new else b"newer")
    assert "puts it back" not in cut_off(data)
    restore(file, data, replaces=True)
    assert files(data)["data.duckdb"] == b"rows" * 1000
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tar", "data"]
    assert cut_off(data) == ""


def test_what_a_killed_restore_replaced_is_freed_by_clean(killed_after, data, tmp_path):
    back_up(data, tmp_path / "b.tar", replaces=False)
    killed_after(2, "_move", tmp_path / "b.tar", data)
    found = leftovers(data, is_running=False)
    assert [each.what for each in found] == ["what a restore replaced"]
    for each in found:
        free(each)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tar", "data"]


def test_what_is_left_over_goes_and_nothing_else(data, tmp_path):
    (tmp_path / ".data.restoring-x1").mkdir()
    (tmp_path / ".data.restoring-x1" / "data.duckdb").write_bytes(b"half")
    kept = set(files(data)) - {"data.duckdb.format4", "results/1", "stages/.incoming/x"}
    found = {each.path.name for each in leftovers(data, is_running=True)}
    assert found == {"data.duckdb.format4", ".data.restoring-x1"}
    for each in leftovers(data, is_running=False):
        free(each)
    assert set(files(data)) == kept
    assert not leftovers(data, is_running=False)
    assert not (tmp_path / ".data.restoring-x1").exists()


def test_a_restore_takes_away_what_one_that_was_killed_left_and_no_other(data, tmp_path):
    back_up(data, tmp_path / "b.tar", replaces=False)
    place = tmp_path / "of [x]"
    going = tmp_path / ".of [x].restoring-going"
    for left in (tmp_path / ".of [x].restoring-killed", going, tmp_path / ".of x.restoring-other"):
        left.mkdir()
    descriptor = os.open(going, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    restore(tmp_path / "b.tar", place, replaces=False)
    os.close(descriptor)
    kept = {".of [x].restoring-going", ".of x.restoring-other", "b.tar", "data", "of [x]"}
    assert {path.name for path in tmp_path.iterdir()} == kept


def test_what_takes_disk_is_told_by_parts_and_tables(data):
    told = {
        "free": 10**6,
        "tables": [
            {"database": "D", "schema": "S", "name": "small", "bytes": 10},
            {"database": "D", "schema": "S", "name": "BIG", "bytes": 2_500_000},
        ],
    }
    disk = disk_of(data, told)
    assert disk.parts["tables and catalogue"] == 4004
    assert disk.parts["copies of earlier formats"] == 3
    assert disk.databases() == {"D": 2_500_010}
    lines = [*disk.lines(start="sfdag local start")]
    assert lines[0] == "4.04 kB on disk:"
    assert "     2.5 MB    D.S.BIG" in lines
    assert '   10 bytes    D.S."small"' in lines
    assert disk_of(data / "nowhere", None).total == 0
    empty = [{**table, "bytes": 0} for table in told["tables"]]
    *_, last = disk_of(data, {**told, "tables": empty}).lines(start="sfdag local start")
    assert last.strip() == "2 tables of no size yet"
