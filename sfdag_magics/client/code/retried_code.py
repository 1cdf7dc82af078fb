"""Which code and packages the tasks of a run had: of one that was retried, in its last attempt.

A run that is started here notes the code that it was started with, and a retry may ship other code;
one that a schedule starts notes nothing. When a task began, and what the graph's procedure and the
marks of its tasks note of the code before, tell what it ran; where that is forgotten, nothing is
said of it. A retry keeps SQL as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from sfdag_magics.client.code.deployed_code import NOTED_SQL, DeployedCode, read_code
from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.observing.deployed import (
    BODY,
    NOTED_VERSIONS,
    DeployedGraph,
    DeployedTask,
)
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.client.observing.versions import Version, read_versions, short_hash
from sfdag_magics.sqltext import bare_statement


def with_ran_code(
    backend: Backend, deployed: DeployedGraph, runs: Sequence[RunSnapshot]
) -> list[RunSnapshot]:
    """The runs with the code that their tasks ran. One request, where one of them was retried."""
    if not any(seen.attempt > 1 and seen.code for seen in runs):
        return list(runs)
    there = read_code(backend, deployed.procedure)
    return [as_it_ran(seen, there) for seen in runs]


def with_all_that_ran(
    backend: Backend, deployed: DeployedGraph, runs: Sequence[RunSnapshot]
) -> list[RunSnapshot]:
    """The same of runs that a schedule started as well, and with packages. One request at most."""
    has_python = any(task.is_python for task in deployed.tasks.values())
    there = read_code(backend, deployed.procedure) if has_python else DeployedCode()
    # Two runs are compared: what one notes and what times tell of the other are not written alike.
    by_time = not all(seen.code for seen in runs)
    return [
        replace(
            _by_time(seen, there, deployed) if by_time else as_it_ran(seen, there),
            packages=_packages(seen, there),
        )
        for seen in runs
    ]


def _by_time(seen: RunSnapshot, there: DeployedCode, deployed: DeployedGraph) -> RunSnapshot:
    ran = {name: task.started for name, task in seen.tasks.items() if task.started is not None}
    tasks = {name: deployed.tasks[name] for name in ran if name in deployed.tasks}
    code = {
        name: _version_at(there.versions(name) if task.is_python else _sql(task), ran[name])
        for name, task in tasks.items()
    }
    return replace(seen, code={name: said for name, said in code.items() if said})


def _sql(task: DeployedTask) -> tuple[Version, ...]:
    """What is known of a SQL task's body, by the time from which it was deployed."""
    noted = read_versions({BODY: task.mark.get(NOTED_VERSIONS, {}).get(BODY, ())})[BODY]
    now = short_hash(bare_statement(task.definition))
    if noted and noted[-1].code != now:  # altered by hand, and nobody knows when
        return ()
    known = noted or (Version(since=datetime.min.replace(tzinfo=UTC), code=now),)
    return tuple(replace(each, code=NOTED_SQL + each.code) for each in known)


def _packages(seen: RunSnapshot, there: DeployedCode) -> tuple[str, ...] | None:
    """What its last task had; of a bridge with a procedure of its own nobody knows."""
    began = [task.started for task in seen.tasks.values() if task.started is not None]
    if not began or (seen.lineage is not None and seen.lineage.archive):
        return None
    return there.packages_at(max(began))


def as_it_ran(seen: RunSnapshot, there: DeployedCode) -> RunSnapshot:
    """One of them, by what is deployed. Pure."""
    if seen.attempt == 1:
        return seen
    ran = {name: _code(seen, name, noted, there) for name, noted in seen.code.items()}
    return replace(seen, code={name: code for name, code in ran.items() if code})


def _code(seen: RunSnapshot, name: str, noted: str, there: DeployedCode) -> str:
    """What one task ran, or would have run; empty where nobody knows."""
    task = seen.tasks.get(name)
    if noted.startswith(NOTED_SQL) or (task is not None and task.attempt == 1 and task.started):
        return noted
    began = (task.started or seen.started) if task is not None else None
    return _version_at(there.versions(name), began)


def _version_at(versions: Sequence[Version], began: datetime | None) -> str:
    then = [each.code for each in versions if began and each.since <= began]
    return then[-1] if then else ""
