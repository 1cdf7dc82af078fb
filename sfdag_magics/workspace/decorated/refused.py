"""Cells and decorated functions that were to be tasks and are none: what is wrong with them.

Knows their texts as far as they name tasks; reads no options, and runs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sfdag_magics.errors import InputError, Problem, SfdagError
from sfdag_magics.graph.arguments.option_values import names_of
from sfdag_magics.light_classes import dataclass

_NAMED = re.compile(r"^\s*%%sftask[ \t]+(\w+)")
_DEFINED = re.compile(r"^(?:async[ \t]+)?def[ \t]+(\w+)", re.MULTILINE)
_AFTER = re.compile(r"--after(?:[ \t]+|=)(\w+(?:[ \t]*,[ \t]*\w+)*)")
_GRAPH = re.compile(r"^\s*%%sftask\b.*?(?:-g|--graph)[ =]([\w.]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """What makes no task as it is written.

    Attributes:
        place: where it stands, for people.
        task: what it was to be, where that is known.
        names: of functions and tasks that are missing for it.
        graph: the graph that it names.
        after: the tasks that it would wait for, as far as its line says so.
        words: of its lines, other tasks' names among them; None where they are not known.
    """

    error: SfdagError
    place: str
    task: str | None = None
    names: tuple[str, ...] = ()
    graph: str | None = None
    after: tuple[str, ...] = ()
    words: frozenset[str] | None = None

    def may_be_after(self, task: str) -> bool:
        """Whether it would wait for this task if it were one."""
        return self.words is None or task in self.words

    @property
    def problem(self) -> Problem:
        """The same as one of several."""
        error, said = self.error, self.error.message.removeprefix(f"{self.task}: ")
        if error.problems:
            said = f"{said}: {'; '.join(each.in_a_line for each in error.problems)}"
        where = error.where or self.place
        is_told = where in said or where in error.message
        message = said if is_told else f"{said} ({where})"
        return Problem(task=self.task, message=message, hint=error.hint)


def refused_cell(source: str, place: str, error: SfdagError) -> Refused:
    """A cell that describes nothing, and why."""
    named, defined = _NAMED.match(source), _DEFINED.findall(source)
    graph = _GRAPH.match(source)
    is_task = source.lstrip().startswith("%%sftask")
    line = source.lstrip().partition("\n")[0] if is_task else ""
    task = named[1] if named else next(reversed(defined), None)
    return Refused(
        error=error,
        place=place,
        task=task if is_task else None,
        names=(*defined, *((named[1],) if named else ())),
        graph=graph[1] if graph else None,
        after=tuple(name for listed in _AFTER.findall(line) for name in names_of(listed)),
        words=frozenset(re.findall(r"\w+", source)),
    )


def told_together(refused: Sequence[Refused], of: str) -> SfdagError:
    """The error of all of them.

    Args:
        of: the file that they stand in.
    """
    if len(refused) == 1:
        (alone,) = refused
        is_placed = alone.error.where or alone.place in alone.error.message
        alone.error.where = alone.error.where if is_placed else alone.place
        return alone.error
    what = "cells" if of.endswith(".ipynb") else "tasks"
    return InputError(
        f"{len(refused)} {what} of {of} are wrong",
        problems=tuple(each.problem for each in refused),
        hint="correct what is named, then the same again",
    )
