"""What an expression of a program is worth, as far as that is known without running it.

Data and their methods are computed; calls of the program's own functions are read; all else is
`Unknown` under the words that stand there. Nothing is imported and no object of a library made.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, ClassVar

from sfdag_magics.client.importing.program.calls import Called, Calls, attribute
from sfdag_magics.client.importing.program.dags import Dags
from sfdag_magics.client.importing.program.known_calls import BUILTINS, MOST
from sfdag_magics.client.importing.program.operations import (
    BINARY,
    COMPARED,
    UNARY,
    is_large,
    is_wide,
    joined,
    tried,
    unknown,
)
from sfdag_magics.client.importing.program.own import OwnGraphs
from sfdag_magics.client.importing.program.values import (
    Dag,
    DagTask,
    Library,
    Partly,
    Scope,
    Unknown,
    is_known,
)


class Expressions:
    """Evaluates the expressions of one program. Changes only what it makes itself."""

    def __init__(self, dags: Dags, graphs: OwnGraphs, called: Called) -> None:
        """Begin.

        Args:
            called: what a call of one of the program's own functions gives.
        """
        self._dags = dags
        self._calls = Calls(self.value, dags, graphs, called)

    @property
    def sent(self) -> list[tuple[str, int]]:
        """SQL that is sent to a session, with the lines."""
        return self._calls.sent

    def value(self, node: ast.expr, scope: Scope) -> object:
        """What an expression stands for."""
        found = self._readers.get(type(node))
        return unknown(node) if found is None else found(self, node, scope)

    def _constant(self, node: ast.Constant, scope: Scope) -> object:
        del scope
        return node.value

    def _name(self, node: ast.Name, scope: Scope) -> object:
        try:
            return scope.get(node.id)
        except KeyError:
            return Library(f"builtins.{node.id}") if node.id in BUILTINS else unknown(node)

    def _joined(self, node: ast.JoinedStr, scope: Scope) -> object:
        texts: list[str] = []
        lost: list[str] = []
        for piece in node.values:
            if isinstance(piece, ast.Constant):
                texts.append(str(piece.value))
                continue
            inner = piece.value if isinstance(piece, ast.FormattedValue) else piece
            value = self.value(inner, scope)
            if isinstance(value, Partly):
                texts.append(str(value))
                lost += value.unknown
            elif is_known(value) and isinstance(piece, ast.FormattedValue):
                texts.append(self._formatted(value, piece, scope))
            else:
                texts.append(f"{{{ast.unparse(inner)}}}")
                lost.append(ast.unparse(inner))
        text = "".join(texts)
        return Partly(text, tuple(lost)) if lost else text

    def _formatted(self, value: object, piece: ast.FormattedValue, scope: Scope) -> str:
        convert: dict[int, Callable[[object], str]] = {ord("r"): repr, ord("a"): ascii}
        said = convert[piece.conversion](value) if piece.conversion in convert else value
        spec = str(self.value(piece.format_spec, scope)) if piece.format_spec else ""
        done = unknown(piece.value) if is_wide(spec) else tried(lambda: format(said, spec), piece)
        return done if isinstance(done, str) else f"{{{ast.unparse(piece.value)}}}"

    def _binary(self, node: ast.BinOp, scope: Scope) -> object:
        left, right = self.value(node.left, scope), self.value(node.right, scope)
        if isinstance(node.op, ast.RShift):
            return self._dags.edge(left, right, node.lineno)
        if isinstance(node.op, ast.LShift):
            return self._dags.put_above(left, right, node.lineno)
        if isinstance(left, str) and isinstance(right, str) and isinstance(node.op, ast.Add):
            return joined(left, right)
        if not (is_known(left) and is_known(right)) and not isinstance(left, list):
            return unknown(node)
        work = BINARY.get(type(node.op))
        if work is None or is_large(node.op, left, right):
            return unknown(node)
        return tried(lambda: work(left, right), node)

    def _unary(self, node: ast.UnaryOp, scope: Scope) -> object:
        value = self.value(node.operand, scope)
        if not is_known(value):
            return unknown(node)
        found = UNARY.get(type(node.op))
        return unknown(node) if found is None else tried(lambda: found(value), node)

    def _compare(self, node: ast.Compare, scope: Scope) -> object:
        left = self.value(node.left, scope)
        for op, each in zip(node.ops, node.comparators, strict=True):
            right, work = self.value(each, scope), COMPARED.get(type(op))
            if work is None or not (is_known(left) and is_known(right)):
                return unknown(node)
            answer = tried(partial(work, left, right), node)
            if answer is not True:
                return answer
            left = right
        return True

    def _bool(self, node: ast.BoolOp, scope: Scope) -> object:
        is_and = isinstance(node.op, ast.And)
        value: object = is_and
        for each in node.values:
            value = self.value(each, scope)
            if not is_known(value):
                return unknown(node)
            if bool(value) is not is_and:
                return value
        return value

    def _either(self, node: ast.IfExp, scope: Scope) -> object:
        test = self.value(node.test, scope)
        if not is_known(test):
            return unknown(node)
        return self.value(node.body if test else node.orelse, scope)

    def _sequence(self, node: ast.List | ast.Tuple | ast.Set, scope: Scope) -> object:
        values: list[object] = []
        for each in node.elts:
            if isinstance(each, ast.Starred):
                inner = self.value(each.value, scope)
                if not isinstance(inner, (list, tuple)):
                    return unknown(node)
                values += inner
            else:
                values.append(self.value(each, scope))
        if isinstance(node, ast.Set):
            return tried(lambda: set(values), node)
        return tuple(values) if isinstance(node, ast.Tuple) else values

    def _dict(self, node: ast.Dict, scope: Scope) -> object:
        found: dict[object, object] = {}
        for key, each in zip(node.keys, node.values, strict=True):
            value = self.value(each, scope)
            if key is None:
                if not isinstance(value, dict):
                    return unknown(node)
                found |= value
                continue
            named = self.value(key, scope)
            if not is_known(named) or isinstance(named, (list, dict, set)):
                return unknown(node)
            found[named] = value
        return found

    def _subscript(self, node: ast.Subscript, scope: Scope) -> object:
        value, at = self.value(node.value, scope), self.value(node.slice, scope)
        if isinstance(value, (list, tuple, dict, str)) and is_known(at):
            return tried(lambda: value[at], node)  # type: ignore[index,call-overload]  # a wrong key raises
        return unknown(node)

    def _slice(self, node: ast.Slice, scope: Scope) -> object:
        parts = [self.value(p, scope) if p else None for p in (node.lower, node.upper, node.step)]
        return slice(*parts) if all(map(is_known, parts)) else unknown(node)

    def _attribute(self, node: ast.Attribute, scope: Scope) -> object:
        return attribute(self.value(node.value, scope), node)

    def _call(self, node: ast.Call, scope: Scope) -> object:
        return self._calls.value(node, scope)

    def _comprehended(
        self, node: ast.ListComp | ast.GeneratorExp | ast.SetComp, scope: Scope
    ) -> object:
        inner = [*self._scopes(node.generators, scope)]
        if None in inner:
            return unknown(node)
        values = [self.value(node.elt, each) for each in inner if each is not None]
        return tried(lambda: set(values), node) if isinstance(node, ast.SetComp) else values

    def _dict_comprehended(self, node: ast.DictComp, scope: Scope) -> object:
        inner = [*self._scopes(node.generators, scope)]
        if None in inner:
            return unknown(node)
        pairs = [(self.value(node.key, s), self.value(node.value, s)) for s in inner if s]
        return tried(lambda: dict(pairs), node)

    def _scopes(self, generators: list[ast.comprehension], scope: Scope) -> Iterator[Scope | None]:
        """A scope for each round; None where the rounds are not known."""
        if not generators:
            yield scope
            return
        first, *others = generators
        values = self.value(first.iter, scope)
        if not isinstance(values, (list, tuple, dict, str)) or len(values) > MOST:
            yield None
            return
        for value in values:
            inner = Scope(scope)
            self.assign(first.target, value, inner)
            tests = [self.value(test, inner) for test in first.ifs]
            if not all(map(is_known, tests)):
                yield None
                return
            if all(tests):
                yield from self._scopes(others, inner)

    def _walrus(self, node: ast.NamedExpr, scope: Scope) -> object:
        value = self.value(node.value, scope)
        scope.put(node.target.id, value)
        return value

    def _lambda(self, node: ast.Lambda, scope: Scope) -> object:
        return Unknown(ast.unparse(node))

    def assign(self, target: ast.expr, value: object, scope: Scope) -> None:
        """`target = value`."""
        match target:
            case ast.Name(id=name):
                scope.put(name, value)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                values = [*value] if isinstance(value, (list, tuple)) else []
                fits = len(values) == len(parts)
                for index, part in enumerate(parts):
                    self.assign(part, values[index] if fits else unknown(target), scope)
            case ast.Subscript():
                self._assign_item(target, value, scope)
            case ast.Attribute(value=of, attr=name):
                owner = self.value(of, scope)
                if isinstance(owner, DagTask):
                    owner.options[name] = value
                elif isinstance(owner, Dag):
                    owner.options = {**owner.options, name: value}

    def _assign_item(self, target: ast.Subscript, value: object, scope: Scope) -> None:
        owner, at = self.value(target.value, scope), self.value(target.slice, scope)
        if isinstance(owner, dict) and is_known(at):
            tried(lambda: owner.__setitem__(at, value), target)
        elif isinstance(owner, list) and isinstance(at, int) and -len(owner) <= at < len(owner):
            owner[at] = value

    _readers: ClassVar[Mapping[type[ast.expr], Callable[[Expressions, Any, Scope], object]]] = {
        ast.Constant: _constant,
        ast.Name: _name,
        ast.JoinedStr: _joined,
        ast.BinOp: _binary,
        ast.UnaryOp: _unary,
        ast.Compare: _compare,
        ast.BoolOp: _bool,
        ast.IfExp: _either,
        ast.List: _sequence,
        ast.Tuple: _sequence,
        ast.Set: _sequence,
        ast.Dict: _dict,
        ast.Subscript: _subscript,
        ast.Slice: _slice,
        ast.Attribute: _attribute,
        ast.Call: _call,
        ast.ListComp: _comprehended,
        ast.GeneratorExp: _comprehended,
        ast.SetComp: _comprehended,
        ast.DictComp: _dict_comprehended,
        ast.NamedExpr: _walrus,
        ast.Lambda: _lambda,
    }
