"""Starts the process of an engine, and ends it. Knows which directory it serves, and no client."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psutil

from sfdag_magics.client.connecting.local_settings import local_settings
from sfdag_magics.engine.directory.rendezvous import Rendezvous
from sfdag_magics.errors import MachineError

# A cold start takes a second; a slow disk and a migration may take longer.
_START_TIMEOUT_S = 60.0
_STOP_TIMEOUT_S = 15.0


def start(directory: Path, meanwhile: Callable[[], object] | None) -> Rendezvous:
    """Start an engine and wait for its report, which comes through a pipe.

    Args:
        meanwhile: called while it starts.

    Raises:
        MachineError: it did not start; says why, if that is known.
        InputError: the file beside the notebook has other settings than there are.
    """
    reads, writes = os.pipe()
    engine = [sys.executable, "-m", "sfdag_magics.engine"]
    engine += ["--detached", "--data", str(directory), "--report", str(writes)]
    try:
        with _output(directory) as output:
            subprocess.run(  # noqa: S603 - our own arguments, no shell
                engine,
                pass_fds=(writes,),
                env={**local_settings(Path.cwd()), **os.environ},
                cwd=directory,  # Python looks for modules there first, and nobody plants any there
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                check=False,  # a report that does not come says as much
            )
    finally:
        os.close(writes)
    with os.fdopen(reads, "rb") as report:
        if meanwhile is not None:
            meanwhile()
        told = _line(report.fileno(), time.monotonic() + _START_TIMEOUT_S)
    return _understood(told, directory)


def _output(directory: Path) -> Any:  # noqa: ANN401 - a file object
    path = directory / "engine.out"
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    return os.fdopen(os.open(path, flags, 0o600), "wb")


def _line(descriptor: int, deadline: float) -> bytes:
    """What comes through a pipe until it is closed."""
    parts: list[bytes] = []
    while (left := deadline - time.monotonic()) > 0:
        if not select.select([descriptor], [], [], left)[0]:
            break
        part = os.read(descriptor, 65536)
        if not part:
            break
        parts.append(part)
    return b"".join(parts)


def _understood(told: bytes, directory: Path) -> Rendezvous:
    hint = f"look into {directory / 'engine.log'} and {directory / 'engine.out'}"
    try:
        report: Mapping[str, Any] = json.loads(told)
    except ValueError:
        raise MachineError(
            f"the engine of {directory} did not start and did not say why", hint=hint
        ) from None
    if "error" in report:
        raise MachineError(report["error"], hint=report.get("hint") or hint)
    return Rendezvous(**report)


def end(met: Rendezvous) -> None:
    """SIGTERM, and SIGKILL for what does not end by itself; with everything it started."""
    try:
        engine = psutil.Process(met.pid)
        processes = [engine, *engine.children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    os.kill(met.pid, signal.SIGTERM)
    _, alive = psutil.wait_procs(processes, timeout=_STOP_TIMEOUT_S)
    for process in alive:
        if process.is_running():  # and is still the same process
            process.kill()
    psutil.wait_procs(alive, timeout=_STOP_TIMEOUT_S)
