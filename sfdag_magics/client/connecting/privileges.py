"""Which GRANT a refusal asks for, and who can give it. Knows Snowflake's words; sends nothing.

The texts and codes are those of Snowflake's answers (error 3001, 91089, 2003, 606) and the
privileges those of its pages on tasks, stages and procedures. A refusal is met one privilege at a
time, so the advice names the one that was missing.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from sfdag_magics.light_classes import dataclass
from sfdag_magics.place_words import to_type

#: What may be created, and the kind of object that the privilege is granted on.
_CREATED = re.compile(
    r"\s*CREATE\s+(?:OR\s+(?:REPLACE|ALTER)\s+)?(STAGE|TASK|PROCEDURE|TABLE|VIEW|FUNCTION)\b",
    re.IGNORECASE,
)
_ON_OBJECT = re.compile(r"[Ii]nsufficient privileges to operate on (\w+) '?([^'\s]+)'?")
_ON_WAREHOUSE = re.compile(r"USAGE privilege on the task's warehouse", re.IGNORECASE)
_EXECUTE = re.compile(r"EXECUTE (MANAGED )?TASK privilege must be granted", re.IGNORECASE)
_NO_WAREHOUSE = re.compile(r"No active warehouse selected", re.IGNORECASE)
_HIDDEN = re.compile(r"(\w+)? ?'?([\w.$\"]+)'? does not exist or not authorized", re.IGNORECASE)

#: What using an object of a kind needs, beside creating in it.
_USING = {
    "STAGE": "READ, WRITE",
    "TASK": "OPERATE",
    "PROCEDURE": "USAGE",
    "TABLE": "SELECT",
    "VIEW": "SELECT",
    "SCHEMA": "USAGE",
    "DATABASE": "USAGE",
    "WAREHOUSE": "USAGE",
}
#: Only these can give what is granted on the account.
_ADMIN, _OWNER = "an ACCOUNTADMIN", "the owner of {name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was sent when it was refused.

    Attributes:
        sql: the statement; empty where it is not known, as of one that a task's code sent.
        role: the session's role; a placeholder where it is not known.
        schema: the current schema as SQL writes it, `DB.SCHEMA`.
        warehouse: of the session, where it has one.
    """

    sql: str
    role: str = "<role>"
    schema: str = "<schema>"
    warehouse: str | None = None


def advice(message: str, asked: Asked) -> str | None:
    """The next thing to do about a refusal; None where it is none."""
    return _advised(_ADVICE, message, asked)


def grant_for(message: str, asked: Asked) -> str | None:
    """Whom to ask for which GRANT; None where no privilege is what was missing."""
    return _advised(_GRANTS, message, asked)


def is_for_privileges(message: str) -> bool:
    """Whether a refusal may be for want of a privilege, so that asking for all of them helps."""
    return any(pattern.search(message) for pattern in (*dict(_GRANTS), _HIDDEN))


def asked_of(kind: str, name: str) -> str:
    """Who can give a privilege on something."""
    return _ADMIN if kind in ("ACCOUNT", "INTEGRATION") else _OWNER.format(name=name)


def _advised(advice_by: _Advice, message: str, asked: Asked) -> str | None:
    found = ((pattern.search(message), advise) for pattern, advise in advice_by)
    return next((advise(match, asked) for match, advise in found if match), None)


def _execute(found: re.Match[str], asked: Asked) -> str:
    managed = found[1] or ""
    grant = _grant(f"EXECUTE {managed.upper()}TASK", "ACCOUNT", asked, _ADMIN)
    return f"{grant}, or name a --warehouse" if managed else grant


def _on_warehouse(_found: re.Match[str], asked: Asked) -> str:
    name = asked.warehouse or "<warehouse>"
    return _grant("USAGE", f"WAREHOUSE {name}", asked, _OWNER.format(name=name))


def _on_object(found: re.Match[str], asked: Asked) -> str:
    kind, name = found[1].upper(), found[2]
    if kind == "ACCOUNT":
        return _grant("EXECUTE TASK", "ACCOUNT", asked, _ADMIN)
    created = _CREATED.match(asked.sql)
    if kind == "SCHEMA" and (created or not asked.sql):
        privilege = f"CREATE {created[1].upper() if created else '<what it creates>'}"
        return _grant(privilege, f"SCHEMA {asked.schema}", asked, _OWNER.format(name=asked.schema))
    where = asked.schema if kind == "SCHEMA" else name
    return _grant(_USING.get(kind, "USAGE"), f"{kind} {where}", asked, _OWNER.format(name=where))


def _no_warehouse(_found: re.Match[str], _asked: Asked) -> str:
    return 'warehouse = "…" in the target of sfdag.toml, or session.use_warehouse("…")'


def _hidden(found: re.Match[str], asked: Asked) -> str:
    hidden = f"{found[2]} is not there, or role {asked.role} may not see it"
    return f"{hidden}: {to_type('doctor')} tells what it lacks"


def _grant(privilege: str, on: str, asked: Asked, who: str) -> str:
    return f"ask {who} for: GRANT {privilege} ON {on} TO ROLE {asked.role}"


_Advice = tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Asked], str]], ...]
_GRANTS: _Advice = (
    (_EXECUTE, _execute),
    (_ON_WAREHOUSE, _on_warehouse),
    (_ON_OBJECT, _on_object),
)
_ADVICE: _Advice = (*_GRANTS, (_NO_WAREHOUSE, _no_warehouse), (_HIDDEN, _hidden))
