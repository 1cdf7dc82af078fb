"""GRANT and REVOKE as values: privileges, what they are on, and whose they are. Tokens only."""

from __future__ import annotations

from collections.abc import Sequence

from sfdag_magics.engine.borders.answers import syntax_error
from sfdag_magics.engine.borders.ports import Statement
from sfdag_magics.engine.objects.statement_reader import StatementReader
from sfdag_magics.engine.sql.reading.gate_words import NOUNS, SINGULAR_OF
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName, SqlTextError

_ROLES = ("DATABASE ROLE", "APPLICATION ROLE", "ROLE")
#: Snowflake docs, GRANT: whose a privilege may be.
GRANTEES = ("DATABASE ROLE", "APPLICATION ROLE", "APPLICATION", "ROLE", "USER", "SHARE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Securable:
    """What a privilege is on.

    Attributes:
        kind: `ACCOUNT` has no name.
        scope: `ALL` or `FUTURE` objects of the kind, in the database or schema that `name` is then.
        inside: with a scope, which of both.
        arguments: of a function or procedure, as they were written.
    """

    kind: str
    name: QualifiedName | None = None
    arguments: str = ""
    scope: str = ""
    inside: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One GRANT or REVOKE; a role that is granted is USAGE on the role.

    Attributes:
        option: WITH GRANT OPTION, or GRANT OPTION FOR of a REVOKE.
        current: REVOKE or COPY, of the CURRENT GRANTS where ownership changes.
    """

    privileges: Sequence[str]
    on: Securable
    grantee_kind: str
    grantee: QualifiedName
    option: bool = False
    current: str = ""


def read_grant(statement: Statement) -> Grant:
    """The value of a GRANT or REVOKE.

    Raises:
        SqlError: it is none, in Snowflake's words.
    """
    reader = StatementReader(statement)
    try:
        return _grant(reader)
    except SqlTextError as problem:
        raise syntax_error(str(problem)) from problem


def _grant(reader: StatementReader) -> Grant:
    is_revoke = reader.accept("REVOKE")
    if not is_revoke:
        reader.expect("GRANT")
    option = is_revoke and reader.accept("GRANT", "OPTION", "FOR")
    role = next((kind for kind in _ROLES if reader.accept(*kind.split())), None)
    if role is not None:
        privileges, on = ["USAGE"], Securable(kind=role, name=reader.object_name())
    else:
        privileges = _privileges(reader)
        on = _securable(reader)
    reader.expect("FROM" if is_revoke else "TO")
    kind = next((each for each in GRANTEES if reader.accept(*each.split())), "ROLE")
    grantee = reader.object_name()
    option = reader.accept("WITH", "GRANT", "OPTION") or option
    current = next((each for each in ("REVOKE", "COPY") if reader.accept(each)), "")
    if current:
        reader.expect("CURRENT", "GRANTS")
    reader.accept_any("CASCADE", "RESTRICT")
    if not reader.at_end:
        raise reader.unexpected()
    return Grant(
        privileges=privileges,
        on=on,
        grantee_kind=kind,
        grantee=grantee,
        option=option,
        current=current,
    )


def _privileges(reader: StatementReader) -> list[str]:
    """`CREATE TASK, USAGE ON`; ALL PRIVILEGES is ALL."""
    found: list[str] = []
    words: list[str] = []
    while not reader.accept("ON"):
        if reader.accept(","):
            found.append(" ".join(words))
            words = []
        else:
            words.append(reader.identifier())
    found.append(" ".join(words))
    if not all(found):
        raise reader.unexpected("a privilege")
    return ["ALL" if each == "ALL PRIVILEGES" else each for each in found]


def _securable(reader: StatementReader) -> Securable:
    if reader.accept("ACCOUNT"):
        return Securable(kind="ACCOUNT")
    scope = next((each for each in ("ALL", "FUTURE") if reader.accept(each)), "")
    if scope:
        kind = SINGULAR_OF[_noun(reader, SINGULAR_OF)]
        reader.expect("IN")
        inside = "DATABASE" if reader.accept("DATABASE") else "SCHEMA"
        if inside == "SCHEMA":
            reader.expect("SCHEMA")
        return Securable(kind=kind, name=reader.object_name(), scope=scope, inside=inside)
    kind = "TABLE" if _is_name_alone(reader) else _noun(reader, NOUNS)
    name = reader.object_name()
    arguments = f"({reader.parenthesized()})" if reader.peek_words("(") else ""
    return Securable(kind=kind, name=name, arguments=arguments)


def _is_name_alone(reader: StatementReader) -> bool:
    """Whether a name comes next and no kind: that is a table or a view."""
    following = reader.peek(1)
    return following is not None and (following.text == "." or following.word in ("TO", "FROM"))


def _noun(reader: StatementReader, nouns: dict[str, str]) -> str:
    """The longest kind of object that comes next."""
    for noun in sorted(nouns, key=len, reverse=True):
        if reader.accept(*noun.split()):
            return noun
    raise reader.unexpected("a kind of object")
