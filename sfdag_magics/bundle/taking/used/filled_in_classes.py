"""What class bodies change in place by names of their own: `N += …`, `M = N; M.append(…)`.

Such a name may be of what the notebook has as well. Reads syntax trees; runs nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from sfdag_magics.bundle.written.cell_texts import first_name, names_in
from sfdag_magics.bundle.written.filling import FILLING

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def changed_by_own_names(node: ast.AST) -> frozenset[str]:
    """The names that a class body changes in place, and those that these got their values by."""
    given: dict[str, set[str]] = {}
    found, waiting = set[str](), set[str]()
    for each in _in_body(node):
        waiting.update(_changed(each))
        for target, value in _bound(each):
            for name in names_in(target):
                given.setdefault(name, set()).update(names_in(value))
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= given.get(name, set()) - found
    return frozenset(found)


def read_to_be_changed(node: ast.ClassDef) -> Iterator[str]:
    """The names that `x += …` in a class body reads from around it: they are not set there yet."""
    own = set[str]()
    for each in _in_order(node.body):
        match each:
            case ast.AugAssign(target=ast.Name(id=name)):
                if name not in own:
                    yield name
                own.add(name)
            case ast.Name(id=name, ctx=ast.Store()):
                own.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                own.add(name)


def _in_order(nodes: list[ast.stmt]) -> Iterator[ast.AST]:
    for node in nodes:
        yield node
        if not isinstance(node, (*_FUNCTIONS, ast.ClassDef, ast.AugAssign)):
            yield from ast.walk(node)


def _changed(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.AugAssign(target=target):
            yield first_name(target)
        case ast.Call(func=ast.Attribute(value=held, attr=called)) if called in FILLING:
            yield first_name(held)
        case ast.Attribute(ctx=ast.Store() | ast.Del()):
            yield first_name(node)
        case ast.Subscript(value=held, ctx=ast.Store() | ast.Del()):
            yield first_name(held)


def _bound(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    match node:
        case ast.Assign(targets=targets, value=value):
            yield from ((each, value) for each in targets)
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            yield target, value
        case ast.NamedExpr(target=target, value=value):
            yield target, value
        case ast.For(target=target, iter=value):
            yield target, value


def _in_body(node: ast.AST) -> Iterator[ast.AST]:
    """What a class body runs, those of classes inside of it too; of functions nothing."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, _FUNCTIONS):
            yield child
            yield from _in_body(child)
