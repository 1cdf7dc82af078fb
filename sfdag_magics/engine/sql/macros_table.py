"""DuckDB macros our rewrites call. Only data; fakesnow's are named by its adapter."""

from __future__ import annotations

#: Name and parameters, and what it stands for.
MACROS: tuple[tuple[str, str], ...] = (
    # a float becomes a whole number by rounding half away from zero; everything else is as it is
    (
        "_sf_rounded(x)",
        "CASE WHEN typeof(x) IN ('DOUBLE', 'FLOAT')"
        " THEN CAST(round(TRY_CAST(x AS DOUBLE)) AS HUGEINT) ELSE CAST(x AS HUGEINT) END",
    ),
    ("_sf_random()", "CAST(floor((random() - 0.5) * 18446744073709551615) AS BIGINT)"),
    (
        "_sf_random_seeded(seed, row)",
        "CAST(CAST(hash(seed, row) AS HUGEINT) - 9223372036854775808 AS BIGINT)",
    ),
    ("_sf_uuid()", "CAST(uuid() AS VARCHAR)"),
    (
        "_sf_typeof(v)",
        "CASE json_type(v) WHEN 'UBIGINT' THEN 'INTEGER' WHEN 'BIGINT' THEN 'INTEGER'"
        " WHEN 'NULL' THEN 'NULL_VALUE' ELSE json_type(v) END",
    ),
    ("_sf_object_keys(v)", "to_json(json_keys(v))"),
    (
        "_sf_array_to_string(a, separator)",
        "array_to_string(CAST(a AS VARCHAR[]), separator)",
    ),
    ("_sf_is_null_value(v)", "json_type(v) = 'NULL'"),
    # what a VARCHAR(n) column says to a longer value; the test of it is a CHECK constraint
    (
        "_sf_fits(s, most)",
        "CASE WHEN length(s) > most THEN error('String ''' || s ||"
        " ''' is too long and would be truncated') ELSE true END",
    ),
)


def creation_statements() -> tuple[str, ...]:
    """The statements that make the macros; again in each process, so that they can change."""
    return tuple(f"CREATE OR REPLACE MACRO {name} AS ({body})" for name, body in MACROS)
