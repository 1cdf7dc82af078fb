"""What a stream has to show a session now: the query for its rows, and their columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sfdag_magics.engine.borders.answers import SfType
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.sql.names.lineage import Columns, column_types
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.engine.sql.stored.tracked_form import ROW
from sfdag_magics.engine.sql.streams.delta import (
    ACTION,
    CHANGED,
    IS_UPDATE,
    ROW_ID,
    Span,
    States,
    either,
    net,
    shown,
)
from sfdag_magics.engine.sql.streams.staleness import check_not_stale
from sfdag_magics.engine.sql.streams.watched import (
    Mode,
    Stream,
    by_id,
    gone,
    name_of,
    stream_of,
)
from sfdag_magics.engine.sql.values.types import plain, varchar
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import quoted_identifier

#: Of the columns that a stream has besides its source's.
METADATA: Columns = [
    (ACTION, varchar(6)),
    (IS_UPDATE, plain(SfType.BOOLEAN)),
    (ROW_ID, varchar(40)),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewQuery:
    """A view's query in DuckDB's text with the ids of the rows beneath.

    Attributes:
        tables: those beneath, by the names that stand for them in the text.
        is_joined: whether a row of it comes of several.
    """

    text: str
    tables: Mapping[str, ObjectFact]
    is_joined: bool


def span_of(fact: ObjectFact, session: Session, shown: int) -> Span:
    """Which commits a stream shows to a statement of the session, up to the number `shown`."""
    return Span(
        stream_id=fact.id,
        shown=shown,
        consumed=fact.id in session.transaction.consumed,
    )


def source_of(fact: ObjectFact, session: Session) -> tuple[Stream, ObjectFact]:
    """The stream and its table or view.

    Raises:
        SqlError: it was dropped or replaced, or a table beneath the view was; or what it has not
            read is kept no more.
    """
    stream = stream_of(fact)
    found = by_id(session.shared.catalogue.all().values(), {stream.source_id, *stream.tables})
    if len(found) < len({stream.source_id, *stream.tables}):
        raise gone(stream, name_of(fact), found)
    tables = [found[each] for each in stream.tables]
    check_not_stale(session.connection, session.catalogue(), fact, tables)
    return stream, found[stream.source_id]


def columns_shown(source: ObjectFact) -> Columns:
    """The columns of a stream on this table or view."""
    return [*column_types(source), *METADATA]


def rows_of_table(stream: Stream, table: ObjectFact, span: Span) -> str:
    """The query for the rows of a stream on a table."""
    states = States(table, span)
    columns = states.columns
    if stream.mode is Mode.APPEND_ONLY:
        then = shown(columns, f"({states.inserted()})", "INSERT")
    else:
        then = net(columns, states.after(), states.before())
    if not stream.shows_initial_rows:
        return then
    return either(span, shown(columns, f"({states.at_offset()})", "INSERT"), then)


def rows_of_view(stream: Stream, view: ObjectFact, span: Span, query: ViewQuery) -> str:
    """The query for the rows of a stream on a view."""
    columns = ", ".join(quoted_identifier(each["name"]) for each in view.detail["columns"])

    def over(rows: Callable[[States], str]) -> str:
        said = query.text
        for name, table in query.tables.items():
            said = said.replace(quoted_identifier(name), f"({rows(States(table, span))})")
        return f"({said}) AS v({columns})"

    def changed(rows: Callable[[States], str]) -> str:
        items = f"{columns}, {quoted_identifier(ROW)}"
        return f"SELECT {items} FROM {over(rows)} WHERE {quoted_identifier(CHANGED)}"  # noqa: S608 - names of ours

    if stream.mode is Mode.APPEND_ONLY:
        then = shown(columns, over(States.inserted), "INSERT")
    else:
        then = net(columns, changed(States.at_end), changed(States.at_offset))
    if not stream.shows_initial_rows:
        return then
    return either(span, shown(columns, over(States.at_offset), "INSERT"), then)
