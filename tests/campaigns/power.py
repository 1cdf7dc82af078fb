"""What a disk may hold after a power cut, rebuilt from recorded writes and opened; nothing is lost.

`python -m tests.campaigns power --images 200` records with `strace` what an engine writes and syncs
under a little of everything. Up to a moment a file has what was written before its last sync, and
of what came later any part; a name that was given, changed or taken away is there for certain when
its directory was synced, a new file's also when the file was. An engine is opened on each such
image, and has all that was acknowledged before the moment. Linux alone.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import snowflake.connector

from sfdag_magics.client.connecting import connect
from sfdag_magics.engine.directory import rendezvous

_CALLS = (
    "openat,write,pwrite64,lseek,ftruncate,fsync,fdatasync,"
    "rename,renameat,renameat2,unlink,unlinkat"
)
_LINE = re.compile(
    r"(?P<at>[\d.]+) (?P<call>\w+)\((?P<rest>.*)\) += (?P<answer>-?\d+).*<(?P<took>[\d.]+)>$"
)
_HEX = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_OPENED = re.compile(r"(\d+)<([^>]*)>")
#: Of what lies in memory mapped files nothing is recorded; it is made anew by who opens the rest.
_NOT_KEPT = ("-shm",)
_START_S = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call as it was recorded."""

    at: float
    ended: float
    name: str
    rest: str
    answer: int

    @property
    def texts(self) -> list[bytes]:
        """The strings among its arguments."""
        return [bytes.fromhex(found.replace("\\x", "")) for found in _HEX.findall(self.rest)]

    @property
    def opened(self) -> tuple[int, str]:
        """The file it works on."""
        found = _OPENED.match(self.rest)
        return (int(found[1]), _path(found[2])) if found else (-1, "")


def _path(text: str) -> str:
    return bytes.fromhex(text.replace("\\x", "")).decode() if "\\x" in text else text


@dataclass(slots=True)
class Content:
    """The bytes of a file that are on the disk for certain, and what may be."""

    certain: bytearray = field(default_factory=bytearray)
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)
    length: int = 0

    def write(self, offset: int, data: bytes) -> None:
        """Bytes there."""
        self.pending.append((offset, data))
        self.length = max(self.length, offset + len(data))

    def cut(self, length: int) -> None:
        """End there."""
        self.pending.append((length, None))
        self.length = length

    def sync(self) -> None:
        """All of it is certain."""
        self.certain = self.some(self.pending)
        self.pending = []

    def some(self, parts: Sequence[tuple[int, bytes | None]]) -> bytearray:
        """What is certain with these parts, in order."""
        made = bytearray(self.certain)
        for offset, data in parts:
            end = offset + len(data or b"")
            made.extend(bytes(max(0, end - len(made))))
            if data is None:
                del made[offset:]
            else:
                made[offset:end] = data
        return made


