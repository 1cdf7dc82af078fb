"""The border of every statement: what fails below it fails in Snowflake's words.

Knows whose errors these are, DuckDB's, the readers' or Python's own, and who has the words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import duckdb

from sfdag_magics.engine.borders.answers import SqlError, syntax_error
from sfdag_magics.engine.borders.ports import Statement
from sfdag_magics.engine.sql.reading.nesting import too_deep
from sfdag_magics.engine.sql.results.duck_errors import OUT_OF_MEMORY, copied, sql_error
from sfdag_magics.engine.sql.results.error_places import place
from sfdag_magics.sqltext import SqlTextError

NameOf = Callable[[str], str | None]

#: Errors of the readers, of DuckDB and of Python that a statement may end with.
_FOREIGN = (SqlTextError, RecursionError, duckdb.Error, MemoryError)


@contextmanager
def in_snowflakes_words(name_of: NameOf, statement: Statement | None = None) -> Iterator[None]:
    """Around a statement: its errors become Snowflake's, with their place in it.

    Args:
        name_of: the user's name for one of DuckDB's.
        statement: whose text has the place; None where there is none.
    """
    try:
        yield
    except _FOREIGN as problem:
        said = _said(problem, name_of)
        if statement is not None:
            place(said, statement)
        raise said from problem
    except SqlError as problem:
        if statement is not None:
            place(problem, statement)
        raise


def _said(problem: Exception, name_of: NameOf) -> SqlError:
    """What is said of one of `_FOREIGN`."""
    match problem:
        case SqlTextError():
            return syntax_error(str(problem))
        case RecursionError():
            return too_deep()
        case duckdb.Error():
            return sql_error(problem, name_of)
        case _:
            return copied(OUT_OF_MEMORY)
