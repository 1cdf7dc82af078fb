"""How a tree is gone through: each way hears on its way that the statement must end.

sqlglot's own `walk`, `find_all` and their kin hear nothing; they are called here only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from sqlglot import exp

from sfdag_magics.engine.limits.hearing import hearing

_Node = TypeVar("_Node", bound=exp.Expr)
#: Types of nodes, and what becomes of one of them.
Change = tuple[tuple[type[exp.Expr], ...], Callable[[exp.Expr], exp.Expr]]


def nodes(tree: exp.Expr, prune: Callable[[exp.Expr], bool] | None = None) -> Iterator[exp.Expr]:
    """The tree and all in it, the outer ones first; nothing inside of what `prune` says."""
    return hearing(tree.bfs(prune=prune))


def found_in(tree: exp.Expr, *kinds: type[_Node]) -> Iterator[_Node]:
    """The nodes of these kinds, the outer ones first."""
    return (node for node in nodes(tree) if isinstance(node, kinds))


def bottom_up(tree: exp.Expr, changes: Sequence[Change]) -> exp.Expr:
    """The tree with every node of these types as its changes return it, one after the other.

    A change may put its node into another; it is asked for nodes that were there before.
    """
    kinds = tuple(kind for these, _ in changes for kind in these)
    wanted = [node for node in nodes(tree) if isinstance(node, kinds)]
    for node in hearing(reversed(wanted)):
        parent, key, index = node.parent, node.arg_key, node.index
        if node is tree:
            parent = None
        changed = node
        for these, change in changes:
            if not isinstance(changed, these):
                continue
            before, changed = changed, change(changed)
            if changed is before:
                continue
            if parent is None or key is None:
                tree, changed.parent = changed, None
            else:
                parent.set(key, changed, index)
    return tree
