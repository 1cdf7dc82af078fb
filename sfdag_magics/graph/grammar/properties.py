"""The properties of a task: how each is read from SQL, bounded and written. Knows no statement.

One table holds every `NAME = value` of CREATE TASK and ALTER TASK … SET (Snowflake docs: CREATE
TASK). What the table does not have is a session parameter, or an error by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field, fields
from enum import StrEnum
from typing import Any

from sfdag_magics.errors import InputError
from sfdag_magics.graph.grammar.session_parameters_table import LOG_LEVELS, SESSION_PARAMETERS
from sfdag_magics.graph.rules import (
    MAX_AUTO_RETRIES,
    MAX_TIMEOUT_MS,
    MAX_TRIGGER_INTERVAL_S,
    MIN_TRIGGER_INTERVAL_S,
    WAREHOUSE_SIZES,
    config_problem,
)
from sfdag_magics.graph.times.schedule import parse_schedule
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import (
    QualifiedName,
    SqlTextError,
    TokenKind,
    TokenReader,
    dollar_quoted,
    identifier_from_sql,
    quoted_string,
    sql_identifier,
)

SessionValue = bool | int | str

#: UNSET knows EXECUTE AS USER too, which is written without an equals sign.
EXECUTE_AS_USER = "EXECUTE AS USER"


class OverlapPolicy(StrEnum):
    """What happens when a run is due while another of the same graph is executing."""

    NO_OVERLAP = "NO_OVERLAP"
    ALLOW_CHILD_OVERLAP = "ALLOW_CHILD_OVERLAP"
    ALLOW_ALL_OVERLAP = "ALLOW_ALL_OVERLAP"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskProperties:
    """What a statement says of a task's properties; None is *not said*. Names are stored names.

    Attributes:
        schedule: as written; it was checked by `parse_schedule`.
        config: the JSON text of an object.
        session_parameters: by upper-case name.
    """

    warehouse: str | None = None
    user_task_managed_initial_warehouse_size: str | None = None
    serverless_task_min_statement_size: str | None = None
    serverless_task_max_statement_size: str | None = None
    target_completion_interval: str | None = None
    schedule: str | None = None
    config: str | None = None
    overlap_policy: OverlapPolicy | None = None
    user_task_timeout_ms: int | None = None
    suspend_task_after_num_failures: int | None = None
    task_auto_retry_attempts: int | None = None
    user_task_minimum_trigger_interval_in_seconds: int | None = None
    error_integration: str | None = None
    success_integration: str | None = None
    log_level: str | None = None
    comment: str | None = None
    finalize: QualifiedName | None = None
    execute_as_user: str | None = None
    session_parameters: Mapping[str, SessionValue] = field(default_factory=dict)

    def to_sql(self) -> tuple[str, ...]:
        """Each property that is said as `NAME = value`, in the order of Snowflake's page."""
        said = [
            f"{name} = {PROPERTIES[name].write(value)}"
            for name, attribute in _ATTRIBUTES.items()
            if (value := getattr(self, attribute)) is not None
        ]
        said += [f"{name} = {_session_sql(v)}" for name, v in self.session_parameters.items()]
        if self.execute_as_user is not None:
            said.append(f"{EXECUTE_AS_USER} {sql_identifier(self.execute_as_user)}")
        return tuple(said)

    def said(self) -> dict[str, Any]:
        """`{attribute: value}` of the properties that are said, session parameters left out."""
        return {
            attribute.name: value
            for attribute in fields(self)
            if attribute.name != "session_parameters"
            and (value := getattr(self, attribute.name)) is not None
        }


@dataclass(frozen=True, slots=True)
class _Property:
    """How one property is read and written."""

    attribute: str
    read: Callable[[TokenReader, str], Any]
    write: Callable[[Any], str]


def _invalid(reader: TokenReader, name: str, value: object, position: int) -> SqlTextError:
    return SqlTextError(
        f"invalid value [{value}] for parameter '{name}'", text=reader.text, position=position
    )


def _read_name(reader: TokenReader, name: str) -> str:
    token = reader.peek()
    if token is None or token.kind not in (TokenKind.STRING, TokenKind.DOLLAR_STRING):
        return reader.identifier()
    position, text = reader.position, reader.string()
    try:
        return identifier_from_sql(text)
    except ValueError as exc:
        raise _invalid(reader, name, text, position) from exc


def _read_task_name(reader: TokenReader, name: str) -> QualifiedName:
    token = reader.peek()
    if token is not None and token.kind is TokenKind.STRING:
        return QualifiedName(_read_name(reader, name))
    return reader.qualified_name()


def _read_text(reader: TokenReader, name: str) -> str:
    del name
    return reader.string()


def _read_word(reader: TokenReader, name: str) -> str:
    """A constant, as a bare word or in quotes."""
    token = reader.peek()
    if token is not None and token.kind is TokenKind.WORD:
        return reader.take().text
    return _read_text(reader, name)


def _read_schedule(reader: TokenReader, name: str) -> str:
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


def _read_config(reader: TokenReader, name: str) -> str:
    position, text = reader.position, reader.string()
    if problem := config_problem(text):
        raise SqlTextError(
            f"invalid value for parameter '{name}': {problem}", text=reader.text, position=position
        )
    return text


def _read_overlap(reader: TokenReader, name: str) -> OverlapPolicy:
    position, word = reader.position, _read_word(reader, name).upper()
    if word not in OverlapPolicy.__members__:
        raise _invalid(reader, name, word, position)
    return OverlapPolicy(word)


def _read_allow_overlap(reader: TokenReader, name: str) -> OverlapPolicy:
    """The deprecated boolean in the words of its successor."""
    del name
    return OverlapPolicy.ALLOW_CHILD_OVERLAP if reader.boolean() else OverlapPolicy.NO_OVERLAP


