"""What Python itself keeps of a thing, read without running any code of the thing's own."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Any

_ATTRIBUTES = type.__dict__["__dict__"]
_ORDER = type.__dict__["__mro__"]
_KEPT = (types.GetSetDescriptorType, types.MemberDescriptorType)


def bases_of(kind: type) -> tuple[type, ...]:
    """A class and all above it, in the order in which attributes are looked for."""
    found: tuple[type, ...] = _ORDER.__get__(kind)
    return found


def names_of(kind: type) -> Mapping[str, Any]:
    """What stands in a class's own `__dict__`."""
    found: Mapping[str, Any] = _ATTRIBUTES.__get__(kind)
    return found


def module_of(kind: type) -> str:
    """The module that a class says it is of."""
    found = type.__dict__["__module__"].__get__(kind)
    return found if type(found) is str else ""


def called(kind: type) -> str:
    """A class by its module and place."""
    return f"{module_of(kind)}.{type.__dict__['__qualname__'].__get__(kind)}"


def kept_in(value: object) -> Mapping[str, Any]:
    """What stands in an object's own `__dict__`; nothing where it has none."""
    for kind in bases_of(type(value)):
        own: Any = names_of(kind).get("__dict__")
        if type(own) in _KEPT:
            try:
                found: Mapping[str, Any] = own.__get__(value)
            except (AttributeError, TypeError):  # compiled ones have the word, and no dictionary
                return {}
            return found if isinstance(found, dict) else {}
    return {}


def slots_in(value: object) -> dict[str, object]:
    """What an object keeps in slots that classes written in Python made."""
    found: dict[str, object] = {}
    for kind in bases_of(type(value)):
        if not kind.__flags__ & 1 << 9:  # made by a class statement: Py_TPFLAGS_HEAPTYPE
            continue
        for name, slot in names_of(kind).items():
            is_slot = type(slot) is types.MemberDescriptorType and name[:2] != "__"
            if is_slot and name not in found:
                try:
                    found[name] = slot.__get__(value, kind)
                except AttributeError:  # not set
                    continue
    return found
