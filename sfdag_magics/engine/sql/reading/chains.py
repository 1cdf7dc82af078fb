"""Long chains in a tree: of AND and OR as trees of few levels, others counted. Trees only.

A reader of SQL makes of `a OR b OR c …` a tree as deep as the chain is long, and whoever asks for
what is around a term then goes as far up: the square of the terms in all. AND and OR mean the same
however they are put together, so they are put together evenly, in the order they were written.
What else is nested keeps its order, and is counted here: DuckDB's bound is known before the
translation that would be for nothing.
"""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.sql.reading.nesting import too_deep
from sfdag_magics.engine.sql.reading.walking import nodes

#: Chains of so many terms stay as they are read.
_SHORT = 16
#: DuckDB's `max_expression_depth`.
_DEEPEST = 1000
#: What DuckDB does not count, or counts anew inside.
_UNCOUNTED = (exp.Paren, exp.Alias, exp.Connector)


def evenly_chained(tree: exp.Expr) -> exp.Expr:
    """The tree with its long chains of AND and of OR put together evenly."""
    for node in list(nodes(tree)):
        if isinstance(node, exp.And | exp.Or) and type(node.parent) is not type(node):
            terms = _terms(node)
            if len(terms) > _SHORT:
                middle = len(terms) // 2
                node.set("this", _joined(type(node), terms[:middle]))
                node.set("expression", _joined(type(node), terms[middle:]))
    return tree


def refuse_too_deep(tree: exp.Expr, text: str) -> None:
    """Refuse expressions deeper than DuckDB reads.

    Raises:
        SqlError: there is one.
    """
    if len(text) <= _DEEPEST:
        return  # a level takes a character
    levels: dict[int, int] = {}
    for node in nodes(tree):
        above = levels.get(id(node.parent), 0)
        level = 0 if isinstance(node, exp.Query) else above + (not isinstance(node, _UNCOUNTED))
        if level > _DEEPEST:
            raise too_deep()
        levels[id(node)] = level


def _terms(chain: exp.Expr) -> list[exp.Expr]:
    found: list[exp.Expr] = []
    rest = [chain]
    while rest:
        node = rest.pop()
        if type(node) is type(chain):
            rest += [node.args["expression"], node.args["this"]]
        else:
            found.append(node)
    return found


def _joined(kind: type[exp.Expr], terms: list[exp.Expr]) -> exp.Expr:
    if len(terms) == 1:
        return terms[0]
    middle = len(terms) // 2
    left, right = _joined(kind, terms[:middle]), _joined(kind, terms[middle:])
    return kind(this=left, expression=right)
