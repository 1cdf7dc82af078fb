"""What an import gives: graphs, the code around them, and what is to be said of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sfdag_magics.client.importing.cells import LOADS, graph_cells
from sfdag_magics.client.importing.module_text import module_text
from sfdag_magics.client.importing.notebooks import notebook_of
from sfdag_magics.errors import InputError
from sfdag_magics.graph.arguments.calls import tells_arguments
from sfdag_magics.graph.displayed import Displayed
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.graph.names import counted
from sfdag_magics.light_classes import dataclass

if TYPE_CHECKING:
    from nbformat import NotebookNode

#: Stands in the first line of what is imported: such a file an import may write over.
MADE_BY = "made by sfdag import"
_BEGINNING = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedGraph:
    """One graph.

    Attributes:
        graph: its tasks and options; it runs where its cells do.
        code: cells of plain Python that its tasks need, in order.
    """

    graph: TaskGraph
    code: tuple[str, ...] = ()


@tells_arguments
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Imported(Displayed):
    """What was read of a source; nothing of it ran.

    Attributes:
        source: what was read: a file, a name, a variable.
        problems: mistakes in it, and what could not be read.
        not_carried: what it says that a graph here does not.
        notes: what is another here and means the same.
    """

    source: str
    graphs: tuple[ImportedGraph, ...] = ()
    problems: tuple[str, ...] = ()
    not_carried: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<{self.summary}>"

    @property
    def summary(self) -> str:
        """What it is, in a line."""
        tasks = sum(len(each.graph.tasks) for each in self.graphs)
        named = ", ".join(each.graph.name for each in self.graphs)
        return f"{named} from {self.source}: {counted(tasks, 'task')}"

    def graph(self, name: str | None = None) -> TaskGraph:
        """One of its graphs; without a name the only one.

        Raises:
            InputError: there is none of this name, or there are several.
        """
        names = [each.graph.name for each in self.graphs]
        found = [
            each.graph
            for each in self.graphs
            if name is None or each.graph.name.upper() == name.upper()
        ]
        if len(found) != 1:
            which = f"no graph {name!r}" if name else f"{len(found)} graphs"
            raise InputError(f"{self.source} has {which}: {', '.join(names)}", hint="name one")
        return found[0]

    def of_graph(self, name: str) -> Imported:
        """Of several graphs one alone."""
        graph = self.graph(name)
        kept = tuple(each for each in self.graphs if each.graph is graph)
        return Imported(
            source=self.source,
            graphs=kept,
            problems=self.problems,
            not_carried=self.not_carried,
            notes=self.notes,
        )

    @property
    def cells(self) -> tuple[str, ...]:
        """The cells of a notebook that has its graphs, in order."""
        parts = (graph_cells(each.graph, each.code) for each in self.graphs)
        return (LOADS, *(cell for cells in parts for cell in cells))

    @property
    def module(self) -> str:
        """A Python file with its graphs, as `sfdag run FILE.py` reads it."""
        head = (f"{MADE_BY}: {self.summary}", *self.lines()[1:])
        return module_text(head, [(each.graph, each.code) for each in self.graphs])

    @property
    def notebook(self) -> NotebookNode:
        """A notebook of its cells, as `nbformat` writes it."""
        return notebook_of(f"{MADE_BY}: {self.summary}", self.lines()[1:], self.cells)

    def lines(self) -> tuple[str, ...]:
        """What is to be said of it, in lines."""
        said = (
            *(f"wrong: {each}" for each in self.problems),
            *(f"not carried: {each}" for each in self.not_carried),
            *(f"note: {each}" for each in self.notes),
        )
        return (self.summary, *said)


def no_task(source: str) -> InputError:
    """The error for a source in which no task is made."""
    return InputError(
        f"{source} makes no task",
        hint="a program with a DAG, a script with CREATE TASK, or the name of a deployed graph",
    )


def is_made_by_an_import(text: str) -> bool:
    """Whether a file's text says of itself that it is one: in its first line, or first cell."""
    return MADE_BY in text[:_BEGINNING]
