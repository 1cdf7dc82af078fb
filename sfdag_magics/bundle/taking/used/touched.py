"""Which names stand for what code that ran may have changed, on whatever way it got hold of it.

Errs to one side: a name is of no task's, function's or loop's own, what comes of an expression may
be any of what the expression names, and whoever is given a thing may change it. So what is not
touched is as it was. Reads syntax trees; runs nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Container, Iterable, Iterator

from sfdag_magics.bundle.taking.used.names_used import last_name
from sfdag_magics.light_classes import dataclass

#: Stands for every name: of what is asked for by a text, or by a name that is computed.
ANY = "*"
_BY_TEXT = frozenset(("eval", "exec", "globals", "locals", "vars", "attrgetter", "methodcaller"))
_BY_NAME = frozenset(("getattr", "setattr", "delattr"))
_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(frozen=True, slots=True)
class Flow:
    """A target may be what its sources name, or a part of that; `m.M` is written as `.M`."""

    target: str
    sources: frozenset[str]


def bound(attribute: str) -> str:
    """What stands for an attribute that is another thing by now; the one before is as it was."""
    return f"{attribute} ="


def touched(changed: Iterable[str], flows: Iterable[Flow]) -> frozenset[str]:
    """The names that are changed, and those that may be what a changed one is."""
    by_target: dict[str, set[str]] = {}
    for flow in flows:
        by_target.setdefault(flow.target, set()).update(flow.sources)
    found, waiting = set[str](), set(changed)
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= by_target.get(name, set()) - found
    return frozenset(found)


def changes_of(node: ast.AST, reading: Container[str]) -> Iterator[str]:
    """The names of what a node itself may change.

    Args:
        reading: names of functions that change nothing of what they are given.
    """
    match node:
        case ast.AugAssign(target=target):
            yield from names_of(target)
        case ast.Attribute(value=held, attr=name, ctx=ast.Store() | ast.Del()):
            yield bound(name)
            yield from names_of(held)
        case ast.Subscript(value=held, ctx=ast.Store() | ast.Del()):
            yield from names_of(held)
        case ast.Call(func=called, args=args, keywords=keywords):
            given = () if last_name(called) in reading else (*args, *(k.value for k in keywords))
            for each in (called, *given):
                yield from names_of(each)
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            for each in node.decorator_list:
                yield from names_of(each)


def flows_of(node: ast.AST) -> Iterator[Flow]:
    """What a node itself gives other names to."""
    match node:
        case ast.Assign(targets=targets, value=value):
            yield from (flow for each in targets for flow in _given(each, value))
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            yield from _given(target, value)
        case ast.NamedExpr(target=target, value=value):
            yield from _given(target, value)
        case ast.For() | ast.AsyncFor() | ast.comprehension():
            yield from _given(node.target, node.iter)
        case ast.withitem(context_expr=value, optional_vars=ast.expr() as target):
            yield from _given(target, value)
        case ast.Match(subject=subject, cases=cases):
            inside = (part for each in cases for part in ast.walk(each.pattern))
            names = {getattr(p, "name", None) or getattr(p, "rest", None) for p in inside}
            yield from (Flow(name, frozenset(names_of(subject))) for name in names if name)
        case ast.ImportFrom(names=names_):
            for each in names_:
                yield Flow(each.asname or each.name, frozenset((f".{each.name}", each.name)))
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            yield from _of_function(node)


def _of_function(node: _FUNCTIONS) -> Iterator[Flow]:
    """What it may return, and what its arguments are by themselves."""
    name = getattr(node, "name", "")
    body = node.body if isinstance(node.body, list) else [ast.Return(value=node.body)]
    for each in (part for statement in body for part in ast.walk(statement)):
        if isinstance(each, ast.Return | ast.Yield | ast.YieldFrom) and each.value is not None:
            sources = frozenset(names_of(each.value))
            yield Flow(name, sources)
            yield Flow(f".{name}", sources)
    defaults = [each for each in (*node.args.defaults, *node.args.kw_defaults) if each is not None]
    sources = frozenset(name for each in defaults for name in names_of(each))
    if sources:
        every = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
        yield from (Flow(each.arg, sources) for each in every)


def _given(target: ast.expr, value: ast.expr) -> Iterator[Flow]:
    sources = frozenset(names_of(value))
    for each in ast.walk(target):
        match each:
            case ast.Name(id=name, ctx=ast.Store()):
                yield Flow(name, sources)
            case ast.Attribute(attr=name, ctx=ast.Store()):
                yield Flow(f".{name}", sources)
            case ast.Subscript(value=held, ctx=ast.Store()):
                yield from (Flow(name, sources) for name in names_of(held))


def names_of(expression: ast.expr) -> Iterator[str]:
    """All that an expression may be a part of: `m`, `.M` and `i` of `m.M[i]`."""
    for node in ast.walk(expression):
        match node:
            case ast.Name(id=name):
                yield name
                if name in _BY_TEXT:
                    yield ANY
            case ast.Attribute(attr=name):
                yield f".{name}"
                if name == "__dict__" or name in _BY_TEXT:
                    yield ANY
            case ast.Call(
                func=ast.Name(id=called), args=[_, ast.Constant(value=str(name)), *_]
            ) if called in _BY_NAME:
                yield f".{name}"
            case ast.Call(func=ast.Name(id=called), args=[_, _, *_]) if called in _BY_NAME:
                yield ANY
