"""Which definitions run code of the notebook as they ship, and so may change other things.

A base that counts its subclasses, a metaclass, a decorator of a method, a class body or a default
that calls something: all that ran in the notebook already. What it changed is put back: `put_back`.
"""

from __future__ import annotations

import ast
import enum
import types
from collections.abc import Iterator
from functools import lru_cache

from sfdag_magics.bundle.inspection import attribute_of, attributes_of, bases_of, is_a
from sfdag_magics.bundle.modules import is_local
from sfdag_magics.bundle.taking.lines.bench import Bench
from sfdag_magics.bundle.taking.used.filled_in_classes import changed_by_own_names
from sfdag_magics.bundle.taking.used.names_used import last_name
from sfdag_magics.bundle.written.as_written import is_plain
from sfdag_magics.bundle.written.cell_texts import first_name
from sfdag_magics.bundle.written.computed import is_fixed
from sfdag_magics.bundle.written.definitions import Definition
from sfdag_magics.bundle.written.filling import FILLABLE, FILLING

#: Built-in functions that change what they are given.
_CHANGING = frozenset(("next", "setattr", "delattr", "exec", "eval"))
#: Functions that call one that they are given, or walk through what one gives.
_CALLING = frozenset(("map", "filter", "sorted", "min", "max", "reduce", "starmap", "accumulate"))
#: Functions of others that change a container that they are given.
_CHANGING_OTHERS = frozenset(
    (
        *("heappush", "heappop", "heapify", "heapreplace", "heappushpop", "shuffle"),
        *("insort", "insort_left", "insort_right", "setitem", "delitem", "iadd"),
    )
)
#: What a name may be that only makes something, if it is not the notebook's.
_MAKING = (types.ModuleType, type, types.FunctionType, types.BuiltinFunctionType)
#: Methods of an enum that run as its members are made.
_OF_MEMBERS = ("__new__", "__init__", "_generate_next_value_", "__set_name__")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


#: Asked of what is loaded, which stays where it was loaded from.
_is_local = lru_cache(maxsize=1024)(is_local)


def class_has_effects(bench: Bench, kind: type, definition: Definition | None = None) -> bool:
    """Whether making a class runs a function of the notebook, or sets what is outside of it.

    Args:
        definition: its text; none where a call makes it.
    """
    by_itself = is_hooked(bench, kind) or _makes_members(bench, kind)
    if by_itself or definition is None:
        return by_itself
    return has_calls(bench, definition) or _runs_more(bench, definition.node)


def is_hooked(bench: Bench, kind: type) -> bool:
    """Whether code of the user's runs as a class is made, other than what its text calls."""
    hooked = any(
        "__init_subclass__" in attributes_of(base) and _is_of_user(bench, base)
        for base in bases_of(kind)[1:]
    )
    named = any(
        _is_of_user(bench, type(value)) and attribute_of(type(value), "__set_name__") is not None
        for value in attributes_of(kind).values()
    )
    return hooked or named or _is_of_user(bench, type(kind))


def is_beside(bench: Bench, decorator: ast.expr) -> bool:
    """Whether a decorator is of a module beside the notebook."""
    return _is_beside(bench.namespace.get(first_name(decorator)))


def has_calls(bench: Bench, definition: Definition) -> bool:
    """Whether a definition calls something of the notebook as it runs, or of a module beside it."""
    above = map(first_name, definition.decorators)
    return any(_is_beside(bench.namespace.get(name)) for name in above) or any(
        isinstance(each, ast.Call) and _may_change(bench, each)
        for part in _at_once(definition.node)
        for each in ast.walk(part)
    )


def _makes_members(bench: Bench, kind: type) -> bool:
    """Whether functions of the notebook make the members of an enum."""
    return isinstance(kind, enum.EnumMeta) and any(
        _is_of_user(bench, base) and not attributes_of(base).keys().isdisjoint(_OF_MEMBERS)
        for base in bases_of(kind)
        if base is not kind or "_member_names_" in attributes_of(kind)
    )


