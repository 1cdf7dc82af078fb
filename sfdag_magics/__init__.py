"""Notebook cells become Snowflake task graphs; the same from plain Python. Public names.

What stands in `__all__` is public, with the attributes and methods of these that have no underscore
in front, and what they return: it changes with a new minor version at the earliest, and with a line
in `CHANGES.md` that says how. All else is how it is made, and may be another thing tomorrow.

    with open_target() as target:          # the embedded engine of this machine, or a name
        run = target.run(graph)            # deploys what is new, then starts a run
        run.result(timeout=600)            # waits; raises RunFailedError, StillGoingError

The engine and its workers import this package too, so a name is loaded when it is asked for, and
nothing happens on import.
"""

from __future__ import annotations

import gc
import importlib
from importlib.metadata import version as _version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sfdag_magics.client.connecting.targets import Target
    from sfdag_magics.client.deploying.deploy import Deployed
    from sfdag_magics.client.deploying.plan import Plan
    from sfdag_magics.client.observing.logs import LogLine
    from sfdag_magics.client.observing.outlook import Outlook
    from sfdag_magics.client.observing.questions import Agrees, Question
    from sfdag_magics.client.observing.shown import Progress, Shown, ShownKind
    from sfdag_magics.client.observing.snapshot import RunSnapshot, TaskRun
    from sfdag_magics.client.running.rootcause import RootCause
    from sfdag_magics.client.running.runs import Run
    from sfdag_magics.errors import (
        BackendError,
        CaptureError,
        ConnectError,
        GraphError,
        InputError,
        InternalError,
        MachineError,
        Problem,
        RunFailedError,
        SfdagError,
        StillGoingError,
        UnsupportedError,
    )
    from sfdag_magics.graph.grammar import OverlapPolicy
    from sfdag_magics.graph.model import (
        FunctionSource,
        GraphOptionChanges,
        GraphOptions,
        Task,
        TaskGraph,
        TaskKind,
        TaskOptions,
        python_task,
        sql_task,
    )
    from sfdag_magics.graph.states import DisplayState, GraphRunState
    from sfdag_magics.workspace.checking import Checked
    from sfdag_magics.workspace.decorator import sftask
    from sfdag_magics.workspace.listings import GraphListing, LogListing, RunListing
    from sfdag_magics.workspace.looking import Status
    from sfdag_magics.workspace.open_target import OpenTarget, open_target

    __version__: str

#: Where each public name is at home.
_HOMES = {
    "client.connecting.targets": ("Target",),
    "client.deploying.deploy": ("Deployed",),
    "client.deploying.plan": ("Plan",),
    "client.observing.logs": ("LogLine",),
    "client.observing.outlook": ("Outlook",),
    "client.observing.questions": ("Agrees", "Question"),
    "client.observing.shown": ("Progress", "Shown", "ShownKind"),
    "client.observing.snapshot": ("RunSnapshot", "TaskRun"),
    "client.running.rootcause": ("RootCause",),
    "client.running.runs": ("Run",),
    "errors": (
        *("BackendError", "CaptureError", "ConnectError", "GraphError", "InputError"),
        *("InternalError", "MachineError", "Problem", "RunFailedError", "SfdagError"),
        *("StillGoingError", "UnsupportedError"),
    ),
    "graph.grammar": ("OverlapPolicy",),
    "graph.model": (
        *("FunctionSource", "GraphOptionChanges", "GraphOptions", "Task", "TaskGraph"),
        *("TaskKind", "TaskOptions", "python_task", "sql_task"),
    ),
    "graph.states": ("DisplayState", "GraphRunState"),
    "workspace.checking": ("Checked",),
    "workspace.decorator": ("sftask",),
    "workspace.listings": ("GraphListing", "LogListing", "RunListing"),
    "workspace.looking": ("Status",),
    "workspace.open_target": ("OpenTarget", "open_target"),
}

__all__ = [
    "Agrees",
    "BackendError",
    "CaptureError",
    "Checked",
    "ConnectError",
    "Deployed",
    "DisplayState",
    "FunctionSource",
    "GraphError",
    "GraphListing",
    "GraphOptionChanges",
    "GraphOptions",
    "GraphRunState",
    "InputError",
    "InternalError",
    "LogLine",
    "LogListing",
    "MachineError",
    "OpenTarget",
    "Outlook",
    "OverlapPolicy",
    "Plan",
    "Problem",
    "Progress",
    "Question",
    "RootCause",
    "Run",
    "RunFailedError",
    "RunListing",
    "RunSnapshot",
    "SfdagError",
    "Shown",
    "ShownKind",
    "Status",
    "StillGoingError",
    "Target",
    "Task",
    "TaskGraph",
    "TaskKind",
    "TaskOptions",
    "TaskRun",
    "UnsupportedError",
    "__version__",
    "load_ipython_extension",
    "open_target",
    "python_task",
    "sftask",
    "sql_task",
    "unload_ipython_extension",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever is exported
    """A public name, loaded now; the version is that of the installed distribution."""
    if name == "__version__":
        found: Any = _version(__name__)
    else:
        home = next((home for home, names in _HOMES.items() if name in names), None)
        if home is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = getattr(importlib.import_module(f"{__name__}.{home}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def load_ipython_extension(shell: Any) -> None:  # noqa: ANN401 - an InteractiveShell, not imported here
    """`%load_ext sfdag_magics`, as often as one likes."""
    collects = gc.isenabled()
    gc.disable()  # what is imported stays, and all that the kernel holds would be looked through
    try:
        extension = importlib.import_module("sfdag_magics.magics.extension")
    finally:
        if collects:
            gc.enable()
    extension.load(shell)


def unload_ipython_extension(shell: Any) -> None:  # noqa: ANN401 - an InteractiveShell, not imported here
    """`%unload_ext sfdag_magics`."""
    importlib.import_module("sfdag_magics.magics.extension").unload(shell)
