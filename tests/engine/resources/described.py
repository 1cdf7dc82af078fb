"""The room's own tables as an OpenAPI document, for tests that make calls up from it.

It is served nowhere: what clients are generated from is Snowflake's, and this is only what the
tables say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sfdag_magics.engine.resources.forms.fields import Field, Record, Union
from sfdag_magics.engine.resources.forms.operations import Operation
from sfdag_magics.engine.resources.forms.shapes import (
    AnyObject,
    Anything,
    ListOf,
    Moment,
    Name,
    OneOf,
    Shape,
    Text,
    Truth,
    Whole,
)

_IDENTIFIER = '^("([^"]|"")+"|[a-zA-Z_][a-zA-Z0-9_$]*)$'
_ERROR = {
    "type": "object",
    "properties": {
        name: {"type": "string"} for name in ("message", "code", "error_code", "request_id")
    },
    "required": ["message", "code", "error_code", "request_id"],
    "additionalProperties": False,
}
_ANSWERS = ("200", "202", "400", "401", "403", "404", "405", "409")


def document(operations: Sequence[Operation], names: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The document; `names` has by parameter what its value is one of, where it is not any name."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        described = {"parameters": _parameters(operation, names), "responses": _responses()}
        if operation.body is not None:
            content = {"application/json": {"schema": schema_of(operation.body)}}
            described["requestBody"] = {"required": True, "content": content}
        paths.setdefault(operation.path, {})[operation.method.lower()] = described
    return {"openapi": "3.0.0", "info": {"title": "made", "version": "0"}, "paths": paths}


def _responses() -> dict[str, Any]:
    failed = {"description": "", "content": {"application/json": {"schema": _ERROR}}}
    return {status: failed if status[0] == "4" else {"description": ""} for status in _ANSWERS}


def _parameters(operation: Operation, names: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    in_path = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": _name_schema(operation, name, names),
        }
        for name in re.findall(r"\{(\w+)\}", operation.path)
    ]
    in_query = [
        {
            "name": field.name,
            "in": "query",
            "required": field.required,
            "schema": schema_of(field.shape),
        }
        for field in operation.query
    ]
    return in_path + in_query


def _name_schema(
    operation: Operation, name: str, names: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    any_name = {"type": "string", "minLength": 1}
    if name not in operation.unnamed:
        any_name = {"type": "string", "pattern": _IDENTIFIER}
    known = names.get(f"{operation.path} {name}", names.get(name))
    if known is None:
        return any_name
    some = {"type": "string", "enum": list(known)}
    return some if name in ("database", "schema") else {"anyOf": [some, any_name]}


def schema_of(shape: Shape) -> dict[str, Any]:
    """The JSON schema of what a shape takes."""
    match shape:
        case Name():
            return {"type": "string", "pattern": _IDENTIFIER}
        case Moment():
            return {"type": "string", "format": "date-time"}
        case Text():
            return {"type": "string"}
        case Whole():
            return {"type": "integer", "minimum": shape.lowest, "maximum": shape.highest}
        case Truth():
            return {"enum": ["true", "false"]} if shape.as_text else {"type": "boolean"}
        case OneOf():
            return {"type": "string", "enum": list(shape.words)}
        case ListOf():
            return {"type": "array", "items": schema_of(shape.item)}
        case AnyObject():
            return {"type": "object"}
        case Anything():
            return {}
        case Record():
            return _record(shape.fields)
        case Union():
            return {"oneOf": [_kind(shape, word) for word in shape.kinds]}
        case _:
            raise AssertionError(shape)


def _record(fields: Sequence[Field]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {field.name: schema_of(field.shape) for field in fields},
        "required": [field.name for field in fields if field.required],
        "additionalProperties": False,
    }


def _kind(union: Union, word: str) -> dict[str, Any]:
    kind = _record(union.kinds[word].fields)
    properties = {union.by: {"enum": [word]}, **kind["properties"]}
    return {**kind, "properties": properties, "required": [union.by, *kind["required"]]}
