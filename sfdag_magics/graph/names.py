"""What a task, graph or run is called: here, in Snowflake, and what was meant instead.

Names are told apart without regard to case: they are deployed unquoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from sfdag_magics.errors import InputError
from sfdag_magics.graph.rules import MAX_NAME_LENGTH
from sfdag_magics.sqltext import quoted_string

#: Parameters of these names are no tasks: they receive the session and the task context.
RESERVED_NAMES = frozenset({"SESSION", "CTX"})
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SHOWN = 12
#: So much of a run's id tells it from others.
_SHORT_RUN = 8


def key_of(name: str) -> str:
    """What two spellings of one name have in common."""
    return name.upper()


def short_run(group_id: str) -> str:
    """A run's id as people read and type it: the start of the service's own.

    >>> short_run("3f2a91c0-66dd-5c6a-8f6b-0d3f5d0b6c1e")
    '3f2a91c0'
    """
    return group_id[:_SHORT_RUN]


def deployed_name(graph: str, task: str) -> str:
    """The stored name of a task in Snowflake, as the Python DAG API names it.

    The root's is the graph's own.
    """
    return f"{graph}${task}".upper()


def last_part(asked: str) -> str:
    """A task's stored name out of the name that SQL asks for it by, which may be a full one.

    >>> last_part('DB.S."G$TRAIN"')
    'G$TRAIN'
    """
    return asked.rpartition(".")[2].strip('"')


def name_problem(name: object) -> str | None:
    """Why a task or graph cannot be called this, or None."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        return f"{name!r} is not an ASCII identifier"
    if len(name) > MAX_NAME_LENGTH:
        return f"{name[:20]}… has {len(name)} characters, Snowflake's limit is {MAX_NAME_LENGTH}"
    return None


def check_task_name(name: str) -> None:
    """Refuse what no task can be called.

    Raises:
        InputError: not an identifier, too long, or `session` or `ctx`.
    """
    problem = name_problem(name)
    if problem is None and key_of(name) in RESERVED_NAMES:
        problem = f"{name!r} is the name of a parameter and cannot be a task's"
    if problem:
        raise InputError(f"task name: {problem}", hint="letters, digits and _, as in train_model")


def check_graph_name(name: str) -> None:
    """Refuse what no graph can be called.

    Raises:
        InputError: not an identifier, or too long.
    """
    if problem := name_problem(name):
        raise InputError(f"graph name: {problem}", hint="letters, digits and _, as in mortgage")


def counted(count: int, noun: str) -> str:
    """A number of things: `1 task`, `2 tasks`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that looks most like `name`, without regard to case, or None."""
    import difflib  # with the first name that is mistaken

    spelled = {key_of(candidate): candidate for candidate in candidates}
    key = key_of(name)
    likely = [each for each in spelled if _may_be_meant(key, each)]
    found = difflib.get_close_matches(key, likely, n=1, cutoff=0.6)
    found = found or difflib.get_close_matches(key, spelled, n=1, cutoff=0.7)
    return spelled[found[0]] if found else None


def _may_be_meant(key: str, candidate: str) -> bool:
    """Whether little likeness is enough: who mistypes a name seldom does its first letter."""
    return key[:1] == candidate[:1] or key in candidate or candidate in key


def did_you_mean(name: str, known: Iterable[str], of: str = "tasks") -> str:
    """A hint for an unknown name of a task, or of what else there is: the nearest, and all."""
    known = tuple(known)
    close = nearest(name, known)
    more = f" … {len(known)} in all" if len(known) > _SHOWN else ""
    listed = f"{of}: {', '.join(known[:_SHOWN]) or 'none yet'}{more}"
    return f"did you mean {close!r}? {listed}" if close else listed


def branch_condition(graph: str, branch: str, task: str) -> str:
    """The WHEN by which `task` runs only if `branch` answered with its name."""
    predecessor = quoted_string(deployed_name(graph, branch))
    return f"SYSTEM$GET_PREDECESSOR_RETURN_VALUE({predecessor}) = {quoted_string(task)}"
