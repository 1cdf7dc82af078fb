"""What a definition inside a function reads as it is made, where that function binds it.

Its decorators, defaults, annotations and bases. Imports are looked up among the modules that are
there, and classes among what the made thing shows of itself; runs nothing.
"""

from __future__ import annotations

import ast
import sys
import typing
from collections.abc import Iterator, Mapping

from sfdag_magics.bundle.inspection import attribute_of, is_a, name_of_class
from sfdag_magics.bundle.written.called import hints_in
from sfdag_magics.bundle.written.cell_texts import parsed_or_none
from sfdag_magics.bundle.written.definitions import Definition
from sfdag_magics.light_classes import dataclass

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_NAMED = (*_FUNCTIONS, ast.ClassDef)
_NOTHING = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeInside:
    """Names that are the function's around a definition, whatever the notebook has by them.

    Attributes:
        known: `{name: its value}` of its imports, and of its classes that the made thing shows.
        lost: the others: variables and functions of a call that is over.
    """

    known: Mapping[str, object]
    lost: frozenset[str]

    def over(self, namespace: Mapping[str, object]) -> Mapping[str, object]:
        """The names that the definition sees: these before the notebook's."""
        if not self.known and not self.lost:
            return namespace
        seen = {name: value for name, value in namespace.items() if name not in self.lost}
        return {**seen, **self.known}


#: What stands in no function.
NOWHERE = MadeInside(known={}, lost=frozenset())


def made_inside(made: object, definition: Definition) -> MadeInside:
    """The names around the definition of a function or class; none where no function is."""
    tree = parsed_or_none(definition.cell.text) if definition.is_nested else None
    found: dict[str, object] = {}
    for maker in _makers(definition.node, tree) if tree is not None else ():
        found.update(_bound_in(maker))
    lost = {name for name, value in found.items() if value is _NOTHING}
    if lost:
        found.update((name, value) for name, value in _shown(made, definition) if name in lost)
    return MadeInside(
        known={name: value for name, value in found.items() if value is not _NOTHING},
        lost=frozenset(name for name, value in found.items() if value is _NOTHING),
    )


def _shown(made: object, definition: Definition) -> Iterator[tuple[str, object]]:
    """`(name, value)` of what a made thing shows: its bases and hints, and what is in these."""
    node = definition.node
    pairs: list[tuple[ast.expr, object]] = []
    if isinstance(node, ast.ClassDef):
        if is_a(made, type) and len(node.bases) == len(made.__bases__):
            pairs = [*zip(node.bases, made.__bases__, strict=True)]
    else:
        hints = attribute_of(made, "__annotations__") or {}
        pairs = [(each, hints[key]) for key, each in hints_in(node).items() if key in hints]
    for _each, value in pairs:
        for part in _parts_of(value):
            if is_a(part, type):
                yield name_of_class(part), part
    yield from ((each.id, value) for each, value in pairs if isinstance(each, ast.Name))


def _parts_of(hint: object) -> Iterator[object]:
    """An annotation, and what stands in its brackets."""
    yield hint
    for each in typing.get_args(hint):
        yield from _parts_of(each)


def _makers(node: ast.AST, tree: ast.AST) -> list[_Function]:
    """The functions in whose bodies a node stands, the outermost first."""
    start, end = _span(node)
    found = []
    for each in ast.walk(tree):
        if isinstance(each, _FUNCTIONS):
            body = [each.body] if isinstance(each, ast.Lambda) else each.body
            if _span(body[0])[0] <= start and end <= _span(body[-1])[1]:
                found.append(each)
    return found


def _span(node: ast.AST) -> tuple[tuple[int, int], tuple[int, int]]:
    """Where a node begins, with its decorators, and where it ends."""
    above = getattr(node, "decorator_list", [])
    first = min((each.lineno, each.col_offset) for each in (node, *above))
    # every node that is asked for was parsed, and so has its places
    return first, (node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]


def _bound_in(maker: _Function) -> dict[str, object]:
    """`{name: value}` of what a function binds itself; `_NOTHING` where only a call knows it."""
    found: dict[str, object] = {
        each.arg: _NOTHING for each in ast.walk(maker.args) if isinstance(each, ast.arg)
    }
    foreign: set[str] = set()
    waiting: list[ast.AST] = [maker.body] if isinstance(maker, ast.Lambda) else [*maker.body]
    while waiting:
        node = waiting.pop(0)
        match node:
            case ast.Import() | ast.ImportFrom():
                found.update(_imported(node))
            case (
                ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.ClassDef(name=name)
            ):
                found[name] = _NOTHING
            case ast.Name(id=name, ctx=ast.Store()) | ast.ExceptHandler(name=str(name)):
                found.setdefault(name, _NOTHING)  # of `try: import`: the import, if it is there
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                foreign.update(names)
        if not isinstance(node, _NAMED):
            waiting += ast.iter_child_nodes(node)
    return {name: value for name, value in found.items() if name not in foreign}


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, object]]:
    for alias in node.names:
        if isinstance(node, ast.Import):
            top = alias.name.partition(".")[0]
            wanted = alias.name if alias.asname else top
            yield alias.asname or top, sys.modules.get(wanted, _NOTHING)
        elif not node.level:
            inner = sys.modules.get(f"{node.module}.{alias.name}", _NOTHING)
            module = sys.modules.get(node.module or "")
            yield alias.asname or alias.name, attribute_of(module, alias.name, inner)
