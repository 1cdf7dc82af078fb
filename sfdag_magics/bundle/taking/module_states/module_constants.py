"""What stands at the top of a module's file, against what the loaded module has there.

Reads the text and the module's names; runs only what computes.
"""

from __future__ import annotations

import ast
import datetime
import decimal
import enum
import fractions
import inspect
import logging
import re
import types
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import PurePath
from typing import TypeVar

from sfdag_magics.bundle.inspection import is_a, module_of
from sfdag_magics.bundle.taking.module_states.difference import shortly
from sfdag_magics.bundle.taking.module_states.patches import GONE
from sfdag_magics.bundle.taking.terms.alike import is_alike
from sfdag_magics.bundle.taking.used.names_used import last_name
from sfdag_magics.bundle.taking.used.what_ran import WhatRan
from sfdag_magics.bundle.written.as_written import UNKNOWN, as_written, is_plain, same_value
from sfdag_magics.bundle.written.cell_texts import nodes_of, parsed_or_none
from sfdag_magics.bundle.written.definitions import Definitions
from sfdag_magics.bundle.written.evaluated import evaluated
from sfdag_magics.bundle.written.filling import FILLABLE, FILLING

#: Bytes of an array that is compared with what the file makes.
LARGEST_ARRAY = 1_000_000
#: How that differs of which only running its file would tell whether it does.
MAYBE = "may have been changed since its file made it"
#: How it does not.
SAME = "is as its file makes it"
#: What has no state of its own that code changes; loggers are told of by themselves.
_STATELESS = (
    *(types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.ModuleType, type),
    *(re.Pattern, PurePath, logging.Logger, enum.Enum, TypeVar, datetime.date, datetime.time),
    *(datetime.timedelta, decimal.Decimal, fractions.Fraction),
)
#: Packages whose objects are only changed by what sets a part of them.
_OPEN = frozenset(("numpy", "pandas", "polars", "pyarrow"))


def other_constants(
    module: types.ModuleType, text: str, written: Definitions, ran: WhatRan
) -> Iterator[tuple[str, object, object, str]]:
    """`(name, value here, value that the file makes, how it differs)`.

    Where nobody can tell what the file makes, how is `MAYBE`, if code that ran may have changed it;
    where it is what the file makes, `SAME`.
    """
    constants = constants_of(text)
    for name in sorted(_bound_otherwise(text) - constants.keys()):
        if name in vars(module) and _may_be_changed(name, vars(module)[name], module, ran):
            yield name, vars(module)[name], UNKNOWN, MAYBE
    for name, said in constants.items():
        expected, now = as_written(said, vars(module)), vars(module).get(name, GONE)
        if now is GONE:
            yield name, now, expected, "is not there any more here"
        elif is_a(now, types.GeneratorType):
            if inspect.getgeneratorstate(now) != inspect.GEN_CREATED:
                yield name, UNKNOWN, expected, "is a generator that was begun here"
        elif is_plain(expected):
            is_same = same_value(expected, now)
            how = f"is {shortly(now, name)} here and {shortly(expected, name)} in its file"
            yield name, now, expected, SAME if is_same else how
        else:
            is_small = getattr(now, "nbytes", 0) <= LARGEST_ARRAY
            expected = _made(said, now, module, written) if is_small else UNKNOWN
            if expected is UNKNOWN:
                if is_small and _may_be_changed(name, now, module, ran):
                    yield name, now, UNKNOWN, MAYBE
            else:
                is_same = is_alike(expected, now)
                how = "is another here than its file makes"
                yield name, now, expected, SAME if is_same else how


def _is_made(said: ast.expr) -> bool:
    """Whether a line makes something that is not written there as it is."""
    made = (ast.Call, ast.ListComp, ast.DictComp, ast.SetComp)
    return any(isinstance(node, made) for node in ast.walk(said)) and not isinstance(
        said, ast.Lambda
    )


def _made(said: ast.expr, now: object, module: types.ModuleType, written: Definitions) -> object:
    """What a line makes; UNKNOWN where what it makes twice cannot be told to be the same."""
    made = evaluated(said, module, written)
    if made is UNKNOWN or is_alike(made, now):
        return made
    return made if is_alike(made, evaluated(said, module, written)) else UNKNOWN


