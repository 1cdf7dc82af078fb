"""What a thing is, by its kind: in words that mean the same in each process, and its parts.

Leaves out what no two processes share: addresses, times, locks, open files, weak references, what
caches hold, what libraries compute when they are first asked. Runs code of libraries, and none of
the user's. What it does not know it calls by its type alone.
"""

from __future__ import annotations

import collections
import enum
import functools
import sys
import types
from collections.abc import Callable, Container, Iterator, Mapping
from typing import Any

from .code_looks import code_said, defaults_of, enclosed_by, names_in
from .copied import kept_in_copies, says_how_to_copy, without_ids
from .iterators import of_iterator
from .look import A_FUNCTION, A_HINT, MAYBE, OF_A_LIBRARY, Look
from .number_looks import OF_NUMBERS, of_numbers
from .plain_looks import of_plain
from .static import bases_of, called, kept_in, module_of, names_of, slots_in

_HEAP_TYPE = 1 << 9
_BASES = type.__dict__["__bases__"]
_COMPARISONS = frozenset(f"__{name}__" for name in ("eq", "lt", "le", "gt", "ge", "repr", "init"))
#: What Python, `abc` and `enum` give each class, and what says where it is written.
_OF_EACH_CLASS = frozenset(
    (
        *("__dict__", "__weakref__", "__module__", "__doc__", "__firstlineno__", "__qualname__"),
        *("__static_attributes__", "__classcell__", "_abc_impl", "__abstractmethods__"),
        *("__parameters__", "__orig_bases__", "__type_params__", "_is_protocol", "__hash__"),
        *("__annotations__", "__annotations_cache__", "__annotate_func__", "__match_args__"),
        "__dataclass_params__",
        # What using a class leaves there: `copy` and `pickle`, and a flag that was combined.
        *("__slotnames__", "_value2member_map_"),
    )
)


class Looks:
    """Looks at things of one process.

    Args:
        own: the modules that travel, and `__main__`: all others are found there as they are here.
    """

    def __init__(self, own: Container[str]) -> None:
        self._own = own

    def of(self, value: Any) -> Look:  # noqa: ANN401 - anything there is
        """What `value` is."""
        if type(value) in _BOUND:
            return self._bound(value)
        if type(value) is types.FunctionType:
            return self._function(value)
        found = self._names_of_module(value) or of_plain(value)
        if found is not None:
            return found
        if issubclass(type(value), type):
            return self._class(value)
        if issubclass(type(value), enum.Enum):
            return Look(called(type(value)), str(kept_in(value).get("_name_")))
        return self._by_module(value)

    def is_own(self, module: object) -> bool:
        """Whether a module travels, or is the notebook."""
        return type(module) is str and (module == "__main__" or module in self._own)

    def _names_of_module(self, value: Any) -> Look | None:  # noqa: ANN401 - anything there is
        """A library's very dict is found there as the library is, with what that has there.

        A notebook has more built-ins than Python, which each text that `exec` runs is given.
        """
        home = value.get("__name__") if type(value) is dict else None
        found = sys.modules.get(home) if type(home) is str and not self.is_own(home) else None
        if type(found) is not types.ModuleType or found.__dict__ is not value:
            return None
        return Look("the names of a module", home)

    def _by_module(self, value: Any) -> Look:  # noqa: ANN401 - an instance of any class
        kind = type(value)
        home = module_of(kind)
        top = home.partition(".")[0]
        numbers = of_numbers(value, called(kind)) if top in OF_NUMBERS else None
        if numbers is not None:
            return numbers
        if any(module_of(base).partition(".")[0] in OF_NUMBERS for base in bases_of(kind)):
            return self._of_base(value)
        if home in ("builtins", "itertools") and hasattr(kind, "__next__"):
            return of_iterator(value)
        if top in _OF_HINTS:
            return Look(A_HINT, None)
        if top == "IPython":  # what it shows lines as; there they are plain
            return Look("", None)
        if top in _NEVER_ALIKE:
            return Look(called(kind), None)
        return self._instance(value)

    def _of_base(self, value: Any) -> Look:  # noqa: ANN401 - an instance of any class
        """What arrays and frames of the user's own classes hold, as the nearest base has it."""
        kind = type(value)
        found = (of_numbers(value, called(base)) for base in bases_of(kind))
        look = next((each for each in found if each is not None), Look("", None))
        return Look(called(kind), look.said, (*look.parts, (" class", kind)), look.is_one)

    def _class(self, value: type) -> Look:
        if not self.is_own(module_of(value)):
            place = type.__dict__["__qualname__"].__get__(value)
            if not _is_there(module_of(value), place, value):
                return Look("a class", None)
            return Look(OF_A_LIBRARY, called(value), tuple(_members(value)))
        own = names_of(value)
        parts: list[tuple[str, object]] = [
            (f"{MAYBE if name == '__wrapped__' else ''}.{name}", each)
            for name, each in own.items()
            if name not in _OF_EACH_CLASS and not name.startswith("__pydantic")
        ]
        parts += [(f" base {number}", base) for number, base in enumerate(_BASES.__get__(value))]
        parts.append((" metaclass", type(value)))
        return Look("a class", called(value), tuple(parts), is_one=True)

    def _bound(self, value: Any) -> Look:  # noqa: ANN401 - a method, or a function written in C
        owner = value.__self__
        if owner is None or type(owner) is types.ModuleType:
            return Look("a built-in", value.__name__)
        home = _home_of_method(owner)
        if not self.is_own(home) and _is_there(home, value.__name__, value):
            return Look("a built-in", value.__name__)
        function = getattr(value, "__func__", value.__name__)
        return Look("a method", "", ((".__self__", owner), (".__func__", function)))

    def _instance(self, value: Any) -> Look:  # noqa: ANN401 - an instance of any class
        kind = type(value)
        is_own = self.is_own(module_of(kind))
        parts = [] if not is_own and says_how_to_copy(kind) else list(self._content(value))
        computed = _computed_in(kind)
        kept: Mapping[str, object] = {**slots_in(value), **kept_in(value)}
        kept = kept if is_own else without_ids(kept_in_copies(value, kept))
        for name, each in kept.items():
            if name in computed or type(name) is not str:
                continue
            maybe = MAYBE if not is_own and name.startswith("_") else ""
            parts.append((f"{maybe}.{name}", each))
        parts.append((" class", kind))
        said = "" if is_own or parts[1:] or kind.__flags__ & _HEAP_TYPE else None
        return Look(called(kind), said, tuple(parts), is_one=bool(parts[1:]))

    def _content(self, value: Any) -> Iterator[tuple[str, object]]:  # noqa: ANN401 - as above
        """What the built-in base of a class keeps."""
        for base in bases_of(type(value)):
            if base in _PLAIN:
                yield f" as {base.__name__}", _PLAIN[base](value)
                return

    def _function(self, value: types.FunctionType) -> Look:
        own = self.is_own(value.__module__) or self.is_own(value.__globals__.get("__name__"))
        name = f"{value.__module__}.{value.__qualname__}"
        if not own and _is_there(value.__module__, value.__qualname__, value):
            return Look(A_FUNCTION, name)
        code = value.__code__
        parts = [*defaults_of(value), *enclosed_by(value)]
        maybe = "" if own else MAYBE
        parts += [(f"{maybe}.{n}", v) for n, v in vars(value).items()]
        if own and value.__globals__.get("__name__") != "__main__":
            here = value.__globals__
            parts += [(f"{MAYBE} using {n}", here[n]) for n in names_in(code) if n in here]
        return Look(A_FUNCTION, f"{value.__name__} {code_said(code)}", tuple(parts), is_one=True)


