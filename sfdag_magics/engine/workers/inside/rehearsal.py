"""Carries a job that does nothing out in the preloaded process, before it forks.

What Python and the linker remember of code that has run once (where a name is found, which class an
attribute is of, what a pattern compiles to) is then there for all workers: each would find it out
anew, and copy the pages on which it is noted. Measured: a fifth of what a small task's process
costs. Nothing of the job stays behind; nothing native computes in it.
"""

from __future__ import annotations

import importlib
import json
import linecache
import os
import socket
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sfdag_magics.engine.workers.channel import Channel, Message
from sfdag_magics.engine.workers.import_sets import Imports
from sfdag_magics.engine.workers.inside import sandbox, worker
from sfdag_magics.engine.workers.jobs import Code, Job
from sfdag_magics.engine.workers.ready_runtime import PACKAGE, ReadyRuntime

#: As often as Python 3.11 runs code before it has written down all it will of it.
_TIMES = 20
_CELL = "cell"
_TASK = {
    "name": "t",
    "function": "t",
    "module": "tasks/t.py",
    "parameters": [{"name": "session", "kind": "session", "required": True}],
    "pieces": [[1, 2, _CELL, 1]],
    "futures": [],
    "answers": [],
    "packages": [],
    "max_return_bytes": 1,
}
_CODE = "def t(session):\n    pass\n"


def rehearse(ready: ReadyRuntime, *, with_session: bool) -> None:
    """Carry the job out, some times over.

    Args:
        with_session: the job gets one, where Snowpark is imported, and asks it nothing.

    Raises:
        AssertionError: the job has failed, which is a mistake of ours.
    """
    with tempfile.TemporaryDirectory() as directory, _as_before():
        imports = _laid_out(Path(directory), ready)
        job = _job(imports.archives, with_session=with_session)
        order = {"job": job.fields(), "imports": imports.fields(), "directory": directory}
        before, path = set(sys.modules), tuple(sys.path)
        for _ in range(_TIMES):
            _once(order, ready)
            sys.path[:] = path
            for name in sys.modules.keys() - before:
                del sys.modules[name]
        if with_session:
            importlib.import_module(worker.LATE_SESSION).forget_all()


def _once(order: Mapping[str, object], ready: ReadyRuntime) -> None:
    engine, ours = map(Channel, socket.socketpair())
    engine.send(Message(kind="call", fields=order))
    sandbox.reseed()
    received = ours.receive()
    if received is not None:
        worker.carry_out(received, ours, ready)
    answer = engine.receive()
    if answer is None or answer.kind != "returned":
        raise AssertionError(f"the rehearsed job has failed: {answer}")
    for end in (engine, ours):
        end.close()


def _laid_out(directory: Path, ready: ReadyRuntime) -> Imports:
    """What `ImportSets` lays out of an archive with one task."""
    tasks = directory / "unpacked" / PACKAGE / "tasks"
    tasks.mkdir(parents=True)
    (tasks / "t.json").write_text(json.dumps(_TASK), encoding="utf-8")
    (tasks / "t.py").write_text(_CODE, encoding="utf-8")
    archive = str(directory / "files" / "code.zip")
    return Imports(
        directory=str(directory / "files"),
        archives=(archive,),
        runtime=ready.digest,
        runtime_archive=archive,
        unpacked=str(directory / "unpacked"),
    )


def _job(imports: tuple[str, ...], *, with_session: bool) -> Job:
    return Job(
        label="REHEARSED",
        code=Code(handler=f"{PACKAGE}.run", imports=imports),
        argument_types=("VARCHAR",) * (1 if with_session else 2),
        arguments=("t",) if with_session else (None, "t"),
        returns="VARCHAR",
        connection={} if with_session else None,
    )


@contextmanager
def _as_before() -> Iterator[None]:
    """Afterwards, the process is where it was."""
    here, main, kept = os.getcwd(), sys.modules["__main__"], tempfile.tempdir
    temporary = os.environ.get("TMPDIR")
    try:
        yield
    finally:
        os.chdir(here)
        sys.modules["__main__"], tempfile.tempdir = main, kept
        linecache.cache.pop(_CELL, None)
        os.environ.pop("TMPDIR", None)
        if temporary is not None:
            os.environ["TMPDIR"] = temporary
