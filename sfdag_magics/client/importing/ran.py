"""A program that makes `DAG`s, run: in a process of its own, which deploys nothing. By request.

What it made comes back as a Python file, and is read as one.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from sfdag_magics.client.importing.imported import Imported
from sfdag_magics.client.importing.sources import imported_program
from sfdag_magics.client.importing.texts import read_text
from sfdag_magics.errors import InputError

#: What the process runs; its parent's own modules are there.
_INSIDE = "sfdag_magics.client.importing.run_inside"
#: A program that connects may wait for a network; so long nobody waits for it.
MOST_SECONDS = 300


def imported_by_running(path: Path, seconds: float = MOST_SECONDS) -> Imported:
    """What a program makes when it runs.

    Args:
        seconds: so long it may take.

    Raises:
        InputError: it is no Python file, fails, takes too long, or makes no DAG.
        MachineError: it cannot be read.
    """
    if path.suffix != ".py":
        raise InputError(f"{path} is no Python file, so nothing can run", hint="without --run")
    read_text(path)
    said = _run(path, seconds)
    told = json.loads(said)
    if "error" in told:
        raise InputError(f"{path.name} ran and failed: {told['error']}", hint=f"python {path.name}")
    found = imported_program(told["module"], path.name)
    return replace(
        found,
        problems=tuple(told["problems"]),
        not_carried=tuple(told["not_carried"]),
        notes=tuple(told["notes"]),
    )


def _run(path: Path, seconds: float) -> str:
    command = [sys.executable, "-m", _INSIDE, str(path.resolve())]
    try:
        done = subprocess.run(  # noqa: S603 - this Python, and a file that is to run
            command,
            capture_output=True,
            text=True,
            timeout=seconds,
            cwd=path.resolve().parent,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise InputError(
            f"{path.name} runs for more than {seconds:g} seconds", hint="without --run"
        ) from None
    for line in reversed(done.stdout.splitlines()):
        if line.startswith("{"):
            return line
    last = next(_last_lines(done.stderr), "nothing")
    raise InputError(f"{path.name} ran and ended: {last}", hint=f"python {path.name}")


def _last_lines(text: str) -> Iterator[str]:
    yield from (line for line in reversed(text.splitlines()) if line.strip())
