"""The TASK statements as frozen values that write themselves as SQL. Knows no reading."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum

from sfdag_magics.graph.grammar.actions import AlterAction
from sfdag_magics.graph.grammar.clauses import SetTag, contact_list, name_list, tag_list
from sfdag_magics.graph.grammar.properties import TaskProperties
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName, dollar_quoted, quoted_string, sql_identifier


class CreateMode(StrEnum):
    """How CREATE TASK meets a task of the same name; the value is its spelling."""

    CREATE = "CREATE TASK"
    OR_REPLACE = "CREATE OR REPLACE TASK"
    OR_ALTER = "CREATE OR ALTER TASK"
    IF_NOT_EXISTS = "CREATE TASK IF NOT EXISTS"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTask:
    """CREATE [OR REPLACE | OR ALTER] TASK; `condition` and `body` as they were written.

    Attributes:
        copy_grants: COPY GRANTS, of the task that it replaces.
    """

    name: QualifiedName
    body: str
    mode: CreateMode = CreateMode.CREATE
    properties: TaskProperties = field(default_factory=TaskProperties)
    after: tuple[QualifiedName, ...] = ()
    condition: str | None = None
    tags: tuple[SetTag, ...] = ()
    copy_grants: bool = False

    def to_sql(self) -> str:
        """The statement, one clause a line."""
        lines = [f"{self.mode} {self.name.sql()}"]
        if self.tags:
            lines.append(f"  WITH TAG ({tag_list(self.tags)})")
        if self.properties.contacts:
            contacts = ", ".join(contact_list(self.properties.contacts))
            lines.append(f"  WITH CONTACT ({contacts})")
        if self.copy_grants:
            lines.append("  COPY GRANTS")
        lines += [f"  {said}" for said in self.properties.to_sql()]
        if self.after:
            lines.append(f"  AFTER {name_list(self.after)}")
        if self.condition is not None:
            lines.append(f"  WHEN {_closed(self.condition)}")
        return "\n".join([*lines, f"AS\n{self.body}"])


@dataclass(frozen=True, slots=True, kw_only=True)
class CloneTask:
    """CREATE [OR REPLACE] TASK … CLONE."""

    name: QualifiedName
    source: QualifiedName
    mode: CreateMode = CreateMode.CREATE
    copy_grants: bool = False

    def to_sql(self) -> str:
        """The statement."""
        granted = " COPY GRANTS" if self.copy_grants else ""
        return f"{self.mode} {self.name.sql()} CLONE {self.source.sql()}{granted}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterTask:
    """ALTER TASK with its one action."""

    name: QualifiedName
    action: AlterAction
    if_exists: bool = False

    def to_sql(self) -> str:
        """The statement."""
        return f"ALTER TASK {_if_exists(self.if_exists)}{self.name.sql()} {self.action.to_sql()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DropTask:
    """DROP TASK."""

    name: QualifiedName
    if_exists: bool = False

    def to_sql(self) -> str:
        """The statement."""
        return f"DROP TASK {_if_exists(self.if_exists)}{self.name.sql()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecuteTask:
    """EXECUTE TASK; at most one of config and the two retries is there.

    Attributes:
        config: USING CONFIG, the JSON text of an object.
        awaits: AWAIT, which no retry has.
        retry_last: RETRY LAST.
        retry_group: RETRY GRAPH RUN GROUP, its id.
    """

    name: QualifiedName
    config: str | None = None
    awaits: bool = False
    retry_last: bool = False
    retry_group: str | None = None

    def to_sql(self) -> str:
        """The statement."""
        sql = f"EXECUTE TASK {self.name.sql()}"
        if self.config is not None:
            sql += f" USING CONFIG = {dollar_quoted(self.config)}"
        if self.awaits:
            sql += " AWAIT"
        if self.retry_last:
            return f"{sql} RETRY LAST"
        if self.retry_group is not None:
            return f"{sql} RETRY GRAPH RUN GROUP {quoted_string(self.retry_group)}"
        return sql


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowScope:
    """IN ACCOUNT, IN DATABASE [db] or IN SCHEMA [[db.]schema]; None is the current one."""

    kind: str
    database: str | None = None
    schema: str | None = None

    def to_sql(self) -> str:
        """The clause."""
        named = [sql_identifier(part) for part in (self.database, self.schema) if part is not None]
        return " ".join(["IN", self.kind, *([".".join(named)] if named else [])])


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowTasks:
    """SHOW TASKS; `like` is a pattern without regard to case, `starts_with` is with."""

    terse: bool = False
    like: str | None = None
    scope: ShowScope | None = None
    starts_with: str | None = None
    root_only: bool = False
    limit: int | None = None
    from_name: str | None = None

    def to_sql(self) -> str:
        """The statement."""
        sql = "SHOW TERSE TASKS" if self.terse else "SHOW TASKS"
        if self.like is not None:
            sql += f" LIKE {quoted_string(self.like)}"
        if self.scope is not None:
            sql += f" {self.scope.to_sql()}"
        if self.starts_with is not None:
            sql += f" STARTS WITH {quoted_string(self.starts_with)}"
        if self.root_only:
            sql += " ROOT ONLY"
        if self.limit is not None:
            sql += f" LIMIT {self.limit}"
        if self.from_name is not None:
            sql += f" FROM {quoted_string(self.from_name)}"
        return sql


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribeTask:
    """DESCRIBE TASK."""

    name: QualifiedName

    def to_sql(self) -> str:
        """The statement."""
        return f"DESCRIBE TASK {self.name.sql()}"


TaskStatement = (
    CreateTask | CloneTask | AlterTask | DropTask | ExecuteTask | ShowTasks | DescribeTask
)


def _if_exists(wanted: bool) -> str:  # noqa: FBT001 - private, one argument
    return "IF EXISTS " if wanted else ""


def _closed(condition: str) -> str:
    """The condition with its last line ended, so that a comment there does not swallow AS."""
    return f"{condition}\n" if "--" in condition or "//" in condition else condition
