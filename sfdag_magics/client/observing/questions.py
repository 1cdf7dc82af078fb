"""What a person is asked before something is done: the words, and what answers yes.

The same question for verb and button. Pure: who is asked, and how, others know.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from sfdag_magics.light_classes import dataclass

_YES = frozenset({"y", "yes"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Whether to go on.

    Attributes:
        what: what is to be done, such as `deploy to embedded engine · DB.S`.
        name: what has to be typed to agree, where a yes is not enough: a production target's name.
        instead: the command that needs no answer, for where nobody can give one.
        programs_mean_it: a program that calls it is not asked, for who wrote it meant it; who types
            a verb in a shell is.
        is_of_others: it replaces another's work: `--yes` does not agree to that, `--replace` does.
        since: when the newest came there of what it asks to replace; None where that is not known.
    """

    what: str
    name: str = ""
    instead: str
    programs_mean_it: bool = False
    is_of_others: bool = False
    since: datetime | None = None

    @property
    def text(self) -> str:
        """The question as it is read.

        >>> Question(what="run churn there", name="prod", instead="%sfdag run --yes").text
        'this is production: type prod to run churn there'
        """
        return f"this is production: type {self.name} to {self.what}" if self.name else self.what

    def agrees(self, answer: str) -> bool:
        """Whether this answer means yes."""
        return answer.strip() == self.name if self.name else answer.strip().lower() in _YES


class Agrees(Protocol):
    """Puts a question to a person and says whether they agree; blocks until they answer."""

    def __call__(self, question: Question, /) -> bool:
        """Whether to go on."""
