"""Attributes that cells set where no line says which: `for n in found: setattr(np, n, 3)`.

The names that there are to set are gathered from the cell's text and from what its names hold; what
an attribute is by now tells the thing itself. Functions and classes of the notebook are found in
the things (`patched_things`), so that here only plain values count.
"""

from __future__ import annotations

import ast
import types
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from sfdag_magics.bundle.inspection import attributes_of
from sfdag_magics.bundle.written.as_written import as_written, is_plain
from sfdag_magics.bundle.written.cell_texts import nodes_of, parsed_or_none

_MANY = (dict, list, tuple, set, frozenset)
_CHAIN = (ast.Name, ast.Attribute)


def setters_of(namespace: Mapping[str, object]) -> frozenset[str]:
    """The notebook's functions that may set an attribute of their arguments."""
    return frozenset(
        name
        for name, value in namespace.items()
        if type(value) is types.FunctionType and "setattr" in value.__code__.co_names
    )


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
    names = _names_held(text, namespace) if owners else set()
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
        case ast.Call(func=ast.Name(id=called), args=args):
            yield from ((called, each) for each in args if isinstance(each, _CHAIN))


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


def _names_held(text: str, namespace: Mapping[str, object]) -> set[str]:
    """The texts that a cell writes, and that its names hold."""
    found: set[str] = set()
    for node in nodes_of(text):
        match node:
            case ast.Constant(value=str(said)):
                found.add(said)
            case ast.keyword(arg=str(said)):
                found.add(said)
            case ast.Name(id=name):
                held = namespace.get(name)
                found.update(each for each in (held, *_items(held)) if isinstance(each, str))
    return found


def _items(held: object) -> Iterator[object]:
    if type(held) in _MANY and isinstance(held, Iterable):
        yield from held
