"""Which tasks would give what they gave before: proven by their code, configuration and inputs.

A task is reused where its code, the values of the configuration keys it reads and what all tasks
above it gave are those of its last success, and all tasks above it are reused as well. Tables that
it reads are not compared. Pure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from json import dumps  # as it is now: a cell may put its own in the module
from typing import Any

from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.client.observing.snapshot import RunSnapshot, TaskRun
from sfdag_magics.client.parts.recorded import Recorded, recorded
from sfdag_magics.graph.states import DisplayState
from sfdag_magics.graph.topology import Topology
from sfdag_magics.light_classes import dataclass

_SHOWN = 8
#: A key that a configuration does not have; its task takes its default, which is code.
_ABSENT = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reads:
    """What a task is made of today.

    Attributes:
        code: a hash of its code or SQL, as runs note it; empty where none is noted.
        keys: the configuration keys that it reads; None where that may be any.
    """

    code: str
    keys: Collection[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a task is reused.

    Attributes:
        reason: why it has to run, or by which proof it has not.
        value: what it gives; None where it has to run, or stays skipped.
        stays_skipped: it was skipped, and nothing that decided so is another.
    """

    reason: str
    value: Recorded | None = None
    stays_skipped: bool = False

    @property
    def runs(self) -> bool:
        """Whether it has to run."""
        return self.value is None and not self.stays_skipped


def verdicts(
    graph: DeployedGraph,
    runs: Sequence[RunSnapshot],
    reads: Mapping[str, Reads],
    config: Mapping[str, Any],
    *,
    definitions: str = "",
    lost: Collection[str] = (),
) -> dict[str, Verdict]:
    """`{task: its verdict}` in topological order; a finalizer always runs.

    Args:
        runs: the last ones, the newest first, with the code that their tasks ran.
        reads: of each task.
        config: what the run is to be configured with.
        definitions: of all tasks in one word, as runs note them.
        lost: tables of frames that are no more.
    """
    edges = Topology(graph.parents)
    past = _Past(graph=graph, runs=runs, definitions=definitions, lost=lost)
    found: dict[str, Verdict] = {}
    for name, task in graph.tasks.items():
        if not task.is_finalizer:
            above = {each: found[each] for each in graph.tasks if each in edges.ancestors(name)}
            found[name] = past.verdict(name, above, reads[name], config)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Past:
    graph: DeployedGraph
    runs: Sequence[RunSnapshot]
    definitions: str
    lost: Collection[str]

    def verdict(
        self, name: str, above: Mapping[str, Verdict], reads: Reads, config: Mapping[str, Any]
    ) -> Verdict:
        """Of one task, by those of all tasks above it."""
        if running := [each for each, verdict in above.items() if verdict.runs]:
            return Verdict(reason=f"{listed(running)} above it {_verb(running)}")
        inputs = {each: verdict.value.value for each, verdict in above.items() if verdict.value}
        if skipped := self._skipped(name, inputs):
            return Verdict(reason=f"skipped as in run {skipped.short_id}", stays_skipped=True)
        last = _last_success(name, self.runs)
        if last is None:
            return Verdict(reason="it did not succeed in the last runs")
        if last[1].return_value in self.lost:
            reason = f"the table of its frame in run {last[0].short_id} is no more"
            return Verdict(reason=reason)
        return _compared(name, *last, inputs, reads, config)

    def _skipped(self, name: str, inputs: Mapping[str, str | None]) -> RunSnapshot | None:
        """The newest run that had it, where that skipped it for a reason that still holds."""
        condition = (self.graph.tasks[name].condition or "").upper()
        if "STREAM" in condition or not self.definitions:
            return None
        seen = next((s for s in self.runs if name in s.tasks and _chose(s, name)), None)
        if seen is None or seen.tasks[name].state is not DisplayState.SKIPPED:
            return None
        is_same = seen.definitions == self.definitions and not _others(seen, inputs)
        return seen if is_same else None


def _compared(
    name: str,
    seen: RunSnapshot,
    ran: TaskRun,
    inputs: Mapping[str, str | None],
    reads: Reads,
    config: Mapping[str, Any],
) -> Verdict:
    """By the run in which it last succeeded."""
    if not reads.code or name not in seen.code:
        return Verdict(reason="no run notes which code it ran")
    if seen.code[name] != reads.code:
        return Verdict(reason=f"its code is not that of run {seen.short_id}")
    if changed := changed_keys(reads.keys, seen.config, config):
        return Verdict(reason=f"other configuration: {keys_text(changed, seen.config, config)}")
    if others := _others(seen, inputs):
        return Verdict(reason=f"{listed(others)} gave it something else in run {seen.short_id}")
    proof = _hash([reads.code, _values(reads.keys, config), inputs])
    value = Recorded(value=ran.return_value, run=seen.group_id or "")
    return Verdict(value=value, reason=f"{proof} as in run {seen.short_id}")


def _others(seen: RunSnapshot, inputs: Mapping[str, str | None]) -> list[str]:
    """The tasks above that gave something else in that run."""
    given = recorded(seen)
    was = {name: given[name].value if name in given else _ABSENT for name in inputs}
    return [name for name, value in inputs.items() if was[name] != value]


def keys_text(keys: Collection[str], then: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """What became of keys: `rows 5 → 7`."""
    return ", ".join(f"{key} {_shown(then, key)} → {_shown(now, key)}" for key in keys)


def changed_keys(
    keys: Collection[str] | None, then: Mapping[str, Any], now: Mapping[str, Any]
) -> tuple[str, ...]:
    """The keys of which the value is another; of all keys where a task may read any."""
    looked_at = keys if keys is not None else {*then, *now}
    return tuple(
        key for key in sorted(looked_at) if then.get(key, _ABSENT) != now.get(key, _ABSENT)
    )


def _last_success(name: str, runs: Sequence[RunSnapshot]) -> tuple[RunSnapshot, TaskRun] | None:
    """The newest run in which it ran and succeeded; one that only kept its value is none."""
    ran = ((seen, seen.tasks[name]) for seen in runs if name in seen.tasks and _chose(seen, name))
    # Of a task that a retry kept the attempt in which it ran is told, and its start.
    good = (DisplayState.SUCCEEDED, DisplayState.REUSED)
    return next(((s, task) for s, task in ran if task.state in good and task.started), None)


def _chose(seen: RunSnapshot, name: str) -> bool:
    """Whether it ran because the graph says so."""
    return seen.lineage is None or name not in seen.lineage.forced


def _values(keys: Collection[str] | None, config: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: config[key] for key in sorted(keys if keys is not None else config) if key in config
    }


def _hash(parts: object) -> str:
    text = dumps(parts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:_SHOWN]


def _shown(config: Mapping[str, Any], key: str) -> str:
    return str(config.get(key, _ABSENT))


def _verb(names: Sequence[str]) -> str:
    return "runs" if len(names) == 1 else "run"
