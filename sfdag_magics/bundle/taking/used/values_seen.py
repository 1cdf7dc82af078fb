"""What expressions inside of functions are, as far as names, defaults and settings tell.

A parameter is its default, a variable what its lines give it, `CFG.path` what the class has by
now, `self` an object of the notebook that has the method's class. Runs nothing of anybody's.
"""

from __future__ import annotations

import ast
import collections
import copy
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from pathlib import PurePath
from typing import cast

from sfdag_magics.bundle.inspection import attribute_of, is_a, module_of, name_of_class
from sfdag_magics.bundle.written.as_written import UNKNOWN
from sfdag_magics.bundle.written.cell_texts import nodes_of
from sfdag_magics.bundle.written.computed import fixed_value

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
#: Of a table that is gone through.
_MOST = 50
#: What stands for a value in an expression, which no name of Python does.
_STANDS = "<{}>"


class Seen:
    """The names of a text, its own before those of the notebook."""

    def __init__(self, text: str, namespace: Mapping[str, object]) -> None:
        self._namespace = namespace
        self._own = _objects_of(text, namespace)
        for name, node in _given(text):
            self._own.setdefault(name, []).extend(self.values(node))
        for name, node in _gone_through(text):
            held = [each for found in self.values(node) for each in _items(found)]
            self._own.setdefault(name, []).extend(held)

    def values(self, node: ast.expr) -> list[object]:
        """What an expression may be; nothing where nobody can say."""
        if isinstance(node, ast.Name) and node.id in self._own:
            return self._own[node.id]
        if isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
            found = self._path(node)
        else:
            found = self._made(node)
        return [] if found is UNKNOWN else [found]

    def _path(self, node: ast.expr) -> object:
        """What a name is, or an attribute or item of what one is."""
        match node:
            case ast.Name(id=name) if name in self._own:
                return next(iter(self._own[name]), UNKNOWN)
            case ast.Name(id=name):
                return self._namespace.get(name, UNKNOWN)
            case ast.Attribute(value=value, attr=attr):
                owner = self._path(value)
                return UNKNOWN if owner is UNKNOWN else attribute_of(owner, attr, UNKNOWN)
            case ast.Subscript(value=value, slice=ast.Constant(value=key)):
                return _item(self._path(value), key)
        return UNKNOWN

    def _made(self, node: ast.expr) -> object:
        """What a call or a sum makes, with settings in the place of what names them."""
        filled = _Filled(self._path)
        whole = filled.visit(copy.deepcopy(node))
        seen = collections.ChainMap(
            filled.values, cast(MutableMapping[str, object], self._namespace)
        )
        return fixed_value(whole, seen)


class _Filled(ast.NodeTransformer):
    """Puts names that stand for values into an expression."""

    def __init__(self, path: Callable[[ast.expr], object]) -> None:
        self._path = path
        self.values: dict[str, object] = {}

    def _fill(self, node: ast.expr) -> ast.expr:
        found = self._path(node)
        if not (is_a(found, str) or is_a(found, PurePath) or is_a(found, int)):
            self.generic_visit(node)
            return node
        name = _STANDS.format(len(self.values))
        self.values[name] = found
        return ast.Name(id=name, ctx=ast.Load())

    visit_Name = visit_Attribute = visit_Subscript = _fill  # noqa: N815 - as ast calls them


def _objects_of(text: str, namespace: Mapping[str, object]) -> dict[str, list[object]]:
    """`{"self": [an object of the notebook]}` where a text is a class, and there is one."""
    home = namespace.get("__name__", "__main__")
    names = {node.name for node in nodes_of(text) if isinstance(node, ast.ClassDef)}
    kinds = ((value, type(value)) for value in (namespace.values() if names else ()))
    found = (v for v, k in kinds if module_of(k) == home and name_of_class(k) in names)
    first = next(found, None)
    return {} if first is None else {"self": [first]}


def _given(text: str) -> Iterator[tuple[str, ast.expr]]:
    """Parameters with their defaults, and variables with what they are set to."""
    for node in nodes_of(text):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield name, value
        if isinstance(node, _FUNCTIONS):
            arguments = [*node.args.posonlyargs, *node.args.args]
            late = arguments[len(arguments) - len(node.args.defaults) :]
            yield from ((a.arg, said) for a, said in zip(late, node.args.defaults, strict=True))
            pairs = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
            yield from ((a.arg, said) for a, said in pairs if said is not None)


def _gone_through(text: str) -> Iterator[tuple[str, ast.expr]]:
    """Variables of loops, with what these go through."""
    for node in nodes_of(text):
        match node:
            case ast.For(target=ast.Name(id=name), iter=over):
                yield name, over
            case ast.comprehension(target=ast.Name(id=name), iter=over):
                yield name, over


def _items(value: object) -> list[object]:
    return [*value][:_MOST] if is_a(value, list) or is_a(value, tuple) else []


def _item(value: object, key: object) -> object:
    if is_a(value, dict) and type(value) is dict:
        return value.get(key, UNKNOWN) if is_a(key, str) or is_a(key, int) else UNKNOWN
    if type(value) in (list, tuple) and is_a(key, int):
        held = _items(value)
        return held[key] if -len(held) <= key < len(held) else UNKNOWN
    return UNKNOWN
