"""The check of an archive: each task is loaded in a process of its own kind, then compared.

What one of them gave is remembered by its code: a task that is as it was is not loaded again, only
compared with what the notebook has by now. Knows no target.
"""

from __future__ import annotations

import os
import sys
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from sfdag_magics.bundle.archive import PACKAGE
from sfdag_magics.bundle.checked.comparing import LoadedDifference, differences
from sfdag_magics.bundle.checked.difference_words import (
    failure,
    not_loaded,
    note_of,
    problem_of,
    unsaid,
)
from sfdag_magics.bundle.checked.inside.fingerprint import Node, fingerprint
from sfdag_magics.bundle.checked.process import Checker
from sfdag_magics.bundle.meaning import content_hash
from sfdag_magics.bundle.modules import installations
from sfdag_magics.bundle.source import ModuleSource
from sfdag_magics.bundle.taking.terms.captured import TaskCapture
from sfdag_magics.errors import Problem
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.light_classes import dataclass

#: A task that takes longer to load is not compared: a deploy is not to wait for it.
LIMIT_S = 10.0
#: Tasks whose loading is remembered; more than a notebook has.
_MOST_KEPT = 2000
#: So many of them are waited for.
_MOST_LATE = 2
#: Differences of one task that are said; where more differ, it is one thing that went wrong.
_MOST_SAID = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A graph's code, on the way to be sent: all tasks, their modules, and the archive of both."""

    graph: TaskGraph
    tasks: Sequence[TaskCapture]
    modules: Sequence[ModuleSource]
    archive: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the check says of one task."""

    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


@cache
def load_check() -> LoadCheck | None:
    """The check of this process: its kept process is started when it is first needed.

    None on Windows, where no process is the copy of another.
    """
    return LoadCheck(Checker()) if hasattr(os, "fork") else None


class LoadCheck:
    """Loads what is new of an archive, and compares all of it with the notebook."""

    def __init__(self, checker: Checker, limit_s: float = LIMIT_S) -> None:
        self._checker = checker
        self._limit_s = limit_s
        self._known: OrderedDict[str, dict[str, Any]] = OrderedDict()

    def expect(self, third_party: Iterable[str]) -> None:
        """Be ready for tasks that import these, in the background; returns at once."""
        self._checker.warm(_importable(third_party), installations)

    def __call__(self, code: Compiled) -> dict[str, Said]:
        """`{task: what is to be said of it}`, of those of which there is something."""
        keys = {
            task.task: _key(task, module)
            for task, module in zip(code.tasks, code.modules, strict=True)
            if not task.absent and _is_of_main(code, task.task)
        }
        new = [task for task, key in keys.items() if key not in self._known]
        late = self._load(code, new, keys)
        here = _Here(code, [self._known[key] for key in keys.values() if key in self._known])
        found: dict[str, Said] = {}
        for task in code.tasks:
            if task.task in late:
                found[task.task] = Said(notes=(not_loaded(self._limit_s),))
            elif task.task in keys:
                found[task.task] = self._compared(here, task, keys[task.task])
        return {task: said for task, said in found.items() if said.notes or said.problems}

    def _load(self, code: Compiled, tasks: list[str], keys: Mapping[str, str]) -> frozenset[str]:
        """Keep what they are once they are loaded; those that were not in time."""
        late: list[str] = []
        while tasks and len(late) < _MOST_LATE:
            answer = self._checker.load(self._request(code, tasks))
            self._known.update({keys[task]: said for task, said in answer.items()})
            left = [task for task in tasks if task not in answer]
            late, tasks = late + left[:1], left[1:]
        while len(self._known) > max(_MOST_KEPT, len(keys)):
            self._known.popitem(last=False)
        return frozenset((*late, *tasks))

    def _request(self, code: Compiled, tasks: Sequence[str]) -> dict[str, Any]:
        return {
            "imports": _importable(name for each in code.tasks for name in each.third_party),
            "path": installations(),
            "archive": code.archive,
            "package": PACKAGE,
            "tasks": list(tasks),
            "own": list(_own(code.tasks)),
            "limit_s": self._limit_s,
        }

    def _compared(self, here: _Here, task: TaskCapture, key: str) -> Said:
        found = _looked(here, task, self._known[key])
        if found.problems or found.notes:
            # Alone, as it runs: another task of the graph may have left something there. What it
            # gives otherwise each time, it gives otherwise where it runs as well.
            again = self._checker.load(self._request(here.code, [task.task]))
            if task.task in again:
                found = _in_both(found, _looked(here, task, again[task.task]))
        return found


class _Here:
    """What the notebook has by now of all names that the tasks have: looked at once for all."""

    def __init__(self, code: Compiled, loaded: Iterable[Mapping[str, Any]]) -> None:
        self.code = code
        self._names = dict.fromkeys(name for each in loaded for name in each.get("roots", ()))
        self._own = _own(code.tasks)
        #: By the ids of their namespaces, which are kept with them.
        self._known: dict[int, tuple[Mapping[str, object], list[Node], dict[str, int]]] = {}

    def differences(self, task: str, loaded: Mapping[str, Any]) -> Iterator[LoadedDifference]:
        """Where what a task has differs from what the notebook has."""
        source = self.code.graph.task(task).source
        assert source is not None  # noqa: S101 - it was captured
        nodes, roots = self._fingerprint(source.namespace())
        other = [Node(*each) for each in loaded["nodes"]]
        there: Mapping[str, int] = loaded["roots"]
        pairs = {name: (roots[name], there[name]) for name in there if name in roots}
        return differences(nodes, other, pairs)

    def _fingerprint(self, namespace: Mapping[str, object]) -> tuple[list[Node], dict[str, int]]:
        if id(namespace) not in self._known:
            names = {name: namespace[name] for name in self._names if name in namespace}
            self._known[id(namespace)] = namespace, *fingerprint(names, self._own)
        return self._known[id(namespace)][1:]


def _looked(here: _Here, task: TaskCapture, loaded: Mapping[str, Any]) -> Said:
    if "failed" in loaded:
        said = failure(task, loaded["failed"])
        return Said(problems=() if said is None else (said,))
    # Whose text has values put into it, `taking` knows what it does.
    edited = {piece.name for piece in task.definitions if piece.original}
    found = here.differences(task.task, loaded)
    found = (each for each in found if not (each.is_code and each.name in edited))
    left = [each for each in found if unsaid(each, task.notes)][:_MOST_SAID]
    return Said(
        notes=tuple(note_of(each) for each in left if not each.is_wrong),
        problems=tuple(problem_of(each, task) for each in left if each.is_wrong),
    )


def _in_both(one: Said, other: Said) -> Said:
    return replace(
        one,
        notes=tuple(each for each in one.notes if each in other.notes),
        problems=tuple(each for each in one.problems if each in other.problems),
    )


def _key(task: TaskCapture, module: ModuleSource) -> str:
    """What a task is loaded from."""
    return content_hash(repr((module.text, module.pieces, sorted(task.files.items()))).encode())


def _importable(modules: Iterable[str]) -> list[str]:
    """What the kept process imports once; elsewhere, native libraries do not outlive a fork."""
    return sorted(set(modules)) if sys.platform == "linux" else []


def _is_of_main(code: Compiled, task: str) -> bool:
    """Not a function of a module: over there its code is the main module's, and its names are."""
    source = code.graph.task(task).source
    return source is None or source.namespace().get("__name__", "__main__") == "__main__"


def _own(tasks: Sequence[TaskCapture]) -> frozenset[str]:
    """The modules that travel."""
    paths = {path[:-3] for each in tasks for path in each.files if path.endswith(".py")}
    return frozenset(path.replace("/", ".").removesuffix(".__init__") for path in paths)
