"""Whether a graph can run: with what is deployed where a target is open, else by what is here.

Starts nothing and changes nothing.
"""

from __future__ import annotations

from sfdag_magics.bundle.passed_values import problems_of_config
from sfdag_magics.client.checking.available import lacking, stock_here
from sfdag_magics.client.checking.secrets_said import secrets_said
from sfdag_magics.client.code.deployed_code import Code
from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.graph.model import TaskGraph, TaskKind
from sfdag_magics.graph.names import counted
from sfdag_magics.light_classes import dataclass
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
        GraphError: the graph cannot run; carries all problems.
        CaptureError: a task takes something that cannot be shipped.
    """
    if not workspace.places.is_there(target):
        return _validate_alone(workspace, graph, target)
    standing = workspace.deploys.standing(graph, target)
    notes = standing.check()
    code = workspace.deploys.code(standing.whole)
    notes = (*notes, *standing.check_packages(code), *_notes_here(workspace, graph, code))
    return Checked(whole=standing.whole, notes=notes)


def _validate_alone(workspace: Workspace, graph: TaskGraph, target: str | None) -> Checked:
    """Without a target that could be asked."""
    there = workspace.places.target(target)
    graph.check(more=secrets_said(graph, graph.options))
    graph.check(more=problems_of_config(graph, graph.options.config))
    code = workspace.deploys.code(graph)
    if code is not None and there.is_embedded:
        graph.check(more=lacking(code, code.packages, stock_here()))
    return Checked(
        whole=graph,
        notes=(*graph.notes(), *_notes_here(workspace, graph, code)),
        unread=tuple(task.name for task in graph.tasks if task.kind is TaskKind.SQL),
    )


def _notes_here(workspace: Workspace, graph: TaskGraph, code: Code | None) -> tuple[str, ...]:
    return (*(code.told_notes(code.tasks) if code else ()), *left_behind(workspace.registry, graph))
