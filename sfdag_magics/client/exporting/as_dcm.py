"""A graph as a DCM project: definitions of its tasks, and the manifest that says where. Pure.

Snowflake docs: "DCM Projects files and templates", "Supported object types in DCM Projects". A name
there has all its parts, so database and schema are variables of the manifest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from sfdag_magics.client.connecting.targets import Target
from sfdag_magics.client.deploying.task_statements import Definition, definitions
from sfdag_magics.client.exporting.exported import Exported, Form, heading
from sfdag_magics.client.exporting.left_out import left_out
from sfdag_magics.client.exporting.needed import needs
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.graph.names import key_of
from sfdag_magics.sqltext import QualifiedName, quoted_string

_USE = "sources/definitions/ of a DCM project, beside its manifest.yml"
_DEFINES, _CREATES = "DEFINE TASK", "CREATE OR ALTER TASK"
#: What stands for the variables until the rest is written: no name of Snowflake's is so.
_DATABASE, _SCHEMA = "SFDAG$DATABASE$", "SFDAG$SCHEMA$"
#: What opens a template, and is meant as it stands.
_OPENS = re.compile(r"\{(?=[{%#])")
_UNKNOWN = "CHANGE_ME"


def as_dcm(graph: TaskGraph, target: Target) -> Exported:
    """The graph as a project.

    Args:
        graph: checked.
        target: its place is the manifest's; its warehouse and config count where the graph says
            nothing.
    """
    root = QualifiedName(key_of(graph.name), _SCHEMA, _DATABASE)
    manifest = _manifest(graph, target)
    not_carried = (*left_out(graph), *_not_said(graph, target))
    found = definitions(graph, root, target)
    needed = needs(found)
    head = heading("--", graph.name, _USE, not_carried, needed)
    said = [f"--   {line}".rstrip() for line in manifest.splitlines()]
    lines = [*head, "-- manifest.yml:", *said, *_statements(found)]
    text = "\n".join(lines) + "\n"
    files = {"manifest.yml": manifest, f"sources/definitions/{graph.name.lower()}.sql": text}
    return Exported(
        graph=graph.name,
        form=Form.DCM,
        text=text,
        not_carried=not_carried,
        needs=needed,
        files=files,
    )


def _statements(found: tuple[Definition, ...]) -> Iterator[str]:
    for each in found:
        # The place is put in last, so that it is no text of the statement's own that is escaped.
        sql = _OPENS.sub("{% raw %}{{% endraw %}", each.statement.to_sql())
        named = sql.replace(_DATABASE, "{{database}}").replace(_SCHEMA, "{{schema}}")
        yield f"\n{named.replace(_CREATES, _DEFINES, 1)};"


def _manifest(graph: TaskGraph, target: Target) -> str:
    """YAML, which takes JSON's texts as they are."""
    name = target.name.upper()
    database, schema = target.database or _UNKNOWN, target.schema or "PUBLIC"
    project = f"{database}.{schema}.{key_of(graph.name)}_PROJECT"
    owner = target.role or _UNKNOWN
    (head,) = heading("#", graph.name, "the manifest of a DCM project", ())
    return f"""\
{head}
manifest_version: 2
type: DCM_PROJECT
default_target: {_quoted(name)}
targets:
  {_quoted(name)}:
    account_identifier: {_UNKNOWN}
    project_name: {_quoted(project)}
    project_owner: {_quoted(owner)}
    templating_config: {_quoted(name)}
templating:
  configurations:
    {_quoted(name)}:
      database: {_quoted(database)}
      schema: {_quoted(schema)}
"""


def _not_said(graph: TaskGraph, target: Target) -> Iterator[str]:
    starts = f"SELECT SYSTEM$TASK_DEPENDENTS_ENABLE({quoted_string(key_of(graph.name))})"
    yield f"that its tasks are started: {starts}"
    yield "the account_identifier in manifest.yml"
    if target.database is None:
        yield f"the database in manifest.yml: target {target.name} names none"
    if target.role is None:
        yield f"the project_owner in manifest.yml: target {target.name} names no role"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
