"""`python -m tests.notebooks.commit`: the repository's notebooks as they are committed.

Each is executed on an engine of its own, and what differs each time is set to what does not
(`fixed`), so that who reads them on a code host sees the graph, the failure and the retry.
"""

from __future__ import annotations

import getpass
import os
import platform
import re
import sys
import tempfile
from pathlib import Path

import nbformat

from sfdag_magics.cli import main
from tests.notebooks.executing import NOTEBOOKS, executed, names
from tests.notebooks.fixed import VERSION, fixed, readable

#: Paths of machines, and what looks like the version of a program. Spelled apart: no path is here.
_PATHS = re.compile(r"(?<![\w.<])/(?:home|root|tm" + r"p|usr|var|opt|Users)/\S*|\b[A-Z]:\\\S+")
_VERSIONS = re.compile(r"(?<![\d.])\d+\.\d+\.\d+\b(?!\.)")


def of_a_machine(text: str) -> list[str]:
    """What of `text` tells of the machine, of who used it, or of what was installed there."""
    names = [name for name in (platform.node(), getpass.getuser(), str(Path.cwd())) if name]
    found = [name for name in names if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)]
    versions = [version for version in _VERSIONS.findall(text) if version != VERSION]
    return [*found, *_PATHS.findall(text), *versions]


def commit(name: str) -> None:
    """Execute one notebook and write it with its outputs."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "engine"
        os.environ["SFDAG_DATA"] = str(data)
        cwd = Path(folder) / "cwd"
        cwd.mkdir()
        try:
            notebook = fixed(executed(name, cwd))
        finally:
            main(["local", "stop", "--data", str(data)])
    if found := of_a_machine(readable(notebook)):
        sys.exit(f"{name} tells of this machine: {', '.join(found)}")
    nbformat.write(notebook, NOTEBOOKS / name)


if __name__ == "__main__":
    for each in sys.argv[1:] or names():
        commit(each)
