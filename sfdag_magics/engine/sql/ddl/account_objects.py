"""Warehouses, roles and users: statements that are kept, and act on nothing.

Statements run in the engine, and one user owns everything; so what is made here is a name with its
properties, which SHOW tells. A session's own warehouse, role and user are there without a CREATE,
and may be altered, which is not kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sfdag_magics.engine.borders.answers import Result, SqlError, already_exists, does_not_exist
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.borders.ports import Statement
from sfdag_magics.engine.borders.rowset import status
from sfdag_magics.engine.borders.tagging import TAGS
from sfdag_magics.engine.objects.statement_reader import OptionValue, StatementReader
from sfdag_magics.engine.sql.ddl.tags import tagged_as_any
from sfdag_magics.engine.sql.reading.words import DONE, end, read_drop, read_statement
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.light_classes import dataclass

#: What is not kept of a user, but that there is one.
_SECRET = ("PASSWORD", "RSA_PUBLIC_KEY", "RSA_PUBLIC_KEY_2")
PROPERTIES: Mapping[str, tuple[str, ...]] = {
    "WAREHOUSE": (
        "WAREHOUSE_TYPE",
        "WAREHOUSE_SIZE",
        "WAIT_FOR_COMPLETION",
        "MAX_CLUSTER_COUNT",
        "MIN_CLUSTER_COUNT",
        "SCALING_POLICY",
        "AUTO_SUSPEND",
        "AUTO_RESUME",
        "INITIALLY_SUSPENDED",
        "RESOURCE_MONITOR",
        "COMMENT",
        "ENABLE_QUERY_ACCELERATION",
        "QUERY_ACCELERATION_MAX_SCALE_FACTOR",
        "MAX_CONCURRENCY_LEVEL",
        "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS",
        "STATEMENT_TIMEOUT_IN_SECONDS",
        "RESOURCE_CONSTRAINT",
        "GENERATION",
        "WAREHOUSE_CREDIT_LIMIT",
        "TARGET_STATEMENT_SIZE",
        "QUERY_THROUGHPUT_MULTIPLIER",
        "MAX_QUERY_PERFORMANCE_LEVEL",
    ),
    "ROLE": ("COMMENT",),
    "USER": (
        "PASSWORD",
        "LOGIN_NAME",
        "DISPLAY_NAME",
        "FIRST_NAME",
        "MIDDLE_NAME",
        "LAST_NAME",
        "EMAIL",
        "TYPE",
        "COMMENT",
        "MUST_CHANGE_PASSWORD",
        "DISABLED",
        "DAYS_TO_EXPIRY",
        "MINS_TO_UNLOCK",
        "DEFAULT_WAREHOUSE",
        "DEFAULT_NAMESPACE",
        "DEFAULT_ROLE",
        "DEFAULT_SECONDARY_ROLES",
        "MINS_TO_BYPASS_MFA",
        "RSA_PUBLIC_KEY",
        "RSA_PUBLIC_KEY_2",
        "ENABLE_UNREDACTED_QUERY_SYNTAX_ERROR",
        "NETWORK_POLICY",
    ),
}
Properties = Mapping[str, OptionValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What CREATE says."""

    kind: str
    name: str
    properties: Properties
    exists: bool

    @property
    def comment(self) -> str:
        """The comment, which every object has."""
        return str(self.properties.get("COMMENT", ""))

    def detail(self) -> dict[str, Any]:
        """What is kept."""
        return {name: value for name, value in self.properties.items() if name != "COMMENT"}


def account_object(session: Session, kind: str, name: str) -> ObjectFact | None:
    """What was made under this name."""
    return session.shared.catalogue.get((kind, "", "", name, ""))


def create(statement: Statement, session: Session) -> Result:
    """CREATE [OR REPLACE] kind [IF NOT EXISTS] name [WITH] properties."""
    kind = statement.kind.removeprefix("CREATE ")
    words = {token.word for token in statement.tokens[:3]}
    said = _read(statement, kind)
    with session.facts() as facts:
        there = account_object(session, kind, said.name)
        if there is not None and said.exists:
            return status(f"{said.name} already exists, statement succeeded.")
        if there is not None and "REPLACE" not in words:
            raise already_exists(said.name)
        if there is not None:
            facts.remove(there)
        facts.add_to_account(kind, said.name, detail=said.detail(), comment=said.comment)
    return status(f"{kind.capitalize()} {said.name} successfully created.")


