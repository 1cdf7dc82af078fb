"""What decorators keep around a function: in variables, attributes and objects, as it is by now.

A decorator of the user's runs again where its function ships, and makes all that anew. So what it
keeps is set again, wherever it is of the notebook or of a module beside it; what others keep is
their own matter. Reads values; runs nothing.
"""

from __future__ import annotations

import contextlib
import functools
import types
from collections.abc import Callable, Iterator

from sfdag_magics.bundle.inspection import as_kept, attributes_of, bases_of, is_a, module_of
from sfdag_magics.bundle.modules import is_of_user
from sfdag_magics.bundle.written.computed import Computed

_MISSING = object()
#: What Python itself makes of a function: it keeps that, and nothing that code changes.
_AROUND = (
    (staticmethod, ("__func__",)),
    (classmethod, ("__func__",)),
    (property, ("fget", "fset", "fdel")),
    (functools.partial, ("func",)),
    (types.MethodType, ("__func__", "__self__")),
)


def kept_around(
    path: str, value: object, is_core: Callable[[object], bool]
) -> Iterator[tuple[str, Computed]]:
    """`(path, value)` of all data on a function, and beside it in what the user's decorators made.

    Args:
        path: what `value` is called.
        is_core: whether something is the function itself, which its text gives.
    """
    leading, met = _leading_to(value, is_core), set[int]()
    waiting = [(path, value)]
    while waiting:
        at, each = waiting.pop()
        if id(each) in met:
            continue
        met.add(id(each))
        inside: list[tuple[str, object]] = []
        is_there = is_core(each)
        is_users = is_there or is_made_by_user(each)
        copied = attributes_of(attributes_of(each).get("__wrapped__"))
        for place, name, held in _held_by(each):
            is_copied = copied.get(name, _MISSING) is held
            if id(held) in leading:
                inside += [] if is_there else [(f"{at}{place}", held)]
            elif is_there and not name:
                continue  # what it encloses is its text's matter
            elif is_users and not (is_copied or _is_of_each(name) or is_a(held, types.ModuleType)):
                yield f"{at}{place}", Computed(value=held, nodes=())
        waiting += reversed(inside)


def holds(value: object, thing: object) -> bool:
    """Whether what decorators made leads to a function or class."""
    return value is not thing and id(value) in _leading_to(value, lambda each: each is thing)


def _leading_to(value: object, is_core: Callable[[object], bool]) -> set[int]:
    """The ids of all in a thing that is the function, or holds it; each is looked at once."""
    holders: dict[int, list[int]] = {}
    waiting, met, leading = [value], set[int](), list[int]()
    while waiting:
        each = waiting.pop()
        if id(each) in met:
            continue
        met.add(id(each))
        if is_core(each):
            leading.append(id(each))
        elif not is_a(each, type):
            for _place, _name, held in _held_by(each):
                holders.setdefault(id(held), []).append(id(each))
                waiting.append(held)
    found = set(leading)
    while leading:
        new = set(holders.get(leading.pop(), ())) - found
        found |= new
        leading += new
    return found


def is_made_by_user(value: object) -> bool:
    """Whether code of the notebook, or of a module beside it, made a thing of a function."""
    if is_a(value, types.FunctionType):
        home = value.__globals__.get("__name__")
    else:
        home = module_of(type(value))
    return type(home) is str and is_of_user(home)


def _is_of_each(name: str) -> bool:
    """Whether `update_wrapper` gives it to what wraps a function."""
    return name.startswith("__") and name.endswith("__")


def _held_by(value: object) -> Iterator[tuple[str, str, object]]:
    """`(path below it, name, part)` of what may hold a function, or be held beside one."""
    if is_a(value, types.FunctionType):
        yield from ((f".{name}", name, held) for name, held in attributes_of(value).items())
        yield from _variables(value)
    elif places := next((names for kind, names in _AROUND if is_a(value, kind)), ()):
        yield from ((f".{name}", "", getattr(value, name)) for name in places)
    elif is_made_by_user(value) or callable(value):
        own = attributes_of(value).items()
        yield from ((f".__dict__[{name!r}]", name, held) for name, held in own)
        yield from _slots(value)


def _variables(function: types.FunctionType) -> Iterator[tuple[str, str, object]]:
    for number, cell in enumerate(function.__closure__ or ()):
        with contextlib.suppress(ValueError):  # not set
            yield f".__closure__[{number}].cell_contents", "", cell.cell_contents


def _slots(value: object) -> Iterator[tuple[str, str, object]]:
    """What an object keeps in slots that an assignment sets."""
    if as_kept(type(value), "__setattr__") is not object.__setattr__:
        return
    for kind in bases_of(type(value)) if is_made_by_user(value) else ():
        for name, slot in attributes_of(kind).items():
            if is_a(slot, types.MemberDescriptorType):
                with contextlib.suppress(AttributeError):  # not set
                    yield f".{name}", name, slot.__get__(value)
