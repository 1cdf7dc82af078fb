"""CASE of a value, DECODE and NULLIF: the value is computed once, whatever it is compared with.

Trees only. DuckDB writes it again for each comparison: one that differs at each time (RANDOM, a
sequence) would match by chance, and choices within choices would grow with each.
"""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.sql.checking.known_functions import VOLATILE
from sfdag_magics.engine.sql.reading.parse import CALLED
from sfdag_magics.engine.sql.reading.walking import nodes
from sfdag_magics.engine.sql.values.calls import macro

_CHOSEN = "_sf_chosen"
_SHORT_NODES = 12
_VOLATILE = (exp.Rand, exp.Uniform, exp.Normal, exp.Randstr, exp.Uuid, exp.Anonymous)
#: What must stay where it is in its query.
_FIXED = (exp.AggFunc, exp.Window, exp.Query)


def chosen(node: exp.Expr) -> exp.Expr:
    """The choice as a function of its value, where that is not short or not always the same."""
    value = _value(node)
    if value is None or not _is_once(value):
        return node
    if any(part is not node and isinstance(part, _FIXED) for part in _without(node, value)):
        return node
    value.replace(exp.column(exp.to_identifier(_CHOSEN)))
    given = exp.Lambda(this=node.copy(), expressions=[exp.to_identifier(_CHOSEN)], colon=True)
    listed = macro("list_transform", macro("list_value", value), given)
    return macro("list_extract", listed, exp.Literal.number(1))


def _value(node: exp.Expr) -> exp.Expr | None:
    if isinstance(node, exp.Case | exp.Nullif):
        return node.args.get("this")
    return node.expressions[0] if isinstance(node, exp.DecodeCase) else None


def _is_once(value: exp.Expr) -> bool:
    parts = list(nodes(value))
    return len(parts) > _SHORT_NODES or any(
        isinstance(part, _VOLATILE) or part.meta.get(CALLED) in VOLATILE for part in parts
    )


def _without(node: exp.Expr, value: exp.Expr) -> list[exp.Expr]:
    return list(nodes(node, prune=lambda part: part is value))
