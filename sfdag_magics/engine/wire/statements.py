"""From a query request to what sessions are asked to do. Knows bindings and scripts, no HTTP."""

from __future__ import annotations

from functools import partial

from sfdag_magics.engine.borders.answers import (
    Result,
    SfType,
    SqlError,
    StatementType,
    syntax_error,
)
from sfdag_magics.engine.borders.ports import Unheard
from sfdag_magics.engine.borders.rowset import rowset
from sfdag_magics.engine.wire.cancels import cancel_by_statement
from sfdag_magics.engine.wire.encoding.bindings import bound_values
from sfdag_magics.engine.wire.queries import Queries, Query
from sfdag_magics.sqltext import SqlTextError, split_statements

#: What Snowflake answers to a text of several statements; clients look for it.
_COLUMN = "multiple statement execution"
_MESSAGE = "Multiple statements executed successfully."


def carry_out(query: Query, queries: Queries) -> Result:
    """What the client asked for, on the calling thread.

    Raises:
        SqlError: whatever the user can cause.
    """
    held, request = query.held, query.request
    if request.is_describe_only:
        bound = bound_values(request.bindings)
        return held.session.describe(
            request.text,
            bindings=bound.row,
            query_id=query.id,
            limit_s=request.limit_s,
            unheard=partial(queries.give_up, query),
        )
    answer = cancel_by_statement(query, queries)
    if answer is not None:
        return answer
    if request.statement_count == 1:
        return _once(request.text, partial(queries.give_up, query), query)
    return _several(query, queries)


def _once(text: str, unheard: Unheard, query: Query) -> Result:
    """Carry one statement out, or answer as an earlier engine did that carried it out."""
    held, limit_s = query.held, query.request.limit_s
    known = held.begin(query.id, text)
    if known is not None:
        return known
    try:
        session, noted, bound = held.session, held.is_noted, bound_values(query.request.bindings)
        if bound.batch is not None:
            return session.execute_batch(
                text, bound.batch, query_id=query.id, noted=noted, limit_s=limit_s, unheard=unheard
            )
        return session.execute(
            text,
            bindings=bound.row,
            query_id=query.id,
            noted=noted,
            limit_s=limit_s,
            unheard=unheard,
        )
    finally:
        held.settle()


def _once_of_several(text: str, queries: Queries, whole: Query, query: Query) -> Result:
    """The same within a text of several; given up, it takes the whole text with it."""

    def unheard(why: SqlError) -> None:
        for each in (query, whole):
            queries.give_up(each, why)

    return _once(text, unheard, query)


def _several(query: Query, queries: Queries) -> Result:
    request = query.request
    try:
        texts = split_statements(request.text)
    except SqlTextError as problem:
        raise syntax_error(str(problem)) from problem
    if request.statement_count not in (0, len(texts)):
        raise SqlError(
            f"Actual statement count {len(texts)} did not match the desired statement count"
            f" {request.statement_count}.",
            code=8,
            sqlstate="0A000",
        )
    if request.bindings:
        raise SqlError("Bindings in a text of several statements are not supported.", code=8)
    for text in texts:
        statement = queries.run_within(query, partial(_once_of_several, text, queries, query))
        if statement.error is not None:
            raise statement.error
    return rowset({_COLUMN: SfType.TEXT}, [(_MESSAGE,)], statement_type=StatementType.SEVERAL)
