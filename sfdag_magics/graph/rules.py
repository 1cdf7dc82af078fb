"""Snowflake's limits on tasks and task graphs, and the checks that engine and notebook share.

A check answers with the reason, or None where there is nothing to object to; who asks decides
whether that is a SQL error or a `Problem`. Sources: Snowflake docs, CREATE TASK, "Task graphs",
SYSTEM$SET_RETURN_VALUE.
"""

from __future__ import annotations

import json
from datetime import timedelta

MAX_GRAPH_TASKS = 1000  # the root is one of them
MAX_PREDECESSORS = 100
MAX_CHILDREN = 100
MAX_RETURN_BYTES = 10_000
MAX_TIMEOUT_MS = 604_800_000  # 7 days; 0 means this too
DEFAULT_TIMEOUT_MS = 3_600_000
MAX_AUTO_RETRIES = 30
DEFAULT_SUSPEND_AFTER_FAILURES = 10
MIN_TRIGGER_INTERVAL_S = 10
MAX_TRIGGER_INTERVAL_S = 604_800
MAX_NAME_LENGTH = 255
MAX_SHOWN_TASKS = 10_000
WAREHOUSE_SIZES = frozenset({"XSMALL", "SMALL", "MEDIUM", "LARGE", "XLARGE", "XXLARGE", "X2LARGE"})


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


def children_problem(count: int) -> str | None:
    """Why a task cannot have this many children."""
    if count <= MAX_CHILDREN:
        return None
    return f"it has {count} children, Snowflake's limit is {MAX_CHILDREN}"
