"""Aggregates of a VARIANT that go by what it holds. Trees only; types are noted before."""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.answers import SfType
from sfdag_magics.engine.sql.calls import macro
from sfdag_magics.engine.sql.marks import is_of


def extremes(node: exp.Expr) -> exp.Expr:
    """MAX and MIN of a VARIANT go by what it holds, not by its text."""
    if not isinstance(node, exp.Max | exp.Min) or not is_of(SfType.VARIANT, node):
        return node
    chosen = "arg_max" if isinstance(node, exp.Max) else "arg_min"
    return macro(chosen, node.this, macro("_sf_variant_order", node.this.copy()))
