"""The task context: what Snowflake tells a running task about its graph. Ships: Python 3.9.

The same methods as `snowflake.core.task.context.TaskContext`, so that a function works with either
and the package is not needed where the task runs; `show`, `progress` and `slot` are ours alone.
"""

from __future__ import annotations

import importlib
import json
from typing import Any

#: Snowflake's words where a SELECT of a system function has nothing to answer with.
_NO_VALUE = "NULL result in a non-nullable column"
#: So many values are asked for in one statement.
_TOGETHER = 50


def scalar(session: Any, sql: str) -> Any:  # noqa: ANN401 - a Snowpark session, a SQL value
    """The one value a query answers with; None where there is none."""
    try:
        return session.sql(sql).collect()[0][0]
    except Exception as exc:  # the client's error type is not ours to import
        if _NO_VALUE in str(exc):
            return None
        raise


def literal(text: str) -> str:
    """`text` as a SQL string literal."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


class TaskContext:
    """The running task's view of its graph run; only useful inside a task."""

    def __init__(self, session: Any, task: str = "") -> None:  # noqa: ANN401 - a Snowpark session
        self._session = session
        self._task = task
        self._known: dict[str, Any] = {}
        self._teller: Any = None

    def show(self, thing: Any, name: str | None = None) -> None:  # noqa: ANN401 - see below
        """Keep a picture, a table or a text with this attempt; the live view shows it.

        Bounded: of much the first is kept, and what is cut is said there. Never fails the task.

        Args:
            thing: a figure of matplotlib, a DataFrame, a MIME bundle, a text, or whatever draws
                itself in a notebook.
            name: what it is called; the same name shows it in place of the last.
        """
        self._telling().show(thing, name)

    def progress(self, done: float, of: float | None = None, text: str = "") -> None:
        """Say how far the task is: `done` of so many, and in words. Never fails the task.

        Written at most about twice a second, and the last value always; a statement of its own
        then is the session's last query.
        """
        self._telling().progress(done, of, text)

    def end_telling(self) -> None:
        """Keep the last of what was told, where something was; after the task's function."""
        if self._teller is not None:
            self._teller.end()

    def _telling(self) -> Any:  # noqa: ANN401 - a Telling
        if self._teller is None:
            # Only a task that tells something pays for what that needs.
            telling = importlib.import_module(".telling", __package__)
            self._teller = telling.Telling(self._session, self, self._task)
        return self._teller

    def set_return_value(self, value: Any) -> None:  # noqa: ANN401 - str() is applied
        """Set the task's return value."""
        self._session.sql("call system$set_return_value(?)", params=[str(value)]).collect()

    def get_predecessor_return_value(self, task_name: str | None = None) -> str:
        """The return value of a task above, by its short or full name, as text."""
        if not task_name:
            return str(scalar(self._session, "select system$get_predecessor_return_value()"))
        return str(self.value_of(task_name))

    def value_of(self, task_name: str) -> str | None:
        """As `get_predecessor_return_value`, with None where the task has set nothing."""
        # Whatever graph a full name is of: where a part of it runs, another stands for it.
        name = task_name.upper().rpartition("$")[2]
        full = f"{_last_part(self.get_current_root_task_name())}${name}"
        found = scalar(
            self._session,
            f"select system$get_predecessor_return_value({literal(full)})",
        )
        return None if found is None else str(found)

    def values_of(self, task_names: list[str]) -> dict[str, str | None]:
        """`{task: what it returned}` of tasks above by their short names, asked for together."""
        root = _last_part(self.get_current_root_task_name())
        found: dict[str, str | None] = {}
        for start in range(0, len(task_names), _TOGETHER):
            some = task_names[start : start + _TOGETHER]
            full = [literal(f"{root}${name.upper()}") for name in some]
            asked = ", ".join(f"system$get_predecessor_return_value({each})" for each in full)
            try:
                row = self._session.sql(f"select {asked}").collect()[0]
            except Exception as exc:  # the client's error type is not ours to import
                if _NO_VALUE not in str(exc):
                    raise
                row = [self.value_of(name) for name in some]
            found.update((n, None if v is None else str(v)) for n, v in zip(some, row))  # noqa: B905 - Python 3.9
        return found

    def completion_of(self, task_name: str) -> str:
        """How a task above ended, in Snowflake's word; UNKNOWN where that is not told here."""
        full = f"{_last_part(self.get_current_root_task_name())}${task_name.upper()}"
        try:
            return str(
                scalar(self._session, f"select system$task_completion_state({literal(full)})")
            )
        except Exception:  # noqa: BLE001 - a service may tell it to conditions alone
            return "UNKNOWN"

    def get_current_task_name(self) -> str:
        """The running task's fully qualified name; empty outside a task."""
        if "task" not in self._known:
            self._known["task"] = scalar(self._session, "select system$current_user_task_name()")
        return str(self._known["task"] or "")

    def get_current_task_short_name(self) -> str:
        """The running task's name without database, schema and graph."""
        name = _last_part(self.get_current_task_name())
        prefix = f"{_last_part(self.get_current_root_task_name())}$"
        return name[len(prefix) :] if name.startswith(prefix) else name

    def get_task_graph_config(self) -> dict[str, Any] | None:
        """The graph run's config, or None."""
        if "config" not in self._known:
            self._known["config"] = scalar(self._session, "select system$get_task_graph_config()")
        text = self._known["config"]
        return json.loads(text) if text else None

    def get_task_graph_config_property(self, property_name: str) -> Any:  # noqa: ANN401 - a JSON value
        """One key of the config, or None."""
        return (self.get_task_graph_config() or {}).get(property_name)

    def get_current_root_task_name(self) -> str:
        """The root task's fully qualified name."""
        return str(self.get_runtime_info("CURRENT_ROOT_TASK_NAME"))

    def get_current_root_task_uuid(self) -> str:
        """The root task's id."""
        return str(self.get_runtime_info("CURRENT_ROOT_TASK_UUID"))

    def get_current_task_graph_original_schedule(self) -> Any:  # noqa: ANN401 - a timestamp
        """When the run was due at first; retries keep it."""
        return self.get_runtime_info("CURRENT_TASK_GRAPH_ORIGINAL_SCHEDULED_TIMESTAMP")

    def get_current_task_graph_run_group_id(self) -> str:
        """The id that all attempts of the run share."""
        return str(self.get_runtime_info("CURRENT_TASK_GRAPH_RUN_GROUP_ID"))

    def get_last_successful_task_graph_original_schedule(self) -> Any:  # noqa: ANN401 - a timestamp
        """When the latest successful run was due, or None."""
        return self.get_runtime_info("LAST_SUCCESSFUL_TASK_GRAPH_ORIGINAL_SCHEDULED_TIMESTAMP")

    def get_last_successful_task_graph_run_group_id(self) -> str | None:
        """The run group of the latest successful run, or None."""
        found = self.get_runtime_info("LAST_SUCCESSFUL_TASK_GRAPH_RUN_GROUP_ID")
        return None if found is None else str(found)

    @property
    def slot(self) -> Any:  # noqa: ANN401 - a Slot of a module that only those load who ask
        """The time that this run is of: `start` and `end`, aware, by the schedule's clock.

        `end` is when the run is due and `start` the time before that. A run by hand is of the last
        slot that has ended; one that makes good what was missed, of that. A retry keeps it.
        """
        if "slot" not in self._known:
            # At the top of the archive, and of the package whose kernel debugs a task.
            slots = importlib.import_module(f"{(__package__ or '').partition('.')[0]}.run_slots")
            self._known["slot"] = slots.noted_slot(self.get_task_graph_config()) or (
                slots.slot_by_schedule(
                    self._schedule(),
                    self.get_current_task_graph_original_schedule(),
                    _last_part(self.get_current_root_task_name()),
                )
            )
        return self._known["slot"]

    def _schedule(self) -> str | None:
        """The graph's schedule as it is deployed now; None where it has none."""
        described = self._session.sql(f"describe task {self.get_current_root_task_name()}")
        return described.collect()[0]["schedule"] or None

    def get_runtime_info(self, property_name: str) -> Any:  # noqa: ANN401 - text or a timestamp
        """One property of SYSTEM$TASK_RUNTIME_INFO."""
        if not property_name:
            raise ValueError("`property_name` must be a non-empty str.")
        name = property_name.upper()
        if name not in self._known:
            cast = "to_timestamp" if name.endswith("_TIMESTAMP") else "to_char"
            sql = f"select {cast}(system$task_runtime_info({literal(name)}))"
            self._known[name] = scalar(self._session, sql)
        return self._known[name]


def _last_part(name: str) -> str:
    return name[name.rfind(".") + 1 :].strip('"')
