"""What somebody altered by hand since it was deployed: the third side of a plan's difference.

A mark tells that a definition is no longer what we deployed, not what that was: this kernel
remembers it, or the newest version on the stage says it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import replace

from sfdag_magics.client.code.deployed_code import graph_folder, stage_location
from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.deploying.difference import (
    Change,
    ChangeKind,
    PropertyDifference,
    differences,
    said_by,
    said_of,
    there_of,
)
from sfdag_magics.client.deploying.elsewhere import Left
from sfdag_magics.client.deploying.plan import Plan
from sfdag_magics.client.deploying.undoing.kept_definitions import definitions_of
from sfdag_magics.client.deploying.undoing.rebuilt import altered_by_hand
from sfdag_magics.client.kept.files import read_one, version_files
from sfdag_magics.client.kept.version import KeptVersion
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.errors import BackendError
from sfdag_magics.graph.times.moments import dated_text

#: `{stored name: {property: as it was deployed}}`.
_Deployed = Mapping[str, Mapping[str, object]]


def with_drift(backend: Backend, plan: Plan, left: Left | None) -> Plan:
    """The plan, in which is said what others altered or deployed. A request where somebody did.

    Args:
        left: what this kernel left behind; None where it deployed nothing.
    """
    before = plan.before
    if before is None or plan.takes_over:
        return plan
    altered = altered_by_hand(before)
    if not altered and not plan.elsewhere:
        return plan
    newest = _newest(backend, plan)
    was = _as_deployed(plan, before, newest, left)
    stays = (c for c in plan.changes if c.kind is ChangeKind.NOT_LOADED and c.stored in altered)
    return replace(
        plan,
        changes=tuple(_with_drift(c, was) if c.stored in altered else c for c in plan.changes),
        drifted=tuple(change.name for change in stays),
        others=_others(newest, left) if plan.elsewhere else "",
    )


def drift_seen(
    there: DeployedGraph, left: DeployedGraph | None
) -> dict[str, tuple[PropertyDifference, ...]]:
    """`{task: what differs from how it was deployed}` of what others altered, the graph's too.

    Asks nobody: of a task that this kernel did not deploy so, none of its differences are known.

    Args:
        there: as it was last read.
        left: as this kernel left it; None where it deployed nothing.
    """
    found: dict[str, tuple[PropertyDifference, ...]] = {}
    for stored, name in altered_by_hand(there).items():
        now, was = there_of(stored, there), there_of(stored, left)
        if now is None or was is None or now.mark != was.mark:
            found[name] = ()
        else:
            found[name] = differences(said_of(was), said_of(now))
    return found


def _newest(backend: Backend, plan: Plan) -> KeptVersion | None:
    files = version_files(plan.files)
    folder = stage_location(plan.stage, graph_folder(plan.graph))
    if not files:
        return None
    with contextlib.suppress(BackendError):  # a plan is made without it too
        return read_one(backend, folder, files[-1])
    return None


def _as_deployed(
    plan: Plan, before: DeployedGraph, newest: KeptVersion | None, left: Left | None
) -> _Deployed:
    """Of each task that is there what its mark says was deployed, where that is known."""
    found: dict[str, Mapping[str, object]] = {}
    spelled = {change.stored: change.name for change in plan.changes[1:]}
    for definition in definitions_of(newest) if newest is not None else ():
        there = there_of(definition.stored, before)
        if there is not None and there.mark.get("hash") == definition.digest:
            found[definition.stored] = said_by(definition, before, spelled)
    ours_all = left.graph if left is not None else None
    for change in plan.changes:
        there, ours = there_of(change.stored, before), there_of(change.stored, ours_all)
        if there is not None and ours is not None and ours.mark == there.mark:
            found[change.stored] = said_of(ours)
    return found


def _with_drift(change: Change, was: _Deployed) -> Change:
    deployed = was.get(change.stored)
    if deployed is None:
        return change
    told = tuple(_told(each, deployed) for each in change.differences)
    return replace(change, differences=told)


def _told(each: PropertyDifference, deployed: Mapping[str, object]) -> PropertyDifference:
    before = deployed.get(each.what)
    if (before or "") == (each.old or ""):
        return each
    return replace(each, is_drift=True, deployed=before)


def _others(newest: KeptVersion | None, left: Left | None) -> str:
    """Who deployed since this kernel did; empty where nobody did, so that it was by hand."""
    if newest is None or left is None or newest.token == left.token:
        return ""
    return f"version {newest.number} of {newest.who}, {dated_text(newest.since)}"
