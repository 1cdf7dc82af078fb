"""Functions of text whose arguments mean something else to DuckDB, as macros."""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.borders.answers import SfType
from sfdag_magics.engine.sql.functions.text_bounds import LONG, bounded
from sfdag_magics.engine.sql.values.calls import Call, macro
from sfdag_magics.engine.sql.values.let import let

HELPERS: tuple[tuple[str, str], ...] = (
    (
        "_sf_repeat(s, n)",
        let(
            "_sf_r",
            "struct_pack(s := _sf_text(s), n := CAST(n AS BIGINT))",
            bounded(
                "REPEAT", "CAST(strlen(_sf_r.s) AS HUGEINT) * _sf_r.n", "repeat(_sf_r.s, _sf_r.n)"
            ),
        ),
    ),
    (
        "_sf_octets(s)",
        let(
            "_sf_v",
            "s",
            "CASE WHEN typeof(_sf_v) = 'BLOB' THEN octet_length(TRY_CAST(_sf_v AS BLOB))"
            " ELSE strlen(_sf_text(_sf_v)) END",
        ),
    ),
)
ALIASES: dict[str, str] = {}

#: A similarity is cut to whole percents. TRIM takes off blanks, where no characters are given.
FUNCTIONS: dict[str, tuple[str, str, SfType | None]] = {
    "JAROWINKLER_SIMILARITY": (
        "a, b",
        "CAST(floor(jaro_winkler_similarity(lower(_sf_text(a)), lower(_sf_text(b))) * 100)"
        " AS BIGINT)",
        SfType.FIXED,
    ),
    "TRIM": ("s, characters := ' '", "trim(_sf_text(s), _sf_text(characters))", SfType.TEXT),
    "LTRIM": ("s, characters := ' '", "ltrim(_sf_text(s), _sf_text(characters))", SfType.TEXT),
    "RTRIM": ("s, characters := ' '", "rtrim(_sf_text(s), _sf_text(characters))", SfType.TEXT),
}


def _repeated(_: exp.Expr, arguments: list[exp.Expr]) -> exp.Expr:
    text, count = arguments
    is_short = text.is_string and count.is_int and len(text.name) * int(count.name) <= LONG
    return macro("repeat" if is_short else "_sf_repeat", text, count)


#: As `macros.CALLS`.
CALLS: dict[str, Call] = {
    "REPEAT": Call(rewrite=_repeated, fewest=2, most=2, type=SfType.TEXT),
}
