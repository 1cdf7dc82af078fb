"""Functions of text whose arguments mean something else to DuckDB, as macros. Only data."""

from __future__ import annotations

from sfdag_magics.engine.answers import SfType

HELPERS: tuple[tuple[str, str], ...] = ()
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
