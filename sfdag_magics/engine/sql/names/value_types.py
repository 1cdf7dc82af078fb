"""The type of a value at hand, and what type holds several. Types only, no tree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal

from sfdag_magics.engine.borders.answers import SfType
from sfdag_magics.engine.borders.ports import Value
from sfdag_magics.engine.sql.values import number_rules as rules
from sfdag_magics.engine.sql.values.constants import has_offset
from sfdag_magics.engine.sql.values.types import SqlType, number, plain, varchar

LONG = number()


def is_number(kind: SqlType | None) -> bool:
    """Whether it is a NUMBER of any scale."""
    return kind is not None and kind.kind is SfType.FIXED


def type_of_value(value: Value) -> SqlType | None:
    """The type of a bound value."""
    match value:
        case bool():
            return plain(SfType.BOOLEAN)
        case int():
            return LONG
        case Decimal():
            return literal_type(format(value, "f").lstrip("-"))
        case float():
            return plain(SfType.REAL)
        case str():
            return varchar()
        case bytes() | bytearray():
            return plain(SfType.BINARY)
        case datetime():
            kind = SfType.TIMESTAMP_NTZ if value.tzinfo is None else SfType.TIMESTAMP_LTZ
            return plain(SfType.TIMESTAMP_TZ if has_offset(value) else kind)
        case date():
            return plain(SfType.DATE)
        case time():
            return plain(SfType.TIME)
        case _:
            return None


def literal_type(text: str) -> SqlType | None:
    """The type of a number as it is written; None where it is no NUMBER."""
    if "e" in text.lower():
        text = format(Decimal(text), "f")
    whole, _, fraction = text.partition(".")
    if not (whole + fraction).isdigit():
        return None
    digits = len(whole.lstrip("0")) + len(fraction)
    if digits > rules.MAX_PRECISION:
        return None
    return number(max(1, digits, len(fraction)), min(len(fraction), rules.MAX_PRECISION - 1))


def united(kinds: Sequence[SqlType | None]) -> SqlType | None:
    """What holds each of several values."""
    known = [kind for kind in kinds if kind is not None]
    if any(kind.kind is SfType.VARIANT for kind in known):
        return plain(SfType.VARIANT)  # `variant_coercions` makes one of the others
    if not known or len(known) < len(kinds):
        return None
    of_kind = {kind.kind for kind in known}
    if of_kind == {SfType.FIXED}:
        return rules.common(known)
    if of_kind == {SfType.FIXED, SfType.REAL}:
        return plain(SfType.REAL)
    if of_kind == {SfType.DATE, SfType.TIMESTAMP_NTZ}:
        return plain(SfType.TIMESTAMP_NTZ)
    if len(of_kind) > 1:
        return None
    nullable = any(kind.nullable for kind in known)
    return replace(known[0] if len(set(known)) == 1 else plain(known[0].kind), nullable=nullable)


def maybe(kind: SqlType | None) -> SqlType | None:
    """The same, of a value that may be NULL."""
    return replace(kind, nullable=True) if kind is not None and not kind.nullable else kind


def never(kind: SqlType | None) -> SqlType | None:
    """The same, of a value that is never NULL."""
    return replace(kind, nullable=False) if kind is not None else None
