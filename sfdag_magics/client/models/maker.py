"""Which run made a version of a model: a value, and the rule by which it is known. Pure.

The registry notes no run. A version is made while the task that logs it executes, and both times
are of one clock; of tasks that executed at once the one is meant that returned the version's name,
or in whose run's id the version's comment is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sfdag_magics.graph.names import short_run
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """A task's execution, as TASK_HISTORY tells of it.

    Attributes:
        task: its full stored name.
        completed: None while it goes on.
    """

    task: QualifiedName
    root_id: str
    group_id: str
    attempt: int
    query_id: str | None
    started: datetime
    completed: datetime | None
    return_value: str = ""

    def covers(self, moment: datetime) -> bool:
        """Whether it went on at that moment."""
        return self.started <= moment and (self.completed is None or moment <= self.completed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """The run that made a version.

    Attributes:
        graph: its graph's name; as the notebook spells it while the graph is deployed.
        task: the task that logged it, spelled so as well; None where several of the run executed.
    """

    graph: str
    group_id: str
    task: str | None
    attempt: int
    query_id: str | None

    def __str__(self) -> str:
        task = f" · {self.task}" if self.task else ""
        attempt = f", attempt {self.attempt}" if self.attempt > 1 else ""
        return f"{short_run(self.group_id)} of {self.graph}{task}{attempt}"


def executions_of(
    name: str, comment: str, created: datetime, executions: Sequence[Execution]
) -> tuple[Execution, ...]:
    """The executions of the one run that made a version; none where several runs may have.

    Args:
        name: the version's.
        comment: the version's.
    """
    possible = [each for each in executions if each.covers(created)]
    rules: tuple[Callable[[Execution], bool], ...] = (
        lambda each: each.group_id in comment,
        lambda each: name.lower() in each.return_value.lower(),
        lambda each: True,
    )
    for rule in rules:
        found = tuple(filter(rule, possible))
        if found:
            return found if len({each.group_id for each in found}) == 1 else ()
    return ()