def _may_change(bench: Bench, call: ast.Call) -> bool:
    """Whether a call may change something that the notebook has."""
    name = first_name(call.func)
    value = bench.namespace.get(name)
    if _gives_away(bench, call):
        return True
    if value is None:
        return name in _CHANGING
    if bench.is_of_notebook(value) or bench.is_of_notebook(type(value)):
        return True
    if type(value) in FILLABLE:
        fills = isinstance(call.func, ast.Attribute) and call.func.attr in FILLING
        return fills or not (is_plain(value) or _asks_itself(call.func))
    return _is_beside(value) or not (is_a(value, *_MAKING) or is_fixed(value))


def _asks_itself(called: ast.expr) -> bool:
    """Whether it is a method of what has a name, and not of what that holds: `by.get`."""
    return isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name)


def _gives_away(bench: Bench, call: ast.Call) -> bool:
    """Whether what is called calls a function that it is given, or changes a container."""
    given = [*call.args, *(each.value for each in call.keywords)]
    values = [bench.namespace.get(each.id) for each in given if isinstance(each, ast.Name)]
    called = last_name(call.func)
    if called in _CALLING and any(bench.is_of_notebook(each) for each in values):
        return True
    by_type = isinstance(call.func, ast.Attribute) and called in FILLING
    return (by_type or called in _CHANGING_OTHERS) and any(
        type(each) in FILLABLE or bench.is_of_notebook(type(each)) for each in values
    )


def _is_of_user(bench: Bench, kind: type) -> bool:
    """Whether a class is the notebook's, or of a module beside it."""
    return bench.is_of_notebook(kind) or _is_beside(kind)


def _is_beside(value: object) -> bool:
    """Whether it is a module beside the notebook, or of one: a function, a class, an object."""
    if is_a(value, types.ModuleType):
        home = attribute_of(value, "__name__")
    else:
        home = attribute_of(value if is_a(value, *_MAKING) else type(value), "__module__")
    return type(home) is str and _is_local(home)


def _runs_more(bench: Bench, node: ast.AST) -> bool:
    """Whether a class body sets what is outside of it, or has methods below the notebook's."""
    outside = (name for each in _in_body(node) for name in _changed_outside(bench, each))
    if any(name in bench.namespace for name in outside):
        return True
    filled = (name for name in changed_by_own_names(node) if name in bench.namespace)
    return any(_can_be_filled(bench, bench.namespace[name]) for name in filled)


def _can_be_filled(bench: Bench, value: object) -> bool:
    """Whether `x += …` and its kin may change a thing, or what it holds, in place."""
    is_users = bench.is_of_notebook(value) or _is_beside(value)
    return is_users or not (is_a(value, *_MAKING) or is_fixed(value))


def _changed_outside(bench: Bench, node: ast.AST) -> Iterator[str]:
    """Names of the notebook whose things a statement of a class body may change."""
    match node:
        case ast.Global(names=names):
            yield from names
        case ast.Attribute(ctx=ast.Store() | ast.Del()):
            yield first_name(node)
        case ast.Subscript(value=held, ctx=ast.Store() | ast.Del()):
            yield first_name(held)
        case ast.FunctionDef(decorator_list=given) | ast.AsyncFunctionDef(decorator_list=given):
            yield from (
                first_name(each)
                for each in given
                if not (bench.is_foreign(each) or bench.is_ours(each))
                or _is_beside(bench.namespace.get(first_name(each)))
            )


def _in_body(node: ast.AST) -> Iterator[ast.AST]:
    """What a class body runs, those of classes inside of it too; of functions, only that."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, _FUNCTIONS):
            yield from _in_body(child)


def _at_once(node: ast.AST) -> list[ast.AST]:
    """The parts of a definition that run when it does."""
    if isinstance(node, ast.ClassDef):
        inside = [part for each in node.body for part in _at_once(each)]
        return [*_given_above(node), *node.bases, *node.keywords, *inside]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return [node.args, *_given_above(node)]
    return [node.args] if isinstance(node, ast.Lambda) else [node]


def _given_above(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.AST]:
    """What its decorators are given."""
    called = [each for each in node.decorator_list if isinstance(each, ast.Call)]
    return [part for each in called for part in (*each.args, *each.keywords)]
