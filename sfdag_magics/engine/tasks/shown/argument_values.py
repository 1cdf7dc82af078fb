"""What an argument of a table function says, as the type it is to have; texts as SQL casts them."""

from __future__ import annotations

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.ports import Value

_TRUE = frozenset({"true", "t", "yes", "y", "on", "1"})
_FALSE = frozenset({"false", "f", "no", "n", "off", "0"})


def whole_number(value: Value) -> int:
    """Raises SqlError for what is no number."""
    try:
        return int(value)
    except (ValueError, TypeError, OverflowError):
        message = f"Numeric value '{value}' is not recognized"
        raise SqlError(message, code=100038, sqlstate="22018") from None


def is_true(value: Value) -> bool:
    """Raises SqlError for a text that says neither; NULL is not true."""
    if not isinstance(value, str):
        return bool(value)
    said = value.strip().lower()
    if said not in _TRUE | _FALSE:
        raise SqlError(f"Boolean value '{value}' is not recognized", code=100037, sqlstate="22018")
    return said in _TRUE