class Disk:
    """The files of a directory as calls leave them."""

    def __init__(self, root: Path, base: Path) -> None:
        self._root = str(root)
        self.names: dict[str, Content] = {}
        for path in base.rglob("*"):
            if path.is_file():
                content = Content(bytearray(path.read_bytes()), length=path.stat().st_size)
                self.names[f"{root}/{path.relative_to(base)}"] = content
        self.certain = dict(self.names)
        self._positions: dict[int, int] = {}
        #: What was synced though nobody was seen to write it.
        self._synced: set[str] = set()

    def apply(self, call: Call) -> None:
        """One call more."""
        if call.answer < 0:
            return
        if call.name == "openat":
            self._open(call)
        elif call.name.startswith("rename"):
            source, target = (text.decode() for text in call.texts)
            if target.startswith(self._root):
                self.names[target] = self.names.pop(source, None) or self._a_clients(source, target)
        elif call.name.startswith("unlink"):
            self.names.pop(call.texts[0].decode(), None)
        else:
            self._on_file(call)

    def _open(self, call: Call) -> None:
        path = call.texts[0].decode()
        is_made = "O_CREAT" in call.rest
        if not path.startswith(self._root) or not (is_made or path in self.names):
            return
        if "O_DIRECTORY" in call.rest or path.endswith(_NOT_KEPT):
            return
        content = self.names.setdefault(path, Content())
        if "O_TRUNC" in call.rest:
            content.cut(0)
        self._positions[call.answer] = -1 if "O_APPEND" in call.rest else 0

    def _on_file(self, call: Call) -> None:
        number, path = call.opened
        if "sync" in call.name and path not in self.names:
            self._synced.add(path)
            self._sync_names(path)
        content = self.names.get(path)
        if content is None:
            return
        if "sync" in call.name:
            content.sync()
            self.certain.setdefault(path, content)
        elif call.name == "lseek":
            self._positions[number] = call.answer
        elif call.name == "ftruncate":
            content.cut(int(call.rest.rsplit(", ", 1)[1]))
        elif call.name == "pwrite64":
            offset = int(call.rest.rsplit(", ", 1)[1])
            content.write(offset, call.texts[0][: call.answer])
        else:
            position = self._positions.get(number, 0)
            content.write(
                content.length if position < 0 else position, call.texts[0][: call.answer]
            )
            if position >= 0:
                self._positions[number] = position + call.answer

    def _a_clients(self, source: str, target: str) -> Content:
        """A file whose bytes a client wrote: they are there for certain if the engine synced it."""
        is_certain = source in self._synced and os.path.exists(target)
        content = Path(target).read_bytes() if is_certain else b""
        return Content(bytearray(content), length=len(content))

    def _sync_names(self, directory: str) -> None:
        for path in {*self.names, *self.certain}:
            if os.path.dirname(path) != directory:
                continue
            if path in self.names:
                self.certain[path] = self.names[path]
            else:
                del self.certain[path]

    def lay_out(self, target: Path, choice: random.Random) -> None:
        """One of the states that a cut may leave."""
        for path in sorted({*self.names, *self.certain}):
            contents = [self.certain.get(path), self.names.get(path)]
            content = choice.choice(contents)
            if content is None:
                continue
            parts = [
                part for part in content.pending if choice.random() < choice.choice((0, 0.5, 1))
            ]
            there = target / os.path.relpath(path, self._root)
            there.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            there.write_bytes(content.some(parts))
            there.chmod(0o600)


