"""Values written as source: an expression that makes the same value anew.

Knows the built-in types and how to find the writer of another one; what has a name of its own in
the notebook (a function, a class, a list that several things share) is asked for by `Refer`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from sfdag_magics.bundle.inspection import module_of, place_in_module
from sfdag_magics.bundle.literals.array_types import ARRAY_TYPES, numpy_scalar, pytz_zone
from sfdag_magics.bundle.literals.standard_types import STANDARD_BASES, STANDARD_TYPES
from sfdag_magics.bundle.literals.type_forms import is_type_form, type_form
from sfdag_magics.bundle.literals.writing import NoExpression, Write

#: Characters of source; more than this is data, and data belongs in a table.
MAX_LITERAL = 10_000
#: Deeper than anybody writes; a list that holds itself has no end.
_MAX_DEPTH = 20


class Refer(Protocol):
    """What an expression needs from outside of itself."""

    def named(self, value: object) -> str | None:
        """The name under which `value` is there when the expression runs; None where it has none.

        Raises:
            NoExpression: it should have one, and cannot be shipped.
        """

    def module(self, name: str) -> str:
        """Make sure that the module is imported; answers with how to spell it."""


def expression(value: object, refer: Refer) -> str:
    """An expression for `value`.

    Raises:
        NoExpression: it is none of the kinds that can be written, or too large.
    """
    text = _Writer(refer).written(value)
    if len(text) > MAX_LITERAL:
        raise NoExpression(value)
    return text


class _Writer:
    """Writes a value and its parts; implements `writing.Parts`."""

    def __init__(self, refer: Refer) -> None:
        self._refer = refer
        self._depth = 0

    def module(self, name: str) -> str:
        return self._refer.module(name)

    def part(self, value: object) -> str:
        named = self._refer.named(value)
        if named is not None:
            return named
        self._depth += 1
        try:
            return self.written(value)
        finally:
            self._depth -= 1

    def written(self, value: object) -> str:
        if self._depth > _MAX_DEPTH:
            raise NoExpression(value)
        kind = type(value)
        if value is None or value is ... or value is NotImplemented:
            return repr(value)
        if kind in _ATOMS:
            return _ATOMS[kind](value)
        if kind in _COLLECTIONS:
            return _COLLECTIONS[kind](self, value)
        return self._writer_of(value)(value, self)

    def _writer_of(self, value: object) -> Write:
        kind = type(value)
        if kind in STANDARD_TYPES:
            return STANDARD_TYPES[kind]
        if is_type_form(value):
            return type_form
        module = module_of(kind)
        full = f"{module}.{place_in_module(kind)}"
        if full in ARRAY_TYPES:
            return ARRAY_TYPES[full]
        if module == "numpy" and getattr(value, "shape", None) == ():
            return numpy_scalar
        if module.partition(".")[0] == "pytz" and getattr(value, "zone", None):
            return pytz_zone
        for base, write in STANDARD_BASES:
            if issubclass(kind, base) and module == base.__module__:
                return write
        raise NoExpression(value)

    def items(self, values: Iterable[object]) -> list[str]:
        return [self.part(value) for value in _bounded(values)]

    def mapping(self, value: dict[Any, Any]) -> str:
        pairs = [f"{self.part(key)}: {self.part(item)}" for key, item in _bounded(value.items())]
        return "{" + ", ".join(pairs) + "}"

    def sequence(self, value: list[Any] | tuple[Any, ...]) -> str:
        items = self.items(value)
        if isinstance(value, list):
            return f"[{', '.join(items)}]"
        return f"({', '.join(items)}{',' if len(items) == 1 else ''})"

    def set(self, value: set[Any] | frozenset[Any]) -> str:
        # A set has no order: sorted, so that the same set is the same text.
        items = sorted(self.items(value))
        braced = f"{{{', '.join(items)}}}" if items else "set()"
        if isinstance(value, frozenset):
            return f"frozenset({braced if items else ''})"
        return braced


def _bounded(values: Any) -> Any:  # noqa: ANN401 - whatever can be counted
    if len(values) > MAX_LITERAL:
        raise NoExpression(values)
    return values


def _int(value: int) -> str:
    """In decimal digits, as far as Python reads as many back."""
    try:
        return repr(value)
    except ValueError:
        return hex(value)


def _float(value: float) -> str:
    return repr(value) if math.isfinite(value) else f"float({str(value)!r})"


def _complex(value: complex) -> str:
    """By its two parts: `repr` of a NaN, an infinity or a negative zero makes another number."""
    parts = (value.real, value.imag)
    plain = all(math.isfinite(part) and math.copysign(1, part) > 0 for part in parts)
    return repr(value) if plain else f"complex({_float(value.real)}, {_float(value.imag)})"


_ATOMS: dict[type, Callable[[Any], str]] = {
    bool: repr,
    int: _int,
    str: repr,
    bytes: repr,
    float: _float,
    complex: _complex,
}
_COLLECTIONS: dict[type, Callable[[_Writer, Any], str]] = {
    dict: _Writer.mapping,
    list: _Writer.sequence,
    tuple: _Writer.sequence,
    set: _Writer.set,
    frozenset: _Writer.set,
}
