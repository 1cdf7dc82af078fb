"""Arguments of table functions, read as what they are meant to be. Knows no function."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.ports import Arguments, Value


def named(arguments: Arguments, names: Sequence[str]) -> dict[str, Value]:
    """The arguments of a call by name; positional ones in the order of `names`.

    Raises:
        SqlError: one is unknown, or there are too many.
    """
    if len(arguments.positional) > len(names):
        raise SqlError("SQL compilation error:\ntoo many arguments for the table function")
    said = dict(zip(names, arguments.positional, strict=False))
    for name, value in arguments.named.items():
        if name not in names:
            raise SqlError(f"SQL compilation error:\ninvalid argument name '{name}'")
        said[name] = value
    return said


#: Snowflake docs, "Date and time input and output formats": what AUTO reads; offsets apart.
_FORMS = (
    *(
        f"{day}{clock}"
        for day in ("%Y-%m-%d", "%m/%d/%Y", "%d-%b-%Y", "%a, %d %b %Y")
        for clock in ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f")
    ),
    "%a %b %d %H:%M:%S %Y",
)
_DAY = timedelta(days=1)
_OFFSET = re.compile(
    r"(?P<clock>:\d\d(?:\.\d+)?) ?"
    r"(?:Z|(?P<sign>[+-])(?P<hours>\d\d?)(?::?(?P<minutes>\d\d))?)(?= \d{4}$|$)"
)
_DATE_T = re.compile(r"(?<=\d)T(?=\d)")
_BEYOND_MICROSECONDS = re.compile(r"(?<=\.\d{6})\d+")


def moment(value: Value) -> datetime | None:
    """An argument as a time in UTC, which is what the session's clock shows.

    A date is its midnight, a text what Snowflake reads a timestamp from without a format.

    Raises:
        SqlError: it is none.
    """
    if value is None:
        return None
    if isinstance(value, str):
        return _read(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if not isinstance(value, datetime):
        raise SqlError(f"'{value}' is no timestamp")
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _read(text: str) -> datetime:
    plain = _BEYOND_MICROSECONDS.sub("", _DATE_T.sub(" ", text.strip()))
    behind = timedelta()
    if offset := _OFFSET.search(plain):
        behind = timedelta(hours=int(offset["hours"] or 0), minutes=int(offset["minutes"] or 0))
        behind = -behind if offset["sign"] == "-" else behind
        plain = f"{plain[: offset.start()]}{offset['clock']}{plain[offset.end() :]}"
    for form in _FORMS if abs(behind) < _DAY else ():
        try:
            return datetime.strptime(plain, form).replace(tzinfo=timezone(behind)).astimezone(UTC)
        except ValueError:
            continue
    raise SqlError(f"Timestamp '{text}' is not recognized", code=100035)


def text_of(value: Value) -> str | None:
    """An argument as a text."""
    return None if value is None else str(value)
