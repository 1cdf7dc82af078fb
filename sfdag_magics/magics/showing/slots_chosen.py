"""The slots that a view shows, and the backfill that its sheet proposes. Runs nothing.

Knows the workspace and how a line is typed; knows no page.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from sfdag_magics.client.backfilling.asked import Asked, Reprocess
from sfdag_magics.client.backfilling.lately import BackfillProposed, SlotsLately
from sfdag_magics.client.connecting.keeper import starting_none
from sfdag_magics.errors import InputError
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.magics.reading.words import as_a_word
from sfdag_magics.place_words import to_type
from sfdag_magics.workspace.backfilled.planning import planned
from sfdag_magics.workspace.backfilled.slots_there import slots_there
from sfdag_magics.workspace.workspace import Workspace


def slots_lately(workspace: Workspace, graph: TaskGraph, target: str) -> SlotsLately | None:
    """The last slots of the graph's schedule, where it can be seen without starting an engine."""
    if not workspace.places.is_there(target):
        return None
    with starting_none():  # looking on is no reason to undo somebody's stop
        return slots_there(workspace, graph, target, now=datetime.now(UTC))


def backfill_proposed(
    workspace: Workspace, graph: TaskGraph, target: str, typed: Mapping[str, str]
) -> BackfillProposed:
    """What a backfill of `start`, `end` and `reprocess` as they were typed would run.

    Raises:
        InputError: they are no range, or nothing says which slots there are.
    """
    said = {key: text.strip() for key, text in typed.items() if text.strip()}
    which = said.get("reprocess", Reprocess.MISSING.value)
    if which not in set(Reprocess):
        raise InputError(f"no slots are {which!r}", hint=to_type("backfill"))
    start, end = said.get("start"), said.get("end")
    if start is None and end is not None:
        raise InputError(f"slots up to {end}, and from when on?", hint=f"a START before {end}")
    asked = Asked(start=start, end=end, reprocess=Reprocess(which))
    with starting_none():
        plan = planned(workspace, graph, asked, target, now=datetime.now(UTC))
    more = [f"--reprocess {which}"] if asked.reprocess is not Reprocess.MISSING else []
    options = {"start": start, "end": end, "reprocess": which if more else None}
    return BackfillProposed(
        title=f"{plan.count} to run" if plan.chosen else "Nothing to run",
        told=plan.told if plan.chosen else plan.notes,
        arguments=" ".join([*(as_a_word(each) for each in (start, end) if each), *more]),
        options={key: text for key, text in options.items() if text},
    )
