"""OBJECT_CONSTRUCT and OBJECT_CONSTRUCT_KEEP_NULL, of pairs and of whole rows. Trees only.

Where the columns behind a star are known it is written out as pairs before (`names.row_objects`);
any other row is taken apart by DuckDB while the statement runs.
"""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.sql.values.calls import macro

NODES = (exp.Struct, exp.StarMap, exp.JSONObject)


def objects(node: exp.Expr) -> exp.Expr:
    """The object of keys and values, or of a row."""
    if not isinstance(node, NODES):
        return node
    name = "_sf_object_with_nulls" if isinstance(node, exp.JSONObject) else "_sf_object"
    if (row := _row(node)) is not None:
        return macro(name, macro("struct_keys", row), macro("_sf_row_values", row.copy()))
    if (pairs := _pairs(node)) is None:
        return node
    if not pairs:
        return macro("json_object")
    keys = [
        exp.Literal.string(key.name) if isinstance(key, exp.Identifier) else key for key, _ in pairs
    ]
    values = [macro("_sf_json", value) for _, value in pairs]
    return macro(name, macro("list_value", *keys), macro("list_value", *values))


def _pairs(node: exp.Expr) -> list[tuple[exp.Expr, exp.Expr]] | None:
    """Keys and values; None of what is made otherwise."""
    pair_of: type[exp.Expr] = exp.PropertyEQ if isinstance(node, exp.Struct) else exp.JSONKeyValue
    if not all(isinstance(pair, pair_of) for pair in node.expressions):
        return None
    return [(pair.this, pair.expression) for pair in node.expressions]


def _row(node: exp.Expr) -> exp.Expr | None:
    """The columns behind `*` or `t.*` as one value; None of pairs."""
    items = [node.this] if isinstance(node, exp.StarMap) else node.expressions
    if len(items) != 1 or not items[0].is_star:
        return None
    return macro("struct_pack", exp.Columns(this=items[0], unpack=True))
