"""Which global names a piece of code uses. Reads symbol tables and syntax trees; runs nothing."""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterator


def without_annotations(text: str) -> str:
    """`text` in one spelling with all annotations left out."""
    return ast.unparse(_Unannotated().visit(ast.parse(text)))


def global_names(text: str) -> tuple[str, ...]:
    """The names `text` takes from its module, in order of first use; its own top names left out.

    `text` is one or more top-level statements.
    """
    table = symtable.symtable(text, "<piece>", "exec")
    used = set(_used(table))
    defined = {
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_assigned() or symbol.is_imported()
    }
    nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)]
    nodes.sort(key=lambda node: (node.lineno, node.col_offset))
    # Names written as text, in quoted annotations, are no symbols: nothing runs them.
    return tuple(dict.fromkeys(node.id for node in nodes if node.id in used - defined))


def attribute_chains(text: str, name: str) -> frozenset[tuple[str, ...]]:
    """The attributes taken from a global, longest chains: `a.b.c` of `a` is `("b", "c")`."""
    found: set[tuple[str, ...]] = set()
    for node in ast.walk(ast.parse(text)):
        chain: list[str] = []
        part: ast.expr | None = node if isinstance(node, ast.Attribute) else None
        while isinstance(part, ast.Attribute):
            chain.append(part.attr)
            part = part.value
        if isinstance(part, ast.Name) and part.id == name:
            found.add(tuple(reversed(chain)))
    return frozenset(found)


def imported_modules(text: str) -> tuple[str, ...]:
    """The modules that import statements of `text` name, also inside functions, in order."""
    found: list[str] = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found.extend(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.append(node.module)
            found.extend(f"{node.module}.{alias.name}" for alias in node.names)
    return tuple(dict.fromkeys(found))


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


def _used(table: symtable.SymbolTable) -> Iterator[str]:
    at_top = table.get_type() == "module"
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (at_top or symbol.is_global()):
            yield symbol.get_name()
    for child in table.get_children():
        yield from _used(child)
