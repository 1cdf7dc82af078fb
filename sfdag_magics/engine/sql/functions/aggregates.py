"""Aggregates that gather values: LISTAGG, ARRAY_AGG, OBJECT_AGG, HASH_AGG; COUNT of several.

Those that gather leave NULL out, take an order, DISTINCT and OVER, and give something empty, not
NULL, where there is nothing to gather. Each becomes DuckDB's `list` of what is no NULL, and what is
made of that list goes around it, or around its OVER. Trees only.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from sfdag_magics.engine.sql.functions.hashes import hashed, row_of
from sfdag_magics.engine.sql.functions.text_bounds import joined
from sfdag_magics.engine.sql.values.calls import macro
from sfdag_magics.engine.sql.values.let import let

# DuckDB cannot be stopped while it makes a value of a list, and does not count what that takes
# (*measured:* 1.6 million keys in 2.6 s, 50 million in minutes).
_MOST_ELEMENTS = 16_777_216
_MOST_KEYS = 2_000_000
#: Noted on what tells its values apart by their instants, whatever their offsets.
BY_INSTANT = "by_instant"
#: Where an aggregate keeps what its list, over a window as well, is made into.
_FINISH = "finish"
NODES = (
    exp.GroupConcat,
    exp.ArrayAgg,
    exp.ArrayUniqueAgg,
    exp.ObjectAgg,
    exp.HashAgg,
    exp.Mode,
    exp.Count,
    exp.WithinGroup,
    exp.Window,
)
HELPERS: tuple[tuple[str, str], ...] = (
    (
        "_sf_listed(l, separator)",
        "coalesce("
        + joined("LISTAGG", "list_transform(l, lambda _sf_e: _sf_text(_sf_e))", "separator")
        + ", '')",
    ),
    # of moments with offsets that are in order, one of each instant
    (
        "_sf_of_instants(l)",
        let(
            "_sf_l",
            "l",
            "list_filter(_sf_l, lambda _sf_e, _sf_i:"
            " _sf_i = 1 OR _sf_l[_sf_i - 1].utc <> _sf_e.utc)",
        ),
    ),
    # the one that comes most often, as one of those who are it
    (
        "_sf_mode_of_instants(l)",
        let(
            "_sf_l",
            "l",
            let(
                "_sf_m",
                "list_aggregate(list_transform(_sf_l, lambda _sf_e: _sf_e.utc), 'mode')",
                "list_filter(_sf_l, lambda _sf_e: _sf_e.utc = _sf_m)[1]",
            ),
        ),
    ),
    (
        "_sf_all_known(values_)",
        "CASE WHEN len(list_filter(CAST(to_json(values_) AS JSON[]), lambda _sf_j:"
        " _sf_j IS NULL OR json_type(_sf_j) = 'NULL')) = 0 THEN true END",
    ),
    (
        "_sf_array_of(l)",
        let(
            "_sf_l",
            "l",
            f"CASE WHEN len(_sf_l) > {_MOST_ELEMENTS} THEN CAST(error('Array is too long:"
            f" ARRAY_AGG makes up to {_MOST_ELEMENTS:,} elements') AS JSON)"
            " ELSE to_json(list_transform(coalesce(_sf_l, []), lambda _sf_e: _sf_json(_sf_e)))"
            " END",
        ),
    ),
    (
        "_sf_object_of(l)",
        let(
            "_sf_l",
            "l",
            f"CASE WHEN _sf_l IS NULL THEN json('{{}}') WHEN len(_sf_l) > {_MOST_KEYS}"
            f" THEN CAST(error('Object is too long: OBJECT_AGG makes up to {_MOST_KEYS:,} keys')"
            " AS JSON) ELSE to_json(map_from_entries(list_sort(_sf_l))) END",
        ),
    ),
)


def gathered(node: exp.Expr) -> exp.Expr:
    """The aggregate as a list and what is made of it."""
    if isinstance(node, exp.Window):
        finish: Callable[[exp.Expr], exp.Expr] | None = node.this.meta.pop(_FINISH, None)
        return node if finish is None else finish(node)
    if isinstance(node, exp.Count):
        return _counted(node)
    made = _list_and_finish(node)
    if made is None:
        return node
    gathering, finish = made
    if isinstance(node.parent, exp.Window) and node.arg_key == "this":
        gathering.meta[_FINISH] = finish
        return gathering
    return finish(gathering)


def _list_and_finish(
    node: exp.Expr,
) -> tuple[exp.Expr, Callable[[exp.Expr], exp.Expr]] | None:
    if isinstance(node, exp.GroupConcat):
        separator = node.args.get("separator") or exp.Literal.string("")
        return _listed(*_parted(node.this), lambda made: macro("_sf_listed", made, separator))
    if isinstance(node, exp.ObjectAgg):
        return _pairs(node), lambda made: macro("_sf_object_of", made)
    if isinstance(node, exp.Mode) and BY_INSTANT in node.meta:
        return _listed(node.this, None, lambda made: macro("_sf_mode_of_instants", made))
    if isinstance(node, exp.HashAgg):
        return _sum_of_hashes(node), lambda made: macro("_sf_hash_of_sum", made)
    if isinstance(node, exp.ArrayUniqueAgg):
        distinct = exp.Distinct(expressions=[node.this])
        distinct.meta.update(node.meta)
        return _listed(distinct, None, _array)
    if isinstance(node, exp.WithinGroup) and isinstance(node.this, exp.ArrayAgg):
        return _listed(node.this.this, node.expression, _array)
    if isinstance(node, exp.ArrayAgg) and not isinstance(node.parent, exp.WithinGroup):
        return _listed(*_parted(node.this), _array)
    return None


def _array(made: exp.Expr) -> exp.Expr:
    return macro("_sf_array_of", made)


def _parted(value: exp.Expr) -> tuple[exp.Expr, exp.Expr | None]:
    """What is gathered, and the order that was written with it."""
    return (value.this, value) if isinstance(value, exp.Order) else (value, None)


def _listed(
    value: exp.Expr, order: exp.Expr | None, finish: Callable[[exp.Expr], exp.Expr]
) -> tuple[exp.Expr, Callable[[exp.Expr], exp.Expr]]:
    """The list of a value, and what is made of it."""
    is_distinct = isinstance(value, exp.Distinct)
    plain = value.expressions[0] if is_distinct else value
    by_instant = is_distinct and BY_INSTANT in value.meta
    gathered_value = plain if by_instant else value
    ordered = (
        gathered_value
        if order is None
        else exp.Order(this=gathered_value, expressions=order.expressions)
    )
    gathering = _where_known(macro("list", ordered), plain)
    if not by_instant:
        return gathering, finish

    def finish_of_instants(made: exp.Expr) -> exp.Expr:
        in_order = macro("list_sort", made) if order is None else made
        return finish(macro("_sf_of_instants", in_order))

    return gathering, finish_of_instants


def _pairs(node: exp.ObjectAgg) -> exp.Expr:
    key, value = node.this, node.expression
    pair = macro("row", macro("_sf_text", key), macro("_sf_json", value))
    return _where_known(macro("list", pair), key, value)


def _sum_of_hashes(node: exp.HashAgg) -> exp.Expr:
    first = node.this
    if not isinstance(first, exp.Distinct):
        return macro("sum", hashed(first, *node.expressions))
    return macro("sum", exp.Distinct(expressions=[hashed(*first.expressions)]))


def _counted(node: exp.Count) -> exp.Expr:
    """COUNT of several values, or of a table's columns: the rows in which none is NULL."""
    values = [node.this, *node.expressions]
    star = isinstance(node.this, exp.Column) and isinstance(node.this.this, exp.Star)
    if isinstance(node.this, exp.Distinct) or (len(values) == 1 and not star):
        return node
    return macro("count", macro("_sf_all_known", row_of(*values)))


def _where_known(gathering: exp.Expr, *values: exp.Expr) -> exp.Expr:
    known = [exp.Is(this=value.copy(), expression=exp.Null()).not_() for value in values]
    return exp.Filter(this=gathering, expression=exp.Where(this=exp.and_(*known, copy=False)))
