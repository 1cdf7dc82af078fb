"""The values of a task's properties: how each kind is read from SQL, bounded and written.

Knows what a value may be, and of a property its name alone, for the error that names it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from enum import StrEnum
from typing import Any

from sfdag_magics.errors import InputError
from sfdag_magics.graph.grammar.clauses import object_name, single_name
from sfdag_magics.graph.grammar.session_parameters_table import SESSION_PARAMETERS
from sfdag_magics.graph.rules import config_problem
from sfdag_magics.graph.times.schedule import parse_schedule, target_interval_problem
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import (
    QualifiedName,
    SqlTextError,
    TokenKind,
    TokenReader,
    identifier_from_sql,
    quoted_string,
    sql_identifier,
)

SessionValue = bool | int | str


class OverlapPolicy(StrEnum):
    """What happens when a run is due while another of the same graph is executing."""

    NO_OVERLAP = "NO_OVERLAP"
    ALLOW_CHILD_OVERLAP = "ALLOW_CHILD_OVERLAP"
    ALLOW_ALL_OVERLAP = "ALLOW_ALL_OVERLAP"


@dataclass(frozen=True, slots=True)
class Property:
    """How one property is read and written."""

    attribute: str
    read: Callable[[TokenReader, str], Any]
    write: Callable[[Any], str]


def a_text(attribute: str) -> Property:
    """A text in quotes."""
    return Property(attribute, _read_text, quoted_string)


def a_name(attribute: str) -> Property:
    """The name of an object, which may stand in quotes as a text."""
    return Property(attribute, _read_name, sql_identifier)


def a_word(attribute: str, words: Collection[str]) -> Property:
    """One of these words, bare or as a text."""
    return Property(attribute, _one_of(words), quoted_string)


def a_number(attribute: str, lowest: int, highest: int | None = None) -> Property:
    """A whole number within bounds."""
    return Property(attribute, _between(lowest, highest), str)


def _invalid(
    reader: TokenReader, name: str, value: object, position: int, allowed: str = ""
) -> SqlTextError:
    more = f": {allowed}" if allowed else ""
    return SqlTextError(
        f"invalid value [{value}] for parameter '{name}'{more}",
        text=reader.text,
        position=position,
    )


def _read_name(reader: TokenReader, name: str) -> str:
    token = reader.peek()
    if token is None or token.kind not in (TokenKind.STRING, TokenKind.DOLLAR_STRING):
        return single_name(reader)
    position, text = reader.position, reader.string()
    try:
        return identifier_from_sql(text)
    except ValueError as exc:
        raise _invalid(reader, name, text, position) from exc


def read_task_name(reader: TokenReader, name: str) -> QualifiedName:
    """The name of another task."""
    del name
    return object_name(reader)


def _read_text(reader: TokenReader, name: str) -> str:
    del name
    return reader.string()


def _read_word(reader: TokenReader, name: str) -> str:
    """A constant, as a bare word or in quotes."""
    token = reader.peek()
    if token is not None and token.kind is TokenKind.WORD:
        return reader.take().text
    return _read_text(reader, name)


def read_schedule(reader: TokenReader, name: str) -> str:
    """A schedule as it is written, once it has been understood."""
    position, text = reader.position, reader.string()
    try:
        parse_schedule(text)
    except InputError as exc:
        raise SqlTextError(
            f"invalid value [{text}] for parameter '{name}': {exc.message}",
            text=reader.text,
            position=position,
        ) from exc
    return text


def read_target_interval(reader: TokenReader, name: str) -> str:
    """A target completion interval as it is written."""
    position, text = reader.position, reader.string()
    if problem := target_interval_problem(text):
        raise SqlTextError(
            f"invalid value [{text}] for parameter '{name}': {problem}",
            text=reader.text,
            position=position,
        )
    return text


def read_config(reader: TokenReader, name: str) -> str:
    """The JSON text of an object."""
    position, text = reader.position, reader.string()
    if problem := config_problem(text):
        raise SqlTextError(
            f"invalid value for parameter '{name}': {problem}", text=reader.text, position=position
        )
    return text


def read_overlap(reader: TokenReader, name: str) -> OverlapPolicy:
    """An overlap policy by its word."""
    position, word = reader.position, _read_word(reader, name).upper()
    if word not in OverlapPolicy.__members__:
        raise _invalid(reader, name, word, position, _one(tuple(OverlapPolicy)))
    return OverlapPolicy(word)


def read_allow_overlap(reader: TokenReader, name: str) -> OverlapPolicy:
    """The deprecated boolean in the words of its successor."""
    del name
    return OverlapPolicy.ALLOW_CHILD_OVERLAP if reader.boolean() else OverlapPolicy.NO_OVERLAP


def _one_of(words: Collection[str]) -> Callable[[TokenReader, str], str]:
    def read(reader: TokenReader, name: str) -> str:
        position, word = reader.position, _read_word(reader, name).upper().replace("-", "")
        if word not in words:
            raise _invalid(reader, name, word, position, _one(words))
        return word

    return read


def _one(words: Collection[str]) -> str:
    return f"it is one of {', '.join(words)}"


def _between(lowest: int, highest: int | None = None) -> Callable[[TokenReader, str], int]:
    def read(reader: TokenReader, name: str) -> int:
        position, number = reader.position, reader.integer()
        if number < lowest or (highest is not None and number > highest):
            most = "or more" if highest is None else f"to {highest}"
            raise _invalid(reader, name, number, position, f"it is {lowest} {most}")
        return number

    return read


def read_session_value(reader: TokenReader, name: str) -> SessionValue:
    """The value of a session parameter, of the type and within the bounds that it has."""
    position = reader.position
    allowed = SESSION_PARAMETERS[name]
    value: SessionValue
    if allowed.type is bool:
        value = reader.boolean()
    elif allowed.type is int:
        value = reader.integer()
    else:
        value = _read_word(reader, name)
    if not allowed.fits(value):
        raise _invalid(reader, name, value, position)
    if name == "AUTOCOMMIT" and value is False:
        raise _invalid(reader, name, "FALSE", position)
    return value


def session_sql(value: SessionValue) -> str:
    """The same as SQL."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return str(value) if isinstance(value, int) else quoted_string(value)
