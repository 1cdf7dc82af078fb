"""`sfdag local`: the embedded engine by hand. Knows words and exit codes; starts nothing itself."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from sfdag_magics.client.connecting.connect import (
    connection_parameters,
    data_directory,
    end_runs,
    engine_status,
    reset_engine,
    stop_engine,
)
from sfdag_magics.errors import InputError
from sfdag_magics.graph.names import counted

#: Verbs that ask before they lose something.
_ASKING = ("stop", "reset")
#: `status` when no engine runs, as `systemctl status` has it.
NOT_RUNNING = 3


def add_local(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `local` and its verbs."""
    local = commands.add_parser(
        "local", help="the embedded engine of this machine", allow_abbrev=False
    )
    verbs = local.add_subparsers(dest="verb", required=True, metavar="VERB")
    for name, (run, text) in _VERBS.items():
        verb = verbs.add_parser(name, help=text, description=text, allow_abbrev=False)
        verb.add_argument(
            "--data",
            type=Path,
            metavar="DIR",
            help="the data directory (default: SFDAG_DATA, or one in your data folder)",
        )
        if name in ("start", "status"):
            verb.add_argument("--json", action="store_true", help="one JSON object")
        if name in _ASKING:
            verb.add_argument("--yes", action="store_true", help="do not ask")
        verb.set_defaults(run=run)


def _start(arguments: argparse.Namespace, out: TextIO) -> int:
    parameters = connection_parameters(arguments.data)
    if arguments.json:
        out.write(json.dumps(parameters) + "\n")
        return 0
    directory = data_directory(arguments.data)
    out.write(f"The engine of {directory} listens on 127.0.0.1:{parameters['port']}.\n")
    named = f" --data {shlex.quote(str(directory))}" if arguments.data else ""
    out.write(f"Connection parameters: sfdag local start{named} --json\n")
    return 0


def _status(arguments: argparse.Namespace, out: TextIO) -> int:
    status = engine_status(arguments.data)
    directory = str(data_directory(arguments.data))
    if arguments.json:
        told = {"running": status is not None, "data": directory, **(status or {})}
        out.write(json.dumps(told) + "\n")
    elif status is None:
        out.write(f"No engine runs for {directory}.\n")
    else:
        out.write(
            f"The engine of {directory} runs: process {status['pid']}, port {status['port']},"
            f" version {status['version']}, {_flights(status['in_flight'])}"
            f"{_due(status)}.\n"
        )
    return NOT_RUNNING if status is None else 0


def _flights(running: Sequence[str]) -> str:
    return f"in flight: {', '.join(running)}" if running else "no graph run in flight"


def _due(status: Mapping[str, Any]) -> str:
    """When a schedule starts the next run; an engine of an earlier release does not say."""
    due = status.get("due")
    said = datetime.fromisoformat(due).astimezone(UTC) if due else None
    return f", next run by schedule {said:%Y-%m-%d %H:%M:%S} UTC" if said else ""


def _stop(arguments: argparse.Namespace, out: TextIO) -> int:
    directory = data_directory(arguments.data)
    status = engine_status(arguments.data) or {}
    if running := status.get("in_flight", ()):
        _end(running, arguments, out)
        # A run in flight holds back its schedule: what is due is known when it is over.
        status = engine_status(arguments.data) or {}
    if queries := status.get("queries", 0):
        running = counted(queries, "statement")
        out.write(f"Waiting for {running} to end; what does not hear is left after seconds.\n")
        out.flush()
    stopped = stop_engine(arguments.data)
    out.write(f"The engine of {directory} is stopped.\n" if stopped else "No engine ran.\n")
    if stopped and (due := _due(status)):
        out.write(f"Its schedules start nothing until it runs again{due}.\n")
    return 0


def _end(running: Sequence[str], arguments: argparse.Namespace, out: TextIO) -> None:
    """End the runs in flight as cancelled, when that is what is meant.

    Raises:
        InputError: nobody says so.
    """
    named = ", ".join(running)
    if not arguments.yes:
        out.write(f"In flight: {named}.\nEnd them as cancelled and stop? [y/N] ")
        out.flush()
        if not _is_yes():
            raise InputError(
                f"the engine was not stopped: {named} would be cut off",
                hint="wait until they are over, or end them as cancelled: sfdag local stop --yes",
            )
    end_runs(arguments.data)
    out.write(f"Ended as cancelled: {named}.\n")


def _is_yes() -> bool:
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _reset(arguments: argparse.Namespace, out: TextIO) -> int:
    directory = data_directory(arguments.data)
    if not directory.exists():
        out.write(f"There is no {directory}; nothing was deleted.\n")
        return 0
    if not arguments.yes:
        out.write(f"Delete {directory} with all databases, tasks and history? [y/N] ")
        out.flush()
        if not _is_yes():
            out.write("Nothing was deleted.\n")
            return 1
    reset_engine(arguments.data)
    out.write(f"{directory} is deleted.\n")
    return 0


_VERBS = {
    "start": (_start, "Start the engine, or find the one that runs, and say how to connect."),
    "status": (_status, "Say whether the engine runs and what it is doing."),
    "stop": (_stop, "Stop the engine; runs in flight are ended as cancelled, if you say so."),
    "reset": (_reset, "Stop the engine and delete everything it holds."),
}
