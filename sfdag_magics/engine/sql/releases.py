"""Which releases of foreign packages our SQL was tested with. Knows the bounds, no SQL.

The bounds stand in `pyproject.toml` only; the installed package's metadata says them again. A
notebook's environment may hold another release all the same: pip can be told to, or pinned later.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import requires

#: What our SQL is written against, release by release.
WRITTEN_AGAINST = ("duckdb", "sqlglot")
# Our bounds name plain releases; `packaging`, which reads all there are, is 11 ms of a start.
_BOUND = re.compile(r"(<=|>=|==)([\d.]+)")
_PLAIN = re.compile(r"[\d.]+")


def _loaded(name: str) -> str:
    return str(import_module(name).__version__)


def untested(release_of: Callable[[str], str] = _loaded) -> str:
    """One line that names what is installed at a release the tests did not run with; else ''."""
    # of forty: to read them all is as much work as all else that is done here
    texts = [text for text in requires("sfdag_magics") or () if text.startswith(WRITTEN_AGAINST)]
    bounds = {name: text[len(name) :] for name in WRITTEN_AGAINST for text in texts if name in text}
    outside = [
        f"{name} {release_of(name)} ({bound})"
        for name, bound in bounds.items()
        if not _is_within(release_of(name), bound)
    ]
    if not outside:
        return ""
    wanted = " ".join(f"'{name}{bound}'" for name, bound in bounds.items())
    return (
        f"the engine was not tested with {', '.join(outside)};"
        f" what it was tested with: pip install {wanted}"
    )


def _is_within(release: str, bound: str) -> bool:
    """Whether a release is one of those between; a preview of one is not."""
    if not _PLAIN.fullmatch(release):
        return False
    is_as_said = {"<=": int.__le__, ">=": int.__ge__, "==": int.__eq__}
    return all(is_as_said[how](_order(release, than), 0) for how, than in _BOUND.findall(bound))


def _order(release: str, other: str) -> int:
    """Below 0 for an older release than the other, 0 for the same."""
    first, second = (re.sub(r"(\.0)+$", "", each).split(".") for each in (release, other))
    mine, theirs = [*map(int, first)], [*map(int, second)]
    return (mine > theirs) - (mine < theirs)
