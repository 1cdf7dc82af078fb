"""Which release is installed here, and what is told of an engine that runs. Knows no process."""

from __future__ import annotations

import sys
from importlib.metadata import version

from sfdag_magics.light_classes import dataclass


def installed_release() -> str:
    """The release of this package that a new engine would run."""
    return version("sfdag_magics")


def python_release() -> str:
    """The release of this process's Python, such as `3.12.4`."""
    return ".".join(map(str, sys.version_info[:3]))


@dataclass(frozen=True, slots=True, kw_only=True)
class ServingEngine:
    """An engine that runs.

    Attributes:
        data: the directory that it serves; empty for the one that commands mean by default.
        is_older: whether it runs other code than is installed now: it goes on with what it began
            with until it is stopped.
    """

    data: str
    process: int
    release: str
    is_older: bool
