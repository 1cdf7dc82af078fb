"""What an action would do, in parts, before anybody agrees to it: a run's form, a retry's tasks.

Pure: knows snapshots, usual times and forms; what is asked and done then, others know.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import timedelta

from sfdag_magics.client.observing.intentions import Edited, retry_groups
from sfdag_magics.client.observing.snapshot import RunSnapshot, TaskRun
from sfdag_magics.client.observing.usual import Usual
from sfdag_magics.graph.config_form import ConfigForm
from sfdag_magics.graph.names import counted
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RunForm:
    """What a run would be started with.

    Attributes:
        arguments: what is typed behind `%sfdag run` for the same.
        note: what happens first, such as which tasks are deployed; empty where nothing does.
        runs: `(a task or the others, what is so here, what runs)`.
    """

    form: ConfigForm
    arguments: str = ""
    note: str = ""
    runs: Sequence[tuple[str, str, str]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What somebody chose before agreeing to an action.

    Attributes:
        values: `{config key: text}` that a run is told.
        original: a retry runs again what is deployed, not the notebook's code.
        plan: the mark of the plan that was looked at before a deploy.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    original: bool = False
    plan: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryProposal:
    """What a retry does with each task.

    Attributes:
        title: with numbers, what will happen.
        expected: how long it takes if it goes as usual; None where nobody knows.
        usual: how long a whole run takes then.
        edited: of those that run again, whose code is newer in the notebook and goes along.
        older: of those that are kept, whose code was edited since: the result is of older code.
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


def retry_proposal(seen: RunSnapshot, edited: Edited, usual: Usual) -> RetryProposal:
    """What continuing this run does, task by task."""
    groups = retry_groups(seen, edited.code)
    again, kept, skipped, finalizers = (
        tuple(seen.tasks[name] for name in groups[what])
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
    )


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
