"""Values written as source: an expression that makes the same value anew.

Knows the built-in types and how to find the writer of another one; what has a name of its own in
the notebook (a function, a class, a list that several things share) is asked for by `Refer`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from json import dumps  # as it is now: a cell may put its own in the module
from typing import Any, Protocol

from sfdag_magics.bundle.inspection import attributes_of, module_of, place_in_module
from sfdag_magics.bundle.literals.array_types import (
    ARRAY_TYPES,
    MAY_HAVE_ATTRIBUTES,
    is_dtype,
    numpy_scalar,
    plain_dtype,
)
from sfdag_magics.bundle.literals.columns import column, window
from sfdag_magics.bundle.literals.not_a_number import is_not_itself, module_that_has
from sfdag_magics.bundle.literals.standard_types import (
    STANDARD_BASES,
    STANDARD_TYPES,
    WITH_ATTRIBUTES,
)
from sfdag_magics.bundle.literals.type_forms import is_type_form, type_form
from sfdag_magics.bundle.literals.writing import NOT_SEEN_THROUGH, NoExpression, Write
from sfdag_magics.bundle.secrets import is_secret_value

#: Characters of source; more than this is data, and data belongs in a table.
MAX_LITERAL = 1_000_000
#: More than this is one text, read as the task begins: checked like code, it took seconds. By
#: `json` where that knows all that is in it.
_MAX_AS_CODE = 100_000
_LARGE = (list, dict, tuple, set, frozenset)
#: Items of a list that are written all at once, if they are of these types.
_LONG = 100
_OWN_WORDS = frozenset((bool, int, float, str, type(None)))
#: Why more does not travel.
HOLDS_ITSELF = "it holds itself"
TOO_LARGE = "more than 1 MB of source"
#: Deeper than anybody writes; a list that holds itself has no end.
_MAX_DEPTH = 70
TOO_DEEP = f"it goes more than {_MAX_DEPTH} deep"


class Refer(Protocol):
    """What an expression needs from outside of itself."""

    def named(self, value: object) -> str | None:
        """The name under which `value` is there when the expression runs; None where it has none.

        Raises:
            NoExpression: it should have one, and cannot be shipped.
        """

    def is_allowed(self, *names: str) -> bool:
        """Whether one of these, or what is being written, may look like a secret."""

    def module(self, name: str) -> str:
        """Make sure that the module is imported; answers with how to spell it."""


def expression(value: object, refer: Refer) -> str:
    """An expression for `value`.

    Raises:
        NoExpression: it is none of the kinds that can be written, or too large.
    """
    writer = _Writer(refer)
    text = writer.written(value)
    if len(text) > _MAX_AS_CODE and isinstance(value, _LARGE):
        if is_secret_value(value) and not refer.is_allowed():
            raise NoExpression(value, NOT_SEEN_THROUGH)
        if writer.is_json:
            text = f"{writer.module('json')}.loads({dumps(value)!r}{writer.constants()})"
        else:
            text = f"{writer.module('builtins')}.eval({text!r})"
    if len(text) > MAX_LITERAL:
        raise NoExpression(value, TOO_LARGE)
    return text


def is_literal(value: object) -> bool:
    """Whether values of this type are written out by what they are."""
    kind = type(value)
    constant = value is None or value is ... or value is NotImplemented
    return constant or kind in _ATOMS or kind in _COLLECTIONS or _writer_of(value) is not None


def _writer_of(value: object) -> Write | None:
    kind = type(value)
    if kind in STANDARD_TYPES and not (kind in WITH_ATTRIBUTES and vars(value)):
        return STANDARD_TYPES[kind]
    if is_type_form(value):
        return type_form
    module = module_of(kind)
    full = f"{module}.{place_in_module(kind)}"
    if full in _OF_SNOWPARK:
        return _OF_SNOWPARK[full]
    if full in ARRAY_TYPES and not (full in MAY_HAVE_ATTRIBUTES and attributes_of(value)):
        return ARRAY_TYPES[full]
    if is_dtype(value):
        return plain_dtype
    if module == "numpy" and getattr(value, "shape", None) == ():
        return numpy_scalar
    for base, write in STANDARD_BASES:
        if issubclass(kind, base) and module == base.__module__:
            return write
    return None


_OF_SNOWPARK: dict[str, Write] = {
    "snowflake.snowpark.column.Column": column,
    "snowflake.snowpark.column.CaseExpr": column,
    "snowflake.snowpark.window.WindowSpec": window,
}


class _Writer:
    """Writes a value and its parts; implements `writing.Parts`.

    Attributes:
        is_json: whether all that was written is what JSON gives back as it is.
    """

    def __init__(self, refer: Refer) -> None:
        self.is_json = True
        self._not_numbers: list[str] = []
        self._refer = refer
        self._above: list[object] = []
        #: `{id: (what it is of, its text, what of it is not a number)}` of parts.
        self._known: dict[int, tuple[object, str, list[str]]] = {}
        self._characters = 0

    def module(self, name: str) -> str:
        return self._refer.module(name)

    def part(self, value: object) -> str:
        if type(value) in _ATOMS and not is_not_itself(value):
            return self.written(value)
        named = self._refer.named(value)
        if named is not None:
            if type(value) is float:  # no number, of which JSON can be told
                self._not_numbers.append(named)
            else:
                self.is_json = False
            return named
        if id(value) in self._known:  # written once, at however many places it is
            _, text, not_numbers = self._known[id(value)]
            self._count(len(text), value)
            self._not_numbers += not_numbers
            return text
        before = len(self._not_numbers)
        self._above.append(value)
        try:
            text = self.written(value)
        finally:
            self._above.pop()
        self._known[id(value)] = value, text, self._not_numbers[before:]
        return text

    def written(self, value: object) -> str:
        if len(self._above) > _MAX_DEPTH:
            ends = all(value is not each for each in self._above[:-1])
            raise NoExpression(self._above[0], TOO_DEEP if ends else HOLDS_ITSELF)
        kind = type(value)
        if value is None or value is ... or value is NotImplemented:
            return repr(value)
        if kind in _ATOMS:
            return self._atom(value)
        self.is_json &= kind in (list, dict)
        if kind in _COLLECTIONS:
            return self._collection(value)
        write = _writer_of(value)
        if write is None:
            raise NoExpression(value)
        return write(value, self)

    def _collection(self, value: object) -> str:
        try:
            return _COLLECTIONS[type(value)](self, value)
        except NoExpression as found:
            if found.why != TOO_LARGE or type(found.part) not in _ATOMS:
                raise
            raise NoExpression(value, TOO_LARGE) from None  # not the one item that was too much

    def _atom(self, value: Any) -> str:  # noqa: ANN401 - a number or text
        if isinstance(value, str | bytes) and len(value) > MAX_LITERAL:
            raise NoExpression(value, TOO_LARGE)
        text = self._not_number(value) or _ATOMS[type(value)](value)
        is_long = type(value) is int and text.lstrip("-").startswith("0x")  # no text of JSON
        self.is_json &= type(value) not in (bytes, complex) and not is_long
        self._count(len(text), value)
        return text

    def _count(self, characters: int, value: object) -> None:
        self._characters += characters
        if self._characters > MAX_LITERAL:
            raise NoExpression(value, TOO_LARGE)

    def _not_number(self, value: object) -> str:
        """How the NaN of a module is written, which all of a task's code has; else nothing."""
        if not is_not_itself(value):
            return ""
        home = module_that_has(value)
        said = f"{self.module(home)}.nan" if home else ""
        self._not_numbers.append(said)
        return said

    def constants(self) -> str:
        """What JSON has to be told of the numbers that it has no digits for: which NaN each is."""
        known = list(dict.fromkeys(self._not_numbers))
        if not known:
            return ""
        said = [each or "float(text)" for each in known]
        if len(known) == 1:
            return f", parse_constant=lambda text: {said[0]} if text == 'NaN' else float(text)"
        which = [known.index(each) for each in self._not_numbers]
        choices = ", ".join(f"lambda text: {each}" for each in said)
        return (
            f", parse_constant=lambda text, nth=iter({which!r}): "
            f"[{choices}][next(nth)](text) if text == 'NaN' else float(text)"
        )

    def items(self, values: Collection[object]) -> list[str]:
        plain = _plain_texts(_bounded(values))
        if plain is None:
            return [self.part(value) for value in values]
        self._count(sum(map(len, plain)), values)
        return plain

    def mapping(self, value: dict[Any, Any]) -> str:
        self.is_json &= all(type(key) is str for key in value)
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


def _plain_texts(values: Collection[object]) -> list[str] | None:
    """The items of a long list where Python's own words for them do, all at once; else None."""
    if len(values) < _LONG or not _OWN_WORDS.issuperset(map(type, values)):
        return None
    numbers: Any = (each for each in values if type(each) is float)
    try:
        return list(map(repr, values)) if all(map(math.isfinite, numbers)) else None
    except ValueError:  # an integer of more digits than Python writes
        return None


def _bounded(values: Any) -> Any:  # noqa: ANN401 - whatever can be counted
    if len(values) > MAX_LITERAL:
        raise NoExpression(values, TOO_LARGE)
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
