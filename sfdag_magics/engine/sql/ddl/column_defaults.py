"""What a column's DEFAULT is in DuckDB: a constant, or what is computed at each INSERT.

DuckDB takes no names for values in a default, which most macros give, and a table pins the macros
that its defaults name: what is the same at each time is computed when the column is made.
"""

from __future__ import annotations

import json
from typing import Any

from sqlglot import exp

from sfdag_magics.engine.borders.answers import SfType, SqlError, unsupported
from sfdag_magics.engine.borders.ports import Value
from sfdag_magics.engine.sql.checking.known_functions import VOLATILE
from sfdag_magics.engine.sql.reading.parse import CALLED
from sfdag_magics.engine.sql.reading.walking import nodes
from sfdag_magics.engine.sql.translating.context import OF_SESSION, OF_TIME, context_name
from sfdag_magics.engine.sql.translating.translate import Translator
from sfdag_magics.engine.sql.values.constants import constant, literal
from sfdag_magics.engine.sql.values.types import JSON_TYPES, SqlType

#: What is made by what is not a function of Snowflake's: a sequence's number, a user's function.
_DIFFERENT = (exp.Rand, exp.Uniform, exp.Normal, exp.Randstr, exp.Uuid)


def duck_default(node: exp.Expr, kind: SqlType, translator: Translator) -> str:
    """The DuckDB text of a default; CURRENT_TIMESTAMP must stay one, not become a constant."""
    if kind.kind is SfType.BINARY and isinstance(node, exp.Literal):
        return _bytes(node.name)
    if kind.kind is SfType.TIMESTAMP_TZ:
        return _with_offset(node, kind, translator)
    if kind.kind is SfType.TIMESTAMP_LTZ:
        node = _without_zone(node)
    if kind.unit_us is not None and not isinstance(node, exp.Null):
        return _with_digits(node, kind, translator)
    if constant(node) is NotImplemented and _is_the_same_each_time(node):
        value = translator.evaluated(exp.select(node.copy()))
        is_json = kind.kind in JSON_TYPES
        node = exp.Literal.string(str(value)) if is_json and value is not None else literal(value)
    elif kind.kind is SfType.VARIANT and isinstance(node, exp.Literal) and node.is_string:
        node = exp.Literal.string(json.dumps(node.name, ensure_ascii=False))
    return _text(node, translator)


def _with_digits(node: exp.Expr, kind: SqlType, translator: Translator) -> str:
    """A TIME or TIMESTAMP with fewer digits of a second than one may have."""
    if _is_the_same_each_time(node):
        return _text(literal(_now_as(kind, node, translator)), translator)
    return _cut(f"CAST({_text(node, translator)} AS {kind.physical})", kind)


def _cut(moment: str, kind: SqlType) -> str:
    """No macro, which a table that uses it would pin."""
    if kind.unit_us is None:
        return moment
    return f"({moment} - to_microseconds(microsecond({moment}) % {kind.unit_us}))"


def _now_as(kind: SqlType, node: exp.Expr, translator: Translator) -> Value:
    """What the expression is now, as a value of the type."""
    wanted = exp.cast(node.copy(), kind.sql(), dialect="snowflake")
    return translator.evaluated(exp.select(wanted))


def _with_offset(node: exp.Expr, kind: SqlType, translator: Translator) -> str:
    """A TIMESTAMP_TZ: the instant with the minutes of its offset."""
    while isinstance(node, exp.Cast):
        node = node.this
    if isinstance(node, exp.Null):
        return "NULL"
    if _is_the_same_each_time(node):
        value: Any = _now_as(kind, node, translator)
        utc, minutes = f"CAST('{value['utc']}' AS TIMESTAMP)", value["offset_minutes"]
    else:
        moment = _text(_without_zone(node), translator)
        instant = f"CAST({moment} AS TIMESTAMPTZ)"
        utc = _cut(f"timezone('UTC', {instant})", kind)
        minutes = _minutes(node, utc, instant, translator)
    return f"struct_pack(utc := {utc}, offset_minutes := {minutes})"


def _without_zone(node: exp.Expr) -> exp.Expr:
    """The instant that CONVERT_TIMEZONE shows by another clock."""
    while isinstance(node, exp.ConvertTimezone) and node.args.get("source_tz") is None:
        node = node.args["timestamp"]
    return node


def _minutes(node: exp.Expr, utc: str, instant: str, translator: Translator) -> str:
    if _without_zone(node) is node:
        clock = f"CAST({instant} AS TIMESTAMP)"
    else:
        clock = f"timezone({_text(node.args['target_tz'], translator)}, {instant})"
    return f"CAST(date_diff('minute', {utc}, {clock}) AS INTEGER)"


def _text(node: exp.Expr, translator: Translator) -> str:
    text = translator.generated(exp.DefaultColumnConstraint(this=node.copy()))
    return text.removeprefix("DEFAULT ")


def _is_the_same_each_time(node: exp.Expr) -> bool:
    """Whether it may be computed now.

    Raises:
        SqlError: it is of the session that inserts, which DuckDB does not know.
    """
    for part in nodes(node):
        name = context_name(part)
        if name in OF_SESSION:
            raise unsupported(f"{name} in a column's DEFAULT")
        if name in OF_TIME or isinstance(part, _DIFFERENT) or part.meta.get(CALLED) in VOLATILE:
            return False
        if isinstance(part, exp.Anonymous) and CALLED not in part.meta:
            return False
    return True


def _bytes(text: str) -> str:
    """What hexadecimal text stands for; no macro, which a table that uses it would pin."""
    try:
        value = bytes.fromhex(text)
    except ValueError as problem:
        raise SqlError(
            f"The following string is not a legal hex-encoded value: '{text}'",
            code=100115,
            sqlstate="22000",
        ) from problem
    return "'" + "".join(f"\\x{byte:02X}" for byte in value) + "'::BLOB"
