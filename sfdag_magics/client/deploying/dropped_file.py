"""The file that stays on the stage when a graph is dropped: its tasks, and what they did."""

from __future__ import annotations

import json
from collections.abc import Collection
from json import dumps  # as it is now: a cell may put its own in the module

from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.deploying.dropped import Dropped, read_dropped
from sfdag_magics.errors import BackendError, ConnectError

_NAME = "dropped.json"


def dropped_file(folder: str) -> str:
    """Where it lies, in the graph's folder on the stage."""
    return f"{folder}{_NAME}"


def content_of(dropped: Dropped) -> bytes:
    """What it says."""
    return dumps(dropped).encode()


def dropped_with_graph(backend: Backend, folder: str, files: Collection[str] | None) -> Dropped:
    """What such a file says; nothing where there is none, or it was not written to its end.

    Args:
        files: the names of the files in the folder, of `listed_files`.
    """
    if _NAME not in (files or ()):
        return {}
    try:
        return read_dropped(json.loads(backend.download(dropped_file(folder))))
    except ConnectError:
        raise
    except (BackendError, ValueError):  # it may be read by others only, or is half there
        return {}
