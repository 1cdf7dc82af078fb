"""SYSTEM$SEND_EMAIL, SYSTEM$SEND_SNOWFLAKE_NOTIFICATION and SYSTEM$LOG: checked, kept, not sent."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from sfdag_magics.engine.borders.answers import SqlError, does_not_exist
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.borders.ports import SqlSession, SystemFunction, Value
from sfdag_magics.engine.notices.captured import SENT_BY, Captured
from sfdag_magics.engine.notices.integrations import integration_of
from sfdag_magics.sqltext import SqlTextError, TokenReader

#: By Snowflake's level: what Python's logging calls it.
_LEVELS = {
    "TRACE": "TRACE",
    "DEBUG": "DEBUG",
    "INFO": "INFO",
    "WARN": "WARNING",
    "ERROR": "ERROR",
    "FATAL": "CRITICAL",
}
_CONTENT_TYPES = ("text/plain", "text/html", "application/json")
_LOGGER = "sfdag.sql"


class Messages:
    """The functions, over where messages are kept. Any thread."""

    def __init__(self, captured: Captured) -> None:
        self._captured = captured

    def table(self) -> Mapping[str, SystemFunction]:
        """By name, as a `SqlFeature` has them."""
        return {
            "SYSTEM$SEND_EMAIL": self._send_email,
            "SYSTEM$SEND_SNOWFLAKE_NOTIFICATION": self._send_notification,
            "SYSTEM$LOG": self._log,
            **{f"SYSTEM$LOG_{level}": partial(self._log_at, level) for level in _LEVELS},
        }

    def _send_email(self, values: tuple[Value, ...], session: SqlSession) -> Value:
        """SYSTEM$SEND_EMAIL(integration, recipients, subject, body [, content type])."""
        if not 4 <= len(values) <= 5:
            raise _wrong_number("SYSTEM$SEND_EMAIL", values)
        name, recipients, subject, body, *rest = (_text(value) for value in values)
        integration = _usable(name, session)
        if integration.detail["type"] != "EMAIL":
            raise SqlError(
                f"Integration '{integration.name}' is of type {integration.detail['type']}:"
                " SYSTEM$SEND_EMAIL takes one of type EMAIL."
            )
        if not subject.strip() or not body.strip():
            raise SqlError("SYSTEM$SEND_EMAIL: the subject and the body must not be empty.")
        content_type = rest[0] if rest else _CONTENT_TYPES[0]
        if content_type not in _CONTENT_TYPES[:2]:
            raise SqlError(
                f"SYSTEM$SEND_EMAIL: '{content_type}' is neither text/plain nor text/html."
            )
        listed = [each.strip() for each in recipients.split(",") if each.strip()]
        _check_recipients("SYSTEM$SEND_EMAIL", integration, listed)
        self._keep(session, integration, content_type, subject, body, listed)
        return True

    def _send_notification(self, values: tuple[Value, ...], session: SqlSession) -> Value:
        """SYSTEM$SEND_SNOWFLAKE_NOTIFICATION(messages, configurations)."""
        function = "SYSTEM$SEND_SNOWFLAKE_NOTIFICATION"
        if len(values) != 2:
            raise _wrong_number(function, values)
        messages = list(_objects(function, values[0]))
        for name, options in (
            pair for each in _objects(function, values[1]) for pair in each.items()
        ):
            integration = _usable(name, session)
            listed = _addresses(function, integration, options)
            properties = integration.detail["properties"]
            subject = options.get("subject") or properties.get("DEFAULT_SUBJECT") or ""
            for content_type, text in (pair for each in messages for pair in each.items()):
                if content_type not in _CONTENT_TYPES:
                    raise SqlError(f"{function}: '{content_type}' is no type of a message.")
                self._keep(session, integration, content_type, str(subject), str(text), listed)
        return "Enqueued notifications."

    def _keep(
        self,
        session: SqlSession,
        integration: ObjectFact,
        content_type: str,
        subject: str,
        body: str,
        recipients: Sequence[str],
    ) -> None:
        to = f" to {', '.join(recipients)}" if recipients else ""
        heading = f": {subject}" if subject else ""
        self._captured.keep(
            session,
            SENT_BY,
            f"Not sent, by integration {integration.name}{to}{heading}\n{body}",
            attributes={
                "integration": integration.name,
                "recipients": list(recipients),
                "subject": subject,
                "content_type": content_type,
            },
        )

    def _log(self, values: tuple[Value, ...], session: SqlSession) -> Value:
        """SYSTEM$LOG(level, message)."""
        if len(values) != 2:
            raise _wrong_number("SYSTEM$LOG", values)
        level = _text(values[0]).upper()
        if level not in _LEVELS:
            raise SqlError(f"SYSTEM$LOG: '{level}' is no level: {', '.join(_LEVELS)}.")
        return self._log_at(level, values[1:], session)

    def _log_at(self, level: str, values: tuple[Value, ...], session: SqlSession) -> Value:
        """SYSTEM$LOG_INFO(message) and its kin."""
        if len(values) != 1:
            raise _wrong_number(f"SYSTEM$LOG_{level}", values)
        self._captured.keep(session, _LOGGER, _text(values[0]), level=_LEVELS[level])
        return None


def _usable(name: str, session: SqlSession) -> ObjectFact:
    """The integration of a name as SQL spells it, which must be enabled."""
    try:
        reader = TokenReader(name)
        stored = reader.identifier()
    except SqlTextError as problem:
        raise does_not_exist("Integration", name) from problem
    if not reader.at_end:
        raise does_not_exist("Integration", name)
    integration = integration_of(session.catalogue(), stored)
    if not integration.detail["enabled"]:
        raise SqlError(
            f"Integration '{integration.name}' is not enabled: ALTER INTEGRATION"
            f" {integration.name} SET ENABLED = TRUE."
        )
    return integration


def _check_recipients(function: str, integration: ObjectFact, recipients: Sequence[str]) -> None:
    """Where one is not allowed, nobody is sent anything."""
    allowed = integration.detail["properties"].get("ALLOWED_RECIPIENTS")
    known = {each.lower() for each in allowed or ()}
    for each in recipients:
        if "@" not in each or (allowed is not None and each.lower() not in known):
            raise SqlError(
                f"Email recipients in the given list at indexes [{recipients.index(each) + 1}] are"
                f" not allowed: {each}. Either these email addresses are not among the allowed ones"
                f" of integration {integration.name}, or they are no addresses.",
                code=394209,
            )
    if not recipients:
        raise SqlError(f"{function}: the list of recipients is empty.")


def _addresses(function: str, integration: ObjectFact, options: Mapping[str, Any]) -> list[str]:
    """To whom a notification goes: the addresses that are given, else the integration's."""
    if integration.detail["type"] != "EMAIL":
        return []
    given = [
        address
        for field in ("toAddress", "ccAddress", "bccAddress")
        for address in options.get(field) or ()
    ]
    listed = given or list(integration.detail["properties"].get("DEFAULT_RECIPIENTS") or ())
    _check_recipients(function, integration, listed)
    return listed


def _objects(function: str, value: Value) -> Iterator[dict[str, Any]]:
    """The JSON objects that an argument is: one, or a list of them, each maybe as a text."""
    read = _json(value)
    for each in map(_json, read if isinstance(read, list) else [read]):
        if not isinstance(each, dict):
            raise SqlError(f"{function}: '{value}' is no JSON object, and no list of them.")
        yield {name: options or {} for name, options in each.items()}


def _json(value: Value) -> Any:  # noqa: ANN401 - JSON
    """What a text of JSON says; another text is itself."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _text(value: Value) -> str:
    return "" if value is None else str(value)


def _wrong_number(function: str, values: Sequence[Value]) -> SqlError:
    return SqlError(
        f"SQL compilation error:\ninvalid number of arguments for {function}: {len(values)}"
    )
