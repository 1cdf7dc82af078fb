r"""Snowflake's REGEXP functions with all their arguments, as macros. Only data; knows RE2's syntax.

DuckDB's functions know neither an occurrence nor a place. So every match is put between two marks
by one replacement of all matches, which sees each match where it stands (`^`, `\b`), and the marked
text is taken apart: piece n + 1 begins with match n. A parameter (`i`, `m`, `s`) becomes RE2's own
flag at the pattern's beginning. Matching takes linear time, whatever the pattern; patterns are not
named by `let`, because DuckDB compiles only a constant once.
"""

from __future__ import annotations

from sfdag_magics.engine.borders.answers import SfType
from sfdag_magics.engine.sql.functions.text_bounds import bounded
from sfdag_magics.engine.sql.values.let import let

#: Noncharacters of Unicode: no text has them.
_START, _END = "chr(64976)", "chr(64977)"
#: What stands in a pattern before a parenthesis that captures: a class, an escape, `(?:`, a letter.
_CLASS = r"\[\^?\]?[^\]]*\]"
_PLAIN = rf"(?:{_CLASS}|[^\\(\[]|\\.|\(\?)*"
#: A pattern up to its first parenthesis that captures.
_BEFORE_GROUP = rf"'(?s)^({_PLAIN})\([^?]'"
#: The same up to the one of group `wanted`; none of those before begins with another.
_BEFORE_WANTED = (
    rf"'(?s)^((?:{_PLAIN}\((?:{_CLASS}|\\.|[^?(\\\[])){{' || (wanted - 1) || '}}{_PLAIN})\([^?]'"
)
_NO_PARENTHESIS = rf"regexp_replace(_sf_before, '\\.|{_CLASS}', '', 'g')"
_NOT_FOUND = "REGEXP_INSTR with a group within another is not supported by the embedded engine"

HELPERS: tuple[tuple[str, str], ...] = (
    # of c and i the last one counts; what is no parameter is refused by RE2, because a call of
    # error() would keep the pattern from being a constant
    (
        "_sf_regexp_flagged(p, parameters)",
        "CASE WHEN regexp_matches(parameters, '[^ce]') THEN '(?'"
        " || CASE WHEN regexp_extract(parameters, '.*([ci])', 1) = 'i' THEN 'i' ELSE '' END"
        " || CASE WHEN contains(parameters, 'm') THEN 'm' ELSE '' END"
        " || CASE WHEN contains(parameters, 's') THEN 's' ELSE '' END"
        " || lower(regexp_replace(parameters, '[cimes]', '', 'g')) || ')' || p"
        " WHEN parameters IS NOT NULL THEN p END",
    ),
    (
        "_sf_regexp_group(p, parameters, wanted)",
        "CASE WHEN wanted >= 0 OR wanted IS NULL THEN wanted"
        f" WHEN contains(parameters, 'e') AND regexp_matches(p, {_BEFORE_GROUP}) THEN 1 ELSE 0 END",
    ),
    # what is before the first match, then each match's group g with what follows the match
    (
        "_sf_regexp_pieces(s, p, g)",
        f"string_split(regexp_replace(s, p, {_START} || '\\' || CAST(g AS VARCHAR) || {_END}, 'g'),"
        f" {_START})",
    ),
    ("_sf_regexp_match(piece)", f"string_split(piece, {_END})[1]"),
    ("_sf_regexp_unmarked(pieces)", f"replace(array_to_string(pieces, ''), {_END}, '')"),
    (
        "_sf_regexp_nth_replaced(s, p, r, n)",
        let(
            "_sf_pieces",
            "_sf_regexp_pieces(s, p, 0)",
            "_sf_regexp_unmarked(list_concat(_sf_pieces[:n], [string_split("
            f"regexp_replace(s, p, {_START} || r || {_END}, 'g'), {_START})[n + 1]],"
            " _sf_pieces[n + 2:]))",
        ),
    ),
    # how far into its match a group begins that is in no other: what is open before it, is closed
    (
        "_sf_regexp_group_offset(match, flagged, p, wanted)",
        let(
            "_sf_before",
            f"regexp_extract(p, {_BEFORE_WANTED}, 1)",
            f"CASE WHEN NOT regexp_matches(p, {_BEFORE_WANTED})"
            f" OR length(replace({_NO_PARENTHESIS}, '(', ''))"
            f" <> length(replace({_NO_PARENTHESIS}, ')', '')) THEN error('{_NOT_FOUND}')"
            " ELSE length(regexp_extract(match, left(flagged, length(flagged) - length(p))"
            " || '^(' || _sf_before || ')' || substr(p, length(_sf_before) + 1) || '$', 1)) END",
        ),
    ),
    # where match n, or a group in it, begins or ends
    (
        "_sf_regexp_place(s, p, flagged, n, at_end, g)",
        let(
            "_sf_pieces",
            "_sf_regexp_pieces(s, flagged, 0)",
            "CASE WHEN len(_sf_pieces) <= n THEN 0"
            " ELSE 1 + length(_sf_regexp_unmarked(_sf_pieces[:n]))"
            " + CASE WHEN g >= 1 THEN _sf_regexp_group_offset("
            "_sf_regexp_match(_sf_pieces[n + 1]), flagged, p, g) ELSE 0 END"
            " + CASE WHEN at_end = 1 THEN length(_sf_regexp_match("
            "_sf_regexp_pieces(s, flagged, g)[n + 1])) ELSE 0 END END",
        ),
    ),
    ("_sf_regexp_after(place, found)", "CASE WHEN found > 0 THEN found + place - 1 ELSE found END"),
)

