"""Which global names a piece of code uses. Reads symbol tables and syntax trees; runs nothing."""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterable, Iterator
from functools import lru_cache

from sfdag_magics.bundle.taking.used.filled_in_classes import read_to_be_changed
from sfdag_magics.bundle.written.cell_texts import names_in, nodes_of, parsed, parsed_or_none

#: Functions that import what they are given by name.
_IMPORTING = ("importlib.import_module", "import_module", "__import__")


@lru_cache(maxsize=1024)
def without_annotations(text: str) -> str:
    """`text` in one spelling with all annotations left out; as it is where it goes too deep."""
    try:
        return ast.unparse(_Unannotated().visit(ast.parse(text)))
    except RecursionError:  # a sum of some hundred terms
        return text


@lru_cache(maxsize=1024)
def global_names(text: str, looked_up: str = "") -> tuple[str, ...]:
    """The names `text` takes from its module, in order of first use; its own top names left out.

    `text` is one or more top-level statements; `looked_up` is a top name that is not left out.
    """
    table = symtable.symtable(text, "<piece>", "exec")
    used = set(_used(table)) | _changed_in_place(text)
    classes = (node for node in nodes_of(text) if isinstance(node, ast.ClassDef))
    used |= {name for each in classes for name in read_to_be_changed(each)}
    defined = {
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_assigned() or symbol.is_imported()
    } - {looked_up}
    nodes = [node for node in nodes_of(text) if isinstance(node, ast.Name)]
    nodes.sort(key=lambda node: (node.lineno, node.col_offset))
    # Names written as text, in quoted annotations, are no symbols: nothing runs them.
    names = [node.id for node in nodes if node.id in used - defined]
    return tuple(dict.fromkeys((*names, *_private(nodes, used - defined))))


def _private(nodes: Iterable[ast.Name], used: Iterable[str]) -> Iterator[str]:
    """Globals that methods read by another name: `__limit` in a class A is `_A__limit`."""
    endings = tuple({node.id for node in nodes if node.id.startswith("__")})
    yield from (name for name in sorted(used) if name.endswith(endings) and name[1] != "_")


@lru_cache(maxsize=1024)
def guarded_names(text: str) -> frozenset[str]:
    """The names that `text` reads only where it catches that they are not there."""
    nodes = nodes_of(text)
    inside = {
        id(each): each.id
        for attempt in nodes
        if isinstance(attempt, ast.Try) and any(map(_catches_name_error, attempt.handlers))
        for statement in attempt.body
        for each in ast.walk(statement)
        if isinstance(each, ast.Name)
    }
    outside = {n.id for n in nodes if isinstance(n, ast.Name) and id(n) not in inside}
    return frozenset(inside.values()) - outside


def _catches_name_error(handler: ast.ExceptHandler) -> bool:
    caught = ast.walk(handler.type) if handler.type is not None else ()
    return any(isinstance(each, ast.Name) and each.id == "NameError" for each in caught)


def assigned_globals(text: str) -> frozenset[str]:
    """The names that functions of `text` declare `global` and may set."""
    nodes = nodes_of(text)
    return frozenset(name for node in nodes if isinstance(node, ast.Global) for name in node.names)


def last_name(node: ast.AST) -> str:
    """`c` of `a.b.c` and of `c`; empty for what is neither."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def attribute_chains(text: str, name: str) -> frozenset[tuple[str, ...]]:
    """The attributes taken from a global, longest chains: `a.b.c` of `a` is `("b", "c")`."""
    found: set[tuple[str, ...]] = set()
    for node in nodes_of(text):
        chain: list[str] = []
        part: ast.expr | None = node if isinstance(node, ast.Attribute) else None
        while isinstance(part, ast.Attribute):
            chain.append(part.attr)
            part = part.value
        if isinstance(part, ast.Name) and part.id == name:
            found.add(tuple(reversed(chain)))
    return frozenset(found)


@lru_cache(maxsize=1024)
def imported_modules(text: str) -> tuple[str, ...]:
    """The modules that `text` imports when it runs, also inside functions, in order.

    What only a type checker reads, below `if TYPE_CHECKING`, is left out.
    """
    nodes = _running(parsed(text))
    return tuple(dict.fromkeys(name for node in nodes for name in _imported_by(node)))


def _running(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes below one, without what stands there for type checkers only."""
    yield node
    children = ast.iter_child_nodes(node)
    if isinstance(node, ast.If) and _is_for_checkers(node.test):
        children = iter(node.orelse)
    for child in children:
        yield from _running(child)


def _is_for_checkers(test: ast.expr) -> bool:
    said = ast.unparse(test)
    return said == "TYPE_CHECKING" or said.endswith(".TYPE_CHECKING")


def optional_modules(text: str) -> frozenset[str]:
    """Those that `text` can do without: it catches that they are not there."""
    attempts = [node for node in nodes_of(text) if isinstance(node, ast.Try)]
    return frozenset(
        name
        for attempt in attempts
        if any(map(_catches_import, attempt.handlers))
        for statement in attempt.body
        for node in ast.walk(statement)
        for name in _imported_by(node)
    )


@lru_cache(maxsize=16_384)  # the cells of a long day: asked for each task
def names_tried(text: str) -> frozenset[str]:
    """The names that `text` imports where it can: what reads them asks first whether it could."""
    tree = parsed_or_none(text) if "except" in text else None
    attempts = [n for n in (ast.walk(tree) if tree else ()) if isinstance(n, ast.Try)]
    return frozenset(
        (alias.asname or alias.name).partition(".")[0]
        for attempt in attempts
        if any(map(_catches_import, attempt.handlers))
        for statement in attempt.body
        for node in ast.walk(statement)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    )


def _imported_by(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield node.module
        yield from (f"{node.module}.{alias.name}" for alias in node.names)
    elif isinstance(node, ast.Call) and ast.unparse(node.func) in _IMPORTING:
        yield from (
            said.value
            for said in node.args[:1]
            if isinstance(said, ast.Constant)
            and isinstance(said.value, str)
            and not said.value.startswith(".")
        )


def _catches_import(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    named = names_in(handler.type)
    return bool(named & {"Exception", "BaseException", "ImportError", "ModuleNotFoundError"})


class _Unannotated(ast.NodeTransformer):
    """Leaves annotations out; an annotated name without a value becomes nothing."""

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        self.generic_visit(node)
        if node.value is None:
            return ast.Pass()
        return ast.Assign(targets=[node.target], value=node.value, lineno=node.lineno)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)


def _changed_in_place(text: str) -> set[str]:
    """Globals that `x += 1` and `del x` need: a symbol table calls that an assignment only."""
    changed = set()
    for node in nodes_of(text):
        match node:
            case ast.AugAssign(target=ast.Name(id=name)) | ast.Name(id=name, ctx=ast.Del()):
                changed.add(name)
    return changed & assigned_globals(text)


def _used(table: symtable.SymbolTable) -> Iterator[str]:
    at_top = table.get_type() == "module"
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (at_top or _is_global(symbol)):
            yield symbol.get_name()
    for child in table.get_children():
        yield from _used(child)


def _is_global(symbol: symtable.Symbol) -> bool:
    """Whether a name is one of the module: Python takes a function called `top` for a module."""
    return symbol.is_declared_global() or (symbol.is_global() and not symbol.is_local())
