"""What a task of a run ran with besides its code: Python, packages, warehouse, the code's version.

By what the graph's procedure says of itself now: of an earlier archive only its name is known, and
that is said. Pure.
"""

from __future__ import annotations

from datetime import datetime

from sfdag_magics.client.code.deployed_code import DeployedCode
from sfdag_magics.client.observing.deployed import DeployedTask
from sfdag_magics.client.observing.snapshot import TaskRun
from sfdag_magics.graph.times.moments import dated_text

Facts = tuple[tuple[str, str], ...]


def ran_with(
    task: TaskRun, there: DeployedTask | None, code: DeployedCode, *, is_embedded: bool
) -> Facts:
    """`(what, which)` of a task that began; empty of one that did not.

    Args:
        there: the task as it is deployed now; None where it is not any more.
    """
    if task.started is None:
        return ()
    warehouse = there.warehouse or "serverless" if there is not None and not is_embedded else ""
    told = [("Warehouse", warehouse)]
    if there is None or there.is_python:
        told = [*_of_code(code, task.started), *told]
    return tuple((what, which) for what, which in told if which)


def _of_code(code: DeployedCode, started: datetime) -> Facts:
    archive = code.archive_at(started)
    version = _version(archive)
    if archive is None or archive != code.archive:
        of = f"{version} · other code is deployed now" if version else ""
        return (
            ("Packages", "not known any more: they were noted for the code that is deployed"),
            ("Version", of),
        )
    since = f" · deployed {dated_text(code.since)}" if code.since is not None else ""
    return (
        ("Python", code.python or ""),
        ("Packages", ", ".join(code.packages) or "none besides Python's own"),
        ("Version", f"{version}{since} · as deployed now"),
    )


def _version(archive: str | None) -> str:
    """As its archive is called, which is by its content."""
    return (archive or "").rpartition("/")[2].removesuffix(".zip")[:12]
