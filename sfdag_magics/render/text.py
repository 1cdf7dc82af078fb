"""A graph and its run as plain text, for terminals, logs and headless runs. Knows no markup."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from sfdag_magics.graph.names import counted
from sfdag_magics.graph.states import DisplayState
from sfdag_magics.render.run_seen import RunSeen, TaskSeen, headline, task_note
from sfdag_magics.render.shape import EdgeKind, Node, NodeKind, Shape
from sfdag_magics.render.sight import Sight

#: Longer names are shortened, so that the columns stay columns.
NAME_WIDTH = 40


def graph_text(
    shape: Shape,
    run: RunSeen | None = None,
    *,
    now: datetime | None = None,
    unseen: str = Sight.CLEAR.plain,
) -> str:
    """One line for the graph and one for each task: glyph, name, state, what it stands after.

    Args:
        unseen: what is said where there is no run to show.
    """
    now = now or datetime.now(UTC)
    if run is None:
        first = f"{plain(shape.name)}: {counted(len(shape.nodes), 'task')}, {unseen}"
    else:
        first = f"{plain(shape.name)}: {headline(run, now=now)}"
    tasks: Mapping[str, TaskSeen] = run.tasks if run is not None else {}
    width = min(max((len(plain(node.name)) for node in shape.nodes), default=0), NAME_WIDTH)
    above = _above(shape)
    lines = (_line(node, above[node.name], tasks, width, now) for node in shape.nodes)
    return "\n".join([first, *lines])


def plain(text: str) -> str:
    """`text` on one line with nothing a terminal would obey: no escapes, no direction changes."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def _above(shape: Shape) -> dict[str, list[str]]:
    """What each task stands after, as it is said; in one walk over the edges of a large graph."""
    above: dict[str, list[str]] = {node.name: [] for node in shape.nodes}
    for edge in shape.edges:
        tail = plain(edge.tail)
        above[edge.head].append(f"{tail}'s answer" if edge.kind is EdgeKind.BRANCH else tail)
    return above


def _line(
    node: Node, above: list[str], tasks: Mapping[str, TaskSeen], width: int, now: datetime
) -> str:
    task = tasks.get(node.name)
    name = plain(node.name)
    if len(name) > width:
        name = f"{name[: width - 1]}…"
    glyph = (task.state if task else DisplayState.PENDING).glyph
    note = task_note(task, now=now) if task else ""
    if task is not None and task.progress is not None and task.state is DisplayState.RUNNING:
        note = f"{note} · {plain(str(task.progress))}"
    relation = " · ".join(filter(None, (_relation(node, above), node.absence)))
    return f"  {glyph} {name:<{width}}  {note:<22}  {relation}".rstrip()


def _relation(node: Node, above: list[str]) -> str:
    if node.kind is NodeKind.FINALIZER:
        return "when everything else has ended"
    return f"after {', '.join(above)}" if above else ""
