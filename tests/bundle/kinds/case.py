"""A case of the table. Knows no notebook: `test_kinds` runs it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Cells, then an expression that a task returns.

    Attributes:
        says: a pattern of the refusal; empty where the task's value is the notebook's.
        notes: a pattern of the note that says why the value differs.
    """

    what: str
    cells: tuple[str, ...]
    task: str
    says: str = ""
    notes: str = ""


def same(what: str, *cells: str, task: str) -> Case:
    """A case whose value is the same in the task as in the notebook."""
    return Case(what=what, cells=cells, task=task)


def refused(what: str, *cells: str, task: str, says: str) -> Case:
    """A case that is refused before anything is sent."""
    return Case(what=what, cells=cells, task=task, says=says)


def noted(what: str, *cells: str, task: str, notes: str) -> Case:
    """A case whose value may be another one in the task, which is said before anything is sent."""
    return Case(what=what, cells=cells, task=task, notes=notes)
