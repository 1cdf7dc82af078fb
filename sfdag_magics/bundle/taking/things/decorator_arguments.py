"""Decorators of others that run again over there: with what they were given, or with another thing.

What a decorator keeps, only its library knows. That a cell which ran since gave a name another
value is read in the cells' texts.
"""

from __future__ import annotations

import ast
import types
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TypeGuard

from sfdag_magics.bundle.inspection import attribute_of, is_a
from sfdag_magics.bundle.taking.lines.bench import Bench
from sfdag_magics.bundle.taking.module_states.module_constants import bound_by, constants_of
from sfdag_magics.bundle.taking.terms.alike import is_alike
from sfdag_magics.bundle.taking.terms.pieces import Written
from sfdag_magics.bundle.taking.terms.refusals import given_by_a_count
from sfdag_magics.bundle.taking.used.names_used import global_names
from sfdag_magics.bundle.taking.used.what_ran import keeps_state
from sfdag_magics.bundle.written.as_written import UNKNOWN, as_written
from sfdag_magics.bundle.written.cell_texts import CellText, names_in, parsed_or_none
from sfdag_magics.bundle.written.computed import fixed_value
from sfdag_magics.bundle.written.filling import FILLING

#: What a name of an expression may be, as nobody gives it another value.
_LASTING = (types.ModuleType, type)
_DECORATED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def decorators_in(text: str) -> Iterator[ast.expr]:
    """The decorators in a text."""
    tree = parsed_or_none(text) if "@" in text else None
    for node in ast.walk(tree) if tree is not None else ():
        yield from node.decorator_list if isinstance(node, _DECORATED) else ()


def _given_to(decorator: ast.expr) -> frozenset[str]:
    """The names that stand in its arguments."""
    if not isinstance(decorator, ast.Call):
        return frozenset()
    given = [*decorator.args, *(keyword.value for keyword in decorator.keywords)]
    return frozenset(name for each in given for name in names_in(each))


def check_no_count(bench: Bench, decorators: Iterable[ast.expr], place: str) -> None:
    """See that decorators that run again are given the same as when they ran.

    Raises:
        Refused: one was given the answer of a call that counts.
    """
    for decorator in decorators:
        for call in counting_calls(decorator, bench):
            raise given_by_a_count(call, place)


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


def given_another(
    decorators: Iterable[ast.expr], changed: frozenset[str], place: str
) -> Iterator[tuple[str, str]]:
    """What is wrong with decorators that run again, and what to do, where a name has changed."""
    for each in decorators:
        for name in sorted(changed & names_in(each)):
            yield _run_with_another(each, name, place)


def given_another_since(
    piece: Written,
    decorators: Iterable[ast.expr],
    cells: Iterable[CellText],
    namespace: Mapping[str, object],
) -> Iterator[tuple[str, str]]:
    """The same of a definition's decorators, by what ran since.

    Args:
        cells: the newest first; only looked at where a decorator is given a name.
    """
    around: list[CellText] | None = None
    for each in decorators:
        given = _given_to(each)
        # The others are of the call around it.
        names = given.intersection(global_names(piece.text)) if given else given
        if names:
            around = list(cells) if around is None else around
            for name in _changed_since(piece, names, each, around, namespace):
                yield _run_with_another(each, name, piece.place)


def _run_with_another(decorator: ast.expr, name: str, cell: str) -> tuple[str, str]:
    again = f"runs @{ast.unparse(decorator)} again"
    said = f"{again}, which was given another {name!r} than it is now"
    return said, f"run {cell} again"


def _changed_since(
    piece: Written,
    names: Collection[str],
    decorator: ast.expr,
    cells: Sequence[CellText],
    namespace: Mapping[str, object],
) -> list[str]:
    """Those of `names` that may have been another thing when a definition ran.

    Args:
        names: in the decorator's arguments.
        cells: the newest first.
    """
    places = [cell.place for cell in cells]
    if piece.place not in places:
        return []
    index = places.index(piece.place)
    newer = {name for cell in cells[:index] for name in _bound_in(cell.text)}
    used = set(_places_in(ast.walk(decorator)))
    filled = {each for cell in cells[:index] for each in _filled_in(cell.text)}
    newer |= {name for name, path in filled if (name, path) in used or (name, "") in used}
    newer |= {name for name, path in filled if not path}
    return sorted(
        name
        for name in newer.intersection(names, namespace)
        if not is_a(namespace[name], types.ModuleType) and not _was(name, namespace, cells[index:])
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


def _places_in(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, str]]:
    """`("K", "K['n']")` of each item or attribute of a name, `("K", "")` of the name itself."""
    inside: set[int] = set()
    for node in nodes:  # outer ones first
        match node:
            case (
                ast.Subscript(value=ast.Name(id=name) as owner, slice=ast.Constant())
                | ast.Attribute(value=ast.Name(id=name) as owner)
            ):
                inside.add(id(owner))
                yield name, ast.unparse(node)
            case ast.Name(id=name) if id(node) not in inside:
                yield name, ""


@lru_cache(maxsize=16_384)
def _filled_in(text: str) -> tuple[tuple[str, str], ...]:
    """The places that a cell sets, deletes or fills as it runs."""
    tree = parsed_or_none(text)
    found: list[ast.expr] = []
    waiting: list[ast.AST] = [] if tree is None else [*tree.body]
    while waiting:
        node = waiting.pop()
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                continue
            case (
                ast.Subscript(ctx=ast.Store() | ast.Del())
                | ast.Attribute(ctx=ast.Store() | ast.Del())
            ):
                found.append(node)
            case ast.Call(func=ast.Attribute(value=owner, attr=called)) if called in FILLING:
                found.append(owner)
        waiting += ast.iter_child_nodes(node)
    return tuple(place for each in found for place in _places_in([*ast.walk(each)][:2]))


def _bound_in(text: str) -> frozenset[str]:
    """The names that a cell binds by other lines than imports, which give the same again."""
    tree = parsed_or_none(text)
    return frozenset(
        name
        for node in (tree.body if tree is not None else ())
        if not isinstance(node, ast.Import | ast.ImportFrom)
        for name in bound_by(node)
    )
