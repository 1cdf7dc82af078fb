"""The body of a query request, parsed once, here. Knows the connector's field names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sfdag_magics.engine.wire.reading import all_only_read, only_reads
from sfdag_magics.light_classes import dataclass

_RESULT_FORMAT = "PYTHON_CONNECTOR_QUERY_RESULT_FORMAT"
_STATEMENT_COUNT = "MULTI_STATEMENT_COUNT"
# Ten thousand requests are kept, and one may have many megabytes.
_KEPT_CHARACTERS = 1_000
_LIMIT = "STATEMENT_TIMEOUT_IN_SECONDS"


class BadRequestError(Exception):
    """A request this protocol does not have. Its text names the field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryRequest:
    """One statement, or several, to be carried out.

    Attributes:
        request_id: chosen by the client; a retry carries the same.
        is_asynchronous: answer with the query's id at once.
        statement_count: how many statements the text must have; 0 for any number.
        parameters: session parameters for this statement only.
        limit_s: how long each statement may take, where the request says so.
    """

    text: str
    request_id: str
    is_asynchronous: bool = False
    is_describe_only: bool = False
    bindings: Mapping[str, Any] | None = None
    statement_count: int = 1
    parameters: Mapping[str, Any]
    limit_s: int | None = None

    @property
    def only_reads(self) -> bool:
        """Whether nothing is lost when it is not carried out to its end."""
        if self.is_describe_only:
            return True
        return only_reads(self.text) if self.statement_count == 1 else all_only_read(self.text)

    def without_values(self) -> QueryRequest:
        """As it is kept once it was carried out: the beginning of its text, and no values."""
        return replace(self, text=self.text[:_KEPT_CHARACTERS], bindings=None)

    def wants_json(self, session_parameters: Mapping[str, Any]) -> bool:
        """Whether rows are to be sent as JSON and not in Arrow."""
        asked = self.parameters.get(_RESULT_FORMAT, session_parameters.get(_RESULT_FORMAT, ""))
        return str(asked).upper() in ("JSON", "JSON_FORCE")


def json_object(body: bytes) -> Mapping[str, Any]:
    """A request's body.

    Raises:
        BadRequestError: it is not a JSON object.
    """
    try:
        parsed = json.loads(body or b"{}")
    except (ValueError, RecursionError) as exc:
        raise BadRequestError("the request's body is not JSON") from exc
    if not isinstance(parsed, dict):
        raise BadRequestError("the request's body is not a JSON object")
    return parsed


def query_request(body: bytes, url_parameters: Mapping[str, str]) -> QueryRequest:
    """The query a client asks for.

    Raises:
        BadRequestError: a field is missing or of another type.
    """
    sent = json_object(body)
    if sent.get("bindStage"):
        raise BadRequestError("bindStage: bindings through a stage are not offered here")
    parameters = _optional(sent, "parameters") or {}
    return QueryRequest(
        text=_required(sent, "sqlText"),
        request_id=url_parameters.get("requestId", ""),
        is_asynchronous=_flag(sent, "asyncExec"),
        is_describe_only=_flag(sent, "describeOnly"),
        bindings=_optional(sent, "bindings"),
        statement_count=_number(parameters, _STATEMENT_COUNT, 1),
        parameters=parameters,
        limit_s=_number(parameters, _LIMIT, 0) if _LIMIT in parameters else None,
    )


def _required(sent: Mapping[str, Any], name: str) -> str:
    value = sent.get(name)
    if not isinstance(value, str):
        raise BadRequestError(f"{name}: a text is needed")
    try:
        value.encode()
    except UnicodeEncodeError as exc:
        raise BadRequestError(
            f"{name}: character {exc.start + 1} is half of a surrogate pair, which is no text"
        ) from exc
    return value


def _flag(sent: Mapping[str, Any], name: str) -> bool:
    value = sent.get(name)
    if not isinstance(value, bool | None):
        raise BadRequestError(f"{name}: true or false is needed")
    return bool(value)


def _optional(sent: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    value = sent.get(name)
    if value is not None and not isinstance(value, dict):
        raise BadRequestError(f"{name}: an object is needed")
    return value


def _number(parameters: Mapping[str, Any], name: str, default: int) -> int:
    try:
        return int(parameters.get(name, default))
    except (TypeError, ValueError) as exc:
        raise BadRequestError(f"{name}: a number is needed") from exc
