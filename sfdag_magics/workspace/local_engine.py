"""The embedded engine by hand: start, status, stop, reset, clean, backup, restore.

The same in a shell and in a notebook, which say what is typed, and how to speak and to ask. Only
`start` starts an engine.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.connecting.connect import (
    connection_parameters,
    data_directory,
    end_runs,
    engine_disk,
    engine_status,
    reset_engine,
    stop_engine,
)
from sfdag_magics.client.connecting.sessions import open_target
from sfdag_magics.client.connecting.targets import Target
from sfdag_magics.client.keeping.archives import (
    UnnamedArchive,
    free_archives,
    has_archives,
    unnamed_archives,
)
from sfdag_magics.client.keeping.backup import back_up, check_possible
from sfdag_magics.client.keeping.cleaning import Leftover, free, leftovers
from sfdag_magics.client.keeping.disk import Disk, disk_of
from sfdag_magics.client.keeping.restoring import check_backup, cut_off, left_behind, restore
from sfdag_magics.errors import InputError, MachineError
from sfdag_magics.graph.displayed import size_text
from sfdag_magics.graph.names import counted

#: `status` when no engine runs, as `systemctl status` has it.
NOT_RUNNING = 3
NOT_DONE = 1
#: What has a JSON document of its own.
_WITH_A_DOCUMENT = ("start", "status")


class Speaks(Protocol):
    """Who typed it."""

    def say(self, text: str) -> None:
        """Tell one or more lines."""

    def agrees(self, question: str, *, instead: str) -> bool:
        """Whether a person agrees.

        Raises:
            InputError: nobody can be asked; `instead` needs no answer.
        """


class _Told:
    """Keeps what is told; asks the person that is there."""

    def __init__(self, speaks: Speaks) -> None:
        self.lines: list[str] = []
        self._speaks = speaks

    def say(self, text: str) -> None:
        """As of who speaks."""
        self.lines += text.splitlines()

    def agrees(self, question: str, *, instead: str) -> bool:
        """As of who speaks; what was told before belongs to the question."""
        return self._speaks.agrees("\n".join((*self.lines, question)), instead=instead)


class Local:
    """One command on one data directory.

    Args:
        data: the directory; None is the user's own.
        speaks: who typed it.
        as_json: one JSON document where there is one.
        yes: what is asked is agreed to.
    """

    def __init__(
        self, data: Path | None, speaks: Speaks, *, as_json: bool = False, yes: bool = False
    ) -> None:
        self._data = data
        self._speaks = speaks
        self._as_json = as_json
        self._yes = yes

    @cached_property
    def directory(self) -> Path:
        """The data directory, by its whole name."""
        return data_directory(self._data)

    def _line(self, verb: str, *more: object) -> str:
        """What is typed for a verb on the same directory."""
        named = ("--data", self.directory) if self._data else ()
        return shlex.join(("sfdag", "local", verb, *map(str, (*named, *more))))

    def do(self, verb: str, file: Path | None = None, *, replace: bool = False) -> int:
        """Do what is typed, `backup` and `restore` with a file; the exit code.

        Where JSON is asked for it prints one document, also of what else only tells lines.
        """
        if not self._as_json or verb in _WITH_A_DOCUMENT:
            if verb in PLAIN:
                return PLAIN[verb](self)
            return OF_FILES[verb](self, file, replace=replace)
        told = _Told(self._speaks)
        code = Local(self._data, told, yes=self._yes).do(verb, file, replace=replace)
        record = {"did": verb, "data": str(self.directory), "done": code == 0, "said": told.lines}
        self._speaks.say(json.dumps(record))
        return code

    def start(self) -> int:
        """Start the engine, or find the one that runs, and say how to connect."""
        parameters = connection_parameters(self._data)
        if self._as_json:
            self._speaks.say(json.dumps(parameters))
            return 0
        self._speaks.say(
            f"The engine of {self.directory} listens on 127.0.0.1:{parameters['port']}."
        )
        self._speaks.say(f"Connection parameters: {self._line('start', '--json')}")
        return 0

    def status(self) -> int:
        """Say whether the engine runs, what it is doing and what takes disk."""
        status = engine_status(self._data)
        disk = disk_of(self.directory, engine_disk(self._data) if status else None)
        if self._as_json:
            self._speaks.say(json.dumps(self._record(status, disk)))
            return NOT_RUNNING if status is None else 0
        self._speaks.say(self._running(status))
        if self.directory.is_dir():
            self._speaks.say("\n".join(disk.lines(start=self._line("start"))))
        for note in self._notes(disk):
            self._speaks.say(f"note: {note}")
        return NOT_RUNNING if status is None else 0

    def _running(self, status: Mapping[str, Any] | None) -> str:
        if status is None:
            return f"No engine runs for {self.directory}."
        said = (
            f"The engine of {self.directory} runs: process {status['pid']}, port {status['port']},"
            f" version {status['version']}, {_flights(status['in_flight'])}{_due(status)}."
        )
        if "task_memory" not in status:  # of an engine of an earlier release
            return said
        return (
            f"{said}\nIt takes up to {size_text(status['memory'])} of memory; a task may have"
            f" {size_text(status['task_memory'])}, and {status['parallel_tasks']} run at once."
        )

    def _record(self, status: Mapping[str, Any] | None, disk: Disk) -> dict[str, Any]:
        tables = [{"table": t.name.sql(), "bytes": t.bytes} for t in disk.tables or ()]
        return {
            "running": status is not None,
            "data": str(self.directory),
            **(status or {}),
            "disk": {
                "bytes": disk.total,
                "parts": dict(disk.parts),
                "free_within": disk.free_within,
                "tables": tables if disk.tables is not None else None,
            },
            "note": "\n".join(self._notes(disk)),
        }

    def _notes(self, disk: Disk) -> list[str]:
        killed = cut_off(self.directory)
        if any(left_behind(self.directory)):
            killed += f"; {self._line('clean')} frees it"
        return [note for note in (disk.doubt, killed) if note]

    def stop(self) -> int:
        """Stop the engine; runs in flight are ended as cancelled, if you say so."""
        status = engine_status(self._data) or {}
        if running := status.get("in_flight", ()):
            self._end(running)
            # A run in flight holds back its schedule: what is due is known when it is over.
            status = engine_status(self._data) or {}
        if queries := status.get("queries", 0):
            self._speaks.say(
                f"Waiting for {counted(queries, 'statement')} to end; what does not hear is left"
                " after seconds."
            )
        stopped = stop_engine(self._data)
        self._speaks.say(
            f"The engine of {self.directory} is stopped." if stopped else "No engine ran."
        )
        if stopped and (due := _due(status)):
            self._speaks.say(f"Its schedules start nothing until it runs again{due}.")
        return 0

    def _end(self, running: Sequence[str]) -> None:
        """End the runs in flight as cancelled, when that is what is meant.

        Raises:
            MachineError: somebody says no.
        """
        named = ", ".join(running)
        command = self._line("stop", "--yes")
        if not self._agrees(f"In flight: {named}.\nEnd them as cancelled and stop", command):
            raise MachineError(
                f"the engine was not stopped: {named} would be cut off",
                hint=f"wait until they are over, or end them as cancelled: {command}",
            )
        end_runs(self._data)
        self._speaks.say(f"Ended as cancelled: {named}.")

    def reset(self) -> int:
        """Stop the engine and delete everything it holds."""
        if not self.directory.exists():
            self._speaks.say(f"There is no {self.directory}; nothing was deleted.")
            return 0
        question = f"Delete {self.directory} with all databases, tasks and history"
        if not self._agrees(question, self._line("reset", "--yes")):
            self._speaks.say("Nothing was deleted.")
            return NOT_DONE
        reset_engine(self._data)
        self._speaks.say(f"{self.directory} is deleted.")
        return 0

    def clean(self) -> int:
        """Free what nothing names any more, after showing it."""
        is_running = engine_status(self._data) is not None
        found = leftovers(self.directory, is_running=is_running)
        if not has_archives(self.directory):
            return self._clean(found)
        if not is_running:
            start = self._line("start")
            self._speaks.say(f"Code that nothing names is told while the engine runs: {start}")
            return self._clean(found)
        backend = open_target(Target(name="local", path=str(self.directory)))
        try:
            return self._clean(found, backend, unnamed_archives(backend, datetime.now(UTC)))
        finally:
            backend.close("local")

    def _clean(
        self,
        found: Sequence[Leftover],
        backend: Backend | None = None,
        archives: Sequence[UnnamedArchive] = (),
    ) -> int:
        if not (found or archives):
            self._speaks.say(f"Nothing in {self.directory} is left over.")
            return 0
        self._speaks.say("\n".join(map(str, (*found, *archives))))
        sizes = (*(each.bytes for each in found), *(each.bytes for each in archives))
        whole = size_text(sum(sizes))
        if not self._agrees(f"Free {whole}", self._line("clean", "--yes")):
            self._speaks.say("Nothing was freed.")
            return NOT_DONE
        for each in found:
            free(each)
        if backend is not None:
            free_archives(backend, archives)
        self._speaks.say(f"{whole} are free.")
        return 0

    def backup(self, file: Path | None, *, replace: bool) -> int:
        """Write the data directory into one file; a running engine is stopped, if you say so."""
        file = self._named(file, "backup")
        again = self._line("backup", file, *(("--replace",) if replace else ()))
        check_possible(self.directory, file, replaces=replace)
        self._check_stopped("back up", again)
        size = back_up(self.directory, file, replaces=replace)
        self._speaks.say(f"{self.directory} is in {file} ({size_text(size)}).")
        return 0

    def restore(self, file: Path | None, *, replace: bool) -> int:
        """Make a data directory of a backup; one that is there is replaced with --replace alone."""
        file = self._named(file, "restore")
        if replace:
            check_backup(file)
            self._check_stopped("replace", self._line("restore", file, "--replace"))
        about = restore(file, self.directory, replaces=replace)
        self._speaks.say(f"{self.directory} is as it was at {about['made'][:19]} UTC.")
        return 0

    def _check_stopped(self, what: str, again: str) -> None:
        """See that no engine serves the directory.

        Args:
            again: the command that is just done.

        Raises:
            MachineError: one does, and is not to be stopped.
        """
        if engine_status(self._data) is None:
            return
        question = f"The engine runs: stop it to {what} {self.directory}"
        if not self._agrees(question, f"{again} --yes"):
            raise MachineError(
                f"the engine of {self.directory} runs, and nothing was done",
                hint=f"{self._line('stop')}, then the same again",
            )
        self.stop()

    def _agrees(self, question: str, instead: str) -> bool:
        return self._yes or self._speaks.agrees(question, instead=instead)

    def _named(self, file: Path | None, verb: str) -> Path:
        if file is None:
            raise InputError(f"{verb} which file?", hint=self._line(verb, "FILE"))
        return file.expanduser().absolute()


def _flights(running: Sequence[str]) -> str:
    return f"in flight: {', '.join(running)}" if running else "no graph run in flight"


def _due(status: Mapping[str, Any]) -> str:
    """When a schedule starts the next run; an engine of an earlier release does not say."""
    due = status.get("due")
    said = datetime.fromisoformat(due).astimezone(UTC) if due else None
    return f", next run by schedule {said:%Y-%m-%d %H:%M:%S} UTC" if said else ""


#: `{verb: what it does}`; those that name a file have it as an argument.
PLAIN: Mapping[str, Callable[[Local], int]] = {
    "start": Local.start,
    "status": Local.status,
    "stop": Local.stop,
    "reset": Local.reset,
    "clean": Local.clean,
}
OF_FILES: Mapping[str, Callable[..., int]] = {"backup": Local.backup, "restore": Local.restore}
