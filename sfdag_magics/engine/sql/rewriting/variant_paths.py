"""Elements and fields of a VARIANT: `v:a.b[0]`, `v['k']`, `v[1]`, `v[i]`. Trees only.

A path is a call: DuckDB's arrow binds looser than `+` and `=`, and would take them with it.
"""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.sql.functions.macros import macro_name
from sfdag_magics.engine.sql.values.calls import macro


def extracted(node: exp.Expr) -> exp.Expr:
    """`v:a.b[0]`; below zero, where DuckDB counts from the end, nothing is."""
    if not isinstance(node, exp.JSONExtract):
        return node
    path = node.args["expression"]
    if any(_is_below_zero(step) for step in path.expressions):
        return macro(macro_name("GET"), node.this, exp.Null())
    return macro("json_extract", node.this, path)


def _is_below_zero(step: exp.Expr) -> bool:
    return isinstance(step, exp.JSONPathSubscript) and isinstance(step.this, int) and step.this < 0


def indexed(node: exp.Expr) -> exp.Expr:
    """`v['k']` and `v[1]` by a path; by what is computed, GET makes the path."""
    if not isinstance(node, exp.Bracket) or len(node.expressions) != 1:
        return node
    index = node.expressions[0]
    path = _path(index)
    if path is None:
        return macro(macro_name("GET"), node.this, index)
    return macro("json_extract", node.this, exp.Literal.string(path))


def _path(index: exp.Expr) -> str | None:
    """A written key or place; the key is not taken apart, whatever it is made of."""
    if not isinstance(index, exp.Literal):
        return None
    if not index.is_string:
        return f"$[{index.name}]" if index.name.isdigit() else None
    if index.name in ("", "*"):
        # The other way of writing a path has no field without a name, and DuckDB 2.0.0 takes a
        # star in it for every field.
        return f"/{index.name}"
    escaped = index.name.replace('"', '\\"')
    return f'$."{escaped}"'
