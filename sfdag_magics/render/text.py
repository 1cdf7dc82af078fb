"""A graph and its run as plain text, for terminals, logs and headless runs. Knows no markup."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from sfdag_magics.graph.grouped import group_run
from sfdag_magics.graph.names import counted
from sfdag_magics.graph.states import DisplayState
from sfdag_magics.render.metrics.model_seen import metric_of
from sfdag_magics.render.run_seen import (
    RunSeen,
    TaskSeen,
    duration_text,
    headline,
    task_note,
    took,
)
from sfdag_magics.render.shape import EdgeKind, Node, NodeKind, Shape
from sfdag_magics.render.sight import Sight

#: Longer names are shortened, so that the columns stay columns.
NAME_WIDTH = 40
_NOTE_WIDTH = 22


def graph_text(
    shape: Shape,
    run: RunSeen | None = None,
    *,
    now: datetime | None = None,
    unseen: str = Sight.CLEAR.plain,
    usual: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """One line for the graph, one for each task and, of a run, one for each group of tasks.

    Args:
        unseen: what is said where there is no run to show.
        usual: what is said beside how long each took, by `usual_words`.
    """
    now = now or datetime.now(UTC)
    if run is None:
        first = f"{plain(shape.name)}: {counted(len(shape.nodes), 'task')}, {unseen}"
    else:
        first = f"{plain(shape.name)}: {headline(run, now=now)}"
    tasks: Mapping[str, TaskSeen] = run.tasks if run is not None else {}
    groups = shape.groups if run is not None else {}
    names = (*(node.name for node in shape.nodes), *groups)
    width = min(max((len(plain(name)) for name in names), default=0), NAME_WIDTH)
    above = _above(shape)
    by_hand = run.by_hand if run is not None else {}
    notes = [
        _note(tasks.get(name), usual.get(name, ""), now, is_by_hand=name in by_hand)
        for name in (node.name for node in shape.nodes)
    ]
    widths = (width, max((*map(len, notes), _NOTE_WIDTH)))
    lines = [
        _line(node, above[node.name], tasks, widths, note)
        for node, note in zip(shape.nodes, notes, strict=True)
    ]
    lines += [
        _group_line(name, those, tasks, widths, now)
        for name, those in groups.items()
        if any(task in tasks for task in those)  # a run of a part may have none of it
    ]
    return "\n".join([first, *lines])


def usual_words(usual: Mapping[str, timedelta], lately: Collection[str]) -> Mapping[str, str]:
    """`{task: what it usually takes}`; of those that `lately` names what it took the last time.

    >>> usual_words({"a": timedelta(seconds=2), "b": timedelta(seconds=3)}, {"b"})
    {'a': 'usually 2.0 s', 'b': 'last time 3.0 s'}
    """
    return {
        name: f"{'last time' if name in lately else 'usually'} {duration_text(took)}"
        for name, took in usual.items()
    }


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


def _note(task: TaskSeen | None, usual: str, now: datetime, *, is_by_hand: bool) -> str:
    """What became of a task, how long that took and usually takes, its rows and a metric."""
    if task is None:
        return ""
    note = task_note(task, now=now, is_by_hand=is_by_hand)
    if usual and took(task, now=now):
        note += f", {usual}"
    if task.progress is not None and task.state is DisplayState.RUNNING:
        note += f" · {plain(str(task.progress))}"
    if task.rows is not None and (task.rows.read or task.rows.written):
        note += f" · {task.rows}"
    if metric := metric_of(task):
        note += f" · {plain(metric.text)}"
    return note


def _line(
    node: Node,
    above: list[str],
    tasks: Mapping[str, TaskSeen],
    widths: tuple[int, int],
    note: str,
) -> str:
    """Args: widths: of the names and of the notes."""
    width, room = widths
    task = tasks.get(node.name)
    name = _shortened(node.name, width)
    glyph = (task.state if task else DisplayState.PENDING).glyph
    relation = " · ".join(filter(None, (_relation(node, above), node.absence)))
    return f"  {glyph} {name:<{width}}  {note:<{room}}  {relation}".rstrip()


def _group_line(
    name: str,
    those: Iterable[str],
    tasks: Mapping[str, TaskSeen],
    widths: tuple[int, int],
    now: datetime,
) -> str:
    """A group as one: its state, its time, and how many of its tasks are in which state."""
    width, room = widths
    group = group_run(name, {task: tasks.get(task) for task in those})
    counts = ", ".join(f"{count} {state.word}" for state, count in group.counts.items())
    is_of = f"group of {counted(len(group.tasks), 'task')}: {counts}"
    said = f"{_shortened(name, width):<{width}}  {task_note(group, now=now):<{room}}"
    return f"  {group.state.glyph} {said}  {is_of}"


def _shortened(text: str, width: int) -> str:
    line = plain(text)
    return line if len(line) <= width else f"{line[: width - 1]}…"


def _relation(node: Node, above: list[str]) -> str:
    if node.kind is NodeKind.FINALIZER:
        return "when everything else has ended"
    return f"after {', '.join(above)}" if above else ""
