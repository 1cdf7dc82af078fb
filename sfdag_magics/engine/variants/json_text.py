"""JSON text of semi-structured values as the service writes it: keys by the alphabet, no zeros.

A number loses the zeros behind its last digit ('1.10' is 1.1), one with an exponent is a FLOAT and
is written as one ('1e3' is 1.000000000000000e+03), and so is one of more digits than a NUMBER has.
DuckDB writes a whole FLOAT and a whole NUMBER with digits behind the point alike, as '1.0', which
stays and so is a float for whoever reads it.
On one line; what a client gets is spread over several by `sql/results/shown.py`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from sfdag_magics.engine.limits.hearing import hear, hearing
from sfdag_magics.engine.variants.json_lines import NotInPiecesError, in_pieces

#: Characters of a text of which no tree is made where it can be helped.
_LONG = 65_536
#: How many elements or keys of a large tree are written at once.
_PART = 4096
#: What objects, arrays and numbers begin with.
_NOT_PLAIN = frozenset("{[-0123456789")


#: Behind the digits of a float that is whole: `1.0`, but not `1.00`.
_ONE_ZERO = ".0"


#: What makes an object of its keys and values.
_Pairs = Callable[[list[tuple[str, Any]]], dict[str, Any]]
#: As many digits as every float keeps.
_SHORT = 15
#: What the service says of a key that comes twice.
DUPLICATE_KEY = "duplicate object attribute"
_SMALL = 1e-4
#: Of a NUMBER; what has more is a FLOAT (docs: PARSE_JSON).
_MOST_DIGITS = 38
_MORE_DIGITS = re.compile(r"[0-9.]{39}")
#: What the place of a key depends on.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]', re.DOTALL)
_COMPACT = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


class _LongNumberError(ValueError):
    """A float would not be written with the digits that it was read from."""


class _DuplicateKeyError(Exception):
    """An object has a key twice."""


class _Number(str):
    """A number as it is written: no digit is lost."""

    __slots__ = ()

    def shown(self) -> str:
        """As the service shows it."""
        if "e" in self or "E" in self:
            value = float(self)
            return f"{value:.15e}" if math.isfinite(value) else str(self)
        whole, point, digits = self.partition(".")
        kept = digits.rstrip("0")
        if kept:
            return f"{whole}.{kept}"
        return str(self) if digits == "0" or not point else whole


class _Rounded(_Number):
    """A FLOAT that a longer number became, with all the digits that one keeps."""

    __slots__ = ()

    def shown(self) -> str:
        """As it is."""
        return str(self)


def compact(text: str) -> str:
    """The same JSON on one line without a space; what is no JSON stays as it is."""
    line = one_line(text)
    return text if line is None else line


def one_line(text: str) -> str | None:
    """The same of an object, an array or a number; None for all else, which is written one way."""
    if text[:1] not in _NOT_PLAIN:
        return None
    try:
        line = _rewritten(text)
        line.encode()
    except (ValueError, RecursionError):
        return None
    return line


def canonical(text: str) -> str:
    """The one text of a JSON value: keys by the alphabet, no spaces, no zeros behind a number."""
    return _canonical(text, None)


def canonical_of_unique(text: str) -> str:
    """The same; for an object that has a key twice, in any depth, words that are no JSON.

    They name the key and, from 1, the place of the quote that closes it: `duplicate object
    attribute "a", pos 31` (Snowflake docs: PARSE_JSON).
    """
    try:
        return _canonical(text, _unique)
    except _DuplicateKeyError:
        key, place = _first_again(text)
        return f"{DUPLICATE_KEY} {json.dumps(key, ensure_ascii=False)}, pos {place}"


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _DuplicateKeyError
    return found


def _first_again(text: str) -> tuple[str, int]:
    """The first key, by the text, that its object has already, and where it ends."""
    objects: list[set[str] | None] = []  # None for an array
    is_key = False
    for token in _TOKEN.finditer(text):
        match token[0]:
            case "{" | "[":
                objects.append(set() if token[0] == "{" else None)
            case "}" | "]":
                objects.pop()
            case quoted if is_key and objects and (keys := objects[-1]) is not None:
                key = str(json.loads(quoted))
                if key in keys:
                    return key, token.end()
                keys.add(key)
        is_key = token[0] in "{,"
    return "", len(text)


def _canonical(text: str, pairs: _Pairs | None) -> str:
    try:
        written = _written(text, pairs)
        written.encode()
    except (ValueError, RecursionError):
        return text
    return written


def _written(text: str, pairs: _Pairs | None) -> str:
    """By json's own encoder wherever its floats do, which takes a third of the time."""
    is_long = len(text) > _LONG
    if is_long:
        pairs = pairs or _object
    if not _MORE_DIGITS.search(text):
        with suppress(_LongNumberError):
            value = _PLAIN[pairs].decode(text)
            return _in_turns(value) if is_long else _COMPACT.encode(value)
    exact = json.JSONDecoder(
        parse_float=_without_zeros, parse_int=_within_digits, object_pairs_hook=pairs
    )
    return _one_line(exact.decode(text))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of a long text; json itself would read all of it in one turn."""
    hear()
    return dict(pairs)


def _in_turns(value: Any) -> str:  # noqa: ANN401 - any JSON
    """A large tree on one line: between two of its parts other threads have their turns.

    json's own encoder lets nobody in before it has written all of it: seconds, to other sessions.
    """
    try:
        return _in_parts(value)
    except RecursionError:  # it goes deeper
        return _COMPACT.encode(value)


def _in_parts(value: Any) -> str:  # noqa: ANN401 - any JSON
    match value:
        case dict() if len(value) > _PART or _has_branches(value.values()):
            keys = hearing(sorted(value))
            fields = (f"{_COMPACT.encode(key)}:{_in_parts(value[key])}" for key in keys)
            return f"{{{','.join(fields)}}}"
        case list() if _has_branches(value):
            return f"[{','.join(_in_parts(element) for element in hearing(value))}]"
        case list():
            parts = (value[at : at + _PART] for at in range(0, len(value), _PART))
            return f"[{','.join(_COMPACT.encode(part)[1:-1] for part in parts)}]"
        case _:
            return _COMPACT.encode(value)


def _has_branches(children: Iterable[Any]) -> bool:
    return any(isinstance(child, dict | list) for child in children)


def _short(number: str) -> float:
    value = float(number)
    if len(number) > _SHORT or "e" in number or "E" in number or 0 < abs(value) < _SMALL:
        raise _LongNumberError
    return value


def _plain(number: str) -> float | int:
    value = _short(number)
    return int(value) if value.is_integer() else value


def _shown(number: str) -> float | int:
    value = _short(number)
    if not value and not number.endswith(_ONE_ZERO):
        raise _LongNumberError  # it may have a sign
    return int(value) if value.is_integer() and not number.endswith(_ONE_ZERO) else value


#: Made once: there is a text in each row.
_PLAIN: dict[_Pairs | None, json.JSONDecoder] = {
    pairs: json.JSONDecoder(parse_float=_plain, object_pairs_hook=pairs)
    for pairs in (None, _unique, _object)
}


_SHOWN = json.JSONDecoder(parse_float=_shown)
_EXACT = json.JSONDecoder(
    parse_float=_Number, parse_int=_Number, parse_constant=_Number, object_pairs_hook=_object
)


def _without_zeros(number: str) -> _Number:
    if "e" in number or "E" in number:
        return _Number(number)
    return _within_digits(number.rstrip("0").rstrip("."))


def _within_digits(number: str) -> _Number:
    """The number, as a FLOAT where it has more digits than a NUMBER; zero has no sign."""
    if not number.strip("-0."):
        return _Number("0")
    if len(number) <= _MOST_DIGITS or len(number.replace(".", "").lstrip("-0")) <= _MOST_DIGITS:
        return _Number(number)
    value = float(number)
    return _Rounded(f"{value:.16e}") if math.isfinite(value) else _Number(number)


def _rewritten(text: str) -> str:
    if len(text) > _LONG:
        with suppress(NotInPiecesError):
            return in_pieces(text, lambda number: _Number(number).shown())
        return _one_line(_EXACT.decode(text))
    try:
        return _COMPACT.encode(_SHOWN.decode(text))
    except ValueError:
        return _one_line(_EXACT.decode(text))


def _one_line(value: Any) -> str:  # noqa: ANN401 - any JSON
    match value:
        case dict():
            fields = (f"{_scalar(key)}:{_one_line(value[key])}" for key in hearing(sorted(value)))
            return f"{{{','.join(fields)}}}"
        case list():
            return f"[{','.join(_one_line(element) for element in hearing(value))}]"
        case _:
            return _scalar(value)


def _scalar(value: Any) -> str:  # noqa: ANN401 - any JSON
    return value.shown() if isinstance(value, _Number) else _COMPACT.encode(value)
