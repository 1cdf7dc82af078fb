"""How SHOW PARAMETERS and SHOW VARIABLES say a value, of a session and of a task alike."""

from __future__ import annotations


def value_text(value: object) -> str:
    """A value as a text: truth in lower case."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def type_name(value: object) -> str:
    """SHOW PARAMETERS' word for the type of a parameter's value."""
    if isinstance(value, bool):
        return "BOOLEAN"
    return "NUMBER" if isinstance(value, int) else "STRING"
