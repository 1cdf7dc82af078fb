"""The door of this room: a call in, its answer out. Knows all operations by their table."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.ports import SqlSession
from sfdag_magics.engine.borders.rest_calls import RestAnswer, RestCall
from sfdag_magics.engine.resources.forms.fields import Field
from sfdag_magics.engine.resources.forms.operations import Call, Operation
from sfdag_magics.engine.resources.forms.paths import Found, Paths
from sfdag_magics.engine.resources.forms.refusals import RefusedCallError, failed, refused
from sfdag_magics.engine.resources.forms.shapes import Name, Text, Truth, Whole
from sfdag_magics.sqltext import SqlTextError


class RestResources:
    """Implements `rest_calls.Resources` over a table of operations."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        self._paths = Paths(operations)

    def __call__(self, call: RestCall, session: SqlSession) -> RestAnswer:
        """Carry out what was asked, in a session; whatever the caller can cause is an answer."""
        try:
            found = self._paths.find(call.method, call.path)
            answer = found.operation.carry_out(_checked(call, found, session))
        except RefusedCallError as problem:
            return refused(problem, call.id)
        except SqlTextError as problem:
            return refused(RefusedCallError(str(problem)), call.id)
        except SqlError as problem:
            return failed(problem, call.id)
        if isinstance(answer, RestAnswer):
            return answer
        return RestAnswer(status=200, body=answer)


def _checked(call: RestCall, found: Found[Operation], session: SqlSession) -> Call:
    operation = found.operation
    names = {
        parameter: (Text() if parameter in operation.unnamed else Name()).checked(text, parameter)
        for parameter, text in found.names.items()
    }
    query = {each.name: _parameter(each, call.query) for each in operation.query}
    said = {name: value for name, value in query.items() if value is not None}
    try:
        body = operation.body.checked(_json(call.body), "body") if operation.body else None
    except RecursionError as problem:
        raise RefusedCallError("The body is nested too deep") from problem
    return Call(id=call.id, session=session, names=names, query=said, body=body)


def _parameter(field: Field, sent: Mapping[str, str]) -> Any:  # noqa: ANN401 - as its shape says
    """A parameter's value; None where it was not sent. Its text is read as its shape needs."""
    text = sent.get(field.name)
    if text is None:
        if field.required:
            raise RefusedCallError(f"the parameter '{field.name}' is missing")
        return None
    value: Any = text
    if isinstance(field.shape, Truth):
        value = {"true": True, "false": False}.get(text.lower(), text)
    elif isinstance(field.shape, Whole) and text.lstrip("-").isdecimal() and len(text) < 20:
        value = int(text)
    return field.shape.checked(value, f"the parameter '{field.name}'")


def _json(body: bytes) -> Any:  # noqa: ANN401 - JSON
    if not body:
        raise RefusedCallError("A body is missing: a JSON value is needed")
    try:
        return json.loads(body, parse_constant=_not_json)
    except ValueError as problem:
        raise RefusedCallError(f"The body is no JSON: {str(problem)[:100]}") from problem


def _not_json(word: str) -> Any:  # noqa: ANN401 - as `json.loads` has it
    raise ValueError(f"{word} is no JSON")
