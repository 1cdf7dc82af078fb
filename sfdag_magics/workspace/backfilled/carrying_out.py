"""Carries a planned backfill out. Keeps nothing: each run says its slot, so another goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sfdag_magics.client.backfilling.driving import Drive, EndedSlot
from sfdag_magics.client.connecting.activity import doing
from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.parts.bridge import clear
from sfdag_magics.client.running.noted_slots import NOTED_BACKFILL, slot_note
from sfdag_magics.client.running.runs import Run
from sfdag_magics.errors import BackendError, UnsupportedError
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.run_slots import Slot, in_zone
from sfdag_magics.workspace.answers.backfill import Backfill
from sfdag_magics.workspace.backfilled.planning import words_of
from sfdag_magics.workspace.workspace import ToRun, Workspace

#: Snowflake's code for a statement that it cannot read.
_SYNTAX = 1003


def carried_out(
    workspace: Workspace,
    graph: TaskGraph,
    plan: Backfill,
    target: str | None,
    *,
    to_run: ToRun,
    tell: Callable[[Backfill, EndedSlot], None],
) -> Backfill:
    """Run the slots of a plan, and give it back with how they ended.

    Args:
        to_run: what the runs are started of.
        tell: is told of each slot that ended, with the backfill as it is then.

    Raises:
        UnsupportedError: the service cannot tell a run its slot; nothing was run.
        BackendError: the target refuses a run, or does not answer.
    """
    backend = workspace.places.backend(target)
    clear(backend, to_run[0])
    told = {"id": plan.id, "words": words_of(plan.asked, plan.schedule)}

    def begin(slot: Slot) -> Run:
        local = Slot(*(in_zone(moment, plan.zone) for moment in slot))
        noted = {**slot_note(local), NOTED_BACKFILL: told}
        try:
            run = workspace.run_noted(graph, to_run, noted, target)
        except BackendError as error:
            raise _refused(error, backend) from error
        doing(f"slot {plan.name_of(slot)}", f"{len(plan.left)} of {plan.count} left")
        return run

    drive = Drive(backend, to_run[0], plan.chosen, begin=begin, most=plan.asked.most)
    for ended in drive.until_over():
        plan = replace(plan, ended=(*plan.ended, ended), stopped=drive.stopped)
        tell(plan, ended)
    return plan


def _refused(error: BackendError, backend: Backend) -> BackendError:
    if error.code != _SYNTAX:
        return error
    return UnsupportedError(
        f"{backend.place} takes no EXECUTE TASK … USING CONFIG, by which a run is told its slot: "
        f"{error.message}",
        hint="nothing of this slot was run; the service's own schedule runs those to come",
    )
