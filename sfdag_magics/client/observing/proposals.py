"""What an action would do, in parts, before anybody agrees to it: a run's form, a retry's tasks.

Pure: knows snapshots, usual times and forms; what is asked and done then, others know.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import field
from datetime import timedelta
from enum import StrEnum

from sfdag_magics.client.observing.bridges.lineage import Lineage
from sfdag_magics.client.observing.intentions import (
    Edited,
    cleaned_text,
    gone_text,
    retry_groups,
)
from sfdag_magics.client.observing.snapshot import RunSnapshot, TaskRun
from sfdag_magics.client.observing.usual import Usual
from sfdag_magics.graph.config_form import ConfigForm
from sfdag_magics.graph.names import counted
from sfdag_magics.graph.states import DisplayState
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RunForm:
    """What a run would be started with.

    Attributes:
        arguments: what is typed behind `%sfdag run` for the same.
        note: what happens first, such as which tasks are deployed; empty where nothing does.
        runs: `(a task or the others, what is so here, what runs)`.
        going: that a run goes on now, of a form for which the target was asked.
    """

    form: ConfigForm
    arguments: str = ""
    note: str = ""
    runs: Sequence[tuple[str, str, str]] = ()
    going: str = ""


class RetryCode(StrEnum):
    """Which code a retry runs: what follows `--code`."""

    #: The notebook's, as its cells were last run.
    CURRENT = "current"
    DEPLOYED = "deployed"
    #: What the run began with, whatever is deployed by now.
    ORIGINAL = "original"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What somebody chose before agreeing to an action.

    Attributes:
        values: `{config key: text}` that a run is told.
        code: which code a retry runs.
        plan: the mark of the plan that was looked at before a deploy.
        part: of a run, by which way it is a part of the graph and by which task: `only train`.
        again: tasks that a retry runs again although they succeeded, with what is below them.
        done: `{task: what it is said to have returned}`.
        skip: tasks that are said to stay skipped.
        because: why; it is noted with the run.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    code: RetryCode = RetryCode.CURRENT
    plan: str = ""
    part: str = ""
    again: tuple[str, ...] = ()
    done: Mapping[str, str] = field(default_factory=dict)
    skip: tuple[str, ...] = ()
    because: str = ""

    @property
    def is_more(self) -> bool:
        """Whether a retry is asked for more than running again what failed."""
        return bool(self.again or self.done or self.skip or self.because)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryWay:
    """By what a retry goes on, where that was asked.

    Attributes:
        why: why the service's own retry cannot; empty where it can.
        lineage: what the bridge runs and keeps; None where there is none.
        arguments: what is typed behind `%sfdag retry` for the same.
        options: what a call is told for the same.
        problem: what is wrong with what is chosen; nothing can be done then.
        began: the tasks whose code of then runs, where another is deployed and theirs is asked
            for.
    """

    why: str = ""
    lineage: Lineage | None = None
    arguments: str = ""
    options: Mapping[str, object] = field(default_factory=dict)
    problem: str = ""
    began: Collection[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryProposal:
    """What a retry does with each task.

    Attributes:
        title: with numbers, what will happen.
        expected: how long it takes if it goes as usual; None where nobody knows.
        usual: how long a whole run takes then.
        edited: of those that run again, whose code is newer in the notebook and goes along.
        older: of those that are kept, whose code was edited since: the result is of older code.
        cleaned: what only a new run makes good: what a finalizer that ran may have removed of
            those, and tasks that are gone from the graph; empty where there is none.
        by_hand: of those that are kept or stay skipped, what a person said of.
    """

    title: str
    again: tuple[TaskRun, ...]
    kept: tuple[TaskRun, ...]
    skipped: tuple[TaskRun, ...]
    finalizers: tuple[TaskRun, ...]
    expected: timedelta | None
    usual: timedelta | None
    edited: frozenset[str]
    older: frozenset[str]
    cleaned: str = ""
    by_hand: frozenset[str] = frozenset()


def retry_proposal(
    seen: RunSnapshot, edited: Edited, usual: Usual, lineage: Lineage | None = None
) -> RetryProposal:
    """What continuing this run does, task by task.

    Args:
        lineage: what a bridge does, where the service's own retry does not do it.
    """
    newer = (*edited.code, *edited.altered)
    groups = retry_groups(seen, newer)
    if lineage is not None:
        groups |= _by_lineage(seen, lineage, newer)
    groups["runs"] = tuple(name for name in groups["runs"] if name not in edited.gone)
    again, kept, skipped, finalizers = (
        tuple(seen.tasks.get(name) or _new_task(name) for name in groups[what])
        for what in ("runs", "reused", "stays skipped", "runs again at the end")
    )
    parts = [f"run {counted(len(again), 'task')}"]
    parts[0] += " and the finalizer" if finalizers else ""
    parts += [f"keep {len(kept)}"] if kept else []
    return RetryProposal(
        title=f"Retry run {seen.short_id or 'waiting'}: {', '.join(parts)}",
        again=again,
        kept=kept,
        skipped=skipped,
        finalizers=finalizers,
        expected=expected_time(again, finalizers, usual),
        usual=usual.run,
        edited=frozenset(groups["with edited code"]),
        older=frozenset(groups["reused as its older code returned it"]),
        cleaned="; ".join(
            filter(None, (gone_text(edited.gone) if edited.gone else "", cleaned_text(seen)))
        ),
        by_hand=frozenset((*seen.by_hand, *(lineage.by_hand if lineage is not None else ()))),
    )


def _by_lineage(
    seen: RunSnapshot, lineage: Lineage, newer: Collection[str]
) -> dict[str, tuple[str, ...]]:
    """What a bridge does with which tasks, of which these are edited."""
    last = {name for name, task in seen.tasks.items() if task.is_finalizer}
    return {
        "runs": tuple(name for name in lineage.runs if name not in last),
        "reused": tuple(lineage.kept),
        "stays skipped": lineage.skipped,
        "runs again at the end": tuple(name for name in lineage.runs if name in last),
        "with edited code": tuple(name for name in newer if name in lineage.runs),
        "reused as its older code returned it": tuple(n for n in newer if n in lineage.kept),
    }


def _new_task(name: str) -> TaskRun:
    """One that the graph got since the run began."""
    return TaskRun(name=name, state=DisplayState.PENDING)


def expected_time(
    again: Sequence[TaskRun], finalizers: Sequence[TaskRun], usual: Usual
) -> timedelta | None:
    """How long these take after one another, the longest way; None where one of them is unknown."""
    if any(task.name not in usual.tasks for task in (*again, *finalizers)):
        return None
    ends: dict[str, timedelta] = {}
    for task in again:  # in topological order
        before = max(
            (ends[name] for name in task.predecessors if name in ends), default=timedelta()
        )
        ends[task.name] = before + usual.tasks[task.name]
    last = max((usual.tasks[task.name] for task in finalizers), default=timedelta())
    return max(ends.values(), default=timedelta()) + last
