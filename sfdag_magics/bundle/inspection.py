"""What an object is, found without running any code of its own. Knows no notebook.

`isinstance`, `getattr` and `vars` ask an object: its `__class__`, `__getattr__` and properties may
raise, lie, or take their time. Here only what Python itself keeps is read.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Mapping
from typing import Any, TypeGuard, TypeVar

# The process that loads tasks reads these too, and knows nothing else of this package.
from sfdag_magics.bundle.checked.inside.static import bases_of as bases_of
from sfdag_magics.bundle.checked.inside.static import kept_in, names_of
from sfdag_magics.bundle.checked.inside.static import module_of as module_of

_Kind = TypeVar("_Kind")
_NOTHING: Any = object()
_KEPT = (types.GetSetDescriptorType, types.MemberDescriptorType)
_PLACE = type.__dict__["__qualname__"]
_NAME = type.__dict__["__name__"]


def is_a(value: object, *kinds: type[_Kind]) -> TypeGuard[_Kind]:
    """Whether `value` is an instance, by its real type."""
    return issubclass(type(value), kinds)


def attributes_of(value: object) -> Mapping[str, Any]:
    """What stands in an object's or class's own `__dict__`; nothing where it has none."""
    return names_of(value) if is_a(value, type) else kept_in(value)


def attribute_of(value: object, name: str, default: Any = None) -> Any:  # noqa: ANN401 - any attribute
    """An attribute as it is kept: a property is itself, what nobody has set is `default`."""
    found = as_kept(value, name, default)
    if found is default or type(found) not in _KEPT:
        return found
    try:
        return found.__get__(value, type(value))
    except AttributeError:  # a slot that is not set
        return default
    except TypeError:  # of a class, which keeps it for its instances: `types.FunctionType`
        return found


def as_kept(value: object, name: str, default: Any = None) -> Any:  # noqa: ANN401 - any attribute
    """Where Python would find an attribute, what is kept there: of a slot its descriptor.

    Not `inspect.getattr_static`, which asks a class for its `__dict__`: its metaclass may lie.
    """
    is_class = is_a(value, type)
    found = _in_bases(value if is_class else type(value), name)
    if is_class:
        own = found if found is not _NOTHING else _in_bases(type(value), name)
    else:
        own = dict.get(attributes_of(value), name, _NOTHING)  # type: ignore[call-overload]  # it is one
        if own is _NOTHING or _goes_first(found):
            own = found
    return default if own is _NOTHING else own


def _in_bases(kind: Any, name: str) -> Any:  # noqa: ANN401 - a class
    for base in bases_of(kind):
        if name in (own := attributes_of(base)):
            return own[name]
    return _NOTHING


def _goes_first(found: object) -> bool:
    """Whether what a class keeps is found before what its object has: it can be set."""
    kind = type(found)
    has_setter = any(_in_bases(kind, name) is not _NOTHING for name in ("__set__", "__delete__"))
    return has_setter and _in_bases(kind, "__get__") is not _NOTHING


def name_of(value: object) -> str:
    """The name that a function, method, class or module says it has; empty where none does."""
    named = value.__func__ if is_a(value, types.MethodType) else value
    found = name_of_class(named) if is_a(named, type) else attribute_of(named, "__name__")
    return found if type(found) is str else ""


def name_of_class(kind: type) -> str:
    """What a class is called, whatever its metaclass says."""
    return str(_NAME.__get__(kind))


def place_in_module(kind: type) -> str:
    """What a class is called with all that it stands in: `Model.Config`, `make.<locals>.Net`."""
    return str(_PLACE.__get__(kind))


def module_with(names: object) -> types.ModuleType | None:
    """The module whose own names a dict is, the very dict: `vars(settings)`, `__builtins__`."""
    called = names.get("__name__") if type(names) is dict else None
    found = sys.modules.get(called) if type(called) is str else None
    is_it = found is not None and called != "__main__" and attributes_of(found) is names
    return found if is_it else None


def answers_itself(value: object) -> bool:
    """Whether an object's class has put its own word in place of how attributes are found."""
    kind = type(value)
    finder = as_kept(kind, "__getattribute__")
    own_finder = not is_a(finder, types.WrapperDescriptorType)  # one that is written in Python
    kept = as_kept(kind, "__dict__")
    return own_finder or (kept is not None and type(kept) is property)
