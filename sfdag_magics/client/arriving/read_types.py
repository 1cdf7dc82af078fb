"""Which type texts are of: the narrowest that all values of a column fit. Knows no file.

Numbers with leading zeros are texts (a postcode is no number), and those with more than nine digits
behind the point are FLOAT, as what computed them was.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from sfdag_magics.client.arriving.columns import DIGITS, TEXT, Column

_NUMBER = r"^[+-]?(0|[1-9][0-9]*)(\.[0-9]*)?$"
_FLOAT = r"^[+-]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?$"
_TRUTH = r"^(true|false)$"
_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?)?$"
_ZONE = r"(Z|[+-][0-9]{2}:?[0-9]{2})$"
_ZONED = _MOMENT.replace(")?)?$", ")?)") + " ?" + _ZONE
_TIME = r"^[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?$"
_PARTS = r"^[+-]?(?P<whole>[0-9]+)(?:\.(?P<rest>[0-9]*))?$"
#: With more digits behind the point a number was computed, and is FLOAT.
_MOST_DECIMALS = 9


class TypeOfTexts:
    """What is known of one column's texts so far; `see` them all, then ask."""

    def __init__(self) -> None:
        self._fits = {
            "BOOLEAN": _TRUTH,
            "NUMBER": _NUMBER,
            "FLOAT": _FLOAT,
            "DATE": _DATE,
            "TIMESTAMP_NTZ": _MOMENT,
            "TIMESTAMP_TZ": _ZONED,
            "TIME": _TIME,
        }
        self._whole = self._rest = 0
        self._saw_any = False

    def see(self, texts: pa.Array) -> None:
        """Take some of the column's values into account; None is of any type."""
        there = texts.drop_null()
        if not len(there) or not self._fits:
            self._saw_any = self._saw_any or bool(len(there))
            return
        self._saw_any = True
        for kind, pattern in list(self._fits.items()):
            if not _all_match(there, pattern) or not _is_real(there, kind):
                del self._fits[kind]
        if "NUMBER" in self._fits:
            parts = pc.extract_regex(there, _PARTS)
            self._whole = max(self._whole, _longest(parts.field("whole")))
            self._rest = max(self._rest, _longest(parts.field("rest")))

    def column(self, name: str) -> Column:
        """The column; one without any value is of texts."""
        kind = next(iter(self._fits), TEXT) if self._saw_any else TEXT
        if kind == "NUMBER":
            is_exact = self._rest <= _MOST_DECIMALS and self._whole + self._rest <= DIGITS
            kind = f"NUMBER({DIGITS},{self._rest})" if is_exact else self._inexact()
        return Column(name=name, type=kind, travels=pa.string())

    def _inexact(self) -> str:
        """Of integers that are too long, digits would be lost: they stay texts."""
        return "FLOAT" if self._rest else TEXT


def _all_match(texts: pa.Array, pattern: str) -> bool:
    flags = {"ignore_case": True} if pattern == _TRUTH else {}
    return bool(pc.all(pc.match_substring_regex(texts, pattern, **flags)).as_py())


def _is_real(texts: pa.Array, kind: str) -> bool:
    """Whether these are moments of the calendar: 2024-02-31 is none."""
    target = {
        "DATE": pa.date32(),
        "TIMESTAMP_NTZ": pa.timestamp("s"),
        "TIMESTAMP_TZ": pa.timestamp("s"),
    }.get(kind)
    if target is None:
        return True
    if kind == "TIMESTAMP_TZ":
        texts = pc.replace_substring_regex(texts, " ?" + _ZONE, "")
    try:
        pc.replace_substring_regex(texts, r"\.[0-9]+$", "").cast(target)
    except pa.ArrowInvalid:
        return False
    return True


def _longest(texts: pa.Array) -> int:
    return int(pc.max(pc.utf8_length(texts)).as_py() or 0)
