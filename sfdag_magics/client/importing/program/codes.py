"""The code of tasks as cells: each function as it is written, and what it uses before them.

A function that needs more than a session, or whose value is not to be the task's, is called by a
small one below it. Reads code; runs none.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sfdag_magics.bundle.taking.used.names_used import global_names
from sfdag_magics.client.exporting.python_text import free_name, value_text
from sfdag_magics.client.importing.found import Findings, FoundCode
from sfdag_magics.client.importing.program.values import (
    Dag,
    DagTask,
    Function,
    Library,
    Module,
    Procedure,
    Unknown,
    is_known,
)
from sfdag_magics.light_classes import dataclass

_SETS = "set_return_value"
#: What returns these says nothing that another task could read.
_ROWS = ("DataFrame", "Table", "Row")
_PLAIN_RETURNS = frozenset({"str", "int", "float", "None", "Optional[str]", "str | None"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """What a task calls, and with what beside the session.

    Attributes:
        sets_value: whether what it returns is the task's return value.
    """

    function: Function | Library
    arguments: Sequence[object]
    sets_value: bool


def code_of(task: DagTask, name: str, findings: Findings) -> FoundCode | None:
    """The code of a task whose definition is a function; None where there is none.

    Args:
        name: what the task is called here.
    """
    definition = task.definition
    sets_value = task.dag is not None and task.dag.options.get("use_func_return_value") is True
    arguments: Sequence[object] = ()
    if isinstance(definition, Procedure):
        said = definition.options.get("args")
        arguments = said if isinstance(said, (list, tuple)) else ()
        definition = definition.function
    if isinstance(definition, (Function, Library)):
        called = Called(function=definition, arguments=arguments, sets_value=sets_value)
        return _Code(task, name, called, findings).found()
    return None


class _Code:
    """One task's cell on its way."""

    def __init__(self, task: DagTask, name: str, called: Called, findings: Findings) -> None:
        self._task = task
        self._name = name
        self._called = called
        self._findings = findings

    def found(self) -> FoundCode:
        function = self._called.function
        if isinstance(function, Library) or function.module.name:
            return self._foreign(function)
        node = function.node
        if not isinstance(node, ast.FunctionDef):
            self._say(f"{function.name} is no plain def")
            return FoundCode(text=_empty(self._name))
        text = written(function.module.text, node)
        missing = self._unfilled(node)
        if missing:
            self._say(f"nothing fills {', '.join(missing)} of {node.name}")
        if self._task.is_branch:
            self._check_branch(node)
        if self._is_as_it_is(node):
            return FoundCode(text=text, needs=global_names(text), function=node.name)
        below = _calling(
            self._wrapper(node.name), node.name, self._arguments(node), self._returns(node)
        )
        return FoundCode(text=below, needs=(node.name,))

    def _foreign(self, function: Function | Library) -> FoundCode:
        """A function of another module: the cell imports it."""
        if isinstance(function, Function):
            module, name = function.module.name, function.name
        else:
            module, _, name = function.path.rpartition(".")
        if not module:
            self._say(f"where {name} comes from is not known")
            return FoundCode(text=_empty(self._name))
        node = function.node if isinstance(function, Function) else None
        if isinstance(node, ast.FunctionDef):
            if missing := self._unfilled(node):
                self._say(f"nothing fills {', '.join(missing)} of {name}")
            if self._task.is_branch:
                self._check_branch(node)
        arguments = [value_text(each) for each in self._called.arguments if is_known(each)]
        below = _calling(
            self._wrapper(name), name, ["session", *arguments], self._called.sets_value
        )
        return FoundCode(text=f"from {module} import {name}\n\n\n{below}")

    def _wrapper(self, function: str) -> str:
        return free_name(self._name, {function}) if self._name == function else self._name

    def _unfilled(self, node: ast.FunctionDef) -> list[str]:
        """The parameters that no argument and no default fills."""
        names = _parameters(node)
        without = len(names) - len(node.args.defaults)
        given = 1 + len(self._called.arguments)
        late = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
        return [*names[given:without], *(a.arg for a, default in late if default is None)]

    def _is_as_it_is(self, node: ast.FunctionDef) -> bool:
        """Whether the function itself can be the task's."""
        names = _parameters(node)
        takes = len(names) + len(node.args.kwonlyargs)
        if takes > 1 or (takes == 1 and not _is_session(node)) or self._called.arguments:
            return False
        if self._called.sets_value or not _returned(node):
            return True
        return not _mentions(node, _SETS) and _annotation(node) in _PLAIN_RETURNS

    def _returns(self, node: ast.FunctionDef) -> bool:
        if self._called.sets_value:
            return True
        return not _mentions(node, _SETS) and _annotation(node) in _PLAIN_RETURNS

    def _arguments(self, node: ast.FunctionDef) -> list[str]:
        given = []
        for each in self._called.arguments:
            if not is_known(each):
                said = each.text if isinstance(each, Unknown) else str(each)
                self._say(f"{said} is known when the program runs")
                given.append(repr(said))
                continue
            given.append(value_text(each))
        return [*(["session"] if _parameters(node) else []), *given]

    def _check_branch(self, node: ast.FunctionDef) -> None:
        rows = [kind for kind in _ROWS if kind in _annotation(node)]
        calls = [_last_call(each.value) for each in _returned(node)]
        if rows or any(call in ("collect", "to_pandas", "sql", "table") for call in calls):
            self._say(
                f"{node.name} is a branch and returns rows, where the next task's name is meant"
            )
        elif not self._called.sets_value and not _mentions(node, _SETS):
            self._say(
                f"{node.name} is a branch whose answer is never set: its DAG has no "
                "use_func_return_value"
            )

    def _say(self, text: str) -> None:
        self._findings.problem(f"task {self._name}: {text}", self._task.line)


