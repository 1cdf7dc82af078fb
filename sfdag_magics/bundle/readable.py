"""Whether a value of one form can be read by another, as what that one says. Knows no task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sfdag_magics.bundle.shipped.container_forms import Items, Keyed, Record, Row
from sfdag_magics.bundle.shipped.form_of import Open
from sfdag_magics.bundle.shipped.forms import Choice, Either, Form, Nothing

#: What is read as which other number without a loss.
_NUMBERS: Mapping[str, tuple[str, ...]] = {
    "bool": ("bool",),
    "int": ("int", "float", "Decimal"),
    "float": ("float", "Decimal"),
    "Decimal": ("Decimal",),
}
#: Types of numpy that round what Python's float holds.
_NARROW = ("float16", "float32")


def is_readable(sent: Form, taken: Form) -> bool:
    """Whether each value of a form can be read by another, as what that one says."""
    if isinstance(sent, Open) or isinstance(taken, Open) or _is_same(sent, taken):
        return True
    if sent.is_raw is not taken.is_raw and "str" in sent.tokens | taken.tokens:
        return False  # `5` and `"5"`: one stands without quotes
    return _reads(sent, taken)


def _reads(sent: Form, taken: Form) -> bool:
    if isinstance(sent, Open) or isinstance(taken, Open) or _is_same(sent, taken):
        return True
    if isinstance(sent, Either):
        return all(_reads(arm, taken) for arm in sent.parts)
    if isinstance(sent, Choice) and sent.kind is None:
        return all(_takes(taken, value, tree) for value, tree in sent.values)
    if isinstance(taken, Either):
        return any(_reads(sent, arm) for arm in taken.parts)
    if isinstance(sent, Nothing) or isinstance(taken, Nothing):
        return False
    if isinstance(sent, Choice):
        return not isinstance(taken, Choice) and taken.kind in sent.kind.__mro__
    if isinstance(taken, Choice):  # which of its values it is is seen when there is one
        return sent.kind in {type(tree) for _, tree in taken.values}
    if sent.tokens == {"list"}:
        return taken.tokens == {"list"} and _rows_read(sent, taken)
    if sent.tokens == {"dict"}:
        return taken.tokens == {"dict"} and _mappings_read(sent, taken)
    return _scalars_read(sent.kind, taken.kind)


def _is_same(sent: Form, taken: Form) -> bool:
    return sent.said == taken.said and sent.kind is taken.kind


def _takes(taken: Form, value: object, tree: object) -> bool:
    """Whether a form has one value of a `Literal`."""
    if isinstance(taken, Either):
        return any(_takes(arm, value, tree) for arm in taken.parts)
    if isinstance(taken, Choice):
        return any(type(own) is type(tree) and own == tree for _, own in taken.values)
    return isinstance(taken, Open) or taken.kind is type(value)


def _rows_read(sent: Form, taken: Form) -> bool:
    if isinstance(taken, Row) and taken.kind is not tuple:
        return False  # a class, and not the same one
    own, wanted = inside(sent), inside(taken)
    if isinstance(sent, Row) and isinstance(taken, Row) and len(own) != len(wanted):
        return False
    if isinstance(sent, Items):
        own = own * max(1, len(wanted))
    if isinstance(taken, Items):
        wanted = wanted * max(1, len(own))
    return all(map(_reads, own, wanted))


def inside(form: Form) -> tuple[Form, ...]:
    """The forms of what a row or a list holds."""
    return form.items if isinstance(form, Row) else form.parts


def _mappings_read(sent: Form, taken: Form) -> bool:
    if isinstance(taken, Record):
        return issubclass(taken.kind, dict) and _fields_read(sent, taken)
    if not isinstance(taken, Keyed):
        return False  # a class, and not the same one
    if isinstance(sent, Record):
        return all(_reads(field, taken.value) for field in sent.fields.values())
    if not isinstance(sent, Keyed):
        return isinstance(taken.value, Open)
    return _reads(sent.key, taken.key) and _reads(sent.value, taken.value)


def _fields_read(sent: Form, taken: Record) -> bool:
    """Whether a TypedDict reads what a mapping has."""
    if isinstance(sent, Keyed):
        return all(_reads(sent.value, field) for field in taken.fields.values())
    if not isinstance(sent, Record) or not issubclass(sent.kind, dict):
        return False
    has_required = taken.required <= sent.required
    return has_required and all(
        name in taken.fields and _reads(field, taken.fields[name])
        for name, field in sent.fields.items()
    )


def _scalars_read(sent: Any, taken: Any) -> bool:  # noqa: ANN401 - two types
    if taken.__name__ in _NARROW:
        return sent is taken
    if sent in (bool, int, float) or taken.__module__ == "numpy" or sent.__module__ == "numpy":
        return _base(taken) in _NUMBERS.get(_base(sent), ())
    is_text = issubclass(sent, str) and issubclass(taken, str)
    is_path = hasattr(sent, "parts") and hasattr(taken, "parts")
    return is_text or is_path or {sent, taken} == {bytes, bytearray}


def _base(kind: Any) -> str:  # noqa: ANN401 - a type
    """The Python number that a type of numpy is, by its name; any other type by its own."""
    if kind.__module__ != "numpy":
        return str(kind.__name__)
    names = [each.__name__ for each in kind.__mro__]
    known = {"bool": "bool", "bool_": "bool", "integer": "int", "floating": "float"}
    return next((known[name] for name in names if name in known), names[0])