_SEARCHED = "substr(_sf_s, CAST(place AS BIGINT))"
_FLAGGED = "_sf_regexp_flagged(p, parameters)"
# A replacement stands for each match and what is empty between two characters; each group in it,
# two characters long, brings no more than the whole text, over all matches together.
_MOST_MADE = f"(strlen({_SEARCHED}) + 1) * (strlen(r) + 1)"
_MADE = (
    f"strlen({_SEARCHED}) * (1 + strlen(r) - strlen(replace(r, '\\', '')))"
    f" + strlen(r) * len(_sf_regexp_pieces({_SEARCHED}, {_FLAGGED}, 0))"
)
_ALL_REPLACED = bounded(
    "REGEXP_REPLACE",
    _MADE,
    f"regexp_replace({_SEARCHED}, {_FLAGGED}, r, 'g')",
    at_most=_MOST_MADE,
)
_ONE_REPLACED = (
    f"_sf_regexp_nth_replaced({_SEARCHED}, _sf_regexp_flagged(p, parameters), r,"
    " CAST(occurrence AS BIGINT))"
)
_PIECES = (
    "_sf_regexp_pieces(substr(_sf_text(s), CAST(place AS BIGINT)),"
    " _sf_regexp_flagged(p, parameters), _sf_regexp_group(p, parameters, wanted))"
)

FUNCTIONS: dict[str, tuple[str, str, SfType | None]] = {
    "REGEXP_LIKE": (
        "s, p, parameters := 'c'",
        "regexp_full_match(_sf_text(s), _sf_regexp_flagged(p, parameters))",
        None,
    ),
    "REGEXP_REPLACE": (
        "s, p, r := '', place := 1, occurrence := 0, parameters := 'c'",
        let(
            "_sf_s",
            "_sf_text(s)",
            "CASE WHEN r IS NULL OR occurrence IS NULL THEN NULL"
            " ELSE left(_sf_s, CAST(place AS BIGINT) - 1) || CASE WHEN occurrence = 0"
            f" THEN ({_ALL_REPLACED}) ELSE {_ONE_REPLACED} END END",
        ),
        None,
    ),
    "REGEXP_SUBSTR": (
        "s, p, place := 1, occurrence := 1, parameters := 'c', wanted := -1",
        f"_sf_regexp_match({_PIECES}[CAST(occurrence AS BIGINT) + 1])",
        None,
    ),
    "REGEXP_SUBSTR_ALL": (
        "s, p, place := 1, occurrence := 1, parameters := 'c', wanted := -1",
        f"to_json(list_transform({_PIECES}[CAST(occurrence AS BIGINT) + 1:],"
        " lambda _sf_piece: _sf_regexp_match(_sf_piece)))",
        SfType.ARRAY,
    ),
    "REGEXP_COUNT": (
        "s, p, place := 1, parameters := 'c'",
        "len(_sf_regexp_pieces(substr(_sf_text(s), CAST(place AS BIGINT)),"
        " _sf_regexp_flagged(p, parameters), 0)) - 1",
        None,
    ),
    "REGEXP_INSTR": (
        "s, p, place := 1, occurrence := 1, at_end := 0, parameters := 'c', wanted := -1",
        "_sf_regexp_after(place, _sf_regexp_place("
        "substr(_sf_text(s), CAST(place AS BIGINT)), p, _sf_regexp_flagged(p, parameters),"
        " CAST(occurrence AS BIGINT), at_end, _sf_regexp_group(p, parameters, wanted)))",
        None,
    ),
}
#: Other names of the same function.
ALIASES = {
    "RLIKE": "REGEXP_LIKE",
    "REGEXP": "REGEXP_LIKE",
    "REGEXP_EXTRACT_ALL": "REGEXP_SUBSTR_ALL",
}
