"""One task as the catalogue has it: a value that becomes JSON and back. Knows no rule of change."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import field, fields, replace
from datetime import datetime, timedelta
from typing import Any

from sfdag_magics.engine.borders.inherited import Inherited
from sfdag_magics.engine.store.runlog import StoredTask
from sfdag_magics.graph.grammar import OverlapPolicy, TaskProperties
from sfdag_magics.graph.rules import DEFAULT_TIMEOUT_MS, MAX_TIMEOUT_MS
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName

#: Why a task is suspended, in SHOW TASKS' words.
BY_USER = "USER_SUSPENDED"
BY_ERRORS = "SUSPENDED_DUE_TO_ERRORS"
BECAME_ROOT = "CHILD_BECAME_ROOT"
FINALIZER_BECAME_ROOT = "FINALIZER_BECAME_ROOT"
BY_OWNERSHIP = "GRANT_OWNERSHIP"
_CALLS = re.compile(r"\s*\(?\s*(call\s+(?!system\$)|with\s+\S+\s+as\s+procedure\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDefinition:
    """A task; names are stored names, times aware UTC.

    Attributes:
        task_id: a recreated task gets a new one.
        predecessors: names in the task's own schema.
        finalizes: the name of the root it finalizes; its `properties` do not repeat it.
        properties: what was said at CREATE and ALTER; None is the default.
        last_committed_on: when a version with it was last set.
        inherited: parameters that its schema, database or account had set when it was looked last,
            each with where that was.
        tags: values by the tags' ids; of no version, as no run goes by them.
        grants_id: what grants on it are kept by, where COPY GRANTS took those of an earlier task.
    """

    task_id: str
    name: QualifiedName
    body: str
    created_on: datetime
    owner: str
    condition: str | None = None
    predecessors: tuple[str, ...] = ()
    finalizes: str | None = None
    properties: TaskProperties = field(default_factory=TaskProperties)
    is_started: bool = False
    last_committed_on: datetime | None = None
    last_suspended_on: datetime | None = None
    last_suspended_reason: str | None = None
    inherited: Inherited = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    grants_id: str | None = None

    @property
    def granted_on(self) -> str:
        """What grants on it are kept by."""
        return self.grants_id or self.task_id

    @property
    def is_root(self) -> bool:
        """Whether it is the root of a graph, or a task alone."""
        return not self.predecessors and self.finalizes is None

    @property
    def calls_procedure(self) -> bool:
        """Whether its body calls a procedure, and not one of the system's own functions."""
        return _CALLS.match(self.body) is not None

    def suspended(self, now: datetime, reason: str) -> TaskDefinition:
        """The task as suspended now; one that is suspended already keeps its reason."""
        if not self.is_started:
            return self
        return replace(self, is_started=False, last_suspended_on=now, last_suspended_reason=reason)

    def parameter(self, name: str) -> int | None:
        """A numeric parameter, its own or an inherited one; None where nothing sets it."""
        own: int | None = getattr(self.properties, name.lower())
        above = self.inherited.get(name)
        return own if own is not None or above is None else int(above[0])

    def timeout(self, root: TaskDefinition) -> timedelta:
        """How long an execution may take; what the root says is a limit of the whole run too."""
        own = self.properties.user_task_timeout_ms
        said = own if own is not None else root.parameter("USER_TASK_TIMEOUT_MS")
        task_ms = DEFAULT_TIMEOUT_MS if said is None else (said or MAX_TIMEOUT_MS)
        statement_s = self.properties.session_parameters.get("STATEMENT_TIMEOUT_IN_SECONDS", 0)
        statement_ms = int(statement_s) * 1000 or task_ms
        return timedelta(milliseconds=min(task_ms, statement_ms))

    def stored(self) -> StoredTask:
        """The task as the run log keeps it."""
        return StoredTask(
            task_id=self.task_id,
            database=str(self.name.database),
            schema=str(self.name.schema),
            name=self.name.name,
            document=json.dumps(self.to_json(), ensure_ascii=False),
        )

    def to_json(self) -> dict[str, Any]:
        """The task as JSON values."""
        document = {each.name: getattr(self, each.name) for each in fields(self)}
        properties = self.properties
        return {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in document.items()
        } | {
            "name": [self.name.database, self.name.schema, self.name.name],
            "properties": properties.said(),
            "session_parameters": dict(properties.session_parameters),
        }


_TIMES = ("created_on", "last_committed_on", "last_suspended_on")


def definition_from_json(document: Mapping[str, Any]) -> TaskDefinition:
    """The task that was written by `TaskDefinition.to_json`."""
    values = dict(document)
    database, schema, name = values.pop("name")
    said = dict(values.pop("properties"))
    if "overlap_policy" in said:
        said["overlap_policy"] = OverlapPolicy(said["overlap_policy"])
    session = values.pop("session_parameters")
    for each in _TIMES:
        values[each] = datetime.fromisoformat(values[each]) if values[each] else None
    values["predecessors"] = tuple(values["predecessors"])
    above = values.pop("inherited", {})
    values["inherited"] = {name: (value, level) for name, (value, level) in above.items()}
    return TaskDefinition(
        name=QualifiedName(name, schema, database),
        properties=TaskProperties(**said, session_parameters=session),
        **values,
    )
