"""Results that cached functions remember in this kernel, as notes: a task computes them anew."""

from __future__ import annotations

import functools
import gc
import types
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sfdag_magics.bundle.inspection import attribute_of, attributes_of, is_a
from sfdag_magics.bundle.taking.things.bench import innermost

_CACHED = type(functools.lru_cache(int))
_CONTAINERS = (list, dict, set)


def cache_notes(taken: Iterable[object], namespace: Mapping[str, object]) -> Iterator[str]:
    """What to say of the functions among what is taken, and of the methods of its classes.

    A function of nothing but its arguments gives the same again, and of it there is nothing to
    say, unless it gave what others may have changed since.
    """
    for value in taken:
        members = attributes_of(value).values() if is_a(value, type) else (value,)
        for each in members:
            cached: Any = attribute_of(each, "__func__", each)
            if is_a(cached, _CACHED) and cached.cache_info().currsize:
                function = innermost(cached)
                if is_a(function, types.FunctionType) and (
                    _reads_names(function, namespace) or _gave_containers(cached)
                ):
                    yield (
                        f"{function.__qualname__} remembers {cached.cache_info().currsize} of its "
                        "results here, and computes them anew where the task runs: with the "
                        "values that names have now"
                    )


def _gave_containers(cached: object) -> bool:
    """Whether lists, dicts or sets are among the results, which no argument can be."""
    held = [each for each in gc.get_referents(cached) if each is not attributes_of(cached)]
    kept = [each for each in held if type(each) is dict]  # one of them is the cache
    values = [value for each in kept for value in each.values()]
    links = [value for value in values if type(value).__name__ == "lru_list_elem"]
    results = [each for each in held if type(each) is not dict] + values + gc.get_referents(*links)
    return len(kept) > 1 or any(type(each) in _CONTAINERS for each in results)


def _reads_names(function: types.FunctionType, namespace: Mapping[str, object]) -> bool:
    used = [namespace[name] for name in function.__code__.co_names if name in namespace]
    return any(not is_a(each, types.ModuleType) for each in used)