def _may_be_changed(name: str, now: object, module: types.ModuleType, ran: WhatRan) -> bool:
    """Whether code that ran may have made of a module's thing what its file does not."""
    if ran.bound(module.__name__, name):
        return True
    is_container = type(now) in FILLABLE
    if issubclass(type(now), _STATELESS) or (is_plain(now) and not is_container):
        return False
    by_asking = not is_container and module_of(type(now)).partition(".")[0] not in _OPEN
    return ran.changed(module.__name__, name, now, by_asking=by_asking)


def constants_of(text: str) -> Mapping[str, ast.expr]:
    """What each name at the top of a file is set to last, where one line does."""
    tree = parsed_or_none(text)
    last: dict[str, ast.expr] = {}
    for node in tree.body if tree is not None else ():
        match node:
            case ast.Assign(targets=targets, value=value) if _are_paired(targets, value):
                last.update(pair for each in targets for pair in _pairs(each, value))
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                last[name] = value
            case _:
                for name in bound_by(node):
                    last.pop(name, None)
    return last


def _are_paired(targets: Sequence[ast.expr], value: ast.expr) -> bool:
    """Whether each name has an expression: `a = b = 1`, and `a, b = 1, 2`."""
    return all(
        isinstance(each, ast.Name)
        or (
            isinstance(each, ast.Tuple)
            and isinstance(value, ast.Tuple)
            and len(each.elts) == len(value.elts)
            and all(isinstance(part, ast.Name) for part in each.elts)
            and not any(isinstance(part, ast.Starred) for part in value.elts)
        )
        for each in targets
    )


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        yield from zip(map(last_name, target.elts), value.elts, strict=True)


def _bound_otherwise(text: str) -> set[str]:
    """The names of data that a file binds, by whatever statement of its top."""
    tree = parsed_or_none(text)
    no_data = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    nodes = [
        node for node in (tree.body if tree is not None else ()) if not isinstance(node, no_data)
    ]
    return {name for node in nodes for name in bound_by(node)}


def bound_by(node: ast.AST) -> Iterator[str]:
    """The names that a statement binds or deletes as it runs, what stands inside of it too."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
            return
        case ast.Lambda():
            return
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            yield name
        case ast.alias(name=name, asname=other):
            yield other or name.partition(".")[0]
    for child in ast.iter_child_nodes(node):
        yield from bound_by(child)


@lru_cache(maxsize=1024)
def attributes_set(text: str) -> frozenset[str]:
    """The names of attributes that code of a file sets: `net.k = 1`, `Cls.n += 1`."""
    return frozenset(
        node.attr
        for node in nodes_of(text)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
    )


@lru_cache(maxsize=1024)
def set_by_name(text: str) -> frozenset[str]:
    """The names of what code of a file gives to `setattr`."""
    return frozenset(
        last_name(node.args[0])
        for node in nodes_of(text)
        if isinstance(node, ast.Call) and last_name(node.func) == "setattr" and node.args
    )


@lru_cache(maxsize=1024)
def bound_in_classes(text: str) -> frozenset[str]:
    """The names that bodies of classes bind."""
    classes = [node for node in nodes_of(text) if isinstance(node, ast.ClassDef)]
    return frozenset(name for each in classes for part in each.body for name in bound_by(part))


@lru_cache(maxsize=1024)
def filled_names(text: str) -> frozenset[str]:
    """The names of what code of a file puts something into, or takes something out of."""
    return frozenset(_filled(text))


def _filled(text: str) -> Iterator[str]:
    tree = parsed_or_none(text)
    for node in ast.walk(tree) if tree is not None else ():
        match node:
            case ast.Call(func=ast.Attribute(attr=called, value=held)) if called in FILLING:
                yield _holder(held)
            case ast.Call(func=ast.Name(id="next"), args=[held, *_]):
                yield _holder(held)
            case ast.Subscript(value=held, ctx=ast.Store() | ast.Del()):
                yield _holder(held)


def _holder(node: ast.expr) -> str:
    """The name of what holds something: `D` of `D["a"]["b"]`."""
    while isinstance(node, ast.Subscript):
        node = node.value
    return last_name(node)
