"""Definitions inside functions: which of their decorators run again, and what these are given.

A name that the function around binds is its own, whatever the notebook has by that name.
"""

from __future__ import annotations

import ast
import builtins
import types
from collections.abc import Collection, Sequence

from sfdag_magics.bundle.inspection import is_a
from sfdag_magics.bundle.taking.lines.bench import Bench
from sfdag_magics.bundle.written.cell_texts import first_name, names_in
from sfdag_magics.bundle.written.definitions import Definition
from sfdag_magics.bundle.written.made_inside import MadeInside

#: What travels, or is refused, by its own name.
_BY_NAME = (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, type)


def is_foreign(
    bench: Bench, decorator: ast.expr, inside: MadeInside, *, of_objects: bool = False
) -> bool:
    """See `Bench.is_foreign`; a decorator that the function around defines is the notebook's.

    Args:
        of_objects: whether one counts that an object of the notebook has: `Bench.is_of_others`.
    """
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    root = first_name(called)
    is_one = bench.is_of_others if of_objects else bench.is_foreign
    return root in inside.known or (root not in inside.lost and is_one(decorator))


def is_gone(bench: Bench, decorator: ast.expr, inside: MadeInside) -> bool:
    """Whether nobody has a decorator any more: what it made is there all the same."""
    root = first_name(decorator.func if isinstance(decorator, ast.Call) else decorator)
    return not (root in bench.namespace or root in inside.known or hasattr(builtins, root))


def is_lost(decorator: ast.expr, inside: MadeInside, enclosed: Collection[str]) -> bool:
    """Whether a decorator was given what only the call that is over knew."""
    return not inside.lost.isdisjoint(names_in(decorator) - set(enclosed))


def takes_what_stays(bench: Bench, said: ast.expr, holder: object) -> bool:
    """Whether an expression is computed of a thing that cannot travel: `n=len(frame)`."""
    used = [bench.namespace[name] for name in names_in(said) if name in bench.namespace]
    return any(
        each is not holder and not is_a(each, *_BY_NAME) and not bench.can_travel(each)
        for each in used
    )


def needed_when_made(
    definition: Definition, inside: MadeInside, dropped: Sequence[ast.expr]
) -> dict[str, object]:
    """`{name: value}` of what a definition reads as it is made, without some decorators."""
    node = definition.node
    parts: list[ast.AST] = [each for each in definition.decorators if each not in dropped]
    if isinstance(node, ast.ClassDef):
        parts += [*node.bases, *node.keywords]
    else:
        returns = None if isinstance(node, ast.Lambda) else node.returns
        parts += [node.args, *([returns] if returns is not None else [])]
    read = frozenset().union(*map(names_in, parts))
    return {name: value for name, value in inside.known.items() if name in read}
