"""Functions and classes of modules that were read again since the notebook took them from there.

`%autoreload` brings what the notebook has up to date, in place; `importlib.reload` does not.
"""

from __future__ import annotations

import sys
import types
from itertools import zip_longest

from sfdag_magics.bundle.inspection import attributes_of, is_a, module_of, name_of, place_in_module
from sfdag_magics.bundle.taking.terms.alike import is_alike
from sfdag_magics.bundle.taking.terms.refusals import ReadBefore
from sfdag_magics.bundle.written.functions_in import functions_in

_EMPTY = types.ModuleType("empty")
#: What Python gives each class, and what says where it is written.
_OF_EACH_CLASS = {"__dict__", "__weakref__", "__module__", "__doc__", "__firstlineno__"}


def read_again(value: object) -> object | None:
    """What the module of a function or class has in its place; None where nothing has replaced it.

    Raises:
        Refused: that is another one.
    """
    if is_a(value, types.FunctionType):
        module = value.__module__
        now = _named(module, value.__name__)
        code = value.__code__
        if not is_a(now, types.FunctionType) or now is value:
            return None
        same_place = now.__code__.co_filename == code.co_filename
        if not same_place or now.__code__.co_name != code.co_name:
            return None
        is_updated = now.__code__ is code
        if is_updated and not _is_around_same(value, now):
            return None  # the same lines made both, in a loop or by a call: nothing was read again
    elif is_a(value, type):
        module = module_of(value)
        now = _named(module, place_in_module(value))
        if not is_a(now, type) or now is value or module_of(now) != module:
            return None
        is_updated = _is_updated(value, now)
    else:
        return None
    if not is_updated:
        kind = "class" if is_a(value, type) else "function"
        raise ReadBefore(kind, module, name_of(value))
    return now


def _is_around_same(one: types.FunctionType, other: types.FunctionType) -> bool:
    """Whether two functions of one code have the same defaults and enclose the same."""
    if one.__defaults__ is not other.__defaults__ or one.__kwdefaults__ != other.__kwdefaults__:
        return False
    pairs = zip(one.__closure__ or (), other.__closure__ or (), strict=True)
    return all(first == second for first, second in pairs)


def _named(module: str | None, name: str) -> object:
    return vars(sys.modules.get(module or "", _EMPTY)).get(name)


def _is_updated(one: type, other: type) -> bool:
    """Whether the members of two classes are the same code and the same values."""
    first, second = (
        {name: each for name, each in attributes_of(kind).items() if name not in _OF_EACH_CLASS}
        for kind in (one, other)
    )
    return first.keys() == second.keys() and all(
        _is_same(first[name], second[name]) for name in first
    )


def _is_same(one: object, other: object) -> bool:
    pairs = list(zip_longest(functions_in(one), functions_in(other)))
    if not pairs:
        return is_alike(one, other)
    return all(a is not None and b is not None and a.__code__ is b.__code__ for a, b in pairs)
