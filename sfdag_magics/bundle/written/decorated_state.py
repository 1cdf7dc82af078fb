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
    around = _Around(is_core)
    yield from around.kept(path, value)


def holds(value: object, thing: object) -> bool:
    """Whether what decorators made leads to a function or class."""
    return value is not thing and _Around(lambda each: each is thing).leads(value, set())


class _Around:
    """Walks from what decorators made to the function; looks at each thing once."""

    def __init__(self, is_core: Callable[[object], bool]) -> None:
        self._is_core = is_core
        self._met: set[int] = set()

    def kept(self, path: str, value: object) -> Iterator[tuple[str, Computed]]:
        """See `kept_around`."""
        if id(value) in self._met:
            return
        self._met.add(id(value))
        is_core = self._is_core(value)
        is_users = is_core or is_made_by_user(value)
        copied = attributes_of(attributes_of(value).get("__wrapped__"))
        for place, name, held in _held_by(value):
            is_copied = copied.get(name, _MISSING) is held
            if self.leads(held, set()):
                yield from self.kept(f"{path}{place}", held) if not is_core else ()
            elif is_core and not name:
                continue  # what it encloses is its text's matter
            elif is_users and not (is_copied or _is_of_each(name) or is_a(held, types.ModuleType)):
                yield f"{path}{place}", Computed(value=held, nodes=())

    def leads(self, value: object, above: set[int]) -> bool:
        """Whether a thing is the function, or holds it; `above` are ids of those looked at."""
        if self._is_core(value):
            return True
        if id(value) in above or is_a(value, type):
            return False
        above.add(id(value))
        return any(self.leads(held, above) for _place, _name, held in _held_by(value))


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
