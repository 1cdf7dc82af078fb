"""What looks like a secret in what is deployed beside Python code: SQL, and the configuration.

Both are readable by everyone who may look at a task.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sfdag_magics.bundle.secrets import is_secret, secrets_in_sql
from sfdag_magics.errors import InputError, Problem
from sfdag_magics.graph.model import GraphOptions, Task, TaskGraph
from sfdag_magics.place_words import to_type

_OUT_OF_SQL = "let a Snowflake secret, an integration or a stage hold it, and name that"
_OUT_OF_CONFIG = "read it inside the task from a Snowflake secret"


def secrets_said(graph: TaskGraph, options: GraphOptions) -> Iterator[Problem]:
    """Secrets in the SQL of a graph's tasks, and in the configuration it will have."""
    for task in graph.tasks:
        if task.source is None and task.name not in task.allow_secret:
            yield from _in_sql(task)
    for key in _secret_keys(graph, options.config):
        yield Problem(
            task=None,
            message=f"the configuration has a secret as {key!r}, and it is readable in the task",
            hint=_way_out(graph, key),
        )


def refuse_secrets(graph: TaskGraph, config: Mapping[str, object]) -> None:
    """Refuse a run's configuration that holds a secret.

    Raises:
        InputError: names the first key.
    """
    for key in _secret_keys(graph, config):
        raise InputError(
            f"the configuration has a secret as {key!r}, and it is readable in the run's history",
            hint=_way_out(graph, key),
        )


def _in_sql(task: Task) -> Iterator[Problem]:
    for found in secrets_in_sql(task.body):
        place = task.line_text(found.line)
        yield Problem(
            task=task.name,
            message=f"has a text that looks like a secret ({place}), and SQL is readable there",
            hint=f"{_OUT_OF_SQL}; {_is_none(task.name)}",
        )


def _secret_keys(graph: TaskGraph, config: Mapping[str, object]) -> list[str]:
    allowed = {name for task in graph.tasks for name in task.allow_secret}
    keys = {key.removeprefix("+"): value for key, value in config.items()}
    return [key for key, value in keys.items() if key not in allowed and is_secret(key, value)]


def _way_out(graph: TaskGraph, key: str) -> str:
    """For a key that a task takes, also how to say that it is none."""
    takes = any(key == each.name for task in graph.tasks for each in task.config_keys)
    return f"{_OUT_OF_CONFIG}, {_is_none(key)}" if takes else _OUT_OF_CONFIG


def _is_none(name: str) -> str:
    return f"or, if it is none: {to_type('sftask', allow_secret=name)}"
