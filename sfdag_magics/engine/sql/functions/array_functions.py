"""ARRAY: its functions as macros. An array is JSON, and taken apart as a list of its elements.

A null in an array is SQL's NULL in that list. What is put in becomes a VARIANT, and elements are
compared and ordered as such.
"""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.borders.answers import SfType
from sfdag_magics.engine.sql.functions.text_bounds import joined
from sfdag_magics.engine.sql.values.calls import Call, macro
from sfdag_magics.engine.sql.values.let import let

_ARRAY, _VARIANT = SfType.ARRAY, SfType.VARIANT
_MOST_ARGUMENTS = 100_000
_MOST_ELEMENTS = 16_777_216
_TOO_LONG = f"Array is too long: ARRAY_GENERATE_RANGE makes up to {_MOST_ELEMENTS:,} elements"


def _as_often_as(kept: str, other: str, sign: str) -> str:
    """The elements of one array by how often they are in the other: each stands for one there."""
    return let(
        "_sf_s",
        f"struct_pack(l := _sf_elements({kept}), a := _sf_known({kept}), b := _sf_known({other}))",
        "CASE WHEN _sf_s.b IS NOT NULL THEN to_json(list_filter(_sf_s.l, lambda _sf_x, _sf_i:"
        " len(list_filter(_sf_s.a[:_sf_i], lambda _sf_y: _sf_y = _sf_s.a[_sf_i]))"
        f" {sign} len(list_filter(_sf_s.b, lambda _sf_y: _sf_y = _sf_s.a[_sf_i])))) END",
    )


HELPERS: tuple[tuple[str, str], ...] = (
    # what is no array has no elements
    ("_sf_elements(a)", "CASE WHEN json_type(to_json(a)) = 'ARRAY' THEN CAST(a AS JSON[]) END"),
    # the same, comparable
    (
        "_sf_known(a)",
        "list_transform(_sf_elements(a), lambda _sf_e: coalesce(_sf_e, json('null')))",
    ),
    (
        "_sf_array_size(a)",
        "CASE WHEN json_type(to_json(a)) = 'ARRAY' THEN json_array_length(to_json(a)) END",
    ),
    # 0 is the first place, -1 the last one
    ("_sf_place(l, n)", "CASE WHEN n < 0 THEN len(l) + n ELSE n END"),
    (
        "_sf_array_inserted(l, n, x)",
        "CASE WHEN n IS NOT NULL THEN to_json(list_concat(list_resize(l[:n], n), [x],"
        " l[n + 1:])) END",
    ),
    (
        "_sf_sorted_array(l, ascending, nulls_first)",
        let(
            "_sf_l",
            "list_transform(_sf_by_order(list_filter(l, lambda _sf_e: _sf_e IS NOT NULL)),"
            " lambda _sf_e: _sf_e.v)",
            "list_concat(CASE WHEN nulls_first THEN list_filter(l, lambda _sf_e: _sf_e IS NULL)"
            " ELSE [] END, CASE WHEN ascending THEN _sf_l ELSE list_reverse(_sf_l) END,"
            " CASE WHEN nulls_first THEN [] ELSE list_filter(l, lambda _sf_e: _sf_e IS NULL) END)",
        ),
    ),
    # an object of each place, NULL where an array has none
    (
        "_sf_zipped(ls)",
        let(
            "_sf_ls",
            "ls",
            "CASE WHEN list_count(_sf_ls) = len(_sf_ls) THEN to_json(list_transform(range(1,"
            " 1 + list_max(list_transform(_sf_ls, lambda _sf_l: len(_sf_l)))), lambda _sf_n:"
            " map_from_entries(list_sort(list_transform(_sf_ls, lambda _sf_l, _sf_i: struct_pack("
            "key := '$' || _sf_i, value := coalesce(_sf_l[_sf_n], json('null')))))))) END",
        ),
    ),
    (
        "_sf_flat(l)",
        "to_json(flatten(list_transform(l, lambda _sf_e: CASE WHEN json_type(_sf_e) = 'ARRAY'"
        " THEN CAST(_sf_e AS JSON[]) ELSE [_sf_e] END)))",
    ),
)

