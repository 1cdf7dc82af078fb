"""Large JSON texts on one line, piece by piece: no tree is made, and none is walked.

A tree of sixteen megabytes of numbers takes gigabytes and minutes. What stands between two texts or
brackets is one piece here, however many numbers it has, and is rewritten as a whole. Objects whose
keys do not stand by the alphabet are not rewritten; `json_text` makes a tree of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from sfdag_magics.engine.limits.hearing import hearing

_PIECE = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|\[\s*\]|\{\s*\}|[\[\]{}]|[^"\[\]{}]+', re.DOTALL)
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
#: Numbers that may be shown otherwise: with an exponent, or with zeros at their end.
_SHOWN_OTHERWISE = re.compile(r"[0-9][eE]|\.[0-9]*0(?![0-9])")
_SPACE = re.compile(r"\s")
_CLOSED_BY = {"[": "]", "{": "}"}


class NotInPiecesError(ValueError):
    """A tree is needed: the keys of an object do not stand by the alphabet, or it is no JSON."""


def in_pieces(text: str, shown: Callable[[str], str]) -> str:
    """The same JSON on one line without spaces, its numbers as `shown` has them.

    Raises:
        NotInPiecesError: it cannot be written so.
    """
    written: list[str] = []
    nesting = _Nesting()
    for found in hearing(_PIECE.finditer(text)):
        piece = found[0]
        if piece in _CLOSED_BY:
            nesting.open(piece)
        elif piece in ("]", "}"):
            nesting.close(piece)
        elif piece[0] in "[{":
            piece = piece[0] + piece[-1]
        elif piece[0] == '"':
            piece = nesting.text(piece)
        else:
            piece = nesting.between(piece, shown)
        written.append(piece)
    if nesting.is_open or not any(written):
        raise NotInPiecesError
    return "".join(written)


class _Nesting:
    """Where in the text one is."""

    def __init__(self) -> None:
        self._open: list[str] = []
        #: The last key of each open object, and whether a key comes next.
        self._keys: list[str | None] = []
        self._is_key = False

    @property
    def is_open(self) -> bool:
        """Whether something was not closed."""
        return bool(self._open)

    def open(self, bracket: str) -> None:
        """Go into an object or an array."""
        self._open.append(bracket)
        self._keys.append(None)
        self._is_key = bracket == "{"

    def close(self, bracket: str) -> None:
        """Come out of it again."""
        if not self._open or _CLOSED_BY[self._open.pop()] != bracket:
            raise NotInPiecesError
        self._keys.pop()
        self._is_key = False

    def text(self, quoted: str) -> str:
        """A text, whose characters are written as they are."""
        if "\\" in quoted:
            quoted = _rewritten(quoted)
        if self._is_key:
            before = self._keys[-1]
            if "\\" in quoted or (before is not None and before >= quoted[1:-1]):
                raise NotInPiecesError
            self._keys[-1], self._is_key = quoted[1:-1], False
        return quoted

    def between(self, piece: str, shown: Callable[[str], str]) -> str:
        """Numbers, words, commas and colons up to the next text or bracket."""
        if _SPACE.search(piece):
            piece = "".join(piece.split())
        if _SHOWN_OTHERWISE.search(piece):
            piece = _NUMBER.sub(lambda number: shown(number[0]), piece)
        self._is_key = piece.endswith(",") and bool(self._open) and self._open[-1] == "{"
        return piece


def _rewritten(quoted: str) -> str:
    try:
        return json.dumps(json.loads(quoted), ensure_ascii=False)
    except ValueError as problem:
        raise NotInPiecesError from problem
