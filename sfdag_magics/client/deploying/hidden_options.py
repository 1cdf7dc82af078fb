"""What SHOW TASKS leaves out of the tasks that are deployed: timeouts, retries, overlap.

Our marks note what was deployed. What somebody altered by hand since only the target tells: the
embedded engine in the same look, an account by the definitions of all tasks, in one statement.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sfdag_magics.client.connecting.backend import Backend, Row
from sfdag_magics.client.connecting.looked_ahead import LookedAhead
from sfdag_magics.client.observing.deployed import NOTED_OPTIONS, DeployedGraph
from sfdag_magics.errors import BackendError, ConnectError, InputError
from sfdag_magics.graph.grammar import HIDDEN_DEFAULTS, CreateTask, parse_task_statement
from sfdag_magics.sqltext import QualifiedName, SqlTextError, quoted_string

#: `{stored name: {property: value}}`, by the names of `TaskProperties`.
Told = Mapping[str, Mapping[str, object]]
#: So many definitions are asked for at once.
_AT_ONCE = 50


def hidden_looks(backend: Backend, root: QualifiedName) -> list[str]:
    """What is looked at beside SHOW TASKS, where that costs no request."""
    return [_question(root)] if backend.is_embedded else []


def with_hidden(
    asks: LookedAhead, backend: Backend, there: DeployedGraph, *, asks_more: bool
) -> DeployedGraph:
    """The graph with what was altered of these properties since it was deployed.

    Args:
        asks: where `hidden_looks` were asked; not by a target that takes one look at a time.
        asks_more: whether an account is asked, by a request of its own.
    """
    if NOTED_OPTIONS not in there.mark:  # it was not deployed from here
        return there
    if backend.is_embedded:
        told = _told(asks.answered(_question(there.root)))
    else:
        told = _defined(backend, there) if asks_more else {}
    tasks = {
        name: replace(task, altered=_altered(task.mark, told[task.stored]))
        if task.stored in told and "hash" in task.mark
        else task
        for name, task in there.tasks.items()
    }
    root = _altered(there.mark, told[there.root.name]) if there.root.name in told else None
    return replace(there, tasks=tasks, altered=root)


def definition_texts(backend: Backend, names: Sequence[QualifiedName]) -> Iterator[str]:
    """GET_DDL of each task, a request for many."""
    for start in range(0, len(names), _AT_ONCE):
        some = names[start : start + _AT_ONCE]
        asked = ", ".join(
            f"GET_DDL('TASK', {quoted_string(name.sql())}) AS D{index}"
            for index, name in enumerate(some)
        )
        (row,) = backend.rows(f"SELECT {asked}")
        yield from (str(row.get(f"D{index}", row.get(f"d{index}"))) for index in range(len(some)))


def _question(root: QualifiedName) -> str:
    return f"SELECT SYSTEM$SFDAG_HIDDEN_OPTIONS({quoted_string(root.sql())}) AS TOLD"


def _told(rows: Sequence[Row] | None) -> Told:
    """Nothing where nobody answered: an engine of an earlier release has no such function."""
    told: Told = json.loads(str(rows[0]["TOLD"])) if rows else {}
    return told


def _defined(backend: Backend, there: DeployedGraph) -> Told:
    """What an account's definitions say, as far as they can be read: a role may not see them."""
    stored = [there.root.name, *(task.stored for task in there.tasks.values())]
    names = [replace(there.root, name=name) for name in stored]
    try:
        texts = [*definition_texts(backend, names)]
    except ConnectError:
        raise
    except BackendError:
        return {}
    found = zip(stored, map(_properties, texts), strict=True)
    return {name: said for name, said in found if said is not None}


def _properties(text: str) -> Mapping[str, object] | None:
    try:
        statement = parse_task_statement(text.strip().removesuffix(";"))
    except (SqlTextError, InputError):
        return None
    return statement.properties.said() if isinstance(statement, CreateTask) else None


def _altered(mark: Mapping[str, object], told: Mapping[str, object]) -> Mapping[str, object] | None:
    """What holds there of these properties, where it is not as the mark notes; else None."""
    noted = mark.get(NOTED_OPTIONS)
    was = dict(noted) if isinstance(noted, Mapping) else {}
    changed = {
        name: told.get(name)
        for name, usual in HIDDEN_DEFAULTS.items()
        if told.get(name, usual) != was.get(name, usual)
    }
    if not changed:
        return None
    return {name: value for name, value in {**was, **changed}.items() if value is not None}
