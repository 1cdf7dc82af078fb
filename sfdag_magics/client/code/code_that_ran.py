"""Which code the tasks of a run ran, and whether another is deployed now or stands in a cell.

A task calls the graph's procedure when it begins, so it ran what was deployed then: the procedure
notes since when, and what was there before. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sfdag_magics.client.code.deployed_code import DeployedCode
from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.client.observing.snapshot import RunSnapshot, TaskRun
from sfdag_magics.graph.times.moments import dated_text
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RanCode:
    """The code that one task of a run ran, where another would run now.

    Attributes:
        since: when what it ran had been deployed; None where that was forgotten.
        deployed: when the code was deployed that is there now; None where it is the same.
    """

    task: str
    since: datetime | None
    deployed: datetime | None

    def __str__(self) -> str:
        of = f"the code of {dated_text(self.since)}" if self.since else "earlier code"
        if self.deployed is None:
            return f"ran {of}, which is deployed; its cell has changed since"
        return f"ran {of}; since {dated_text(self.deployed)} other code is deployed"


def code_that_ran(
    seen: RunSnapshot, there: DeployedCode, here: Mapping[str, str]
) -> dict[str, RanCode]:
    """`{task: what it ran}` for the tasks that would run other code now.

    Args:
        there: what is deployed.
        here: `{task: hash of its code}` of the cells that were run in this notebook.
    """
    if seen.lineage is not None and seen.lineage.archive not in ("", there.archive):
        names = [
            n for n in seen.lineage.runs if there.versions(n) and not _is_there(seen, n, there)
        ]
        return {name: RanCode(task=name, since=None, deployed=there.since) for name in names}
    found = (_ran(task, there, here.get(task.name)) for task in seen.tasks.values())
    return {ran.task: ran for ran in found if ran is not None}


def _is_there(seen: RunSnapshot, name: str, there: DeployedCode) -> bool:
    """Whether a task of another archive, as of a part that ran, is in the one that is deployed."""
    noted = seen.code.get(name, "") if seen.attempt == 1 else ""
    return bool(noted) and there.tasks.get(name, "").startswith(noted)


def _ran(task: TaskRun, there: DeployedCode, here: str | None) -> RanCode | None:
    versions = there.versions(task.name)
    if task.started is None or not versions:
        return None
    then = [version for version in versions if version.since <= task.started]
    ran, now = (then[-1] if then else None), versions[-1]
    if ran is None or ran.code != now.code:
        return RanCode(task=task.name, since=ran.since if ran else None, deployed=now.since)
    if here is not None and not here.startswith(now.code):
        return RanCode(task=task.name, since=ran.since, deployed=None)
    return None


def told(ran: Mapping[str, RanCode]) -> tuple[str, ...]:
    """A line for all the tasks that ran the same."""
    by_words: dict[str, list[str]] = {}
    for each in ran.values():
        by_words.setdefault(str(each), []).append(each.task)
    return tuple(f"{listed(names)} {words}" for words, names in by_words.items())
