"""VARIANT in comparisons, orders and aggregates: by what it holds. Trees only.

Types are noted before. DuckDB compares JSON as text, in which 10 comes before 9. What a VARIANT is
converted to beside another type is `variant_coercions`.
"""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.answers import SfType
from sfdag_magics.engine.sql.calls import macro
from sfdag_magics.engine.sql.expression_types import literal_type
from sfdag_magics.engine.sql.marks import is_of, operands

COMPARED = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)
COUNTED = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod)
_NUMBERS = frozenset({SfType.FIXED, SfType.REAL})


def extremes(node: exp.Expr) -> exp.Expr:
    """MAX and MIN of a VARIANT go by what it holds, not by its text."""
    if not isinstance(node, exp.Max | exp.Min) or not is_of(SfType.VARIANT, node):
        return node
    chosen = "arg_max" if isinstance(node, exp.Max) else "arg_min"
    return macro(chosen, node.this, macro("_sf_variant_order", node.this.copy()))


def ordered(node: exp.Expr) -> exp.Expr:
    """ORDER BY a VARIANT: numbers by their size, before texts."""
    if not isinstance(node, exp.Ordered) or not is_of(SfType.VARIANT, node):
        return node
    query = node.parent.parent if node.parent is not None else None
    is_of_items = isinstance(query, exp.SetOperation) or (
        isinstance(query, exp.Select) and query.args.get("distinct") is not None
    )
    if not is_of_items:  # where a DISTINCT or UNION is ordered, only what it gives may be named
        node.set("this", macro("_sf_variant_order", node.this))
    return node


def compared(node: exp.Expr) -> exp.Expr:
    """Two VARIANTs by what both hold."""
    if not isinstance(node, COMPARED):
        return node
    kinds = {kind.kind if kind is not None else None for kind in operands(node)}
    if kinds == {SfType.VARIANT}:
        key = "_sf_variant_key" if isinstance(node, exp.EQ | exp.NEQ) else "_sf_variant_order"
        for side in ("this", "expression"):
            node.set(side, macro(key, node.args[side]))
    return node


def counted(node: exp.Expr) -> exp.Expr:
    """A text that is calculated with is the number written in it."""
    if not isinstance(node, COUNTED):
        return node
    kinds = [kind.kind if kind is not None else None for kind in operands(node)]
    for side, other in zip(("this", "expression"), kinds[::-1], strict=True):
        if other in _NUMBERS and (digits := _in_quotes(node.args.get(side))):
            node.set(side, exp.Literal.number(digits))
    return node


def _in_quotes(value: object) -> str | None:
    """The number that is written as a text."""
    if not isinstance(value, exp.Literal) or not value.is_string or "e" in value.name.lower():
        return None
    digits = value.name.strip()
    return digits if literal_type(digits) is not None else None
