"""BINARY in casts, comparisons, lists and functions of text. Trees only; what bytes are made of is
`binary_functions`.
"""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.borders.answers import SfType
from sfdag_magics.engine.sql.names.marks import is_of, operands
from sfdag_magics.engine.sql.values.calls import macro
from sfdag_magics.engine.sql.values.types import MAX_BINARY, SqlType

COMPARED = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)
PARTS = (exp.Substring, exp.Left, exp.Right)
_ALL_BYTES = 8_388_608


def cast_to_binary(value: exp.Expr, wanted: SqlType, *, strict: bool) -> exp.Expr:
    """The value as bytes, of which a BINARY(n) holds n and no more."""
    name = "_sf_binary" if strict else "_sf_try_binary"
    if wanted.length is None or wanted.length == MAX_BINARY:
        return macro(name, value)
    return macro(f"{name}_within", value, exp.Literal.number(wanted.length))


def compared(node: exp.Expr) -> exp.Expr:
    """Text that bytes are compared with is hexadecimal."""
    if not isinstance(node, COMPARED):
        return node
    kinds = [kind.kind if kind is not None else None for kind in operands(node)]
    if set(kinds) == {SfType.BINARY, SfType.TEXT}:
        side = "this" if kinds[0] is SfType.TEXT else "expression"
        node.set(side, macro("_sf_binary", node.args[side]))
    return node


def listed(node: exp.Expr) -> exp.Expr:
    """The same of `x IN ('6162', …)`."""
    if isinstance(node, exp.In) and is_of(SfType.BINARY, node):
        texts = [
            macro("_sf_binary", item) if isinstance(item, exp.Literal) else item
            for item in node.expressions
        ]
        node.set("expressions", texts)
    return node


def parts(node: exp.Expr) -> exp.Expr:
    """SUBSTR, LEFT and RIGHT of bytes; DuckDB has them of text."""
    if not isinstance(node, PARTS) or not is_of(SfType.BINARY, node):
        return node
    if isinstance(node, exp.Substring):
        length = node.args.get("length") or exp.Literal.number(_ALL_BYTES)
        return macro("_sf_substr_bytes", node.this, node.args["start"], length)
    count = exp.Mul(this=exp.Literal.number(2), expression=exp.Paren(this=node.expression))
    part = type(node)(this=exp.Hex(this=node.this), expression=count)
    return macro("unhex", part)
