"""How values look where a notebook displays them: graphs and runs as pictures, all else as text.

Values come here by `graph.displayed`, also where there is no `%sfdag`, as in marimo and in scripts.
Starts no engine and changes nothing.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import singledispatch

from sfdag_magics.client.observing.snapshot import RunSnapshot, TaskRun
from sfdag_magics.client.running.runs import Run
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.place_words import MAGICS
from sfdag_magics.render.plots.slot_calendar import calendar_html
from sfdag_magics.render.shape import Edge, EdgeKind, Node, NodeKind, Shape
from sfdag_magics.render.shape_of import shape_of
from sfdag_magics.render.static import picture, static_bundle
from sfdag_magics.render.svg import escaped
from sfdag_magics.simulating.simulation import Simulation, Way
from sfdag_magics.workspace.answers.backfill import Backfill
from sfdag_magics.workspace.answers.models_shown import MetricPlot

#: More pictures below each other nobody looks at.
_MOST_PICTURES = 4


@singledispatch
def picture_of(value: object) -> Mapping[str, str]:
    """`{MIME type: its form}`: of what is no picture its lines, which HTML keeps in columns."""
    text = str(value) or repr(value)
    return {"text/html": f"<pre>{escaped(text)}</pre>", "text/plain": text}


@picture_of.register
def _graph(graph: TaskGraph) -> Mapping[str, str]:
    return static_bundle(shape_of(graph), unseen="not run")


@picture_of.register
def _run(run: Run) -> Mapping[str, str]:
    seen = run.seen_now()
    sql = {name for name, task in run.deployed.tasks.items() if not task.is_python}
    return static_bundle(
        shape_of_snapshot(seen, sql), seen, place=run.place, has_verbs=bool(MAGICS)
    )


@picture_of.register
def _snapshot(seen: RunSnapshot) -> Mapping[str, str]:
    return static_bundle(shape_of_snapshot(seen), seen, has_verbs=bool(MAGICS))


@picture_of.register
def _plot(found: MetricPlot) -> Mapping[str, str]:
    """As an image, which an untrusted notebook keeps (`render.static`), and its bars as text."""
    encoded = base64.b64encode(found.svg().encode()).decode()
    html = (
        f'<img src="data:image/svg+xml;base64,{encoded}" alt="{escaped(str(found))}" '
        'style="max-width:100%;height:auto">'
    )
    return {"text/html": html, "text/plain": str(found)}


@picture_of.register
def _backfill(found: Backfill) -> Mapping[str, str]:
    """The calendar as a table; what stands around it is the text's."""
    title, told = (
        "<br>".join(map(escaped, lines)) for lines in (found.title.splitlines(), found.told)
    )
    html = f"<p>{title}</p>{calendar_html(found.slots, found.zone)}<p>{told}</p>"
    return {"text/html": html, "text/plain": str(found)}


@picture_of.register
def _simulation(found: Simulation) -> Mapping[str, str]:
    """A picture of each way, as many as a person looks at; the text has them all."""
    shape = shape_of(found.graph)
    drawn = "".join(
        f"<p><b>{escaped(found.graph.name)}</b> simulated · {escaped(way.title)}</p>"
        + picture(shape, _as_run(found.graph, way), datetime.now(UTC), escaped(way.title))
        for way in found.ways[:_MOST_PICTURES]
    )
    return {"text/html": f"{drawn}<pre>{escaped(str(found))}</pre>", "text/plain": str(found)}


def _as_run(graph: TaskGraph, way: Way) -> RunSnapshot:
    tasks = {name: TaskRun(name=name, state=fate.state) for name, fate in way.tasks.items()}
    return RunSnapshot(
        graph=graph.name, root=graph.name, group_id=None, attempt=1, state=way.state, tasks=tasks
    )


def shape_of_snapshot(seen: RunSnapshot, sql: Collection[str] = ()) -> Shape:
    """What is drawn of a run alone: its tasks as it tells of them; `sql` names the SQL ones."""
    tasks = seen.tasks.values()
    edges = tuple(
        Edge(tail=above, head=task.name)
        for task in tasks
        for above in task.predecessors
        if above in seen.tasks
    )
    shape = Shape(name=seen.graph, nodes=tuple(_node(task, sql) for task in tasks), edges=edges)
    finalizers = tuple(
        Edge(tail=leaf, head=task.name, kind=EdgeKind.FINALIZER)
        for task in tasks
        if task.is_finalizer
        for leaf in shape.leaves()
    )
    return replace(shape, edges=(*edges, *finalizers))


def _node(task: TaskRun, sql: Collection[str]) -> Node:
    body = NodeKind.SQL if task.name in sql else NodeKind.PYTHON
    return Node(name=task.name, kind=NodeKind.FINALIZER if task.is_finalizer else body)
