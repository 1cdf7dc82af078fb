"""How a tree is gone through: each way hears on its way that the statement must end.

sqlglot's own `walk`, `find_all` and their kin hear nothing; they are called here only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from sqlglot import exp

from sfdag_magics.engine.hearing import hearing

_Node = TypeVar("_Node", bound=exp.Expr)


def nodes(tree: exp.Expr, prune: Callable[[exp.Expr], bool] | None = None) -> Iterator[exp.Expr]:
    """The tree and all in it, the outer ones first; nothing inside of what `prune` says."""
    return hearing(tree.bfs(prune=prune))


def found_in(tree: exp.Expr, *kinds: type[_Node]) -> Iterator[_Node]:
    """The nodes of these kinds, the outer ones first."""
    return (node for node in nodes(tree) if isinstance(node, kinds))


def bottom_up(tree: exp.Expr, change: Callable[[exp.Expr], exp.Expr]) -> exp.Expr:
    """The tree with every node as `change` returns it; `change` may put its node into another."""
    for node in hearing(reversed(list(nodes(tree)))):
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
