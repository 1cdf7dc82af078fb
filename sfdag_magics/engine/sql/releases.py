"""Which releases of foreign packages our SQL was tested with. Knows the bounds, no SQL.

The bounds stand in `pyproject.toml` only; the installed package's metadata says them again. A
notebook's environment may hold another release all the same: pip can be told to, or pinned later.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import requires, version

from packaging.requirements import Requirement

#: What our SQL is written against, release by release.
WRITTEN_AGAINST = ("duckdb", "sqlglot")


def untested(release_of: Callable[[str], str] = version) -> str:
    """One line that names what is installed at a release the tests did not run with; else ''."""
    # of forty: to read them all is as much work as all else that is done here
    texts = (text for text in requires("sfdag_magics") or () if text.startswith(WRITTEN_AGAINST))
    named = (Requirement(text) for text in texts)
    bounds = {each.name: each.specifier for each in named if each.name in WRITTEN_AGAINST}
    outside = [
        f"{name} {release_of(name)} ({bound})"
        for name, bound in bounds.items()
        if not bound.contains(release_of(name), prereleases=True)
    ]
    if not outside:
        return ""
    wanted = " ".join(f"'{name}{bound}'" for name, bound in bounds.items())
    return (
        f"the engine was not tested with {', '.join(outside)};"
        f" what it was tested with: pip install {wanted}"
    )
