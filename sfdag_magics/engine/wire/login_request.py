"""The body of a login, parsed once, here. Knows the connector's field names."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from sfdag_magics.engine.borders.ports import SessionOptions, Value
from sfdag_magics.engine.wire.query_request import BadRequestError, json_object
from sfdag_magics.sqltext import identifier_from_sql

_MUST_EXIST = "CLIENT_VALIDATE_DEFAULT_PARAMETERS"
#: Snowflake's (docs: "Identifier requirements").
_LONGEST_NAME = 255
#: Control characters, and halves of characters that JSON can carry.
_NOT_IN_NAMES = ("Cc", "Cs")
_SIMPLE = (str, int, float, bool, type(None))


def login_options(body: bytes, url_parameters: Mapping[str, str]) -> SessionOptions:
    """The session a client asks for.

    Raises:
        BadRequestError: a field is of another type, or a name cannot be one.
    """
    sent = json_object(body).get("data")
    if sent is not None and not isinstance(sent, dict):
        raise BadRequestError("data: an object is needed")
    named = {
        name: _stored(name, url_parameters.get(name))
        for name in ("roleName", "warehouse", "databaseName", "schemaName")
    }
    user = (sent or {}).get("LOGIN_NAME") or "SFDAG"
    if not isinstance(user, str):
        raise BadRequestError("LOGIN_NAME: a text is needed")
    return SessionOptions(
        user=_checked("LOGIN_NAME", user).upper(),
        role=named["roleName"] or "ACCOUNTADMIN",
        warehouse=named["warehouse"],
        database=named["databaseName"],
        schema=named["schemaName"],
        parameters=_parameters((sent or {}).get("SESSION_PARAMETERS")),
    )


def names_must_exist(options: SessionOptions) -> bool:
    """Whether a login fails where its database or schema is not there."""
    return bool(options.parameters.get(_MUST_EXIST))


def _parameters(sent: Any) -> Mapping[str, Value]:  # noqa: ANN401 - JSON
    if sent is None:
        return {}
    if not isinstance(sent, dict):
        raise BadRequestError("SESSION_PARAMETERS: an object is needed")
    for name, value in sent.items():
        if not isinstance(value, _SIMPLE):
            raise BadRequestError(
                f"SESSION_PARAMETERS: {name[:80]} is a text, a number, or true or false"
            )
    return {_checked("SESSION_PARAMETERS", name).upper(): value for name, value in sent.items()}


def _stored(field: str, name: str | None) -> str | None:
    """A name from connection parameters as it is stored; the connector sends it as typed."""
    if not name:
        return None
    try:
        return identifier_from_sql(_checked(field, name))
    except ValueError:
        return name


def _checked(field: str, name: str) -> str:
    if len(name) > _LONGEST_NAME:
        raise BadRequestError(f"{field}: a name has at most {_LONGEST_NAME} characters")
    if any(unicodedata.category(character) in _NOT_IN_NAMES for character in name):
        raise BadRequestError(f"{field}: {name[:80]!r} has characters that no name has")
    return name