def recorded(log: Path, root: Path) -> list[Call]:
    """All calls on files of the directory, in the order of their beginnings."""
    found = []
    for file in log.parent.glob(f"{log.name}.*"):
        for line in file.read_text("latin-1").splitlines():
            match = _LINE.match(line)
            if match is None:
                continue
            at = float(match["at"])
            call = Call(
                at=at,
                ended=at + float(match["took"]),
                name=match["call"],
                rest=match["rest"],
                answer=int(match["answer"]),
            )
            found.append(call)
    # a sync counts when it is over, all else when it begins
    return sorted(found, key=lambda call: call.ended if "sync" in call.name else call.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What was acknowledged, and when."""

    at: float
    kind: str
    name: str


def load(cursor: Any, rounds: int) -> Iterator[Said]:
    """A little of everything."""
    for key in range(rounds):
        cursor.execute(f"insert into rows_ values ({key})")
        yield Said(at=time.time(), kind="row", name=str(key))
        cursor.execute(f"create table made_{key} (a int)")
        yield Said(at=time.time(), kind="table", name=f"MADE_{key}")
        cursor.execute(
            f"put file:///{key}.csv @files auto_compress = false",
            file_stream=io.BytesIO(b"1\n" * 50),
        )
        # The client itself has written the file; the engine sees to it when the stage is used.
        cursor.execute("list @files")
        yield Said(at=time.time(), kind="file", name=f"files/{key}.csv")
        cursor.execute(f"create task t_{key} as insert into rows_ values ({1000 + key})")
        yield Said(at=time.time(), kind="task", name=f"T_{key}")
        cursor.execute(f"execute task t_{key}")
        yield Said(at=time.time(), kind="run", name=f"T_{key}")


def found_in(cursor: Any) -> dict[str, set[str]]:
    """What an image has."""

    def column(text: str, name: str) -> set[str]:
        cursor.execute(text)
        names = [each.name for each in cursor.description]
        return {str(row[names.index(name)]) for row in cursor.fetchall()}

    return {
        "row": column("select k from rows_", "K"),
        "table": column("show tables", "name"),
        "file": column("list @files", "name"),
        "task": column("show tasks", "name"),
        "run": column("select name from table(information_schema.task_history())", "NAME")
        | column(
            "select root_task_name from table(information_schema.current_task_graphs())",
            "ROOT_TASK_NAME",
        ),
    }


def traced(data: Path, log: Path, rounds: int) -> list[Said]:
    """Record an engine of the directory under load."""
    command = ["strace", "-ff", "-ttt", "-T", "-y", "-xx", "-s", "100000000", "-o", str(log)]
    command += ["-e", f"trace={_CALLS}", sys.executable, "-m", "sfdag_magics.engine"]
    with subprocess.Popen([*command, "--data", str(data)]) as tracer:  # noqa: S603 - ours
        deadline = time.monotonic() + _START_S
        while (met := rendezvous.read(data)) is None or rendezvous.ask_status(met) is None:
            if time.monotonic() > deadline:
                raise RuntimeError("the engine does not start under strace")
            time.sleep(0.1)
        with closing(snowflake.connector.connect(**connect.connection_parameters(data))) as opened:
            said = list(load(opened.cursor(), rounds))
        os.kill(met.pid, 9)
        tracer.wait()
    return said


def main(arguments: Sequence[str]) -> int:
    """The campaign; 0 when no image has lost anything."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaigns power")
    parser.add_argument("--images", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3)))
    asked = parser.parse_args(arguments)
    if shutil.which("strace") is None:
        sys.exit("strace is missing, which records what the engine writes: apt-get install strace")
    connect.stay_on_this_machine()
    with tempfile.TemporaryDirectory(prefix="sfdag-power-") as scratch:
        lost = _lost(Path(scratch), asked)
    for line in lost[:20]:
        sys.stdout.write(f"  {line}\n")
    sys.stdout.write(f"images: {asked.images}\nseed: {asked.seed}\nlost: {len(lost)}\n")
    return 1 if lost else 0


def _lost(scratch: Path, asked: argparse.Namespace) -> list[str]:
    data, base = scratch / "data", scratch / "base"
    with closing(snowflake.connector.connect(**connect.connection_parameters(data))) as opened:
        for text in ("create table rows_ (k int)", "create stage files"):
            opened.cursor().execute(text)
    connect.stop_engine(data)
    shutil.copytree(data, base)
    said = traced(data, scratch / "calls", asked.rounds)
    calls = recorded(scratch / "calls", data)
    syncs = [number for number, call in enumerate(calls) if "sync" in call.name]
    sys.stdout.write(f"calls: {len(calls)}\nsyncs: {len(syncs)}\nacknowledged: {len(said)}\n")
    choice = random.Random(asked.seed)  # noqa: S311 - a seed makes a trial that can be repeated
    begun = [number for number in syncs if calls[number].ended > said[0].at]
    cuts = sorted(choice.choices(begun, k=asked.images))
    disk, done, lost = Disk(data, base), 0, []
    for image, cut in enumerate(cuts):
        for call in calls[done : cut + 1]:
            disk.apply(call)
        done = max(done, cut + 1)
        there = scratch / f"image{image}"
        there.mkdir(mode=0o700)
        disk.lay_out(there, choice)
        lost += _missing(there, [each for each in said if each.at <= calls[cut].ended], image)
        shutil.rmtree(there)
    return lost


def _missing(image: Path, said: Sequence[Said], number: int) -> list[str]:
    try:
        with closing(snowflake.connector.connect(**connect.connection_parameters(image))) as opened:
            found = found_in(opened.cursor())
    except Exception as problem:  # noqa: BLE001 - whatever does not open is what is looked for
        return [f"image {number} does not open: {problem}"]
    finally:
        connect.stop_engine(image)
    return [
        f"image {number}: {each.kind} {each.name}"
        for each in said
        if each.name not in found[each.kind]
    ]
