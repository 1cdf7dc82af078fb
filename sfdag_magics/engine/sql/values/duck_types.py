"""Snowflake's types as nodes of DuckDB's, and casts to them that later rewrites leave alone."""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.borders.answers import SfType
from sfdag_magics.engine.sql.values.calls import macro
from sfdag_magics.engine.sql.values.types import SqlType

_Type = exp.DataType.Type
#: Marks a cast whose type is DuckDB's already.
FINAL = "final"
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
#: Of one value each, as a cast names them that later rewrites still see.
AS_WRITTEN = {
    SfType.REAL: _Type.DOUBLE,
    SfType.BOOLEAN: _Type.BOOLEAN,
    SfType.DATE: _Type.DATE,
    SfType.TIME: _Type.TIME,
    SfType.TIMESTAMP_NTZ: _Type.TIMESTAMP,
    SfType.TIMESTAMP_LTZ: _Type.TIMESTAMPLTZ,
    SfType.TIMESTAMP_TZ: _Type.TIMESTAMPTZ,
}


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


def duck_cast(node: exp.Expr, kind: SqlType) -> exp.Expr:
    """The node as a value of DuckDB's type for `kind`."""
    cast = exp.Cast(this=node, to=duck_type(kind))
    cast.meta[FINAL] = True
    return cast


def cut_to(kind: SqlType, value: exp.Expr) -> exp.Expr:
    """A value of the type, which may have more digits of a second than it, with those of it."""
    if kind.unit_us is None:
        return value
    name = "_sf_cut_offset" if kind.kind is SfType.TIMESTAMP_TZ else "_sf_cut"
    return macro(name, value, exp.Literal.number(kind.unit_us))
