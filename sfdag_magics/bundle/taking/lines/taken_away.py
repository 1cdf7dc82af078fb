"""Attributes that code gave a class or function as it was made, and that a cell deleted since.

Where the definition runs again, that code gives them again. Only where cells delete attributes at
all is there a line: it takes away what the notebook has not. Runs nothing.
"""

from __future__ import annotations

import ast
import enum
import types
from collections.abc import Iterable
from functools import lru_cache

from sfdag_magics.bundle.inspection import attributes_of, is_a
from sfdag_magics.bundle.taking.lines.bench import Bench
from sfdag_magics.bundle.taking.lines.side_effects import is_beside, is_hooked
from sfdag_magics.bundle.taking.used.names_used import last_name
from sfdag_magics.bundle.written.cell_texts import nodes_of, parsed_or_none
from sfdag_magics.bundle.written.decorated_state import is_made_by_user
from sfdag_magics.bundle.written.functions_in import functions_below

#: How names begin that Python and its modules give for themselves: others where the task runs.
_OF_PYTHON = ("__", "_abc_")
_DELETING = frozenset(("delattr", "__delattr__", "pop", "popitem", "clear"))


def taken_from_class(
    bench: Bench, name: str, kind: type, node: ast.AST | None, kept: Iterable[ast.expr] = ()
) -> list[str]:
    """Lines for a class, its methods and the classes in it, where code of the user's makes them.

    Args:
        node: its text; none where a call makes it.
        kept: its decorators that run again.
    """
    if not _deletes(bench):
        return []
    own, lines = attributes_of(kind), list[str]()
    is_made = is_hooked(bench, kind) or any(is_beside(bench, each) for each in kept)
    if is_made and not isinstance(kind, enum.EnumMeta):
        known = sorted(each for each in own if not each.startswith(_OF_PYTHON))
        held = f"{{each for each in vars({name}) if not each.startswith({_OF_PYTHON!r})}}"
        lines.append(f"[type.__delattr__({name}, each) for each in {held} - {{*{known!r}}}]")
    for each in getattr(node, "body", ()):
        value = own.get(getattr(each, "name", ""))
        if isinstance(each, ast.ClassDef) and is_a(value, type):
            lines += taken_from_class(
                bench, f"{name}.{each.name}", value, each, each.decorator_list
            )
        elif any(_is_users(bench, above) for above in getattr(each, "decorator_list", ())):
            lines += taken_from(bench, f"{name}.__dict__[{each.name!r}]", value)
    return lines


def taken_from(bench: Bench, name: str, value: object) -> list[str]:
    """Lines for a function, and what decorators of the user's made of it."""
    if not _deletes(bench):
        return []
    things: dict[int, tuple[str, object]] = {id(value): (name, value)}
    for path, function in functions_below(name, value):
        things.setdefault(id(function), (path, function))
    users = [(path, thing) for path, thing in things.values() if _is_of_user(thing)]
    return [_without_others(path, attributes_of(thing)) for path, thing in users]


def _without_others(path: str, known: Iterable[str]) -> str:
    return f"[vars({path}).pop(each) for each in {{*vars({path})}} - {{*{sorted(known)!r}}}]"


def _is_users(bench: Bench, decorator: ast.expr) -> bool:
    return is_beside(bench, decorator) or not bench.is_of_others(decorator)


def _is_of_user(thing: object) -> bool:
    return is_a(thing, types.FunctionType) or (
        is_made_by_user(thing) and not is_a(thing, type) and hasattr(thing, "__dict__")
    )


def _deletes(bench: Bench) -> bool:
    return bool(bench.definitions.cells.where(_deletes_attributes))


@lru_cache(maxsize=16_384)  # the cells of a long day
def _deletes_attributes(text: str) -> bool:
    if "del" not in text and "__dict__" not in text and "vars(" not in text:
        return False
    return parsed_or_none(text) is not None and any(map(_is_deleting, nodes_of(text)))


def _is_deleting(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(ctx=ast.Del()):
            return True
        case ast.Subscript(value=held, ctx=ast.Del()):
            return _is_of_names(held)
        case ast.Call(func=ast.Attribute(value=held, attr=called)) if called in _DELETING:
            return called == "__delattr__" or _is_of_names(held)
        case ast.Call(func=called):
            return last_name(called) == "delattr"
    return False


def _is_of_names(held: ast.expr) -> bool:
    """Whether it is what holds the attributes of something."""
    by_call = isinstance(held, ast.Call) and last_name(held.func) == "vars"
    return by_call or last_name(held) == "__dict__"
