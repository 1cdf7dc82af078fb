"""How deployed graphs, their schedules and their next and last runs are listed. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.outlook import Outlook
from sfdag_magics.graph.names import counted
from sfdag_magics.magics.showing.listings import clock, glyph_of, iso
from sfdag_magics.sqltext import sql_identifier

_HEADS = ("graph", "tasks", "schedule", "state", "next run", "last run")


class GraphListing(tuple[Outlook, ...]):
    """Deployed graphs by name; prints as a table."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{counted(len(self), 'graph')}>" if self else "<no graphs>"

    def __str__(self) -> str:
        places = {(each.graph.root.database, each.graph.root.schema) for each in self}
        rows = [_HEADS, *(_cells(each, is_placed=len(places) > 1) for each in self)]
        return _table(rows)


def _cells(outlook: Outlook, *, is_placed: bool) -> tuple[str, ...]:
    graph, last = outlook.graph, outlook.last
    root = graph.root
    where = ".".join(sql_identifier(part) for part in (root.database, root.schema) if part)
    return (
        f"{where}.{graph.name}" if is_placed else graph.name,
        str(len(outlook.task_names)),
        graph.schedule or "none",
        schedule_state(graph) or "–",
        clock(outlook.due),
        f"{glyph_of(last.state)} {last.short_id} {last.state.lower()} "
        f"{clock(last.started or last.scheduled)}"
        if last
        else "–",
    )


def _table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (zip(row, widths, strict=True) for row in rows)
    return "\n".join("  ".join(f"{cell:<{width}}" for cell, width in row).rstrip() for row in lines)


def schedule_state(graph: DeployedGraph) -> str | None:
    """`started` or `suspended`; None for a graph that only `run` starts."""
    if graph.schedule is None:
        return None
    return "started" if graph.is_started else "suspended"


def schedule_line(graph: DeployedGraph, due: datetime | None) -> str:
    """A graph's schedule in a line: when it runs next, or what starts it again."""
    if graph.schedule is None:
        return "no schedule"
    if not graph.is_started:
        return f"schedule {graph.schedule} · suspended: %sfdag resume"
    return f"schedule {graph.schedule} · started · next run {clock(due) if due else 'unknown'}"


def schedule_record(graph: DeployedGraph, due: datetime | None) -> dict[str, Any]:
    """A graph's schedule as JSON."""
    return {
        "schedule": graph.schedule,
        "schedule_state": schedule_state(graph),
        "next_run": iso(due),
    }


def graph_record(outlook: Outlook) -> dict[str, Any]:
    """A deployed graph as JSON."""
    graph, last = outlook.graph, outlook.last
    return {
        "graph": graph.name,
        "root": graph.root.sql(),
        "tasks": list(outlook.task_names),
        **schedule_record(graph, outlook.due),
        "last_run": {
            "group_id": last.group_id,
            "attempt": last.attempt,
            "state": last.state.value,
            "started": iso(last.started),
            "completed": iso(last.completed),
        }
        if last
        else None,
    }
