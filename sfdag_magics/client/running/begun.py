"""How a run is begun: what it is given, and how it is known again before it has an id."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from json import dumps  # as it is now: a cell may put its own in the module
from typing import Any

from sfdag_magics.client.code.deployed_code import noted_definitions
from sfdag_magics.client.connecting.activity import doing
from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.observing import history
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.running.runs import Retrying, Run
from sfdag_magics.errors import BackendError
from sfdag_magics.graph.grammar import ExecuteTask


def start_run(
    backend: Backend,
    deployed: DeployedGraph,
    *,
    config: Mapping[str, Any] | None = None,
    code: Mapping[str, str] | None = None,
    retrying: Retrying | None = None,
    noted: Mapping[str, Any] | None = None,
    over: Callable[[], None] | None = None,
) -> Run:
    """Start a run of a deployed graph and return it; does not wait for it to end.

    Args:
        config: merged over the root's config for this run only.
        code: `{task: hash of its code}` that the run starts with, noted in its config.
        retrying: how it is retried; else with what is deployed.
        noted: what else is noted in its config.
        over: done once, when the run is seen to be over.
    """
    doing("starting the run")
    last_end = backend.last_end()
    token = secrets.token_hex(8)
    # By the clock of this machine, which is the engine's too; an account has its own.
    asked = datetime.now(UTC) if backend.is_embedded else None
    made = noted_definitions(deployed)
    told = {"code": dict(code) if code else None, "made": made or None, **(noted or {})}
    own = {"run": token, **{key: said for key, said in told.items() if said}}
    text = dumps({**(config or {}), history.OWN_CONFIG_KEY: own}, sort_keys=True)
    backend.rows(ExecuteTask(name=deployed.root, config=text).to_sql())
    run = Run(backend, deployed, token=token, retrying=retrying, asked=asked, over=over)
    with contextlib.suppress(BackendError):  # it was started, whatever the first look says
        run.look_whether_begun(last_end)
    return run
