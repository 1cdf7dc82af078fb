"""Results that cached functions remember in this kernel, as notes: a task computes them anew."""

from __future__ import annotations

import enum
import functools
import gc
import sys
import types
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sfdag_magics.bundle.beside import loaded_modules
from sfdag_magics.bundle.inspection import attribute_of, attributes_of, is_a, module_of
from sfdag_magics.bundle.taking.lines.bench import innermost
from sfdag_magics.bundle.taking.terms.sharing import changes

_CACHED = type(functools.lru_cache(int))


def cache_notes(taken: Iterable[object], namespace: Mapping[str, object]) -> Iterator[str]:
    """What to say of the functions among what is taken, and of the methods of its classes.

    A function of nothing but its arguments gives the same again, and of it there is nothing to
    say, unless it gave what others may have changed since.
    """
    for cached, function in _remembering(taken):
        if _reads_names(function, namespace) or _gave_what_changes(cached):
            said = _said(function.__qualname__, cached)
            yield f"{said}: with the values that names have now"


def cache_notes_of_modules(modules: Iterable[str]) -> Iterator[str]:
    """The same of functions of modules beside the notebook that gave what may be changed by now."""
    for own, _file in loaded_modules(modules):
        for cached, function in _remembering(list(vars(sys.modules[own]).values())):
            if function.__module__ == own and _gave_what_changes(cached):
                said = _said(f"{own}.{function.__qualname__}", cached)
                yield f"{said}: as nobody has changed them"


def _remembering(things: Iterable[object]) -> Iterator[tuple[Any, types.FunctionType]]:
    """`(cache, the function in it)` of those that remember anything."""
    for value in things:
        members = attributes_of(value).values() if is_a(value, type) else (value,)
        for each in members:
            cached: Any = attribute_of(each, "__func__", each)
            if is_a(cached, _CACHED) and cached.cache_info().currsize:
                function = innermost(cached)
                if is_a(function, types.FunctionType):
                    yield cached, function


def _said(name: str, cached: Any) -> str:  # noqa: ANN401 - of `lru_cache`
    return (
        f"{name} remembers {cached.cache_info().currsize} of its results here, and computes them "
        "anew where the task runs"
    )


def _gave_what_changes(cached: Any) -> bool:  # noqa: ANN401 - of `lru_cache`
    """Whether a result can have been changed since: a list, a frame, an object, or one of a few."""
    waiting, met = _results(cached), set[int]()
    while waiting:
        each = waiting.pop()
        if is_a(each, tuple):
            waiting += () if id(each) in met else tuple.__iter__(each)
            met.add(id(each))
        elif _may_change(each):
            return True
    return False


def _results(cached: Any) -> list[object]:  # noqa: ANN401 - of `lru_cache`
    """What is remembered. A cache without a bound keeps it by its arguments, any other beside."""
    held = [each for each in gc.get_referents(cached) if each is not attributes_of(cached)]
    if cached.cache_parameters()["maxsize"] is None:
        return [result for each in held if type(each) is dict for result in each.values()]
    caches = [each for each in held if type(each) is dict and _is_of_links(each)]
    keys = {id(key) for each in caches for key in each}
    return [each for each in held if id(each) not in keys and all(each is not c for c in caches)]


def _is_of_links(kept: dict[object, object]) -> bool:
    return bool(kept) and all(type(each).__name__ == "_lru_list_elem" for each in kept.values())


def _may_change(value: object) -> bool:
    if is_a(value, type, types.FunctionType, types.ModuleType, enum.Enum):
        return False
    return changes(value) or bool(attributes_of(value))


def _reads_names(function: types.FunctionType, namespace: Mapping[str, object]) -> bool:
    used = [namespace[name] for name in function.__code__.co_names if name in namespace]
    return not all(_is_of_others(each, namespace) for each in used)


def _is_of_others(value: object, namespace: Mapping[str, object]) -> bool:
    """Whether it is a module, or code of one: no cell makes that another thing."""
    if is_a(value, type):
        return module_of(value) != namespace.get("__name__", "__main__")
    if is_a(value, types.FunctionType):
        return value.__globals__ is not namespace
    return is_a(value, types.ModuleType, types.BuiltinFunctionType)
