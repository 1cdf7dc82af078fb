"""Tasks that were dropped, which the graph's root notes, and those that a plan makes again. Pure.

Without it an older notebook that still has the cell would make such a task again without a word: of
what is gone nothing else says that it was there. Of a graph that is gone itself a file on its stage
says it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sfdag_magics.client.code.deployed_code import DeployedCode
from sfdag_magics.client.deploying.difference import Change, ChangeKind, by_stored
from sfdag_magics.client.deploying.plan import Plan
from sfdag_magics.client.deploying.task_statements import remembering
from sfdag_magics.client.observing.deployed import (
    BODY,
    NOTED_DROPPED,
    NOTED_VERSIONS,
    DeployedGraph,
    DeployedTask,
    marked_comment,
)
from sfdag_magics.client.observing.versions import read_versions, short_hash
from sfdag_magics.sqltext import bare_statement

#: So many are remembered, the last ones.
_MOST = 100

#: `{stored name: when it was dropped in milliseconds, and the short hashes of what it did}`.
Dropped = Mapping[str, tuple[int, Sequence[str]]]


def dropped_before(graph: DeployedGraph) -> Dropped:
    """What the root of a deployed graph notes."""
    return read_dropped(graph.mark.get(NOTED_DROPPED, {}))


def read_dropped(noted: Mapping[str, Any]) -> Dropped:
    """The same from JSON."""
    return {stored: (since, tuple(versions)) for stored, (since, versions) in noted.items()}


def dropped_whole(
    graph: DeployedGraph, code: DeployedCode, now: datetime, known: Dropped
) -> Dropped:
    """What is to be known when the graph itself is dropped: its tasks, and those from before.

    Args:
        known: what is known without the graph, such as by an earlier drop that broke off.
    """
    noted = {**known, **dropped_before(graph)}
    for task in graph.tasks.values():
        since, versions = _now_dropped(task, code, now)
        if versions or task.stored not in noted:  # the code of Python tasks may be gone already
            noted[task.stored] = (since, versions)
    return _newest(noted)


def dropped_after(
    changes: Iterable[Change],
    before: DeployedGraph | None,
    code: DeployedCode,
    now: datetime,
    known: Dropped,
) -> Dropped:
    """What the root is to note when these changes are carried out.

    Args:
        known: what was dropped until now.
    """
    noted = dict(known)
    for change in changes:
        if change.kind is ChangeKind.NEW:
            noted.pop(change.stored, None)
        elif change.kind is ChangeKind.DROPPED and before is not None:
            noted[change.stored] = _now_dropped(by_stored(before)[change.stored], code, now)
    return _newest(noted)


def _newest(noted: Dropped) -> Dropped:
    newest = sorted(noted, key=lambda stored: noted[stored][0])[-_MOST:]
    return {stored: noted[stored] for stored in newest}


def with_dropped(change: Change, root: str, dropped: Dropped) -> Change:
    """The change, where it is the root's and makes it anew, with a note of them."""
    if change.definition is None or change.stored != root:
        return change
    noted = {NOTED_DROPPED: dropped} if dropped else {}
    return replace(change, definition=remembering(change.definition, noted))


def comment_to_note(
    changes: Iterable[Change], before: DeployedGraph | None, dropped: Dropped
) -> str | None:
    """The root's comment with a note of them; None where a definition says it, or it is there."""
    if before is None or dropped == dropped_before(before):
        return None
    if any(each.stored == before.root.name and each.definition is not None for each in changes):
        return None
    return marked_comment(before.comment or None, {**before.mark, NOTED_DROPPED: dropped})


def made_again(plan: Plan) -> dict[str, datetime]:
    """`{task: when it was dropped there}` of those that would be as they were before that."""
    code = plan.code.tasks if plan.code is not None else {}
    found = {}
    for change in plan.touched:
        if change.kind is not ChangeKind.NEW or change.definition is None:
            continue
        since, versions = plan.dropped.get(change.stored, (0, ()))
        does = code.get(change.name) or short_hash(bare_statement(change.definition.statement.body))
        if any(does.startswith(version) for version in versions):
            found[change.name] = datetime.fromtimestamp(since / 1000, UTC)
    return found


def _now_dropped(
    task: DeployedTask, code: DeployedCode, now: datetime
) -> tuple[int, tuple[str, ...]]:
    return int(now.timestamp() * 1000), _versions(task, code)


def _versions(task: DeployedTask, code: DeployedCode) -> tuple[str, ...]:
    """What the task did, now and before, by short hashes."""
    if task.is_python:
        return tuple(version.code for version in code.versions(task.name))
    known = read_versions(task.mark.get(NOTED_VERSIONS, {})).get(BODY, ())
    now = short_hash(bare_statement(task.definition))
    return tuple(dict.fromkeys((*(version.code for version in known), now)))
