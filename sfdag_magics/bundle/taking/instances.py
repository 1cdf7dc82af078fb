"""Instances of the notebook's classes as lines: made empty, then given what they hold."""

from __future__ import annotations

import contextlib
import enum
import types
from typing import Any

from sfdag_magics.bundle.inspection import (
    answers_itself,
    attribute_of,
    attributes_of,
    bases_of,
    is_a,
    module_of,
    name_of_class,
)
from sfdag_magics.bundle.literals.writing import NoExpression
from sfdag_magics.bundle.taking.bench import Bench
from sfdag_magics.bundle.taking.pieces import Item, Made

#: Modules of bases that keep nothing of an instance outside its `__dict__`.
_PLAIN_BASES = frozenset({"typing", "abc", "typing_extensions", "collections.abc"})


def take_instance(bench: Bench, value: Any, wanted: str | None) -> Item:  # noqa: ANN401 - of a class of the notebook
    """A member of an enum, a tuple with names, a model, or an object with attributes.

    Raises:
        NoExpression: it, or a part of it, cannot be written.
    """
    kind = type(value)
    item = bench.begin(value, wanted=wanted, base=name_of_class(kind).lower())
    with bench.inside(item):
        text = _made(bench, value)
        bench.add(item, [Made(lines=(f"{item.name} = {text}",))], frozenset())
    bench.end(item, attributes_of(value), text)
    if text.startswith("object.__new__("):
        bench.after(item, lambda: _state_lines(bench, item.name, value))
    return item


def member(bench: Bench, value: enum.Enum) -> str:
    """A member of an enum of the notebook, by its class."""
    kind = bench.part(type(value))
    known = value.name in type(value).__members__  # a sum of flags has no name
    return f"{kind}.{value.name}" if known else f"{kind}({value.value!r})"


def _made(bench: Bench, value: Any) -> str:  # noqa: ANN401 - of a class of the notebook
    kind = type(value)
    if is_a(value, enum.Enum):
        return member(bench, value)
    if is_a(value, tuple) and attribute_of(kind, "_make") is not None:
        return f"{bench.part(kind)}._make({bench.part(tuple(value))})"
    if attribute_of(kind, "model_construct") is not None:  # pydantic
        given, was_set = bench.part(dict(vars(value))), bench.part(set(value.model_fields_set))
        return f"{bench.part(kind)}.model_construct({was_set}, **{given})"
    if answers_itself(value) or not _is_plain_object(bench, kind):
        raise NoExpression(value)
    return f"object.__new__({bench.part(kind)})"


def _is_plain_object(bench: Bench, kind: type) -> bool:
    """Whether all that an instance is stands in its attributes."""
    return all(
        base is object or bench.is_of_notebook(base) or module_of(base) in _PLAIN_BASES
        for base in bases_of(kind)
    )


def _state_lines(bench: Bench, name: str, value: object) -> list[str]:
    state = attributes_of(value)
    lines = [f"vars({name}).update({bench.part(dict(state))})"] if state else []
    for slot, held in _in_slots(value).items():
        lines.append(f"object.__setattr__({name}, {slot!r}, {bench.part(held)})")
    return lines


def _in_slots(value: object) -> dict[str, object]:
    """`{slot: what it holds}`, private ones under the names that Python gives them."""
    found: dict[str, object] = {}
    for kind in bases_of(type(value)):
        for name, slot in attributes_of(kind).items():
            if is_a(slot, types.MemberDescriptorType):
                with contextlib.suppress(AttributeError):  # not set
                    found.setdefault(name, slot.__get__(value))
    return found
