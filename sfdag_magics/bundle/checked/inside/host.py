"""A kept process: imports what tasks import, once, and forks a child for each check.

Speaks in frames of `marshal`, each behind its length. Runs no code of the user's itself; a child
does, in a folder, a session and a time of its own, with nothing to read and nothing to write to.
"""

from __future__ import annotations

import contextlib
import io
import marshal
import os
import select
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import Any, BinaryIO

from .ahead import Ahead, import_all
from .loading import load_all

#: So long a host waits for the next check; a notebook that is looked at again gets another one.
_IDLE_S = 900.0
_LOOK_S = 5.0
#: Bytes of a frame that say how long it is.
_HEAD = 8


def read_frame(source: BinaryIO) -> Any:  # noqa: ANN401 - as it was written
    """The next frame; None at the end."""
    head = source.read(_HEAD)
    return marshal.loads(source.read(_length(head))) if len(head) == _HEAD else None  # noqa: S302 - from ourselves


def _length(head: bytes) -> int:
    return int.from_bytes(head[:_HEAD], "little")


def write_frame(target: BinaryIO, value: Any) -> None:  # noqa: ANN401 - what `marshal` writes
    """One frame, sent."""
    data = marshal.dumps(value)
    target.write(len(data).to_bytes(_HEAD, "little") + data)
    target.flush()


def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Answer until the notebook is gone, or asks no more.

    A request without tasks, which has no answer, names modules that later ones will import.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is meant for a cell
    parent = os.getppid()
    asked = time.monotonic()
    ahead = Ahead()
    while os.getppid() == parent and time.monotonic() - asked < _IDLE_S:
        if not select.select([source], [], [], _LOOK_S)[0]:
            continue
        request = read_frame(source)
        if request is None:
            return
        sys.path += [each for each in request["path"] if each not in sys.path]
        if request["tasks"]:
            ahead.close()
            import_all(request["imports"])
            write_frame(target, _in_a_child(request))
        else:
            ahead.add(request["imports"])
        asked = time.monotonic()


def _in_a_child(request: dict[str, Any]) -> dict[str, Any]:
    """What `load_all` gives of the tasks that are loaded in time, each in its own."""
    folder = tempfile.mkdtemp(prefix="sfdag_check_")
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.close(reader)
        _be_child(request, folder, writer)
    os.close(writer)
    try:
        with open(reader, "rb", buffering=0) as answers:
            most = len(request["tasks"])
            return dict(_read_in_time(answers, request["limit_s"], most))
    finally:
        for end in (os.killpg, os.kill):  # it may not have got as far as to lead a group
            with contextlib.suppress(ProcessLookupError, PermissionError):
                end(child, signal.SIGKILL)
        os.waitpid(child, 0)
        shutil.rmtree(folder, ignore_errors=True)


def _read_in_time(
    answers: io.RawIOBase | io.FileIO, limit_s: float, most: int
) -> Iterator[tuple[str, Any]]:
    """`(task, what it is)` as long as the next comes in time.

    Args:
        most: no more will come, though a process that a module left behind holds the pipe open.
    """
    found = b""
    while most and select.select([answers], [], [], limit_s)[0]:
        part = answers.read(1 << 20)
        if not part:
            return
        found += part
        while len(found) >= _HEAD and len(found) >= (end := _HEAD + _length(found)):
            yield marshal.loads(found[_HEAD:end])  # noqa: S302 - from a child of ours
            most -= 1
            found = found[end:]


def _be_child(request: dict[str, Any], folder: str, writer: int) -> None:
    """Load, and answer; never returns."""
    try:
        os.setsid()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        nothing = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(nothing, number)
        with open(writer, "wb") as answers:
            for answer in load_all(request, folder):
                write_frame(answers, answer)
    finally:
        os._exit(0)
