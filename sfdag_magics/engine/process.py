"""The engine process: holds a data directory, serves it, and ends. Knows no part of the engine.

Started by `client/connecting/connect.py` as `python -m sfdag_magics.engine --data DIR`; tells its
starter through a pipe how to reach it or why it cannot start, and lives until it is told to stop or
nobody has needed it for a while. The directory is opened beside the import of the parts that will
work in it (`composition.py`): DuckDB's work there and Python's here do not wait for each other. All
that is imported here delays that beginning.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import faulthandler
import importlib
import json
import logging
import logging.handlers
import os
import signal
import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sfdag_magics.engine.directory import rendezvous
from sfdag_magics.engine.directory.safe_directory import secure_directory
from sfdag_magics.engine.limits.budget import Budget, budget_from
from sfdag_magics.engine.limits.history_limits import limits_from
from sfdag_magics.engine.limits.idle_time import idle_minutes_from
from sfdag_magics.engine.limits.not_simulated import succeeds_elsewhere
from sfdag_magics.engine.limits.task_limits import task_limits_from
from sfdag_magics.engine.starting.opening import Opening
from sfdag_magics.engine.store.contents import open_contents
from sfdag_magics.errors import MachineError

if TYPE_CHECKING:
    from sfdag_magics.engine.composition import Engine
    from sfdag_magics.engine.store.runlog import RunLog

_log = logging.getLogger(__name__)

# How long a thread keeps the interpreter from others that wait for it. While all is imported those
# open what the engine works in (*measured*: 330 ms with Python's own 5 ms, 60 with this); later one
# starts a task while another answers a view (100 tasks 577 and 463 ms, 100 of SQL 148 and 133).
_TURN_S = 0.0005
_LOG_BYTES, _LOG_FILES = 2 * 1024 * 1024, 3


def main(argv: Sequence[str] | None = None) -> int:
    """Serve one data directory until the engine ends; returns the exit code."""
    arguments = _arguments(argv)
    os.umask(0o077)
    faulthandler.enable()
    sys.setswitchinterval(_TURN_S)
    _prepare_environment()
    try:
        data_dir = secure_directory(arguments.data)
        _log_to(data_dir / "engine.log")
        with ExitStack() as stack:
            stack.enter_context(rendezvous.engine_lock(data_dir))
            idle_minutes = idle_minutes_from(os.environ)
            engine = _engine(data_dir, budget_from(os.environ), stack)
            # Before anybody is told whom to stop: who stops it at once stops it as well.
            stop = stack.enter_context(_stop_signals())
            _report(arguments.report, asdict(engine.serve()))
            engine.live(stop, idle_minutes=idle_minutes)
    except MachineError as exc:
        _log.error("cannot start: %s", exc)
        _report(arguments.report, {"error": exc.message, "hint": exc.hint})
        return 1
    except OSError as exc:
        _log.exception("cannot start")
        _report(arguments.report, {"error": _machine_fault(exc, arguments.data), "hint": None})
        return 1
    except Exception as exc:
        _log.exception("cannot start, or stopped by a mistake of ours")
        _report(arguments.report, {"error": f"the engine cannot start: {exc!r}", "hint": None})
        raise
    return 0


def _engine(data_dir: Path, budget: Budget, stack: ExitStack) -> Engine:
    """The engine of the directory, which is opened while all that works in it is imported."""
    limits, succeeds = limits_from(os.environ), succeeds_elsewhere(os.environ)
    task_limits = task_limits_from(os.environ)
    contents = stack.enter_context(Opening(partial(open_contents, data_dir, budget)))
    runs = stack.enter_context(Opening(partial(_runlog, data_dir)))
    composition = importlib.import_module("sfdag_magics.engine.composition")
    engine: Engine = composition.Engine(
        data_dir, contents, runs, budget, limits, task_limits, stack, succeeds_elsewhere=succeeds
    )
    return engine


def _runlog(data_dir: Path) -> RunLog:
    """On the thread that opens it, which imports SQLite."""
    runlog: RunLog = importlib.import_module("sfdag_magics.engine.store.runlog").RunLog(
        data_dir / "runs.sqlite"
    )
    return runlog


@contextlib.contextmanager
def _stop_signals() -> Iterator[socket.socket]:
    """What becomes readable when a signal says stop.

    A signal may be delivered on any thread, and would not wake the main one from a lock.
    """
    reads, writes = socket.socketpair()
    with reads, writes:
        writes.settimeout(0)
        signal.set_wakeup_fd(writes.fileno())
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, lambda number, _frame: _log.info("stops: signal %d", number))
        yield reads
        signal.set_wakeup_fd(-1)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="sfdag_magics.engine", allow_abbrev=False)
    parser.add_argument("--data", type=Path, required=True, help="the data directory")
    parser.add_argument("--report", type=int, help="a file descriptor to tell the starter on")
    parser.add_argument(
        "--detached", action="store_true", help="leave the starter at once (see `__main__`)"
    )
    return parser.parse_args(argv)


def _prepare_environment() -> None:
    """What the clients in our workers must know: the engine is here, and so are they."""
    for variable in ("NO_PROXY", "no_proxy"):
        named = os.environ.get(variable, "")
        os.environ[variable] = ",".join(filter(None, [named, "127.0.0.1,localhost,::1"]))
    os.environ["SNOWFLAKE_DISABLE_PLATFORM_DETECTION"] = "true"


def _log_to(path: Path) -> None:
    handler = logging.handlers.RotatingFileHandler(
        path, maxBytes=_LOG_BYTES, backupCount=_LOG_FILES, encoding="utf-8"
    )
    formatter = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    handler.setFormatter(formatter)
    logging.basicConfig(level=logging.INFO, handlers=[handler])


def _report(descriptor: int | None, told: Mapping[str, Any]) -> None:
    """Tell the starter, and let go of it; nobody hears what comes after that."""
    if descriptor is None:
        return
    with contextlib.suppress(OSError), os.fdopen(descriptor, "w", encoding="utf-8") as pipe:
        json.dump(dict(told), pipe)


def _machine_fault(exc: OSError, data_dir: Path) -> str:
    reasons = {errno.ENOSPC: "the disk is full", errno.EROFS: "the file system is read-only"}
    reason = reasons.get(exc.errno or 0, exc.strerror or str(exc))
    return f"the data directory {data_dir} cannot be used: {reason}"
