"""What a module beside the notebook asked at its import: another import would ask again."""

from __future__ import annotations

import enum
import types
from collections.abc import Iterator
from pathlib import Path

from sfdag_magics.bundle.inspection import attribute_of, attributes_of, is_a
from sfdag_magics.bundle.taking.module_states.difference import ModuleDifference
from sfdag_magics.bundle.taking.used.asked_anew import Asked, asked_anew
from sfdag_magics.bundle.written.cell_texts import parsed_or_none

_MISSING = object()


def made_anew(module: types.ModuleType, file: Path, text: str) -> Iterator[ModuleDifference]:
    """Names of a module whose lines give them another value at each import."""
    tree = parsed_or_none(text)
    for asked in asked_anew(tree) if tree is not None else ():
        *owners, last = asked.path.split(".")
        owner = _below(module, owners)
        value = _own(owner).get(last, _MISSING)
        if value is _MISSING or is_a(owner, enum.EnumMeta):
            continue
        for place, now in _places(asked, owner, last, value):
            yield ModuleDifference(
                module=module,
                file=file,
                name=asked.path,
                how=f"is made anew at each import, by {asked.call}",
                value=now,
                sets=place,
                is_anew=True,
                is_same_type=True,
            )


def _places(asked: Asked, owner: object, last: str, value: object) -> Iterator[tuple[str, object]]:
    """What holds the answer: a name, a function's defaults, those of a dataclass's `__init__`."""
    if not asked.is_default:
        yield asked.path, value
        if last in (attribute_of(owner, "__dataclass_fields__") or ()):
            start = attributes_of(owner).get("__init__")
            holder = f"{asked.path.rpartition('.')[0]}.__init__"
            yield from _defaults(holder, start)
    else:
        yield from _defaults(asked.path, value)


def _defaults(path: str, function: object) -> Iterator[tuple[str, object]]:
    for name in ("__defaults__", "__kwdefaults__"):
        given = attribute_of(function, name) if is_a(function, types.FunctionType) else None
        if given:
            yield f"{path}.{name}", given


def _below(module: types.ModuleType, owners: list[str]) -> object:
    found: object = module
    for name in owners:
        found = _own(found).get(name)
    return found


def _own(owner: object) -> dict[str, object]:
    return dict(attributes_of(owner)) if is_a(owner, types.ModuleType, type) else {}
