"""Casts to FLOAT. Trees only; types are noted before, what text is read as is `conversions`."""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.answers import SfType
from sfdag_magics.engine.sql.calls import macro
from sfdag_magics.engine.sql.duck_types import duck_cast
from sfdag_magics.engine.sql.marks import is_to_double, operands
from sfdag_magics.engine.sql.types import plain

_NEVER_TOO_LARGE = frozenset({SfType.FIXED, SfType.REAL, SfType.BOOLEAN})


def doubles(node: exp.Expr) -> exp.Expr:
    """A cast to FLOAT, and TO_DOUBLE: of text, what is too large for one is no infinity."""
    if not is_to_double(node):
        return node
    strict = not (isinstance(node, exp.TryCast) or node.args.get("safe"))
    kind = operands(node)[0]
    is_known = kind is not None and kind.kind in _NEVER_TOO_LARGE
    if is_known or node.find_ancestor(exp.DefaultColumnConstraint) is not None:
        return duck_cast(node.this, plain(SfType.REAL))
    if strict:
        return macro("_sf_to_double", node.this)
    return macro("_sf_read_double", macro("_sf_text", node.this))
