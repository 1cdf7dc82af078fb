"""PARSE_URL, as a macro: an address taken apart as RFC 3986 says, into an OBJECT. Only data."""

from __future__ import annotations

from sfdag_magics.engine.borders.answers import SfType
from sfdag_magics.engine.sql.values.calls import Call
from sfdag_magics.engine.sql.values.let import let

_URL = r"^([A-Za-z][A-Za-z0-9+.-]*):(//([^/?#]*))?([^?#]*)(\?([^#]*))?(#(.*))?$"
_PARTS = "['scheme', 'slashes', 'authority', 'path', 'asked', 'query', 'hash', 'fragment']"
_NO_SCHEME = "scheme not specified"

HELPERS: tuple[tuple[str, str], ...] = (
    # of a parameter that comes twice, the last
    (
        "_sf_url_parameters(q)",
        let(
            "_sf_p",
            "list_transform(string_split(q, '&'), lambda _sf_s:"
            " struct_pack(k := split_part(_sf_s, '=', 1), v := substr(_sf_s,"
            " length(split_part(_sf_s, '=', 1)) + 2)))",
            "to_json(map_from_entries(list_filter(_sf_p, lambda _sf_e, _sf_i: NOT list_contains("
            "list_transform(_sf_p[_sf_i + 1:], lambda _sf_l: _sf_l.k), _sf_e.k))))",
        ),
    ),
    (
        "_sf_url_object(u)",
        let(
            "_sf_h",
            "regexp_extract(u.authority, '^(.*?)(?::([0-9]+))?$', ['host', 'port'])",
            "json_object('fragment', CASE WHEN u.hash <> '' THEN u.fragment END,"
            " 'host', nullif(_sf_h.host, ''),"
            " 'parameters', CASE WHEN u.query <> '' THEN _sf_url_parameters(u.query) END,"
            " 'path', CASE WHEN u.slashes <> '' THEN ltrim(u.path, '/') ELSE u.path END,"
            " 'port', nullif(_sf_h.port, ''),"
            " 'query', CASE WHEN u.asked <> '' THEN u.query END,"
            " 'scheme', u.scheme)",
        ),
    ),
)
FUNCTIONS: dict[str, tuple[str, str, SfType | None]] = {
    "PARSE_URL": (
        "s, permissive := 0",
        let(
            "_sf_u",
            f"regexp_extract(_sf_text(s), '{_URL}', {_PARTS})",
            "CASE WHEN s IS NULL THEN NULL WHEN _sf_u.scheme <> '' THEN _sf_url_object(_sf_u)"
            f" WHEN permissive = 1 THEN json_object('error', '{_NO_SCHEME}')"
            f" ELSE CAST(error('Error parsing URL: {_NO_SCHEME}') AS JSON) END",
        ),
        SfType.OBJECT,
    ),
}
ALIASES: dict[str, str] = {}
CALLS: dict[str, Call] = {}
