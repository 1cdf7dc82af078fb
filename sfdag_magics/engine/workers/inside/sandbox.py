"""Turns a fresh fork into a process of its own: group, signals, files, directory, randomness.

A fence against accidents, not against the user's own code, which is trusted.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import random
import signal
import sys
import tempfile
from types import ModuleType

from sfdag_magics.engine.workers import linux

#: What the preloaded process hears or is deaf to, and a process of the user's must not be.
_OWN_SIGNALS = tuple(map(int, (signal.SIGCHLD, signal.SIGINT, signal.SIGPIPE)))
_DEFAULT = int(signal.SIG_DFL)
#: `signal.signal` looks up what enumerations its numbers are of, on fifty pages to copy (measured).
_set_signal = importlib.import_module("_signal").signal


def detach(parent: int) -> None:
    """Lead a session and process group of its own, which ends with `parent`."""
    os.setsid()
    linux.die_with_parent(signal.SIGKILL)
    if os.getppid() != parent:  # it died before the request
        os._exit(1)
    linux.adopt_orphans()
    for number in _OWN_SIGNALS:
        _set_signal(number, _DEFAULT)


def attach_output(stdout: int, stderr: int) -> None:
    """Write what is printed, by Python or native code, into these two files from now on."""
    for source, target in ((stdout, 1), (stderr, 2)):
        os.dup2(source, target)
        os.close(source)


def open_streams() -> None:
    """Python's streams as workers have them, over whatever the first three files are by then.

    Once, before the fork; the process's input is empty already.
    """
    for descriptor, name in ((1, "stdout"), (2, "stderr")):
        stream = open(  # noqa: SIM115 - stays open as long as the process
            descriptor, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False
        )
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - as above


def flush_output() -> None:
    """Hand over what is still buffered, also by a stream the user's code put in place."""
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            if stream is not None:
                stream.flush()


def move_into(directory: str) -> None:
    """Work in `directory`: relative paths, temporary files and modules of the job lie there."""
    os.chdir(directory)
    os.environ["TMPDIR"] = directory
    tempfile.tempdir = directory
    sys.dont_write_bytecode = True
    # pickles and multiprocessing look for the user's __main__, which is not the zygote's
    sys.modules["__main__"] = ModuleType("__main__")


def reseed() -> None:
    """Forks of one process must not draw the same numbers."""
    random.seed()
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed(int.from_bytes(os.urandom(4)))
