"""Whether somebody agrees to what a script is to do to production or to another's work.

Knows what was said when the target was opened, and no verb.
"""

from __future__ import annotations

from sfdag_magics.client.observing.questions import Agrees, Question
from sfdag_magics.errors import InputError
from sfdag_magics.workspace.places import Places


class Consent:
    """What was agreed to by having named production, or is by who is asked.

    Args:
        production: the name of the production target that is meant.
        asks: who is asked; None where nobody can be.
    """

    def __init__(self, places: Places, production: str | None, asks: Agrees | None) -> None:
        self._places = places
        self._production = production
        self.asks = asks

    def check(self, what: str) -> None:
        """See that production is meant, where the target is.

        Raises:
            InputError: nobody agreed.
        """
        question = self._places.question(what, instead="open_target")
        if question.name and not self.is_given(question):
            raise not_agreed(what)

    def is_given(self, question: Question) -> bool:
        """Whether somebody agrees, by having named production or by being asked.

        Raises:
            InputError: there is nobody to ask.
        """
        if question.name and self._production is not None and question.agrees(self._production):
            return True
        if self.asks is not None:
            return self.asks(question)
        if question.programs_mean_it:
            return True
        if question.name:
            raise InputError(
                f"{question.name} is production: nobody agreed to {question.what}",
                hint=f"open_target({question.name!r}, production={question.name!r})",
            )
        raise InputError(
            f"nobody agreed to {question.what}",
            hint="open_target(…, agrees=…), which is asked: lambda question: True agrees to all",
        )


def not_agreed(what: str) -> InputError:
    """The error of what was not done for that reason."""
    return InputError(f"not done, for nobody agreed: {what}", hint="open_target(…, agrees=…)")
