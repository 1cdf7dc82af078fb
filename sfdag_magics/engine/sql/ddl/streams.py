"""CREATE, ALTER and DROP STREAM. Reads statements; what watching a table takes is `streams`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sfdag_magics.engine.borders.answers import (
    Result,
    SqlError,
    already_exists,
    does_not_exist,
    unsupported,
)
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.borders.ports import Statement
from sfdag_magics.engine.borders.rowset import status
from sfdag_magics.engine.borders.tagging import TAGS
from sfdag_magics.engine.objects.statement_reader import StatementReader, truth
from sfdag_magics.engine.sql.ddl.as_all_kinds import nothing_dropped, to_alter
from sfdag_magics.engine.sql.ddl.tags import read_with_tags, tagged_as_any
from sfdag_magics.engine.sql.names.scope import name_from_text
from sfdag_magics.engine.sql.reading.parse import parse
from sfdag_magics.engine.sql.reading.words import DONE, end, read_drop, read_statement
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.engine.sql.stored.table_form import drop_stored
from sfdag_magics.engine.sql.streams.sources import source_named
from sfdag_magics.engine.sql.streams.watched import Mode, Stream, name_of, stream_of
from sfdag_magics.engine.sql.streams.watching import number_at, unwatch, watch
from sfdag_magics.engine.sql.translating.translate import Translator
from sfdag_magics.engine.store import changes
from sfdag_magics.engine.store.facts import FactsTransaction
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName, split_list

_OPTIONS = frozenset({"APPEND_ONLY", "INSERT_ONLY", "SHOW_INITIAL_ROWS", "COMMENT"})
#: Sources that Snowflake has streams on and this engine does not have.
_OTHERS = {
    "DIRECTORY": "directory tables",
    "EXTERNAL TABLE": "external tables",
    "STAGE": "stages",
    "DYNAMIC TABLE": "dynamic tables",
    "EVENT TABLE": "event tables",
    "ICEBERG TABLE": "iceberg tables",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What a CREATE STREAM says behind its name.

    Attributes:
        point: where it begins, as AT or BEFORE has it: {word: text}.
        tags: its values by tags' ids.
    """

    kind: str
    source: QualifiedName
    is_before: bool
    point: Mapping[str, str]
    options: Mapping[str, Any]
    tags: Mapping[str, str]

    @property
    def mode(self) -> Mode:
        """What the stream is to show."""
        if truth(self.options.get("INSERT_ONLY", False)):
            raise SqlError(
                "SQL compilation error:\nStreams of type INSERT_ONLY can only be created on"
                " external tables.",
                code=2320,
                sqlstate="42601",
            )
        return Mode.APPEND_ONLY if truth(self.options.get("APPEND_ONLY", False)) else Mode.DEFAULT


def create_stream(statement: Statement, session: Session) -> Result:
    """CREATE [OR REPLACE] STREAM [IF NOT EXISTS] name ON TABLE or VIEW …, or CLONE name."""
    replaces = any(token.word == "REPLACE" for token in statement.tokens[:3])
    with read_statement(statement, "STREAM") as reader:
        exists = reader.accept("IF", "NOT", "EXISTS")
        name = session.resolve(reader.object_name())
        if exists and _found(session, name) is not None:
            return status(f"{name.name} already exists, statement succeeded.")
        if reader.accept("CLONE"):
            other = session.resolve(reader.object_name())
            reader.accept("COPY", "GRANTS")
            end(reader)
            _cloned(session, name, other, replaces=replaces)
        else:
            _made(session, name, _read(reader, session), replaces=replaces)
    session.shared.clock.tell()
    return status(f"Stream {name.name} successfully created.")


def _read(reader: StatementReader, session: Session) -> _Wanted:
    tags = read_with_tags(reader, session)
    reader.accept("COPY", "GRANTS")
    reader.expect("ON")
    for words, others in _OTHERS.items():
        if reader.peek_words(*words.split()):
            raise unsupported(f"A stream on {others}")
    kind = "VIEW" if reader.accept("VIEW") else "TABLE"
    if kind == "TABLE":
        reader.expect("TABLE")
    source = reader.object_name()
    is_before = reader.peek_words("BEFORE")
    point: dict[str, str] = {}
    if reader.accept("AT") or reader.accept("BEFORE"):
        word, _, text = reader.parenthesized().partition("=>")
        point = {word.strip().upper(): text.strip()}
    options = reader.options()
    if unknown := sorted(set(options) - _OPTIONS):
        raise unsupported(f"CREATE STREAM … {', '.join(unknown)}")
    end(reader)
    return _Wanted(
        kind=kind, source=source, is_before=is_before, point=point, options=options, tags=tags
    )


def _made(session: Session, name: QualifiedName, wanted: _Wanted, *, replaces: bool) -> None:
    mode = wanted.mode
    with session.facts() as facts:
        facts.lock()
        source = source_named(wanted.kind, session.resolve(wanted.source), session)
        tables = [source] if wanted.kind == "TABLE" else _beneath(source, session, mode)
        number = _beginning(wanted, source, tables, session)
        old = _replaced(session, facts, name, replaces=replaces)
        for table in tables:
            watch(session, facts, table)
        stream = Stream(
            source=name_of(source),
            source_id=source.id,
            is_view=wanted.kind == "VIEW",
            tables={table.id: name_of(table) for table in tables},
            mode=mode,
            shows_initial_rows=truth(wanted.options.get("SHOW_INITIAL_ROWS", False)),
        )
        comment = str(wanted.options.get("COMMENT", ""))
        detail = {**stream.stored(), **({TAGS: dict(wanted.tags)} if wanted.tags else {})}
        fact = facts.add("STREAM", name, detail=detail, comment=comment)
        placed = {"stream_id": fact.id, "number": number, "at": changes.moment()}
        first = {"first": stream.shows_initial_rows}
        session.connection.execute(changes.PLACED, {**placed, **first})
        if old is not None:
            unwatch(session, facts, stream_of(old).tables)


