"""The properties of a task: which there are, and what a statement says of them. Knows no statement.

One table holds every `NAME = value` of CREATE TASK and ALTER TASK … SET (Snowflake docs: CREATE
TASK). What the table does not have is a session parameter, or an error by name.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import field, fields, replace
from typing import Any

from sfdag_magics.graph.grammar.clauses import read_contacts, single_name
from sfdag_magics.graph.grammar.property_values import (
    OverlapPolicy,
    Property,
    SessionValue,
    a_name,
    a_number,
    a_text,
    a_word,
    read_allow_overlap,
    read_config,
    read_overlap,
    read_schedule,
    read_session_value,
    read_target_interval,
    read_task_name,
    session_sql,
)
from sfdag_magics.graph.grammar.session_parameters_table import LOG_LEVELS, SESSION_PARAMETERS
from sfdag_magics.graph.rules import (
    DEFAULT_SUSPEND_AFTER_FAILURES,
    DEFAULT_TIMEOUT_MS,
    MAX_AUTO_RETRIES,
    MAX_TIMEOUT_MS,
    MAX_TRIGGER_INTERVAL_S,
    MIN_TRIGGER_INTERVAL_S,
    WAREHOUSE_SIZES,
)
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import (
    QualifiedName,
    SqlTextError,
    TokenReader,
    dollar_quoted,
    quoted_string,
    sql_identifier,
)

#: UNSET knows EXECUTE AS USER too, which is written without an equals sign.
EXECUTE_AS_USER = "EXECUTE AS USER"
#: … and CONTACT with the purpose behind it.
CONTACT = "CONTACT"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskProperties:
    """What a statement says of a task's properties; None is *not said*. Names are stored names.

    Attributes:
        schedule: as written; it was checked by `parse_schedule`.
        config: the JSON text of an object.
        contacts: by purpose, the contact's name as SQL.
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
    contacts: Mapping[str, str] | None = None
    session_parameters: Mapping[str, SessionValue] = field(default_factory=dict)

    def to_sql(self) -> tuple[str, ...]:
        """Each property that is said as `NAME = value`, in the order of Snowflake's page.

        Contacts are written otherwise in each statement.
        """
        said = [
            f"{name} = {PROPERTIES[name].write(value)}"
            for name, attribute in _ATTRIBUTES.items()
            if (value := getattr(self, attribute)) is not None
        ]
        said += [f"{name} = {session_sql(v)}" for name, v in self.session_parameters.items()]
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

    def with_set(self, said: TaskProperties) -> TaskProperties:
        """These after ALTER TASK … SET; of parameters and contacts those not named stay."""
        contacts = {**(self.contacts or {}), **(said.contacts or {})} or None
        session = {**self.session_parameters, **said.session_parameters}
        now = replace(self, **said.said())
        return replace(now, contacts=contacts, session_parameters=session)

    def without(self, names: Collection[str]) -> TaskProperties:
        """These after ALTER TASK … UNSET of these names, as a statement has them."""
        named = [each.attribute for name, each in PROPERTIES.items() if name in names]
        if EXECUTE_AS_USER in names:
            named.append("execute_as_user")
        gone: dict[str, Any] = dict.fromkeys(named)
        left = {
            purpose: contact
            for purpose, contact in (self.contacts or {}).items()
            if f"{CONTACT} {purpose}" not in names
        }
        session = {k: v for k, v in self.session_parameters.items() if k not in names}
        now = replace(self, **gone)
        return replace(now, contacts=left or None, session_parameters=session)


def _task(value: QualifiedName) -> str:
    return value.sql()


