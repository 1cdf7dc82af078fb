"""What was registered with a thing after its definition, and by no line that ships, as calls.

Knows the registries of `functools.singledispatch`, of abstract classes and of `copyreg`.
"""

from __future__ import annotations

import abc
import collections.abc
import copyreg
import functools
import numbers
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from sfdag_magics.bundle.inspection import attribute_of, is_a, name_of_class
from sfdag_magics.bundle.taking.lines.bench import Bench
from sfdag_magics.bundle.written.same_code import codes_in, same_code

#: Abstract classes that no cell has to import for a class to be registered with them.
_ABSTRACT = tuple(
    kind
    for module in (collections.abc, numbers)
    for kind in vars(module).values()
    if isinstance(kind, abc.ABCMeta)
)


def of_function(bench: Bench, name: str, value: object) -> list[str]:
    """What a `singledispatch` function was given."""
    registry = attribute_of(value, "registry")
    if not is_a(registry, types.MappingProxyType):
        return []
    return [
        f"{name}.register({bench.part(kind)}, {bench.part(function)})"
        for kind, function in registry.items()
        if kind is not object
    ]


def of_class(bench: Bench, name: str, kind: type, code: types.CodeType | None) -> list[str]:
    """What a class, its methods, or others on its behalf were given; `code` is its body's."""
    return [
        *_of_methods(bench, name, kind, code),
        *(
            f"{name}.register({bench.part(each)})"
            for each in _registered(kind)
            if _is_current(bench, each)
        ),
        *(f"{bench.part(each)}.register({name})" for each in _foreign_bases(bench, kind)),
        *_of_copies(bench, name, kind),
    ]


def on_modules(
    bench: Bench, modules: Iterable[types.ModuleType]
) -> Iterator[tuple[str, Callable[[], str]]]:
    """What cells registered with functions and classes of modules beside the notebook.

    Yields:
        What it was registered with, and what makes the line that does so again.
    """
    for module in modules:
        for name, value in list(vars(module).items()):
            for kind, function in _given_by_cells(bench, value, module.__name__):
                made = functools.partial(_register, bench, module, name, kind, function)
                yield f"{module.__name__}.{name}", made


def _given_by_cells(
    bench: Bench, value: object, home: str
) -> Iterator[tuple[type, types.FunctionType | None]]:
    """Pairs of a class, and the function that was registered for it, if one was."""
    if is_a(value, abc.ABCMeta) and value.__module__ == home:
        for kind in _registered(value):
            if bench.is_of_notebook(kind) and _is_current(bench, kind):
                yield kind, None
    registry = attribute_of(value, "registry") if is_a(value, types.FunctionType) else None
    if is_a(registry, types.MappingProxyType):
        for kind, function in registry.items():
            if bench.is_of_notebook(function):
                yield kind, function


def _register(
    bench: Bench,
    module: types.ModuleType,
    name: str,
    kind: type,
    function: types.FunctionType | None,
) -> str:
    given = [kind] if function is None else [kind, function]
    return f"{bench.part(module)}.{name}.register({', '.join(map(bench.part, given))})"


def _of_methods(bench: Bench, name: str, kind: type, code: types.CodeType | None) -> Iterator[str]:
    written = codes_in(code) if code is not None else []
    for method, value in vars(kind).items():
        if not isinstance(value, functools.singledispatchmethod):
            continue
        registry: Mapping[Any, Any] = value.dispatcher.registry
        for each, function in registry.items():
            inner = getattr(function, "__code__", None)
            known = inner is not None and any(same_code(inner, own) for own in written)
            if each is not object and not known:
                call = f"{name}.__dict__[{method!r}].register"
                yield f"{call}({bench.part(each)}, {bench.part(function)})"


def _registered(kind: type) -> list[type]:
    """The classes that were made subclasses of an abstract class by its `register`."""
    if not is_a(kind, abc.ABCMeta):
        return []
    references = abc._get_dump(kind)[0]  # type: ignore[attr-defined]  # noqa: SLF001 - there is no other way to ask
    found = [each for each in (reference() for reference in references) if each is not None]
    return sorted(found, key=lambda each: str(each))


def _is_current(bench: Bench, kind: type) -> bool:
    """Whether it is no class of an earlier run of its cell, which nothing else has any more."""
    named = bench.namespace.get(name_of_class(kind)) is kind
    return named or not bench.is_of_notebook(kind)


def _foreign_bases(bench: Bench, kind: type) -> list[type]:
    """Abstract classes of others with which a class of the notebook was registered."""
    known = {
        id(each): each
        for each in (*_ABSTRACT, *bench.namespace.values())
        if is_a(each, abc.ABCMeta) and not bench.is_of_notebook(each)
    }
    return [each for each in known.values() if any(kind is given for given in _registered(each))]


def _of_copies(bench: Bench, name: str, kind: type) -> list[str]:
    """How instances are copied and pickled, where that was registered."""
    # Not `get`: a metaclass may say how its classes are hashed.
    table = copyreg.dispatch_table.items()
    reduce = next((given for each, given in table if each is kind), None)
    if reduce is None:
        return []
    return [f"{bench.module('copyreg')}.pickle({name}, {bench.part(reduce)})"]