def _cloned(session: Session, name: QualifiedName, other: QualifiedName, *, replaces: bool) -> None:
    with session.facts() as facts:
        facts.lock()
        source = _existing(session, other)
        old = _replaced(session, facts, name, replaces=replaces)
        fact = facts.add("STREAM", name, detail=source.detail, comment=source.comment)
        copied = {"copy_id": fact.id, "stream_id": source.id}
        session.connection.execute(changes.COPIED, copied)
        if old is not None:
            unwatch(session, facts, stream_of(old).tables)


def _replaced(
    session: Session, facts: FactsTransaction, name: QualifiedName, *, replaces: bool
) -> ObjectFact | None:
    """The stream whose place a new one takes, which is gone then."""
    old = session.relation(name)
    if old is None:
        return None
    if old.kind != "STREAM" or not replaces:
        raise already_exists(name.name)
    facts.remove(old)
    drop_stored(session.connection, old)
    return old


def _beneath(view: ObjectFact, session: Session, mode: Mode) -> list[ObjectFact]:
    """The tables that a stream on a view watches."""
    translator = Translator(session)
    query = translator.rows_beneath(view)
    tables = list({table.id: table for table in query.tables.values()}.values())
    if not tables or translator.reads_computed or any(each.session_id for each in tables):
        raise unsupported("A stream on a view of anything but tables that stay")
    if mode is Mode.APPEND_ONLY and query.is_joined:
        raise unsupported("An APPEND_ONLY stream on a view that joins tables")
    return tables


def _beginning(
    wanted: _Wanted, source: ObjectFact, tables: Sequence[ObjectFact], session: Session
) -> int:
    """The number of the last commit that the stream is not to show."""
    if not wanted.point:
        return session.shared.clock.last_change
    ((word, text),) = wanted.point.items()
    if word == "STREAM":
        return _offset_of(text, source, tables, session)
    if word not in ("TIMESTAMP", "OFFSET"):
        raise unsupported(f"A stream AT or BEFORE a {word.lower()}")
    moment = _moment(word, text, session)
    if wanted.is_before:
        moment -= timedelta(microseconds=1)
    return max(number_at(session, table, moment) for table in tables)


def _offset_of(
    text: str, source: ObjectFact, tables: Sequence[ObjectFact], session: Session
) -> int:
    """The offset of another stream on the same source."""
    named = str(Translator(session).evaluated(parse(f"SELECT {text}")))
    other = _existing(session, session.resolve(name_from_text(named)))
    if set(stream_of(other).tables) != {table.id for table in tables}:
        raise SqlError(
            f"SQL compilation error:\nStream '{named}' is not on '{name_of(source)}'.",
            code=2304,
            sqlstate="42601",
        )
    offsets = session.connection.execute(changes.OFFSETS).fetchall()
    return next(int(now) for stream_id, now, _ in offsets if stream_id == other.id)


def _moment(word: str, text: str, session: Session) -> datetime:
    """A moment, or seconds from now on."""
    (expression,) = split_list(text)
    if word == "OFFSET":
        expression = f"dateadd(second, {expression}, current_timestamp())"
    query = parse(f"SELECT CAST({expression} AS TIMESTAMP_LTZ)")
    found: datetime = Translator(session).evaluated(query)
    return found


def _found(session: Session, name: QualifiedName) -> ObjectFact | None:
    return session.catalogue().find("STREAM", name)


def _existing(session: Session, name: QualifiedName) -> ObjectFact:
    found = _found(session, name)
    if found is None:
        raise does_not_exist("Stream", name.sql())
    return found


def drop_stream(statement: Statement, session: Session) -> Result:
    """DROP STREAM [IF EXISTS] name."""
    drop = read_drop(statement)
    found = _found(session, session.resolve(drop.name))
    if found is None:
        return nothing_dropped(drop)
    with session.facts() as facts:
        facts.remove(found)
        drop_stored(session.connection, found)
        unwatch(session, facts, stream_of(found).tables)
    return status(f"{found.name} successfully dropped.")


def alter_stream(statement: Statement, session: Session) -> Result:
    """ALTER STREAM [IF EXISTS] name SET COMMENT = …, UNSET COMMENT, SET TAG …."""
    with read_statement(statement, "STREAM") as reader:
        found = to_alter(reader, session, "Stream", _found)
        if found is None or tagged_as_any(reader, found, session):
            return status(DONE)
        if reader.accept("SET", "COMMENT", "="):
            comment = reader.string()
        elif reader.accept("UNSET", "COMMENT"):
            comment = ""
        else:
            raise unsupported("This form of ALTER STREAM")
        end(reader)
    with session.facts() as facts:
        facts.change(found, comment=comment)
    return status(DONE)
