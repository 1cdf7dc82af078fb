"""What each option of a task and of a graph takes, for who writes them in Python. No rules.

One table for both, for an option of the one is sometimes typed where the other is described.
"""

from __future__ import annotations

from collections.abc import Mapping

from sfdag_magics.graph.arguments.option_values import (
    COUNT,
    DURATION,
    FLAG,
    KEYED,
    NAMES,
    TEXT,
    Value,
)
from sfdag_magics.graph.grammar import OverlapPolicy
from sfdag_magics.place_words import graph_option, task_option


def _is_policy(value: object) -> bool:
    return isinstance(value, str) and value in set(OverlapPolicy)


def _are_set(value: object) -> bool:
    return isinstance(value, (set, frozenset))


_SET = Value(says="a set of names", example="{'a', 'b'}", fits=_are_set)
_POLICY = Value(
    says=f"one of {', '.join(OverlapPolicy)}",
    example=repr(OverlapPolicy.NO_OVERLAP.value),
    fits=_is_policy,
)

TASK_TAKES: Mapping[str, Value] = {
    "after": NAMES,
    "branch": FLAG,
    "finalizer": FLAG,
    "when": TEXT,
    "timeout": DURATION,
    "warehouse": TEXT,
    "serverless": TEXT,
    "packages": NAMES,
    "comment": TEXT,
    "group": TEXT,
    "retries": COUNT,
    "backoff": DURATION,
    "allow_secret": NAMES,
    "pickle": NAMES,
}
GRAPH_TAKES: Mapping[str, Value] = {
    "schedule": TEXT,
    "warehouse": TEXT,
    "config": KEYED,
    "stage": TEXT,
    "packages": NAMES,
    "overlap": _POLICY,
    "timeout": DURATION,
    "graph_timeout": DURATION,
    "auto_retry": COUNT,
    "suspend_after": COUNT,
    "comment": TEXT,
    "packages_from": TEXT,
    "unpinned": FLAG,
    "keeps_config": FLAG,
    "without": _SET,
    "insisted": _SET,
}


def of_graphs(name: str) -> tuple[str, str] | None:
    """Whose an option is that is none of a task's, and where it is said; None for others."""
    if name not in GRAPH_TAKES or name in TASK_TAKES:
        return None
    return "the graph", str(graph_option(name, GRAPH_TAKES[name].example))


def of_tasks(name: str) -> tuple[str, str] | None:
    """The same of an option that is one of a task's and none of a graph's."""
    if name not in TASK_TAKES or name in GRAPH_TAKES:
        return None
    return "a task", str(task_option(name, TASK_TAKES[name].example))
