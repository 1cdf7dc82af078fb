"""What a definition notes of the one that it replaces, and what a plan would put back by it. Pure.

Each property has a history of its own: an edit of the SQL keeps nobody from seeing that the
condition beside it is one that somebody has replaced since.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from sfdag_magics.client.deploying.difference import (
    STATE,
    WAITS,
    Change,
    PropertyDifference,
    there_of,
)
from sfdag_magics.client.deploying.task_statements import remembering
from sfdag_magics.client.observing.deployed import (
    NOTED_TIME,
    NOTED_VERSIONS,
    DeployedGraph,
    DeployedTask,
)
from sfdag_magics.client.observing.versions import (
    Version,
    goes_back,
    noted_versions,
    present_last,
    read_versions,
    short_hash,
)

#: So many versions of each property are remembered.
_MOST_VERSIONS = 5


def with_history(change: Change, before: DeployedGraph | None, now: datetime) -> Change:
    """The change, its definition noting when it is deployed and what it replaces."""
    if change.definition is None:
        return change
    noted: dict[str, object] = {NOTED_TIME: int(now.timestamp() * 1000)}
    there = there_of(change.stored, before)
    if there is not None:
        versions = read_versions(there.mark.get(NOTED_VERSIONS, {}))
        for each in _noted(change):
            known = _versions(each, there)
            versions[each.what] = present_last(known, _hash(each.new), now)
        if versions:
            noted[NOTED_VERSIONS] = noted_versions(versions, _MOST_VERSIONS)
    return replace(change, definition=remembering(change.definition, noted))


def taken_back(
    change: Change, before: DeployedGraph | None
) -> Iterator[tuple[str, datetime | None]]:
    """The properties that would be again what they were before they were replaced.

    Yields:
        The property, and since when the one that is newer is there; None where it was altered by
        hand, which no mark notes.
    """
    there = there_of(change.stored, before)
    if there is None or change.definition is None:
        return
    is_as_deployed = there.mark.get("hash") == change.definition.digest
    for each in _noted(change):
        known = _versions(each, there)
        if is_as_deployed or goes_back(known, _hash(each.new)):
            yield each.what, None if is_as_deployed else known[-1].since


def _hash(value: object) -> str:
    """Of a property as it is; that a schedule waits for a deploy is no other schedule."""
    return short_hash(str(value or "").removesuffix(WAITS))


def _noted(change: Change) -> tuple[PropertyDifference, ...]:
    return tuple(each for each in change.differences if each.what != STATE)


def _versions(of: PropertyDifference, there: DeployedGraph | DeployedTask) -> tuple[Version, ...]:
    """What is known of a property until now, with what is deployed last."""
    noted = read_versions({of.what: there.mark.get(NOTED_VERSIONS, {}).get(of.what, ())})
    at = datetime.fromtimestamp(there.mark.get(NOTED_TIME, 0) / 1000, UTC)
    return present_last(noted[of.what], _hash(of.old), at)
