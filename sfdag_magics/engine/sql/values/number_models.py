"""Snowflake's format models of numbers, taken apart: elements, positions and alternatives.

Docs: "SQL format models". Knows the spelling of a model; `number_writing` and `number_reading` know
what it makes of a number, and of a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache

from sfdag_magics.light_classes import dataclass


class Kind(StrEnum):
    """What an element of a model stands for."""

    LITERAL = "literal"
    SPACE = "optional space"
    DIGIT = "digit"
    POINT = "point"
    GROUP = "group separator"
    DOLLAR = "$"
    PERCENT = "%"
    BLANK = "B"
    EXPONENT = "exponent"
    MINUS = "MI"
    SIGN = "S"
    MINIMAL = "TM"
    AUTO = "AUTO"


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One element, with the modes that are on where it stands."""

    kind: Kind
    text: str
    compact: bool
    exact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One of the alternatives of a format.

    Attributes:
        elements: in the order they are written.
        is_exact: whether FX is on somewhere.
    """

    elements: tuple[Element, ...]
    is_exact: bool

    def first(self, *kinds: Kind) -> Element | None:
        """The first element of these kinds."""
        return next((one for one in self.elements if one.kind in kinds), None)

    @property
    def whole(self) -> tuple[Element, ...]:
        """The digits before the point."""
        before = self.elements[: self._point()]
        return tuple(one for one in before if one.kind is Kind.DIGIT)

    @property
    def fraction(self) -> tuple[Element, ...]:
        """The digits behind the point."""
        behind = self.elements[self._point() :]
        return tuple(one for one in behind if one.kind is Kind.DIGIT)

    @property
    def hexadecimal(self) -> Element | None:
        """The first digit that is one of 16."""
        return next((one for one in self.elements if one.text in ("X", "x")), None)

    def _point(self) -> int:
        places = [at for at, one in enumerate(self.elements) if one.kind is Kind.POINT]
        return places[0] if places else len(self.elements)


class BadModelError(ValueError):
    """A format that is none of numbers."""


_ELEMENT = re.compile(
    r'(?P<quoted>"(?:[^"]|"")*")|(?P<mode>FM|FX)|(?P<minus>MI)'
    r"|(?P<minimal>TM9\((?:\d+|ALL),\d+\)|TM9|TME|TM)|(?P<auto>AUTO)|(?P<exponent>E{2,7})"
    r"|(?P<digit>[09X])|(?P<point>[.D])|(?P<group>[,G])|(?P<dollar>\$)|(?P<percent>%)|(?P<blank>B)"
    r"|(?P<sign>S)|(?P<space>_)|(?P<literal>[;:\-=/() ])",
    re.IGNORECASE,
)
_KINDS = {
    "minus": Kind.MINUS,
    "minimal": Kind.MINIMAL,
    "auto": Kind.AUTO,
    "exponent": Kind.EXPONENT,
    "digit": Kind.DIGIT,
    "point": Kind.POINT,
    "group": Kind.GROUP,
    "dollar": Kind.DOLLAR,
    "percent": Kind.PERCENT,
    "blank": Kind.BLANK,
    "sign": Kind.SIGN,
    "space": Kind.SPACE,
    "literal": Kind.LITERAL,
}
_REPEATED = frozenset({Kind.DIGIT, Kind.GROUP, Kind.LITERAL, Kind.SPACE})
#: What makes a number of a model.
_NUMBERS = frozenset({Kind.DIGIT, Kind.MINIMAL, Kind.AUTO})
_FORMATS = 256


@lru_cache(maxsize=_FORMATS)
def models(written: str) -> tuple[Model, ...]:
    """The alternatives of a format.

    Raises:
        BadModelError: it is no format of numbers.
    """
    return tuple(_model(part) for part in _alternatives(written))


def _alternatives(written: str) -> list[str]:
    """The parts between `|`, which is itself in quotes."""
    parts = [""]
    for piece in re.findall(r'"(?:[^"]|"")*"|.', written, re.DOTALL):
        if piece == "|":
            parts.append("")
        else:
            parts[-1] += piece
    return parts


def _model(written: str) -> Model:
    elements = tuple(_elements(written))
    kinds = [one.kind for one in elements if one.kind not in _REPEATED]
    is_mixed = {Kind.DIGIT, Kind.MINIMAL} <= {one.kind for one in elements}
    if len(kinds) > len(set(kinds)) or is_mixed or _NUMBERS.isdisjoint(e.kind for e in elements):
        raise BadModelError(written)
    if {Kind.SIGN, Kind.MINUS} <= set(kinds):
        raise BadModelError(written)
    return Model(elements=elements, is_exact=any(one.exact for one in elements))


def _elements(written: str) -> Iterator[Element]:
    compact, exact, place, before = False, False, 0, Kind.LITERAL
    while place < len(written):
        found = _ELEMENT.match(written, place)
        if found is None:
            raise BadModelError(written)
        place, name, text = found.end(), str(found.lastgroup), found.group()
        if name == "mode":
            is_fill = text.upper() == "FM"
            compact, exact = compact ^ is_fill, exact ^ (not is_fill)
            continue
        # a point or a comma is an element behind a digit only, D and G are one everywhere
        if name == "quoted":
            kind, text = Kind.LITERAL, text[1:-1].replace('""', '"')
        elif text in (".", ",") and before is not Kind.DIGIT:
            kind = Kind.LITERAL
        else:
            kind = _KINDS[name]
        yield Element(kind=kind, text=text, compact=compact, exact=exact)
        before = kind
