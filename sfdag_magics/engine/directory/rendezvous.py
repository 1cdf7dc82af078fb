"""Where an engine and its clients meet: one file in the data directory. Starts and stops nothing.

The file says which process serves the directory, on which port, and by which token; it stays when
the engine ends, so that the next one takes the same port and token. Only the directory's owner can
read it. Whether the engine it names is alive is decided by the process's start time, never by
knocking at the port: whoever listens there after the engine's death would be told the token.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shlex
import stat
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sfdag_magics.errors import MachineError
from sfdag_magics.light_classes import dataclass

_FILE = "engine.json"
START_LOCK = "start.lock"
_ENGINE_LOCK = "engine.lock"
#: How long what a dead engine left behind may hold its lock, and how often it is looked.
_LEFT_BEHIND_S, _LOOK_S = 5.0, 0.01
#: Nothing ends a pause but its time.
_PAUSE = threading.Event()
_OTHERS_CAN_WRITE = stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendezvous:
    """What the file says.

    Attributes:
        started: `process_start(pid)` when the engine started; tells it from a reused pid.
        version: of the package that the engine runs.
        notice: what whoever meets it should know in one line; often nothing.
        is_leaving: whether the engine was told to stop, or stops since nobody needs it. One that
            was killed did not say so.
    """

    pid: int
    started: str
    port: int
    token: str
    version: str
    notice: str = ""
    is_leaving: bool = False

    @property
    def is_alive(self) -> bool:
        """Whether the process that wrote the file still runs."""
        return process_start(self.pid) == self.started


def read(data_dir: Path) -> Rendezvous | None:
    """What the last engine of the directory wrote; None when there was none, or it is unreadable.

    Raises:
        MachineError: the file is there and belongs to somebody else.
    """
    path = data_dir / _FILE
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return None
    with os.fdopen(descriptor, encoding="utf-8") as file:
        status = os.fstat(file.fileno())
        if status.st_uid != os.getuid() or status.st_mode & _OTHERS_CAN_WRITE:
            raise MachineError(
                f"{path} could have been written by somebody else",
                hint=f"look at it, then: rm {path}",
            )
        try:
            return Rendezvous(**json.load(file))
        except (ValueError, TypeError):
            return None


def write(data_dir: Path, rendezvous: Rendezvous) -> None:
    """Replace the file in one step; mode 0600."""
    descriptor, name = tempfile.mkstemp(prefix=".engine-", dir=data_dir)  # 0600 and O_EXCL
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(rendezvous), file)
        os.replace(name, data_dir / _FILE)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def process_start(pid: int) -> str | None:
    """What no later process with the same id has: when it started; None when there is none.

    On Linux in ticks since boot, because the calendar time of a start moves when a clock is set.
    """
    if pid <= 0:
        return None
    if sys.platform != "linux":
        import psutil  # no part of a start where nobody asks it

        try:
            return str(psutil.Process(pid).create_time())
        except psutil.Error:
            return None
    try:
        line = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return None
    # The name in parentheses may contain anything; the state is the first field behind it.
    fields = line.rpartition(")")[2].split()
    is_gone = fields[0] in "ZX"
    return None if is_gone else f"{boot}:{fields[19]}"


def ask_status(rendezvous: Rendezvous, *, timeout_s: float = 5.0) -> Mapping[str, Any] | None:
    """What a living engine tells about itself; None when it does not answer in time."""
    return _asked(rendezvous, "GET", "/sfdag/status", timeout_s)


def ask_disk(rendezvous: Rendezvous, *, timeout_s: float) -> Mapping[str, Any] | None:
    """What each table takes of the disk; None when the engine does not tell."""
    return _asked(rendezvous, "GET", "/sfdag/disk", timeout_s)


def ask_to_end_runs(rendezvous: Rendezvous, *, timeout_s: float) -> Mapping[str, Any] | None:
    """Have all graph runs cancelled; what `ask_status` tells afterwards."""
    return _asked(rendezvous, "POST", "/sfdag/end-runs", timeout_s)


def _asked(
    rendezvous: Rendezvous, method: str, path: str, timeout_s: float
) -> Mapping[str, Any] | None:
    import http.client  # no part of a start: engines do not ask

    if not rendezvous.is_alive:
        return None
    connection = http.client.HTTPConnection("127.0.0.1", rendezvous.port, timeout=timeout_s)
    try:
        headers = {"Authorization": f"Bearer {rendezvous.token}"}
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        told: Mapping[str, Any] = json.load(answer)
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()
    return told if answer.status == http.client.OK else None


@contextlib.contextmanager
def start_lock(data_dir: Path) -> Iterator[None]:
    """One client at a time starts or stops the directory's engine; others wait here.

    Raises:
        MachineError: the directory cannot be written to.
    """
    with _opened(data_dir / START_LOCK) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def engine_lock(data_dir: Path) -> Iterator[None]:
    """Held by the engine as long as it lives; the system lets go of it however the engine ends.

    A process that a killed engine was just starting has a copy of all that it held, until it is
    another program: the lock of a dead engine is waited for.

    Raises:
        MachineError: another engine serves the directory, or it cannot be written to.
    """
    with _opened(data_dir / _ENGINE_LOCK) as descriptor:
        deadline = time.monotonic() + _LEFT_BEHIND_S
        while (holder := _lock_or_holder(descriptor)) is not None:
            is_dead = holder.isdigit() and process_start(int(holder)) is None
            if not is_dead or time.monotonic() > deadline:
                raise MachineError(
                    f"process {holder} serves the data directory {data_dir} already",
                    hint=f"sfdag local stop --data {shlex.quote(str(data_dir))}, or: kill {holder}",
                )
            _PAUSE.wait(_LOOK_S)
        os.pwrite(descriptor, f"{os.getpid():<20}".encode(), 0)
        yield


def _lock_or_holder(descriptor: int) -> str | None:
    """Lock the file; who holds it, where that is somebody else."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
    return None


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[int]:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as exc:
        raise MachineError(
            f"the data directory {path.parent} cannot be written to: {exc.strerror}",
            hint="name another one with the environment variable SFDAG_DATA",
        ) from exc
    try:
        yield descriptor
    finally:
        os.close(descriptor)  # which also unlocks it
