"""Values that can be written as source: small literals, and a few plain objects by their repr.

Also what looks like a secret. Knows values, not where they come from.
"""

from __future__ import annotations

import datetime
import decimal
import logging
import math
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import PurePath

#: Characters of source; more than this is data, and data belongs in a table.
MAX_LITERAL = 10_000
#: Deeper than anybody writes; a list that holds itself has no end.
_MAX_DEPTH = 20

_SECRET_WORDS = frozenset(
    {"password", "passwd", "passphrase", "pwd", "secret", "token", "apikey", "credential"}
    | {"credentials", "secrets", "tokens", "passwords"}
)
#: `TOKEN_COLUMN` and `password_length` speak about secrets and are none.
_ABOUT = frozenset({"column", "columns", "field", "length", "limit", "name", "names", "table"})
_SECRET_PAIRS = frozenset({("api", "key"), ("private", "key"), ("access", "key")})
_SECRET_VALUE = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|\bAKIA[0-9A-Z]{16}\b"  # an AWS access key id
    r"|\bgh[pousr]_[A-Za-z0-9]{36}"  # a GitHub token
    r"|\bxox[abprs]-[A-Za-z0-9-]{10}"  # a Slack token
    r"|\bsk-[A-Za-z0-9_-]{20}"
    r"|\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\."  # a JSON web token
    r"|://[^/\s:@]+:[^/\s:@]+@"  # user and password in a URL
)


def source_of(value: object) -> tuple[str, tuple[str, ...]] | None:
    """An expression for `value` and the modules it needs; None where it is no small literal."""
    if isinstance(value, logging.Logger):
        return f"logging.getLogger({value.name!r})", ("logging",)
    if isinstance(value, re.Pattern):
        flags = f", {value.flags}" if value.flags != re.compile(_plain(value)).flags else ""
        return f"re.compile({value.pattern!r}{flags})", ("re",)
    if isinstance(value, PurePath) and type(value).__module__.startswith("pathlib"):
        return f"pathlib.{type(value).__name__}({str(value)!r})", ("pathlib",)
    # Of these types only: a pandas Timestamp is a datetime too, and its repr is not.
    if type(value) in (datetime.date, datetime.datetime, datetime.time, datetime.timedelta):
        return (repr(value), ("datetime",)) if _is_plain_time(value) else None
    if type(value) is decimal.Decimal:
        return f"decimal.{value!r}", ("decimal",)
    text = _literal(value)
    return None if text is None or len(text) > MAX_LITERAL else (text, ())


def is_secret_name(name: str) -> bool:
    """Whether something called this is likely to be a secret: `DB_PASSWORD`, `apiKey`."""
    words = [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]
    pairs = set(pairwise(words))
    if pairs & _SECRET_PAIRS:
        return True
    return bool(_SECRET_WORDS & set(words)) and words[-1] not in _ABOUT


def is_secret_value(value: object) -> bool:
    """Whether text looks like a key, a token or a URL with a password, also in a collection."""
    if isinstance(value, bytes):
        return is_secret_value(value.decode("utf-8", "replace"))
    if isinstance(value, str):
        return _SECRET_VALUE.search(value) is not None
    if isinstance(value, dict):
        return any(
            is_secret_value(item) or (isinstance(key, str) and is_secret(key, item))
            for key, item in value.items()
        )
    if isinstance(value, list | tuple | set | frozenset):
        return any(is_secret_value(item) for item in value)
    return False


def is_secret(name: str, value: object) -> bool:
    """Whether a name and its value look like a secret: only text and collections of it can be."""
    if is_secret_value(value):
        return True
    return isinstance(value, str | bytes) and len(value) > 0 and is_secret_name(name)


def _plain(pattern: re.Pattern[str] | re.Pattern[bytes]) -> str | bytes:
    return pattern.pattern


def _is_plain_time(value: object) -> bool:
    zone = getattr(value, "tzinfo", None)
    return zone is None or zone is datetime.UTC


def _literal(value: object, depth: int = 0) -> str | None:
    """`value` as a literal expression of plain Python types, or None."""
    kind = type(value)
    if depth > _MAX_DEPTH:
        return None
    if value is None or value is ... or kind in (bool, int, str, bytes, complex):
        return repr(value)
    if kind is float:
        return repr(value) if math.isfinite(float(str(value))) else f"float({str(value)!r})"
    if isinstance(value, dict) and kind is dict and len(value) <= MAX_LITERAL:
        pairs = [
            (_literal(key, depth + 1), _literal(item, depth + 1)) for key, item in value.items()
        ]
        if any(None in pair for pair in pairs):
            return None
        return "{" + ", ".join(f"{key}: {item}" for key, item in pairs) + "}"
    if isinstance(value, list | tuple | set | frozenset) and kind in _BRACKETS:
        if len(value) > MAX_LITERAL:
            return None
        # A set has no order: sorted, so that the same set is the same text.
        items = [_literal(item, depth + 1) for item in value]
        texts = [item for item in items if item is not None]
        if len(texts) < len(items):
            return None
        return _BRACKETS[kind](sorted(texts) if kind in (set, frozenset) else texts)
    return None


def _braced(items: list[str]) -> str:
    return f"{{{', '.join(items)}}}" if items else "set()"


_BRACKETS: dict[type, Callable[[list[str]], str]] = {
    list: lambda items: f"[{', '.join(items)}]",
    tuple: lambda items: f"({', '.join(items)}{',' if len(items) == 1 else ''})",
    set: _braced,
    frozenset: lambda items: f"frozenset({_braced(items) if items else ''})",
}
