"""The number that a text is by a format model. Knows models and texts, no SQL.

Docs: "SQL format models", parsing. A model becomes a regular expression; in exact mode the text
must also be what the model makes of the number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Context, Decimal, localcontext
from functools import lru_cache

from sfdag_magics.engine.sql.values.number_models import Element, Kind, Model
from sfdag_magics.engine.sql.values.number_writing import written

_EXACT = Context(prec=800)
_MODELS = 256
_EXPONENT = r"E(?P<power>[+-]? *\d{1,5})"
_MINIMAL = r"(?P<number>\d+\.?\d*|\.\d+)"
_MINIMAL_FORMS = {
    "TM9": _MINIMAL,
    "TME": _MINIMAL + _EXPONENT,
    "TM": rf"{_MINIMAL}(?:{_EXPONENT})?",
    "AUT": rf"{_MINIMAL}(?:{_EXPONENT})?",
}


def read(text: str, model: Model) -> Decimal | None:
    """The number; None where the model does not match."""
    found = _pattern(model).fullmatch(text)
    if found is None:
        return None
    with localcontext(_EXACT):
        number = _number(found, model)
        if model.first(Kind.PERCENT):
            number = number.scaleb(-2)
    if model.is_exact and written(number, model, is_float=False).upper() != text.upper():
        return None
    return number


def _number(found: re.Match[str], model: Model) -> Decimal:
    groups = found.groupdict()
    digits = re.sub(r"[^0-9A-Fa-f]", "", groups.get("whole") or "")
    if model.hexadecimal:
        number = Decimal(int(digits or "0", 16))
    elif (minimal := groups.get("number")) is not None:
        number = Decimal(minimal)
    else:
        fraction = re.sub(r"\D", "", groups.get("fraction") or "")
        number = Decimal(f"{digits or '0'}.{fraction}")
    if power := groups.get("power"):
        number = number.scaleb(int(power.replace(" ", "")))
    return -number if groups.get("sign") == "-" else number


@lru_cache(maxsize=_MODELS)
def _pattern(model: Model) -> re.Pattern[str]:
    kinds = [one.kind for one in model.elements]
    first = next(
        (at for at, kind in enumerate(kinds) if kind in (Kind.DIGIT, Kind.POINT, Kind.MINIMAL)),
        kinds.index(Kind.AUTO) if Kind.AUTO in kinds else 0,
    )
    last = max(
        (at for at, kind in enumerate(kinds) if kind in (Kind.DIGIT, Kind.POINT)), default=first
    )
    before, number, behind = (
        model.elements[:first],
        model.elements[first : last + 1],
        model.elements[last + 1 :],
    )
    parts = [
        r"\s*",
        *(_around(one) for one in before),
        _default_sign(model),
        _digits(number, model),
    ]
    return re.compile(
        "".join((*parts, *(_around(one) for one in behind), r"\s*")), re.IGNORECASE | re.DOTALL
    )


def _default_sign(model: Model) -> str:
    dollar = r"\$ *" if model.first(Kind.DOLLAR) else ""
    if model.first(Kind.SIGN, Kind.MINUS) or model.hexadecimal:
        return f" *{dollar}"
    signs = "[+-]?" if model.first(Kind.MINIMAL, Kind.AUTO) else "-?"
    return f" *(?P<sign>{signs}) *{dollar}"


def _around(one: Element) -> str:
    """What an element before the digits or behind them matches."""
    match one.kind:
        case Kind.LITERAL | Kind.PERCENT:
            return " +".join(re.escape(word) for word in re.split(" +", one.text))
        case Kind.SPACE:
            return " *"
        case Kind.SIGN:
            return r" *(?P<sign>[+-]) *"
        case Kind.MINUS:
            return r" *(?P<sign>[+-]?) *"
        case Kind.EXPONENT:
            return _EXPONENT
        case _:
            return ""


def _digits(elements: Sequence[Element], model: Model) -> str:
    if elements and elements[0].kind in (Kind.MINIMAL, Kind.AUTO):
        return _MINIMAL_FORMS[elements[0].text[:3].upper()]
    point = next((at for at, one in enumerate(elements) if one.kind is Kind.POINT), None)
    whole = _whole(elements[:point])
    if model.first(Kind.BLANK):
        whole = f"(?:{whole})?"
    if point is None:
        return whole
    return whole + _fraction(elements[point + 1 :])


def _whole(elements: Sequence[Element]) -> str:
    """Digits from the right; the first ones may be missing up to the first `0`, or to the last."""
    positions = [at for at, one in enumerate(elements) if one.kind is Kind.DIGIT]
    zeros = [at for at in positions if elements[at].text == "0"]
    needed = zeros[0] if zeros else positions[-1] if positions else 0
    is_hexadecimal = any(one.text in ("X", "x") for one in elements)
    pattern = ""
    for at, following in zip(positions, [*positions[1:], len(elements)], strict=True):
        between = "".join(map(_between, elements[at + 1 : following]))
        pattern += ("[0-9A-F]" if is_hexadecimal else r"\d") + between
        if at < needed:
            pattern = f"(?:{pattern})?"
    return f"(?P<whole>{pattern})"


def _between(one: Element) -> str:
    if one.kind is Kind.GROUP:
        return "," if one.exact else ",?"
    return _around(one)


def _fraction(elements: Sequence[Element]) -> str:
    positions = [one for one in elements if one.kind is Kind.DIGIT]
    needed = max((at for at, one in enumerate(positions) if one.text == "0"), default=-1) + 1
    digits = rf"\.(?P<fraction>\d{{{needed},{len(positions)}}})"
    return digits if needed else f"(?:{digits})?"
