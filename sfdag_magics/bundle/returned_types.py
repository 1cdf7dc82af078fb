"""What the text of a function shows of the types inside of what it returns: those JSON has not.

Only where nobody says their types does it count. Reads syntax trees and names; runs nothing.
"""

from __future__ import annotations

import ast
import datetime
import decimal
import enum
import fractions
import pathlib
import sys
import uuid
from collections.abc import Iterable, Iterator, Mapping

from sfdag_magics.bundle.inspection import is_a
from sfdag_magics.bundle.written.as_written import as_written
from sfdag_magics.light_classes import dataclass

#: Types that come out of JSON as others.
_LOST: tuple[type, ...] = (
    *(tuple, set, frozenset),
    *(datetime.date, datetime.datetime, datetime.time, datetime.timedelta),
    *(decimal.Decimal, fractions.Fraction, uuid.UUID, pathlib.Path, pathlib.PurePath),
)
#: What makes one of a class, called on the class: `date.today()`.
_MAKERS = frozenset(
    (
        "today",
        "now",
        "utcnow",
        "fromisoformat",
        "strptime",
        "combine",
        "from_float",
        "fromtimestamp",
    )
)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
#: How far a name is followed to what was assigned to it.
_DEEPEST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """A value inside of a dict or list that a function returns, and its line in the function."""

    type_name: str
    line: int


def types_inside(
    function: ast.FunctionDef | ast.AsyncFunctionDef, namespace: Mapping[str, object]
) -> Inside | None:
    """The first value in a returned dict or list whose type JSON does not keep."""
    nodes = list(own_nodes(function))
    returned = [node.value for node in nodes if isinstance(node, ast.Return) and node.value]
    shown = _Shown(nodes, namespace)
    return next((found for each in returned for found in shown.inside(each)), None)


class _Shown:
    """Follows the names of a function to what its lines put into them."""

    def __init__(self, nodes: list[ast.AST], namespace: Mapping[str, object]) -> None:
        self._namespace = {**namespace, **dict(_imported(nodes))}
        self._given: dict[str, list[ast.expr]] = {}
        self._items: dict[str, list[ast.expr]] = {}
        for node in nodes:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    self._given.setdefault(name, []).append(value)
                case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name))], value=value):
                    self._items.setdefault(name, []).append(value)
                case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append")):
                    self._items.setdefault(name, []).extend(node.args)

    def inside(self, node: ast.expr, depth: int = 0) -> Iterator[Inside]:
        """The values of a container, and of those in it, that are lost."""
        for each in self._parts(node, depth):
            if name := self._lost(each, depth):
                yield Inside(type_name=name, line=each.lineno)
            yield from self.inside(each, depth + 1) if depth < _DEEPEST else ()

    def _parts(self, node: ast.expr, depth: int) -> Iterator[ast.expr]:
        match node:
            case ast.Dict(values=values) | ast.List(elts=values) | ast.Tuple(elts=values):
                yield from values
            case ast.ListComp(elt=value) | ast.DictComp(value=value):
                yield value
            case ast.Call(func=ast.Name(id="dict"), keywords=keywords):
                yield from (keyword.value for keyword in keywords)
            case ast.Name(id=name) if depth < _DEEPEST:
                yield from self._items.get(name, ())
                for given in self._given.get(name, ()):
                    yield from self._parts(given, depth + 1)

    def _lost(self, node: ast.expr, depth: int) -> str:
        """The type of a value, where its text shows one that is lost; else nothing."""
        match node:
            case ast.Tuple() | ast.Attribute(attr="shape"):
                return "tuple"
            case ast.Set() | ast.SetComp():
                return "set"
            case ast.Attribute():
                member = as_written(node, self._namespace)
                is_lost = is_a(member, enum.Enum) and not is_a(member, str, int)
                return type(member).__name__ if is_lost else ""
            case ast.Call(func=ast.Attribute(value=owner, attr=attr)) if attr in _MAKERS:
                return self._named(owner)
            case ast.Call(func=called):
                return self._named(called)
            case ast.Name(id=name) if depth < _DEEPEST:
                given = self._given.get(name, ())
                return next(filter(None, (self._lost(each, depth + 1) for each in given)), "")
        return ""

    def _named(self, node: ast.expr) -> str:
        found = as_written(node, self._namespace)
        return found.__name__ if is_a(found, type) and any(found is e for e in _LOST) else ""


def _imported(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, object]]:
    """What a function's own lines import, as far as it is loaded here."""
    for node in nodes:
        match node:
            case ast.Import(names=names):
                yield from ((n.asname or n.name, sys.modules.get(n.name)) for n in names)
            case ast.ImportFrom(module=str(module), names=names) if module in sys.modules:
                there = vars(sys.modules[module])
                yield from ((n.asname or n.name, there.get(n.name)) for n in names)


def own_nodes(function: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function without those of functions inside of it."""
    for node in ast.iter_child_nodes(function):
        yield node
        if not isinstance(node, _SCOPES):
            yield from own_nodes(node)
