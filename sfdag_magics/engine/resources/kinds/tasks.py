"""Tasks: every operation of Snowflake's task description. Knows which statement each is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sfdag_magics.engine.borders.rest_calls import RestAnswer
from sfdag_magics.engine.resources.forms.fields import Field, told
from sfdag_magics.engine.resources.forms.operations import (
    CREATE_MODE,
    IF_EXISTS,
    IN_SCHEMA,
    LISTED,
    Call,
    Operation,
    creation,
    drop,
    filters,
    same_name,
    schema_scope,
)
from sfdag_magics.engine.resources.forms.shapes import Truth, Whole
from sfdag_magics.engine.resources.forms.tags import tag_operations
from sfdag_magics.engine.resources.kinds.results import accepted
from sfdag_magics.engine.resources.kinds.task_fields import TASK, TASK_RUN, clauses, told_task
from sfdag_magics.sqltext import quoted_string, sql_identifier

_TASKS = f"{IN_SCHEMA}/tasks"
_TASK = f"{_TASKS}/{{name}}"
_RESULT_LIMIT = Field("resultLimit", Whole(lowest=1, highest=10_000))
_ERROR_ONLY = Field("errorOnly", Truth())


def _listed(call: Call) -> list[dict[str, Any]]:
    roots = "ROOT ONLY" if call.flag("rootOnly") else ""
    shown = call.rows(f"SHOW TASKS{filters(call, schema_scope(call), more=roots)}")
    return [told_task(row, ()) for row in shown]


def _created(call: Call) -> dict[str, str]:
    name = call.place(call.body["name"])
    return call.done(creation(call, "TASK", name.sql(), clauses(call.body, name)))


def _created_or_altered(call: Call) -> dict[str, str]:
    same_name(call)
    name = call.target
    return call.done(" ".join(["CREATE OR ALTER TASK", name.sql(), *clauses(call.body, name)]))


def _fetched(call: Call) -> dict[str, Any]:
    name = call.target.sql()
    (row,) = call.rows(f"DESCRIBE TASK {name}")
    return told_task(row, call.rows(f"SHOW PARAMETERS IN TASK {name}"))


def _dropped(call: Call) -> dict[str, str]:
    return drop(call, "TASK", call.target.sql())


def _executed(call: Call) -> dict[str, str] | RestAnswer:
    retry = " RETRY LAST" if call.flag("retryLast") else ""
    answer = call.done(f"EXECUTE TASK {call.target.sql()}{retry}")
    return accepted(call) if call.flag("asyncExec") else answer


def _altered(action: str) -> Callable[[Call], dict[str, str]]:
    return lambda call: call.done(f"ALTER TASK {call.target.sql()} {action}")


def _dependents(call: Call) -> list[dict[str, Any]]:
    recursive = "TRUE" if call.flag("recursive", default=True) else "FALSE"
    name = quoted_string(call.target.sql())
    rows = call.rows(
        _table(call, f"TASK_DEPENDENTS(TASK_NAME => {name}, RECURSIVE => {recursive})")
    )
    return [told_task({key.lower(): cell for key, cell in row.items()}, ()) for row in rows]


def _current_graphs(call: Call) -> list[dict[str, Any]]:
    return _graphs(call, "CURRENT_TASK_GRAPHS")


def _complete_graphs(call: Call) -> list[dict[str, Any]]:
    errors = "TRUE" if call.flag("errorOnly") else "FALSE"
    return _graphs(call, "COMPLETE_TASK_GRAPHS", f", ERROR_ONLY => {errors}")


def _graphs(call: Call, function: str, more: str = "") -> list[dict[str, Any]]:
    """The runs of a graph; the functions know its root by name alone, whatever its schema."""
    name = call.target
    call.run(f"DESCRIBE TASK {name.sql()}")  # what is not there is an error
    limit = call.query.get("resultLimit", 1000)
    arguments = f"ROOT_TASK_NAME => {quoted_string(name.name)}, RESULT_LIMIT => {limit}{more}"
    rows = call.rows(
        f"{_table(call, f'{function}({arguments})')}"
        f" WHERE DATABASE_NAME = {quoted_string(str(name.database))}"
        f" AND SCHEMA_NAME = {quoted_string(str(name.schema))}"
    )
    return [_run(row) for row in rows]


def _run(row: Mapping[str, Any]) -> dict[str, Any]:
    """A `TaskRun`, which has to say when the next is due; where none is, it is its own time."""
    body = told(TASK_RUN, row)
    return {"next_scheduled_time": body["scheduled_time"], **body}


def _table(call: Call, function: str) -> str:
    schema = f"{sql_identifier(call.database)}.INFORMATION_SCHEMA"
    return f"SELECT * FROM TABLE({schema}.{function})"  # noqa: S608 - names and texts are quoted


def _graph_operations() -> list[Operation]:
    """Both spellings of each: the older one is deprecated, and clients still use it."""
    return [
        Operation(method="GET", path=f"{_TASK}/{spelled}", carry_out=carry_out, query=query)
        for carry_out, query, spellings in (
            (_current_graphs, (_RESULT_LIMIT,), ("current-graphs", "current_graphs")),
            (
                _complete_graphs,
                (_RESULT_LIMIT, _ERROR_ONLY),
                ("complete-graphs", "complete_graphs"),
            ),
        )
        for spelled in spellings
    ]


OPERATIONS = (
    Operation(
        method="GET",
        path=_TASKS,
        carry_out=_listed,
        query=(Field("rootOnly", Truth()), *LISTED),
    ),
    Operation(method="POST", path=_TASKS, carry_out=_created, query=(CREATE_MODE,), body=TASK),
    Operation(method="GET", path=_TASK, carry_out=_fetched),
    Operation(method="PUT", path=_TASK, carry_out=_created_or_altered, body=TASK),
    Operation(method="DELETE", path=_TASK, carry_out=_dropped, query=(IF_EXISTS,)),
    Operation(
        method="POST",
        path=f"{_TASK}:execute",
        carry_out=_executed,
        query=(Field("asyncExec", Truth()), Field("retryLast", Truth())),
    ),
    Operation(method="POST", path=f"{_TASK}:resume", carry_out=_altered("RESUME")),
    Operation(method="POST", path=f"{_TASK}:suspend", carry_out=_altered("SUSPEND")),
    Operation(
        method="GET",
        path=f"{_TASK}/dependents",
        carry_out=_dependents,
        query=(Field("recursive", Truth()),),
    ),
    *_graph_operations(),
    *tag_operations("TASK", _TASK),
)
