"""What the text of a class sets: attribute by attribute. Reads syntax trees only."""

from __future__ import annotations

import ast
from collections.abc import Iterator

#: What an attribute is set to; None where a loop, an import or an unpacking does it.
Member = ast.expr | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | None


def members(node: ast.ClassDef) -> dict[str, Member]:
    """`{attribute: what it is set to}` of a class body, blocks of `if` and `try` included."""
    return {_mangled(name, node.name): member for name, member in _named(node).items()}


def _mangled(name: str, kind: str) -> str:
    """What Python makes of `__private` inside a class."""
    is_private = name.startswith("__") and not name.endswith("__") and kind.strip("_")
    return f"_{kind.lstrip('_')}{name}" if is_private else name


def _named(node: ast.ClassDef) -> dict[str, Member]:
    found: dict[str, Member] = {}
    for each in statements(node):
        match each:
            case ast.Assign(targets=targets, value=value):
                names = [target.id for target in targets if isinstance(target, ast.Name)]
                found.update(dict.fromkeys(_stored_in(each)))
                found.update(dict.fromkeys(names, value))
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                found[name] = value
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                found[each.name] = each
            case _:
                found.update(dict.fromkeys(_other_names(each), None))
    return found


def statements(node: ast.AST) -> Iterator[ast.stmt]:
    """All statements of a class body, those in its blocks included, not those in definitions."""
    for each in ast.iter_child_nodes(node):
        if isinstance(each, ast.stmt):
            yield each
        inside = isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        if not inside and not isinstance(each, ast.expr):
            yield from statements(each)


def gives_any(node: ast.ClassDef) -> bool:
    """Whether a class body may give attributes of any name: in a loop, by `locals()`."""
    return any(
        isinstance(part, ast.Call)
        and isinstance(part.func, ast.Name)
        and part.func.id in ("locals", "vars", "exec")
        for each in statements(node)
        if not isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        for part in ast.walk(each)
    )


def _other_names(node: ast.stmt) -> Iterator[str]:
    """Names that a loop, an unpacking or an import of a class body binds."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield from (each.asname or each.name.partition(".")[0] for each in node.names)
    if isinstance(node, ast.For | ast.With | ast.AugAssign):
        yield from _stored_in(node)


def _stored_in(node: ast.stmt) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
            yield each.id
