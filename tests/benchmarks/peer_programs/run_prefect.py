"""A flow of Prefect whose tasks do nothing: threads of this process, states by its own server."""

from __future__ import annotations

import os
import sys

os.environ |= {
    "PREFECT_HOME": sys.argv[1],
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_LOGGING_LEVEL": "ERROR",
}

from answering import answer, graph
from prefect import flow, task

GRAPH = graph()


@task
def work() -> None:
    """Does nothing."""


@flow
def benchmark() -> None:
    begun: dict[str, object] = {}
    for name, above in GRAPH.items():
        begun[name] = work.with_options(name=name).submit(wait_for=[begun[each] for each in above])
    for future in begun.values():
        future.result()


answer(benchmark)
