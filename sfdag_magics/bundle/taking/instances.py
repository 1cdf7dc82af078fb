"""Instances of the notebook's classes as lines: made empty, then given what they hold."""

from __future__ import annotations

import enum
from typing import Any

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
    item = bench.begin(value, wanted=wanted, base=kind.__name__.lower())
    with bench.inside(item):
        text = _made(bench, value)
        bench.add(item, [Made(lines=(f"{item.name} = {text}",))], frozenset())
    bench.end(item, getattr(value, "__dict__", None), text)
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
    if isinstance(value, enum.Enum):
        return member(bench, value)
    if isinstance(value, tuple) and hasattr(kind, "_make"):
        return f"{bench.part(kind)}._make({bench.part(tuple(value))})"
    if hasattr(kind, "model_construct"):  # pydantic
        given, was_set = bench.part(dict(vars(value))), bench.part(set(value.model_fields_set))
        return f"{bench.part(kind)}.model_construct({was_set}, **{given})"
    if not _is_plain_object(bench, kind):
        raise NoExpression(value)
    return f"object.__new__({bench.part(kind)})"


def _is_plain_object(bench: Bench, kind: type) -> bool:
    """Whether all that an instance is stands in its attributes."""
    return all(
        base is object or bench.is_of_notebook(base) or base.__module__ in _PLAIN_BASES
        for base in kind.__mro__
    )


def _state_lines(bench: Bench, name: str, value: object) -> list[str]:
    state = getattr(value, "__dict__", {})
    lines = [f"vars({name}).update({bench.part(dict(state))})"] if state else []
    for slot in _slots(type(value)):
        if hasattr(value, slot):
            part = bench.part(getattr(value, slot))
            lines.append(f"object.__setattr__({name}, {slot!r}, {part})")
    return lines


def _slots(kind: type) -> list[str]:
    found: list[str] = []
    for each in kind.__mro__:
        said = vars(each).get("__slots__", ())
        found += [said] if isinstance(said, str) else [s for s in said if isinstance(s, str)]
    return [slot for slot in found if slot not in ("__dict__", "__weakref__")]
