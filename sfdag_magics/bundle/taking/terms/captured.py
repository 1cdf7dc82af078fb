"""What travels with one task, as the rest of the package reads it. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from sfdag_magics.bundle.taking.terms.pieces import Made, Written
from sfdag_magics.errors import Problem
from sfdag_magics.light_classes import dataclass


class TakenAs(StrEnum):
    """How something a task takes from the notebook travels."""

    IMPORT = "import"
    SOURCE = "source"
    LITERAL = "literal"
    FILE = "file"
    PICKLE = "pickle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One thing a task takes, for the report before a deploy; `text` is what ships, in short."""

    name: str
    how: TakenAs
    text: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCapture:
    """All that travels with one task, and what cannot.

    Attributes:
        imports: import lines.
        pieces: the rest of its module, in the order in which it runs; the task's own function is
            the last that is written.
        files: `{path in the archive: content}` of local modules.
        third_party: modules that must be installed where the task runs: `xgboost`, `snowflake.ml`.
        notes: what is shipped and may surprise.
        fingerprints: `{name: what it is}`, to see later whether it was redefined.
        absent: `{module: who imports it}` of those that are not installed in this kernel.
    """

    task: str
    imports: tuple[str, ...] = ()
    pieces: tuple[Written | Made, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    third_party: tuple[str, ...] = ()
    taken: tuple[Taken, ...] = ()
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    absent: Mapping[str, str] = field(default_factory=dict)

    @property
    def definitions(self) -> tuple[Written, ...]:
        """What is written in the notebook."""
        return tuple(piece for piece in self.pieces if isinstance(piece, Written))

    @property
    def assignments(self) -> tuple[str, ...]:
        """The lines that we made."""
        made = (piece.lines for piece in self.pieces if isinstance(piece, Made))
        return tuple(line for lines in made for line in lines)

    @property
    def futures(self) -> tuple[str, ...]:
        """The `from __future__` names its code is written for."""
        return tuple(sorted(frozenset().union(*(each.futures for each in self.definitions))))

    @property
    def size(self) -> int:
        """The bytes that travel."""
        return sum(taken.size for taken in self.taken)
