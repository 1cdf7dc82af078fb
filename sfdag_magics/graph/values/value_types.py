"""The type of a config key's values, by its parameter's annotation or default. Pure.

The code that ships (bundle/shipped/values.py) converts by the same table and imports nothing of
ours; a test holds the two equal.
"""

from __future__ import annotations

import ast
import datetime
import decimal
import json
import math
from collections.abc import Callable, Collection
from typing import Any, NoReturn

from sfdag_magics.graph.values.annotations import arms_of, head_of
from sfdag_magics.graph.values.signature import Parameter
from sfdag_magics.light_classes import dataclass
from sfdag_magics.place_words import setting

_LISTS = (list, tuple)
#: A value that is computed says nothing of its type.
_NOT_PLAIN = object()
#: JSON's words and Python's for the same.
_WORDS = {"null": None, "true": True, "false": False, "None": None, "True": True, "False": False}


def _of(*kinds: type) -> Callable[[object], bool]:
    return lambda value: isinstance(value, kinds) and isinstance(value, bool) is (bool in kinds)


def _text_that(read: Callable[[str], object]) -> Callable[[object], bool]:
    def fits(value: object) -> bool:
        try:
            return isinstance(value, str) and read(value) is not None
        except (ValueError, decimal.InvalidOperation):
            return False

    return fits


_is_decimal_text = _text_that(decimal.Decimal)
#: What fits, by the names of types in annotations; a whole number is a float as well.
_FITS: dict[str, Callable[[object], bool]] = {
    "str": _of(str),
    "bool": _of(bool),
    "int": _of(int),
    "float": _of(int, float),
    "dict": _of(dict),
    "Dict": _of(dict),
    "list": _of(*_LISTS),
    "List": _of(*_LISTS),
    "tuple": _of(*_LISTS),
    "Tuple": _of(*_LISTS),
    "date": _text_that(datetime.date.fromisoformat),
    "datetime": _text_that(datetime.datetime.fromisoformat),
    "Decimal": lambda value: _of(int, float)(value) or _is_decimal_text(value),
}
#: Types whose values are typed as they stand, and not as JSON.
_AS_TEXT = {"str", "date", "datetime", "Decimal"}
#: What a value that does not fit is not, for people who know no Python.
_DENIED = {
    "str": "not a text",
    "bool": "neither true nor false",
    "int": "not a whole number",
    "float": "not a number",
    "dict": "not a JSON object",
    "list": "not a JSON list",
    "tuple": "not a JSON list",
    "date": "not a date",
    "datetime": "not a date with a time",
    "decimal": "not a decimal number",
}
#: How a value of each type is typed.
_EXAMPLES = {
    "bool": "true",
    "int": "3",
    "float": "0.5",
    "dict": "'{\"a\": 1}'",
    "list": "'[1, 2]'",
    "tuple": "'[1, 2]'",
    "date": "2026-01-31",
    "datetime": "2026-01-31T05:00:00",
    "decimal": "1.10",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueType:
    """What a key's values may be.

    Attributes:
        name: the type's name without its arguments; None for any.
        said: as the function says it.
        takes_none: whether None is one.
        choices: of a `Literal`.
        like: a value that fits, as it is typed: the default that says the type.
    """

    name: str | None
    said: str
    takes_none: bool
    choices: tuple[object, ...] = ()
    like: str = ""

    @property
    def is_text(self) -> bool:
        """Whether what is typed is a value as it stands, though it could be read as JSON."""
        if self.choices:
            return all(isinstance(choice, str) for choice in self.choices)
        return self.name in _AS_TEXT

    def fits(self, value: object) -> bool:
        """Whether a value, in JSON's types, is one."""
        if value is None:
            return self.takes_none
        if self.choices:
            return any(type(value) is type(each) and value == each for each in self.choices)
        return self.name is None or _FITS[self.name](value)

    @property
    def denied(self) -> str:
        """What a value that does not fit is not, in plain words.

        >>> ValueType(name="int", said="int", takes_none=False).denied
        'not a whole number'
        """
        if self.choices:
            return f"none of {', '.join(map(str, self.choices))}"
        return _DENIED.get((self.name or "").lower(), f"no {self.said}")

    def example(self, key: str, value: object) -> str:
        """How a value that fits is typed for a key that got another one."""
        others = [json.dumps(each) for each in self.choices if each is not None]
        also = f" (one of {', '.join(others)})" if others else ""
        return f"{setting(key, self.like_it(value))}{also}"

    def like_it(self, value: object) -> str:
        """A value that fits, as it is typed; for a key of any type, this one as a text."""
        if self.choices:
            return next(json.dumps(each) for each in self.choices if each is not None)
        default = f"'\"{json.dumps(value, default=str)}\"'" if value is not None else '"…"'
        return self.like or _EXAMPLES.get((self.name or "").lower(), default)


def type_of(parameter: Parameter) -> ValueType:
    """The type of a key, by its annotation, else by its default."""
    default = _literal(parameter.default)
    without = parameter.default is not None and default is None
    if parameter.annotation is None:
        kind = type(default).__name__
        # A default of 1 does not say that 0.5 is wrong.
        is_whole = kind == "int"
        known = "float" if is_whole else kind if kind in _FITS else None
        return ValueType(
            name=known,
            said="a number" if is_whole else str(known),
            takes_none=known is None,
            like=str(parameter.default) if is_whole else "",
        )
    arms = list(arms_of(parameter.annotation))
    others = [arm for arm in arms if arm != "None"]
    head, arguments = head_of(others[0]) if len(others) == 1 else (None, ())
    choices = tuple(_literal(each) for each in arguments) if head == "Literal" else ()
    if choices and _NOT_PLAIN not in choices:
        takes_none = len(arms) > 1 or None in choices or without
        return ValueType(
            name=None, said=parameter.annotation, takes_none=takes_none, choices=choices
        )
    name = head if head in _FITS else None
    return ValueType(
        name=name,
        said=parameter.annotation,
        takes_none=name is None or len(arms) > 1 or without,
    )


def value_from_text(text: str, types: Collection[ValueType], *, quote: str = "") -> Any:  # noqa: ANN401 - any JSON value
    """The value that a person typed for a key.

    Args:
        types: what the tasks that read it declare.
        quote: the quotes that were around it: in any, `null` is a text for a key of text; in `"`,
            everything is one where the type leaves that open.
    """
    if any(each.is_text for each in types):
        is_none = not quote and _WORDS.get(text, text) is None
        return None if is_none and any(each.takes_none for each in types) else text
    is_open = all(each.name is None and not each.choices for each in types)
    return text if quote == '"' and is_open else json_or_text(text)


def json_or_text(text: str) -> Any:  # noqa: ANN401 - any JSON value
    """JSON (or Python's True, False, None) where it is one, else the text itself."""
    if text in _WORDS:
        return _WORDS[text]
    try:
        return json.loads(text, parse_constant=_no_number, parse_float=_finite)
    except ValueError:
        return text


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _no_number(text)


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON number")


def _literal(text: str | None) -> object:
    """The value a source text stands for; None where there is no text."""
    try:
        return ast.literal_eval(text) if text is not None else None
    except (ValueError, SyntaxError):
        return _NOT_PLAIN
