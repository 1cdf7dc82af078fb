"""Functions of arrays, as macros. Only data.

An array is JSON text, and is taken apart as JSON[]; numbers are equal whatever they are written as.
"""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.answers import SfType
from sfdag_magics.engine.sql.calls import Call, macro
from sfdag_magics.engine.sql.let import let

_ARRAY, _VARIANT = SfType.ARRAY, SfType.VARIANT
_MANY = 65_535
_MOST_ELEMENTS = 16_777_216
_TOO_LONG = f"Array is too long: ARRAY_GENERATE_RANGE makes up to {_MOST_ELEMENTS:,} elements"


def _as_often_as(kept: str, other: str, sign: str) -> str:
    """The elements of one array by how often they are in the other: each stands for one there."""
    return let(
        "_sf_s",
        f"struct_pack(l := CAST({kept} AS JSON[]), a := _sf_known({kept}),"
        f" b := _sf_known({other}))",
        "CASE WHEN _sf_s.b IS NOT NULL THEN to_json(list_filter(_sf_s.l, lambda _sf_x, _sf_i:"
        " len(list_filter(_sf_s.a[:_sf_i], lambda _sf_y: _sf_y = _sf_s.a[_sf_i]))"
        f" {sign} len(list_filter(_sf_s.b, lambda _sf_y: _sf_y = _sf_s.a[_sf_i])))) END",
    )


def _parted(*parts: str) -> str:
    """An array put together anew; a place below 0 counts from its end."""
    joined = parts[0]
    for part in parts[1:]:
        joined = f"list_concat({joined}, {part})"
    return let(
        "_sf_p",
        "struct_pack(l := CAST(a AS JSON[]), n := CASE WHEN n < 0"
        " THEN greatest(len(CAST(a AS JSON[])) + n, 0) ELSE n END)",
        f"to_json({joined})",
    )


HELPERS: tuple[tuple[str, str], ...] = (
    # the elements as they are compared
    (
        "_sf_known(a)",
        "list_transform(CAST(a AS JSON[]),"
        " lambda _sf_e: coalesce(_sf_hashed_value(_sf_e), 'null'))",
    ),
)

FUNCTIONS: dict[str, tuple[str, str, SfType | None]] = {
    "ARRAYS_OVERLAP": ("a, b", "list_has_any(CAST(a AS JSON[]), CAST(b AS JSON[]))", None),
    "ARRAY_APPEND": ("a, x", "to_json(list_append(CAST(a AS JSON[]), _sf_json(x)))", _ARRAY),
    "ARRAY_CAT": ("a, b", "to_json(list_concat(CAST(a AS JSON[]), CAST(b AS JSON[])))", _ARRAY),
    "ARRAY_COMPACT": (
        "a",
        "to_json(list_filter(CAST(a AS JSON[]), lambda x: json_type(x) <> 'NULL'))",
        _ARRAY,
    ),
    "ARRAY_CONTAINS": ("x, a", "list_contains(_sf_known(a), _sf_hashed_value(to_json(x)))", None),
    # as often as it is more often in the first
    "ARRAY_EXCEPT": ("a, b", _as_often_as("a", "b", ">"), _ARRAY),
    "ARRAY_FLATTEN": ("a", "to_json(flatten(CAST(a AS JSON[][])))", _ARRAY),
    "ARRAY_GENERATE_RANGE": (
        "first, past",
        let(
            "_sf_r",
            "struct_pack(first := CAST(first AS BIGINT), past := CAST(past AS BIGINT))",
            f"to_json(range(_sf_r.first, CASE WHEN _sf_r.past - _sf_r.first > {_MOST_ELEMENTS}"
            f" THEN CAST(error('{_TOO_LONG}') AS BIGINT) ELSE _sf_r.past END))",
        ),
        _ARRAY,
    ),
    "ARRAY_INSERT": (
        "a, n, x",
        _parted("_sf_p.l[:_sf_p.n]", "[_sf_json(x)]", "_sf_p.l[_sf_p.n + 1:]"),
        _ARRAY,
    ),
    "ARRAY_INTERSECTION": ("a, b", _as_often_as("a", "b", "<="), _ARRAY),
    "ARRAY_MAX": ("a", "list_max(CAST(a AS JSON[]))", _VARIANT),
    "ARRAY_MIN": ("a", "list_min(CAST(a AS JSON[]))", _VARIANT),
    "ARRAY_POSITION": (
        "x, a",
        "nullif(coalesce(list_position(_sf_known(a), _sf_hashed_value(to_json(x))), 0), 0) - 1",
        None,
    ),
    "ARRAY_PREPEND": ("a, x", "to_json(list_prepend(_sf_json(x), CAST(a AS JSON[])))", _ARRAY),
    "ARRAY_REMOVE": (
        "a, x",
        "CASE WHEN x IS NOT NULL THEN to_json(list_filter(CAST(a AS JSON[]),"
        " lambda _sf_e: _sf_hashed_value(_sf_e) <> _sf_hashed_value(to_json(x)))) END",
        _ARRAY,
    ),
    "ARRAY_REMOVE_AT": ("a, n", _parted("_sf_p.l[:_sf_p.n]", "_sf_p.l[_sf_p.n + 2:]"), _ARRAY),
    "ARRAY_REVERSE": ("a", "to_json(list_reverse(CAST(a AS JSON[])))", _ARRAY),
    "ARRAY_SLICE": (
        "a, first, past",
        let(
            "_sf_r",
            "struct_pack(first := CAST(first AS BIGINT), past := CAST(past AS BIGINT))",
            "to_json(list_slice(CAST(a AS JSON[]),"
            " CASE WHEN _sf_r.first >= 0 THEN _sf_r.first + 1 ELSE _sf_r.first END,"
            " CASE WHEN _sf_r.past >= 0 THEN _sf_r.past ELSE _sf_r.past - 1 END))",
        ),
        _ARRAY,
    ),
    "ARRAY_SORT": ("a", "to_json(list_sort(CAST(a AS JSON[])))", _ARRAY),
    "ARRAY_TO_STRING": (
        "a, separator",
        "array_to_string(list_transform(CAST(a AS JSON[]),"
        " lambda _sf_e: coalesce(_sf_text(_sf_e), '')), separator)",
        None,
    ),
}
ALIASES: dict[str, str] = {}


def written_out(node: exp.Expr) -> exp.Expr:
    """`[1, 'a']`, whose elements have no common type."""
    return _constructed(node, node.expressions) if isinstance(node, exp.Array) else node


def _constructed(_call: exp.Expr, elements: list[exp.Expr]) -> exp.Expr:
    plain = (exp.Literal, exp.Boolean, exp.Null)
    return macro(
        "json_array",
        *(one if isinstance(one, plain) else macro("_sf_json", one) for one in elements),
    )


CALLS: dict[str, Call] = {
    "ARRAY_CONSTRUCT": Call(rewrite=_constructed, fewest=0, most=_MANY, type=_ARRAY)
}
