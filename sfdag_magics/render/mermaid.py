"""A graph as Mermaid text, for READMEs and wikis that draw it. Knows no states.

Ids are neutral (`n0`, `n1`, …) and labels are quoted with Mermaid's own entity codes, so that a
name is never read as syntax.
"""

from __future__ import annotations

from sfdag_magics.render.shape import EdgeKind, Node, NodeKind, Shape

_BRACKETS = {
    NodeKind.PYTHON: ("[", "]"),
    NodeKind.SQL: ("[(", ")]"),
    NodeKind.BRANCH: ("{", "}"),
    NodeKind.FINALIZER: ("([", "])"),
}
_ARROWS = {EdgeKind.AFTER: "-->", EdgeKind.BRANCH: "-.->", EdgeKind.FINALIZER: "-.-"}


def mermaid(shape: Shape) -> str:
    """The shape as a Mermaid flowchart, from left to right."""
    ids = {node.name: f"n{index}" for index, node in enumerate(shape.nodes)}
    grouped = {name for members in shape.groups.values() for name in members}
    lines = ["flowchart LR"]
    for index, (group, members) in enumerate(shape.groups.items()):
        inside = [node for node in shape.nodes if node.name in members]
        lines += [f"  subgraph g{index}[{quoted(group)}]"]
        lines += [f"    {_node(ids[node.name], node)}" for node in inside]
        lines += ["  end"]
    lines += [
        f"  {_node(ids[node.name], node)}" for node in shape.nodes if node.name not in grouped
    ]
    lines += [f"  {ids[edge.tail]} {_ARROWS[edge.kind]} {ids[edge.head]}" for edge in shape.edges]
    return "\n".join([*lines, ""])


def quoted(text: str) -> str:
    """`text` as a quoted label: letters, digits and a few marks as they are, the rest by code."""
    return '"' + "".join(_letter(char) for char in text) + '"'


def _letter(char: str) -> str:
    return char if char.isalnum() or char in " _-.,:$" else f"#{ord(char)};"


def _node(node_id: str, node: Node) -> str:
    opening, closing = _BRACKETS[node.kind]
    return f"{node_id}{opening}{quoted(node.name)}{closing}"
