"""A shape with each of its groups as one box, and what these boxes say of a run. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from sfdag_magics.graph.grouped import GroupRun, group_run
from sfdag_magics.light_classes import dataclass
from sfdag_magics.render.run_seen import RunSeen
from sfdag_magics.render.shape import Edge, Node, Shape

#: Up to so many tasks a picture is read as it is; a larger one is shown folded at first.
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

    @property
    def titles(self) -> dict[str, str]:
        """`{node: what it is called where nobody can unfold it}`: with how many it stands for."""
        found: dict[str, str] = {}
        for name, tasks in self.tasks.items():
            title = f"{name} · {len(tasks)} tasks" if len(tasks) > 1 else name
            while title in found.values():
                title += "\N{PRIME}"
            found[name] = title
        return found


def folded(shape: Shape, unfolded: Collection[str] = ()) -> Folded | None:
    """The shape with its groups folded but for some; None where no group has several tasks."""
    groups = {name: tasks for name, tasks in shape.groups.items() if len(tasks) > 1}
    if not groups:
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


def as_read(shape: Shape) -> Folded | None:
    """What a picture shows that nobody can unfold: a large graph by its groups; None for others."""
    return folded(shape) if len(shape.nodes) > FEW else None


def told_of(small: Folded, run: RunSeen | None) -> dict[str, GroupRun]:
    """`{node: what its group did}` of the boxes that stand for several tasks."""
    if run is None:
        return {}
    groups = {title: tasks for title, tasks in small.tasks.items() if len(tasks) > 1}
    return {
        title: group_run(title, {name: run.tasks.get(name) for name in tasks})
        for title, tasks in groups.items()
    }


def renamed(shape: Shape, names: Mapping[str, str]) -> Shape:
    """The shape with its nodes called otherwise."""
    nodes = tuple(replace(node, name=names[node.name]) for node in shape.nodes)
    edges = tuple(
        replace(edge, tail=names[edge.tail], head=names[edge.head]) for edge in shape.edges
    )
    return replace(shape, nodes=nodes, edges=edges)
