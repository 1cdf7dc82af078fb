"""Where modules have what can change: under names, and in their own classes. Runs nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from sfdag_magics.bundle.inspection import attributes_of, is_a, module_of
from sfdag_magics.bundle.literals.not_a_number import is_of_nobody_else
from sfdag_magics.bundle.taking.terms.parts import can_change
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """A name of a module, or an attribute of one of its classes; `owner` has that one's name."""

    home: str
    path: str
    value: object
    owner: type | None = None


def roots_of(home: str) -> Iterator[Root]:
    """What a module has under names, and the classes that it makes under theirs."""
    for name, value in attributes_of(sys.modules.get(home)).items():
        if name.startswith("__"):
            continue
        if can_change(value) or is_of_nobody_else(value):
            yield Root(home=home, path=name, value=value)
        elif is_a(value, type) and module_of(value) == home:
            yield from _of_class(home, name, value, value)


def _of_class(home: str, path: str, kind: type, owner: type) -> Iterator[Root]:
    for name, value in attributes_of(kind).items():
        if name.startswith("__"):
            continue
        if is_a(value, type) and module_of(value) == home and value is not kind:
            inner = f"{path}.{name}"
            yield from _of_class(home, inner, value, owner) if value.__qualname__ == inner else ()
        elif can_change(value) and not hasattr(type(value), "__get__"):
            yield Root(home=home, path=f"{path}.{name}", value=value, owner=owner)


def paths_above(path: str) -> list[str]:
    """A path and those that it is below: `A`, `A.b` and `A.b.c`."""
    parts = path.split(".")
    return [".".join(parts[: number + 1]) for number in range(len(parts))]
