"""Calls in a program: of plain functions and methods, of its own, and of what makes graphs."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator

from sfdag_magics.client.importing.program.dags import Dags, full_name
from sfdag_magics.client.importing.program.known_calls import BUILTINS, LIBRARY, MOST, method_of
from sfdag_magics.client.importing.program.operations import is_wide, tried, unknown
from sfdag_magics.client.importing.program.own import OwnGraph, OwnGraphs
from sfdag_magics.client.importing.program.values import (
    Dag,
    DagTask,
    Function,
    Library,
    Module,
    Partly,
    Scope,
    Unknown,
    is_known,
)

#: Methods that carry out a text of SQL.
_SENDS = frozenset(("sql", "execute", "execute_string"))
_DATA = (str, list, tuple, dict, set, frozenset)
Called = Callable[[Function, list[object], dict[str, object], ast.Call], object]
Value = Callable[[ast.expr, Scope], object]


class Calls:
    """What the calls of one program give."""

    def __init__(self, value: Value, dags: Dags, graphs: OwnGraphs, called: Called) -> None:
        """Begin.

        Args:
            value: what an expression stands for.
            called: what a call of one of the program's own functions gives.
        """
        self._value = value
        self._dags = dags
        self._graphs = graphs
        self._called = called
        #: SQL that is sent to a session, with the lines.
        self.sent: list[tuple[str, int]] = []

    def value(self, node: ast.Call, scope: Scope) -> object:
        """What a call gives; each part of it is looked at once, as it may make something."""
        called = node.func
        if isinstance(called, ast.Attribute):
            owner = self._value(called.value, scope)
            given, named = self._given(node, scope), self._named(node, scope)
            for done in self._method(node, called.attr, owner, (given or [], named or {})):
                return done
            function = attribute(owner, called)
        else:
            function = self._value(called, scope)
            given, named = self._given(node, scope), self._named(node, scope)
        if given is None or named is None:
            return unknown(node)
        if isinstance(function, Function):
            return self._called(function, given, named, node)
        if isinstance(function, Library):
            return self._of_library(function, given, named, node)
        return unknown(node)

    def _of_library(
        self, function: Library, given: list[object], named: dict[str, object], node: ast.Call
    ) -> object:
        """A call of what is no part of the program."""
        for makers in (self._dags, self._graphs):
            made = makers.called(full_name(function.path), given, named, node.lineno)
            if made is not None:
                return made
        work = LIBRARY.get(function.path) or BUILTINS.get(function.path.removeprefix("builtins."))
        if work is None or not (all(map(is_known, given)) and is_known(named)):
            return self._iterated(function, given) or unknown(node)
        return tried(lambda: work(*given, **named), node)

    def _iterated(self, function: Library, given: list[object]) -> object:
        """Lists of what is no data, such as of tasks: their order is known all the same."""
        work = BUILTINS.get(function.path.removeprefix("builtins."))
        orders = {"list", "tuple", "enumerate", "zip", "reversed"}
        are_lists = all(isinstance(each, (list, tuple)) for each in given)
        return work(*given) if work and given and function.name in orders and are_lists else None

    def _method(
        self,
        node: ast.Call,
        name: str,
        value: object,
        arguments: tuple[list[object], dict[str, object]],
    ) -> Iterator[object]:
        """What a method of a value gives, if that is known."""
        given, named = arguments
        match value:
            case DagTask() if name in ("add_predecessors", "add_successors"):
                other = given[0] if given else named.get("other")
                join = self._dags.edge if name == "add_successors" else self._dags.put_above
                yield join(value, other, node.lineno)
            case Dag() if name == "get_task" and given:
                yield value.tasks.get(str(given[0]).upper(), unknown(node))
            case OwnGraph() if name == "add" and given:
                self._graphs.add(value, given[0])
                yield None
            case Unknown() | Library() if name in _SENDS and given and isinstance(given[0], str):
                self.sent.append((str(given[0]), node.lineno))
                yield unknown(node)
            case Unknown() | Library() if name == "create" and given:
                # `tasks.create(task)` gives the same task, as it is there.
                if isinstance(given[0], DagTask):
                    yield given[0]
            case _:
                yield from self._plain(node, name, value, arguments)

    def _plain(
        self,
        node: ast.Call,
        name: str,
        value: object,
        arguments: tuple[list[object], dict[str, object]],
    ) -> Iterator[object]:
        """What a method of plain data gives."""
        given, named = arguments
        found = method_of(value, name)
        if found is None or isinstance(value, Partly):
            return
        holds_any = isinstance(value, (list, dict, set))
        if is_wide(value) or (isinstance(value, (list, dict, set)) and len(value) > MOST):
            yield unknown(node)
        elif holds_any or (all(map(is_known, given)) and is_known(named)):
            done = tried(lambda: found(*given, **named), node)
            views = isinstance(done, Iterable) and not isinstance(done, _DATA)
            yield [*done] if views and isinstance(done, Iterable) else done

    def _given(self, node: ast.Call, scope: Scope) -> list[object] | None:
        given: list[object] = []
        for each in node.args:
            value = self._value(each.value if isinstance(each, ast.Starred) else each, scope)
            if not isinstance(each, ast.Starred):
                given.append(value)
            elif isinstance(value, (list, tuple)):
                given += value
            else:
                return None
        return given

    def _named(self, node: ast.Call, scope: Scope) -> dict[str, object] | None:
        named: dict[str, object] = {}
        for each in node.keywords:
            value = self._value(each.value, scope)
            if each.arg is not None:
                named[each.arg] = value
            elif isinstance(value, dict):
                named |= {str(key): inner for key, inner in value.items()}
            else:
                return None
        return named


def attribute(value: object, node: ast.Attribute) -> object:
    """What an attribute of a value stands for."""
    match value:
        case Library(path=path):
            return Library(f"{path}.{node.attr}")
        case Module():
            return value.scope.names.get(node.attr, unknown(node))
        case Dag() | DagTask() if node.attr == "name":
            return value.name
        case Dag() | DagTask() if node.attr in value.options:
            return value.options[node.attr]
    return unknown(node)
