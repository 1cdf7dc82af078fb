"""Procedures and functions: their operations as statements, and rows as bodies.

A path names one of several overloads by its argument types: `f(NUMBER, VARCHAR)`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, time
from typing import Any

from sfdag_magics.engine.resources.forms.fields import Field, Record, told
from sfdag_magics.engine.resources.forms.operations import (
    CREATE_MODE,
    IF_EXISTS,
    IN_SCHEMA,
    LIKE,
    Call,
    Operation,
    creation,
    drop,
    filters,
    schema_scope,
)
from sfdag_magics.engine.resources.forms.refusals import NOT_FOUND, RefusedCallError
from sfdag_magics.engine.resources.forms.shapes import Anything, ListOf, Name, Text, Truth
from sfdag_magics.engine.resources.kinds.code_fields import FUNCTION, PROCEDURE, clauses, signature
from sfdag_magics.sqltext import SqlTextError, TokenReader, sql_identifier

_WITH_TYPES = "nameWithArgs"
#: `NAME(NUMBER, DEFAULT VARCHAR) RETURN TABLE (…)`, as SHOW tells a signature.
_SHOWN = re.compile(r"\((?P<types>.*)\) RETURN (?P<returned>.*)", re.DOTALL)
_CALL_ARGUMENTS = Record(
    (
        Field(
            "call_arguments",
            ListOf(
                Record(
                    (
                        Field("name", Name(), required=True),
                        Field("datatype", Text(), required=True),
                        Field("value", Anything()),
                    )
                )
            ),
            required=True,
        ),
    )
)
_COPY_GRANTS = Field("copyGrants", Truth())


def _full(call: Call) -> str:
    """The overload that the path names: its full name with the types of its arguments."""
    text = call.names[_WITH_TYPES]
    try:
        reader = TokenReader(text)
        name = reader.qualified_name()
        types = text[reader.position :].strip() if not reader.at_end else "()"
        if not (types.startswith("(") and types.endswith(")")):
            raise reader.unexpected("argument types in parentheses")
    except SqlTextError as problem:
        raise RefusedCallError(
            f"{_WITH_TYPES}: {text[:80]!r} is no name with argument types, such as F(NUMBER)"
        ) from problem
    return f"{call.place(name.name).sql()}{types}"


def _created(noun: str) -> Callable[[Call], dict[str, str]]:
    def create(call: Call) -> dict[str, str]:
        body = call.body
        modifiers = [
            "TEMPORARY" if body.get("is_temporary") else "",
            "SECURE" if body.get("is_secure") else "",
            "AGGREGATE" if body.get("is_aggregate") else "",
        ]
        name = f"{call.inside(body['name'])}{signature(body)}"
        copied = ["COPY GRANTS"] if call.flag("copyGrants") else []
        said = [*copied, *clauses(body)]
        words = " ".join(word for word in modifiers if word)
        return call.done(creation(call, noun, name, said, modifiers=words))

    return create


def _listed(noun: str, fields: Sequence[Field]) -> Callable[[Call], list[dict[str, Any]]]:
    def listed(call: Call) -> list[dict[str, Any]]:
        rows = call.rows(f"SHOW USER {noun}S{filters(call, schema_scope(call))}")
        return [_told(call, noun, fields, row) for row in rows]

    return listed


def _fetched(noun: str, fields: Sequence[Field]) -> Callable[[Call], dict[str, Any]]:
    def fetched(call: Call) -> dict[str, Any]:
        name = _full(call)
        properties = _described(call, noun, name)
        own = TokenReader(name).qualified_name().name
        for row in call.rows(f"SHOW USER {noun}S{filters(call, schema_scope(call))}"):
            if row["name"] == own and _described(call, noun, _overload(call, row)) == properties:
                return _told(call, noun, fields, row)
        raise RefusedCallError(f"{noun.capitalize()} {name} was dropped meanwhile", NOT_FOUND)

    return fetched


def _overload(call: Call, row: Mapping[str, Any]) -> str:
    found = _SHOWN.search(row["arguments"])
    types = found["types"].replace("DEFAULT ", "") if found else ""
    return f"{call.place(row['name']).sql()}({types})"


def _described(call: Call, noun: str, name: str) -> dict[str, str | None]:
    return {row["property"]: row["value"] for row in call.rows(f"DESCRIBE {noun} {name}")}


def _told(call: Call, noun: str, fields: Sequence[Field], row: Mapping[str, Any]) -> dict[str, Any]:
    properties = _described(call, noun, _overload(call, row))
    body = told(fields, {**row, "comment": row["description"]})
    body |= {
        "arguments": _arguments(properties["signature"] or "()"),
        "return_type": _return_type(properties["returns"] or ""),
        "language_config": _language_config(properties),
        "body": properties.get("body") or "",
    }
    if noun == "PROCEDURE":
        body["execute_as"] = properties.get("execute as") or "OWNER"
    return body


def _arguments(written: str) -> list[dict[str, str]]:
    """`(A NUMBER, B VARCHAR)` as a list of arguments."""
    reader = TokenReader(written)
    reader.expect("(")
    found: list[dict[str, str]] = []
    while not reader.accept(")"):
        reader.accept(",")
        name, start = reader.identifier(), reader.position
        end = start
        while not (reader.peek_words(",") or reader.peek_words(")")):
            if reader.peek_words("("):
                reader.parenthesized()
            else:
                reader.take()
            end = reader.position
        found.append({"name": sql_identifier(name), "datatype": written[start:end].strip()})
    return found


def _return_type(written: str) -> dict[str, Any]:
    if not written.startswith("TABLE ("):
        return {"type": "DATATYPE", "datatype": written}
    columns = _arguments(written.removeprefix("TABLE "))
    return {"type": "TABLE", "column_list": columns}


def _language_config(properties: Mapping[str, str | None]) -> dict[str, Any]:
    config: dict[str, Any] = {
        "language": properties["language"],
        "called_on_null_input": properties.get("null handling") == "CALLED ON NULL INPUT",
    }
    if config["language"] in ("SQL", "JAVASCRIPT"):
        return config
    imports = str(properties.get("imports") or "[]")[1:-1]
    return config | {
        "runtime_version": properties.get("runtime_version") or "",
        "packages": list(ast.literal_eval(properties.get("packages") or "[]")),
        "imports": [each.strip() for each in imports.split(",") if each.strip()],
        "handler": properties.get("handler") or "",
    }


def _dropped(noun: str) -> Callable[[Call], dict[str, str]]:
    return lambda call: drop(call, noun, _full(call))


def _called(call: Call) -> list[dict[str, str | None]]:
    """The rows of a CALL, each value as a text, which clients read by the declared type."""
    name = TokenReader(_full(call)).qualified_name().name
    given = [
        f"{sql_identifier(each['name'])} => {Anything().sql(each.get('value'))}"
        for each in call.body["call_arguments"]
    ]
    rows = call.rows(f"CALL {call.inside(name)}({', '.join(given)})")
    return [{column: _text(cell) for column, cell in row.items()} for row in rows]


def _text(cell: object) -> str | None:
    if cell is None or isinstance(cell, bool):
        return None if cell is None else str(cell).lower()
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def _of(noun: str, plural: str, fields: Sequence[Field]) -> tuple[Operation, ...]:
    whole = f"{IN_SCHEMA}/{plural}"
    one = f"{whole}/{{{_WITH_TYPES}}}"
    unnamed = (_WITH_TYPES,)
    return (
        Operation(method="GET", path=whole, carry_out=_listed(noun, fields), query=(LIKE,)),
        Operation(
            method="POST",
            path=whole,
            carry_out=_created(noun),
            query=(CREATE_MODE, _COPY_GRANTS),
            body=Record(tuple(fields)),
        ),
        Operation(method="GET", path=one, carry_out=_fetched(noun, fields), unnamed=unnamed),
        Operation(
            method="DELETE",
            path=one,
            carry_out=_dropped(noun),
            query=(IF_EXISTS,),
            unnamed=unnamed,
        ),
    )


OPERATIONS = (
    *_of("PROCEDURE", "procedures", PROCEDURE),
    *_of("FUNCTION", "user-defined-functions", FUNCTION),
    Operation(
        method="POST",
        path=f"{IN_SCHEMA}/procedures/{{{_WITH_TYPES}}}:call",
        carry_out=_called,
        body=_CALL_ARGUMENTS,
        unnamed=(_WITH_TYPES,),
    ),
)
