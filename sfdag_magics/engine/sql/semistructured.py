"""VARIANT, ARRAY and OBJECT: functions whose rules are not DuckDB's, and the order of keys.

Values are stored as the JSON they were made of; where text is made of one its keys are sorted by
`json_text`, which DuckDB calls as a function that `lend_functions` gives it at each start.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa
from duckdb.func import FunctionNullHandling, PythonUDFType
from sqlglot import exp

from sfdag_magics.engine.answers import SfType
from sfdag_magics.engine.json_text import compact
from sfdag_magics.engine.sql.calls import Call, macro
from sfdag_magics.engine.sql.let import let

_MANY = 255

#: Numbers come before texts; a null is none of them.
_ORDER = (
    "_sf_variant_order(v)",
    "CASE WHEN json_type(v) IN ('UBIGINT', 'BIGINT', 'HUGEINT', 'DOUBLE') THEN struct_pack("
    "kind := 1, number := TRY_CAST(CAST(v AS VARCHAR) AS DOUBLE), letters := '')"
    " WHEN json_type(v) <> 'NULL' THEN struct_pack(kind := 2, number := 0.0,"
    " letters := json_extract_string(v, '$')) END",
)

HELPERS: tuple[tuple[str, str], ...] = (
    _ORDER,
    # equal for equal values
    (
        "_sf_variant_key(v)",
        let(
            "_sf_v",
            "to_json(v)",
            "CASE WHEN json_type(_sf_v) IN ('OBJECT', 'ARRAY')"
            " THEN _sf_sorted_json(CAST(_sf_v AS VARCHAR)) ELSE _sf_hashed_value(_sf_v) END",
        ),
    ),
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
)

FUNCTIONS: dict[str, tuple[str, str, SfType | None]] = {
    "TO_JSON": ("v", "_sf_sorted_json(CAST(to_json(v) AS VARCHAR))", SfType.TEXT),
    "OBJECT_KEYS": ("o", "to_json(list_sort(json_keys(to_json(o))))", SfType.ARRAY),
    # a key that is there is replaced only where that is asked for; no value takes it away
    "OBJECT_INSERT": (
        "o, k, x, is_update := false",
        let(
            "_sf_i",
            "struct_pack(o := to_json(o), k := CAST(k AS VARCHAR), x := to_json(x))",
            "CASE WHEN _sf_i.k IS NULL OR _sf_i.o IS NULL THEN NULL"
            " WHEN list_contains(json_keys(_sf_i.o), _sf_i.k) AND NOT is_update"
            " THEN error('Duplicate field key ''' || _sf_i.k || '''')"
            " ELSE to_json(map_from_entries(list_concat(list_filter(_sf_fields(_sf_i.o),"
            " lambda _sf_f: _sf_f.key <> _sf_i.k), CASE WHEN _sf_i.x IS NULL THEN []"
            " ELSE [struct_pack(key := _sf_i.k, value := _sf_i.x)] END))) END",
        ),
        SfType.OBJECT,
    ),
    "ARRAY_DISTINCT": (
        "a",
        let(
            "_sf_a",
            "list_transform(CAST(to_json(a) AS JSON[]),"
            " lambda _sf_e: coalesce(_sf_e, json('null')))",
            "to_json(list_filter(_sf_a, lambda _sf_e, _sf_n: list_position(_sf_a, _sf_e) = _sf_n))",
        ),
        SfType.ARRAY,
    ),
    # a NUMBER with digits behind the point is a DECIMAL, with an exponent a DOUBLE
    "TYPEOF": (
        "v",
        let(
            "_sf_v",
            "v",
            "CASE WHEN typeof(_sf_v) IN ('DOUBLE', 'FLOAT') THEN 'DOUBLE' ELSE"
            " CASE json_type(to_json(_sf_v)) WHEN 'UBIGINT' THEN 'INTEGER'"
            " WHEN 'BIGINT' THEN 'INTEGER' WHEN 'HUGEINT' THEN 'INTEGER'"
            " WHEN 'NULL' THEN 'NULL_VALUE' WHEN 'DOUBLE' THEN CASE"
            " WHEN contains(lower(CAST(_sf_v AS VARCHAR)), 'e') THEN 'DOUBLE'"
            " ELSE 'DECIMAL' END ELSE json_type(to_json(_sf_v)) END END",
        ),
        SfType.TEXT,
    ),
}
ALIASES: dict[str, str] = {}


def _keyed(name: str, arguments: list[exp.Expr]) -> exp.Expr:
    keys = [macro("_sf_text", key) for key in arguments[1:]]
    return macro(name, arguments[0], macro("list_value", *keys))


CALLS = {
    "OBJECT_DELETE": Call(
        rewrite=lambda _call, arguments: _keyed("_sf_object_without", arguments),
        fewest=2,
        most=_MANY,
        type=SfType.OBJECT,
    ),
    "OBJECT_PICK": Call(
        rewrite=lambda _call, arguments: _keyed("_sf_object_with", arguments),
        fewest=2,
        most=_MANY,
        type=SfType.OBJECT,
    ),
}


def lend_functions(connection: duckdb.DuckDBPyConnection) -> None:
    """Give DuckDB what macros call and it does not have; for all connections of a process."""
    connection.create_function(
        "_sf_sorted_json",
        _sorted,
        ["VARCHAR"],
        "VARCHAR",
        type=PythonUDFType.ARROW,
        null_handling=FunctionNullHandling.SPECIAL,
    )


def _sorted(texts: pa.Array) -> pa.Array:
    written = [None if text is None else compact(text) for text in texts.to_pylist()]
    return pa.array(written, pa.string())