def _one_of(words: frozenset[str]) -> Callable[[TokenReader, str], str]:
    def read(reader: TokenReader, name: str) -> str:
        position, word = reader.position, _read_word(reader, name).upper().replace("-", "")
        if word not in words:
            raise _invalid(reader, name, word, position)
        return word

    return read


def _between(lowest: int, highest: int | None = None) -> Callable[[TokenReader, str], int]:
    def read(reader: TokenReader, name: str) -> int:
        position, number = reader.position, reader.integer()
        if number < lowest or (highest is not None and number > highest):
            raise _invalid(reader, name, number, position)
        return number

    return read


_LOG_LEVELS = frozenset(LOG_LEVELS)


def _string(attribute: str) -> _Property:
    return _Property(attribute, _read_text, quoted_string)


def _name(attribute: str) -> _Property:
    return _Property(attribute, _read_name, sql_identifier)


def _word(attribute: str, words: frozenset[str]) -> _Property:
    return _Property(attribute, _one_of(words), quoted_string)


def _number(attribute: str, lowest: int, highest: int | None = None) -> _Property:
    return _Property(attribute, _between(lowest, highest), str)


def _task(value: QualifiedName) -> str:
    return value.sql()


#: Every `NAME = value` of a task, in the order it is written.
PROPERTIES: Mapping[str, _Property] = {
    "WAREHOUSE": _name("warehouse"),
    "USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE": _word(
        "user_task_managed_initial_warehouse_size", WAREHOUSE_SIZES
    ),
    "SERVERLESS_TASK_MIN_STATEMENT_SIZE": _word(
        "serverless_task_min_statement_size", WAREHOUSE_SIZES
    ),
    "SERVERLESS_TASK_MAX_STATEMENT_SIZE": _word(
        "serverless_task_max_statement_size", WAREHOUSE_SIZES
    ),
    "TARGET_COMPLETION_INTERVAL": _string("target_completion_interval"),
    "SCHEDULE": _Property("schedule", _read_schedule, quoted_string),
    "CONFIG": _Property("config", _read_config, dollar_quoted),
    "OVERLAP_POLICY": _Property("overlap_policy", _read_overlap, str),
    "ALLOW_OVERLAPPING_EXECUTION": _Property("overlap_policy", _read_allow_overlap, str),
    "USER_TASK_TIMEOUT_MS": _number("user_task_timeout_ms", 0, MAX_TIMEOUT_MS),
    "SUSPEND_TASK_AFTER_NUM_FAILURES": _number("suspend_task_after_num_failures", 0),
    "TASK_AUTO_RETRY_ATTEMPTS": _number("task_auto_retry_attempts", 0, MAX_AUTO_RETRIES),
    "USER_TASK_MINIMUM_TRIGGER_INTERVAL_IN_SECONDS": _number(
        "user_task_minimum_trigger_interval_in_seconds",
        MIN_TRIGGER_INTERVAL_S,
        MAX_TRIGGER_INTERVAL_S,
    ),
    "ERROR_INTEGRATION": _name("error_integration"),
    "SUCCESS_INTEGRATION": _name("success_integration"),
    "LOG_LEVEL": _word("log_level", _LOG_LEVELS),
    "LOG_EVENT_LEVEL": _word("log_level", _LOG_LEVELS),
    "COMMENT": _string("comment"),
    "FINALIZE": _Property("finalize", _read_task_name, _task),
}
#: The name each attribute is written under: the first of the table.
_ATTRIBUTES: Mapping[str, str] = {
    name: entry.attribute
    for name, entry in PROPERTIES.items()
    if name not in ("ALLOW_OVERLAPPING_EXECUTION", "LOG_EVENT_LEVEL")
}


class PropertyReader:
    """Collects `NAME = value` pairs; a name said twice or unknown is an error by name."""

    def __init__(self, reader: TokenReader) -> None:
        self._reader = reader
        self._said: dict[str, Any] = {}
        self._session: dict[str, SessionValue] = {}

    def read_one(self) -> bool:
        """Read one property if one comes next."""
        reader = self._reader
        if reader.accept("EXECUTE", "AS", "USER"):
            self._say("execute_as_user", EXECUTE_AS_USER, reader.identifier())
            return True
        token, equals = reader.peek(), reader.peek(1)
        if token is None or not token.word or equals is None or equals.text != "=":
            return False
        name = checked_property_name(reader)
        reader.expect("=")
        if name in PROPERTIES:
            entry = PROPERTIES[name]
            self._say(entry.attribute, name, entry.read(reader, name))
        else:
            self._say_session(name)
        return True

    def properties(self) -> TaskProperties:
        """All that was read."""
        return TaskProperties(**self._said, session_parameters=self._session)

    def _say(self, attribute: str, name: str, value: object) -> None:
        if attribute in self._said:
            raise self._twice(name)
        self._said[attribute] = value

    def _say_session(self, name: str) -> None:
        if name in self._session:
            raise self._twice(name)
        self._session[name] = _read_session_value(self._reader, name)

    def _twice(self, name: str) -> SqlTextError:
        return SqlTextError(f"duplicate property '{name}'", text=self._reader.text)


def checked_property_name(reader: TokenReader) -> str:
    """The coming name, upper-case, if it is a property or session parameter of a task.

    Raises:
        SqlTextError: it is neither.
    """
    position, name = reader.position, reader.identifier()
    if name in PROPERTIES or name in SESSION_PARAMETERS:
        return name
    raise SqlTextError(f"invalid property '{name}' for 'TASK'", text=reader.text, position=position)


def _read_session_value(reader: TokenReader, name: str) -> SessionValue:
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


def _session_sql(value: SessionValue) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return str(value) if isinstance(value, int) else quoted_string(value)
