"""What a commit asks of the statement that it makes durable. Knows no statement and no SQL."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol


class Effects(Protocol):
    """Decides between the end of a statement and its effect."""

    def effect(self, *, own: bool = True) -> AbstractContextManager[None]:
        """Around a commit; `own` is whether it is what the running statement is there for.

        Raises:
            SqlError: the statement was ended: nothing of it may be committed.
        """

    def undisturbed(self) -> AbstractContextManager[None]:
        """Around what must come to its end although the statement was ended."""


class Unended:
    """Implements `Effects` where nothing ends a statement."""

    def effect(self, *, own: bool = True) -> AbstractContextManager[None]:
        """Nothing is decided."""
        return nullcontext()

    def undisturbed(self) -> AbstractContextManager[None]:
        """Nobody disturbs."""
        return nullcontext()
