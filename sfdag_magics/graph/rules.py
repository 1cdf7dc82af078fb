"""Snowflake's limits on tasks and task graphs, and the checks that engine and notebook share.

A check answers with the reason, or None where there is nothing to object to; who asks decides
whether that is a SQL error or a `Problem`. Sources: Snowflake docs, CREATE TASK, "Task graphs",
SYSTEM$SET_RETURN_VALUE.
"""

from __future__ import annotations

import itertools
import json
from datetime import timedelta

MAX_GRAPH_TASKS = 1000  # the root is one of them
MAX_PREDECESSORS = 100
MAX_CHILDREN = 100
MAX_RETURN_BYTES = 10_000
#: Ours: a task that is called again waits within its run, on its warehouse.
MAX_TASK_RETRIES, MAX_BACKOFF = 20, timedelta(hours=1)
MAX_TIMEOUT_MS = 604_800_000  # 7 days; 0 means this too
DEFAULT_TIMEOUT_MS = 3_600_000
MAX_AUTO_RETRIES = 30
DEFAULT_SUSPEND_AFTER_FAILURES = 10
MIN_TRIGGER_INTERVAL_S = 10
DEFAULT_TRIGGER_INTERVAL_S = 30
MAX_TRIGGER_INTERVAL_S = 604_800
MAX_NAME_LENGTH = 255
MAX_SHOWN_TASKS = 10_000
#: By how much they are; XXLARGE and X2LARGE are one size.
WAREHOUSE_SIZES = {
    "XSMALL": 0, "SMALL": 1, "MEDIUM": 2, "LARGE": 3, "XLARGE": 4, "XXLARGE": 5, "X2LARGE": 5,
}  # fmt: skip


def config_problem(text: str) -> str | None:
    """Why `text` is no graph config: it must be the JSON text of an object."""
    try:
        value = json.loads(text, parse_constant=_not_json)
    except (ValueError, RecursionError) as exc:
        return f"it is not JSON: {exc}"
    if not isinstance(value, dict):
        return "it is not a JSON object"
    return None


def _not_json(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON value")


def return_value_problem(text: str) -> str | None:
    """Why `text` cannot be a task's return value: more than 10 kB in UTF-8."""
    size = len(text.encode("utf-8", "surrogatepass"))
    if size <= MAX_RETURN_BYTES:
        return None
    return f"the return value has {size:,} bytes, Snowflake's limit is {MAX_RETURN_BYTES:,}"


def timeout_problem(timeout: timedelta) -> str | None:
    """Why a task cannot have this timeout."""
    if timedelta(0) < timeout <= timedelta(milliseconds=MAX_TIMEOUT_MS):
        return None
    return "a timeout is more than zero and at most 7 days"


def retries_problem(retries: int, backoff: timedelta | None) -> str | None:
    """Why a task cannot be called again so often, or after such a time."""
    if not 0 <= retries <= MAX_TASK_RETRIES:
        return f"it is called again 0 to {MAX_TASK_RETRIES} times, not {retries}"
    if backoff is None:
        return None
    if not retries:
        return "it waits before it is called again, and it never is"
    return None if timedelta(0) <= backoff <= MAX_BACKOFF else "it waits an hour at most"


def auto_retry_problem(attempts: int) -> str | None:
    """Why a graph cannot have this many automatic retries."""
    if 0 <= attempts <= MAX_AUTO_RETRIES:
        return None
    return f"automatic retries are 0 to {MAX_AUTO_RETRIES}, not {attempts}"


def graph_size_problem(tasks: int) -> str | None:
    """Why a graph cannot have this many tasks, the root counted."""
    if tasks <= MAX_GRAPH_TASKS:
        return None
    return f"the graph has {tasks} tasks with its root, Snowflake's limit is {MAX_GRAPH_TASKS}"


def predecessors_problem(count: int) -> str | None:
    """Why a task cannot have this many predecessors."""
    if count <= MAX_PREDECESSORS:
        return None
    return f"it has {count} predecessors, Snowflake's limit is {MAX_PREDECESSORS}"


def sizes_problem(least: str | None, initial: str | None, most: str | None) -> str | None:
    """Why a serverless task cannot have these sizes: each is at most the one behind it."""
    said = [(name, size) for name, size in zip(_SIZES, (least, initial, most), strict=True) if size]
    for (lower, small), (upper, large) in itertools.pairwise(said):
        if WAREHOUSE_SIZES[small] > WAREHOUSE_SIZES[large]:
            return f"{lower} {small} is more than {upper} {large}"
    return None


_SIZES = (
    "SERVERLESS_TASK_MIN_STATEMENT_SIZE",
    "USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE",
    "SERVERLESS_TASK_MAX_STATEMENT_SIZE",
)


def children_problem(count: int) -> str | None:
    """Why a task cannot have this many children."""
    if count <= MAX_CHILDREN:
        return None
    return f"it has {count} children, Snowflake's limit is {MAX_CHILDREN}"
