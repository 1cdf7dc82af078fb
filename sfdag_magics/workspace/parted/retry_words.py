"""What a retry does, in lines: by what, which tasks, with which code and configuration. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sfdag_magics.client.deploying.task_statements import merged_config
from sfdag_magics.client.observing.bridges.lineage import ByHand
from sfdag_magics.client.observing.intentions import gone_text, retry_groups
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.client.parts.reuse import changed_keys, keys_text
from sfdag_magics.graph.config import keys_read
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.graph.names import key_of
from sfdag_magics.place_words import ByPlace
from sfdag_magics.render.run_seen import short_text
from sfdag_magics.workspace.parted.retry_plan import RetryPlan

#: So much of a code's hash stands in a line.
_SHORT = 8


def retry_lines(plan: RetryPlan) -> list[str]:
    """By what the run goes on, where that is not the service's own retry; else nothing."""
    if plan.bridge is None:
        return []
    lines = [f"by a bridge, a run of its own: {plan.why}"]
    if plan.gone:
        lines.append(f"  {gone_text(plan.gone)}")
    lineage = plan.bridge.lineage
    if lineage.by_hand:
        said = ", ".join(_said(task, how, plan) for task, how in lineage.by_hand.items())
        lines.append(f"  {said}, noted with the run: {lineage.who}, {lineage.because}")
    return lines


def _said(task: str, how: ByHand, plan: RetryPlan) -> str:
    """With the value that a person said: what is below gets it."""
    value = plan.bridge.kept[task].value if plan.bridge and task in plan.bridge.kept else None
    return f"{task} {how}{f', and returned {short_text(value)}' if value is not None else ''}"


def groups_of_retry(
    seen: RunSnapshot, plan: RetryPlan, left: Collection[str] = ()
) -> dict[str, tuple[str, ...]]:
    """`{what a retry does: the tasks it does that with}`, by the service or by a bridge."""
    own = retry_groups(seen, plan.edited, left)
    if plan.bridge is None:
        return own
    lineage, tasks = plan.bridge.lineage, plan.bridge.graph.tasks
    last = tuple(name for name in lineage.runs if tasks[name].is_finalizer)
    by_hand = [name for name, said in lineage.by_hand.items() if said is ByHand.DONE]
    below = plan.bridge.below_skipped
    runs = tuple(name for name in lineage.runs if name not in (*last, *below))
    return {
        **own,
        "runs": runs,
        "reused": tuple(name for name in lineage.kept if name not in by_hand),
        "done by hand": tuple(by_hand),
        "stays skipped": (*lineage.skipped, *below),
        "runs again at the end": last,
        "with edited code": tuple(name for name in plan.edited if name in runs),
        "reused as its older code returned it": tuple(n for n in plan.edited if n in lineage.kept),
    }


def code_lines(seen: RunSnapshot, runs: Collection[str], code: Mapping[str, str]) -> list[str]:
    """Which version of its code each task that runs has run, and will.

    Args:
        code: `{task: hash of its code}` as it will be deployed.
    """
    lines = []
    for name in runs:
        was, will = seen.code.get(name, ""), code.get(name, "")[:_SHORT]
        if will:
            lines.append(f"  code of {name}: {f'{was} → ' if was not in ('', will) else ''}{will}")
    return lines


def config_lines(seen: RunSnapshot, plan: RetryPlan, graph: TaskGraph) -> list[str]:
    """Which reused tasks read a key that is another now: they gave what they gave for the old."""
    if plan.bridge is None or not plan.asked.config:
        return []
    now = merged_config(seen.config, plan.asked.config)
    keys = {key_of(task.name): keys_read(task) for task in graph.tasks}
    changed = {
        name: changed_keys(keys.get(key_of(name)), seen.config, now)
        for name in plan.bridge.lineage.kept
        if name not in plan.asked.done  # who said its value knows for which configuration
    }
    return [
        f"  note: {name}, reused, may read {keys_text(each, seen.config, now)}; "
        f"{ByPlace(f'--from {name}', f'start=[{name!r}]')} runs it again"
        for name, each in changed.items()
        if each
    ]
