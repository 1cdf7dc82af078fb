"""What a retry or a stop of one run will do, in a sentence: the same for verb, button and `Run`.

Pure: knows snapshots and words.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from sfdag_magics.graph.states import DisplayState
from sfdag_magics.light_classes import dataclass

if TYPE_CHECKING:
    from sfdag_magics.client.observing.snapshot import RunSnapshot

_AGAIN = frozenset({DisplayState.FAILED, DisplayState.CANCELLED, DisplayState.BLOCKED})
_KEPT = frozenset({DisplayState.SUCCEEDED, DisplayState.REUSED})
_RAN = frozenset({DisplayState.SUCCEEDED, DisplayState.FAILED})
#: A longer list of names is cut: the picture beside it shows them all.
_MOST_NAMES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftAsDeployed:
    """Python tasks that a retry runs as they are deployed, for their cells were not run here.

    Attributes:
        says: why, and what brings their cells along; empty where there are none.
        is_all: nothing that runs again is the notebook's: its code is no choice.
    """

    tasks: Collection[str] = ()
    says: str = ""
    is_all: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """Tasks that were edited since this kernel deployed them.

    Attributes:
        code: whose code a retry takes along.
        in_graph: by what is part of the graph, which no retry can apply.
        altered: by the same, where a retry deploys it first and goes on in a run of its own.
        any: all of them, SQL and whatever no retry takes along among them.
        not_there: tasks that this kernel's last deploy did not have yet.
        left: of a run that is retried, what does not come from the notebook.
        gone: of a run that is retried, the tasks that the graph has no more: none of them runs.
        by_others: `{task: what differs, a line each}` of what somebody altered there since it was
            deployed, as it was last read; without lines where it is not known what was deployed.
    """

    code: Collection[str] = ()
    in_graph: Collection[str] = ()
    altered: Collection[str] = ()
    any: Collection[str] = ()
    not_there: Collection[str] = ()
    left: LeftAsDeployed = LeftAsDeployed()
    gone: Collection[str] = ()
    by_others: Mapping[str, Sequence[str]] = field(default_factory=dict)


def retry_text(seen: RunSnapshot, edited: Collection[str] = (), left: Collection[str] = ()) -> str:
    """What a retry does with each task, by its state in the attempt that failed.

    Args:
        edited: the tasks whose code is newer in the notebook and goes along.
        left: those that run as they are deployed, though the notebook's code is asked for.
    """
    return text_of_retry(seen, retry_groups(seen, edited, left))


def text_of_retry(seen: RunSnapshot, groups: Mapping[str, Collection[str]]) -> str:
    """The same by what it does with which tasks."""
    parts = [f"{what}: {listed(names)}" for what, names in groups.items() if names]
    parts += filter(None, [cleaned_text(seen)])
    return f"retry of {seen.label} · " + " · ".join(parts)


def cleaned_text(seen: RunSnapshot) -> str:
    """What a retry may miss: a finalizer ran, and kept tasks do not make again what it removed."""
    ran = [task for task in seen.tasks.values() if task.is_finalizer and task.state in _RAN]
    is_kept = any(t.state in _KEPT and not t.is_finalizer for t in seen.tasks.values())
    if not ran or not is_kept:
        return ""
    who = listed([task.name for task in ran])
    return (
        f"the finalizer {who} has run after attempt {ran[0].attempt}: if it removed something, "
        "only a new run makes that again"
    )


def retry_groups(
    seen: RunSnapshot, edited: Collection[str] = (), left: Collection[str] = ()
) -> dict[str, tuple[str, ...]]:
    """`{what a retry does: the tasks it does that with}`."""
    tasks = [task for task in seen.tasks.values() if not task.is_finalizer]
    skipped = DisplayState.SKIPPED
    is_kept = {name: seen.tasks[name].state in _KEPT for name in edited if name in seen.tasks}
    return {
        "runs": runs_again(seen),
        "reused": tuple(task.name for task in tasks if task.state in _KEPT),
        "stays skipped": tuple(task.name for task in tasks if task.state is skipped),
        "runs again at the end": tuple(_finalizers(seen)),
        "with edited code": tuple(name for name, kept in is_kept.items() if not kept),
        "as deployed": tuple(left),
        "reused as its older code returned it": tuple(n for n, kept in is_kept.items() if kept),
    }


def runs_again(seen: RunSnapshot) -> tuple[str, ...]:
    """The tasks that a retry runs again, the finalizer left out."""
    tasks = (task for task in seen.tasks.values() if not task.is_finalizer)
    return tuple(task.name for task in tasks if task.state in _AGAIN)


def kept_as_it_was(names: Collection[str], details: Collection[str] = ()) -> str:
    """Why a retry would not run these as they are here now, in more than their code.

    Args:
        details: what is different.
    """
    what = f" ({'; '.join(details)})" if details else ""
    each = "it was" if len(names) == 1 else "they were"
    return (
        f"a retry runs {listed(names)} as {each} when the run began, and {each} changed here{what}:"
        " tasks, SQL and options make the graph, of which a retry keeps the version"
    )


def stop_text(seen: RunSnapshot) -> str:
    """What stopping the run does now."""
    if not seen.has_begun:
        return f"cancel {seen.label}, which {seen.note or 'waits for its turn'}"
    return " · ".join((f"cancel {seen.label}", *stop_effects(seen)))


def stop_effects(seen: RunSnapshot) -> list[str]:
    """What becomes of a run's tasks where it is stopped now."""
    if not seen.has_begun:
        return [f"no task of it runs: it {seen.note or 'waits for its turn'}"]
    running = [task for task in seen.tasks.values() if task.state is DisplayState.RUNNING]
    cancelled = [task.name for task in running if not task.is_finalizer]
    parts = []
    if cancelled:
        are = "is" if len(cancelled) == 1 else "are"
        parts.append(f"{listed(cancelled)} {are} cancelled, nothing after that starts")
    if finalizers := _finalizers(seen):
        parts.append(f"the finalizer {listed(finalizers)} still runs")
    return parts


def listed(names: Collection[str]) -> str:
    """Names with commas between them, of many the first.

    >>> listed(["a", "b"])
    'a, b'
    """
    shown = list(names)
    if len(shown) > _MOST_NAMES:
        left = len(shown) - _MOST_NAMES + 1
        return f"{', '.join(shown[: _MOST_NAMES - 1])} and {left} more"
    return ", ".join(shown)


def gone_text(names: Collection[str]) -> str:
    """What becomes of tasks that did not succeed and that the graph has no more."""
    each = "it is" if len(names) == 1 else "they are"
    return f"{listed(names)} did not succeed, nor will in this run: {each} gone from the graph"


def _finalizers(seen: RunSnapshot) -> list[str]:
    return [task.name for task in seen.tasks.values() if task.is_finalizer]
