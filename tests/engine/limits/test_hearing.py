"""Work in Python hears that its statement must end, and knows not from whom."""

from __future__ import annotations

from sfdag_magics.engine.limits.hearing import hear, heard, hearing
from sfdag_magics.engine.sql.results.duck_errors import CANCELED


class Must:
    """Must end when it was asked so often."""

    def __init__(self, patience: int | None = None) -> None:
        self.asked = 0
        self.patience = patience

    def __call__(self) -> None:
        self.asked += 1
        if self.asked == self.patience:
            raise CANCELED


def test_without_a_statement_nothing_is_heard():
    hear()
    assert list(hearing("ab")) == ["a", "b"]


def test_the_statement_around_is_heard_again_after_one_inside():
    outer, inner = Must(), Must()
    with heard(outer):
        with heard(inner):
            hear()
        hear()
    hear()
    assert (outer.asked, inner.asked) == (1, 1)
