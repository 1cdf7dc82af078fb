"""Definitions inside functions: which of their decorators run again, and what these are given.

A name that the function around binds is its own, whatever the notebook has by that name.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence

from sfdag_magics.bundle.taking.lines.bench import Bench
from sfdag_magics.bundle.written.cell_texts import first_name, names_in
from sfdag_magics.bundle.written.definitions import Definition
from sfdag_magics.bundle.written.made_inside import MadeInside


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


def is_lost(decorator: ast.expr, inside: MadeInside, enclosed: Collection[str]) -> bool:
    """Whether a decorator was given what only the call that is over knew."""
    return not inside.lost.isdisjoint(names_in(decorator) - set(enclosed))


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
