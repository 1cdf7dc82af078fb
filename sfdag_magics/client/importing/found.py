"""Tasks as a source says them, whatever it is, and what was found beside them. Knows no source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any

from sfdag_magics.graph.grammar import SetTag, TaskProperties
from sfdag_magics.graph.values.element import Element
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCode:
    """The Python code of a task.

    Attributes:
        text: a cell whose last function is the task's.
        needs: the names that it takes from its module.
        element: which element of a map it is given.
        function: the function of the program that the cell defines; None where it calls one.
    """

    text: str
    function: str | None = None
    needs: tuple[str, ...] = ()
    element: Element | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTask:
    """One task of a source.

    Attributes:
        name: as it is stored where the source makes it.
        spelled: the last part of the name as it is written.
        body: its SQL; empty where it has code.
        branch: the source says that its answer names the next task.
        root: the root of its graph, where the source says that beside the edges.
        is_started: whether the source starts it; None where it does not tell.
        line: where it stands in the source, from 1.
        left: what of it no source could be read as, in words.
        more: options that only tasks of this package have, by the names of `TaskOptions`.
    """

    name: QualifiedName
    spelled: str
    body: str = ""
    code: FoundCode | None = None
    properties: TaskProperties = field(default_factory=TaskProperties)
    after: tuple[QualifiedName, ...] = ()
    condition: str | None = None
    tags: tuple[SetTag, ...] = ()
    branch: bool = False
    root: QualifiedName | None = None
    is_started: bool | None = None
    packages: tuple[str, ...] = ()
    line: int | None = None
    left: tuple[str, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)


def _line(line: int) -> str:
    return f"line {line}"


@dataclass(slots=True)
class Findings:
    """What is to be said of a source. Filled while it is read.

    Attributes:
        problems: mistakes in it, and what could not be read: a person has to look there.
        not_carried: what it says that a graph here does not.
        notes: what is another here and means the same.
        place: how a line of the source is called.
    """

    problems: list[str] = field(default_factory=list)
    not_carried: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    place: Callable[[int], str] = _line

    def problem(self, text: str, line: int | None = None) -> None:
        """Add one, once."""
        self._add(self.problems, text, line)

    def left(self, text: str, line: int | None = None) -> None:
        """Add what is not carried, once."""
        self._add(self.not_carried, text, line)

    def note(self, text: str, line: int | None = None) -> None:
        """Add one, once."""
        self._add(self.notes, text, line)

    def _add(self, texts: list[str], text: str, line: int | None) -> None:
        place = self.place(line) if line is not None else ""
        said = f"{place}: {text}" if place else text
        if said not in texts:
            texts.append(said)
