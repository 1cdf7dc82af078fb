"""The files in which the tasks of a run tell how far they are and what they show.

Finds them by one LIST on the stage of the graph's code, the same on both engines; asks only where
a task of the graph has the context by which it can tell something.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sfdag_magics.client.code.deployed_code import (
    default_stage,
    stage_location,
    told_folder,
)
from sfdag_magics.client.connecting.backend import Backend, Row
from sfdag_magics.client.observing.deployed import DOES_NOT_EXIST, DeployedGraph
from sfdag_magics.client.observing.shown import Progress, Shown, progress_from, shown_from
from sfdag_magics.client.observing.snapshot import RunSnapshot, TaskRun
from sfdag_magics.client.running.run_code import RunCode
from sfdag_magics.errors import BackendError, ConnectError
from sfdag_magics.graph.names import key_of
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import quoted_string

#: `TASK.BEGIN.NAME`: what one execution of a task wrote, by the time at which it began.
_FILE = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)\.(\d{1,15})\.(progress|shown-[a-z0-9-]+)\.json")
_PROGRESS = "progress"
#: The service's clock and that of its workers may differ by so much.
_APART = timedelta(seconds=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    name: str
    task: str
    began: datetime
    is_progress: bool
    #: Another value when its content is another.
    version: tuple[str, ...]


class ToldFiles:
    """What the tasks of one run told. One thread at a time; whoever asks sees to that."""

    def __init__(self, backend: Backend, deployed: DeployedGraph, code: RunCode) -> None:
        self._backend = backend
        self._code = code
        self._deployed = deployed
        self._runs: str | None = None
        #: As they were listed last.
        self._files: list[_File] = []
        #: {file: (its version, what it says)}
        self._read: dict[str, tuple[tuple[str, ...], Progress | None]] = {}
        self._done: tuple[str | None, int] | None = None

    def with_told(self, seen: RunSnapshot) -> RunSnapshot:
        """The same with what its tasks have told by now.

        Of an attempt that is over it is asked once. No answer is no reason not to show the rest.
        """
        which = (seen.group_id, seen.attempt)
        if seen.group_id is None or not self._runs_folder():
            return seen
        if self._done != which:
            with contextlib.suppress(BackendError):
                self._files = [*self._listed(seen.group_id)]
                self._read_progress(seen.group_id, seen.tasks.values())
                self._done = which if seen.is_over else None
        tasks = {name: self._told(task) for name, task in seen.tasks.items()}
        return seen if tasks == dict(seen.tasks) else replace(seen, tasks=tasks)

    def shown(self, seen: RunSnapshot, task: TaskRun) -> tuple[Shown, ...]:
        """What a task shows, in the order in which it did first.

        Raises:
            BackendError: the files cannot be read.
        """
        if seen.group_id is None or not self._runs_folder():
            return ()
        wanted = [
            each for each in self._of(task, self._listed(seen.group_id)) if not each.is_progress
        ]
        found = self._contents(seen.group_id, wanted)
        read = (shown_from(content, task.attempt) for content in found.values())
        return tuple(shown for _, shown in sorted(filter(None, read), key=lambda each: each[0]))

    def _told(self, task: TaskRun) -> TaskRun:
        files = self._of(task, self._files)
        told = next((self._read[each.name][1] for each in files if each.name in self._read), None)
        shown = sum(not each.is_progress for each in files)
        if (task.progress, task.shown) == (told, shown):
            return task
        return replace(task, progress=told, shown=shown)

    def _of(self, task: TaskRun, files: Iterable[_File]) -> list[_File]:
        """Those of the execution that the task's row tells of: the last that fits its times."""
        if task.started is None:
            return []
        apart = timedelta(0) if self._backend.is_embedded else _APART
        first = task.started.replace(microsecond=task.started.microsecond // 1000 * 1000) - apart
        last = task.completed + apart if task.completed is not None else None
        own = [
            each
            for each in files
            if each.task == key_of(task.name)
            and each.began >= first
            and (last is None or each.began <= last)
        ]
        newest = max((each.began for each in own), default=None)
        return [each for each in own if each.began == newest]

    def _read_progress(self, group_id: str, tasks: Iterable[TaskRun]) -> None:
        """Read the files that are not as they were; of those there are few at a time."""
        changed = [
            each
            for task in tasks
            for each in self._of(task, self._files)
            if each.is_progress and self._read.get(each.name, ((), None))[0] != each.version
        ]
        found = self._contents(group_id, changed)
        for each in changed:
            if each.name in found:
                self._read[each.name] = (each.version, progress_from(found[each.name]))

    def _contents(self, group_id: str, files: list[_File]) -> Mapping[str, bytes]:
        if not files:
            return {}
        names = "|".join(re.escape(each.name) for each in files)
        place = f"{self._runs_folder()}{group_id}/"
        return self._backend.download_all(place, f".*/({names})")

    def _listed(self, group_id: str) -> Iterator[_File]:
        place = f"{self._runs_folder()}{group_id}/"
        for row in self._rows(place):
            name = str(row["name"]).rpartition("/")[2]
            if (found := _FILE.fullmatch(name)) is not None:
                yield _File(
                    name=name,
                    task=key_of(found[1]),
                    began=datetime.fromtimestamp(int(found[2]) / 1000, UTC),
                    is_progress=found[3] == _PROGRESS,
                    version=tuple(str(row[key]) for key in ("size", "md5", "last_modified")),
                )

    def _rows(self, place: str) -> Sequence[Row]:
        try:
            return self._backend.rows(f"LIST {quoted_string(place)}")
        except BackendError as error:
            if error.code == DOES_NOT_EXIST and self._deployed.is_past:
                return []  # a graph of SQL alone had no stage
            raise

    def _runs_folder(self) -> str:
        """Where they lie, ending in a slash; empty where no task of the graph can tell anything."""
        if self._runs is None:
            try:
                self._runs = self._found_folder()
            except ConnectError:
                raise
            except BackendError:  # as where the role may not see procedures
                return ""
        return self._runs

    def _found_folder(self) -> str:
        code, graph = self._code.get(), self._deployed
        if code.archive is None and graph.is_past and self._backend.is_embedded:
            return stage_location(default_stage(graph.root), told_folder(graph.name))
        is_told = code.tells and code.archive
        return f"{(code.archive or '').rpartition('/')[0]}$runs/" if is_told else ""
