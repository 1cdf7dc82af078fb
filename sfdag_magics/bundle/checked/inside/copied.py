"""What of an object of a library is no more than what it once looked up: its copies do without it.

A time, an id, a hash, keys that hold nothing: a class that says itself how it is copied leaves them
out. Runs that code of the library's.
"""

from __future__ import annotations

import types
import warnings
from collections.abc import Mapping
from typing import Any

from .static import bases_of, names_of

_SAYS_HOW = ("__reduce__", "__reduce_ex__", "__getstate__")
_PROTOCOL = 4


def kept_in_copies(value: object, kept: Mapping[str, object]) -> Mapping[str, object]:
    """Those of the attributes of an object that a copy of it has, as the copy has them.

    All where its class has no rules of its own, or where its state is nothing that can be read.
    """
    if not says_how_to_copy(type(value)):
        return kept
    try:
        state = _state_of(value)
    except Exception:  # noqa: BLE001 - a library's own words, of whatever class
        return kept
    if state is None:
        return {}  # it is made of what it gives to a call: that travels, and `taking` compared it
    return {name: _copied(each, state[name]) for name, each in kept.items() if name in state}


def without_ids(kept: Mapping[str, object]) -> Mapping[str, object]:
    """Attributes of an object; for the id of one of them, whose it is."""
    numbers = {name for name, each in kept.items() if type(each) is int}
    ids = {id(each): f"the id of {name}" for name, each in kept.items() if name not in numbers}
    ids[id(None)] = "the id of None"
    return {name: ids.get(each, each) if type(each) is int else each for name, each in kept.items()}


def says_how_to_copy(kind: type) -> bool:
    """Whether a rule for copying was written in Python: those in C have no attributes to leave."""
    return any(
        type(names_of(base).get(name)) is types.FunctionType
        for base in bases_of(kind)
        for name in _SAYS_HOW
    )


def _state_of(value: Any) -> Mapping[str, object] | None:  # noqa: ANN401 - of any class of a library
    """The attributes that a copy is given; None where it is given none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        said = value.__reduce_ex__(_PROTOCOL)
    state = said[2] if type(said) is tuple and len(said) > 2 else None
    parts = state if type(state) is tuple else (state,)
    found = {name: each for part in parts if type(part) is dict for name, each in part.items()}
    return found or None


def _copied(value: object, copy: object) -> object:
    """What an attribute is, or nothing where that is what a copy has of it."""
    return value if type(copy) is type(value) else copy