def _calling(name: str, function: str, arguments: Sequence[str], returns: bool) -> str:  # noqa: FBT001 - private
    call = f"{function}({', '.join(arguments)})"
    return f"def {name}(session):\n    {'return ' if returns else ''}{call}"


def calling_again(name: str, text: str) -> FoundCode:
    """The code of a task that does what the last function of another one's cell does."""
    function = [n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef)][-1]
    takes = ", ".join(_parameters(function)[:1] and ["session"])
    below = _calling(free_name(name, {function.name}), function.name, [takes], True)  # noqa: FBT003 - private
    return FoundCode(text=below, needs=(function.name,))


def _empty(name: str) -> str:
    return f'def {name}(session):\n    raise NotImplementedError("{name}")'


def written(text: str, node: ast.FunctionDef) -> str:
    """A function as it is written, with its decorators and what stands above it as a remark."""
    lines = text.split("\n")
    first = min([node.lineno, *(each.lineno for each in node.decorator_list)]) - 1
    indent = " " * node.col_offset
    while first and lines[first - 1].startswith(f"{indent}#"):
        first -= 1
    return textwrap.dedent("\n".join(lines[first : node.end_lineno]))


def _parameters(node: ast.FunctionDef) -> list[str]:
    return [a.arg for a in (*node.args.posonlyargs, *node.args.args)]


def _is_session(node: ast.FunctionDef) -> bool:
    first = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs][0]
    said = ast.unparse(first.annotation) if first.annotation else ""
    return first.arg == "session" or said.strip("'\"").rpartition(".")[2] == "Session"


def _annotation(node: ast.FunctionDef) -> str:
    return ast.unparse(node.returns) if node.returns else ""


def _returned(node: ast.FunctionDef) -> list[ast.Return]:
    found = (each for each in ast.walk(node) if isinstance(each, ast.Return))
    nothing = ast.Constant(None)
    return [r for r in found if r.value is not None and ast.dump(r.value) != ast.dump(nothing)]


def _mentions(node: ast.AST, name: str) -> bool:
    return any(isinstance(each, ast.Attribute) and each.attr == name for each in ast.walk(node))


def _last_call(node: ast.expr | None) -> str:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr
    return ""


def code_cells(
    module: Module, needs: Iterable[str], own: Iterable[str], findings: Findings
) -> tuple[str, ...]:
    """One cell of all that tasks use of the program beside one another.

    Args:
        needs: the names that tasks' cells use.
        own: the names of functions that have cells of their own.
    """
    lines = module.text.split("\n")
    bound = _bound(module.tree)
    wanted, taken = [*dict.fromkeys(needs)], set(own)
    kept: set[ast.stmt] = set()
    while wanted:
        name = wanted.pop()
        if name in taken:
            continue
        taken.add(name)
        if isinstance(module.scope.names.get(name), (Dag, DagTask)):
            findings.problem(f"tasks use {name}, which is a part of the graph itself")
            continue
        for statement in bound.get(name, ()):
            if statement not in kept:
                kept.add(statement)
                wanted += global_names(ast.unparse(statement))
                _say_of(statement, name, findings)
    ordered = [each for each in module.tree.body if each in kept]
    imports = [_text(lines, each) for each in ordered if isinstance(each, _IMPORTS)]
    others = [_text(lines, each) for each in ordered if not isinstance(each, _IMPORTS)]
    parts = ["\n".join(texts).strip("\n") for texts in (imports, others) if texts]
    return ("\n\n".join(parts),) if parts else ()


_IMPORTS = (ast.Import, ast.ImportFrom)


def _text(lines: list[str], node: ast.stmt) -> str:
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(each.lineno for each in decorators)]) - 1
    while first and lines[first - 1].startswith("#"):
        first -= 1
    text = "\n".join(lines[first : node.end_lineno])
    is_definition = isinstance(node, (ast.FunctionDef, ast.ClassDef))
    return f"\n\n{text}\n" if is_definition else text


def _bound(tree: ast.Module) -> Mapping[str, list[ast.stmt]]:
    """`{name: the statements that give it a value or change it}`."""
    found: dict[str, list[ast.stmt]] = {}
    for statement in tree.body:
        if isinstance(statement, (ast.With, ast.For, ast.While)) or _is_main(statement):
            continue
        for name in dict.fromkeys(_names_of(statement)):
            found.setdefault(name, []).append(statement)
    return found


def _is_main(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and "__name__" in ast.unparse(node.test)


def _names_of(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
            return
        case ast.Import() | ast.ImportFrom():
            yield from (a.asname or a.name.partition(".")[0] for a in node.names)
            return
        case ast.Name(id=name, ctx=ast.Store()):
            yield name
        case ast.Assign() | ast.AugAssign():
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, (ast.Subscript, ast.Attribute)):
                    yield from (n.id for n in ast.walk(target) if isinstance(n, ast.Name))
    if not isinstance(node, ast.expr) or isinstance(node, (ast.Tuple, ast.List, ast.Starred)):
        for child in ast.iter_child_nodes(node):
            yield from _names_of(child)


def _say_of(statement: ast.stmt, name: str, findings: Findings) -> None:
    """What a statement does where its cell is run, beside giving a name to data."""
    if isinstance(statement, (ast.Assign, ast.AnnAssign)) and isinstance(statement.value, ast.Call):
        said = ast.unparse(statement).partition("\n")[0]
        findings.note(f"{said[:70]}: tasks use {name}; its cell runs this", statement.lineno)
