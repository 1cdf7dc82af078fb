"""Operators on plain values, with bounds: what would grow without end is not known.

Knows values and operators; nothing of a program.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

from sfdag_magics.client.importing.program.known_calls import MOST
from sfdag_magics.client.importing.program.values import Partly, Unknown

BINARY: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.BitOr: operator.or_,
}
COMPARED: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda a, b: a in b,
    ast.NotIn: lambda a, b: a not in b,
}
UNARY: Mapping[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.Not: operator.not_,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
#: What a function of plain values may raise; then it is not known.
_FAILS = (TypeError, ValueError, KeyError, IndexError, AttributeError, ArithmeticError, MemoryError)
#: A width that makes a text longer than any task needs.
_WIDE = re.compile(r"\d{5,}")


def unknown(node: ast.expr) -> Unknown:
    """The value of an expression that nobody knows before it runs."""
    return Unknown(ast.unparse(node))


def tried(work: Callable[[], object], node: ast.expr) -> object:
    """What a computation gives, unknown where it fails."""
    try:
        return work()
    except _FAILS:
        return unknown(node)


def joined(left: str, right: str) -> str:
    """Two texts as one, of which some may not be known."""
    lost = (*_lost(left), *_lost(right))
    return Partly(f"{left}{right}", lost) if lost else left + right


def _lost(text: str) -> tuple[str, ...]:
    return text.unknown if isinstance(text, Partly) else ()


def is_large(op: ast.operator, left: object, right: object) -> bool:
    """Whether a result may be larger than a program of tasks has use for."""
    sizes = [len(each) for each in (left, right) if isinstance(each, (str, list, tuple, dict))]
    numbers = [abs(each) for each in (left, right) if isinstance(each, (int, float))]
    if isinstance(op, ast.Mult) and sizes and numbers:
        return max(sizes) * max(numbers) > MOST
    if isinstance(op, ast.Mod) and isinstance(left, str):
        return is_wide(left)
    return sum(sizes) > 10 * MOST or max(numbers, default=0) > 10**100


def is_wide(form: object) -> bool:
    """Whether a form of a text asks for a very long one."""
    return isinstance(form, str) and _WIDE.search(form) is not None
