"""The gate for queries: what answers behind parentheses and common table expressions.

Looks for the first words of each query; what stands behind those it does not know.
"""

from __future__ import annotations

from sfdag_magics.engine.borders.answers import unsupported
from sfdag_magics.engine.sql.reading.gate_words import QUERY_STARTS
from sfdag_magics.sqltext import TokenReader


def query(reader: TokenReader) -> str:
    """SELECT, or `WITH PROCEDURE`; looks through parentheses and CTEs to what answers."""
    while True:
        while reader.accept("("):
            pass
        if not reader.accept("WITH"):
            break
        if _ctes(reader) == "PROCEDURE":
            return "WITH PROCEDURE"
    if not any(reader.accept(word) for word in QUERY_STARTS):
        raise reader.unexpected("a query")
    return "SELECT"


def behind_with(reader: TokenReader) -> str:
    """The same, of a query whose WITH has been read."""
    return "WITH PROCEDURE" if _ctes(reader) == "PROCEDURE" else query(reader)


def _ctes(reader: TokenReader) -> str:
    """Reads `name AS (query), …`; DuckDB would also take statements that write for the query."""
    reader.accept("RECURSIVE")
    while True:
        reader.identifier()
        if reader.peek_words("("):
            reader.parenthesized()
        reader.expect("AS")
        if reader.accept("PROCEDURE"):
            return "PROCEDURE"
        if reader.accept("MODEL"):
            reader.qualified_name()
            reader.expect("VERSION")
            reader.identifier()
            if not reader.accept(","):
                return "QUERY"
            continue
        if not _first_word_inside(reader) & {"WITH", *QUERY_STARTS}:
            raise unsupported("A common table expression that is not a query")
        reader.parenthesized()
        if not reader.accept(","):
            return "QUERY"


def _first_word_inside(reader: TokenReader) -> set[str]:
    """The word behind the coming opening parentheses; empty at the end of the text."""
    ahead = 0
    while (token := reader.peek(ahead)) is not None:
        if token.text != "(":
            return {token.word}
        ahead += 1
    return set()