#: As `macros.FUNCTIONS`.
FUNCTIONS: dict[str, tuple[str, str, SfType | None]] = {
    "ARRAY_APPEND": ("a, x", "to_json(list_append(_sf_elements(a), _sf_json(x)))", _ARRAY),
    "ARRAY_PREPEND": ("a, x", "to_json(list_prepend(_sf_json(x), _sf_elements(a)))", _ARRAY),
    "ARRAY_CAT": (
        "a, b",
        "CASE WHEN a IS NOT NULL AND b IS NOT NULL"
        " THEN to_json(list_concat(_sf_elements(a), _sf_elements(b))) END",
        _ARRAY,
    ),
    "ARRAY_COMPACT": (
        "a",
        "to_json(list_filter(_sf_elements(a), lambda _sf_e: json_type(_sf_e) <> 'NULL'))",
        _ARRAY,
    ),
    # NULL is looked for as well, and is not known to be missing
    "ARRAY_CONTAINS": (
        "x, a",
        let(
            "_sf_s",
            "struct_pack(x := _sf_json(x), a := _sf_known(a))",
            "CASE WHEN _sf_s.x IS NULL THEN nullif(list_contains(_sf_s.a, json('null')), false)"
            " ELSE list_contains(_sf_s.a, _sf_s.x) END",
        ),
        SfType.BOOLEAN,
    ),
    "ARRAY_DISTINCT": (
        "a",
        let(
            "_sf_a",
            "list_transform(_sf_elements(a), lambda _sf_e: coalesce(_sf_e, json('null')))",
            "to_json(list_filter(_sf_a, lambda _sf_e, _sf_n: list_position(_sf_a, _sf_e) = _sf_n))",
        ),
        _ARRAY,
    ),
    # as often as it is more often in the first
    "ARRAY_EXCEPT": ("a, b", _as_often_as("a", "b", ">"), _ARRAY),
    "ARRAY_FLATTEN": ("a", "_sf_flat(_sf_elements(a))", _ARRAY),
    "ARRAY_GENERATE_RANGE": (
        "first, past, step := 1",
        let(
            "_sf_r",
            "struct_pack(first := CAST(first AS BIGINT), past := CAST(past AS BIGINT))",
            f"to_json(range(_sf_r.first, CASE WHEN _sf_r.past - _sf_r.first > {_MOST_ELEMENTS}"
            f" THEN CAST(error('{_TOO_LONG}') AS BIGINT) ELSE _sf_r.past END,"
            " CAST(step AS BIGINT)))",
        ),
        _ARRAY,
    ),
    "ARRAY_INSERT": (
        "a, place, x",
        let(
            "_sf_l",
            "_sf_elements(a)",
            "_sf_array_inserted(_sf_l, _sf_place(_sf_l, CAST(place AS BIGINT)), _sf_json(x))",
        ),
        _ARRAY,
    ),
    "ARRAY_INTERSECTION": ("a, b", _as_often_as("a", "b", "<="), _ARRAY),
    "ARRAYS_OVERLAP": ("a, b", "list_has_any(_sf_known(a), _sf_known(b))", SfType.BOOLEAN),
    "ARRAY_MAX": (
        "a",
        "_sf_greatest(list_filter(_sf_elements(a), lambda _sf_e: _sf_e IS NOT NULL))",
        _VARIANT,
    ),
    "ARRAY_MIN": (
        "a",
        "_sf_least(list_filter(_sf_elements(a), lambda _sf_e: _sf_e IS NOT NULL))",
        _VARIANT,
    ),
    "ARRAY_POSITION": (
        "x, a",
        "nullif(coalesce(list_position(_sf_elements(a), _sf_json(x)), 0), 0) - 1",
        None,
    ),
    "ARRAY_REMOVE": (
        "a, x",
        "CASE WHEN x IS NOT NULL THEN to_json(list_filter(_sf_elements(a),"
        " lambda _sf_e: _sf_e IS NULL OR _sf_e <> _sf_json(x))) END",
        _ARRAY,
    ),
    "ARRAY_REMOVE_AT": (
        "a, place",
        let(
            "_sf_l",
            "_sf_elements(a)",
            "to_json(list_filter(_sf_l, lambda _sf_e, _sf_n:"
            " _sf_n - 1 <> _sf_place(_sf_l, CAST(place AS BIGINT))))",
        ),
        _ARRAY,
    ),
    "ARRAY_REVERSE": ("a", "to_json(list_reverse(_sf_elements(a)))", _ARRAY),
    "ARRAY_SLICE": (
        "a, first, past",
        let(
            "_sf_r",
            "struct_pack(first := CAST(first AS BIGINT), past := CAST(past AS BIGINT))",
            "to_json(list_slice(_sf_elements(a),"
            " CASE WHEN _sf_r.first >= 0 THEN _sf_r.first + 1 ELSE _sf_r.first END,"
            " CASE WHEN _sf_r.past >= 0 THEN _sf_r.past ELSE _sf_r.past - 1 END))",
        ),
        _ARRAY,
    ),
    "ARRAY_SORT": (
        "a, ascending := true, nulls_first := NULL",
        "to_json(_sf_sorted_array(_sf_elements(a), ascending,"
        " coalesce(nulls_first, NOT ascending)))",
        _ARRAY,
    ),
    "ARRAY_TO_STRING": (
        "a, separator",
        joined(
            "ARRAY_TO_STRING",
            "list_transform(_sf_elements(a), lambda _sf_e: coalesce(_sf_text(_sf_e), ''))",
            "separator",
        ),
        SfType.TEXT,
    ),
    "STRTOK_TO_ARRAY": (
        "s, delimiters := ' '",
        "to_json(list_filter(string_split_regex(CAST(s AS VARCHAR), '[' || regexp_replace("
        "delimiters, '([\\[\\]\\\\^-])', '\\\\\\1', 'g') || ']'), lambda _sf_e: _sf_e <> ''))",
        _ARRAY,
    ),
    # a pair without a key is left out
    "ARRAYS_TO_OBJECT": (
        "ks, vs",
        let(
            "_sf_o",
            "struct_pack(k := _sf_elements(ks), v := _sf_known(vs))",
            "CASE WHEN len(_sf_o.k) <> len(_sf_o.v) THEN CAST(error('Arrays of different lengths in"
            " ARRAYS_TO_OBJECT') AS JSON) WHEN _sf_o.k IS NOT NULL AND _sf_o.v IS NOT NULL"
            " THEN _sf_object_with_nulls(list_transform(_sf_o.k, lambda _sf_e: _sf_text(_sf_e)),"
            " _sf_o.v) END",
        ),
        SfType.OBJECT,
    ),
    "TO_ARRAY": (
        "v",
        let(
            "_sf_v",
            "v",
            "CASE WHEN _sf_v IS NULL THEN NULL WHEN json_type(to_json(_sf_v)) = 'ARRAY'"
            " THEN to_json(_sf_v) ELSE json_array(_sf_json(_sf_v)) END",
        ),
        _ARRAY,
    ),
}
ALIASES: dict[str, str] = {}


