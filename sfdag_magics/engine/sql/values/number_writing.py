"""A number as the text that a format model makes of it. Knows numbers and models, no SQL.

Docs: "SQL format models", printing. What does not fit is written with `#`.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

from sfdag_magics.engine.sql.values.number_models import Element, Kind, Model
from sfdag_magics.light_classes import dataclass

#: More than a FLOAT or a NUMBER has, so that nothing is rounded but by its format.
_EXACT = Context(prec=800, rounding=ROUND_HALF_UP)
#: A FLOAT with more digits before the point, or behind it, is written with an exponent, or is zero.
_LONGEST_WHOLE, _LONGEST_FRACTION = 15, 38
_WIDEST_EXPONENT = 7


def written(value: Decimal, model: Model, *, is_float: bool) -> str:
    """The text of a number; of infinity and NaN it is an overflow."""
    with localcontext(_EXACT):
        if model.first(Kind.PERCENT) and value.is_finite():
            value = value.scaleb(2)
        if model.first(Kind.MINIMAL, Kind.AUTO):
            return _minimal(value, model, is_float=is_float)
        return _fixed(value, model)


# -- a place for each digit ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Digits:
    """What stands in each position; a space where nothing does."""

    whole: str
    fraction: str
    exponent: str
    is_negative: bool


def _fixed(value: Decimal, model: Model) -> str:
    digits = _digits(value, model)
    prefix = _prefix(digits, model)
    whole, fraction = iter(digits.whole), iter(digits.fraction)
    pieces: list[str] = []
    #: Where the prefix goes: before the first digit that is seen, in the first position's piece.
    start: int | None = None
    shown, behind_point = False, False
    for one in model.elements:
        if one.kind in (Kind.DIGIT, Kind.POINT) and start is None:
            start = len(pieces)
        if one.kind is Kind.DIGIT:
            text = next(fraction if behind_point else whole)
            shown = shown or text != " "
        elif one.kind is Kind.GROUP:
            text = "," if shown else " "
        elif one.kind is Kind.POINT:
            text, behind_point = ".", True
        else:
            text = _of_no_digit(one, digits, is_behind=start is not None)
        pieces.append(text.replace(" ", "") if _is_stripped(one) else text)
    return _with_prefix(pieces, start or 0, prefix, model)


def _is_stripped(one: Element) -> bool:
    return one.compact and one.kind is not Kind.LITERAL


def _of_no_digit(one: Element, digits: _Digits, *, is_behind: bool) -> str:
    match one.kind:
        case Kind.LITERAL | Kind.PERCENT:
            return one.text
        case Kind.MINUS:
            return "-" if digits.is_negative else " "
        case Kind.SIGN if is_behind:
            return "-" if digits.is_negative else "+"
        case Kind.EXPONENT:
            return digits.exponent
        case _:
            return ""


def _prefix(digits: _Digits, model: Model) -> str:
    """The sign and the dollar before the first digit."""
    dollar = "$" if model.first(Kind.DOLLAR) else ""
    minus = "-" if digits.is_negative else " "
    first = model.first(Kind.SIGN, Kind.DIGIT, Kind.POINT)
    if first is not None and first.kind is Kind.SIGN:
        return ("-" if digits.is_negative else "+") + dollar
    if model.first(Kind.SIGN, Kind.MINUS) or model.hexadecimal:
        return dollar
    return minus + dollar


def _with_prefix(pieces: list[str], start: int, prefix: str, model: Model) -> str:
    """The prefix stands before the first digit that is seen, behind what is left free."""
    first = model.first(Kind.DIGIT)
    if first is not None and first.compact:
        prefix = prefix.strip()
    before, rest = "".join(pieces[:start]), "".join(pieces[start:])
    seen = rest.lstrip(" ")
    return before + " " * (len(rest) - len(seen)) + prefix + seen


def _digits(value: Decimal, model: Model) -> _Digits:
    if not value.is_finite():
        return _full(model, is_negative=value < 0 if value.is_infinite() else False)
    if model.hexadecimal:
        return _hexadecimal(value, model)
    places, power = len(model.fraction), 0
    if (exponent := model.first(Kind.EXPONENT)) is not None:
        value, power = _normalized(value, places)
    rounded = value.quantize(Decimal(1).scaleb(-places))
    whole, _, fraction = format(abs(rounded), "f").partition(".")
    whole = whole.lstrip("0")
    if len(whole) > len(model.whole):
        return _full(model, is_negative=rounded < 0)
    return _Digits(
        whole=_leading(whole, model),
        fraction=_trailing(fraction, model),
        exponent=_exponent(power, exponent) if exponent is not None else "",
        is_negative=rounded < 0,
    )


def _full(model: Model, *, is_negative: bool) -> _Digits:
    exponent = model.first(Kind.EXPONENT)
    return _Digits(
        whole="#" * len(model.whole),
        fraction="#" * len(model.fraction),
        exponent=exponent.text[0] + "#" * (len(exponent.text) - 1) if exponent else "",
        is_negative=is_negative,
    )


def _leading(digits: str, model: Model) -> str:
    """The digits before the point in their positions: zeros are seen from the first `0` on."""
    positions = model.whole
    if not digits and positions and not model.first(Kind.BLANK):
        digits = "0"
    zeros = [at for at, one in enumerate(positions) if one.text == "0"]
    free = len(positions) - len(digits)
    is_blank = model.first(Kind.BLANK) is not None and not digits
    first = zeros[0] if zeros and not is_blank else len(positions)
    return "".join(" " if at < first else "0" for at in range(free)) + digits


def _trailing(digits: str, model: Model) -> str:
    """The digits behind the point: zeros at the end are seen up to the last `0`."""
    last = max((at for at, one in enumerate(model.fraction) if one.text == "0"), default=-1) + 1
    return digits[:last] + digits[last:].rstrip("0").ljust(len(digits) - last)


def _hexadecimal(value: Decimal, model: Model) -> _Digits:
    number = int(value.quantize(Decimal(1)))
    room = 16 ** len(model.whole)
    is_signed = model.first(Kind.SIGN, Kind.MINUS) is not None
    fits = abs(number) < room if is_signed else -room // 2 <= number < room
    if not fits:
        return _full(model, is_negative=number < 0 and is_signed)
    text = format(abs(number) if is_signed else number % room, "x")
    if model.hexadecimal is not None and model.hexadecimal.text == "X":
        text = text.upper()
    return _Digits(
        whole=_leading(text, model),
        fraction="",
        exponent="",
        is_negative=number < 0 and is_signed,
    )


# -- exponents ----------------------------------------------------------------------------------


def _normalized(value: Decimal, places: int) -> tuple[Decimal, int]:
    """With one digit before the point, also after it is rounded, and the power of ten."""
    if not value:
        return value, 0
    power = value.adjusted()
    moved = value.scaleb(-power).quantize(Decimal(1).scaleb(-places))
    if moved.adjusted() > 0:
        moved, power = moved.scaleb(-1), power + 1
    return moved, power


def _exponent(power: int, element: Element) -> str:
    letter, width = element.text[0], len(element.text)
    if width == 2:
        return f"{letter}{power}".ljust(_WIDEST_EXPONENT)
    digits = str(abs(power)).rjust(width - 2, "0")
    sign = "-" if power < 0 else "+"
    return letter + sign + (digits if len(digits) == width - 2 else "#" * (width - 2))


# -- no more digits than there are --------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Number:
    """A number without its sign, and how its element is spelled."""

    value: Decimal
    is_float: bool
    spelled: str


def _minimal(value: Decimal, model: Model, *, is_float: bool) -> str:
    is_negative = value.is_signed() and not value.is_nan()
    minus = "-" if is_negative else ""
    pieces = []
    for one in model.elements:
        match one.kind:
            case Kind.MINIMAL | Kind.AUTO:
                sign = "" if model.first(Kind.SIGN, Kind.MINUS) else minus
                dollar = "$" if model.first(Kind.DOLLAR) else ""
                is_blank = value.is_zero() and model.first(Kind.BLANK) is not None
                number = _Number(value=abs(value), is_float=is_float, spelled=one.text)
                text = " " if is_blank else _FORMS[one.text[:3].upper()](number)
                piece = sign + dollar + text
            case Kind.SIGN:
                piece = minus or "+"
            case Kind.MINUS:
                piece = minus or " "
            case Kind.LITERAL | Kind.PERCENT:
                piece = one.text
            case _:
                piece = ""
        pieces.append(piece.replace(" ", "") if _is_stripped(one) else piece)
    return "".join(pieces)


def _positional(number: _Number) -> str:
    value = number.value
    if not value.is_finite():
        return "inf" if value.is_infinite() else "NaN"
    if number.is_float:
        value = value.normalize()
        if value.adjusted() >= _LONGEST_WHOLE:
            return _scientific(number)
        value = value if value.adjusted() >= -_LONGEST_FRACTION else Decimal(0)
    if "(" not in number.spelled:
        return format(value, "f")
    most, group = number.spelled[4:-1].upper().split(",")
    exponent = value.as_tuple().exponent
    if most != "ALL" and isinstance(exponent, int) and -exponent > int(most):
        value = value.quantize(Decimal(1).scaleb(-int(most)))
    whole, point, fraction = format(value, "f").partition(".")
    return _grouped(whole, int(group)) + point + fraction


def _grouped(digits: str, size: int) -> str:
    if size < 1:
        return digits
    first = len(digits) % size or size
    starts = range(first, len(digits), size)
    return ",".join([digits[:first], *(digits[at : at + size] for at in starts)])


def _scientific(number: _Number) -> str:
    value = number.value
    if not value.is_finite():
        return _positional(number)
    letter = "e" if number.spelled[:1] == "t" else "E"
    if not value:
        return f"0{letter}0"
    power = value.adjusted()
    return f"{value.scaleb(-power).normalize():f}{letter}{power}"


def _shorter(number: _Number) -> str:
    return min(_positional(number), _scientific(number), key=len)


def _automatic(number: _Number) -> str:
    return _scientific(number) if number.is_float else _positional(number)


_FORMS: dict[str, Callable[[_Number], str]] = {
    "TM9": _positional,
    "TME": _scientific,
    "TM": _shorter,
    "AUT": _automatic,
}
