"""What a value of a body or query may be, how SQL writes it, and how a row's cell tells it.

A shape is a value: tables of fields are made of them, and a test makes an OpenAPI schema of them.
Knows JSON's values and SQL's spelling; no resource.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from sfdag_magics.engine.resources.forms.refusals import RefusedCallError
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import identifier_from_sql, quoted_string, sql_identifier

#: The most an integer of a body may be; Snowflake's descriptions say int32 or int64.
LARGEST = 2**63 - 1
_TRUE, _FALSE = ("true", "y", "yes", "on"), ("false", "n", "no", "off")


class Shape(Protocol):
    """One kind of value."""

    def checked(self, value: Any, where: str) -> Any:  # noqa: ANN401 - JSON
        """The value as it is worked with.

        Raises:
            RefusedCallError: it is of another kind.
        """

    def sql(self, value: Any) -> str:  # noqa: ANN401 - what `checked` gave
        """The value as SQL writes it."""

    def told(self, cell: Any) -> Any:  # noqa: ANN401 - what a row has
        """The JSON of a row's cell; None where there is nothing to tell."""


def not_of(where: str, needed: str, value: object) -> RefusedCallError:
    """The error about a value of another kind."""
    return RefusedCallError(f"{where}: {needed} is needed, not {_shown(value)}")


def _shown(value: object) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) <= 60 else f"{text[:59]}…"


@dataclass(frozen=True, slots=True)
class Text:
    """Any text."""

    def checked(self, value: Any, where: str) -> str:  # noqa: ANN401 - see `Shape`
        """See `Shape`."""
        if not isinstance(value, str):
            raise not_of(where, "a text", value)
        if any(character == "\0" or "\ud800" <= character <= "\udfff" for character in value):
            raise RefusedCallError(f"{where}: the text has a character that SQL cannot have")
        return value

    def sql(self, value: str) -> str:
        """See `Shape`."""
        return quoted_string(value)

    def told(self, cell: Any) -> str | None:  # noqa: ANN401 - see `Shape`
        """See `Shape`."""
        return None if cell is None else str(cell)


@dataclass(frozen=True, slots=True)
class Name:
    """An identifier as SQL writes it; it is worked with as it is stored."""

    def checked(self, value: Any, where: str) -> str:  # noqa: ANN401 - see `Shape`
        """See `Shape`."""
        try:
            return identifier_from_sql(Text().checked(value, where))
        except ValueError as problem:
            raise RefusedCallError(
                f"{where}: {_shown(value)} is no identifier; put double quotes around a name with"
                " other characters than letters, digits, _ and $"
            ) from problem

    def sql(self, value: str) -> str:
        """See `Shape`."""
        return sql_identifier(value)

    def told(self, cell: Any) -> str | None:  # noqa: ANN401 - see `Shape`
        """See `Shape`."""
        return sql_identifier(str(cell)) if cell not in (None, "") else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """An integer within bounds."""

    lowest: int = -LARGEST - 1
    highest: int = LARGEST

    def checked(self, value: Any, where: str) -> int:  # noqa: ANN401 - see `Shape`
        """See `Shape`."""
        if isinstance(value, float) and value.is_integer():
            value = int(value)  # to JSON 3.0 is an integer
        if not isinstance(value, int) or isinstance(value, bool):
            raise not_of(where, "an integer", value)
        if not self.lowest <= value <= self.highest:
            raise RefusedCallError(
                f"{where}: {_shown(value)} is not between {self.lowest} and {self.highest}"
            )
        return value

    def sql(self, value: int) -> str:
        """See `Shape`."""
        return str(value)

    def told(self, cell: Any) -> int | None:  # noqa: ANN401 - see `Shape`
        """See `Shape`."""
        try:
            return int(cell)
        except (TypeError, ValueError):
            return None


