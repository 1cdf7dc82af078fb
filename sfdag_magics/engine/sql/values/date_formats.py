"""Snowflake's formats of dates and times: their elements, and what strftime calls them.

Elements are told from text by being longest first and in any case; text between double quotes, and
every other character, stands for itself (docs: "Date and time input and output formats").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

#: What DuckDB's strftime writes and strptime reads as it is.
STRFTIME: Mapping[str, str] = {
    "YYYY": "%Y",
    "UUUU": "%Y",
    "YY": "%y",
    "MMMM": "%B",
    "MON": "%b",
    "MM": "%m",
    "DD": "%d",
    "DY": "%a",
    "HH24": "%H",
    "HH12": "%I",
    "HH": "%H",
    "AM": "%p",
    "PM": "%p",
    "MI": "%M",
    "SS": "%S",
}
#: A fraction of n digits; without n it has nine.
_FRACTIONS: Mapping[str, str] = {"FF3": "%g", "FF6": "%f", "FF9": "%n", "FF": "%n"}
_ZONE = ("TZH:TZM", "TZHTZM", "TZH")
_YEARS = frozenset({"YYYY", "UUUU", "YY"})
_ELEMENT = re.compile(
    r'"[^"]*"|YYYY|UUUU|YY|MMMM|MON|MM|DD|DY|HH24|HH12|HH|AM|PM|MI|SS|FF[0-9]?'
    r"|TZH:TZM|TZHTZM|TZH|TZM|.",
    re.IGNORECASE | re.DOTALL,
)
#: The same for RE2, with hours and minutes of the zone apart.
SQL_ELEMENT = (
    '(?is)"[^"]*"|YYYY|UUUU|YY|MMMM|MON|MM|DD|DY|HH24|HH12|HH|AM|PM|MI|SS|FF[0-9]?|TZH|TZM|.'
)
_DIGITS = re.compile("[09X]|TM", re.IGNORECASE)
_BINARY = frozenset({"HEX", "BASE64", "UTF-8", "UTF8"})


def is_auto(written: str) -> bool:
    """Whether the format is the one that leaves the form to Snowflake."""
    return written.upper() == "AUTO"


def is_binary(written: str) -> bool:
    """Whether it is a format of BINARY."""
    return written.upper() in _BINARY


def is_numeric(written: str) -> bool:
    """Whether it is a format of numbers: it has digits, and of times at most what is `MI` there."""
    times = {element for element in _elements(written) if _is_time(element)}
    plain = "".join(element for element in _elements(written) if not element.startswith('"'))
    return times <= {"MI"} and _DIGITS.search(plain) is not None


def written_pattern(written: str) -> str | None:
    """What strftime writes it with; None where it has elements that strftime has not."""
    pieces = []
    for element in _elements(written):
        piece = STRFTIME.get(element) or _FRACTIONS.get(element)
        if piece is None and _is_time(element):
            return None
        pieces.append(piece or _verbatim(element))
    return "".join(pieces)


def reading_patterns(written: str) -> list[str]:
    """What strptime reads it with: a name of a month may be short or long."""
    pieces = [_reading(element) for element in _elements(written)]
    pattern = "".join(pieces)
    if "%b" not in pattern:
        return [pattern]
    return [pattern, pattern.replace("%b", "%B")]


def has_year(written: str) -> bool:
    """Whether a date read with it has a year; what has none is of 1970."""
    return not _YEARS.isdisjoint(_elements(written))


def has_short_year(written: str) -> bool:
    """Whether a year that is read with it has two digits."""
    return "YY" in _elements(written)


def has_zone(written: str) -> bool:
    """Whether what is read with it has an offset from UTC."""
    return not frozenset(_ZONE).isdisjoint(_elements(written))


def _elements(written: str) -> Iterator[str]:
    for element in _ELEMENT.findall(written):
        yield element.upper() if _is_time(element.upper()) else element


def _is_time(element: str) -> bool:
    return element in STRFTIME or element in _ZONE or element == "TZM" or element[:2] == "FF"


def _reading(element: str) -> str:
    if element in _ZONE:
        return "%z"
    if element[:2] == "FF":
        return "%f"
    return STRFTIME.get(element) or _verbatim(element)


def _verbatim(element: str) -> str:
    text = element[1:-1] if len(element) > 1 and element.startswith('"') else element
    return text.replace("%", "%%")
