"""Values written into a text, for expressions that are another thing when it runs again."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from sfdag_magics.bundle.taking.lines.bench import Bench
from sfdag_magics.bundle.taking.lines.since import travels
from sfdag_magics.bundle.written.as_it_ran import Ran
from sfdag_magics.bundle.written.computed import Computed


def put_in(bench: Bench, name: str, found: Iterable[Ran]) -> dict[ast.expr, str]:
    """`{expression: the text that stands for it}`; one that cannot be written stays, and is said.

    Raises:
        NoExpression: a value cannot be written.
    """
    return {
        each.node: bench.whole(each.value)
        for each in found
        if each.is_lost
        or travels(bench, f"{name}: {each.path}", Computed(value=each.value, nodes=(each.node,)))
    }
