"""What a topic says of a function whose call is rewritten by its arguments. Only the shape."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from sfdag_magics.engine.borders.answers import SfType
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """How a call becomes DuckDB's.

    Attributes:
        rewrite: takes the call, where it stands, and its arguments, of which there are enough.
        fewest, most: arguments.
        type: of its value, None where DuckDB's is right.
    """

    rewrite: Callable[[exp.Expr, list[exp.Expr]], exp.Expr]
    fewest: int = 1
    most: int = 1
    type: SfType | None = None


def macro(name: str, *arguments: exp.Expr) -> exp.Expr:
    """A call of a macro, or of a function of DuckDB's."""
    return exp.Anonymous(this=name, expressions=list(arguments))
