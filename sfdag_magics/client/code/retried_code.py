"""Which code the tasks of a retried run ran: each that of its last attempt.

A run notes the code that it was started with, and a retry may ship other code. When a task began
and what the graph's procedure notes of the code before tell what it ran; where that is forgotten,
nothing is said of it. A retry keeps SQL as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sfdag_magics.client.code.deployed_code import NOTED_SQL, DeployedCode, read_code
from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.snapshot import RunSnapshot


def with_ran_code(
    backend: Backend, deployed: DeployedGraph, runs: Sequence[RunSnapshot]
) -> list[RunSnapshot]:
    """The runs with the code that their tasks ran. One request, where one of them was retried."""
    if not any(seen.attempt > 1 and seen.code for seen in runs):
        return list(runs)
    there = read_code(backend, deployed.procedure)
    return [as_it_ran(seen, there) for seen in runs]


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
    then = [each.code for each in there.versions(name) if began and each.since <= began]
    return then[-1] if then else ""
