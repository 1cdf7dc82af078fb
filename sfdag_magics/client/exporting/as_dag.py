"""A graph as a program for Snowflake's own `snowflake.core.task.dagv1`. Pure; imports none of it.

It says what the statements of a deploy say. Branches are the conditions of the tasks below them.
"""

from __future__ import annotations

import json
import keyword
from collections.abc import Iterator, Mapping, Sequence

from sfdag_magics.client.connecting.targets import Target
from sfdag_magics.client.deploying.task_statements import Definition, definitions
from sfdag_magics.client.exporting.exported import Exported, Form, heading
from sfdag_magics.client.exporting.left_out import left_out, lost_groups
from sfdag_magics.client.exporting.needed import needs, procedure, warehouses
from sfdag_magics.client.exporting.python_text import (
    call_text,
    free_name,
    keywords_text,
    lines_text,
    uses,
    value_text,
)
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.graph.names import key_of
from sfdag_magics.graph.times.schedule import IntervalSchedule, parse_schedule
from sfdag_magics.sqltext import QualifiedName, sql_identifier

_USE = "python FILE.py makes it by Snowflake's own API"
_IMPORTED = {
    "datetime": ("timedelta",),
    "snowflake.core": ("CreateMode", "Root"),
    "snowflake.core.task": ("Cron", "OverlapPolicy"),
    "snowflake.core.task.dagv1": ("DAG", "DAGOperation", "DAGTask"),
    "snowflake.snowpark": ("Session",),
}
#: It tells what is not there by a sentence: what the API would say of it is a traceback.
_DEPLOYED = """\
if __name__ == "__main__":
    session = Session.builder.getOrCreate()
    if None in (session.get_current_database(), session.get_current_schema()):
        sys.exit("the connection names no database and schema that are there")
    account = Root(session)
{warehouses}\
    database = account.databases[session.get_current_database()]
    schema = database.schemas[session.get_current_schema()]
    DAGOperation(schema).deploy(dag, mode=CreateMode.or_replace)
{procedure}"""
_WAREHOUSES = """\
    there = {{each.name for each in account.warehouses.iter()}}
    if missing := [name for name in {named} if name not in there]:
        sys.exit(f"not there: {{', '.join(missing)}} · CREATE WAREHOUSE, or name others above")
"""
_PROCEDURE = """\
    if not any(each.name == {name} for each in schema.procedures.iter()):
        print({note}, file=sys.stderr)
"""
_TAKEN = frozenset(
    {
        *(name for names in _IMPORTED.values() for name in names),
        *("session", "account", "database", "schema", "dag", "sys"),
        *("there", "missing", "each", "name"),
        *keyword.kwlist,
    }
)


def as_dag(graph: TaskGraph, target: Target) -> Exported:
    """The graph as a program.

    Args:
        graph: checked.
        target: its warehouse and config count where the graph says nothing.
    """
    not_carried = (*left_out(graph), *lost_groups(graph))
    root, *others = definitions(graph, QualifiedName(key_of(graph.name)), target)
    needed = needs([root, *others])
    made = _made(graph, warehouses([root, *others]))
    program = [f"dag = {_root_text(root)}", *_task_lines(graph, root, others), "", "", made]
    imports = ["import sys", "", *_imports("\n".join(program))]
    head = [*heading("#", graph.name, _USE, not_carried, needed), "", *imports, ""]
    text = "\n".join([*head, *program])
    return Exported(
        graph=graph.name, form=Form.DAG, text=text, not_carried=not_carried, needs=needed
    )


def _made(graph: TaskGraph, named: Sequence[str]) -> str:
    """What makes the graph where that is run."""
    name = procedure(graph)
    note = f"note: {name} is not there, and Python tasks fail without it: sfdag deploy makes it"
    return _DEPLOYED.format(
        warehouses=_WAREHOUSES.format(named=value_text(named)) if named else "",
        procedure=_PROCEDURE.format(name=value_text(sql_identifier(name)), note=value_text(note))
        if name is not None
        else "",
    )


def _imports(program: str) -> Iterator[str]:
    for module, names in _IMPORTED.items():
        if used := [name for name in names if uses([program], name)]:
            yield f"from {module} import {', '.join(used)}"


def _root_text(root: Definition) -> str:
    said = root.statement.properties
    told = {
        "warehouse": _name(said.warehouse),
        "comment": root.comment or None,
        "task_auto_retry_attempts": said.task_auto_retry_attempts,
        "user_task_timeout_ms": said.user_task_timeout_ms,
        "suspend_task_after_num_failures": said.suspend_task_after_num_failures,
        "config": json.loads(said.config) if said.config else None,
    }
    more = [f"schedule={_schedule(said.schedule)}"] if said.schedule else []
    more += [f"overlap_policy=OverlapPolicy.{said.overlap_policy}"] if said.overlap_policy else []
    return call_text("DAG", [value_text(root.name), *more, *_keywords(told)])


def _task_lines(graph: TaskGraph, root: Definition, others: list[Definition]) -> Iterator[str]:
    variables: dict[str, str] = {}
    for each in others:
        variables[each.name] = free_name(each.name, _TAKEN | {*variables.values()})
        yield f"{variables[each.name]} = {_task_text(each, root)}"
    for each in others:
        above = [variables[name] for name in graph.predecessors(each.name) if name in variables]
        if above:
            yield f"{variables[each.name]} << [{', '.join(above)}]"


def _task_text(task: Definition, root: Definition) -> str:
    statement, said = task.statement, task.statement.properties
    is_serverless = said.warehouse is None and root.statement.properties.warehouse is not None
    told = {
        "condition": statement.condition,
        "warehouse": _name(said.warehouse),
        "user_task_managed_initial_warehouse_size": said.user_task_managed_initial_warehouse_size,
        "user_task_timeout_ms": said.user_task_timeout_ms,
        "comment": task.comment or None,
        "is_serverless": is_serverless or None,
        "is_finalizer": said.finalize is not None or None,
    }
    return call_text(
        "DAGTask", [value_text(task.name), lines_text(statement.body), *_keywords(told), "dag=dag"]
    )


def _keywords(told: Mapping[str, object]) -> list[str]:
    return keywords_text({key: value for key, value in told.items() if value is not None}, str)


def _name(stored: str | None) -> str | None:
    return None if stored is None else sql_identifier(stored)


def _schedule(text: str) -> str:
    found = parse_schedule(text)
    if isinstance(found, IntervalSchedule):
        return value_text(found.period)
    fields = text.split()[2:]  # USING CRON …
    return f"Cron({value_text(' '.join(fields[:-1]))}, {value_text(fields[-1])})"