def create_or_alter(statement: Statement, session: Session) -> Result:
    """CREATE OR ALTER kind name properties: what is not said is as it was never said."""
    kind = statement.kind.removeprefix("CREATE OR ALTER ")
    said = _read(statement, kind)
    with session.facts() as facts:
        there = account_object(session, kind, said.name)
        if there is None:
            facts.add_to_account(kind, said.name, detail=said.detail(), comment=said.comment)
        else:
            tags = {TAGS: there.detail[TAGS]} if TAGS in there.detail else {}
            facts.change(there, detail={**said.detail(), **tags}, comment=said.comment)
    return status(DONE)


def _read(statement: Statement, kind: str) -> _Said:
    with read_statement(statement, kind) as reader:
        exists = reader.accept("IF", "NOT", "EXISTS")
        name = reader.object_name()
        reader.accept("WITH")
        properties = _properties(reader, kind)
        end(reader)
    return _Said(kind=kind, name=name.name, properties=properties, exists=exists)


def _properties(reader: StatementReader, kind: str) -> Properties:
    properties = reader.options()
    for name in properties:
        if name not in PROPERTIES[kind]:
            raise SqlError(
                f"SQL compilation error:\ninvalid property '{name}' for '{kind}'", code=1008
            )
    return {name: True if name in _SECRET else value for name, value in properties.items()}


def drop(statement: Statement, session: Session) -> Result:
    """DROP kind [IF EXISTS] name."""
    said = read_drop(statement)
    with session.facts() as facts:
        there = account_object(session, said.kind, said.name.name)
        if there is not None:
            facts.remove(there)
    if there is not None:
        return status(f"{said.name.name} successfully dropped.")
    if not said.exists:
        raise does_not_exist(said.kind.capitalize(), said.name.sql())
    return status(f"Drop statement executed successfully ({said.name.name} already dropped).")


def alter(statement: Statement, session: Session) -> Result:
    """ALTER kind [IF EXISTS] name: SET, UNSET and RENAME TO are kept, other actions do nothing."""
    kind = statement.kind.removeprefix("ALTER ")
    with read_statement(statement, kind) as reader:
        exists = reader.accept("IF", "EXISTS")
        at_action = any(reader.peek_words(word) for word in ("SET", "UNSET", "RESUME", "SUSPEND"))
        name = _own(session, kind) if at_action else reader.object_name().name
        there = account_object(session, kind, name)
        if there is None and not (exists or session.has_of_account(kind, name)):
            raise does_not_exist(kind.capitalize(), name)
        if there is None or not tagged_as_any(reader, there, session):
            _alter(reader, session, kind, there)
    return status(DONE)


def _alter(reader: StatementReader, session: Session, kind: str, there: ObjectFact | None) -> None:
    if reader.accept("RENAME", "TO"):
        new = reader.object_name().name
        if there is not None:
            with session.facts() as facts:
                facts.change(there, name=new)
        return
    detail = dict(there.detail) if there is not None else {}
    comment = None
    if reader.accept("SET"):
        said = _properties(reader, kind)
        comment = str(said["COMMENT"]) if "COMMENT" in said else None
        detail |= {name: value for name, value in said.items() if name != "COMMENT"}
    elif reader.accept("UNSET"):
        for name in _names(reader):
            detail.pop(name, None)
            comment = "" if name == "COMMENT" else comment
    else:
        suspended = reader.accept("SUSPEND")
        detail |= {"SUSPENDED": suspended} if suspended or reader.accept("RESUME") else {}
        reader.rest()
    if there is not None:
        with session.facts() as facts:
            facts.change(there, detail=detail, comment=comment)


def _names(reader: StatementReader) -> Sequence[str]:
    names = [reader.identifier()]
    while reader.accept(","):
        names.append(reader.identifier())
    return names


def _own(session: Session, kind: str) -> str:
    """What a session has without a CREATE."""
    own = {"WAREHOUSE": session.warehouse, "ROLE": session.role, "USER": session.user}
    return str(own[kind])
