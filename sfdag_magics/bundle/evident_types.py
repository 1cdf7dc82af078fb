"""The type that a function's text shows of all that it returns, where no annotation says it.

A number and a text of its digits are the same return value: `5` and `'5'`. So the task below reads
it by the type that surely was meant; where one line leaves a doubt, nothing is said. Reads syntax
trees and names; runs nothing.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Mapping

from sfdag_magics.bundle.returned_types import own_nodes
from sfdag_magics.bundle.written.names_given import given_by

#: What these give, whatever they are called with.
_CALLS = {
    **dict.fromkeys(("len", "int", "ord"), "int"),
    **dict.fromkeys(("bool", "isinstance", "any", "all", "hasattr", "callable"), "bool"),
    **dict.fromkeys(("str", "repr", "format", "chr", "ascii"), "str"),
    "float": "float",
}
_CONSTANTS = {bool: "bool", int: "int", float: "float", str: "str"}
#: What gives a bool even of things that say otherwise what `<` and `==` are.
_SURE = (ast.Is, ast.IsNot, ast.In, ast.NotIn)
#: How far a name is followed to what was assigned to it.
_DEEPEST = 8


def evident_return(
    function: ast.FunctionDef | ast.AsyncFunctionDef, namespace: Mapping[str, object]
) -> str | None:
    """`Optional[int]` where all that a function returns is an int or None; None where unsure."""
    nodes = list(own_nodes(function))
    if function.decorator_list or any(isinstance(n, ast.Global | ast.Nonlocal) for n in nodes):
        return None
    returned = [node.value for node in nodes if isinstance(node, ast.Return) and node.value]
    values = [each for value in returned for each in _arms(value)]
    shown = _Shown(function, nodes, namespace)
    types = {shown.type_of(each) for each in values}
    only = types.pop() if len(types) == 1 else None
    return f"Optional[{only}]" if only is not None else None


class _Shown:
    """Follows the names of a function to what its lines surely put into them."""

    def __init__(
        self, function: ast.AST, nodes: list[ast.AST], namespace: Mapping[str, object]
    ) -> None:
        self._namespace = namespace
        #: What each name is given; an expression of no type where nobody can tell.
        self._given: dict[str, list[ast.expr]] = {}
        for each in ast.walk(function):
            if isinstance(each, ast.arg):
                self._given.setdefault(each.arg, []).append(_UNSURE)
        known = dict(_assigned(nodes))
        for node in nodes:
            for name in given_by(node):
                self._given.setdefault(name, []).append(known.get(node, _UNSURE))

    def type_of(self, node: ast.expr, depth: int = 0) -> str | None:
        """The name of the type that an expression surely has."""

        def follow(part: ast.expr) -> str | None:
            return self.type_of(part, depth + 1)

        match node:
            case _ if depth > _DEEPEST:
                return None
            case ast.Constant(value=value):
                return _CONSTANTS.get(type(value))
            case ast.JoinedStr():
                return "str"
            case ast.UnaryOp(op=ast.Not()):
                return "bool"
            case ast.Compare(ops=ops) if all(isinstance(op, _SURE) for op in ops):
                return "bool"
            case ast.Compare(left=left, comparators=others):
                return "bool" if all(map(follow, (left, *others))) else None
            case ast.Call(func=ast.Name(id=name)) if self._is_builtin(name):
                return _CALLS.get(name)
            case ast.BinOp(left=left, op=op, right=right):
                return _computed(follow(left), op, follow(right))
            case ast.IfExp(body=body, orelse=other):
                return _one_of(follow(body), follow(other))
            case ast.Name(id=name) if self._given.get(name):
                types = {follow(each) for each in self._given[name]}
                return types.pop() if len(types) == 1 else None
        return None

    def _is_builtin(self, name: str) -> bool:
        mine = self._namespace.get(name, vars(builtins).get(name))
        return name not in self._given and mine is vars(builtins).get(name)


#: A call of nothing that is known.
_UNSURE = ast.Call(func=ast.Name(id=""), args=[], keywords=[])


def _assigned(nodes: list[ast.AST]) -> Iterator[tuple[ast.AST, ast.expr]]:
    """The names that a line alone gives a value, with it."""
    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Name() as target], value=value):
                yield target, value
            case ast.AnnAssign(target=ast.Name() as target, value=ast.expr() as value):
                yield target, value
            case ast.AugAssign(target=ast.Name(id=name) as target, op=op, value=value):
                # Not of the name itself, which is followed through its other lines.
                yield target, ast.BinOp(left=_without(nodes, name), op=op, right=value)


def _without(nodes: list[ast.AST], name: str) -> ast.expr:
    """What a name has before it is counted up: the first that a line gives it."""
    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=given)], value=value) if given == name:
                return value
    return _UNSURE


def _computed(left: str | None, op: ast.operator, right: str | None) -> str | None:
    """What two numbers or texts give; of others, and of powers, nobody knows."""
    if {left, right} == {"str"} and isinstance(op, ast.Add):
        return "str"
    if left not in ("int", "float") or right not in ("int", "float"):
        return None
    if isinstance(op, ast.Div):
        return "float"
    if isinstance(op, ast.Add | ast.Sub | ast.Mult | ast.FloorDiv | ast.Mod):
        return "int" if left == right == "int" else "float"
    return None


def _one_of(first: str | None, second: str | None) -> str | None:
    return first if first == second else None


def _arms(node: ast.expr) -> Iterator[ast.expr]:
    """What a returned expression may be, without None."""
    if isinstance(node, ast.IfExp):
        yield from (*_arms(node.body), *_arms(node.orelse))
    elif not (isinstance(node, ast.Constant) and node.value is None):
        yield node
