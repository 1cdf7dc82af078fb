"""What to do about a failed run, by what it failed of. Knows what is deployed; asks nobody.

The service's own retry takes newer code of Python tasks and nothing else: limits of time and
warehouses stay as they were when the run began. So what must be changed decides how it goes on.
"""

from __future__ import annotations

import re
from datetime import timedelta

from sfdag_magics.client.deploying.task_statements import TASK_TIMEOUT
from sfdag_magics.client.observing.deployed import NOTED_OPTIONS, DeployedTask
from sfdag_magics.client.observing.frames import without_services_words
from sfdag_magics.client.running.rootcause import RootCause
from sfdag_magics.client.running.runs import Run
from sfdag_magics.graph.states import DisplayState
from sfdag_magics.graph.times.moments import typed_duration
from sfdag_magics.place_words import (
    CORRECT,
    DEPLOY_IT,
    RETRY_IT,
    RUN_ANEW,
    OfCode,
    OfKernel,
)
from sfdag_magics.render.run_seen import config_text

#: The whole of the error: in a traceback it is a limit that the task's own code ran into.
_TIME_IS_UP = re.compile(
    r"(?:\S+ \(\w+\): )?Statement reached its statement or warehouse timeout of"
    r" ([\d,.]+) second\(s\) and was cancell?ed\.?"
)
_RUN_IT = OfKernel(", run the cell", "")
_NO_WAREHOUSE = re.compile(r"No active warehouse selected in the current session")


def what_next(run: Run, cause: RootCause) -> str:
    """What to do about a failed run, once its cause has been read."""
    if cause.task is not None and cause.task.state is DisplayState.CANCELLED:
        return "%sfdag retry goes on where it was ended, %sfdag run starts over"
    also = f" · %sfdag why {cause.others[0]}" if cause.others else ""
    return f"{_step(run, cause)}{also}"


def _step(run: Run, cause: RootCause) -> str:
    task = run.deployed.tasks.get(cause.task.name) if cause.task else None
    error = without_services_words((cause.task.error_message if cause.task else "") or "").strip()
    if task is not None and (found := _TIME_IS_UP.fullmatch(error)):
        return _more_time(run, task, timedelta(seconds=float(found[1].replace(",", ""))))
    if task is not None and _NO_WAREHOUSE.search(error):
        named = OfCode("%%sftask … --warehouse ML", "@sftask(warehouse='ML')")
        return f"name one: {named}{_RUN_IT}, then {_anew(run)}"
    if cause.grant:
        return f"once that is granted, %sfdag retry {run.snapshot.short_id}"
    return f"{CORRECT}, then {_corrected(run, task)}"


def _more_time(run: Run, task: DeployedTask, limit: timedelta) -> str:
    """Where the limit was set, and that a retry keeps it; faster code needs no other limit."""
    more = typed_duration(2 * limit)
    option = _graph_option(run, task, limit)
    if option:
        call = f"graph.configure({option.removeprefix('--').replace('-', '_')}='{more}')"
        time = str(OfCode(f"%sfdag graph {run.deployed.name} {option} {more}", call))
    else:
        own = OfCode(f"%%sftask … --timeout {more}", f"@sftask(timeout='{more}')")
        time = f"{own}{_RUN_IT}"
    faster = f"; with faster code: {_corrected(run, task)}" if task.is_python else ""
    return f"more time: {time}, then {_anew(run)} (a retry keeps {typed_duration(limit)}){faster}"


def _graph_option(run: Run, task: DeployedTask, limit: timedelta) -> str:
    """The graph's option that set the limit; empty where it is the task's own."""
    noted = run.deployed.mark.get(NOTED_OPTIONS, {})
    own = task.mark.get(NOTED_OPTIONS, {}).get("user_task_timeout_ms")
    if own is not None:
        return "--timeout" if own == noted.get(TASK_TIMEOUT) else ""
    whole = noted.get("user_task_timeout_ms")
    return "--graph-timeout" if whole == round(limit / timedelta(milliseconds=1)) else ""


def _corrected(run: Run, task: DeployedTask | None) -> str:
    """What goes on with a corrected cell; on an account a retry takes no SQL along by itself."""
    first = "" if task is None or task.is_python or run.is_embedded else f"{DEPLOY_IT} · "
    kept = config_text(run.snapshot.differs)
    other = f" (with {kept}, as it was; %sfdag run --set begins with other values)"
    return f"{first}{RETRY_IT}{other if kept else ''}"


def _anew(run: Run) -> str:
    """What deploys the notebook's edits and begins another run."""
    return f"{RUN_ANEW}" if run.is_embedded else f"{DEPLOY_IT} · %sfdag run"
