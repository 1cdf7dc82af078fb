"""What was deployed before, and since when: how what is older here is told from an edit. Pure.

One way for the code of Python tasks, which the graph's procedure notes, and for each property of a
definition (SQL, condition, schedule, a key of the configuration), which the task's own mark notes.
Of what was there a short hash is kept: it is compared, never shown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from sfdag_magics.light_classes import dataclass

#: So much of a hash tells what is deployed from what it was.
_SHORT = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One thing as it was, by the start of its hash, from the time when it was deployed."""

    since: datetime
    code: str


#: `{what: its versions, the present one last}`.
Versions = Mapping[str, tuple[Version, ...]]


def short_hash(value: object) -> str:
    """What is kept of a property's value."""
    return hashlib.sha256(str(value or "").encode()).hexdigest()[:_SHORT]


def present_last(
    known: Sequence[Version], code: str, since: datetime | None
) -> tuple[Version, ...]:
    """The versions with the one that is deployed now, by its hash, as the last."""
    short = code[:_SHORT]
    if not short or since is None or (known and known[-1].code == short):
        return tuple(known)
    return (*known, Version(since=since, code=short))


def goes_back(known: Sequence[Version], code: str) -> bool:
    """Whether this was deployed before what is there now replaced it."""
    earlier, now = known[:-1], known[-1:]
    is_there = any(code.startswith(version.code) for version in now)
    return not is_there and any(code.startswith(version.code) for version in earlier)


def read_versions(noted: Mapping[str, Sequence[tuple[int, str]]]) -> dict[str, tuple[Version, ...]]:
    """The versions that a mark notes."""
    return {
        what: tuple(
            Version(since=datetime.fromtimestamp(ms / 1000, UTC), code=code) for ms, code in known
        )
        for what, known in noted.items()
    }


def noted_versions(versions: Versions, most: int) -> dict[str, list[tuple[int, str]]]:
    """The newest of each, as a mark notes them."""
    return {
        what: [(int(each.since.timestamp() * 1000), each.code) for each in known[-most:]]
        for what, known in versions.items()
    }
