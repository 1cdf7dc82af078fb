"""CURRENT_… and LAST_QUERY_ID: what a statement's session says of itself. Knows no DuckDB.

They become constants before translation: DuckDB's clock stands still within a transaction where
Snowflake's does so within a statement, and one that is repeated exactly must say the same again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlglot import exp

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.ports import Value
from sfdag_magics.engine.sql.reading.parse import CALLED
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.engine.sql.values.constants import constant, literal

#: What CURRENT_VERSION() says: clients look at its first number.
SERVER_VERSION = "10.0.0"


def _now(now: datetime, _: Session) -> datetime:
    return now


def _now_plain(now: datetime, _: Session) -> datetime:
    return now.replace(tzinfo=None)


def _clock(now: datetime, session: Session) -> datetime:
    """What the clock of the session's zone shows."""
    return now.astimezone(ZoneInfo(str(session.parameters["TIMEZONE"])))


def _today(now: datetime, session: Session) -> date:
    return _clock(now, session).date()


def _time(now: datetime, session: Session) -> time:
    return _clock(now, session).time()


#: What differs from one statement to the next.
_BY_CLOCK: Mapping[str, Callable[[datetime, Session], Value]] = {
    "CURRENT_TIMESTAMP": _now,
    "SYSTIMESTAMP": _now,
    "GETDATE": _now,
    "LOCALTIMESTAMP": _now,
    "SYSDATE": _now_plain,
    "CURRENT_DATE": _today,
    "CURRENT_TIME": _time,
    "LOCALTIME": _time,
}
_BY_NAME: Mapping[str, Callable[[Session], Value]] = {
    "CURRENT_DATABASE": lambda session: session.database,
    "CURRENT_SCHEMA": lambda session: session.schema,
    "CURRENT_SCHEMAS": lambda session: f'["{session.database}.{session.schema}"]',
    "CURRENT_WAREHOUSE": lambda session: session.warehouse,
    "CURRENT_ROLE": lambda session: session.role,
    "INVOKER_ROLE": lambda session: session.role,
    "CURRENT_AVAILABLE_ROLES": lambda session: f'["{session.role}"]',
    "CURRENT_SECONDARY_ROLES": lambda _: '{"roles":"","value":""}',
    "CURRENT_USER": lambda session: session.user,
    "CURRENT_SESSION": lambda session: session.id,
    "CURRENT_ACCOUNT": lambda _: "SFDAG",
    "CURRENT_ACCOUNT_NAME": lambda _: "SFDAG",
    "CURRENT_ORGANIZATION_NAME": lambda _: "LOCAL",
    "CURRENT_REGION": lambda _: "LOCAL",
    "CURRENT_CLIENT": lambda _: "sfdag_magics",
    "CURRENT_IP_ADDRESS": lambda _: "127.0.0.1",
    "CURRENT_VERSION": lambda _: SERVER_VERSION,
    "CURRENT_TRANSACTION": lambda session: session.id if session.transaction.is_open else None,
}
_NAMED = frozenset((*_BY_CLOCK, *_BY_NAME))
_BY_NODE: Mapping[str, str] = {
    "CurrentDatabase": "CURRENT_DATABASE",
    "CurrentSchema": "CURRENT_SCHEMA",
    "CurrentSchemas": "CURRENT_SCHEMAS",
    "CurrentWarehouse": "CURRENT_WAREHOUSE",
    "CurrentRole": "CURRENT_ROLE",
    "CurrentUser": "CURRENT_USER",
    "CurrentVersion": "CURRENT_VERSION",
    "CurrentTimestamp": "CURRENT_TIMESTAMP",
    "CurrentTimestampLTZ": "CURRENT_TIMESTAMP",
    "Localtimestamp": "CURRENT_TIMESTAMP",
    "Systimestamp": "CURRENT_TIMESTAMP",
    "CurrentDate": "CURRENT_DATE",
    "CurrentTime": "CURRENT_TIME",
    "Localtime": "CURRENT_TIME",
}


#: What differs from one statement to the next, and from one session to the next.
OF_TIME = frozenset(_BY_CLOCK)
OF_SESSION = frozenset(
    {
        *("CURRENT_DATABASE", "CURRENT_SCHEMA", "CURRENT_SCHEMAS", "CURRENT_WAREHOUSE"),
        *("CURRENT_ROLE", "CURRENT_SESSION", "CURRENT_TRANSACTION"),
    }
)


def context_name(node: exp.Expr) -> str | None:
    """The name of a context function that needs no arguments, None for anything else."""
    called = node.meta.get(CALLED) if node._meta else None  # noqa: SLF001 - meta makes a dict
    return called if called in _NAMED else _BY_NODE.get(type(node).__name__)


def context_value(
    node: exp.Expr, called: str | None, session: Session, now: datetime
) -> exp.Expr | None:
    """The constant a context function stands for, or None for anything else.

    Args:
        now: the moment of the statement, the same for all of it.
    """
    name = called if called in _NAMED else _BY_NODE.get(type(node).__name__)
    if name is not None and name in _BY_CLOCK:
        return literal(_BY_CLOCK[name](now, session))
    if name is not None:
        return literal(_BY_NAME[name](session))
    if called == "LAST_QUERY_ID":
        return literal(_last_query_id(node, session))
    if called == "IS_ROLE_IN_SESSION" and node.expressions:
        roles = [literal(session.role), literal("PUBLIC")]  # everybody has PUBLIC
        return exp.Paren(this=exp.In(this=node.expressions[0], expressions=roles))
    if called == "GETVARIABLE" and node.expressions:
        return literal(session.variables.get(str(constant(node.expressions[0])).upper()))
    return None


def _last_query_id(node: exp.Expr, session: Session) -> str | None:
    """The last statement's id; with a number, the n-th of the session, from its end if below 0."""
    which = constant(node.expressions[0]) if node.expressions else -1
    if not isinstance(which, int) or isinstance(which, bool) or len(node.expressions) > 1:
        raise SqlError(
            "SQL compilation error:\nInvalid argument types for function 'LAST_QUERY_ID': it takes"
            " one whole number that is written out, or nothing.",
            code=1044,
            sqlstate="42P13",
        )
    ids = session.query_ids
    index = which - 1 if which > 0 else which
    try:
        return ids[index]
    except IndexError:
        return None
