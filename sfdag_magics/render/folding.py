"""A shape with each of its groups as one box: what a large graph is shown as at first. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from sfdag_magics.light_classes import dataclass
from sfdag_magics.render.shape import Edge, Node, Shape

#: Up to so many tasks a picture is read as it is.
FEW = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """A shape of boxes that each stand for some tasks.

    Attributes:
        shape: its nodes are called as their groups and tasks are, and told apart where they share
            a name.
        tasks: `{node: the tasks it stands for}`, in the order of the whole shape.
    """

    shape: Shape
    tasks: dict[str, tuple[str, ...]]


def folded(shape: Shape, unfolded: Collection[str] = ()) -> Folded | None:
    """The shape with its groups folded but for some; None where it is small, or has no groups."""
    groups = {name: tasks for name, tasks in shape.groups.items() if len(tasks) > 1}
    if len(shape.nodes) <= FEW or not groups:
        return None
    tasks: dict[str, tuple[str, ...]] = {}
    nodes: list[Node] = []
    box: dict[str, str] = {}
    for node in shape.nodes:
        if node.name in box:
            continue
        is_open = node.group in unfolded
        those = (node.name,) if is_open else groups.get(node.group or "", (node.name,))
        title = (node.group or node.name) if len(those) > 1 else node.name
        while title in tasks:
            title += "\N{PRIME}"
        tasks[title] = those
        box.update(dict.fromkeys(those, title))
        nodes.append(replace(node, name=title, group=node.group if is_open else None))
    between = {(box[edge.tail], box[edge.head]): edge.kind for edge in shape.edges}
    edges = tuple(
        Edge(tail=tail, head=head, kind=kind)
        for (tail, head), kind in between.items()
        if tail != head
    )
    made = Shape(name=shape.name, nodes=tuple(nodes), edges=edges)
    return Folded(shape=made, tasks=tasks)
