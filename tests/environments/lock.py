"""The lock: each distribution of the test environment, at the release the tests passed with.

`python -m tests.environments.lock` writes it anew from the newest releases that the bounds of
`pyproject.toml` allow. It is a constraints file of pip's own: no hashes, no paths, not ours.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from packaging.utils import canonicalize_name

from tests.environments.installs import ROOT, resolved

LOCK = ROOT / ".ci" / "constraints.txt"
_OURS = "sfdag-magics"
_OPENING = (
    "# Every distribution that the tests were run with. Written by:"
    " python -m tests.environments.lock\n"
)


def locked() -> dict[str, str]:
    """`{canonical name: release}` of the lock."""
    lines = LOCK.read_text("utf-8").splitlines()
    pairs = (line.split("==") for line in lines if line and not line.startswith("#"))
    return {canonicalize_name(name): release for name, release in pairs}


def write(releases: Mapping[str, str], path: Path = LOCK) -> None:
    """Replace the lock."""
    lines = (f"{name}=={release}\n" for name, release in sorted(releases.items()))
    path.write_text(_OPENING + "".join(lines), "utf-8")


def newest() -> dict[str, str]:
    """`{canonical name: release}` of the newest test environment, without our own distribution."""
    return {name: release for name, release in resolved().items() if name != _OURS}


if __name__ == "__main__":
    write(newest())
    sys.stdout.write(f"{LOCK.relative_to(ROOT)} is written: install from it, and run the tests\n")
