"""A run as the fake's history tells it, row by row."""

import re
from datetime import UTC, datetime

from sfdag_magics.client.running.runs import Run
from tests.client.rows import START, deployed

GRAPH = deployed("a -> b -> c")


def history_row(fake, name, state, *, attempt=1, group="group-1", seconds=0, **more):
    moment = datetime.fromtimestamp(START.timestamp() + seconds, UTC)
    fake.history.append(
        {
            "NAME": "G" if name == "g" else f"G${name.upper()}",
            "STATE": state,
            "QUERY_ID": f"q-{name}-{attempt}",
            "ERROR_CODE": None,
            "ERROR_MESSAGE": None,
            "SCHEDULED_TIME": moment,
            "QUERY_START_TIME": moment,
            "COMPLETED_TIME": None if state == "EXECUTING" else moment,
            "RETURN_VALUE": None,
            "SCHEDULED_FROM": "EXECUTE_TASK",
            "ATTEMPT_NUMBER": attempt,
            "CONFIG": None,
            "GRAPH_RUN_GROUP_ID": group,
        }
        | more
    )


def graph_row(fake, state, *, attempt=1, group="group-1"):
    fake.graphs.append(
        {
            "STATE": state,
            "ATTEMPT_NUMBER": attempt,
            "GRAPH_RUN_GROUP_ID": group,
            "ROOT_TASK_ID": "root-id",
        }
    )


def run_that_failed(fake):
    history_row(fake, "g", "SUCCEEDED")
    history_row(fake, "a", "SUCCEEDED", seconds=1)
    history_row(fake, "b", "FAILED", seconds=2, ERROR_CODE=100357, ERROR_MESSAGE="boom")
    graph_row(fake, "FAILED")
    return Run(fake, GRAPH, group_id="group-1")


def run_that_goes(fake):
    history_row(fake, "g", "SUCCEEDED")
    history_row(fake, "a", "EXECUTING", seconds=1)
    graph_row(fake, "EXECUTING")
    return Run(fake, GRAPH, group_id="group-1")


def going(fake, *, group="group-1"):
    history_row(fake, "g", "SUCCEEDED", group=group)
    history_row(fake, "a", "EXECUTING", group=group, QUERY_ID=f"q-a-{group}")
    graph_row(fake, "EXECUTING", group=group)
    return fake.graphs[-1]


def queued(fake, *, group="group-2", seconds=60):
    row = {"QUERY_START_TIME": None, "COMPLETED_TIME": None, "QUERY_ID": None}
    history_row(fake, "g", "SCHEDULED", group=group, seconds=seconds, **row)
    graph_row(fake, "SCHEDULED", group=group)
    return Run(fake, GRAPH, group_id=group)


def executable(fake):
    fake.tasks["G"] = {"statement": None, "started": False, "id": "root-id"}


def asked_for(fake):
    """What was asked for: a state, all rows, or those that have changed since a mark."""
    for text in fake.statements:
        if "TASK_GRAPHS" in text:
            yield "state"
        elif "TASK_HISTORY" in text:
            mark = re.search(r"CHANGED_SINCE => '([^']+)'", text)
            yield "all" if mark is None else f"since {mark[1]}"
