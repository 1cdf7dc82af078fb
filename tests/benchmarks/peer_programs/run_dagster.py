"""A job of Dagster whose ops do nothing, one after the other in this process; events in SQLite."""

from __future__ import annotations

import logging
import os
import sys

os.environ |= {"DAGSTER_HOME": sys.argv[1], "DAGSTER_DISABLE_TELEMETRY": "1"}

import dagster
from answering import answer, graph

GRAPH = graph()


def op_of(name: str) -> dagster.OpDefinition:
    @dagster.op(name=name, ins={"after": dagster.In(dagster.Nothing)})
    def work() -> None:
        """Does nothing."""

    return work


@dagster.job
def benchmark() -> None:
    begun: dict[str, object] = {}
    for name, above in GRAPH.items():
        begun[name] = op_of(name)([begun[each] for each in above])


def run() -> None:
    if not benchmark.execute_in_process(instance=INSTANCE).success:
        raise SystemExit("the job failed")


logging.disable(logging.CRITICAL)
INSTANCE = dagster.DagsterInstance.get()
answer(run)
