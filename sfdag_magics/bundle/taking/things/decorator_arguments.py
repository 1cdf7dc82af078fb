"""Decorators of others that run again over there: with what they were given, or with another thing.

What a decorator keeps, only its library knows. That a cell which ran since gave a name another
value is read in the cells' texts.
"""

from __future__ import annotations

import ast
import types
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TypeGuard

from sfdag_magics.bundle.inspection import attribute_of, is_a
from sfdag_magics.bundle.taking.module_states.module_constants import bound_by, constants_of
from sfdag_magics.bundle.taking.terms.alike import is_alike
from sfdag_magics.bundle.taking.terms.pieces import Written
from sfdag_magics.bundle.taking.things.bench import Bench
from sfdag_magics.bundle.taking.used.what_ran import keeps_state
from sfdag_magics.bundle.written.as_written import UNKNOWN, as_written
from sfdag_magics.bundle.written.cell_texts import CellText, names_in, parsed_or_none
from sfdag_magics.bundle.written.computed import fixed_value

#: What a name of an expression may be, as nobody gives it another value.
_LASTING = (types.ModuleType, type)
_DECORATED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def decorators_in(text: str) -> Iterator[ast.expr]:
    """The decorators in a text."""
    tree = parsed_or_none(text) if "@" in text else None
    for node in ast.walk(tree) if tree is not None else ():
        yield from node.decorator_list if isinstance(node, _DECORATED) else ()


def given_to(decorator: ast.expr) -> frozenset[str]:
    """The names that stand in its arguments."""
    if not isinstance(decorator, ast.Call):
        return frozenset()
    given = [*decorator.args, *(keyword.value for keyword in decorator.keywords)]
    return frozenset(name for each in given for name in names_in(each))


def counting_calls(decorator: ast.expr, bench: Bench) -> Iterator[str]:
    """Calls in its arguments that give another answer each time, for they count."""
    given = [*decorator.args, *(k.value for k in decorator.keywords)] if _is_call(decorator) else []
    for node in (each for part in given for each in ast.walk(part)):
        function = _called(node, bench) if _is_call(node) else None
        if function is None:
            continue
        definition = bench.definitions.of_code(function.__code__)
        if definition is not None and keeps_state(function, definition.cell.text):
            yield ast.unparse(node)


def _is_call(node: ast.AST) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call)


def _called(call: ast.Call, bench: Bench) -> types.FunctionType | None:
    """The function of the notebook that a call runs: by its name, or a method of an object."""
    found = as_written(call.func, bench.namespace)
    if isinstance(call.func, ast.Attribute):
        owner = as_written(call.func.value, bench.namespace)
        found = attribute_of(owner, call.func.attr) if bench.is_of_notebook(type(owner)) else found
    return found if is_a(found, types.FunctionType) and bench.is_of_notebook(found) else None


def changed_since(
    piece: Written,
    names: Collection[str],
    cells: Sequence[CellText],
    namespace: Mapping[str, object],
) -> list[str]:
    """Those of `names` that may have been another thing when a definition ran.

    Args:
        cells: the newest first.
    """
    places = [cell.place for cell in cells]
    if piece.place not in places:
        return []
    index = places.index(piece.place)
    newer = {name for cell in cells[:index] for name in _bound_in(cell.text)}
    return sorted(
        name
        for name in newer.intersection(names, namespace)
        if not _was(name, namespace, cells[index:])
    )


def _was(name: str, namespace: Mapping[str, object], older: Sequence[CellText]) -> bool:
    """Whether the last of these cells that gives a name a value surely gave it this one."""
    lasting = {key: value for key, value in namespace.items() if is_a(value, *_LASTING)}
    for cell in older:
        if name in _bound_in(cell.text):
            node = constants_of(cell.text).get(name)
            before = fixed_value(node, lasting) if node is not None else UNKNOWN
            return before is not UNKNOWN and is_alike(before, namespace[name])
    return False


def _bound_in(text: str) -> frozenset[str]:
    """The names that a cell binds by other lines than imports, which give the same again."""
    tree = parsed_or_none(text)
    return frozenset(
        name
        for node in (tree.body if tree is not None else ())
        if not isinstance(node, ast.Import | ast.ImportFrom)
        for name in bound_by(node)
    )
