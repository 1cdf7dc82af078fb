"""VARIANT in comparisons, orders and aggregates: by what it holds; lambdas over arrays. Trees only.

Types are noted before. DuckDB compares JSON as text, in which 10 comes before 9. What a VARIANT is
converted to beside another type is `variant_coercions`.
"""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.borders.answers import SfType
from sfdag_magics.engine.sql.names import orders
from sfdag_magics.engine.sql.names.marks import is_of, operands
from sfdag_magics.engine.sql.values.calls import macro
from sfdag_magics.engine.sql.values.duck_types import duck_cast
from sfdag_magics.engine.sql.values.types import JSON_TYPES

_ORDER = "_sf_variant_order"
COMPARED = (exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between)
LAMBDAS = (exp.ArrayFilter, exp.Transform, exp.Reduce)


def extremes(node: exp.Expr) -> exp.Expr:
    """MAX and MIN of a VARIANT go by what it holds, not by its text."""
    if not isinstance(node, exp.Max | exp.Min) or not is_of(SfType.VARIANT, node):
        return node
    chosen = "arg_max" if isinstance(node, exp.Max) else "arg_min"
    return macro(chosen, node.this, macro(_ORDER, node.this.copy()))


def chosen_by(node: exp.Expr) -> exp.Expr:
    """MAX_BY and MIN_BY go by what a VARIANT holds; with a number they give an ARRAY."""
    if not isinstance(node, exp.ArgMax | exp.ArgMin):
        return node
    second = operands(node)[1]
    if second is not None and second.kind is SfType.VARIANT:
        node.set("expression", macro(_ORDER, node.expression))
    if node.args.get("count") is not None:
        return macro("_sf_array_of", node)
    # DuckDB passes rows over that have NULL to give
    name = "arg_max_null" if isinstance(node, exp.ArgMax) else "arg_min_null"
    return macro(name, node.this, node.expression)


def compared(node: exp.Expr) -> exp.Expr:
    """`<` and its like of two VARIANTs; what else stands beside one is converted by now."""
    if not isinstance(node, COMPARED) or not is_of(SfType.VARIANT, node):
        return node
    for name in ("this", "expression", "low", "high"):
        if isinstance(value := node.args.get(name), exp.Expr):
            node.set(name, macro(_ORDER, value))
    return node


def greatest(node: exp.Expr) -> exp.Expr:
    """GREATEST and LEAST of VARIANTs."""
    if not isinstance(node, exp.Greatest | exp.Least) or not is_of(SfType.VARIANT, node):
        return node
    name = "_sf_greatest" if isinstance(node, exp.Greatest) else "_sf_least"
    return macro(name, macro("list_value", node.this, *node.expressions))


def ordered(node: exp.Expr) -> exp.Expr:
    """ORDER BY a VARIANT, also where it is a column's position or alias."""
    if not isinstance(node, exp.Ordered):
        return node
    if is_of(SfType.VARIANT, node):
        is_of_groups = orders.is_of_groups(node)
        key = macro(_ORDER, orders.usable_in_expressions(node))
        # DuckDB finds what a query groups by where it stands alone, not within an expression
        node.set("this", macro("any_value", key) if is_of_groups else key)
    return node


def variants(node: exp.Expr) -> exp.Expr:
    """TO_VARIANT."""
    return macro("_sf_json", node.this) if isinstance(node, exp.ToVariant) else node


def lambdas(node: exp.Expr) -> exp.Expr:
    """FILTER, TRANSFORM and REDUCE go through the elements of an ARRAY, which are VARIANTs."""
    if not isinstance(node, LAMBDAS):
        return node
    elements = macro("_sf_elements", node.this)
    if isinstance(node, exp.Reduce):
        return _reduced(node, elements)
    if isinstance(node, exp.ArrayFilter):
        return macro("to_json", macro("list_filter", elements, node.expression))
    step = node.expression
    step.set("this", macro("_sf_json", step.this))
    return macro("to_json", macro("list_transform", elements, step))


def _reduced(node: exp.Reduce, elements: exp.Expr) -> exp.Expr:
    """What is carried along is a VARIANT as well; at the end it has a type again."""
    step, first = node.args["merge"], node.args["initial"]
    step.set("this", macro("_sf_json", step.this))
    found = macro("list_reduce", elements, step, macro("_sf_json", first))
    kind = operands(node)[1]
    if kind is None or kind.kind in JSON_TYPES:
        return found
    return duck_cast(macro("_sf_text", found), kind)
