"""The slots that a view shows, and the backfill that its sheet proposes and begins.

Knows the workspace and how a line is typed; knows no page.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial

from sfdag_magics.client.backfilling.asked import Asked, Reprocess
from sfdag_magics.client.backfilling.lately import BackfillProposed, SlotsLately
from sfdag_magics.client.connecting.keeper import starting_none
from sfdag_magics.client.observing.questions import Agrees
from sfdag_magics.errors import InputError
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.magics.reading.words import as_a_word
from sfdag_magics.place_words import to_type
from sfdag_magics.workspace.backfilled.carrying_out import carried_out
from sfdag_magics.workspace.backfilled.planning import planned
from sfdag_magics.workspace.backfilled.slots_there import slots_there
from sfdag_magics.workspace.deploys import Say
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
    asked = _asked(typed)
    with starting_none():
        plan = planned(workspace, graph, asked, target, now=datetime.now(UTC))
    which, start, end = asked.reprocess.value, asked.start, asked.end
    more = [f"--reprocess {which}"] if asked.reprocess is not Reprocess.MISSING else []
    options = {"start": start, "end": end, "reprocess": which if more else None}
    return BackfillProposed(
        title=f"{plan.count} to run" if plan.chosen else "Nothing to run",
        count=len(plan.chosen),
        told=plan.told if plan.chosen else plan.notes,
        arguments=" ".join([*(as_a_word(str(each)) for each in (start, end) if each), *more]),
        options={key: str(text) for key, text in options.items() if text},
    )


def _asked(typed: Mapping[str, str]) -> Asked:
    said = {key: text.strip() for key, text in typed.items() if text.strip()}
    which = said.get("reprocess", Reprocess.MISSING.value)
    if which not in set(Reprocess):
        raise InputError(f"no slots are {which!r}", hint=to_type("backfill"))
    start, end = said.get("start"), said.get("end")
    if start is None and end is not None:
        raise InputError(f"slots up to {end}, and from when on?", hint=f"a START before {end}")
    return Asked(start=start, end=end, reprocess=Reprocess(which))


def backfill_begun(
    workspace: Workspace,
    graph: TaskGraph,
    target: str,
    typed: Mapping[str, str],
    *,
    agrees: Agrees,
    say: Say,
) -> None:
    """Have the slots run that were typed, beside what this kernel does; `say` is told the end.

    Raises:
        InputError: they are no range, none of them is to be run, or a backfill is going.
    """
    asked = _asked(typed)
    workspace.backfills.check(graph.name, target)
    plan = planned(workspace, graph, asked, target, now=datetime.now(UTC))
    if not plan.chosen:
        raise InputError("none of these slots is to be run", hint=to_type("backfill"))
    what = f"run {plan.count} of {plan.graph} on {plan.place}"
    question = workspace.places.question(what, target, instead=str(to_type("backfill")))
    to_run = None
    if not question.name or agrees(question):
        to_run = workspace.made_ready(graph, say, target=target, config={}, agrees=agrees)
    if to_run is None:
        say("not started")
        return
    carry_out = partial(carried_out, workspace, graph, plan, target, to_run=to_run)

    def work(tell: Say) -> str:
        return f"backfill: {carry_out(tell=lambda now, _ended: tell(now.how_far)).outcome}"

    workspace.backfills.begin(graph.name, target, work, say, how_far=plan.how_far)