#: What SHOW TASKS leaves out, with what holds where nothing is said (Snowflake docs).
HIDDEN_DEFAULTS: Mapping[str, object] = {
    "overlap_policy": OverlapPolicy.NO_OVERLAP,
    "user_task_timeout_ms": DEFAULT_TIMEOUT_MS,
    "suspend_task_after_num_failures": DEFAULT_SUSPEND_AFTER_FAILURES,
    "task_auto_retry_attempts": 0,
    "user_task_managed_initial_warehouse_size": "MEDIUM",
}
#: Every `NAME = value` of a task, in the order it is written.
PROPERTIES: Mapping[str, Property] = {
    "WAREHOUSE": a_name("warehouse"),
    "USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE": a_word(
        "user_task_managed_initial_warehouse_size", WAREHOUSE_SIZES
    ),
    "SERVERLESS_TASK_MIN_STATEMENT_SIZE": a_word(
        "serverless_task_min_statement_size", WAREHOUSE_SIZES
    ),
    "SERVERLESS_TASK_MAX_STATEMENT_SIZE": a_word(
        "serverless_task_max_statement_size", WAREHOUSE_SIZES
    ),
    "TARGET_COMPLETION_INTERVAL": Property(
        "target_completion_interval", read_target_interval, quoted_string
    ),
    "SCHEDULE": Property("schedule", read_schedule, quoted_string),
    "CONFIG": Property("config", read_config, dollar_quoted),
    "OVERLAP_POLICY": Property("overlap_policy", read_overlap, str),
    "ALLOW_OVERLAPPING_EXECUTION": Property("overlap_policy", read_allow_overlap, str),
    "USER_TASK_TIMEOUT_MS": a_number("user_task_timeout_ms", 0, MAX_TIMEOUT_MS),
    "SUSPEND_TASK_AFTER_NUM_FAILURES": a_number("suspend_task_after_num_failures", 0),
    "TASK_AUTO_RETRY_ATTEMPTS": a_number("task_auto_retry_attempts", 0, MAX_AUTO_RETRIES),
    "USER_TASK_MINIMUM_TRIGGER_INTERVAL_IN_SECONDS": a_number(
        "user_task_minimum_trigger_interval_in_seconds",
        MIN_TRIGGER_INTERVAL_S,
        MAX_TRIGGER_INTERVAL_S,
    ),
    "ERROR_INTEGRATION": a_name("error_integration"),
    "SUCCESS_INTEGRATION": a_name("success_integration"),
    "LOG_LEVEL": a_word("log_level", LOG_LEVELS),
    "LOG_EVENT_LEVEL": a_word("log_level", LOG_LEVELS),
    "COMMENT": a_text("comment"),
    "FINALIZE": Property("finalize", read_task_name, _task),
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
            self._say("execute_as_user", EXECUTE_AS_USER, single_name(reader))
            return True
        if reader.peek_words("CONTACT") and not reader.peek_words("CONTACT", "="):
            self._say_contacts(reader)
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

    def _say_contacts(self, reader: TokenReader) -> None:
        """`CONTACT (purpose = contact, …)` of CREATE and `CONTACT purpose = contact, …` of SET."""
        reader.expect("CONTACT")
        in_parentheses = reader.accept("(")
        contacts = read_contacts(reader, is_property)
        self._said["contacts"] = {**self._said.get("contacts", {}), **contacts}
        if in_parentheses:
            reader.expect(")")

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
        self._session[name] = read_session_value(self._reader, name)

    def _twice(self, name: str) -> SqlTextError:
        return SqlTextError(f"duplicate property '{name}'", text=self._reader.text)


def unset_name(reader: TokenReader) -> str:
    """What UNSET names: a property, EXECUTE AS USER, or the purpose of a contact."""
    if reader.accept("EXECUTE", "AS", "USER"):
        return EXECUTE_AS_USER
    if reader.accept("CONTACT"):
        return f"{CONTACT} {reader.identifier()}"
    return checked_property_name(reader)


def checked_property_name(reader: TokenReader) -> str:
    """The coming name, upper-case, if it is a property or session parameter of a task.

    Raises:
        SqlTextError: it is neither.
    """
    position, name = reader.position, reader.identifier()
    if is_property(name):
        return name
    raise SqlTextError(f"invalid property '{name}' for 'TASK'", text=reader.text, position=position)


def is_property(name: str) -> bool:
    """Whether `NAME = value` is one of a task, or a session parameter."""
    return name in PROPERTIES or name in SESSION_PARAMETERS
