"""Which frames of recorded values are no more, and where to begin again so that they are made.

A frame is a table of the run that made it, which a run that succeeds drops, as may anybody.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from sfdag_magics.client.connecting.backend import Answering
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.client.parts.recorded import lacking, recorded
from sfdag_magics.errors import InputError
from sfdag_magics.graph.states import GraphRunState
from sfdag_magics.graph.topology import Topology
from sfdag_magics.place_words import from_tasks
from sfdag_magics.sqltext import QualifiedName, quoted_string, sql_identifier

#: The table of a frame, as the code that ships calls it (`bundle.shipped.frames`).
_FRAME = re.compile(r'[\w$."]*\$FRAME_[0-9A-Z_]+')


def lost_frames(
    backend: Answering, root: QualifiedName, runs: Iterable[RunSnapshot]
) -> frozenset[str]:
    """The tables that tasks of these runs returned as frames and that are not there.

    Asks nobody where none is a frame, else once.

    Args:
        root: of the graph: the frames lie beside it.

    Raises:
        BackendError: the target does not say which tables it has.
    """
    values = {task.return_value or "" for seen in runs for task in seen.tasks.values()}
    frames = {value for value in values if _FRAME.fullmatch(value)}
    if not frames:
        return frozenset()
    place = f"{sql_identifier(root.database or '')}.{sql_identifier(root.schema or '')}"
    rows = backend.rows(f"SHOW TABLES LIKE {quoted_string('%$FRAME_%')} IN SCHEMA {place}")
    there = {str(row["name"]) for row in rows}
    return frozenset(value for value in frames if value.rpartition(".")[2] not in there)


def why_gone(seen: RunSnapshot, task: str) -> str:
    """What to say of the frame that a task returned and whose table is not there; else nothing."""
    ran = seen.tasks.get(task)
    if ran is None or not _FRAME.fullmatch(ran.return_value or ""):
        return ""
    finalizer = next((each.name for each in seen.tasks.values() if each.is_finalizer), None)
    if seen.state is GraphRunState.SUCCEEDED and finalizer is not None:
        why = f"its run succeeded, and {finalizer}, its finalizer, dropped the tables of its frames"
    else:
        why = "a run that continued this one and succeeded, or somebody, dropped it"
    return (
        f"The table of this frame is not there any more: {why}. What is to stay, {task} writes to "
        "a table with a name of its own."
    )


def starts_again(
    deployed: DeployedGraph, missing: Collection[str], has: Collection[str]
) -> tuple[str, ...]:
    """The tasks from which a run makes what is missing, in topological order.

    Args:
        missing: tasks whose values are needed.
        has: the tasks of which a value is there.
    """
    edges = Topology(deployed.parents)
    begins = {*missing}
    while True:
        runs = begins | edges.descendants(*begins)
        more = {above for name in runs for above in deployed.parents[name]} - runs - {*has}
        if not more:
            break
        begins |= more
    below = edges.descendants(*begins)
    return tuple(name for name in deployed.tasks if name in begins and name not in below)


def check_frames(
    seen: RunSnapshot, deployed: DeployedGraph, needed: Collection[str], lost: Collection[str]
) -> None:
    """Refuse a retry that would give a task a frame that is no more.

    Args:
        needed: the tasks right above those that run.

    Raises:
        InputError: with the tasks from which the run goes on all the same.
    """
    values = {name: seen.tasks[name].return_value for name in needed if name in seen.tasks}
    gone = [name for name, value in values.items() if value in lost]
    if not gone:
        return
    starts = starts_again(deployed, gone, recorded(seen, lost))
    raise InputError(
        f"the table of the frame that {listed(gone)} returned in {seen.label} is no more, and what "
        "is to run takes it",
        hint=str(from_tasks(starts, seen.short_id)),
    )


def hint_to_make(
    deployed: DeployedGraph,
    missing: Collection[str],
    runs: Collection[RunSnapshot],
    lost: Collection[str],
) -> str:
    """What is typed to run a part whose needed frames are no more: from where they are made."""
    known = max((recorded(seen, lost) for seen in runs), key=len, default={})
    starts = starts_again(deployed, lacking(known, missing) or missing, known)
    return str(from_tasks(starts))
