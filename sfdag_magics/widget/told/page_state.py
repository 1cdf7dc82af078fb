"""From shapes and runs to what the page is sent. Pure: the time is an argument."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from sfdag_magics.client.observing.intentions import (
    Edited,
    kept_as_it_was,
    retry_text,
    runs_again,
    stop_effects,
)
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.client.running.rootcause import place_of
from sfdag_magics.place_words import to_type
from sfdag_magics.render.folding import Folded
from sfdag_magics.render.metrics.model_seen import metric_of
from sfdag_magics.render.palette import BY_HAND, LOOKS
from sfdag_magics.render.placed import Box, Layout
from sfdag_magics.render.run_seen import (
    RanBeforeSeen,
    RunSeen,
    TaskSeen,
    config_text,
    ran_count,
    whole_milliseconds,
    word_of,
)
from sfdag_magics.render.shape import Node, Shape
from sfdag_magics.render.svg import MARKS, path_data
from sfdag_magics.widget.messages import (
    Ask,
    PageBefore,
    PageEdge,
    PageFold,
    PageFolded,
    PageGraph,
    PageGroup,
    PageIntention,
    PageNode,
    PageRun,
    PageTask,
)
from sfdag_magics.widget.told.shown_text import shown_text

#: Of an error the page is told at most so much at once; the drawer asks for the rest.
_ERROR_LENGTH = 2000
#: Of what it returned or why it failed, which a table has a cell for.
VALUE_LENGTH = 120


def page_graph(shape: Shape, layout: Layout, narrow: Layout | None = None) -> PageGraph:
    """`sfdag_graph` for a shape and where it stands, also in a narrow page."""
    told: PageGraph = {
        "name": shape.name,
        "placed": True,
        "width": layout.width,
        "height": layout.height,
        "nodes": _nodes(shape, layout),
        "edges": _edges(shape, layout),
        "groups": _groups(layout, _members(shape)),
        "frames": [_group(frame.title, frame.box) for frame in layout.frames],
    }
    if narrow is not None:
        told["narrow"] = page_graph(shape, narrow)
    return told


def page_names(shape: Shape) -> PageGraph:
    """`sfdag_graph` for a shape whose tasks have no places yet."""
    nowhere = Box(x=0, y=0, width=0, height=0)
    nodes = dict.fromkeys((node.name for node in shape.nodes), nowhere)
    empty = Layout(width=0, height=0, nodes=nodes, edges={}, clusters={})
    return {**page_graph(shape, empty), "placed": False}


#: Of a graph that is not folded.
NOT_FOLDED: PageFolded = {
    "width": 0,
    "height": 0,
    "boxes": [],
    "edges": [],
    "groups": [],
    "frames": [],
}


def page_folded(whole: Shape, folded: Folded, layout: Layout) -> PageFolded:
    """The part of `sfdag_graph` that shows groups instead of their tasks."""
    index = {node.name: number for number, node in enumerate(whole.nodes)}
    tiles = layout.tiles
    boxes = [
        _fold(
            node,
            layout.nodes[node.name],
            tiles.get(node.name),
            [index[task] for task in folded.tasks[node.name]],
        )
        for node in folded.shape.nodes
    ]
    return {
        "width": layout.width,
        "height": layout.height,
        "boxes": boxes,
        "edges": _edges(folded.shape, layout),
        "groups": _groups(layout, _members(whole)),
        "frames": [_group(frame.title, frame.box) for frame in layout.frames],
    }


def _groups(layout: Layout, members: Mapping[str, list[int]]) -> list[PageGroup]:
    return [_group(name, box, members.get(name, [])) for name, box in layout.clusters.items()]


def _members(shape: Shape) -> dict[str, list[int]]:
    """`{group: the indexes of its tasks}`."""
    index = {node.name: number for number, node in enumerate(shape.nodes)}
    return {group: [index[name] for name in names] for group, names in shape.groups.items()}


def _fold(node: Node, box: Box, tile: str | None, tasks: list[int]) -> PageFold:
    told: PageFold = {
        "title": node.name,
        "group": node.group or "",
        "tasks": tasks,
        "x": box.x,
        "y": box.y,
        "width": box.width,
        "height": box.height,
    }
    if tile is not None:
        told["tile"] = tile
    return told


def _edges(shape: Shape, layout: Layout) -> list[PageEdge]:
    index = {node.name: number for number, node in enumerate(shape.nodes)}
    return [
        {
            "tail": index[edge.tail],
            "head": index[edge.head],
            "kind": edge.kind.value,
            "d": path_data(layout.edges[edge.tail, edge.head])
            if (edge.tail, edge.head) in layout.edges
            else "",
        }
        for edge in shape.edges
    ]


def _nodes(shape: Shape, layout: Layout) -> list[PageNode]:
    tiles = layout.tiles
    nodes: list[PageNode] = []
    for node in shape.nodes:
        box = layout.nodes[node.name]
        told: PageNode = {
            "name": node.name,
            "mark": MARKS.get(node.kind, ""),
            "absence": node.absence or "",
            "x": box.x,
            "y": box.y,
            "width": box.width,
            "height": box.height,
        }
        if node.name in tiles:
            told["tile"] = tiles[node.name]
        nodes.append(told)
    return nodes


def _group(name: str, box: Box, tasks: Sequence[int] = ()) -> PageGroup:
    return {
        "name": name,
        "x": box.x,
        "y": box.y,
        "width": box.width,
        "height": box.height,
        "tasks": [*tasks],
    }


def page_looks() -> dict[str, dict[str, str | bool]]:
    """`sfdag_looks`: `{state: its glyph}`, and that of `by_hand`; colours come with the CSS."""
    looks: dict[str, dict[str, str | bool]] = {
        state.value: {"glyph": look.glyph, "filled": look.filled, "letter": state.glyph}
        for state, look in LOOKS.items()
    }
    return {**looks, "by_hand": {"glyph": BY_HAND, "filled": False, "letter": ""}}


def page_run(run: RunSeen) -> PageRun:
    """The run's part of `sfdag_state`."""
    return {
        "state": run.state.value,
        "word": word_of(run),
        "attempt": run.attempt,
        "label": f"{run.graph} {run.group_id or 'waiting'}",
        "id": run.short_id or "",
        "group": run.group_id or "",
        "differs": config_text(run.differs),
        "slot": run.slot_text,
        "origin": shown_text(run.origin),
        "note": " · ".join(filter(None, (run.note, run.interrupted))),
        "ran": ran_count(run),
        "total": len(run.tasks),
        "begun": milliseconds(run.begun or run.started),
        "started": milliseconds(run.started),
        "completed": end_milliseconds(run.started, run.completed),
    }


