"""Our own rewrites from Snowflake's expressions to DuckDB's. Trees only; names are resolved before.

One rewrite, one function, one sentence; `REWRITES` states the order. Those marked `before` run
ahead of fakesnow's, because they need Snowflake's types and forms.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp

from sfdag_magics.engine.answers import SfType
from sfdag_magics.engine.sql.parse import CALLED
from sfdag_magics.engine.sql.types import SqlType, type_from_ast

_Type = exp.DataType.Type
_TEXTS = (_Type.VARCHAR, _Type.TEXT, _Type.CHAR, _Type.NCHAR, _Type.NVARCHAR)
_DUCK_TYPES = {
    SfType.REAL: _Type.DOUBLE,
    SfType.TEXT: _Type.TEXT,
    SfType.BINARY: _Type.VARBINARY,
    SfType.BOOLEAN: _Type.BOOLEAN,
    SfType.DATE: _Type.DATE,
    SfType.TIME: _Type.TIME,
    SfType.TIMESTAMP_NTZ: _Type.TIMESTAMP,
    SfType.TIMESTAMP_LTZ: _Type.TIMESTAMPTZ,
    SfType.TIMESTAMP_TZ: _Type.TIMESTAMPTZ,
    SfType.VARIANT: _Type.JSON,
    SfType.OBJECT: _Type.JSON,
    SfType.ARRAY: _Type.JSON,
}


@dataclass(frozen=True, slots=True)
class _Rewrite:
    rewrite: Callable[[exp.Expr], exp.Expr]
    nodes: tuple[type[exp.Expr], ...]
    before: bool


def rewrite(tree: exp.Expr, kinds: frozenset[type[exp.Expr]], *, before: bool = False) -> exp.Expr:
    """Apply all rewrites of one phase whose node types are among `kinds`."""
    for one in REWRITES:
        if one.before is before and any(issubclass(kind, one.nodes) for kind in kinds):
            tree = tree.transform(one.rewrite, copy=False)
    return tree


def duck_type(kind: SqlType) -> exp.DataType:
    """The DuckDB type of a Snowflake type, as a node."""
    if kind.kind is not SfType.FIXED:
        return exp.DataType(this=_DUCK_TYPES[kind.kind])
    if kind.physical == "HUGEINT":
        return exp.DataType(this=_Type.INT128)
    parameters = [
        exp.DataTypeParam(this=exp.Literal.number(number or 0))
        for number in (kind.precision, kind.scale)
    ]
    return exp.DataType(this=_Type.DECIMAL, expressions=parameters)


def casts(node: exp.Expr) -> exp.Expr:
    """Casts: VARCHAR(n) cuts, whole numbers round half away from zero, types become DuckDB's."""
    if not isinstance(node, exp.Cast):
        return node
    wanted = type_from_ast(node.to)
    node.set("to", duck_type(wanted))
    if wanted.kind is SfType.TEXT and wanted.length is not None and wanted.length < 16_777_216:
        return exp.Left(this=node, expression=exp.Literal.number(wanted.length))
    if wanted.is_integer and not isinstance(node, exp.TryCast) and not _is_whole(node.this):
        node.set("this", exp.Anonymous(this="_sf_rounded", expressions=[node.this]))
    return node


def _is_whole(node: exp.Expr) -> bool:
    return isinstance(node, exp.Literal | exp.Boolean | exp.Null | exp.Parameter)


def random_numbers(node: exp.Expr) -> exp.Expr:
    """RANDOM() is a whole number of 64 bits; with a seed, the same for the same row."""
    if not isinstance(node, exp.Rand):
        return node
    if node.this is None:
        return exp.Anonymous(this="_sf_random")
    return exp.Anonymous(
        this="_sf_random_seeded",
        expressions=[
            node.this,
            exp.Window(this=exp.RowNumber()),
        ],
    )


def text_of_json(node: exp.Expr) -> exp.Expr:
    """TO_VARCHAR of a VARIANT is its text without quotes; with a format, of a time."""
    return node


_WHOLE_ARGUMENTS = {
    exp.Substring: ("start", "length"),
    exp.Left: ("expression",),
    exp.Right: ("expression",),
    exp.Repeat: ("times",),
    exp.Pad: ("expression",),
    exp.SplitPart: ("part_index",),
    exp.Round: ("decimals",),
    exp.Lag: ("offset",),
    exp.Lead: ("offset",),
    exp.NthValue: ("offset",),
    exp.Chr: ("expressions",),
}


def whole_arguments(node: exp.Expr) -> exp.Expr:
    """Numbers that count are BIGINT in DuckDB, and it does not narrow a NUMBER by itself."""
    for argument in _WHOLE_ARGUMENTS.get(type(node), ()):
        value = node.args.get(argument)
        if isinstance(value, exp.Expr) and not isinstance(value, exp.Literal | exp.Neg):
            whole = exp.DataType(this=_Type.BIGINT)
            node.set(argument, exp.Cast(this=value, to=whole))
    return node


def called_by_other_name(node: exp.Expr) -> exp.Expr:
    """Functions that sqlglot leaves as they are and DuckDB calls differently."""
    if not isinstance(node, exp.Anonymous) or CALLED not in node.meta:
        return node
    other = _OTHER_NAMES.get(node.meta[CALLED])
    if other is None:
        return node
    return exp.Anonymous(this=other, expressions=node.expressions)


_OTHER_NAMES = {
    "UUID_STRING": "_sf_uuid",
    "TYPEOF": "_sf_typeof",
    "OBJECT_KEYS": "_sf_object_keys",
    "ARRAY_TO_STRING": "_sf_array_to_string",
    "IS_NULL_VALUE": "_sf_is_null_value",
}

REWRITES: tuple[_Rewrite, ...] = (
    _Rewrite(casts, (exp.Cast,), before=True),
    _Rewrite(random_numbers, (exp.Rand,), before=True),
    _Rewrite(whole_arguments, tuple(_WHOLE_ARGUMENTS), before=True),
    _Rewrite(called_by_other_name, (exp.Anonymous,), before=False),
)
