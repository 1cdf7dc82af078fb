"""What was deployed before, and since when: how what is older here is told from an edit. Pure.

One way for the code of Python tasks, which the graph's procedure notes, and for each property of a
definition (SQL, condition, schedule, a key of the configuration), which the task's own mark notes.
Of what was there a short hash is kept: it is compared, never shown. Of packages all is kept, for
what differs is told; Python itself is one of a set: with another one tasks fail too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from sfdag_magics.graph.packages import package_name
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


#: So many sets are remembered.
_MOST_SETS = 10
#: How Python stands in a set, before its version.
_PYTHON = "Python"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageSet:
    """What was installed from a time on, such as `Python==3.12` and `pandas==2.3.0`."""

    since: datetime
    packages: tuple[str, ...]


def whole_set(python: str | None, packages: Sequence[str]) -> tuple[str, ...]:
    """All that a procedure says it needs, in an order that a rewritten cell does not change."""
    return (*([f"{_PYTHON}=={python}"] if python else []), *sorted(packages))


def present_set_last(
    known: Sequence[PackageSet], packages: tuple[str, ...], since: datetime | None
) -> tuple[PackageSet, ...]:
    """The sets with the one that is deployed now as the last; one that stayed keeps its time."""
    if since is None or not packages or (known and known[-1].packages == packages):
        return tuple(known)
    return (*known, PackageSet(since=since, packages=packages))


def set_at(known: Sequence[PackageSet], moment: datetime) -> tuple[str, ...] | None:
    """What was installed then; None where that is forgotten."""
    then = [each.packages for each in known if each.since <= moment]
    return then[-1] if then else None


def noted_sets(known: Sequence[PackageSet]) -> list[tuple[int, list[str]]]:
    """The newest, as a mark notes them."""
    newest = known[-_MOST_SETS:]
    return [(int(each.since.timestamp() * 1000), list(each.packages)) for each in newest]


def read_sets(noted: Sequence[tuple[int, Sequence[str]]]) -> tuple[PackageSet, ...]:
    """The sets that a mark notes."""
    return tuple(
        PackageSet(since=datetime.fromtimestamp(ms / 1000, UTC), packages=tuple(packages))
        for ms, packages in noted
    )


def differing_packages(
    then: Sequence[str], now: Sequence[str]
) -> Iterator[tuple[str, str | None, str | None]]:
    """Each package that is not the same, with its version then and now; None where it was not.

    >>> [*differing_packages(("pandas==2.2", "tqdm"), ("pandas==2.3", "numpy==2.1"))]
    [('numpy', None, '2.1'), ('pandas', '2.2', '2.3'), ('tqdm', 'any', None)]
    """
    versions = [{package_name(each): _version(each) for each in sets} for sets in (then, now)]
    spelled = {package_name(each): _spelled(each) for each in (*then, *now)}
    for name in sorted(spelled):
        before, after = (each.get(name) for each in versions)
        if before != after:
            yield spelled[name], before, after


def _spelled(package: str) -> str:
    return _PYTHON if package.startswith(f"{_PYTHON}==") else package_name(package)


def _version(package: str) -> str:
    """As a person reads it: `2.3.0` of what is pinned, `>=2` of what is not quite."""
    at = next((at for at, char in enumerate(package) if char in "=<>!~ "), len(package))
    return package[at:].strip().removeprefix("==").removeprefix("=") or "any"
