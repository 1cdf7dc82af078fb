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
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sfdag_magics.client.connecting.targets import Target
    from sfdag_magics.client.deploying.deploy import Deployed
    from sfdag_magics.client.deploying.plan import Plan
    from sfdag_magics.client.exporting.exported import Exported
    from sfdag_magics.client.importing.imported import Imported, ImportedGraph
    from sfdag_magics.client.models.maker import Maker
    from sfdag_magics.client.models.registered import Model, ModelVersion
    from sfdag_magics.client.observing.outlook import Outlook
    from sfdag_magics.client.observing.questions import Agrees, Question
    from sfdag_magics.client.observing.shown import Progress, Shown, ShownKind
    from sfdag_magics.client.observing.snapshot import ModelMade, RunSnapshot, TaskRun
    from sfdag_magics.client.observing.traces.logs import LogLine
    from sfdag_magics.client.parts.nothing_to_run import NothingToRun
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
        NoSuchTaskError,
        Problem,
        RunFailedError,
        SfdagError,
        StillGoingError,
        UnsupportedError,
    )
    from sfdag_magics.graph.failure_notice import failure_notice
    from sfdag_magics.graph.grammar import OverlapPolicy
    from sfdag_magics.graph.grouped import GroupRun
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
    from sfdag_magics.simulating.simulation import Fate, Simulation, Way
    from sfdag_magics.workspace.answers.backfill import Backfill
    from sfdag_magics.workspace.answers.checking import Checked
    from sfdag_magics.workspace.answers.comparison import Comparison
    from sfdag_magics.workspace.answers.debugging import Debugged
    from sfdag_magics.workspace.answers.listings import GraphListing, LogListing, RunListing
    from sfdag_magics.workspace.answers.looking import Status
    from sfdag_magics.workspace.answers.models_shown import (
        MetricPlot,
        ModelListing,
        ModelVersions,
        Promoted,
        VersionSeen,
    )
    from sfdag_magics.workspace.answers.tracing import Traced
    from sfdag_magics.workspace.decorator import sftask
    from sfdag_magics.workspace.model_registry import ModelRegistry
    from sfdag_magics.workspace.open_target import OpenTarget
    from sfdag_magics.workspace.opening import open_target

__version__ = "0.1.0"

#: Where each public name is at home.
_HOMES = {
    "client.connecting.targets": ("Target",),
    "client.deploying.deploy": ("Deployed",),
    "client.deploying.plan": ("Plan",),
    "client.exporting.exported": ("Exported",),
    "client.models.maker": ("Maker",),
    "client.models.registered": ("Model", "ModelVersion"),
    "client.observing.traces.logs": ("LogLine",),
    "client.importing.imported": ("Imported", "ImportedGraph"),
    "client.observing.outlook": ("Outlook",),
    "client.observing.questions": ("Agrees", "Question"),
    "client.observing.shown": ("Progress", "Shown", "ShownKind"),
    "client.observing.snapshot": ("ModelMade", "RunSnapshot", "TaskRun"),
    "client.parts.nothing_to_run": ("NothingToRun",),
    "client.running.rootcause": ("RootCause",),
    "client.running.runs": ("Run",),
    "errors": (
        *("BackendError", "CaptureError", "ConnectError", "GraphError", "InputError"),
        *("InternalError", "MachineError", "NoSuchTaskError", "Problem", "RunFailedError"),
        *("SfdagError", "StillGoingError", "UnsupportedError"),
    ),
    "graph.failure_notice": ("failure_notice",),
    "graph.grammar": ("OverlapPolicy",),
    "graph.grouped": ("GroupRun",),
    "graph.model": (
        *("FunctionSource", "GraphOptionChanges", "GraphOptions", "Task", "TaskGraph"),
        *("TaskKind", "TaskOptions", "python_task", "sql_task"),
    ),
    "graph.states": ("DisplayState", "GraphRunState"),
    "simulating.simulation": ("Fate", "Simulation", "Way"),
    "workspace.answers.backfill": ("Backfill",),
    "workspace.answers.checking": ("Checked",),
    "workspace.decorator": ("sftask",),
    "workspace.answers.comparison": ("Comparison",),
    "workspace.answers.debugging": ("Debugged",),
    "workspace.answers.listings": ("GraphListing", "LogListing", "RunListing"),
    "workspace.answers.looking": ("Status",),
    "workspace.answers.models_shown": (
        *("MetricPlot", "ModelListing", "ModelVersions", "Promoted", "VersionSeen"),
    ),
    "workspace.answers.tracing": ("Traced",),
    "workspace.model_registry": ("ModelRegistry",),
    "workspace.open_target": ("OpenTarget",),
    "workspace.opening": ("open_target",),
}

__all__ = [
    "Agrees",
    "BackendError",
    "Backfill",
    "CaptureError",
    "Checked",
    "Comparison",
    "ConnectError",
    "Debugged",
    "Deployed",
    "DisplayState",
    "Exported",
    "Fate",
    "FunctionSource",
    "GraphError",
    "GraphListing",
    "GraphOptionChanges",
    "GraphOptions",
    "GraphRunState",
    "GroupRun",
    "Imported",
    "ImportedGraph",
    "InputError",
    "InternalError",
    "LogLine",
    "LogListing",
    "MachineError",
    "Maker",
    "MetricPlot",
    "Model",
    "ModelListing",
    "ModelMade",
    "ModelRegistry",
    "ModelVersion",
    "ModelVersions",
    "NoSuchTaskError",
    "NothingToRun",
    "OpenTarget",
    "Outlook",
    "OverlapPolicy",
    "Plan",
    "Problem",
    "Progress",
    "Promoted",
    "Question",
    "RootCause",
    "Run",
    "RunFailedError",
    "RunListing",
    "RunSnapshot",
    "SfdagError",
    "Shown",
    "ShownKind",
    "Simulation",
    "Status",
    "StillGoingError",
    "Target",
    "Task",
    "TaskGraph",
    "TaskKind",
    "TaskOptions",
    "TaskRun",
    "Traced",
    "UnsupportedError",
    "VersionSeen",
    "Way",
    "__version__",
    "failure_notice",
    "load_ipython_extension",
    "open_target",
    "python_task",
    "sftask",
    "sql_task",
    "unload_ipython_extension",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever is exported
    """A public name, loaded now."""
    home = next((home for home, names in _HOMES.items() if name in names), None)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: Any = getattr(importlib.import_module(f"{__name__}.{home}"), name)
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
