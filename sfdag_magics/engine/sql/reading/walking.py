"""How rewrites go through a tree: from the leaves up, so that what is inside is done first."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from sfdag_magics.engine.sql.reading.hearing import hearing


def bottom_up(tree: exp.Expr, change: Callable[[exp.Expr], exp.Expr]) -> exp.Expr:
    """The tree with every node as `change` returns it; `change` may put its node into another."""
    for node in hearing(reversed(list(tree.bfs()))):
        parent, key, index = node.parent, node.arg_key, node.index
        changed = change(node)
        if changed is node:
            continue
        if parent is None or key is None or node is tree:
            tree = changed
            changed.parent = None
        else:
            parent.set(key, changed, index)
    return tree
