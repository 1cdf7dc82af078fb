"""A shape as DOT text to keep or to draw elsewhere, with names as labels. Knows no states."""

from __future__ import annotations

from sfdag_magics.render.shape import EdgeKind, NodeKind, Shape

_NODE_SHAPES = {
    NodeKind.PYTHON: "box",
    NodeKind.SQL: "cylinder",
    NodeKind.BRANCH: "diamond",
    NodeKind.FINALIZER: "octagon",
}
_EDGE_STYLES = {EdgeKind.AFTER: "solid", EdgeKind.BRANCH: "dashed", EdgeKind.FINALIZER: "dotted"}


def dot(shape: Shape) -> str:
    """The shape as a DOT digraph; ids are neutral, names are labels."""
    ids = {node.name: f"n{index}" for index, node in enumerate(shape.nodes)}
    lines = [f"digraph {quoted(shape.name)} {{", "  rankdir=LR", "  node [style=rounded]"]
    lines += [
        f"  {ids[node.name]} [label={quoted(node.name)} shape={_NODE_SHAPES[node.kind]}]"
        for node in shape.nodes
    ]
    for index, (group, members) in enumerate(shape.groups.items()):
        inside = " ".join(ids[name] for name in members)
        lines.append(f"  subgraph cluster_{index} {{ label={quoted(group)} {inside} }}")
    lines += [
        f"  {ids[edge.tail]} -> {ids[edge.head]} [style={_EDGE_STYLES[edge.kind]}]"
        for edge in shape.edges
    ]
    return "\n".join([*lines, "}", ""])


def quoted(text: str) -> str:
    r"""`text` as a DOT string that is shown as it is: no escapes (`\N`), no HTML, no entities."""
    printable = "".join(
        char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text
    )
    shown = printable.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{shown}"'
