"""Files of a PUT appear whole or not at all, whatever happens to the client that writes them."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from sfdag_magics.engine.stages.locations import locate
from sfdag_magics.engine.stages.stage_store import StageStore
from sfdag_magics.engine.stages.uploads import Uploads
from tests.engine.stage_room import StageRoom

CONTENT = b"1,2\n" * 5000


@pytest.fixture
def source(tmp_path: Path) -> Path:
    source = tmp_path / "up.csv"
    source.write_bytes(CONTENT)
    return source


def directory(room: StageRoom, source: Path, place: str = "@~/d", **more: str) -> Path:
    """Where the client is told to write to."""
    options = " ".join(f"{name} = {value}" for name, value in more.items())
    told = room.run(f"PUT 'file://{source}' {place} AUTO_COMPRESS = FALSE {options}").transfer
    assert told is not None
    return told.directory()


def sized(path: Path, size: int = len(CONTENT)) -> Path:
    """The file as the connector makes it, before it has any bytes."""
    with path.open("wb+") as opened:
        opened.truncate(size)
    return path


def filled(path: Path, content: bytes = CONTENT, at: int = 0) -> None:
    """A part of the file, as the connector writes it."""
    with path.open("rb+") as opened:
        opened.seek(at)
        opened.write(content)


def test_a_file_appears_when_its_last_bytes_are_there(room: StageRoom, source: Path):
    file = sized(directory(room, source) / "up.csv")
    assert room.names("@~") == []
    filled(file, CONTENT[:8192])
    assert room.names("@~") == []
    filled(file, CONTENT[8192:], 8192)
    assert room.names("@~") == ["d/up.csv"]
    assert room.content("@~/d/up.csv") == CONTENT


def test_it_belongs_to_this_user_only(room: StageRoom, source: Path):
    file = sized(directory(room, source) / "up.csv")
    file.chmod(0o666)
    filled(file)
    [staged] = room.store.files(_home(room))
    assert stat.S_IMODE(staged.path.stat().st_mode) == 0o600


def test_nobody_reads_what_is_not_whole(room: StageRoom, source: Path):
    room.run("CREATE TABLE t (a INT, b INT)")
    file = sized(directory(room, source) / "up.csv")
    filled(file, CONTENT[:4096])
    assert room.rows("COPY INTO t FROM @~/d")[0][0] == "Copy executed with 0 files processed."
    assert room.rows("SELECT COUNT(*) FROM @~/d") == [(0,)]
    got = room.run("GET @~/d file:///tmp/").transfer
    assert got is not None
    assert got.sources == ()


def test_with_overwrite_the_old_file_stays_until_the_new_one_is_whole(
    room: StageRoom, source: Path
):
    room.put("@~/d/up.csv", "old")
    file = sized(directory(room, source, OVERWRITE="TRUE") / "up.csv")
    assert room.content("@~/d/up.csv") == b"old"
    filled(file)
    assert room.content("@~/d/up.csv") == CONTENT


def test_of_two_puts_of_one_name_the_last_one_written_stays(room: StageRoom, source: Path):
    first, second = (directory(room, source, OVERWRITE="TRUE") / "up.csv" for _ in range(2))
    for file, content in ((second, b"second"), (first, b"first!")):
        filled(sized(file, 6), content)
        os.utime(file, (time.time() + 10 * (file == first),) * 2)
    assert room.content("@~/d/up.csv") == b"first!"


def test_a_put_sees_what_an_earlier_one_brought(room: StageRoom, source: Path):
    filled(sized(directory(room, source) / "up.csv"))
    [row] = room.records(f"PUT 'file://{source}' @~/d AUTO_COMPRESS = FALSE")
    assert row["status"] == "SKIPPED"


def test_what_was_removed_does_not_come_back(room: StageRoom, source: Path):
    filled(sized(directory(room, source) / "up.csv"))
    room.run("REMOVE @~/d")
    assert room.names("@~") == []


def test_an_empty_file_is_a_file(room: StageRoom, source: Path):
    source.write_bytes(b"")
    sized(directory(room, source) / "up.csv", 0)
    assert room.names("@~") == ["d/up.csv"]


def test_a_file_that_was_only_made_is_none(room: StageRoom, source: Path):
    sized(directory(room, source) / "up.csv", 0)
    assert room.names("@~") == []


def test_a_planted_link_is_not_followed(room: StageRoom, source: Path):
    (directory(room, source) / "up.csv").symlink_to(source)
    assert room.names("@~") == []


def test_an_upload_outlives_the_engine(room: StageRoom, source: Path):
    written = directory(room, source)
    again = StageStore(room.directory / "stages")
    file = sized(written / "up.csv")
    assert again.files(_home(room)) == ()
    filled(file)
    assert [file.name for file in again.files(_home(room))] == ["d/up.csv"]


def test_nothing_is_left_of_a_finished_upload_nor_of_an_abandoned_one(
    room: StageRoom, source: Path
):
    filled(sized(directory(room, source) / "up.csv"))
    unfinished = directory(room, source, "@~/other")
    sized(unfinished / "up.csv")
    uploads = room.directory / "stages" / ".uploads"
    assert room.names("@~") == ["d/up.csv"]
    assert [path.name for path in uploads.iterdir()] == [unfinished.parent.name]
    aged(unfinished, 3600)
    StageStore(room.directory / "stages")
    assert list(uploads.iterdir()) == []


def aged(written: Path, seconds: float) -> None:
    """Let nothing have been written for so long."""
    for path in (*written.iterdir(), written, written.parent):
        os.utime(path, (time.time() - seconds,) * 2)


@pytest.mark.parametrize("then", ["another PUT", "another engine"])
def test_what_is_whole_is_published_however_late_anybody_looks(
    room: StageRoom, source: Path, then: str
):
    written = directory(room, source)
    filled(sized(written / "up.csv"))
    aged(written, 7 * 24 * 3600)
    if then == "another PUT":
        directory(room, source, "@~/other")
        assert room.names("@~") == ["d/up.csv"]
    else:
        again = StageStore(room.directory / "stages")
        assert [file.name for file in again.files(_home(room))] == ["d/up.csv"]


def test_a_client_that_compresses_for_long_finds_its_directory(room: StageRoom, source: Path):
    written = directory(room, source)
    aged(written, 3600)
    directory(room, source, "@~/other")
    room.run("REMOVE @~")
    filled(sized(written / "up.csv"))
    assert room.names("@~") == ["d/up.csv"]


def test_what_was_left_unfinished_goes_with_the_next_put(room: StageRoom, source: Path):
    written = directory(room, source)
    sized(written / "up.csv")
    directory(room, source, "@~/other")
    assert written.is_dir()
    aged(written, 3600)
    directory(room, source, "@~/other")
    assert not written.exists()


@pytest.mark.parametrize(("idle_s", "is_kept"), [(0, True), (60, False)])
def test_emptying_a_stage_frees_what_was_left_unfinished(
    room: StageRoom, source: Path, idle_s: float, *, is_kept: bool
):
    written = directory(room, source)
    sized(written / "up.csv")
    aged(written, idle_s)
    room.run("REMOVE @~")
    assert written.exists() is is_kept


def test_a_put_that_finds_the_disk_full_makes_room_of_what_was_left_unfinished(
    room: StageRoom, source: Path, monkeypatch: pytest.MonkeyPatch
):
    written = directory(room, source)
    sized(written / "up.csv")
    aged(written, 60)
    real = Path.write_text

    def full(path: Path, *args: str) -> int:
        """The disk as it is while the old upload lies there."""
        if written.exists():
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(path, *args)

    monkeypatch.setattr(Path, "write_text", full)
    assert directory(room, source, "@~/other").is_dir()
    assert not written.exists()


def test_a_dropped_stage_takes_its_uploads_with_it(room: StageRoom, source: Path):
    room.run("CREATE STAGE s")
    sized(directory(room, source, "@s") / "up.csv")
    room.run("DROP STAGE s")
    assert list((room.directory / "stages" / ".uploads").iterdir()) == []


KILLED = """
import sys
import threading
from pathlib import Path
path = Path(sys.argv[1], "up.csv")
with path.open("wb+") as opened:
    opened.truncate(20000)
