"""What the tasks of runs told that a service has long forgotten: a later deploy takes it away.

The embedded engine lets such files go with their run; a service knows nothing of them. A run of
which any file is young stays whole, as one that is retried does.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from sfdag_magics.client.code.deployed_code import stage_location, told_folder
from sfdag_magics.client.connecting.activity import doing
from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.deploying.plan import Plan
from sfdag_magics.errors import BackendError
from sfdag_magics.sqltext import quoted_string

#: Snowflake's own history of tasks tells of seven days, and a run can be retried for fourteen.
KEPT = timedelta(days=30)
#: So many are named by one statement.
_TOGETHER = 100
_RUN = re.compile(r"[\w-]+")


def remove_old_runs(backend: Backend, plan: Plan) -> None:
    """Take away what a service keeps of old runs; what breaks off, the next deploy goes on with.

    Args:
        plan: was just carried out.
    """
    if backend.is_embedded or not (plan.before_code.tells or (plan.code and plan.code.tells)):
        return
    place = quoted_string(stage_location(plan.stage, told_folder(plan.graph)))
    with contextlib.suppress(BackendError):  # the graph is deployed, and the next one tries again
        old = sorted(old_runs(backend.rows(f"LIST {place}"), datetime.now(UTC)))
        if old:
            doing("deploying", "taking away what old runs showed")
        for start in range(0, len(old), _TOGETHER):
            names = "|".join(old[start : start + _TOGETHER])
            backend.rows(f"REMOVE {place} PATTERN = '.*/({names})/.*'")


def old_runs(rows: Iterable[Mapping[str, Any]], now: datetime) -> set[str]:
    """The runs below `GRAPH$runs/` of which nothing is young enough, of rows of LIST."""
    newest: dict[str, datetime] = {}
    for row in rows:
        run, is_below, _ = str(row["name"]).partition("$runs/")[2].partition("/")
        if is_below and _RUN.fullmatch(run):
            came = parsedate_to_datetime(str(row["last_modified"]))
            newest[run] = max(newest.get(run, came), came)
    return {run for run, came in newest.items() if now - came > KEPT}
