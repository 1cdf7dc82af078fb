"""Attributes that cells set where no line says which: `for n in found: setattr(np, n, 3)`.

The names that there are to set are gathered from the cell's text and from what its names hold; what
an attribute is by now tells the thing itself. Functions and classes of the notebook are found in
the things (`patched_things`), so that here only plain values count.
"""

from __future__ import annotations

import ast
import types
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from sfdag_magics.bundle.inspection import attributes_of, is_a, module_of
from sfdag_magics.bundle.taking.used.names_used import last_name
from sfdag_magics.bundle.written.as_written import as_written, is_plain
from sfdag_magics.bundle.written.cell_texts import nodes_of, parsed_or_none

_MANY = (list, tuple, set, frozenset)
#: No module has as many attributes: what holds more holds no names of them.
_MOST = 10_000
_DEPTH = 3
_CHAIN = (ast.Name, ast.Attribute)


def setters_of(namespace: Mapping[str, object]) -> frozenset[str]:
    """What the notebook can call that may set an attribute of its arguments, by its last name."""
    here = str(namespace.get("__name__", "__main__"))
    found = set(_setters_in(namespace))
    for called, kind in namespace.items():
        if is_a(kind, type) and module_of(kind) == here:
            methods = set(_setters_in(attributes_of(kind)))
            found |= methods | ({called} if "__init__" in methods else set())
    return frozenset(found)


def _setters_in(names: Mapping[str, object]) -> Iterator[str]:
    for name, value in names.items():
        if type(value) is types.FunctionType and "setattr" in value.__code__.co_names:
            yield name


def may_set_by_names(text: str, setters: frozenset[str]) -> bool:
    """Whether `set_by_names` may find something in a cell, whatever the names are by then."""
    if not _is_python(text):
        return False
    calls = any(name == "setattr" or name in setters for name, _node in _given(text))
    return calls or bool(_in_turn(text))


def set_by_names(
    text: str, namespace: Mapping[str, object], setters: frozenset[str]
) -> Iterator[tuple[ast.expr, str]]:
    """`(owner, attribute)` of what a cell set, or may have set.

    Args:
        setters: the functions that set what they are told.
    """
    if not _is_python(text):
        return
    yield from _in_turn(text)
    owners = [node for name, node in _given(text) if name == "setattr" or name in setters]
    names = set(_names_held(text, namespace)) if owners else set()
    for node in owners:
        kept = attributes_of(as_written(node, namespace))
        yield from ((node, name) for name in sorted(names & set(kept)) if is_plain(kept[name]))


@lru_cache(maxsize=16_384)  # the cells of a long day: asked for each task
def _is_python(text: str) -> bool:
    return parsed_or_none(text) is not None


@lru_cache(maxsize=16_384)  # see above
def _in_turn(text: str) -> tuple[tuple[ast.expr, str], ...]:
    """What a loop over owners sets: `for m in (np, math): m.pi = 3`."""
    return tuple(
        (owner, name)
        for loop in nodes_of(text)
        for target, owners in _loop(loop)
        for node in ast.walk(loop)
        for name in _set_of(node, target)
        for owner in owners
    )


@lru_cache(maxsize=16_384)  # see above
def _given(text: str) -> tuple[tuple[str, ast.expr], ...]:
    """`(function, owner)` of all owners that calls are given without a name that one can read."""
    turns = dict(found for node in nodes_of(text) for found in _loop(node))
    return tuple(
        (called, owner)
        for node in nodes_of(text)
        for called, given in _call(node)
        for owner in (turns.get(given.id, [given]) if isinstance(given, ast.Name) else [given])
    )


def _call(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    match node:
        case ast.Call(func=ast.Name(id="setattr"), args=[owner, name, _]):
            if not isinstance(name, ast.Constant):
                yield "setattr", owner
        case ast.Call(func=ast.Attribute(attr="object" | "multiple"), args=[owner, *_]):
            if "patch" in ast.unparse(node.func):
                yield "setattr", owner
        case ast.Call(func=ast.Attribute(value=held, attr="update" | "setdefault"), args=[_, *_]):
            yield from (("setattr", owner) for owner in owner_of_names(held))
        case ast.Subscript(value=held, ctx=ast.Store()):
            yield from (("setattr", owner) for owner in owner_of_names(held))
    if isinstance(node, ast.Call):
        args = [each for each in node.args if isinstance(each, _CHAIN)]
        yield from ((last_name(node.func), each) for each in args)


def owner_of_names(held: ast.expr) -> Iterator[ast.expr]:
    """The module of `vars(module)` and of `module.__dict__`; nothing of anything else."""
    match held:
        case (
            ast.Call(func=ast.Name(id="vars"), args=[owner])
            | ast.Attribute(value=owner, attr="__dict__")
        ):
            yield owner


def _loop(node: ast.AST) -> Iterator[tuple[str, list[ast.expr]]]:
    """The variable of a loop, and what it is in turn."""
    match node:
        case ast.For(target=ast.Name(id=target), iter=ast.Tuple(elts=each) | ast.List(elts=each)):
            yield target, each


def _set_of(node: ast.AST, target: str) -> Iterator[str]:
    match node:
        case ast.Attribute(value=ast.Name(id=owner), attr=name, ctx=ast.Store()):
            yield from [name] * (owner == target)
        case ast.Call(
            func=ast.Name(id="setattr"), args=[ast.Name(id=owner), ast.Constant(value=str(name)), _]
        ):
            yield from [name] * (owner == target)


def _names_held(text: str, namespace: Mapping[str, object]) -> Iterator[str]:
    """The texts that a cell writes, and that its names hold."""
    names: set[str] = set()
    for node in nodes_of(text):
        match node:
            case ast.Constant(value=str(said)) | ast.keyword(arg=str(said)):
                yield said
            case ast.Name(id=name):
                names.add(name)
    for name in names:
        yield from _texts_in(namespace.get(name), _DEPTH)


def _texts_in(held: Any, depth: int) -> Iterator[str]:  # noqa: ANN401 - any value
    kind = type(held)
    if kind is str:
        yield held
    elif depth and kind in (dict, *_MANY) and len(held) <= _MOST:
        for each in (*held, *held.values()) if kind is dict else held:
            yield from _texts_in(each, depth - 1)
