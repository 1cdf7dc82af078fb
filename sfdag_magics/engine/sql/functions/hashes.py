"""HASH and HASH_AGG: a signed number of 64 bits, alike for equal numbers of any type.

What is hashed is the JSON of each value, so that text, numbers and NULL differ and one rule makes
numbers alike. The numbers are not Snowflake's: how it makes them is not published.
"""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.borders.answers import SfType
from sfdag_magics.engine.sql.values.calls import Call, macro

_MANY = 255

HELPERS: tuple[tuple[str, str], ...] = (
    # 1, 1.0 and 1e0 are 1
    (
        "_sf_hashed_number(t)",
        "CASE WHEN contains(t, 'e') AND TRY_CAST(TRY_CAST(t AS DOUBLE) AS HUGEINT) IS NOT NULL"
        " AND TRY_CAST(TRY_CAST(t AS DOUBLE) AS HUGEINT) = TRY_CAST(t AS DOUBLE)"
        " THEN CAST(TRY_CAST(TRY_CAST(t AS DOUBLE) AS HUGEINT) AS VARCHAR)"
        " WHEN contains(t, '.') THEN regexp_replace(t, '\\.?0+$', '') ELSE t END",
    ),
    (
        "_sf_hashed_value(j)",
        "CASE WHEN json_type(j) IN ('DOUBLE', 'UBIGINT', 'BIGINT', 'HUGEINT')"
        " THEN _sf_hashed_number(CAST(j AS VARCHAR)) ELSE CAST(j AS VARCHAR) END",
    ),
    (
        "_sf_hash(values_)",
        "CAST(CAST(hash(list_transform(CAST(to_json(values_) AS JSON[]),"
        " lambda _sf_j: _sf_hashed_value(_sf_j))) AS HUGEINT) - 9223372036854775808 AS BIGINT)",
    ),
    # of the sum of hashes, which no order changes; of none it is 0
    (
        "_sf_hash_of_sum(total)",
        "coalesce(CAST((CAST(total AS HUGEINT) % 18446744073709551616 + 27670116110564327424)"
        " % 18446744073709551616 - 9223372036854775808 AS BIGINT), 0)",
    ),
)
FUNCTIONS: dict[str, tuple[str, str, SfType | None]] = {}
ALIASES: dict[str, str] = {}


def hashed(*values: exp.Expr) -> exp.Expr:
    """The hash of some values, or of all columns."""
    return macro("_sf_hash", row_of(*values))


def row_of(*values: exp.Expr) -> exp.Expr:
    """The values as one, a `*` as all columns."""
    return macro("row", *(_unpacked(value) for value in values))


def _unpacked(value: exp.Expr) -> exp.Expr:
    if isinstance(value, exp.Star) or (
        isinstance(value, exp.Column) and isinstance(value.this, exp.Star)
    ):
        return exp.Columns(this=value, unpack=True)
    return value


CALLS = {
    "HASH": Call(rewrite=lambda _call, arguments: hashed(*arguments), most=_MANY, type=SfType.FIXED)
}
