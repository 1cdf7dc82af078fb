"""OBJECT and VARIANT: functions whose rules are not DuckDB's, as macros; `variants` says how a
value is written.
"""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.borders.answers import SfType
from sfdag_magics.engine.sql.values.calls import Call, macro
from sfdag_magics.engine.sql.values.let import let
from sfdag_magics.engine.sql.values.types import TZ_STRUCT

_MANY = 255

HELPERS: tuple[tuple[str, str], ...] = (
    ("_sf_fields(o)", "map_entries(CAST(to_json(o) AS MAP(VARCHAR, JSON)))"),
    (
        "_sf_object_without(o, names)",
        "CASE WHEN o IS NOT NULL THEN coalesce(to_json(map_from_entries(list_filter(_sf_fields(o),"
        " lambda _sf_f: NOT list_contains(names, _sf_f.key)))), json('{}')) END",
    ),
    (
        "_sf_object_with(o, names)",
        "CASE WHEN o IS NOT NULL THEN coalesce(to_json(map_from_entries(list_filter(_sf_fields(o),"
        " lambda _sf_f: list_contains(names, _sf_f.key)))), json('{}')) END",
    ),
    # the keys that are given one by one, or as an array
    (
        "_sf_names(k)",
        "CASE WHEN json_type(to_json(k)) = 'ARRAY' THEN list_transform(CAST(to_json(k) AS JSON[]),"
        " lambda _sf_e: _sf_text(_sf_e)) ELSE [_sf_text(k)] END",
    ),
    # a NUMBER with digits behind the point is a DECIMAL, with an exponent a DOUBLE
    (
        "_sf_held_type(v)",
        let(
            "_sf_v",
            "v",
            "CASE WHEN typeof(_sf_v) IN ('DOUBLE', 'FLOAT') THEN 'DOUBLE' ELSE"
            " CASE json_type(to_json(_sf_v)) WHEN 'UBIGINT' THEN 'INTEGER'"
            " WHEN 'BIGINT' THEN 'INTEGER' WHEN 'HUGEINT' THEN 'INTEGER'"
            " WHEN 'NULL' THEN 'NULL_VALUE' WHEN 'DOUBLE' THEN CASE"
            " WHEN contains(lower(CAST(_sf_v AS VARCHAR)), 'e') THEN 'DOUBLE'"
            " WHEN NOT contains(CAST(_sf_v AS VARCHAR), '.') THEN 'INTEGER'"
            " ELSE 'DECIMAL' END ELSE json_type(to_json(_sf_v)) END END",
        ),
    ),
    # of what JSON has no form of its own for, and is not in a VARIANT yet
    (
        "_sf_own_type(x)",
        let(
            "_sf_v",
            "x",
            "CASE WHEN _sf_v IS NOT NULL THEN CASE typeof(_sf_v) WHEN 'DATE' THEN 'DATE'"
            " WHEN 'TIME' THEN 'TIME' WHEN 'BLOB' THEN 'BINARY' WHEN 'DOUBLE' THEN 'DOUBLE'"
            " WHEN 'FLOAT' THEN 'DOUBLE' WHEN 'TIMESTAMP' THEN"
            " 'TIMESTAMP_NTZ' WHEN 'TIMESTAMP WITH TIME ZONE' THEN 'TIMESTAMP_LTZ'"
            f" WHEN '{TZ_STRUCT}' THEN 'TIMESTAMP_TZ' END END",
        ),
    ),
)

FUNCTIONS: dict[str, tuple[str, str, SfType | None]] = {
    "TO_JSON": ("v", "_sf_sorted_json(CAST(to_json(v) AS VARCHAR))", SfType.TEXT),
    "OBJECT_KEYS": ("o", "to_json(list_sort(json_keys(to_json(o))))", SfType.ARRAY),
    # a key that is there is replaced only where that is asked for; no value takes it away
    "OBJECT_INSERT": (
        "o, k, x, is_update := false",
        let(
            "_sf_i",
            "struct_pack(o := to_json(o), k := CAST(k AS VARCHAR), x := _sf_json(x))",
            "CASE WHEN _sf_i.k IS NULL OR _sf_i.o IS NULL THEN NULL"
            " WHEN list_contains(json_keys(_sf_i.o), _sf_i.k) AND NOT is_update"
            " THEN error('Duplicate field key ''' || _sf_i.k || '''')"
            " ELSE to_json(map_from_entries(list_sort(list_concat(list_filter(_sf_fields(_sf_i.o),"
            " lambda _sf_f: _sf_f.key <> _sf_i.k), CASE WHEN _sf_i.x IS NULL THEN []"
            " ELSE [struct_pack(key := _sf_i.k, value := _sf_i.x)] END)))) END",
        ),
        SfType.OBJECT,
    ),
    # of keys that differ in case only, the one that is written so, or the first
    "GET_IGNORE_CASE": (
        "v, k",
        let(
            "_sf_g",
            "struct_pack(v := to_json(v), k := _sf_text(k))",
            "CASE WHEN json_type(_sf_g.v) = 'OBJECT' THEN (list_sort(list_transform(list_filter("
            "_sf_fields(_sf_g.v), lambda _sf_f: lower(_sf_f.key) = lower(_sf_g.k)), lambda _sf_f:"
            " struct_pack(other := _sf_f.key <> _sf_g.k, key := _sf_f.key, value := _sf_f.value))"
            ")[1]).value END",
        ),
        SfType.VARIANT,
    ),
    "IS_DECIMAL": ("v", "_sf_held_type(v) IN ('INTEGER', 'DECIMAL')", None),
    "JSON_EXTRACT_PATH_TEXT": (
        "s, p",
        "_sf_text(json_extract(_sf_parse_json(s), CASE WHEN starts_with(p, '[') THEN '$' ELSE '$.'"
        " END || p))",
        SfType.TEXT,
    ),
}
ALIASES = {"AS_REAL": "AS_DOUBLE", "IS_REAL": "IS_DOUBLE"}


def _picked(_: exp.Expr, arguments: list[exp.Expr]) -> exp.Expr:
    """OBJECT_PICK, which takes an array of keys as well."""
    if len(arguments) > 2:
        return _keyed("_sf_object_with", arguments)
    return macro("_sf_object_with", arguments[0], macro("_sf_names", arguments[1]))


def _keyed(name: str, arguments: list[exp.Expr]) -> exp.Expr:
    keys = [macro("_sf_text", key) for key in arguments[1:]]
    return macro(name, arguments[0], macro("list_value", *keys))


def _type_of(_: exp.Expr, arguments: list[exp.Expr]) -> exp.Expr:
    """TYPEOF of a value, also where it becomes a VARIANT only here."""
    value = arguments[0]
    is_put = isinstance(value, exp.Anonymous) and value.name == "_sf_json"
    written = value.expressions[0] if is_put else value
    return exp.Coalesce(
        this=macro("_sf_own_type", written.copy()), expressions=[macro("_sf_held_type", value)]
    )


CALLS = {
    "TYPEOF": Call(rewrite=_type_of, type=SfType.TEXT),
    "OBJECT_DELETE": Call(
        rewrite=lambda _call, arguments: _keyed("_sf_object_without", arguments),
        fewest=2,
        most=_MANY,
        type=SfType.OBJECT,
    ),
    "OBJECT_PICK": Call(
        rewrite=_picked,
        fewest=2,
        most=_MANY,
        type=SfType.OBJECT,
    ),
}
