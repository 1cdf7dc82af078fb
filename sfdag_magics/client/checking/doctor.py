"""What a deploy needs of a target beside a graph that is right, and which of it is missing.

A refusal names one privilege, and the next try meets the next; this asks for all at once. Which
privileges are needed is from Snowflake's pages on tasks (tasks-intro, alter-task: RESUME), stages
and procedures. Reads only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sfdag_magics.client.checking.grants_held import Held, Name, read_held
from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.connecting.privileges import asked_of
from sfdag_magics.client.observing.traces.logs import EVENT_TABLE, log_level, records_by
from sfdag_magics.errors import BackendError, ConnectError
from sfdag_magics.graph.displayed import Displayed
from sfdag_magics.graph.names import counted
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName, sql_identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class Wants:
    """What a deploy is about to use.

    Attributes:
        root: the graph's, in whose schema all is made.
        has_stage: whether that is there already.
        has_code: whether a procedure is made.
        warehouses: stored names of what tasks and session run on; None among them is serverless.
        owner: the role whose tasks are there already; None where there are none.
        integrations: stored names of those by which it tells of a failure.
    """

    root: QualifiedName
    stage: QualifiedName
    has_stage: bool
    has_code: bool
    warehouses: frozenset[str | None]
    owner: str | None = None
    integrations: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """Privileges on one thing that a role does not have: the statement, and who may type it."""

    statement: str
    who: str

    def __str__(self) -> str:
        return f"{self.statement};  -- {self.who}"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Diagnosis(Displayed):
    """What was found on a target before a deploy to it.

    Attributes:
        place: where, for people.
        lacks: the privileges that are missing, with the statement that gives each.
        problems: what else is missing there, as packages and a version of Python.
        notes: what a deploy does not need, and people miss afterwards.
        is_in_force: whether privileges open and shut anything there.
    """

    place: str
    role: str
    lacks: tuple[Lack, ...]
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    is_in_force: bool = True

    @property
    def is_well(self) -> bool:
        """Whether nothing of what was looked at is missing, whether or not it is in force."""
        return not (self.problems or self.lacks)

    @property
    def is_refused(self) -> bool:
        """Whether a deploy there is refused for it: where privileges shut nothing, not for them."""
        return bool(self.problems or (self.lacks and self.is_in_force))

    def __repr__(self) -> str:
        return f"<{str(self).splitlines()[0]}>"

    def __str__(self) -> str:
        notes = [f"  note: {note}" for note in self.notes]
        wrong = [f"  {problem}" for problem in self.problems]
        return "\n".join([f"{self.place}: {self._role_line}", *self.grants, *wrong, *notes])

    @property
    def _role_line(self) -> str:
        role = f"role {sql_identifier(self.role)}"
        if not self.lacks:
            return f"{role} lacks no privilege that a deploy needs"
        lacks = f"{role} lacks privileges on {counted(len(self.lacks), 'object')}"
        return lacks if self.is_in_force else f"{lacks}, which an account would ask for"

    @property
    def grants(self) -> list[str]:
        """A line for each statement that somebody has to type."""
        return [f"  {lack}" for lack in self.lacks]


def examined(backend: Backend, wants: Wants, problems: Sequence[str] = ()) -> Diagnosis:
    """Look for what is missing.

    Args:
        problems: what is known to be missing already, of other things than privileges.

    Raises:
        BackendError: the target does not say what the role has.
    """
    held = read_held(backend)
    unseen = [f"what role {role} has was not told, and is not counted" for role in held.unseen]
    logs = [] if backend.is_embedded else _of_logs(backend, held, wants)
    return Diagnosis(
        place=backend.place,
        role=held.role,
        lacks=tuple(lacking_privileges(held, wants)),
        problems=tuple(problems),
        notes=(*unseen, *logs),
        is_in_force=not backend.is_embedded,
    )


def lacking_privileges(held: Held, wants: Wants) -> Iterator[Lack]:
    """What a role lacks, a statement for each thing that it lacks something on. Pure."""
    to = f"TO ROLE {sql_identifier(held.role)}"
    for kind, name, wanted in _wanted(held, wants):
        missing = [each for each in wanted if not held.has(each, kind, name)]
        if missing:
            shown = ".".join(map(sql_identifier, name))
            statement = f"GRANT {', '.join(missing)} ON {f'{kind} {shown}'.strip()} {to}"
            yield Lack(statement=statement, who=asked_of(kind, shown))
    if wants.owner is not None and not (held.has_all or wants.owner in held.roles):
        owner = sql_identifier(wants.owner)
        yield Lack(statement=f"GRANT ROLE {owner} {to}", who=f"role {owner} owns the graph's tasks")


def _wanted(held: Held, wants: Wants) -> Iterator[tuple[str, Name, list[str]]]:
    """Kind, stored name and privileges; one who has any on a place may use the place."""
    root, stage = wants.root, wants.stage
    runs = ["EXECUTE TASK", *(["EXECUTE MANAGED TASK"] if None in wants.warehouses else [])]
    yield "ACCOUNT", (), runs
    for database in dict.fromkeys((root.database or "", stage.database or "")):
        yield "DATABASE", (database,), _using(held, "DATABASE", (database,))
    makes = {_schema(root): ["CREATE TASK", *(["CREATE PROCEDURE"] if wants.has_code else [])]}
    makes.setdefault(_schema(stage), [])
    makes[_schema(stage)] += [] if wants.has_stage else ["CREATE STAGE"]
    for schema, privileges in makes.items():
        yield "SCHEMA", schema, [*_using(held, "SCHEMA", schema), *privileges]
    if wants.has_stage:
        yield "STAGE", (*_schema(stage), stage.name), ["READ", "WRITE"]
    for warehouse in sorted(filter(None, wants.warehouses)):
        yield "WAREHOUSE", (warehouse,), ["USAGE"]
    for integration in wants.integrations:
        yield "INTEGRATION", (integration,), ["USAGE"]


def _schema(name: QualifiedName) -> Name:
    return (name.database or "", name.schema or "")


def _using(held: Held, kind: str, name: Name) -> list[str]:
    return [] if held.has_some(kind, name) else ["USAGE"]


def _of_logs(backend: Backend, held: Held, wants: Wants) -> Iterator[str]:
    """What keeps an account from telling what tasks print and log."""
    database = wants.root.database or ""
    if (level := log_level(backend, database)) in (None, "OFF"):
        shown = sql_identifier(database)
        yield (
            f"nothing that tasks log is collected: LOG_LEVEL of {shown} is"
            f" {level or 'not readable'}; ALTER DATABASE {shown} SET LOG_LEVEL = INFO"
        )
    try:
        records_by(backend, lambda table: f"DESCRIBE TABLE {table}")
    except ConnectError:
        raise
    except BackendError:
        yield (
            f"logs cannot be read from {EVENT_TABLE}; an ACCOUNTADMIN types:"
            " GRANT APPLICATION ROLE SNOWFLAKE.EVENTS_VIEWER TO ROLE"
            f" {sql_identifier(held.role)}"
        )
