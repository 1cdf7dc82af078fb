"""The fields of a task: what a body says in SQL, and what rows tell in a body.

Snowflake's REST tells a task's parameters beside its own properties; those of a root that a child
does not have are told of roots alone, so that what was fetched can be sent again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sfdag_magics.engine.objects.statement_reader import name_from_text
from sfdag_magics.engine.resources.forms.fields import (
    Field,
    Record,
    Union,
    only_told,
    properties,
    told,
)
from sfdag_magics.engine.resources.forms.refusals import RefusedCallError
from sfdag_magics.engine.resources.forms.shapes import (
    AnyObject,
    ListOf,
    Moment,
    Name,
    OneOf,
    Text,
    Truth,
    Whole,
    not_of,
)
from sfdag_magics.errors import InputError
from sfdag_magics.graph.times.schedule import IntervalSchedule, parse_schedule
from sfdag_magics.sqltext import (
    QualifiedName,
    SqlTextError,
    TokenReader,
    quoted_string,
    sql_identifier,
)

_CRON, _MINUTES = "CRON_TYPE", "MINUTES_TYPE"
_MINUTES_FIELDS = Record(
    (
        Field("minutes", Whole(lowest=0), required=True),
        Field("seconds", Whole(lowest=0, highest=59)),
    )
)
SCHEDULE = Union(
    by="schedule_type",
    kinds={
        _CRON: Record(
            (Field("cron_expr", Text(), required=True), Field("timezone", Text(), required=True))
        ),
        _MINUTES: _MINUTES_FIELDS,
    },
)
INTERVAL = Union(by="schedule_type", kinds={_MINUTES: _MINUTES_FIELDS}, otherwise=_MINUTES)
POLICIES = ("NO_OVERLAP", "ALLOW_CHILD_OVERLAP", "ALLOW_ALL_OVERLAP")

#: What is a property of its own in SQL.
_PLAIN = (
    Field("name", Name(), required=True),
    Field("warehouse", Name(), "WAREHOUSE"),
    Field("comment", Text(), "COMMENT"),
    Field("finalize", Text()),
    Field("task_auto_retry_attempts", Whole(lowest=0, highest=30), "TASK_AUTO_RETRY_ATTEMPTS"),
    Field("config", AnyObject(), "CONFIG"),
    Field(
        "user_task_managed_initial_warehouse_size",
        Text(),
        "USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE",
    ),
    Field("serverless_task_min_statement_size", Text(), "SERVERLESS_TASK_MIN_STATEMENT_SIZE"),
    Field("serverless_task_max_statement_size", Text(), "SERVERLESS_TASK_MAX_STATEMENT_SIZE"),
    Field("user_task_timeout_ms", Whole(), "USER_TASK_TIMEOUT_MS"),
    Field("suspend_task_after_num_failures", Whole(), "SUSPEND_TASK_AFTER_NUM_FAILURES"),
    Field("allow_overlapping_execution", Truth(), "ALLOW_OVERLAPPING_EXECUTION"),
    Field("error_integration", Name(), "ERROR_INTEGRATION"),
    Field("success_integration", Name(), "SUCCESS_INTEGRATION"),
    Field("overlap_policy", OneOf(POLICIES), "OVERLAP_POLICY"),
    Field("definition", Text(), required=True),
    Field("condition", Text()),
)
#: What SQL writes in another way than as `NAME = value`.
_OWN_FORM = (
    Field("schedule", SCHEDULE),
    Field("target_completion_interval", INTERVAL),
    Field("session_parameters", AnyObject()),
    Field("predecessors", ListOf(Text())),
    Field("execute_as_user", Name()),
)
_TOLD = (
    only_told("task_relations", Text()),
    only_told("created_on", Moment()),
    only_told("id", Text()),
    only_told("owner", Text()),
    only_told("owner_role_type", Text()),
    only_told("state", OneOf(("started", "suspended"))),
    only_told("last_committed_on", Moment()),
    only_told("last_suspended_on", Moment()),
    only_told("database_name", Name()),
    only_told("schema_name", Name()),
)
TASK = Record((*_PLAIN, *_OWN_FORM, *_TOLD))

TASK_RUN = (
    only_told("root_task_name", Text(), "ROOT_TASK_NAME"),
    only_told("database_name", Text(), "DATABASE_NAME"),
    only_told("schema_name", Text(), "SCHEMA_NAME"),
    only_told(
        "state",
        OneOf(("SCHEDULED", "EXECUTING", "SUCCEEDED", "FAILED", "CANCELLED", "SKIPPED")),
        "STATE",
    ),
    only_told("first_error_task_name", Text(), "FIRST_ERROR_TASK_NAME"),
    only_told("first_error_code", Whole(), "FIRST_ERROR_CODE"),
    only_told("first_error_message", Text(), "FIRST_ERROR_MESSAGE"),
    only_told("scheduled_time", Moment(), "SCHEDULED_TIME"),
    only_told("query_start_time", Moment(), "QUERY_START_TIME"),
    only_told("next_scheduled_time", Moment(), "NEXT_SCHEDULED_TIME"),
    only_told("completed_time", Moment(), "COMPLETED_TIME"),
    only_told("root_task_id", Text(), "ROOT_TASK_ID"),
    only_told("graph_version", Whole(), "GRAPH_VERSION"),
    only_told("run_id", Whole(), "RUN_ID"),
)
#: Parameters whose value in force is told, and those that are told where the task itself has them.
_IN_FORCE = ("user_task_timeout_ms", "suspend_task_after_num_failures")
_OF_ROOTS = ("task_auto_retry_attempts", "overlap_policy")
_OF_THE_TASK = (
    "user_task_managed_initial_warehouse_size",
    "serverless_task_min_statement_size",
    "serverless_task_max_statement_size",
)
_NO_SESSION_PARAMETERS = {
    *(name.upper() for name in (*_IN_FORCE, *_OF_ROOTS, *_OF_THE_TASK)),
    "USER_TASK_MINIMUM_TRIGGER_INTERVAL_IN_SECONDS",
}


def clauses(body: Mapping[str, Any], name: QualifiedName) -> Sequence[str]:
    """What a body says, as it follows the name in CREATE TASK; predecessors are of its schema."""
    said = {key: value for key, value in body.items() if value != {}}  # as an unset config is told
    return [*properties(_PLAIN, said), *_own_forms(said, name)]


def _own_forms(body: Mapping[str, Any], name: QualifiedName) -> Iterator[str]:
    if "schedule" in body:
        yield f"SCHEDULE = {quoted_string(schedule_text(body['schedule']))}"
    if "target_completion_interval" in body:
        interval = schedule_text(body["target_completion_interval"])
        yield f"TARGET_COMPLETION_INTERVAL = {quoted_string(interval)}"
    for key, value in body.get("session_parameters", {}).items():
        where = f"body.session_parameters.{key}"
        if value is not None:
            yield f"{Name().checked(key, where)} = {_parameter_value(value, where)}"
    if "finalize" in body:
        yield f"FINALIZE = {_task_name(body['finalize'], name, 'body.finalize')}"
    if "execute_as_user" in body:
        yield f"EXECUTE AS USER {sql_identifier(body['execute_as_user'])}"
    if body.get("predecessors"):
        named = [
            _task_name(each, name, f"body.predecessors[{at}]")
            for at, each in enumerate(body["predecessors"])
        ]
        yield f"AFTER {', '.join(named)}"
    if "condition" in body:
        yield f"WHEN {_condition(body['condition'])}\n"
    yield f"AS\n{body['definition']}"


def _task_name(text: str, beside: QualifiedName, where: str) -> str:
    try:
        return name_from_text(text).within(beside.database, beside.schema).sql()
    except SqlTextError as problem:
        raise RefusedCallError(f"{where}: {text[:60]!r} is no name of a task") from problem


def _condition(text: str) -> str:
    """A condition, which ends where it ends: AS would begin the definition."""
    reader = TokenReader(text)
    while not reader.at_end:
        if reader.peek_words("("):
            reader.parenthesized()
        elif reader.take().word == "AS":
            raise RefusedCallError(f"body.condition: {text[:60]!r} is no condition: it has an AS")
    return text


def _parameter_value(value: object, where: str) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    if not isinstance(value, str | float):
        raise not_of(where, "a text, a number, true or false", value)
    return quoted_string(str(value))


def schedule_text(schedule: Mapping[str, Any]) -> str:
    """A schedule as SCHEDULE = '…' has it."""
    if schedule["schedule_type"] == _CRON:
        return f"USING CRON {schedule['cron_expr']} {schedule['timezone']}"
    seconds = schedule.get("seconds", 0)
    if seconds:
        return f"{schedule['minutes'] * 60 + seconds} SECONDS"
    return f"{schedule['minutes']} MINUTES"


def schedule_told(text: str | None) -> dict[str, Any] | None:
    """A schedule as bodies have it."""
    try:
        schedule = parse_schedule(text) if text else None
    except InputError:
        return None
    if schedule is None:
        return None
    if isinstance(schedule, IntervalSchedule):
        minutes, seconds = divmod(int(schedule.period.total_seconds()), 60)
        told_of = {"schedule_type": _MINUTES, "minutes": minutes}
        return told_of | ({"seconds": seconds} if seconds else {})
    words = str(text).split()
    return {"schedule_type": _CRON, "cron_expr": " ".join(words[2:-1]), "timezone": words[-1]}


def told_task(row: Mapping[str, Any], parameters: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A task as a body, from its row of DESCRIBE or SHOW and, where they were asked, parameters."""
    relations = json.loads(row.get("task_relations") or "{}")
    body = told((*_PLAIN, *_TOLD), row)
    body["predecessors"] = json.loads(row.get("predecessors") or "[]")
    finalized = relations.get("FinalizedRootTask")
    forms: dict[str, Any] = {
        "schedule": schedule_told(row.get("schedule")),
        "target_completion_interval": schedule_told(row.get("target_completion_interval")),
        "finalize": sql_identifier(name_from_text(finalized).name) if finalized else None,
    }
    is_root = not body["predecessors"] and not finalized
    if is_root:
        body["config"] = json.loads(row.get("config") or "{}")
    forms |= dict(_parameters_told(parameters, is_root=is_root))
    return body | {name: value for name, value in forms.items() if value is not None}


def _parameters_told(
    rows: Sequence[Mapping[str, Any]], *, is_root: bool
) -> Iterator[tuple[str, Any]]:
    by_field = {each.name: each for each in _PLAIN}
    session: dict[str, Any] = {}
    for row in rows:
        name, own = str(row["key"]).lower(), row["level"] == "TASK"
        if name in _IN_FORCE or (name in _OF_ROOTS and is_root) or (name in _OF_THE_TASK and own):
            yield name, by_field[name].shape.told(row["value"])
        elif own and row["key"] not in _NO_SESSION_PARAMETERS:
            session[row["key"]] = _typed(row["value"], row["type"])
    if session:
        yield "session_parameters", session


def _typed(value: str, kind: str) -> bool | int | str:
    if kind == "BOOLEAN":
        return value.lower() == "true"
    return int(value) if kind == "NUMBER" and value.lstrip("-").isdecimal() else value