with path.open("rb+") as opened:
    opened.write(b"x" * 8192)
    opened.flush()
    print("here", flush=True)
    sys.stdin.read()
"""


def test_a_client_that_was_killed_leaves_nothing_to_see(room: StageRoom, source: Path):
    written = directory(room, source)
    client = subprocess.Popen(  # noqa: S603 - a few lines of ours
        [sys.executable, "-c", KILLED, str(written)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert client.stdout is not None
    client.stdout.readline()
    client.send_signal(signal.SIGKILL)
    client.communicate()
    assert (written / "up.csv").stat().st_size == 20000
    assert room.names("@~") == []


def _home(room: StageRoom):
    return locate("@~", room.session, room.session.catalogue())


def test_who_looks_while_a_file_is_being_moved_waits_for_it(tmp_path: Path):
    moving, may_go, placed = threading.Event(), threading.Event(), []

    def place(_stage: str, name: str, _file: Path) -> None:
        moving.set()
        may_go.wait(10)
        placed.append(name)

    uploads = Uploads(tmp_path / "uploads", place)
    (uploads.begin("mine", "d", []) / "up.csv").write_bytes(CONTENT)
    other = threading.Thread(target=uploads.begin, args=("another", "d", []))  # looks for idle ones
    other.start()
    assert moving.wait(10)
    seen: list[list[str]] = []
    looking = threading.Thread(target=lambda: (uploads.publish("mine"), seen.append(list(placed))))
    looking.start()
    looking.join(0.2)
    may_go.set()
    looking.join(10)
    other.join(10)
    assert seen == [["d/up.csv"]]
