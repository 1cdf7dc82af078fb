"""What the text around a function makes of a variable that the function encloses.

Reads syntax trees; runs nothing.
"""

from __future__ import annotations

import ast
import types
from collections.abc import Iterator

from sfdag_magics.bundle.written.filling import FILLING
from sfdag_magics.light_classes import dataclass

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_SCOPES = (*_FUNCTIONS, ast.ClassDef)
_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeAround:
    """A variable of a function that makes others.

    Attributes:
        first: what it is when they are made; None where more than one line says so.
        is_changed: whether code of theirs sets it, or puts something into it.
    """

    first: ast.expr | None
    is_changed: bool


def made_around(name: str, code: types.CodeType, tree: ast.AST) -> MadeAround | None:
    """How the variable `name` of a function's code is made; None where `tree` does not say."""
    makers = [node for node in _around(code, tree) if name in _bound(node)]
    if not makers:
        return None
    maker = makers[-1]
    values = [value for bound, value in _own_lines(maker) if bound == name]
    one = values[0] if len(values) == 1 and name not in _parameters(maker) else None
    inside = [node for node in _own(maker) if isinstance(node, _SCOPES)]
    return MadeAround(
        first=None if any(_fills(each, name) for each in _own(maker)) else one,
        is_changed=any(
            _fills(node, name) or (isinstance(node, ast.Nonlocal) and name in node.names)
            for scope in inside
            for node in ast.walk(scope)
        ),
    )


def _around(code: types.CodeType, tree: ast.AST) -> Iterator[_Function]:
    """The functions that a function stands in, the outermost first."""
    line = code.co_firstlineno
    found = [
        node
        for node in ast.walk(tree)
        if isinstance(node, _FUNCTIONS) and node.lineno <= line <= (node.end_lineno or 0)
    ]
    found.sort(key=lambda node: (node.lineno, -(node.end_lineno or 0), node.col_offset))
    yield from (node for node in found if getattr(node, "name", "<lambda>") != code.co_name)


def _bound(maker: _Function) -> set[str]:
    """The names that are a function's own."""
    foreign = {
        name
        for node in _own(maker)
        if isinstance(node, ast.Nonlocal | ast.Global)
        for name in node.names
    }
    return (_parameters(maker) | {name for name, _value in _own_lines(maker)}) - foreign


def _parameters(maker: _Function) -> set[str]:
    return {node.arg for node in ast.walk(maker.args) if isinstance(node, ast.arg)}


def _own_lines(maker: _Function) -> Iterator[tuple[str, ast.expr | None]]:
    """`(name, value)` of what a function's own lines bind; no value where they compute one."""
    simple: set[int] = set()
    for node in _own(maker):
        match node:
            case ast.Assign(targets=[ast.Name(id=name) as target], value=value):
                simple.add(id(target))
                yield name, value
            case ast.AnnAssign(target=ast.Name(id=name) as target, value=ast.expr() as value):
                simple.add(id(target))
                yield name, value
            case ast.Name(id=name, ctx=ast.Store()) if id(node) not in simple:
                yield name, None


def _own(maker: _Function) -> Iterator[ast.AST]:
    """The nodes of a function's body, without what is inside of others; these themselves are."""
    waiting: list[ast.AST] = [maker.body] if isinstance(maker, ast.Lambda) else [*maker.body]
    while waiting:
        node = waiting.pop(0)
        yield node
        if not isinstance(node, _SCOPES):
            waiting += ast.iter_child_nodes(node)


def _fills(node: ast.AST, name: str) -> bool:
    """Whether a node puts something into what `name` holds."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=held), attr=called)):
            return held == name and called in FILLING
        case (
            ast.Subscript(value=ast.Name(id=held), ctx=ast.Store() | ast.Del())
            | ast.Attribute(value=ast.Name(id=held), ctx=ast.Store() | ast.Del())
        ):
            return held == name
    return False
