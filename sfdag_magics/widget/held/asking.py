"""A question that an action puts to the person at the page, and the thread that waits meanwhile.

Knows no page: what is asked stands in the view's state, so that every page of the view shows it,
also one that is opened later.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable

from sfdag_magics.client.observing.questions import Question
from sfdag_magics.widget.messages import PageQuestion


class Asking:
    """One question at a time: an action that asks does nothing else until it is answered.

    Args:
        on_change: called when a question came or went, in the thread that did it.
    """

    def __init__(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self._ids = itertools.count(1)
        self._answered = threading.Condition()  # guards what follows
        self._asked: tuple[str, Question] | None = None
        self._answer = ""
        self._is_closed = False

    def agrees(self, question: Question) -> bool:
        """Put a question and block until it is answered; without a page any more, no."""
        with self._answered:
            if self._is_closed:
                return False
            self._asked, self._answer = (f"q{next(self._ids)}", question), ""
        self._on_change()
        with self._answered:
            self._answered.wait_for(lambda: self._asked is None)
        self._on_change()
        return question.agrees(self._answer)

    def answer(self, question_id: str, text: str) -> None:
        """What was typed or pressed; an answer to a question that is over is none. Any thread."""
        with self._answered:
            if self._asked is not None and self._asked[0] == question_id:
                self._asked, self._answer = None, text
                self._answered.notify_all()

    def close(self) -> None:
        """Take no answer for a no, now and later."""
        with self._answered:
            self._is_closed = True
            self._asked = None
            self._answered.notify_all()

    def told(self, completed: Callable[[str], str]) -> PageQuestion | None:
        """The open question, for the page; `completed` completes its command."""
        with self._answered:
            asked = self._asked
        if asked is None:
            return None
        question_id, question = asked
        return {
            "id": question_id,
            "says": question.text if question.name else f"{question.text}?",
            "name": question.name,
            "command": completed(question.instead),
        }