def page_intentions(
    seen: RunSnapshot,
    edited: Edited,
    *,
    place: str = "",
    completed: Callable[[str], str] = str,
    backfill: str = "",
) -> dict[str, PageIntention]:
    """What retry and stop would do with the run that is shown, whichever makes sense now.

    Args:
        place: where it runs, for people.
        completed: completes a command, so that it acts there wherever it is typed.
        backfill: how far one has come that is going: a run of it that is stopped ends it.
    """
    if not seen.is_over:
        command = completed(str(to_type("stop", run=seen.short_id)))
        is_its_own = backfill and seen.slot_told
        ends = ["the backfill ends with it, no more slots begin"] if is_its_own else []
        says = [*stop_effects(seen), *ends, *([f"on {place}"] if place else [])]
        title = f"Stop {seen.label}?"
        return {Ask.STOP.value: {"title": title, "says": " · ".join(says), "command": command}}
    if seen.failed:
        return {Ask.RETRY.value: _retry_intention(seen, edited, completed)}
    return {}


def _retry_intention(
    seen: RunSnapshot, edited: Edited, completed: Callable[[str], str]
) -> PageIntention:
    again = runs_again(seen)
    refused = [name for name in edited.in_graph if name in again]
    if not refused:
        return {"says": retry_text(seen, edited.code), "command": _retry(seen, completed)}
    says = f"{kept_as_it_was(refused)}. A new run has the edit; what is deployed can be continued."
    return {"says": says, "command": _retry(seen, completed, code="deployed"), "refused": True}


def _retry(seen: RunSnapshot, completed: Callable[[str], str], code: str | None = None) -> str:
    return completed(str(to_type("retry", run=seen.short_id, code=code)))


def page_marks(shape: Shape, edited: Edited, since: Collection[str] = ()) -> dict[str, str]:
    """`{index: word}` of the tasks that a run would not run, or did not, as they are here.

    Args:
        since: those of the run that is shown whose code was deployed anew since it began.
    """
    words = {
        **dict.fromkeys(since, "edited"),
        **dict.fromkeys(edited.not_there, "not deployed"),
        **dict.fromkeys(edited.any, "edited"),
        **dict.fromkeys(edited.by_others, "altered there"),
    }
    return {
        str(index): words[node.name] for index, node in enumerate(shape.nodes) if node.name in words
    }


def page_tasks(shape: Shape, run: RunSeen | None) -> list[PageTask | None]:
    """The tasks' part of `sfdag_state`, in the order of the shape's nodes, as last heard."""
    if run is None:
        return [None for _ in shape.nodes]
    tasks = ((node.name, run.tasks.get(node.name)) for node in shape.nodes)
    said = run.by_hand
    return [
        page_task(task, said.get(name, "")) if task is not None else None for name, task in tasks
    ]


def page_task(task: TaskSeen, by_hand: str = "") -> PageTask:
    """One task's state as the page is told it; `by_hand` is what a person said of it."""
    told: PageTask = {
        "state": task.state.value,
        "scheduled": milliseconds(task.scheduled),
        "started": milliseconds(task.started),
        "completed": end_milliseconds(task.started, task.completed),
        "attempt": task.attempt,
    }
    if value := task.reason or task.return_value:
        told["value"] = shown_text(value[: 2 * VALUE_LENGTH])[:VALUE_LENGTH]
    if task.error_message:
        told["error"] = task.error_message[:_ERROR_LENGTH]
        told["place"] = place_of(task.error_message) or ""
    if task.progress is not None:
        told["progress"] = {
            "share": task.progress.share,
            "text": shown_text(str(task.progress)),
        }
    if by_hand:
        told["by_hand"] = shown_text(by_hand)
    if task.shown:
        told["shown"] = task.shown
    if task.before:
        told["before"] = [_before(each) for each in task.before]
    if metric := metric_of(task):
        told["metric"] = {
            "name": shown_text(metric.name),
            "number": metric.number,
            "mark": metric.mark,
            "says": shown_text(metric.says),
        }
    return told


def _before(ran: RanBeforeSeen) -> PageBefore:
    return {
        "attempt": ran.attempt,
        "state": ran.state.value,
        "started": round(ran.started.timestamp() * 1000),
        "completed": end_milliseconds(ran.started, ran.completed),
    }


def end_milliseconds(started: datetime | None, completed: datetime | None) -> int | None:
    """`completed` as so many whole milliseconds after the start: by itself it would be one off."""
    start = milliseconds(started)
    if started is None or completed is None or start is None:
        return milliseconds(completed)
    return start + whole_milliseconds(completed - started)


def milliseconds(moment: datetime | None) -> int | None:
    """Milliseconds since 1970, as JavaScript counts."""
    return None if moment is None else round(moment.timestamp() * 1000)
