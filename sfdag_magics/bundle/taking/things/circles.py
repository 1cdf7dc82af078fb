"""Functions and classes that a call made and that know each other: `even` and `odd` of one factory.

What is made first is given nothing for what it knows of the other; that is set once both are there.
"""

from __future__ import annotations

import types
from collections.abc import Container, Iterable, Iterator, Mapping

from sfdag_magics.bundle.inspection import attributes_of, is_a
from sfdag_magics.bundle.taking.lines.bench import innermost
from sfdag_magics.bundle.written.functions_in import functions_below, functions_in


def in_circles(
    thing: object, enclosed: Mapping[str, object], at_once: Container[str]
) -> frozenset[str]:
    """Those of the variables around a thing through which it knows itself.

    Args:
        at_once: what is read as the thing is made: a base, a default. That is there before it.
    """
    return frozenset(
        name for name, value in enclosed.items() if name not in at_once and _reaches(value, thing)
    )


def path_inside(name: str, value: object) -> str:
    """Where what decorators made keeps the function; nothing where it does not say so."""
    plain = innermost(value)
    paths = [path for path, each in functions_below(name, value) if each is plain and path != name]
    return next(iter(paths), "")


def circles_inside(
    name: str, value: object, enclosed: Mapping[str, object], at_once: Container[str]
) -> frozenset[str]:
    """Those of the variables around a decorated function through which it knows itself."""
    if not path_inside(name, value):
        return frozenset()
    return in_circles(innermost(value), enclosed, at_once)


def cells_of(name: str, thing: object, variable: str) -> Iterator[str]:
    """Where a function, or a method of a class, keeps a variable; `name` is what the thing is."""
    for path, function in _functions(name, thing):
        if variable in function.__code__.co_freevars:
            place = function.__code__.co_freevars.index(variable)
            yield f"{path}.__closure__[{place}].cell_contents"
            return  # all methods of a class have the same one


def _functions(name: str, thing: object) -> Iterator[tuple[str, types.FunctionType]]:
    if is_a(thing, types.FunctionType):
        yield name, thing
        return
    for key, member in attributes_of(thing).items() if is_a(thing, type) else ():
        yield from functions_below(f"vars({name})[{key!r}]", member)


def leads_to_cell(cell: types.CellType) -> bool:
    """Whether what a variable holds leads to a function that encloses this very variable."""
    return any(
        each is cell
        for held in content_of(cell)
        for reached in _reached(held)
        for _path, function in _functions("", innermost(reached))
        for each in function.__closure__ or ()
    )


def _reaches(value: object, wanted: object) -> bool:
    """Whether what a value encloses, or holds, leads to something."""
    return any(each is wanted for each in _reached(value))


def _reached(value: object) -> Iterator[object]:
    """A value, and all that it encloses or holds."""
    waiting, met = [value], set[int]()
    while waiting:
        each = waiting.pop()
        if id(each) not in met:
            met.add(id(each))
            yield each
            yield innermost(each)
            waiting += _known_to(each)


def _known_to(value: object) -> Iterable[object]:
    value = innermost(value)
    if is_a(value, types.FunctionType):
        given = (*(value.__defaults__ or ()), *(value.__kwdefaults__ or {}).values())
        return [*given, *(each for cell in value.__closure__ or () for each in content_of(cell))]
    if is_a(value, type) and "<locals>" in value.__qualname__:
        members = attributes_of(value).values()
        return [function for member in members for function in functions_in(member)]
    if is_a(value, dict):
        return value.values()
    return value if is_a(value, list, tuple) else ()


def content_of(cell: types.CellType) -> list[object]:
    """What a variable holds; nothing where it was not set yet."""
    try:
        return [cell.cell_contents]
    except ValueError:  # not set yet
        return []
