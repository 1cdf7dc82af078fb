"""CREATE, ALTER, DROP, UNDROP and SHOW TAG, and SET TAG of the objects that the catalogue has.

A tag that was dropped is kept under another kind, so that UNDROP gives it back with its id, and
with that to the objects that have it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sfdag_magics.engine.borders.answers import (
    Result,
    SfType,
    SqlError,
    already_exists,
    does_not_exist,
    unsupported,
)
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.borders.ports import Statement
from sfdag_magics.engine.borders.rowset import rowset, status
from sfdag_magics.engine.borders.tagging import (
    ALLOWED,
    TAG,
    TAGS,
    allowed_text,
    tag_of,
    with_values,
)
from sfdag_magics.engine.objects.show_filter import ShowFilter
from sfdag_magics.engine.objects.statement_reader import StatementReader
from sfdag_magics.engine.sql.reading.words import DONE, end, read_drop, read_statement
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.graph.grammar.clauses import read_names, read_tags
from sfdag_magics.sqltext import QualifiedName, TokenReader

_DROPPED = "DROPPED TAG"
#: Snowflake docs, CREATE TAG: how many values ALLOWED_VALUES may list.
_MOST_ALLOWED = 5000
_PROPAGATE = ("ON_DEPENDENCY_AND_DATA_MOVEMENT", "ON_DEPENDENCY", "ON_DATA_MOVEMENT")
#: The beginning of the tags in which the feature store of `snowflake.ml` keeps what it knows.
_OF_FEATURE_STORE = "SNOWML_FEATURE_"


def create_tag(statement: Statement, session: Session) -> Result:
    """CREATE [OR REPLACE | OR ALTER] TAG [IF NOT EXISTS] name [ALLOWED_VALUES …] [options].

    Raises:
        SqlError: a feature store is made, which would read more of its tags than there is.
    """
    if _OF_FEATURE_STORE in statement.text.upper():
        raise unsupported("The feature store of snowflake.ml, which keeps itself in tags,")
    with read_statement(statement, "TAG") as reader:
        exists = reader.accept("IF", "NOT", "EXISTS")
        name = session.resolve(reader.object_name())
        exists = reader.accept("IF", "NOT", "EXISTS") or exists
        detail, comment = _read_options(reader)
    words = {token.word for token in statement.tokens[:3]}
    old = session.catalogue().find(TAG, name)
    if old is not None and exists:
        return status(f"{name.name} already exists, statement succeeded.")
    with session.facts() as facts:
        if old is not None and "ALTER" in words:
            facts.change(old, detail=detail, comment=comment)
            return status(DONE)
        if old is not None and "REPLACE" in words:
            facts.remove(old)
        facts.add(TAG, name, detail=detail, comment=comment or "")
    return status(f"Tag {name.name} successfully created.")


def _read_options(reader: StatementReader) -> tuple[dict[str, Any], str | None]:
    detail: dict[str, Any] = {}
    comment: str | None = None
    while not reader.at_end:
        if reader.accept("COMMENT", "="):
            comment = reader.string()
        elif not _read_option(reader, detail):
            raise reader.unexpected()
    return detail, comment


def _read_option(reader: TokenReader, detail: dict[str, Any]) -> bool:
    """ALLOWED_VALUES, PROPAGATE or ON_CONFLICT, where one comes next."""
    if reader.accept("ALLOWED_VALUES"):
        detail[ALLOWED] = list(dict.fromkeys([*(detail.get(ALLOWED) or ()), *_values(reader)]))
        if len(detail[ALLOWED]) > _MOST_ALLOWED:
            raise SqlError(f"A tag has at most {_MOST_ALLOWED} allowed values.")
        return True
    if reader.accept("PROPAGATE", "="):
        detail["propagate"] = next((w for w in _PROPAGATE if reader.accept(w)), None)
        if detail["propagate"] is None:
            raise reader.unexpected(" | ".join(_PROPAGATE))
        return True
    if reader.accept("ON_CONFLICT", "="):
        listed = reader.accept("ALLOWED_VALUES_SEQUENCE")
        detail["on_conflict"] = "ALLOWED_VALUES_SEQUENCE" if listed else reader.string()
        return True
    return False


def _values(reader: TokenReader) -> list[str]:
    values = [reader.string()]
    while reader.accept(","):
        values.append(reader.string())
    return values


def alter_tag(statement: Statement, session: Session) -> Result:
    """ALTER TAG [IF EXISTS] name RENAME TO …, ADD, DROP, SET and UNSET of its properties."""
    with read_statement(statement, "TAG") as reader:
        exists = reader.accept("IF", "EXISTS")
        name = session.resolve(reader.object_name())
        found = session.catalogue().find(TAG, name)
        if found is None and exists:
            return status(DONE)
        found = tag_of(session.catalogue(), name)
        if reader.accept("RENAME", "TO"):
            new = session.resolve(reader.object_name())
            end(reader)
            with session.facts() as facts:
                facts.rename(found, new)
            return status(DONE)
        changed = _changed(reader, found)
        end(reader)
    with session.facts() as facts:
        facts.change(found, detail=changed.detail, comment=changed.comment)
    return status(DONE)


def _changed(reader: StatementReader, found: ObjectFact) -> ObjectFact:
    detail = dict(found.detail)
    if reader.peek_words("SET", "MASKING") or reader.peek_words("UNSET", "MASKING"):
        raise unsupported("A masking policy of a tag")
    if reader.peek_words("ADD", "ALLOWED_VALUES"):
        reader.expect("ADD")
        _read_option(reader, detail)
    elif reader.accept("DROP", "ALLOWED_VALUES"):
        gone = _values(reader)
        detail[ALLOWED] = [each for each in detail.get(ALLOWED) or () if each not in gone]
    elif reader.accept("UNSET"):
        word = reader.identifier()
        if word == "COMMENT":
            return replace(found, comment="")
        if word not in ("ALLOWED_VALUES", "PROPAGATE", "ON_CONFLICT"):
            raise reader.unexpected("ALLOWED_VALUES, PROPAGATE, ON_CONFLICT or COMMENT")
        detail.pop(word.lower(), None)
    else:
        reader.expect("SET")
        if reader.peek_words("ALLOWED_VALUES"):
            detail.pop(ALLOWED, None)
        said, comment = _read_options(reader)
        kept = found.comment if comment is None else comment
        return replace(found, detail={**detail, **said}, comment=kept)
    return replace(found, detail=detail)


def drop_tag(statement: Statement, session: Session) -> Result:
    """DROP TAG [IF EXISTS] name."""
    drop = read_drop(statement)
    name = session.resolve(drop.name)
    found = session.catalogue().find(TAG, name)
    if found is None:
        if drop.exists:
            return status(f"Drop statement executed successfully ({name.name} already dropped).")
        raise does_not_exist("Tag", name.sql())
    with session.facts() as facts:
        before = facts.find(_DROPPED, name)
        if before is not None:
            facts.remove(before)
        facts.move(found, replace(found, kind=_DROPPED))
    return status(f"{found.name} successfully dropped.")


def undrop_tag(statement: Statement, session: Session) -> Result:
    """UNDROP TAG name."""
    with read_statement(statement, "TAG") as reader:
        name = session.resolve(reader.object_name())
        end(reader)
    if session.catalogue().find(TAG, name) is not None:
        raise already_exists(name.name)
    found = session.catalogue().find(_DROPPED, name)
    if found is None:
        raise does_not_exist("Tag", name.sql())
    with session.facts() as facts:
        facts.move(found, replace(found, kind=TAG))
    return status(f"Tag {name.name} successfully restored.")


_TEXT = SfType.TEXT
_SHOWN: Mapping[str, SfType] = {
    "created_on": SfType.TIMESTAMP_LTZ,
    **dict.fromkeys(("name", "database_name", "schema_name", "owner", "comment"), _TEXT),
    **dict.fromkeys(("allowed_values", "owner_role_type", "propagate", "on_conflict"), _TEXT),
}


def show_tags(statement: Statement, session: Session) -> Result:
    """SHOW TAGS with its filters."""
    with read_statement(statement, "TAGS") as reader:
        wanted = ShowFilter.read(reader, session)
    listed = session.catalogue().listed(TAG, database=wanted.database, schema=wanted.schema)
    return rowset(_SHOWN, [_row(tag) for tag in wanted.of(listed)])


def _row(tag: ObjectFact) -> tuple[Any, ...]:
    place = (tag.created_on, tag.name, tag.database, tag.schema, tag.owner, tag.comment)
    own = (tag.detail.get("propagate"), tag.detail.get("on_conflict"))
    return (*place, allowed_text(tag), "ROLE", *own)


def read_with_tags(reader: TokenReader, session: Session) -> dict[str, str]:
    """`[WITH] TAG (name = 'value', …)` of a CREATE, where it comes next: values by tags' ids."""
    if reader.peek_words("WITH", "TAG"):
        reader.expect("WITH")
    if not reader.accept("TAG", "("):
        return {}
    said = read_tags(reader)
    reader.expect(")")
    catalogue = session.catalogue()
    tags = [(tag_of(catalogue, session.resolve(each.name)), each.value) for each in said]
    return with_values({}, tags)


def tagged_as_any(reader: TokenReader, found: ObjectFact, session: Session) -> bool:
    """Carry out SET TAG or UNSET TAG of an object; False where it is another form."""
    catalogue = session.catalogue()

    def tag(name: QualifiedName) -> ObjectFact:
        return tag_of(catalogue, session.resolve(name))

    values: dict[str, str] = dict(found.detail.get(TAGS, {}))
    if reader.accept("SET", "TAG"):
        values = with_values(values, [(tag(said.name), said.value) for said in read_tags(reader)])
    elif reader.accept("UNSET", "TAG"):
        for name in read_names(reader):
            values.pop(tag(name).id, None)
    else:
        return False
    if not reader.at_end:
        raise reader.unexpected()
    with session.facts() as facts:
        facts.change(found, detail={**found.detail, TAGS: values})
    return True
