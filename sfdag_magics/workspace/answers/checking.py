"""Whether a graph can run: with what is deployed where a target is open, else by what is here.

Starts nothing and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sfdag_magics.bundle import not_shippable
from sfdag_magics.bundle.passed_values import problems_of_config
from sfdag_magics.client.checking.available import lacking, stock_here
from sfdag_magics.client.checking.secrets_said import secrets_said
from sfdag_magics.client.code.deployed_code import Code
from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.errors import Problem
from sfdag_magics.graph.model import TaskGraph, TaskKind
from sfdag_magics.graph.names import counted, did_you_mean, key_of
from sfdag_magics.graph.validate import NO_ARMS
from sfdag_magics.light_classes import dataclass
from sfdag_magics.place_words import AFTER
from sfdag_magics.workspace.decorated.refused import Refused
from sfdag_magics.workspace.left_behind import left_behind
from sfdag_magics.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A graph in which nothing is wrong, its deployed tasks among it, and what to note.

    Attributes:
        unread: the tasks whose SQL no target was shown, because none is open.
    """

    whole: TaskGraph
    notes: tuple[str, ...]
    unread: tuple[str, ...] = ()

    def __str__(self) -> str:
        whole = f"graph {self.whole.name}: {counted(len(self.whole.tasks), 'task')}, nothing wrong"
        unread = f"SQL that no target was shown: {listed(self.unread)}" if self.unread else ""
        return "\n".join((whole, *self.notes, *filter(None, (unread,))))

    @property
    def not_loaded(self) -> tuple[str, ...]:
        """The deployed tasks whose cells were not run here."""
        return tuple(t.name for t in self.whole.tasks if t.kind is TaskKind.NOT_LOADED)


def validate(workspace: Workspace, graph: TaskGraph, target: str | None = None) -> Checked:
    """Check the graph, with what is deployed where that can be seen without starting anything.

    Raises:
        GraphError: the graph cannot run; carries all problems, of code that cannot be shipped too.
        CaptureError: there are no others than those of its code.
    """
    if workspace.places.is_there(target):
        found = _found_there(workspace, graph, target)
    else:
        found = _found_alone(workspace, graph, target)
    _refuse(graph, found, workspace.registry.refused(graph))
    return found.checked()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """All that was looked at of a graph.

    Attributes:
        wrong: what is wrong with it, its packages among that.
        unread: as of `Checked`.
    """

    whole: TaskGraph
    wrong: tuple[Problem, ...]
    code: Code | None
    notes: tuple[str, ...]
    unread: tuple[str, ...] = ()

    def checked(self) -> Checked:
        return Checked(whole=self.whole, notes=self.notes, unread=self.unread)


def _found_there(workspace: Workspace, graph: TaskGraph, target: str | None) -> _Found:
    standing = workspace.deploys.standing(graph, target)
    found = standing.found()
    code = workspace.deploys.code_to_mend(standing.whole)
    packages = standing.found_of_packages(code)
    return _Found(
        whole=standing.whole,
        wrong=(*found.problems, *packages.problems),
        code=code,
        notes=(*found.notes, *packages.notes, *_notes_here(workspace, graph, code)),
    )


def _found_alone(workspace: Workspace, graph: TaskGraph, target: str | None) -> _Found:
    """Without a target that could be asked."""
    there = workspace.places.target(target)
    wrong = (*graph.validate(), *secrets_said(graph, graph.options))
    wrong = (*wrong, *problems_of_config(graph, graph.options.config, told=wrong))
    code = workspace.deploys.code_to_mend(graph)
    if code is not None and there.is_embedded:
        wrong = (*wrong, *lacking(code, code.packages, stock_here()))
    return _Found(
        whole=graph,
        wrong=wrong,
        code=code,
        notes=(*graph.notes(), *_notes_here(workspace, graph, code)),
        unread=tuple(task.name for task in graph.tasks if task.kind is TaskKind.SQL),
    )


def _refuse(graph: TaskGraph, found: _Found, refused: Sequence[Refused]) -> None:
    """Raise all that is wrong at once; what follows from a cell that made no task is left out."""
    of_code = found.code.problems if found.code is not None else ()
    problems = [
        *(each.problem for each in refused),
        *_after_nothing(graph, refused),
        *(each for each in (*found.wrong, *of_code) if not _follows(each, refused)),
    ]
    if problems and problems == [*of_code]:
        raise not_shippable(of_code)
    if problems:
        raise graph.refused(problems)


def _after_nothing(graph: TaskGraph, refused: Sequence[Refused]) -> Iterator[Problem]:
    """What cells that made no task would come after, and what no cell was to make."""
    others = [name for each in refused for name in each.names]
    known = (*(task.name for task in graph.tasks), *graph.maps, *others)
    for each in refused:
        for name in each.after:
            if not graph.means(name) and key_of(name) not in map(key_of, others):
                said = f"{AFTER} {name!r} is not a task of graph {graph.name!r}"
                yield Problem(
                    task=each.task,
                    message=said,
                    hint=did_you_mean(name, [it for it in known if it != each.task]),
                )


def _follows(problem: Problem, refused: Sequence[Refused]) -> bool:
    """Whether a problem is one only because these tasks were not made."""
    if problem.message == NO_ARMS:
        return any(each.may_be_after(problem.task or "") for each in refused)
    return any(f"'{name}'" in problem.message for each in refused for name in each.names)


def _notes_here(workspace: Workspace, graph: TaskGraph, code: Code | None) -> tuple[str, ...]:
    return (*(code.told_notes(code.tasks) if code else ()), *left_behind(workspace.registry, graph))
