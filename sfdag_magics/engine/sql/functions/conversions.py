"""TO_BOOLEAN, TO_DOUBLE and PARSE_JSON with their TRY_ forms, as macros.

Knows the words that Snowflake reads as true and false, that an empty text is no JSON, and that a
number with too many digits is not infinite.
"""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.borders.answers import SfType
from sfdag_magics.engine.sql.values.calls import macro
from sfdag_magics.engine.sql.values.let import let
from sfdag_magics.engine.variants.json_text import DUPLICATE_KEY

_TRUE = "'true', 't', 'yes', 'y', 'on', '1'"
_FALSE = "'false', 'f', 'no', 'n', 'off', '0'"

HELPERS: tuple[tuple[str, str], ...] = (
    # a VARIANT that holds nothing of what it is converted to; a null in it is NULL of every type
    (
        "_sf_unfit(v, kind)",
        "CASE WHEN json_type(to_json(v)) <> 'NULL' THEN error('Failed to cast variant value '"
        " || left(CAST(v AS VARCHAR), 1000) || ' to ' || kind) END",
    ),
    # the value itself, where a number can be made of it
    (
        "_sf_fit_number(x)",
        let(
            "_sf_v",
            "x",
            "CASE WHEN typeof(_sf_v) = 'JSON' AND TRY_CAST(_sf_v AS DOUBLE) IS NULL"
            " THEN coalesce(_sf_unfit(_sf_v, 'FIXED'), _sf_v) ELSE _sf_v END",
        ),
    ),
    (
        "_sf_fit_object(x)",
        let(
            "_sf_v",
            "x",
            "CASE WHEN json_type(_sf_v) <> 'OBJECT' THEN _sf_unfit(_sf_v, 'OBJECT') ELSE _sf_v END",
        ),
    ),
    (
        "_sf_truth(x)",
        let(
            "_sf_v",
            "x",
            "CASE WHEN typeof(_sf_v) = 'BOOLEAN' THEN TRY_CAST(_sf_v AS BOOLEAN)"
            " ELSE round(CAST(_sf_v AS DOUBLE)) <> 0 END",
        ),
    ),
    (
        "_sf_read_boolean(s)",
        f"CASE WHEN lower(s) IN ({_TRUE}) THEN true WHEN lower(s) IN ({_FALSE}) THEN false END",
    ),
    (
        "_sf_read_double(s)",
        let(
            "_sf_s",
            "s",
            "CASE WHEN NOT isinf(TRY_CAST(_sf_s AS DOUBLE)) OR contains(lower(_sf_s), 'inf')"
            " THEN TRY_CAST(_sf_s AS DOUBLE) END",
        ),
    ),
    (
        "_sf_strict_double(s)",
        let(
            "_sf_s",
            "s",
            "CASE WHEN isinf(TRY_CAST(_sf_s AS DOUBLE)) AND NOT contains(lower(_sf_s), 'inf')"
            " THEN CAST(_sf_s || ' (too large)' AS DOUBLE) ELSE CAST(_sf_s AS DOUBLE) END",
        ),
    ),
    (
        "_sf_to_double(x)",
        let(
            "_sf_v",
            "x",
            "CASE WHEN typeof(_sf_v) = 'JSON' THEN"
            " coalesce(_sf_read_double(_sf_string(_sf_v)), _sf_unfit(_sf_v, 'REAL'))"
            " WHEN typeof(_sf_v) = 'VARCHAR' THEN _sf_strict_double(_sf_string(_sf_v))"
            " ELSE CAST(_sf_v AS DOUBLE) END",
        ),
    ),
)

FUNCTIONS: dict[str, tuple[str, str, SfType | None]] = {
    "TO_BOOLEAN": (
        "x",
        let(
            "_sf_v",
            "x",
            "CASE WHEN typeof(_sf_v) = 'BOOLEAN' THEN TRY_CAST(_sf_v AS BOOLEAN)"
            " WHEN typeof(_sf_v) = 'JSON' THEN"
            " coalesce(_sf_read_boolean(_sf_string(_sf_v)), _sf_unfit(_sf_v, 'BOOLEAN'))"
            " WHEN typeof(_sf_v) = 'VARCHAR' THEN coalesce("
            "_sf_read_boolean(_sf_string(_sf_v)), CAST(_sf_string(_sf_v) AS BOOLEAN))"
            " WHEN TRY_CAST(_sf_v AS DOUBLE) IS NOT NULL THEN TRY_CAST(_sf_v AS DOUBLE) <> 0"
            " ELSE CAST(CAST(_sf_v AS VARCHAR) AS BOOLEAN) END",
        ),
        SfType.BOOLEAN,
    ),
    "TRY_TO_BOOLEAN": (
        "x",
        let("_sf_s", "_sf_text(x)", "_sf_read_boolean(_sf_s)"),
        SfType.BOOLEAN,
    ),
    # a second argument allows or forbids keys that come twice
    "PARSE_JSON": (
        "x, keys := 's'",
        let(
            "_sf_s",
            "_sf_text(x)",
            "CASE WHEN trim(_sf_s) <> '' THEN CASE WHEN keys = 'd' THEN _sf_canonical(_sf_s)"
            " ELSE _sf_unique(_sf_s) END END",
        ),
        SfType.VARIANT,
    ),
    "CHECK_JSON": (
        "x",
        let(
            "_sf_s",
            "_sf_text(x)",
            "CASE WHEN trim(_sf_s) = '' THEN NULL"
            " WHEN TRY_CAST(_sf_s AS JSON) IS NULL AND _sf_s IS NOT NULL THEN 'Invalid JSON'"
            " ELSE nullif(regexp_extract(_sf_unique_json(CAST(TRY_CAST(_sf_s AS JSON) AS"
            f" VARCHAR)), '^{DUPLICATE_KEY}.*$'), '') END",
        ),
        SfType.TEXT,
    ),
    "TRY_PARSE_JSON": (
        "x, keys := 's'",
        let(
            "_sf_s",
            "_sf_text(x)",
            "CASE WHEN trim(_sf_s) <> '' THEN CASE WHEN keys = 'd' THEN"
            " _sf_canonical(TRY_CAST(_sf_s AS JSON)) ELSE _sf_try_unique(_sf_s) END END",
        ),
        SfType.VARIANT,
    ),
}
ALIASES: dict[str, str] = {}


LOGICAL = (exp.Booland, exp.Boolor, exp.Boolnot, exp.Xor)


def truths(node: exp.Expr) -> exp.Expr:
    """BOOLAND and its kin of numbers, which are rounded first, or of truth values."""
    if not isinstance(node, LOGICAL) or not node.args.get("round_input"):
        return node
    node.set("round_input", None)
    for side in ("this", "expression"):
        if (value := node.args.get(side)) is not None:
            node.set(side, macro("_sf_truth", value))
    return node


def boolean(value: exp.Expr, *, strict: bool) -> exp.Expr:
    """A cast to BOOLEAN."""
    return macro("_sf_to_boolean" if strict else "_sf_try_to_boolean", value)
