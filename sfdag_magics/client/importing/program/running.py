"""The statements of a program, followed in order without carrying one out.

Where a condition is not known, both sides are followed; where rounds of a loop are not known, the
body is followed once, and if that makes tasks, the loop is named. Calls of the program's own
functions are followed too, and in the end those that nothing called and that make a graph.
"""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from sfdag_magics.client.importing.found import Findings
from sfdag_magics.client.importing.program.dags import Dags
from sfdag_magics.client.importing.program.expressions import Expressions
from sfdag_magics.client.importing.program.known_calls import MOST
from sfdag_magics.client.importing.program.own import Decorator, OwnGraphs
from sfdag_magics.client.importing.program.values import (
    Dag,
    Function,
    Library,
    Module,
    Scope,
    Unknown,
    is_known,
)
from sfdag_magics.client.importing.texts import read_text
from sfdag_magics.errors import SfdagError

#: So many statements are followed, and calls so deep: a program of tasks has some hundred.
MOST_STEPS, MOST_DEPTH = 100_000, 25
_MAKING = frozenset({"DAG", "DAGTask", "DAGTaskBranch", "Task"})


class _Returned(Exception):  # noqa: N818 - no error: it ends a function
    def __init__(self, value: object) -> None:
        self.value = value


class _Broken(Exception):  # noqa: N818 - no error: it ends a round of a loop
    pass


