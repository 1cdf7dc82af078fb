"""What stands at the top of a module's file, against what the loaded module has there.

Reads the text and the module's names; runs only what computes.
"""

from __future__ import annotations

import ast
import inspect
import types
from collections.abc import Iterator, Mapping
from functools import lru_cache

from sfdag_magics.bundle.inspection import is_a
from sfdag_magics.bundle.taking.alike import is_alike
from sfdag_magics.bundle.taking.difference import shortly
from sfdag_magics.bundle.taking.names_used import last_name
from sfdag_magics.bundle.taking.patches import GONE
from sfdag_magics.bundle.written.as_written import UNKNOWN, as_written, is_plain, same_value
from sfdag_magics.bundle.written.cell_texts import parsed_or_none
from sfdag_magics.bundle.written.definitions import Definitions
from sfdag_magics.bundle.written.evaluated import evaluated
from sfdag_magics.bundle.written.filling import FILLING

#: Bytes of an array that is compared with what the file makes.
LARGEST_ARRAY = 1_000_000


def other_constants(
    module: types.ModuleType, text: str, written: Definitions
) -> Iterator[tuple[str, object, object, str]]:
    """`(name, value here, value that the file makes, how it differs)`, as far as that is sure."""
    for name, said in constants_of(text).items():
        expected, now = as_written(said, vars(module)), vars(module).get(name, GONE)
        if now is GONE:
            yield name, now, expected, "is not there any more here"
        elif is_a(now, types.GeneratorType):
            if inspect.getgeneratorstate(now) != inspect.GEN_CREATED:
                yield name, UNKNOWN, expected, "is a generator that was begun here"
        elif is_plain(expected):
            if not same_value(expected, now):
                how = f"is {shortly(now, name)} here and {shortly(expected, name)} in its file"
                yield name, now, expected, how
        elif isinstance(said, ast.Call) and getattr(now, "nbytes", 0) <= LARGEST_ARRAY:
            expected = evaluated(said, module, written)
            if expected is not UNKNOWN and not is_alike(expected, now):
                yield name, now, expected, "is another here than its file makes"


def constants_of(text: str) -> Mapping[str, ast.expr]:
    """What each name at the top of a file is set to last, where one line does."""
    tree = parsed_or_none(text)
    last: dict[str, ast.expr] = {}
    for node in tree.body if tree is not None else ():
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                last[name] = value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                last[name] = value
            case _:
                for name in bound_by(node):
                    last.pop(name, None)
    return last


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
def filled_names(text: str) -> frozenset[str]:
    """The names of what code of a file puts something into, or takes something out of."""
    return frozenset(_filled(text))


def _filled(text: str) -> Iterator[str]:
    tree = parsed_or_none(text)
    for node in ast.walk(tree) if tree is not None else ():
        match node:
            case ast.Call(func=ast.Attribute(attr=called, value=held)) if called in FILLING:
                yield last_name(held)
            case ast.Subscript(value=held, ctx=ast.Store() | ast.Del()):
                yield last_name(held)
