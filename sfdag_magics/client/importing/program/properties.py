"""What a program says of a graph or a task beside its body, as properties of TASK statements."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sfdag_magics.client.importing.program.values import (
    Cron,
    Library,
    Partly,
    Unknown,
    is_known,
)
from sfdag_magics.graph.grammar import OverlapPolicy, TaskProperties
from sfdag_magics.graph.grammar.parser import parse_task_statement
from sfdag_magics.graph.grammar.statements import CreateTask
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName, SqlTextError, identifier_from_sql, quoted_string

_SAME = (
    *("task_auto_retry_attempts", "suspend_task_after_num_failures", "user_task_timeout_ms"),
    *("user_task_managed_initial_warehouse_size", "serverless_task_min_statement_size"),
    *("serverless_task_max_statement_size", "comment"),
)
_NAMES = ("warehouse", "error_integration", "success_integration", "execute_as_user")
#: What is no property: it is said of edges, code or conditions elsewhere.
_ELSEWHERE = frozenset(
    ("is_finalizer", "is_serverless", "use_func_return_value", "packages", "condition", "dag",
     "predecessors", "finalize", "definition", "func", "args", "return_type", "input_types")
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was said.

    Attributes:
        left: what of it is no property, or known only when the program runs, in words.
        wrong: what no task can have.
    """

    properties: TaskProperties
    packages: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()


def options_of(said: Mapping[str, object], finalize: QualifiedName | None = None) -> Options:
    """The options of a graph or a task."""
    found: dict[str, Any] = {}
    left: list[str] = []
    for name, value in said.items():
        if value is None or name in _ELSEWHERE:
            continue
        if isinstance(value, Library) and name == "overlap_policy":
            found[name] = value.name
        elif not is_known(value) or (isinstance(value, Cron) and not is_known(value.expression)):
            left.append(f"{name} = {_words(value)}, known when the program runs")
        elif not _take(name, value, found):
            left.append(f"{name} = {value!r}")
    clauses = _clauses(found)
    properties, wrong = TaskProperties(finalize=finalize), []
    for clause in clauses:
        try:
            properties = _with(properties, clause)
        except (SqlTextError, ValueError) as error:
            wrong.append(f"{clause}: {error}")
    return Options(
        properties=properties,
        packages=_packages(said.get("packages")),
        left=tuple(left),
        wrong=tuple(wrong),
    )


def _take(name: str, value: object, found: dict[str, Any]) -> bool:
    """Take an option as a property; False where it is none."""
    match name:
        case "schedule" if isinstance(value, (Cron, timedelta)):
            found[name] = _schedule(value)
        case "target_completion_interval" if isinstance(value, timedelta):
            found[name] = _schedule(value)
        case "config" if isinstance(value, dict):
            found[name] = value
        case "session_parameters" if isinstance(value, dict):
            found[name] = value
        case "allow_overlapping_execution":
            policies = OverlapPolicy
            found["overlap_policy"] = str(
                policies.ALLOW_CHILD_OVERLAP if value else policies.NO_OVERLAP
            )
        case _ if name in _SAME or name in _NAMES or name == "overlap_policy":
            found[name] = value
        case _:
            return False
    return True


def _clauses(found: Mapping[str, Any]) -> list[str]:
    """Each as a clause of CREATE TASK, which checks it."""
    clauses = []
    for name, value in found.items():
        if name == "session_parameters":
            clauses += [f"{key} = {_literal(each)}" for key, each in value.items()]
        elif name == "config":
            clauses.append(f"CONFIG = {quoted_string(json.dumps(value))}")
        elif name == "execute_as_user":
            clauses.append(f"EXECUTE AS USER {value}")
        elif name in _NAMES:
            clauses.append(f"{name.upper()} = {_name(value)}")
        elif name == "overlap_policy":
            clauses.append(f"OVERLAP_POLICY = {value}")
        else:
            clauses.append(f"{name.upper()} = {_literal(value)}")
    return clauses


def _with(properties: TaskProperties, clause: str) -> TaskProperties:
    """These properties and one more."""
    read = parse_task_statement(f"CREATE TASK t {clause}\nAS SELECT 1")
    if not isinstance(read, CreateTask):  # unreachable: it begins so
        raise SqlTextError("no property")
    session = {**properties.session_parameters, **read.properties.session_parameters}
    return replace(properties, **read.properties.said(), session_parameters=session)


def _name(value: object) -> str:
    """A name as SQL reads it: as it is written there, which quotes what it must."""
    text = str(value)
    try:
        identifier_from_sql(text)
    except ValueError:
        return f'"{text}"' if '"' not in text else text
    return text


def _literal(value: object) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, (int, float)):
        return str(value)
    return quoted_string(str(value))


def _schedule(value: Cron | timedelta) -> str:
    if isinstance(value, Cron):
        return f"USING CRON {value.expression} {value.zone}"
    seconds = round(value.total_seconds())
    return f"{seconds // 60} MINUTES" if seconds % 60 == 0 else f"{seconds} SECONDS"


def _packages(value: object) -> tuple[str, ...]:
    """What is named beside what every procedure has."""
    if not isinstance(value, (list, tuple)):
        return ()
    named = (each.name if isinstance(each, Library) else str(each) for each in value)
    return tuple(n for n in named if n.partition("=")[0].strip() != "snowflake-snowpark-python")


def _words(value: object) -> str:
    if isinstance(value, Unknown):
        return value.text
    if isinstance(value, Library):
        return value.path
    if isinstance(value, Partly):
        return f"f{str(value)!r}"
    return "what is not known"
