"""Tasks that were dropped, which the graph's root notes, and those that a plan makes again. Pure.

Without it an older notebook that still has the cell would make such a task again without a word: of
what is gone nothing else says that it was there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sfdag_magics.client.code.deployed_code import DeployedCode
from sfdag_magics.client.deploying.definitions import remembering
from sfdag_magics.client.deploying.difference import BODY, Change, ChangeKind, by_stored
from sfdag_magics.client.deploying.plan import Plan
from sfdag_magics.client.observing.deployed import (
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


def dropped_after(
    changes: Iterable[Change], before: DeployedGraph | None, code: DeployedCode, now: datetime
) -> Dropped:
    """What the root is to note when these changes are carried out."""
    if before is None:
        return {}
    noted = _noted(before)
    for change in changes:
        if change.kind is ChangeKind.NEW:
            noted.pop(change.stored, None)
        elif change.kind is ChangeKind.DROPPED:
            task = by_stored(before)[change.stored]
            noted[change.stored] = (int(now.timestamp() * 1000), _versions(task, code))
    newest = sorted(noted, key=lambda stored: noted[stored][0])[-_MOST:]
    return {stored: noted[stored] for stored in newest}


def with_dropped(change: Change, before: DeployedGraph | None, dropped: Dropped) -> Change:
    """The change, where it is the root's and makes it anew, with a note of them."""
    if before is None or change.definition is None or change.stored != before.root.name:
        return change
    noted = {NOTED_DROPPED: dropped} if dropped else {}
    return replace(change, definition=remembering(change.definition, noted))


def comment_to_note(
    changes: Iterable[Change], before: DeployedGraph | None, dropped: Dropped
) -> str | None:
    """The root's comment with a note of them; None where a definition says it, or it is there."""
    if before is None or dropped == _noted(before):
        return None
    if any(each.stored == before.root.name and each.definition is not None for each in changes):
        return None
    return marked_comment(before.comment or None, {**before.mark, NOTED_DROPPED: dropped})


def made_again(plan: Plan) -> dict[str, datetime]:
    """`{task: when it was dropped there}` of those that would be as they were before that."""
    noted = _noted(plan.before) if plan.before is not None else {}
    code = plan.code.tasks if plan.code is not None else {}
    found = {}
    for change in plan.touched:
        if change.kind is not ChangeKind.NEW or change.definition is None:
            continue
        since, versions = noted.get(change.stored, (0, ()))
        does = code.get(change.name) or short_hash(bare_statement(change.definition.statement.body))
        if any(does.startswith(version) for version in versions):
            found[change.name] = datetime.fromtimestamp(since / 1000, UTC)
    return found


def _noted(before: DeployedGraph) -> dict[str, tuple[int, Sequence[str]]]:
    noted: Mapping[str, Any] = before.mark.get(NOTED_DROPPED, {})
    return {stored: (since, tuple(versions)) for stored, (since, versions) in noted.items()}


def _versions(task: DeployedTask, code: DeployedCode) -> tuple[str, ...]:
    """What the task did, now and before, by short hashes."""
    if task.is_python:
        return tuple(version.code for version in code.versions(task.name))
    known = read_versions(task.mark.get(NOTED_VERSIONS, {})).get(BODY, ())
    now = short_hash(bare_statement(task.definition))
    return tuple(dict.fromkeys((*(version.code for version in known), now)))
