"""Notification integrations: made, changed, shown and dropped as facts; none ever sends.

Each type has its own properties (Snowflake docs: CREATE NOTIFICATION INTEGRATION). What they name
(topics, addresses, secrets) is kept as it was written and not looked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sfdag_magics.engine.borders.answers import (
    Result,
    SfType,
    SqlError,
    already_exists,
    does_not_exist,
    syntax_error,
    unsupported,
)
from sfdag_magics.engine.borders.object_facts import FactsView, ObjectFact
from sfdag_magics.engine.borders.ports import SqlSession, Statement, StatementHandler
from sfdag_magics.engine.borders.rowset import like, rowset, status
from sfdag_magics.engine.objects.statement_reader import OptionValue, StatementReader, listed, truth
from sfdag_magics.sqltext import QualifiedName, SqlTextError

INTEGRATION = "INTEGRATION"
_TYPES: Mapping[str, frozenset[str]] = {
    "EMAIL": frozenset({"ALLOWED_RECIPIENTS", "DEFAULT_RECIPIENTS", "DEFAULT_SUBJECT"}),
    "QUEUE": frozenset(
        (
            "NOTIFICATION_PROVIDER", "DIRECTION", "AWS_SNS_TOPIC_ARN", "AWS_SNS_ROLE_ARN",
            "AZURE_EVENT_GRID_TOPIC_ENDPOINT", "AZURE_STORAGE_QUEUE_PRIMARY_URI",
            "AZURE_TENANT_ID", "GCP_PUBSUB_TOPIC_NAME", "GCP_PUBSUB_SUBSCRIPTION_NAME",
        )
    ),
    "WEBHOOK": frozenset(
        {"WEBHOOK_URL", "WEBHOOK_SECRET", "WEBHOOK_BODY_TEMPLATE", "WEBHOOK_HEADERS"}
    ),
}  # fmt: skip
_LISTS = frozenset({"ALLOWED_RECIPIENTS", "DEFAULT_RECIPIENTS"})
#: Snowflake docs: addresses that one integration may list.
_MOST_ADDRESSES = 50
_DONE = "Statement executed successfully."


def integration_of(facts: FactsView, name: str) -> ObjectFact:
    """The integration of a name.

    Raises:
        SqlError: there is none; the error says how one is made.
    """
    found = facts.find(INTEGRATION, QualifiedName(name, "", ""))
    if found is None:
        raise _missing(name)
    return found


def _missing(name: str) -> SqlError:
    error = does_not_exist("Integration", name)
    made = f"CREATE NOTIFICATION INTEGRATION {name} TYPE = EMAIL ENABLED = TRUE"
    return SqlError(
        f"{error.message} ({made} makes one; nothing is sent by it here.)",
        code=error.code,
        sqlstate=error.sqlstate,
    )


def _reader(statement: Statement, verb: str) -> StatementReader:
    """A reader behind the noun."""
    reader = StatementReader(statement)
    reader.accept(verb)
    reader.accept("OR", "REPLACE")
    reader.accept("NOTIFICATION")
    if not reader.accept("INTEGRATIONS"):
        reader.expect("INTEGRATION")
    return reader


def _name(reader: StatementReader) -> str:
    name = reader.object_name()
    if name.schema is not None:
        raise SqlError(
            f"SQL compilation error:\ninvalid identifier '{name.sql()}': an integration is the"
            " account's, its name has one part.",
            code=1003,
        )
    return name.name


def create(statement: Statement, session: SqlSession) -> Result:
    """CREATE [OR REPLACE] NOTIFICATION INTEGRATION [IF NOT EXISTS] name TYPE = … ENABLED = ….

    Raises:
        SqlError: it is there, or a property is missing, unknown or does not fit.
    """
    replaces = "REPLACE" in {token.word for token in statement.tokens[:3]}
    try:
        reader = _reader(statement, "CREATE")
        exists = reader.accept("IF", "NOT", "EXISTS")
        name = _name(reader)
        said = reader.options()
    except SqlTextError as problem:
        raise syntax_error(str(problem)) from problem
    kind = str(said.pop("TYPE", "")).upper()
    if kind not in _TYPES:
        raise SqlError(
            f"SQL compilation error:\nINTEGRATION {name}: TYPE is missing, or none of"
            f" {', '.join(_TYPES)}."
        )
    comment = str(said.pop("COMMENT", ""))
    detail = {"type": kind, "enabled": True, "properties": {}} | _changed(kind, {}, said)
    old = session.catalogue().find(INTEGRATION, QualifiedName(name, "", ""))
    if old is not None and exists:
        return status(f"{name} already exists, statement succeeded.")
    if old is not None and not replaces:
        raise already_exists(name)
    with session.facts() as facts:
        if old is not None:
            facts.remove(old)
        facts.add_to_account(INTEGRATION, name, detail=detail, comment=comment)
    return status(f"Integration {name} successfully created.")


def _changed(
    kind: str, before: Mapping[str, Any], said: Mapping[str, OptionValue]
) -> dict[str, Any]:
    """Of the detail what the properties say."""
    properties = dict(before)
    changed: dict[str, Any] = {}
    for name, value in said.items():
        if name == "ENABLED":
            changed["enabled"] = truth(value)
        elif name not in _TYPES[kind]:
            raise SqlError(
                f"SQL compilation error:\ninvalid property '{name}' for an integration of type"
                f" {kind}",
                code=1008,
            )
        elif name in _LISTS:
            properties[name] = list(listed(value))
            if len(properties[name]) > _MOST_ADDRESSES:
                raise SqlError(f"{name} lists at most {_MOST_ADDRESSES} addresses.")
        else:
            properties[name] = value
    return {**changed, "properties": properties}


def alter(statement: Statement, session: SqlSession) -> Result:
    """ALTER [NOTIFICATION] INTEGRATION [IF EXISTS] name SET … | UNSET ….

    Raises:
        SqlError: it is not there, or a property is unknown or does not fit.
    """
    try:
        reader = _reader(statement, "ALTER")
        exists = reader.accept("IF", "EXISTS")
        name = _name(reader)
        if session.catalogue().find(INTEGRATION, QualifiedName(name, "", "")) is None and exists:
            return status(_DONE)
        found = integration_of(session.catalogue(), name)
        if reader.peek_words("SET", "TAG") or reader.peek_words("UNSET", "TAG"):
            raise unsupported("A tag of an integration")
        if reader.accept("UNSET"):
            said, gone = {}, _unset_names(reader)
        else:
            reader.expect("SET")
            said, gone = reader.options(), []
    except SqlTextError as problem:
        raise syntax_error(str(problem)) from problem
    comment = said.pop("COMMENT", "" if "COMMENT" in gone else found.comment)
    kept = {n: v for n, v in found.detail["properties"].items() if n not in gone}
    changed = _changed(found.detail["type"], kept, said)
    with session.facts() as facts:
        facts.change(found, detail={**found.detail, **changed}, comment=str(comment))
    return status(_DONE)


def _unset_names(reader: StatementReader) -> list[str]:
    names = [reader.identifier()]
    while not reader.at_end:
        reader.accept(",")
        names.append(reader.identifier())
    return names


def drop(statement: Statement, session: SqlSession) -> Result:
    """DROP [NOTIFICATION] INTEGRATION [IF EXISTS] name."""
    try:
        reader = _reader(statement, "DROP")
        exists = reader.accept("IF", "EXISTS")
        name = _name(reader)
        if not reader.at_end:
            raise reader.unexpected()
    except SqlTextError as problem:
        raise syntax_error(str(problem)) from problem
    found = session.catalogue().find(INTEGRATION, QualifiedName(name, "", ""))
    if found is None and exists:
        return status(f"Drop statement executed successfully ({name} already dropped).")
    with session.facts() as facts:
        facts.remove(integration_of(session.catalogue(), name))
    return status(f"{name} successfully dropped.")


_SHOWN: Mapping[str, SfType] = {
    **dict.fromkeys(("name", "type", "category", "enabled", "comment"), SfType.TEXT),
    "created_on": SfType.TIMESTAMP_LTZ,
}
_DESCRIBED = dict.fromkeys(
    ("property", "property_type", "property_value", "property_default"), SfType.TEXT
)


def show(statement: Statement, session: SqlSession) -> Result:
    """SHOW [NOTIFICATION] INTEGRATIONS [LIKE pattern]."""
    try:
        reader = _reader(statement, "SHOW")
        wanted = like(reader.string() if reader.accept("LIKE") else None)
        if not reader.at_end:
            raise reader.unexpected()
    except SqlTextError as problem:
        raise syntax_error(str(problem)) from problem
    found = sorted(session.catalogue().listed(INTEGRATION), key=lambda each: each.name)
    return rowset(
        _SHOWN,
        [
            (
                *(each.name, each.detail["type"], "NOTIFICATION"),
                *(_word(each.detail["enabled"]), each.comment, each.created_on),
            )
            for each in found
            if wanted.match(each.name)
        ],
    )


def describe(statement: Statement, session: SqlSession) -> Result:
    """DESCRIBE [NOTIFICATION] INTEGRATION name."""
    try:
        reader = _reader(statement, statement.tokens[0].word)
        name = _name(reader)
        if not reader.at_end:
            raise reader.unexpected()
    except SqlTextError as problem:
        raise syntax_error(str(problem)) from problem
    found = integration_of(session.catalogue(), name)
    rows = [("ENABLED", "Boolean", _word(found.detail["enabled"]), "false")]
    for each, value in found.detail["properties"].items():
        kind = "List" if each in _LISTS else "String"
        text = ",".join(value) if each in _LISTS else str(value)
        rows.append((each, kind, text, "[]" if each in _LISTS else ""))
    rows.append(("COMMENT", "String", found.comment, ""))
    return rowset(_DESCRIBED, rows)


def _word(value: object) -> str:
    return str(bool(value)).lower()


STATEMENTS: Mapping[str, StatementHandler] = {
    "CREATE NOTIFICATION INTEGRATION": create,
    "ALTER NOTIFICATION INTEGRATION": alter,
    "ALTER INTEGRATION": alter,
    "DROP NOTIFICATION INTEGRATION": drop,
    "DROP INTEGRATION": drop,
    "DESCRIBE NOTIFICATION INTEGRATION": describe,
    "DESCRIBE INTEGRATION": describe,
    "SHOW NOTIFICATION INTEGRATIONS": show,
    "SHOW INTEGRATIONS": show,
}
