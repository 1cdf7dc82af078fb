"""The one JSON text that a VARIANT's value has, so that equal values are equal texts. Only macros.

Keys stand by the alphabet, without spaces, and 1.0 is 1. What is made of JSON text or of a value of
another type passes through `_sf_canonical` or `_sf_json`; what is made of VARIANTs is canonical
as they are. Values are ordered by `_sf_variant_order`, never by their text.
"""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pyarrow as pa
from duckdb.func import FunctionNullHandling, PythonUDFType

from sfdag_magics.engine.borders.answers import SfType
from sfdag_magics.engine.sql.values.let import let
from sfdag_magics.engine.variants.json_text import canonical, canonical_of_unique, compact
from sfdag_magics.engine.variants.within import rows_within

#: What is written in one way only.
_SIMPLE = r'"[^"\\]*"|0|-?[1-9][0-9]{0,37}|true|false|null'
_ONLY = (
    "CASE WHEN typeof(x) = 'VARCHAR' THEN error('Expression type does not match column data type,"
    " expecting {0} but got VARCHAR') WHEN json_type(to_json(x)) <> '{0}' THEN {1}"
    " ELSE to_json(x) END"
)
#: What becomes of a VARIANT that is put there and holds something else.
_OF_OTHERS = {"OBJECT": "_sf_unfit(x, 'OBJECT')", "ARRAY": "_sf_to_array(to_json(x))"}

HELPERS: tuple[tuple[str, str], ...] = (
    # numbers come before texts; a null is none of them
    (
        "_sf_variant_order(v)",
        "CASE WHEN json_type(v) IN ('UBIGINT', 'BIGINT', 'HUGEINT', 'DOUBLE') THEN struct_pack("
        "kind := 1, number := TRY_CAST(CAST(v AS VARCHAR) AS DOUBLE), letters := '')"
        " WHEN json_type(v) <> 'NULL' THEN struct_pack(kind := 2, number := 0.0,"
        " letters := json_extract_string(v, '$')) END",
    ),
    (
        "_sf_canonical(s)",
        let(
            "_sf_t",
            "CAST(s AS VARCHAR)",
            f"CASE WHEN regexp_full_match(_sf_t, '{_SIMPLE}') THEN CAST(_sf_t AS JSON)"
            " ELSE CAST(_sf_canonical_json(CAST(CAST(_sf_t AS JSON) AS VARCHAR)) AS JSON) END",
        ),
    ),
    # a text in which no object has a key twice
    *(
        (
            f"_sf_{name}(s)",
            let(
                "_sf_t",
                f"CAST({cast}(s AS JSON) AS VARCHAR)",
                f"CASE WHEN regexp_full_match(_sf_t, '{_SIMPLE}') THEN CAST(_sf_t AS JSON)"
                f" ELSE {cast}(_sf_unique_json(_sf_t) AS JSON) END",
            ),
        )
        for name, cast in (("unique", "CAST"), ("try_unique", "TRY_CAST"))
    ),
    # what is put into a column: a text is none, and is not read as one
    *(
        (f"_sf_only_{kind.lower()}(x)", _ONLY.format(kind, other))
        for kind, other in _OF_OTHERS.items()
    ),
    # the elements of an array by their order, each in a struct with it
    (
        "_sf_by_order(l)",
        "list_sort(list_transform(l, lambda _sf_e:"
        " struct_pack(o := _sf_variant_order(_sf_e), v := _sf_e)))",
    ),
    (
        "_sf_greatest(l)",
        "CASE WHEN list_count(l) = len(l) THEN (_sf_by_order(l)[-1]).v END",
    ),
    ("_sf_least(l)", "CASE WHEN list_count(l) = len(l) THEN (_sf_by_order(l)[1]).v END"),
)
FUNCTIONS: dict[str, tuple[str, str, SfType | None]] = {}
ALIASES: dict[str, str] = {}


def lend_functions(connection: duckdb.DuckDBPyConnection) -> None:
    """Give DuckDB the functions in Python; for all connections of a process."""
    for name, written in _LENT.items():
        connection.create_function(
            name,
            written,
            ["VARCHAR"],
            "VARCHAR",
            type=PythonUDFType.ARROW,
            null_handling=FunctionNullHandling.SPECIAL,
        )
    connection.create_function(
        "_sf_rows_within",
        _within,
        ["VARCHAR", "VARCHAR", "VARCHAR"],
        "VARCHAR",
        type=PythonUDFType.ARROW,
        null_handling=FunctionNullHandling.SPECIAL,
    )


def _within(texts: pa.Array, prefixes: pa.Array, modes: pa.Array) -> pa.Array:
    rows = zip(texts.to_pylist(), prefixes.to_pylist(), modes.to_pylist(), strict=True)
    made = [
        None if text is None else rows_within(text, prefix, mode) for text, prefix, mode in rows
    ]
    return pa.array(made, pa.string())


def _sorted(texts: pa.Array) -> pa.Array:
    return _each(compact, texts)


def _canonical(texts: pa.Array) -> pa.Array:
    return _each(canonical, texts)


def _unique(texts: pa.Array) -> pa.Array:
    return _each(canonical_of_unique, texts)


def _each(written: Callable[[str], str], texts: pa.Array) -> pa.Array:
    made = [None if text is None else written(text) for text in texts.to_pylist()]
    return pa.array(made, pa.string())


_LENT = {
    "_sf_sorted_json": _sorted,
    "_sf_canonical_json": _canonical,
    "_sf_unique_json": _unique,
}
