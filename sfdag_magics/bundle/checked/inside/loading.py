"""Loads tasks of an archive as a procedure loads them, and says what their names are then."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from collections.abc import Iterator
from typing import Any

from .fingerprint import fingerprint

_OF_EACH_MODULE = frozenset(
    ("__name__", "__doc__", "__builtins__", "__spec__", "__loader__", "__package__")
)


def load_all(request: dict[str, Any], folder: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """`(task, what it is once it is loaded)`, one after another, as one interpreter runs them."""
    path = os.path.join(folder, "code.zip")
    with open(path, "wb") as file:
        file.write(request["archive"])
    os.mkdir(os.path.join(folder, "work"))
    os.chdir(os.path.join(folder, "work"))
    sys.path[:] = [path, *sys.path]
    sys.argv[:] = [""]
    sys.stdin, sys.stdout, sys.stderr = (open(os.devnull, mode) for mode in ("r", "w", "w"))  # noqa: SIM115 - as long as this process
    runtime = importlib.import_module(f"{request['package']}.runtime")
    local = importlib.import_module(f"{request['package']}.local_modules")
    for task in request["tasks"]:
        yield task, _loaded(task, runtime, local, request)


def _loaded(task: str, runtime: Any, local: Any, request: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401 - modules of the archive
    entry = runtime.find_entry(task)
    try:
        local.use_local_modules(entry.get("local"), unpack=bool(entry.get("unpack")))
        runtime.load_function(entry)
    except BaseException as raised:  # noqa: BLE001 - whatever the user's code raises
        return {"failed": _told(raised)}
    names = {
        name: value
        for name, value in vars(sys.modules["__main__"]).items()
        if name not in _OF_EACH_MODULE
    }
    nodes, roots = fingerprint(names, frozenset(request["own"]))
    return {"nodes": [tuple(each) for each in nodes], "roots": roots}


def _told(raised: BaseException) -> dict[str, Any]:
    frames = traceback.extract_tb(raised.__traceback__)
    return {
        "kind": type(raised).__name__,
        "text": str(raised),
        "frames": [(each.filename, each.lineno or 0, each.name) for each in frames],
        "name": getattr(raised, "name", None) if isinstance(raised, ImportError) else None,
    }
