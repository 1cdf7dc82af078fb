"""The `SYSTEM$…` functions of tasks: what a body or a condition asks and says about its own run."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.ports import SqlSession, SystemFunction, Value
from sfdag_magics.engine.borders.redaction import redacted
from sfdag_magics.engine.scheduler.instructions import Attempt
from sfdag_magics.engine.store.runlog import RunLog
from sfdag_magics.engine.store.runlog_history import (
    begun_again,
    begun_with,
    outcomes,
    return_value,
)
from sfdag_magics.engine.tasks.attempts import Attempts, LiveAttempt
from sfdag_magics.graph.rules import return_value_problem
from sfdag_magics.graph.sql.predecessor_states import (
    ASKS_OUTCOMES,
    DEFAULT_OUTCOME,
    OUTCOMES,
    completion_state,
)
from sfdag_magics.graph.sql.when import COMPLETION_STATE
from sfdag_magics.graph.states import TaskState
from sfdag_magics.graph.topology import Topology
from sfdag_magics.sqltext import QualifiedName

#: What SYSTEM$TASK_RUNTIME_INFO knows.
_RUNTIME_INFO: Mapping[str, Callable[[LiveAttempt], str | None]] = {
    "CURRENT_TASK_NAME": lambda live: live.definition.name.sql(),
    "CURRENT_ROOT_TASK_NAME": lambda live: _root_name(live.attempt).sql(),
    "CURRENT_ROOT_TASK_UUID": lambda live: live.attempt.graph.root_id,
    "CURRENT_TASK_GRAPH_RUN_GROUP_ID": lambda live: live.attempt.group_id,
    "CURRENT_TASK_GRAPH_ORIGINAL_SCHEDULED_TIMESTAMP": lambda live: _timestamp(
        live.attempt.original_scheduled_time
    ),
    "LAST_SUCCESSFUL_TASK_GRAPH_RUN_GROUP_ID": lambda live: live.attempt.last_success_group_id,
    "LAST_SUCCESSFUL_TASK_GRAPH_ORIGINAL_SCHEDULED_TIMESTAMP": lambda live: _timestamp(
        live.attempt.last_success_scheduled_time
    ),
}


class TaskFunctions:
    """The functions over the live attempts. Any thread."""

    def __init__(self, attempts: Attempts, runlog: RunLog) -> None:
        self._attempts = attempts
        self._runlog = runlog

    def table(self) -> dict[str, SystemFunction]:
        """By name, as a `SqlFeature` has them."""
        return {
            "SYSTEM$SET_RETURN_VALUE": self._set_return_value,
            "SYSTEM$GET_PREDECESSOR_RETURN_VALUE": self._get_predecessor_return_value,
            "SYSTEM$GET_TASK_GRAPH_CONFIG": self._get_task_graph_config,
            "SYSTEM$TASK_RUNTIME_INFO": self._task_runtime_info,
            "SYSTEM$CURRENT_USER_TASK_NAME": self._current_user_task_name,
            ASKS_OUTCOMES: self._predecessors_state,
            COMPLETION_STATE: self._task_completion_state,
            "SYSTEM$SFDAG_RUNS_BEGUN_AGAIN": self._begun_again,
            "SYSTEM$SFDAG_RUN_BEGUN": self._begun,
        }

    def _begun_again(self, values: tuple[Value, ...], session: SqlSession) -> Value:
        """What the engine's end cut off in each of some runs and it began anew, as JSON lists.

        Snowflake has none.
        """
        del session
        return json.dumps([begun_again(self._runlog, str(group_id)) for group_id in values])

    def _begun(self, values: tuple[Value, ...], session: SqlSession) -> Value:
        """The group of the run of a root that began with something in its config; NULL for none.

        Snowflake has no such.
        """
        del session
        root_id, part = _arguments("SYSTEM$SFDAG_RUN_BEGUN", values, 2, 2)
        return begun_with(self._runlog, str(root_id), str(part))

    def _set_return_value(self, values: tuple[Value, ...], session: SqlSession) -> Value:
        live = self._live("SYSTEM$SET_RETURN_VALUE", session)
        (value,) = _arguments("SYSTEM$SET_RETURN_VALUE", values, 1, 1)
        if not isinstance(value, str):
            raise SqlError("Function SYSTEM$SET_RETURN_VALUE takes a string.")
        if problem := return_value_problem(value):
            raise SqlError(
                f"Function SYSTEM$SET_RETURN_VALUE: {problem}."
                " Write it to a table and return the table's name."
            )
        live.return_value = redacted(value)
        return None

    def _get_predecessor_return_value(
        self, values: tuple[Value, ...], session: SqlSession
    ) -> Value:
        function = "SYSTEM$GET_PREDECESSOR_RETURN_VALUE"
        attempt = self._live(function, session).attempt
        name = next(iter(_arguments(function, values, 0, 1)), None)
        above = _readable(attempt, None if name is None else str(name))
        return return_value(self._runlog, attempt.group_id, attempt.number, above)

    def _get_task_graph_config(self, values: tuple[Value, ...], session: SqlSession) -> Value:
        function = "SYSTEM$GET_TASK_GRAPH_CONFIG"
        config = self._live(function, session).attempt.config
        path = next(iter(_arguments(function, values, 0, 1)), None)
        if path is None or config is None:
            return config
        found = _at_path(json.loads(config), str(path))
        if found is None or isinstance(found, str):
            return found
        return json.dumps(found, ensure_ascii=False)

    def _task_runtime_info(self, values: tuple[Value, ...], session: SqlSession) -> Value:
        function = "SYSTEM$TASK_RUNTIME_INFO"
        live = self._live(function, session)
        (name,) = _arguments(function, values, 1, 1)
        tell = _RUNTIME_INFO.get(str(name).upper())
        if tell is None:
            raise SqlError(f"Invalid argument '{name}' for function {function}.")
        told = tell(live)
        if told is None:  # Snowflake's words, by which its Python client knows the missing value
            raise SqlError("NULL result in a non-nullable column", code=100072, sqlstate="22000")
        return told

    def _current_user_task_name(self, values: tuple[Value, ...], session: SqlSession) -> Value:
        _arguments("SYSTEM$CURRENT_USER_TASK_NAME", values, 0, 0)
        live = self._attempts.of(session)
        return "" if live is None else live.definition.name.sql()

    def _predecessors_state(self, values: tuple[Value, ...], session: SqlSession) -> Value:
        function = ASKS_OUTCOMES
        attempt = self._live(function, session).attempt
        name = next(iter(_arguments(function, values, 0, 1)), DEFAULT_OUTCOME)
        holds = OUTCOMES.get(str(name).upper())
        if holds is None:
            raise SqlError(f"Invalid argument '{name}' for function {function}.")
        known = outcomes(self._runlog, attempt.group_id, attempt.number)
        return holds([_state(known, above) for above in _enabled(attempt)])

    def _task_completion_state(self, values: tuple[Value, ...], session: SqlSession) -> Value:
        function = COMPLETION_STATE
        attempt = self._live(function, session).attempt
        (name,) = _arguments(function, values, 1, 1)
        if name not in attempt.graph.tasks:
            raise SqlError(f"Task '{name}' is not part of the graph.")
        known = outcomes(self._runlog, attempt.group_id, attempt.number)
        return completion_state(_state(known, str(name)))

    def _live(self, function: str, session: SqlSession) -> LiveAttempt:
        live = self._attempts.of(session)
        if live is None:
            raise SqlError(f"Function {function} must be called from within a task")
        return live


def _arguments(
    function: str, values: tuple[Value, ...], least: int, most: int
) -> tuple[Value, ...]:
    if not least <= len(values) <= most:
        raise SqlError(
            f"SQL compilation error:\ninvalid number of arguments for {function}: {len(values)}"
        )
    return values


def _root_name(attempt: Attempt) -> QualifiedName:
    graph = attempt.graph
    return QualifiedName(graph.root.name, graph.schema, graph.database)


def _timestamp(moment: datetime | None) -> str | None:
    return None if moment is None else moment.strftime("%Y-%m-%d %H:%M:%S.%f +0000")


def _enabled(attempt: Attempt) -> list[str]:
    root = attempt.graph.root.name
    above = attempt.task.predecessors
    return [name for name in above if name == root or name not in attempt.suspended]


def _readable(attempt: Attempt, name: str | None) -> str:
    """The task whose return value is meant.

    Raises:
        SqlError: none, or more than one; a finalizer has no predecessor at all.
    """
    enabled = _enabled(attempt)
    me = attempt.task.name
    if name is None:
        if len(enabled) == 1:
            return enabled[0]
        raise SqlError(
            f"Task {me} has {len(enabled)} enabled predecessors: the function"
            " SYSTEM$GET_PREDECESSOR_RETURN_VALUE must name one."
        )
    if name in enabled:
        return name
    tasks = attempt.graph.tasks
    above = Topology({task.name: task.predecessors for task in tasks.values()})
    is_above = me in tasks and name in above.ancestors(me)
    if is_above and name not in attempt.suspended:
        return name
    raise SqlError(f"Task '{name}' is not an enabled predecessor of task {me}.")


def _state(known: Mapping[str, Mapping[str, Any]], name: str) -> TaskState | None:
    return TaskState(known[name]["state"]) if name in known else None


_STEP = re.compile(
    r"""\.?([A-Za-z_][\w$]*)|\[(\d+)\]|\[?'((?:[^']|'')*)'\]?|\.?\[?"((?:[^"]|"")*)"\]?"""
)


def _at_path(value: Any, path: str) -> Any:  # noqa: ANN401 - JSON
    """What lies at a GET_PATH path such as `a.b[0]`; None where nothing does."""
    position = 0
    while position < len(path):
        found = _STEP.match(path, position)
        if found is None:
            raise SqlError(f"Invalid path '{path}' in the graph's config.")
        position = found.end()
        if found[2] is not None:
            index = int(found[2])
            value = value[index] if isinstance(value, list) and index < len(value) else None
        else:
            key = found[1] or found[3] or found[4]
            value = value.get(key) if isinstance(value, dict) else None
    return value
