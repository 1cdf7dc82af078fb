"""BINARY: bytes made of text, as macros. Only data.

Snowflake reads text as hexadecimal digits where bytes are wanted and writes bytes as such where
text is; DuckDB takes the characters themselves.
"""

from __future__ import annotations

from sfdag_magics.engine.borders.answers import SfType
from sfdag_magics.engine.sql.values.calls import Call
from sfdag_magics.engine.sql.values.let import let

_BINARY = SfType.BINARY
_IS_HEX = "regexp_full_match(s, '([0-9A-Fa-f]{2})*')"
_NOT_HEX = "'The following string is not a legal hex-encoded value: ''' || s || ''''"
_TOO_LONG = "'String ''' || hex(_sf_b) || ''' is too long and would be truncated'"
#: The letters of BASE64 for 62 and 63, and what fills the last group.
_ALPHABET = "'+/='"
_CODED, _CODE = f"s, alphabet := {_ALPHABET}", "_sf_usual_base64(s, alphabet)"
_NO_FORMAT = "'Unsupported format ''' || f || ''' for a conversion of BINARY'"

HELPERS: tuple[tuple[str, str], ...] = (
    ("_sf_try_unhex(s)", f"CASE WHEN {_IS_HEX} THEN unhex(s) END"),
    (
        "_sf_unhex(s)",
        f"CASE WHEN {_IS_HEX} THEN unhex(s) WHEN s IS NOT NULL THEN error({_NOT_HEX}) END",
    ),
    # any value as bytes: what is no bytes yet is hexadecimal text
    *(
        (
            f"_sf{word}_binary(x)",
            let(
                "_sf_v",
                "x",
                "CASE WHEN typeof(_sf_v) = 'BLOB' THEN TRY_CAST(_sf_v AS BLOB)"
                f" ELSE _sf{word}_unhex(_sf_string(_sf_v)) END",
            ),
        )
        for word in ("", "_try")
    ),
    # a BINARY(n) cuts nothing off
    (
        "_sf_binary_within(x, most)",
        let(
            "_sf_b",
            "_sf_binary(x)",
            f"CASE WHEN octet_length(_sf_b) > most THEN error({_TOO_LONG}) ELSE _sf_b END",
        ),
    ),
    (
        "_sf_try_binary_within(x, most)",
        let("_sf_b", "_sf_try_binary(x)", "CASE WHEN octet_length(_sf_b) <= most THEN _sf_b END"),
    ),
    # of bytes, or of a text's
    (
        "_sf_base64(x)",
        let(
            "_sf_v",
            "x",
            "to_base64(CASE WHEN typeof(_sf_v) = 'BLOB' THEN TRY_CAST(_sf_v AS BLOB)"
            " ELSE encode(_sf_text(_sf_v)) END)",
        ),
    ),
    (
        "_sf_lines(s, most)",
        "CASE WHEN most > 0 THEN array_to_string(list_transform(range(0, length(s), most),"
        " lambda _sf_i: substr(s, _sf_i + 1, most)), chr(10)) ELSE s END",
    ),
    # with the usual last letters of the alphabet, on one line
    (
        "_sf_usual_base64(s, alphabet)",
        f"replace(translate(s, alphabet, left({_ALPHABET}, length(alphabet))), chr(10), '')",
    ),
    (
        "_sf_substr_bytes(x, first, count)",
        "unhex(substr(hex(x), CAST(CASE WHEN first < 0 THEN 2 * first"
        " ELSE 2 * greatest(first, 1) - 1 END AS BIGINT), CAST(2 * count AS BIGINT)))",
    ),
)


def _of_format(hexadecimal: str, base64: str, otherwise: str) -> str:
    encoded = "encode(_sf_string(_sf_x))"
    return let(
        "_sf_x",
        "x",
        f"CASE upper(f) WHEN 'HEX' THEN {hexadecimal} WHEN 'BASE64' THEN {base64}"
        f" WHEN 'UTF-8' THEN {encoded} WHEN 'UTF8' THEN {encoded} ELSE {otherwise} END",
    )


FUNCTIONS: dict[str, tuple[str, str, SfType | None]] = {
    "TO_BINARY": (
        "x, f := 'HEX'",
        _of_format(
            "_sf_binary(_sf_x)",
            "from_base64(_sf_string(_sf_x))",
            f"CASE WHEN f IS NOT NULL THEN error({_NO_FORMAT}) END",
        ),
        _BINARY,
    ),
    "TRY_TO_BINARY": (
        "x, f := 'HEX'",
        _of_format("_sf_try_binary(_sf_x)", "TRY(from_base64(_sf_string(_sf_x)))", "NULL"),
        _BINARY,
    ),
    "HEX_DECODE_BINARY": ("s", "_sf_unhex(s)", _BINARY),
    "TRY_HEX_DECODE_BINARY": ("s", "_sf_try_unhex(s)", _BINARY),
    "HEX_DECODE_STRING": ("s", "decode(_sf_unhex(s))", None),
    "TRY_HEX_DECODE_STRING": ("s", "TRY(decode(_sf_try_unhex(s)))", None),
    "BASE64_ENCODE": (
        f"x, most := 0, alphabet := {_ALPHABET}",
        let(
            "_sf_s",
            f"translate(_sf_base64(x), left({_ALPHABET}, length(alphabet)), alphabet)",
            "_sf_lines(_sf_s, CAST(most AS BIGINT))",
        ),
        SfType.TEXT,
    ),
    "BASE64_DECODE_BINARY": (_CODED, f"from_base64({_CODE})", _BINARY),
    "TRY_BASE64_DECODE_BINARY": (_CODED, f"TRY(from_base64({_CODE}))", _BINARY),
    "BASE64_DECODE_STRING": (_CODED, f"decode(from_base64({_CODE}))", None),
    "TRY_BASE64_DECODE_STRING": (_CODED, f"TRY(decode(from_base64({_CODE})))", None),
    "BIT_LENGTH": (
        "x",
        let(
            "_sf_v",
            "x",
            "8 * CASE WHEN typeof(_sf_v) = 'BLOB' THEN octet_length(TRY_CAST(_sf_v AS BLOB))"
            " ELSE strlen(_sf_string(_sf_v)) END",
        ),
        None,
    ),
}
ALIASES: dict[str, str] = {}
CALLS: dict[str, Call] = {}
