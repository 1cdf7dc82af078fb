"""The statements that stop others of their session, so must not wait for their turn behind them.

Snowpark cancels by SQL (`AsyncJob.cancel`, `Session.cancel_all`, `Session.close`). Knows these two
functions by their text, and no other SQL.
"""

from __future__ import annotations

import re

from sfdag_magics.engine.borders.answers import Result, SfType
from sfdag_magics.engine.borders.rowset import rowset
from sfdag_magics.engine.wire.queries import Queries, Query

_CANCEL = re.compile(
    r"\s*select\s+system\$cancel_query\s*\(\s*'([^']*)'\s*\)\s*;?\s*", re.IGNORECASE
)
_CANCEL_ALL = re.compile(
    r"\s*select\s+system\$cancel_all_queries\s*\(\s*'?(\d+)'?\s*\)\s*;?\s*", re.IGNORECASE
)


def cancel_by_statement(query: Query, queries: Queries) -> Result | None:
    """Carry a query out if it is one of the two statements; None for every other.

    An id that no client's query has may be a task's: that is left to the function of this name.
    """
    text = query.request.text
    one = _CANCEL.fullmatch(text)
    if one is not None and (found := queries.find(one[1])) is not None:
        return _cancel("SYSTEM$CANCEL_QUERY", found, queries)
    if (every := _CANCEL_ALL.fullmatch(text)) is not None:
        number = queries.cancel_session(every[1], except_for=query)
        return _answer("SYSTEM$CANCEL_ALL_QUERIES", f"{number} queries canceled.")
    return None


def _cancel(name: str, query: Query, queries: Queries) -> Result:
    if query.done.done():
        return _answer(name, "Identified SQL statement is not currently executing.")
    queries.cancel(query)
    return _answer(name, f"query [{query.id}] terminated.")


def _answer(name: str, text: str) -> Result:
    return rowset({name: SfType.TEXT}, [(text,)])