def written_out(node: exp.Expr) -> exp.Expr:
    """`[1, 'a']`, whose elements have no common type."""
    return _constructed(node, node.expressions) if isinstance(node, exp.Array) else node


def pieces(node: exp.Expr) -> exp.Expr:
    """SPLIT, of which DuckDB makes a list."""
    return macro("to_json", node) if isinstance(node, exp.Split) else node


def sizes(node: exp.Expr) -> exp.Expr:
    """ARRAY_SIZE, which nothing but an array has."""
    return macro("_sf_array_size", node.this) if isinstance(node, exp.ArraySize) else node


def _constructed(_call: exp.Expr, elements: list[exp.Expr]) -> exp.Expr:
    """ARRAY_CONSTRUCT, which is what `[…]` is as well."""
    return macro("json_array", *(_variant(element) for element in elements))


def _compacted(_call: exp.Expr, elements: list[exp.Expr]) -> exp.Expr:
    """The same without what is NULL."""
    return macro(
        "to_json",
        macro(
            "list_filter",
            macro("list_value", *(macro("_sf_json", element) for element in elements)),
            exp.Lambda(
                this=exp.Is(this=exp.to_identifier("_sf_e"), expression=exp.Null()).not_(),
                expressions=[exp.to_identifier("_sf_e")],
            ),
        ),
    )


def _variant(element: exp.Expr) -> exp.Expr:
    is_plain = isinstance(element, exp.Literal) and (element.is_string or "." not in element.name)
    return element if is_plain else macro("_sf_json", element)


def _zipped(_call: exp.Expr, arrays: list[exp.Expr]) -> exp.Expr:
    """ARRAYS_ZIP, of as many arrays as there are."""
    elements = (macro("_sf_elements", array) for array in arrays)
    return macro("_sf_zipped", macro("list_value", *elements))


CALLS: dict[str, Call] = {
    "ARRAYS_ZIP": Call(rewrite=_zipped, fewest=1, most=_MOST_ARGUMENTS, type=_ARRAY),
    "ARRAY_CONSTRUCT": Call(rewrite=_constructed, fewest=0, most=_MOST_ARGUMENTS, type=_ARRAY),
    "ARRAY_CONSTRUCT_COMPACT": Call(
        rewrite=_compacted, fewest=0, most=_MOST_ARGUMENTS, type=_ARRAY
    ),
}
