"""The names that code gives a value to, and which of them are a function's own. Trees only."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
#: What has names of its own inside.
_SCOPES = (
    *_FUNCTIONS,
    *(ast.ClassDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
)


def own_names(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Mapping[str, bool]:
    """The names that a function assigns, other than its parameters; whether imports do."""
    inside = list(_of_its_scope(node.body))
    left_to_others = {
        name
        for each in inside
        if isinstance(each, ast.Global | ast.Nonlocal)
        for name in each.names
    }
    parameters = {each.arg for each in ast.walk(node.args) if isinstance(each, ast.arg)}
    found: dict[str, bool] = {}
    for each in inside:
        for name in given_by(each):
            if name not in left_to_others | parameters:
                found.setdefault(name, isinstance(each, ast.alias))
    return found


def names_given(node: ast.AST) -> set[str]:
    """All names that a piece of code may give a value, whatever its scopes are."""
    return {name for each in ast.walk(node) for name in given_by(each)}


def lines_giving(name: str, body: Iterable[ast.stmt]) -> list[int]:
    """The lines, in order, on which statements give a name a value in their own scope."""
    return sorted(
        each.lineno
        for each in _of_its_scope(body)
        if isinstance(each, ast.stmt | ast.expr | ast.alias | ast.pattern | ast.excepthandler)
        and not isinstance(getattr(each, "ctx", None), ast.Del)
        and name in given_by(each)
    )


def _of_its_scope(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    waiting = list(body)
    while waiting:
        each = waiting.pop(0)
        yield each
        if isinstance(each, _SCOPES):
            # What `:=` gives in a comprehension is the function's.
            waiting += [n.target for n in ast.walk(each) if isinstance(n, ast.NamedExpr)]
        else:
            waiting += ast.iter_child_nodes(each)


def given_by(node: ast.AST) -> Iterator[str]:
    """The names that a node itself gives a value or takes one from."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
            yield name
        case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
            yield name
        case ast.alias():
            yield (node.asname or node.name).partition(".")[0]
