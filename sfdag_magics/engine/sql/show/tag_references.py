"""Which tags an object has, its own and inherited ones: SYSTEM$GET_TAG, TAG_REFERENCES and views.

A task inherits from its schema, that from its database (Snowflake docs: "Tag inheritance").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sfdag_magics.engine.borders.answers import Result, SfType, SqlError, does_not_exist
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.borders.ports import (
    Arguments,
    SqlSession,
    SystemFunction,
    TableFunction,
    Value,
    VirtualTable,
)
from sfdag_magics.engine.borders.rowset import rowset
from sfdag_magics.engine.borders.tagging import TAG, TAGS, Tagged, allowed_text, tag_of
from sfdag_magics.engine.objects.statement_reader import name_from_text
from sfdag_magics.engine.sql.sessions.session import Session, own_session
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName, SqlTextError

#: Kinds of facts that may have tags; what others keep comes from the features.
_OF_CATALOGUE = ("DATABASE", "SCHEMA", "TABLE", "VIEW", "STREAM", "WAREHOUSE", "ROLE", "USER")
#: Those among them that are in no database.
_OF_ACCOUNT = ("DATABASE", "WAREHOUSE", "ROLE", "USER")
#: Snowflake's domain of a table is a view's as well.
_ALSO = {"TABLE": ("TABLE", "VIEW"), "VIEW": ("VIEW", "TABLE")}
_COLUMNS = dict.fromkeys(
    (
        "TAG_DATABASE", "TAG_SCHEMA", "TAG_NAME", "TAG_VALUE", "APPLY_METHOD", "LEVEL",
        "OBJECT_DATABASE", "OBJECT_SCHEMA", "OBJECT_NAME", "DOMAIN", "COLUMN_NAME",
    ),
    SfType.TEXT,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reference:
    """One tag of an object, and the object that it was set on."""

    tag: ObjectFact
    value: str
    on: Tagged


def _all_tagged(session: Session) -> Iterator[Tagged]:
    for kind in _OF_CATALOGUE:
        for fact in session.catalogue().listed(kind):
            yield Tagged(domain=kind, name=_name_of(fact), tags=fact.detail.get(TAGS, {}))
    for tagged in session.shared.tagged:
        yield from tagged()


def _name_of(fact: ObjectFact) -> QualifiedName:
    if fact.kind in _OF_ACCOUNT:
        return QualifiedName(fact.name)
    if fact.kind == "SCHEMA":
        return QualifiedName(fact.name, fact.database)
    return QualifiedName(fact.name, fact.schema, fact.database)


def _above(tagged: Tagged) -> Iterator[tuple[str, QualifiedName]]:
    """An object, its schema and its database, by domain."""
    name = tagged.name
    yield tagged.domain, name
    if name.database is not None:
        yield "SCHEMA", QualifiedName(str(name.schema), name.database)
    if name.schema is not None:
        yield "DATABASE", QualifiedName(name.database or name.schema)


def _references(tagged: Tagged, session: Session) -> list[_Reference]:
    """The tags of an object; the nearest value counts."""
    tags = {tag.id: tag for tag in session.catalogue().listed(TAG)}
    every = {(each.domain, each.name): each for each in _all_tagged(session)}
    found: dict[str, _Reference] = {}
    for place in _above(tagged):
        on = every.get(place)
        for tag_id, value in on.tags.items() if on is not None else ():
            if tag_id in tags and tag_id not in found:
                found[tag_id] = _Reference(tag=tags[tag_id], value=value, on=on or tagged)
    return sorted(found.values(), key=lambda each: (each.tag.database, each.tag.name))


def _object(text: str, domain: str, session: Session) -> Tagged:
    """The object of a name and a domain in a function's arguments.

    Raises:
        SqlError: there is none, or none of that domain has tags here.
    """
    try:
        name = name_from_text(text)
    except SqlTextError as problem:
        raise does_not_exist(domain.capitalize(), text) from problem
    if domain not in (*_OF_ACCOUNT, "SCHEMA"):
        name = session.resolve(name)
    elif domain == "SCHEMA":
        name = QualifiedName(name.name, name.schema or session.database)
    domains = _ALSO.get(domain, (domain,))
    for each in _all_tagged(session):
        if each.name == name and each.domain in domains:
            return each
    raise does_not_exist(domain.capitalize(), name.sql())


def _get_tag(values: tuple[Value, ...], session: SqlSession) -> Value:
    """SYSTEM$GET_TAG(tag, object, domain): the value, NULL where the object has not the tag."""
    tag_name, text, domain = _arguments("SYSTEM$GET_TAG", values, 3)
    own = own_session(session)
    tag = tag_of(own.catalogue(), own.resolve(name_from_text(tag_name)))
    references = _references(_object(text, domain.upper(), own), own)
    return next((each.value for each in references if each.tag.id == tag.id), None)


def _allowed_values(values: tuple[Value, ...], session: SqlSession) -> Value:
    """SYSTEM$GET_TAG_ALLOWED_VALUES(tag): a JSON list, NULL where it takes any."""
    (text,) = _arguments("SYSTEM$GET_TAG_ALLOWED_VALUES", values, 1)
    own = own_session(session)
    return allowed_text(tag_of(own.catalogue(), own.resolve(name_from_text(text))))


def _tag_references(arguments: Arguments, session: SqlSession) -> Result:
    """TAG_REFERENCES(object, domain): the tags that an object has."""
    text, domain = _arguments("TAG_REFERENCES", arguments.positional, 2)
    own = own_session(session)
    tagged = _object(text, domain.upper(), own)
    return rowset(_COLUMNS, [_row(each, tagged) for each in _references(tagged, own)])


def _row(reference: _Reference, tagged: Tagged) -> tuple[str | None, ...]:
    tag, name = reference.tag, tagged.name
    method = "MANUAL" if reference.on.name == name else "INHERITED"
    place = {"DATABASE": (None, None), "SCHEMA": (name.schema, None)}.get(
        tagged.domain, (name.database, name.schema)
    )
    said = (tag.database, tag.schema, tag.name, reference.value, method, reference.on.domain)
    return (*said, *place, name.name, tagged.domain, None)


def _account_references(session: SqlSession) -> Result:
    """ACCOUNT_USAGE.TAG_REFERENCES: where each tag was set, without what inherits it."""
    own = own_session(session)
    tags = {tag.id: tag for tag in own.catalogue().listed(TAG)}
    rows = [
        _row(_Reference(tag=tags[tag_id], value=value, on=tagged), tagged)
        for tagged in _all_tagged(own)
        for tag_id, value in tagged.tags.items()
        if tag_id in tags
    ]
    return rowset(_COLUMNS, rows)


def _arguments(function: str, values: tuple[Value, ...], count: int) -> tuple[str, ...]:
    if len(values) != count:
        raise SqlError(
            f"SQL compilation error:\ninvalid number of arguments for {function}: {len(values)}"
        )
    return tuple(str(value) for value in values)


TAG_FUNCTIONS: Mapping[str, SystemFunction] = {
    "SYSTEM$GET_TAG": _get_tag,
    "SYSTEM$GET_TAG_ALLOWED_VALUES": _allowed_values,
}
TAG_TABLE_FUNCTIONS: Mapping[str, TableFunction] = {"TAG_REFERENCES": _tag_references}
TAG_VIEWS: Mapping[str, VirtualTable] = {
    "SNOWFLAKE.ACCOUNT_USAGE.TAG_REFERENCES": _account_references,
}
