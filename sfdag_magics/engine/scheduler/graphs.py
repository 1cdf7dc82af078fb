"""A task graph as one version of it, reduced to what scheduling needs. Values only.

What a task does (its statement, parameters, warehouse) is known by `tasks`; the scheduler knows
names, edges, conditions and limits.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field
from datetime import timedelta
from typing import Any

from sfdag_magics.graph.grammar import OverlapPolicy
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSpec:
    """One task of a graph.

    Attributes:
        predecessors: stored names of tasks of the same graph.
        condition: the WHEN expression, evaluated by the executor.
        runs_after_any_outcome: its condition asks for the predecessors' states
            (SYSTEM$PREDECESSORS_STATE), so it is asked whatever they are.
        calls: its body calls a procedure, which takes a worker.
        timeout: how long one execution may take.
        shares_timeout: it has no time limit of its own, so the whole run's ends it as well.
    """

    name: str
    task_id: str
    predecessors: tuple[str, ...] = ()
    condition: str | None = None
    timeout: timedelta = timedelta(hours=1)
    runs_after_any_outcome: bool = False
    calls: bool = False
    shares_timeout: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphSpec:
    """One version of a graph: free of cycles, with one root. (`root_id`, `version`) names it.

    Attributes:
        tasks: {stored name: task} in topological order, the root first, without the finalizer.
        schedule: as SCHEDULE has it; None for a root that EXECUTE TASK or data starts.
        trigger_interval: the least time between two runs that data starts; None for a root that it
            does not.
        automatic_retries: TASK_AUTO_RETRY_ATTEMPTS.
        suspend_after_failures: SUSPEND_TASK_AFTER_NUM_FAILURES; 0 is never.
        timeout: how long an attempt of a run may take as a whole; None is for ever.
        children: {stored name: names of its successors}; filled in here.
    """

    root_id: str
    version: int
    database: str
    schema: str
    tasks: Mapping[str, TaskSpec]
    finalizer: TaskSpec | None = None
    schedule: str | None = None
    trigger_interval: timedelta | None = None
    config: str | None = None
    overlap: OverlapPolicy = OverlapPolicy.NO_OVERLAP
    automatic_retries: int = 0
    suspend_after_failures: int = 10
    timeout: timedelta | None = None
    children: Mapping[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        children: dict[str, list[str]] = {name: [] for name in self.tasks}
        for task in self.tasks.values():
            for predecessor in task.predecessors:
                children[predecessor].append(task.name)
        frozen = {name: tuple(names) for name, names in children.items()}
        object.__setattr__(self, "children", frozen)

    @property
    def root(self) -> TaskSpec:
        """The root task."""
        return next(iter(self.tasks.values()))

    def task(self, name: str) -> TaskSpec:
        """A task by stored name, the finalizer included."""
        if self.finalizer is not None and self.finalizer.name == name:
            return self.finalizer
        return self.tasks[name]


def merged_config(config: str | None, override: str | None) -> str | None:
    """The config of one run: EXECUTE TASK … USING CONFIG laid over the graph's own.

    Objects are merged key by key at every depth; everything else, arrays and nulls included, is
    replaced (Snowflake documents only the objects).
    """
    if override is None:
        return config
    if config is None:
        return override
    return json.dumps(_merged(json.loads(config), json.loads(override)), ensure_ascii=False)


def _merged(old: Any, new: Any) -> Any:  # noqa: ANN401 - JSON
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return new
    kept = {key: _merged(value, new[key]) if key in new else value for key, value in old.items()}
    return kept | {key: value for key, value in new.items() if key not in old}
