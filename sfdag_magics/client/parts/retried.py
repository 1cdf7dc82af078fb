"""What a retry runs again where the service's own cannot: chosen, done by hand, skipped. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import field
from datetime import UTC, datetime, timedelta
from typing import Any

from sfdag_magics.bundle.passed_values import misread
from sfdag_magics.client.observing.bridges.lineage import ByHand, Lineage, LineageKind
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.intentions import listed, runs_again
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.client.parts.bridge_plan import BridgePlan, forced
from sfdag_magics.client.parts.recorded import Recorded, Said, recorded, said_before, skipped
from sfdag_magics.errors import InputError
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.graph.rules import return_value_problem
from sfdag_magics.graph.topology import Topology
from sfdag_magics.light_classes import dataclass
from sfdag_magics.place_words import ByPlace, to_type

MARK_DONE, SKIP = ByPlace("--mark-done", "done="), ByPlace("--skip", "skip=")
_BECAUSE = ByPlace("--because 'why'", "because='why'")
#: The service continues no run whose first attempt is older (docs: EXECUTE TASK).
_SERVICE_KEEPS = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryAsked:
    """What a person asks of a retry beyond running again what failed.

    Attributes:
        again: tasks that run again although they succeeded, with what stands below them.
        config: laid over the run's own.
        done: `{task: the value that it is said to have given}`.
        skip: tasks that are said to be skipped.
        because: why they are; noted with the run, as who said it is.
    """

    again: tuple[str, ...] = ()
    config: Mapping[str, Any] = field(default_factory=dict)
    done: Mapping[str, str] = field(default_factory=dict)
    skip: tuple[str, ...] = ()
    because: str = ""

    @property
    def by_hand(self) -> dict[str, ByHand]:
        """What is said of tasks instead of running them."""
        return {**dict.fromkeys(self.done, ByHand.DONE), **dict.fromkeys(self.skip, ByHand.SKIPPED)}


def reason_for_bridge(seen: RunSnapshot, asked: RetryAsked, modified: str, now: datetime) -> str:
    """Why the service's own retry cannot do this; empty where it can.

    Args:
        modified: what of the graph is another since the run began.
    """
    if asked.config:
        return f"the service's retry takes no configuration, such as {listed(asked.config)}"
    if asked.by_hand:
        return f"the service's retry knows nothing said by hand, such as of {listed(asked.by_hand)}"
    again = runs_again(seen)
    kept = [name for name in asked.again if name not in again]
    if kept:
        return f"the service's retry runs again what did not succeed, and not {listed(kept)}"
    if seen.lineage is not None:
        return "the run was one of a bridge, which is gone"
    if modified:
        return f"the graph was changed since the run began ({modified})"
    if (seen.begun or now).astimezone(UTC) < now - _SERVICE_KEEPS:
        return "the run began more than 14 days ago"
    return ""


def without_reason(asked: RetryAsked) -> InputError | None:
    """The error where something is said by hand and nobody says why; else None."""
    if not asked.by_hand or asked.because.strip():
        return None
    return InputError(
        f"nobody says why {listed(asked.by_hand)} is not to run: it is noted with the run",
        hint=str(_BECAUSE),
    )


def check_said(asked: RetryAsked) -> None:
    """Refuse what cannot be said by hand of any run.

    Raises:
        InputError: a task is said to be two things, nobody says why, or why of nothing.
    """
    if unsaid := without_reason(asked):
        raise unsaid
    if both := [name for name in asked.skip if name in asked.done]:
        raise InputError(
            f"{both[0]} is said to be done and to be skipped",
            hint=f"leave out {MARK_DONE} or {SKIP}",
        )
    if asked.because and not asked.by_hand:
        raise InputError(
            f"nothing is said by hand, so there is nothing to note a reason for: {asked.because}",
            hint=f"{MARK_DONE} TASK=VALUE or {SKIP} TASK beside it, or without it",
        )


def check_by_hand(
    seen: RunSnapshot, deployed: DeployedGraph, asked: RetryAsked, graph: TaskGraph
) -> None:
    """Refuse what cannot be said of a task by hand; what was said of one may be said anew.

    Args:
        graph: of the cells, which say of which type the values are.

    Raises:
        InputError: it succeeded, is said to be two things, the value is none or not of its type,
            or nobody says why.
    """
    if not asked.by_hand:
        return
    check_said(asked)
    there = recorded(seen)
    for name in asked.by_hand:
        if name in there and there[name].run:
            raise InputError(
                f"{name} succeeded in {seen.label}, and what it returned stands for it",
                hint=to_type("retry", run=seen.short_id, start=name),
            )
    for name, value in asked.done.items():
        _check_value(name, value, deployed)
        if name in graph and (wrong := misread(graph, graph.task(name), value)):
            raise InputError(wrong, hint=f"{MARK_DONE} {name}: a value of that type")


def _check_value(name: str, value: str, deployed: DeployedGraph) -> None:
    if problem := return_value_problem(value):
        raise InputError(
            f"{MARK_DONE} {name}: {problem}", hint="write it to a table, and give the table's name"
        )
    answers = [
        below
        for below, task in deployed.tasks.items()
        if name in task.predecessors and deployed.is_answer(name, below)
    ]
    if answers and value not in answers:
        raise InputError(
            f"{MARK_DONE} {name}: {value!r} is no answer of that branch",
            hint=f"one of: {listed(answers)}",
        )


def retry_bridge(
    deployed: DeployedGraph, seen: RunSnapshot, asked: RetryAsked, *, who: str
) -> BridgePlan:
    """The bridge in which a run goes on.

    Args:
        deployed: as it is now; tasks that it did not have then run as well.
        who: says what is said by hand.

    Raises:
        InputError: a task that is to be kept needs what is not recorded.
    """
    universe = _universe(deployed, seen)
    there = recorded(seen)
    said_anew = asked.by_hand.keys() & there.keys()  # what is below had what was said before
    below = Topology(deployed.parents).descendants(*asked.again, *said_anew)
    again = {*asked.again, *below} - asked.by_hand.keys()
    given = {n: v for n, v in there.items() if n not in again and n not in asked.by_hand}
    given |= {n: Recorded(value=value, run="") for n, value in asked.done.items()}
    finalizers = {name for name, task in deployed.tasks.items() if task.is_finalizer}
    kept = {n: given[n] for n in universe if n in given and n not in finalizers}
    stay = {n for n in skipped(seen) if n not in again and n not in kept} | {*asked.skip}
    runs = tuple(n for n in universe if n not in kept and n not in stay)
    lineage = Lineage(
        kind=LineageKind.RETRY,
        of=seen.group_id,
        continues=_continued(seen),
        runs=runs,
        kept={name: value.run for name, value in kept.items()},
        skipped=tuple(n for n in universe if n in stay),
        forced=forced(deployed, [n for n in asked.again if n in skipped(seen)]),
        **_said(seen, asked, {*kept, *stay}, who),
    )
    return BridgePlan(graph=deployed, lineage=lineage, kept=kept, named=frozenset(asked.again))


def _said(seen: RunSnapshot, asked: RetryAsked, stand: Collection[str], who: str) -> Said:
    """What is noted as said by hand; what was said before stays so where it stands still."""
    before = said_before(seen, stand)
    if not asked.by_hand:
        return before
    both = {**before["by_hand"], **asked.by_hand}
    return Said(by_hand=both, who=who, because=asked.because, said_in="")


def _continued(seen: RunSnapshot) -> tuple[str, ...]:
    """The run, and those that it continued itself."""
    before = seen.lineage.continues if seen.lineage is not None else ()
    return (*((seen.group_id,) if seen.group_id else ()), *before)


def _universe(deployed: DeployedGraph, seen: RunSnapshot) -> Collection[str]:
    """The tasks that the run is of: a part of a graph stays that part."""
    part = seen.lineage.tasks if seen.lineage is not None else None
    return [name for name in deployed.tasks if part is None or name in part]
