"""What one walk has to say of its task: problems, each with the way to it, and notes."""

from __future__ import annotations

from collections.abc import Iterable

from sfdag_magics.bundle.secrets import is_secret
from sfdag_magics.bundle.taking.bound_at import bound_at
from sfdag_magics.bundle.taking.secrets_taken import TakenSecret
from sfdag_magics.bundle.taking.terms.pieces import Written
from sfdag_magics.bundle.taking.terms.refusals import Refused
from sfdag_magics.bundle.ways_out import way_out_of_secret
from sfdag_magics.bundle.written.cells import Cells
from sfdag_magics.errors import Problem
from sfdag_magics.graph.source import FunctionSource


class SaidOfTask:
    """The problems and notes of one task.

    Attributes:
        user: the lines through which the task comes to what is looked at now.
    """

    def __init__(self, task: str, source: FunctionSource, cells: Cells) -> None:
        self._task = task
        self._source = source
        self._cells = cells
        self.problems: list[Problem] = []
        self.notes: list[str] = []
        self.user: Written | None = None

    def problem(self, message: str, hint: str) -> Problem:
        """A problem, with the helper through which the task comes to it."""
        by = self.user
        if by is not None and by.name != self._source.name:
            message = f"its {by.name} ({by.place}, line {by.first_line}) {message}"
        return Problem(task=self._task, message=message, hint=hint)

    def each(self, wrong: Iterable[tuple[str, str]]) -> list[Problem]:
        """Problems of several."""
        return [self.problem(message, hint) for message, hint in wrong]

    def wrong(self, message: str, hint: str) -> None:
        """Keep a problem."""
        self.problems.append(self.problem(message, hint))

    def refuse(self, name: str, refused: Refused) -> None:
        """Keep that what a name stands for cannot travel, and where it is made."""
        known = refused.message.startswith("whose")
        takes = f"uses {name!r}" if known else f"takes {name!r} from the notebook"
        place = bound_at(name, self._cells)
        is_said = place is None or place in f"{refused.message} {refused.hint}"
        made = "" if is_said else f" ({place})"
        self.wrong(f"{takes}{made}, {refused.message}", refused.hint)

    def noted(self, said: str) -> None:
        """Keep what may surprise, once."""
        if said not in self.notes:
            self.notes.append(said)

    def redefined(self, piece: Written, own: str) -> None:
        """Keep that another cell defines what the task's cell, called `own`, defines as well."""
        self.noted(f"{piece.name!r} of {own} was redefined in {piece.place}: that one is shipped")

    def check_literal(self, name: str, value: object) -> None:
        """Raises Refused for one that looks like a secret."""
        if name not in self._source.allow_secret and is_secret(name, value):
            raise Refused(
                "which looks like a secret, and code is readable where it is deployed",
                way_out_of_secret(name),
            )

    def check_secrets(self, taken: Iterable[TakenSecret]) -> None:
        """Refuse them, unless they, or what they stand in, are allowed by name."""
        for each in taken:
            if not each.is_allowed(self._source.allow_secret):
                self.wrong(*each.said)
