"""The border of every statement: what fails below it fails in Snowflake's words.

Knows whose errors these are, DuckDB's, the readers' or Python's own, and who has the words.
"""

from __future__ import annotations

from collections.abc import Callable

import duckdb

from sfdag_magics.engine.answers import Result, SqlError, syntax_error
from sfdag_magics.engine.ports import Statement
from sfdag_magics.engine.sql.reading.nesting import too_deep
from sfdag_magics.engine.sql.results.duck_errors import OUT_OF_MEMORY, copied, sql_error
from sfdag_magics.engine.sql.results.error_places import place
from sfdag_magics.sqltext import SqlTextError

NameOf = Callable[[str], str | None]


def answered(
    work: Callable[[], Result], name_of: NameOf, statement: Statement | None = None
) -> Result:
    """What `work` answers; its errors become Snowflake's, with their place in the statement.

    Args:
        name_of: the user's name for one of DuckDB's.
        statement: whose text has the place; None where there is none.
    """
    try:
        return _in_snowflakes_words(work, name_of)
    except SqlError as problem:
        if statement is not None:
            place(problem, statement)
        raise


def _in_snowflakes_words(work: Callable[[], Result], name_of: NameOf) -> Result:
    try:
        return work()
    except SqlTextError as problem:
        raise syntax_error(str(problem)) from problem
    except RecursionError as problem:
        raise too_deep() from problem
    except duckdb.Error as problem:
        raise sql_error(problem, name_of) from problem
    except MemoryError as problem:
        raise copied(OUT_OF_MEMORY) from problem