def _members(kind: type) -> Iterator[tuple[str, object]]:
    """What a library's class has by name, as far as nobody computes it when it is first asked."""
    for name in names_of(kind) if kind.__flags__ & _HEAP_TYPE else ():
        if name[:1] != "_" or name in _COMPARISONS:
            yield f".{name}", True


def _home_of_method(owner: object) -> str:
    """The module that may have a method of a hidden object as a function: `np.random.rand`."""
    home = module_of(type(owner))
    return "numpy.random" if home == "numpy.random.mtrand" else home


def _is_there(module: object, place: str, value: object) -> bool:
    """Whether a module has a thing where it says that it is."""
    found: Any = sys.modules.get(module) if type(module) is str else None
    for name in place.split("."):
        if isinstance(found, type):
            found = names_of(found).get(name)
        elif isinstance(found, types.ModuleType):
            found = found.__dict__.get(name)
        else:
            return False
    found = found.__func__ if isinstance(found, staticmethod) else found
    return found is value or (isinstance(value, types.BuiltinMethodType) and found == value)


def _computed_in(kind: type) -> set[str]:
    """The attributes that a class computes when they are first asked for."""
    return {
        name
        for base in bases_of(kind)
        for name, each in names_of(base).items()
        if type(each) is functools.cached_property or type(each).__name__ == "CachedProperty"
    } | {"_cache", "_item_cache"}


_BOUND = (types.BuiltinFunctionType, types.MethodType, types.MethodWrapperType)
_OF_HINTS = frozenset(("typing", "typing_extensions"))
#: Of these no two processes have the same.
_NEVER_ALIKE = frozenset(
    (
        *("_thread", "threading", "weakref", "_weakref", "_weakrefset", "contextvars"),
        *("_contextvars", "_io", "io", "socket", "ssl", "sqlite3", "asyncio", "_asyncio"),
        *("multiprocessing", "subprocess", "concurrent", "queue", "_queue", "select", "selectors"),
        *("mmap", "tempfile", "logging", "matplotlib", "pydantic_core", "_abc"),
        *("snowflake", "warnings", "ctypes", "_ctypes", "pydantic"),
    )
)
_PLAIN: dict[type, Callable[[Any], object]] = {
    collections.OrderedDict: lambda value: dict(collections.OrderedDict.items(value)),
    collections.defaultdict: lambda value: (value.default_factory, dict(dict.items(value))),
    dict: lambda value: dict(dict.items(value)),
    list: lambda value: list.__getitem__(value, slice(None)),
    tuple: lambda value: tuple.__getitem__(value, slice(None)),
    set: lambda value: set().union(set.__iter__(value)),
    frozenset: lambda value: frozenset(frozenset.__iter__(value)),
    str: lambda value: str.__getitem__(value, slice(None)),
    bytes: lambda value: bytes.__getitem__(value, slice(None)),
    int: int.__int__,
    float: float.__float__,
    BaseException: lambda value: value.args,
}