@dataclass(frozen=True, slots=True)
class Truth:
    """True or false; `as_text` is how some descriptions have it: the text `true` or `false`."""

    as_text: bool = False

    def checked(self, value: Any, where: str) -> bool:  # noqa: ANN401 - see `Shape`
        """See `Shape`."""
        if self.as_text and isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        if not isinstance(value, bool):
            raise not_of(where, "true or false", value)
        return value

    def sql(self, value: bool) -> str:  # noqa: FBT001 - see `Shape`
        """See `Shape`."""
        return "TRUE" if value else "FALSE"

    def told(self, cell: Any) -> bool | str | None:  # noqa: ANN401 - see `Shape`
        """See `Shape`."""
        word = str(cell).lower()
        if cell is None or word not in (*_TRUE, *_FALSE):
            return None
        return ("true" if word in _TRUE else "false") if self.as_text else word in _TRUE


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of a few words."""

    words: tuple[str, ...]

    def checked(self, value: Any, where: str) -> str:  # noqa: ANN401 - see `Shape`
        """See `Shape`."""
        if value not in self.words or not isinstance(value, str):
            words = ", ".join(word or "(nothing)" for word in self.words)
            raise not_of(where, f"one of {words}", value)
        return value

    def sql(self, value: str) -> str:
        """See `Shape`."""
        return value

    def told(self, cell: Any) -> str | None:  # noqa: ANN401 - see `Shape`
        """See `Shape`."""
        return cell if cell in self.words else None


@dataclass(frozen=True, slots=True)
class Moment:
    """A point of time, which only answers have."""

    def checked(self, value: Any, where: str) -> str:  # noqa: ANN401 - see `Shape`
        """See `Shape`."""
        return Text().checked(value, where)

    def sql(self, value: str) -> str:
        """See `Shape`."""
        return quoted_string(value)

    def told(self, cell: Any) -> str | None:  # noqa: ANN401 - see `Shape`
        """See `Shape`."""
        return cell.isoformat() if isinstance(cell, datetime) else None


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of values of one shape."""

    item: Shape
    at_least: int = 0

    def checked(self, value: Any, where: str) -> tuple[Any, ...]:  # noqa: ANN401 - see `Shape`
        """See `Shape`."""
        if not isinstance(value, list):
            raise not_of(where, "a list", value)
        if len(value) < self.at_least:
            raise RefusedCallError(f"{where}: {self.at_least} or more are needed, not none")
        return tuple(self.item.checked(each, f"{where}[{at}]") for at, each in enumerate(value))

    def sql(self, value: Sequence[Any]) -> str:
        """See `Shape`."""
        return f"({', '.join(self.item.sql(each) for each in value)})"

    def told(self, cell: Any) -> Any:  # noqa: ANN401 - see `Shape`
        """See `Shape`."""
        return cell if isinstance(cell, list) else None


@dataclass(frozen=True, slots=True)
class AnyObject:
    """A JSON object that is stored as it is."""

    def checked(self, value: Any, where: str) -> Mapping[str, Any]:  # noqa: ANN401 - see `Shape`
        """See `Shape`."""
        if not isinstance(value, dict):
            raise not_of(where, "an object", value)
        Text().checked(json.dumps(value, ensure_ascii=False), where)
        return value

    def sql(self, value: Mapping[str, Any]) -> str:
        """See `Shape`."""
        return quoted_string(json.dumps(value, ensure_ascii=False))

    def told(self, cell: Any) -> Any:  # noqa: ANN401 - see `Shape`
        """See `Shape`."""
        return json.loads(cell) if cell else None


@dataclass(frozen=True, slots=True)
class Anything:
    """Any JSON value, as an argument of a call: scalars as they are, the rest as a VARIANT."""

    def checked(self, value: Any, where: str) -> Any:  # noqa: ANN401 - see `Shape`
        """See `Shape`."""
        Text().checked(json.dumps(value, ensure_ascii=False), where)
        return value

    def sql(self, value: Any) -> str:  # noqa: ANN401 - see `Shape`
        """See `Shape`."""
        if value is None or isinstance(value, bool):
            return {None: "NULL", True: "TRUE", False: "FALSE"}[value]
        if isinstance(value, int | float):
            return str(value)
        if isinstance(value, str):
            return quoted_string(value)
        return f"PARSE_JSON({quoted_string(json.dumps(value, ensure_ascii=False))})"

    def told(self, cell: Any) -> Any:  # noqa: ANN401 - see `Shape`
        """See `Shape`."""
        return cell
