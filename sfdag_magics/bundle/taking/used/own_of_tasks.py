"""Names that tasks have inside their own functions, where other code misses them.

Who makes tasks of a notebook's cells moves names into functions: what one cell imported or
computed, the next one does not find any more. Reads syntax trees; runs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sfdag_magics.bundle.written.names_given import own_names
from sfdag_magics.graph.source import FunctionSource
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnName:
    """A name that the function of a task gives to something.

    Attributes:
        task: which task's it is.
        is_import: an import statement does.
    """

    task: str
    is_import: bool

    def way_out(self, user: str) -> str:
        """What to do where code of the task `user` takes it from the notebook."""
        if self.is_import:
            return (
                f"{self.task} imports it for itself only: import it in a cell of its own, or "
                "inside the function"
            )
        if self.task == user:
            return f"{self.task} makes it inside its own function: hand it over as an argument"
        return (
            f"{self.task} makes it inside its own function: return it there, or write a table, "
            f"and take a parameter called {self.task}"
        )


def names_of_tasks(sources: Iterable[tuple[str, FunctionSource]]) -> Mapping[str, OwnName]:
    """Each name that functions of tasks have inside, by the first task that has it."""
    found: dict[str, OwnName] = {}
    for task, source in sources:
        for name, is_import in own_names(source.node).items():
            found.setdefault(name, OwnName(task=task, is_import=is_import))
    return found
