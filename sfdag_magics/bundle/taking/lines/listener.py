"""Who is told of what ships: the walk, or nobody where something is only tried."""

from __future__ import annotations

from typing import Protocol

from sfdag_magics.bundle.taking.lines.imports import Importing
from sfdag_magics.bundle.taking.terms.pieces import Item, Written


class Listener(Importing, Protocol):
    """Is told what ships, and takes what that uses."""

    def written(self, item: Item, piece: Written, at_once: frozenset[str]) -> None:
        """Lines of a cell ship; these of their names are needed as soon as they run."""

    def noted(self, said: str) -> None:
        """Something of what ships may surprise."""

    def made(self, name: str, value: object, text: str) -> None:
        """An expression ships in place of a value; raises `Refused`."""


class Deaf:
    """Hears of what ships, and takes nothing. Implements `Listener`."""

    def written(self, item: Item, piece: Written, at_once: frozenset[str]) -> None:
        """Lines of a cell."""

    def noted(self, said: str) -> None:
        """What may surprise."""

    def made(self, name: str, value: object, text: str) -> None:
        """An expression in place of a value."""

    def imported(self, name: str, line: str, module: str) -> None:
        """An import line."""
