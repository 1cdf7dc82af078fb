"""The code that a task of a run ran, line by line, and the element of a map that it was given.

Both are read from the archive that it began with.

A task calls the graph's procedure when it begins, so which archive that was is told by its start
and by what the procedure notes of the archives before its own. The definition of a SQL task is the
run's own; of an earlier one nothing is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sfdag_magics.bundle import CodeLine, Shipped, own_lines, read_archive
from sfdag_magics.client.code.declared import default_texts
from sfdag_magics.client.code.deployed_code import NOTED_SQL, noted_sql, read_code
from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.observing.deployed import (
    NOTED_TIME,
    DeployedGraph,
    DeployedTask,
)
from sfdag_magics.client.observing.snapshot import RunSnapshot, TaskRun
from sfdag_magics.client.running.ran_with import Facts, ran_with
from sfdag_magics.errors import BackendError, ConnectError, InputError
from sfdag_magics.place_words import to_type
from sfdag_magics.sqltext import bare_statement

#: Archives of a graph whose code is looked at; each has all its modules.
_MOST_HELD = 4


class RanLines:
    """What the tasks of one graph's runs ran. Archives never change, so each is read once."""

    def __init__(self, backend: Backend, deployed: DeployedGraph) -> None:
        self._backend = backend
        self._deployed = deployed
        #: By where they lie; those that were asked for last.
        self._held: dict[str, Shipped] = {}

    def of(self, seen: RunSnapshot, task: TaskRun) -> tuple[CodeLine, ...]:
        """The code of a task of a run, as it ran.

        Raises:
            InputError: it did not run, or what it ran is not kept any more.
        """
        if task.started is None:
            raise InputError(f"{task.name} did not run in {seen.label}", hint=to_type("runs"))
        there = self._deployed.tasks.get(task.name)
        if there is not None and not there.is_python:
            return _of_sql(there, seen)
        shipped = self._of_run(seen, task)
        try:
            return own_lines(shipped, task.name)
        except ValueError as error:
            raise _not_kept(task.name, seen, str(error)) from error

    def elements(self, seen: RunSnapshot, task: TaskRun) -> Mapping[str, Any]:
        """`{parameter: the element of its map}` that a task of a run was given; mostly empty.

        Raises:
            InputError: it did not run, or what it ran is not kept any more.
        """
        _, entry = self._entry(seen, task)
        return {each["name"]: each["value"] for each in entry["parameters"] if "value" in each}

    def defaults(self, seen: RunSnapshot, task: TaskRun) -> Mapping[str, str | None]:
        """`{config key: the text of its default}` of a task of a run; None of one without.

        Raises:
            InputError: it did not run, or what it ran is not kept any more.
        """
        shipped, _ = self._entry(seen, task)
        return default_texts(shipped, task.name)

    def _entry(self, seen: RunSnapshot, task: TaskRun) -> tuple[Shipped, Mapping[str, Any]]:
        """The archive of a task that ran in this run itself, and what it says of the task."""
        if task.started is None or (seen.lineage is not None and task.name in seen.lineage.kept):
            raise InputError(f"{task.name} did not run in {seen.label}", hint=to_type("runs"))
        shipped = self._of_run(seen, task)
        entry = shipped.tasks.get(task.name.upper())
        if entry is None:
            raise _not_kept(task.name, seen, f"it has no code of {task.name}")
        return shipped, entry

    def _of_run(self, seen: RunSnapshot, task: TaskRun) -> Shipped:
        code = read_code(self._backend, self._deployed.procedure)
        own = seen.lineage.archive if seen.lineage is not None else ""
        archive = own or (code.archive_at(task.started) if task.started is not None else None)
        if archive is None:
            raise _not_kept(task.name, seen, "which archive it was is forgotten")
        try:
            return self._read(archive)
        except ConnectError:
            raise
        except (BackendError, ValueError) as error:
            reason = error.message if isinstance(error, BackendError) else str(error)
            raise _not_kept(task.name, seen, reason) from error

    def ran_with(self, task: TaskRun) -> Facts:
        """What a task ran with besides its code."""
        code = read_code(self._backend, self._deployed.procedure)
        there = self._deployed.tasks.get(task.name)
        return ran_with(task, there, code, is_embedded=self._backend.is_embedded)

    def _read(self, archive: str) -> Shipped:
        held = self._held.pop(archive, None) or read_archive(self._backend.download(archive))
        self._held[archive] = held
        while len(self._held) > _MOST_HELD:
            del self._held[next(iter(self._held))]
        return held


def sql_lines(text: str) -> tuple[CodeLine, ...]:
    """The lines of a SQL task, as they are compared."""
    lines = bare_statement(text).split("\n")
    return tuple(CodeLine(place="", number=at, text=line) for at, line in enumerate(lines, start=1))


def _of_sql(task: DeployedTask, seen: RunSnapshot) -> tuple[CodeLine, ...]:
    if not is_as_it_ran(task, seen):
        raise _not_kept(task.name, seen, "its definition was replaced since")
    return sql_lines(task.definition)


def is_as_it_ran(task: DeployedTask, seen: RunSnapshot) -> bool:
    """Whether a SQL task is what it was in a run: by what that noted, else by two clocks."""
    noted = str(seen.code.get(task.name, ""))
    if noted.startswith(NOTED_SQL):
        return noted == noted_sql(task.definition)
    begun = seen.scheduled or seen.begun
    return begun is not None and begun.timestamp() * 1000 >= task.mark.get(NOTED_TIME, 0)


def _not_kept(task: str, seen: RunSnapshot, reason: str) -> InputError:
    return InputError(
        f"the code that {task} ran in {seen.label} is not there any more: {reason}",
        hint=f"{to_type('plan')} compares what is deployed with the cell now",
    )
