"""How SHOW PARAMETERS and SHOW VARIABLES say a value, of a session and of a task alike."""

from __future__ import annotations

from collections.abc import Mapping

#: Session parameters by name: their defaults, and what they are for.
SessionParameters = Mapping[str, tuple[object, str]]


def value_text(value: object) -> str:
    """A value as a text: truth in lower case."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def type_name(value: object) -> str:
    """SHOW PARAMETERS' word for the type of a parameter's value."""
    if isinstance(value, bool):
        return "BOOLEAN"
    return "NUMBER" if isinstance(value, int) else "STRING"
