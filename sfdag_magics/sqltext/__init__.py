"""SQL as text: tokens, statements, names, literals. Knows Snowflake's spelling, not its meaning."""

from sfdag_magics.sqltext.blocks import (
    BEFORE_STATEMENTS,
    CLOSED,
    TRANSACTION,
    begins_statement,
    opens,
)
from sfdag_magics.sqltext.lexer import SqlTextError, Token, TokenKind, tokenize
from sfdag_magics.sqltext.names import (
    QualifiedName,
    dollar_quoted,
    identifier_from_sql,
    quoted_identifier,
    quoted_string,
    sql_identifier,
)
from sfdag_magics.sqltext.reader import TokenReader
from sfdag_magics.sqltext.split import (
    bare_statement,
    split_list,
    split_statements,
    statement_spans,
)

__all__ = [
    "BEFORE_STATEMENTS",
    "CLOSED",
    "TRANSACTION",
    "QualifiedName",
    "SqlTextError",
    "Token",
    "TokenKind",
    "TokenReader",
    "bare_statement",
    "begins_statement",
    "dollar_quoted",
    "identifier_from_sql",
    "opens",
    "quoted_identifier",
    "quoted_string",
    "split_list",
    "split_statements",
    "sql_identifier",
    "statement_spans",
    "tokenize",
]