class Running:
    """One program, followed."""

    def __init__(self, findings: Findings, folder: Path | None) -> None:
        """Begin.

        Args:
            folder: where its own modules lie; None where there is none.
        """
        self.dags = Dags(findings)
        self.own = OwnGraphs(findings)
        self.modules: dict[str, Module | None] = {}
        self._findings = findings
        self._folder = folder
        self._values = Expressions(self.dags, self.own, self._called)
        self._calls: list[Function] = []
        self._followed: set[ast.AST] = set()
        self._steps = 0
        self._module: list[Module] = []

    @property
    def sent(self) -> list[tuple[str, int]]:
        """SQL that it sends, with the lines."""
        return self._values.sent

    def program(self, text: str, tree: ast.Module) -> Module:
        """Follow a whole program."""
        module = self._begun("", text, tree, "__main__")
        for function in [*_functions(module, tree.body)]:
            if function.node not in self._followed and _makes_graphs(function.node):
                before = self.dags.made
                self._followed_alone(function)
                if self.dags.made != before:
                    self._findings.note(
                        f"nothing calls {function.name}; what it makes is read",
                        function.node.lineno,
                    )
        return module

    def _begun(self, name: str, text: str, tree: ast.Module, called: str) -> Module:
        module = Module(name, text, tree, Scope())
        module.scope.put("__name__", called)
        self._module.append(module)
        try:
            self._block(tree.body, module.scope)
        except (_Returned, _Broken):
            pass
        finally:
            self._module.pop()
        return module

    def _followed_alone(self, function: Function) -> None:
        """Follow a function whose arguments are known when somebody calls it."""
        if isinstance(function.node, ast.Lambda):
            return
        names = [a.arg for a in (*function.node.args.posonlyargs, *function.node.args.args)]
        given: list[object] = [Unknown(name) for name in names]
        defaults = function.node.args.defaults
        for index, default in enumerate(defaults, len(names) - len(defaults)):
            given[index] = self._values.value(default, function.scope)
        self._run(function, given, {}, function.node.lineno)

    def _called(
        self, function: Function, given: list[object], named: dict[str, object], node: ast.Call
    ) -> object:
        """What a call gives, where it may make tasks or its arguments are known."""
        if len(self._calls) >= MOST_DEPTH or function in self._calls:
            return Unknown(ast.unparse(node))
        return self._run(function, given, named, node.lineno)

    def _run(
        self, function: Function, given: list[object], named: Mapping[str, object], line: int
    ) -> object:
        node = function.node
        if isinstance(node, ast.Lambda):
            return Unknown(ast.unparse(node))
        self._followed.add(node)
        scope = Scope(function.scope)
        self._bind(function, scope, given, named)
        self._calls.append(function)
        self._module.append(function.module)
        try:
            self._block(node.body, scope)
        except _Returned as returned:
            return returned.value
        except _Broken:
            pass
        finally:
            self._calls.pop()
            self._module.pop()
        return None

    def _bind(
        self,
        function: Function,
        scope: Scope,
        given: list[object],
        named: Mapping[str, object],
    ) -> None:
        """Give the parameters what a call gives them."""
        if isinstance(function.node, ast.Lambda):
            return
        args = function.node.args
        places = [a.arg for a in (*args.posonlyargs, *args.args)]
        left = dict(named)
        for name, value in zip(places, given, strict=False):
            scope.put(name, value)
        if args.vararg:
            scope.put(args.vararg.arg, list(given[len(places) :]))
        late = [*zip(args.kwonlyargs, args.kw_defaults, strict=True)]
        early = zip(places[len(places) - len(args.defaults) :], args.defaults, strict=True)
        defaults = {**dict(early), **{a.arg: d for a, d in late if d is not None}}
        for name in (*places[len(given) :], *(a.arg for a, _ in late)):
            if name in left:
                scope.put(name, left.pop(name))
            elif name in defaults:
                scope.put(name, self._values.value(defaults[name], function.scope))
            else:
                scope.put(name, Unknown(name))
        if args.kwarg:
            scope.put(args.kwarg.arg, left)

    def _block(self, statements: Iterable[ast.stmt], scope: Scope) -> None:
        for statement in statements:
            self._steps += 1
            if self._steps > MOST_STEPS:
                if self._steps == MOST_STEPS + 1:
                    self._findings.problem(
                        f"it is too long to be followed: {MOST_STEPS:,} statements",
                        statement.lineno,
                    )
                return
            follow = self._followers.get(type(statement))
            if follow is not None:
                follow(self, statement, scope)

    def _expression(self, node: ast.Expr, scope: Scope) -> None:
        self._values.value(node.value, scope)

    def _assign(self, node: ast.Assign, scope: Scope) -> None:
        value = self._values.value(node.value, scope)
        for target in node.targets:
            self._values.assign(target, value, scope)

    def _annotated(self, node: ast.AnnAssign, scope: Scope) -> None:
        if node.value is not None:
            self._values.assign(node.target, self._values.value(node.value, scope), scope)

    def _changed(self, node: ast.AugAssign, scope: Scope) -> None:
        read = ast.copy_location(ast.BinOp(_loaded(node.target), node.op, node.value), node)
        self._values.assign(node.target, self._values.value(read, scope), scope)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> None:
        function = Function(node, self._module[-1], scope)
        scope.put(node.name, function)
        for each in node.decorator_list:
            decorator = self._values.value(each, scope)
            if isinstance(decorator, Library) and decorator.path == "sfdag_magics.sftask":
                decorator = Decorator({})
            if isinstance(decorator, Decorator):
                self.own.decorate(decorator, function, node.lineno)

    def _class(self, node: ast.ClassDef, scope: Scope) -> None:
        scope.put(node.name, Unknown(node.name))
        if _makes_graphs(node):
            self._findings.problem(
                f"class {node.name} makes a graph in its methods, which are not read", node.lineno
            )

    def _import(self, node: ast.Import, scope: Scope) -> None:
        for alias in node.names:
            own = self._own_module(alias.name)
            if alias.asname or "." not in alias.name:
                scope.put(alias.asname or alias.name, own or Library(alias.name))
            else:
                top = alias.name.partition(".")[0]
                scope.put(top, Library(top))

    def _import_from(self, node: ast.ImportFrom, scope: Scope) -> None:
        own = self._own_module(node.module) if node.module else None
        for alias in node.names:
            if alias.name == "*":
                self._all_of(node.module or "", own, scope)
            elif own is not None:
                value = own.scope.names.get(alias.name, Unknown(alias.name))
                scope.put(alias.asname or alias.name, value)
            else:
                scope.put(alias.asname or alias.name, Library(f"{node.module}.{alias.name}"))

    def _all_of(self, name: str, own: Module | None, scope: Scope) -> None:
        if own is not None:
            for each, value in own.scope.names.items():
                if not each.startswith("_"):
                    scope.put(each, value)
        elif name.startswith("snowflake.core.task"):
            for each in ("DAG", "DAGTask", "DAGTaskBranch", "Task", "StoredProcedureCall", "Cron"):
                scope.put(each, Library(f"{name}.{each}"))

    def _own_module(self, name: str | None) -> Module | None:
        """A module that lies beside the program, followed; None where there is none."""
        if not name or self._folder is None:
            return None
        if name not in self.modules:
            self.modules[name] = None  # it may import the program in turn
            path = self._folder.joinpath(*name.split(".")).with_suffix(".py")
            if path.is_file():
                self.modules[name] = self._read_module(name, path)
        return self.modules[name]

    def _read_module(self, name: str, path: Path) -> Module | None:
        try:
            text = read_text(path)
            return self._begun(name, text, ast.parse(text), name)
        except (SfdagError, SyntaxError, ValueError, RecursionError) as error:
            said = error.message if isinstance(error, SfdagError) else str(error)
            self._findings.problem(f"module {name} could not be read: {said}")
            return None

    def _if(self, node: ast.If, scope: Scope) -> None:
        test = self._values.value(node.test, scope)
        if is_known(test):
            self._block(node.body if test else node.orelse, scope)
            return
        made = []
        for side in (node.body, node.orelse):
            before = self.dags.made
            with contextlib.suppress(_Returned):
                self._block(side, scope)
            made.append(self.dags.made != before)
        said = f"if {ast.unparse(node.test)}: whether it holds is known when the program runs"
        if all(made):
            self._findings.problem(f"{said}; both sides are read", node.lineno)
        elif any(made):
            self._findings.note(f"{said}; what it makes is read", node.lineno)

    def _for(self, node: ast.For, scope: Scope) -> None:
        values = self._values.value(node.iter, scope)
        if isinstance(values, (list, tuple, dict, set, str)) and len(values) <= MOST:
            self._rounds(node, list(values), scope)
            return
        self._once(node, f"for {ast.unparse(node.target)} in {ast.unparse(node.iter)}", scope)

    def _rounds(self, node: ast.For, values: list[Any], scope: Scope) -> None:
        for value in values:
            self._values.assign(node.target, value, scope)
            try:
                self._block(node.body, scope)
            except _Broken as broken:
                if broken.args:
                    return
        self._block(node.orelse, scope)

    def _while(self, node: ast.While, scope: Scope) -> None:
        self._once(node, f"while {ast.unparse(node.test)}", scope)

    def _once(self, node: ast.For | ast.While, said: str, scope: Scope) -> None:
        """A loop whose rounds are not known."""
        if isinstance(node, ast.For):
            self._values.assign(node.target, Unknown(ast.unparse(node.target)), scope)
        before = self.dags.made
        with contextlib.suppress(_Broken):
            self._block(node.body, scope)
        if self.dags.made != before:
            self._findings.problem(
                f"{said}: its rounds are known when the program runs; it is read once", node.lineno
            )

    def _with(self, node: ast.With, scope: Scope) -> None:
        entered = 0
        for item in node.items:
            value = self._values.value(item.context_expr, scope)
            if item.optional_vars is not None:
                self._values.assign(item.optional_vars, value, scope)
            if isinstance(value, Dag):
                self.dags.enter(value)
                entered += 1
        try:
            self._block(node.body, scope)
        finally:
            for _ in range(entered):
                self.dags.leave()

    def _try(self, node: ast.Try, scope: Scope) -> None:
        for part in (node.body, node.orelse, node.finalbody):
            self._block(part, scope)

    def _return(self, node: ast.Return, scope: Scope) -> None:
        raise _Returned(None if node.value is None else self._values.value(node.value, scope))

    def _raise(self, node: ast.Raise, scope: Scope) -> None:
        raise _Returned(Unknown("what is raised"))

    def _break(self, node: ast.Break, scope: Scope) -> None:
        raise _Broken("break")

    def _continue(self, node: ast.Continue, scope: Scope) -> None:
        raise _Broken

    def _outer(self, node: ast.Global | ast.Nonlocal, scope: Scope) -> None:
        scope.outer |= set(node.names)

    _followers: ClassVar[Mapping[type[ast.stmt], Callable[[Running, Any, Scope], None]]] = {
        ast.Expr: _expression,
        ast.Assign: _assign,
        ast.AnnAssign: _annotated,
        ast.AugAssign: _changed,
        ast.FunctionDef: _function,
        ast.AsyncFunctionDef: _function,
        ast.ClassDef: _class,
        ast.Import: _import,
        ast.ImportFrom: _import_from,
        ast.If: _if,
        ast.For: _for,
        ast.While: _while,
        ast.With: _with,
        ast.Try: _try,
        ast.Return: _return,
        ast.Raise: _raise,
        ast.Break: _break,
        ast.Continue: _continue,
        ast.Global: _outer,
        ast.Nonlocal: _outer,
    }


def _functions(module: Module, body: Iterable[ast.stmt]) -> Iterable[Function]:
    for node in body:
        if isinstance(node, ast.FunctionDef):
            yield Function(node, module, module.scope)
        elif isinstance(node, (ast.If, ast.Try)):
            yield from _functions(module, node.body)


def _makes_graphs(node: ast.AST) -> bool:
    """Whether a call of a graph's or a task's name stands in it."""
    for each in ast.walk(node):
        if isinstance(each, ast.Call):
            name = each.func.attr if isinstance(each.func, ast.Attribute) else each.func
            if (name if isinstance(name, str) else getattr(name, "id", "")) in _MAKING:
                return True
    return False


def _loaded(target: ast.Name | ast.Attribute | ast.Subscript) -> ast.expr:
    return ast.parse(ast.unparse(target), mode="eval").body
