"""Whether a statement can be carried out at all, before anybody asks for that. Runs nothing.

A task's body is looked at when the task is made: its grammar, and that the engine has such
statements. What it names is looked for when it runs, as Snowflake does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from importlib import import_module

from sqlglot import exp

from sfdag_magics.engine.borders.answers import syntax_error, unsupported
from sfdag_magics.engine.borders.ports import Statement
from sfdag_magics.engine.sql.ddl.tables import create_tree
from sfdag_magics.engine.sql.reading.gate import classify
from sfdag_magics.engine.sql.reading.parse import parse
from sfdag_magics.engine.sql.reading.words import read_drop
from sfdag_magics.engine.sql.statements.query import numbered, tree_of
from sfdag_magics.graph.grammar import parse_task_statement
from sfdag_magics.sqltext import SqlTextError, TokenKind, TokenReader

#: A staged file in a tree is read in another way.
_STAGED = "@"
#: Dropped by a name alone; a function has its arguments' types behind it.
_NAMED = ("TABLE", "VIEW", "SCHEMA", "DATABASE", "SEQUENCE", "STAGE", "STREAM", "TAG", "ROLE")
_TASK = " TASK"
#: First words of statements about something that is named behind them.
_ABOUT = frozenset(("CREATE", "ALTER", "DROP", "EXECUTE", "PUT", "GET", "REMOVE", "GRANT", "UNSET"))


def check_statement(statement: Statement, known: Collection[str]) -> None:
    """See that a statement is of a known kind and can be read; so each of those in a block.

    Raises:
        SqlError: it is not.
    """
    if statement.kind not in known:
        raise unsupported(statement.kind)
    if statement.kind == "BLOCK":
        checking = import_module("sfdag_magics.engine.sql.scripting.checking")
        checking.BlockCheck(lambda text: check_statement(classify(text, ""), known)).block(
            statement.text
        )
        return
    try:
        _closed(statement)
        _READ.get(statement.kind, _anything)(statement)
    except SqlTextError as problem:
        raise syntax_error(str(problem)) from problem


def _closed(statement: Statement) -> None:
    """See that each parenthesis is closed."""
    reader = TokenReader(statement.text, statement.tokens)
    while not reader.at_end:
        if reader.peek_words("("):
            reader.parenthesized()
        elif reader.take().text == ")":
            raise syntax_error("syntax error unexpected ')': no parenthesis is open there.")


def _anything(statement: Statement) -> None:
    """What no rule here is for is read when it is carried out; it says what it is about."""
    last = statement.tokens[-1]
    if statement.kind.split()[0] in _ABOUT and last.word == statement.kind.split()[-1]:
        raise syntax_error(f"syntax error unexpected end behind '{last.text}'.")


def _copy(statement: Statement) -> None:
    if not any(token.word == "FROM" for token in statement.tokens):
        raise syntax_error("syntax error unexpected end of the COPY: it has no FROM.")


def _tree(statement: Statement) -> None:
    if _STAGED not in statement.text:
        parse(numbered(statement))


def _changed_rows(statement: Statement) -> None:
    """An UPDATE that sets nothing, or an INSERT of nothing, is a tree to sqlglot."""
    if _STAGED in statement.text:
        return
    tree = tree_of(statement)
    if isinstance(tree, exp.Update) and not tree.expressions:
        raise syntax_error("syntax error unexpected end of the UPDATE: its SET says nothing.")
    if isinstance(tree, exp.Insert) and tree.expression is None:
        raise syntax_error("syntax error unexpected end of the INSERT: it says no rows.")


def _create_table(statement: Statement) -> None:
    is_template = any(token.word == "TEMPLATE" for token in statement.tokens)
    if is_template or _STAGED in statement.text or _has_values(statement):
        return
    tree = create_tree(statement, "TABLE")
    if tree.expression is not None and not isinstance(tree.expression, exp.Query):
        raise syntax_error(f"syntax error unexpected '{tree.expression.name}': a query is needed.")
    says = tree.expression or tree.args.get("clone") or isinstance(tree.this, exp.Schema)
    if not says and tree.find(exp.LikeProperty) is None:
        raise syntax_error("syntax error unexpected end of the CREATE TABLE: it has no columns.")


def _create_view(statement: Statement) -> None:
    """Its query, which is behind the first AS."""
    behind = next((token.end for token in statement.tokens if token.word == "AS"), None)
    if behind is None:
        raise syntax_error("syntax error unexpected end of the CREATE VIEW: it has no query.")
    check_query(statement.text[behind:])


def check_query(text: str) -> None:
    """See that a text is a query that can be read."""
    query = classify(text, "")
    if query.kind != "SELECT":
        raise syntax_error(f"syntax error unexpected {query.kind}: a query is needed.")
    _tree(query)


def _call(statement: Statement) -> None:
    """`CALL name(…)`, with INTO behind it in a block."""
    reader = TokenReader(statement.text, statement.tokens)
    reader.expect("CALL")
    if reader.peek_words("?") or reader.peek_words(":") or reader.peek_words("IDENTIFIER"):
        return
    reader.qualified_name()
    if not reader.peek_words("("):
        raise reader.unexpected("arguments in parentheses")
    reader.parenthesized()
    if not (reader.at_end or reader.peek_words("INTO")):
        raise reader.unexpected()


def _task(statement: Statement) -> None:
    if not _has_values(statement):
        parse_task_statement(statement.text)


def _has_values(statement: Statement) -> bool:
    """Whether names or values in it are bound or variables, which are put in when it runs."""
    return any(
        token.kind is TokenKind.VARIABLE or token.text in (":", "?") or token.word == "IDENTIFIER"
        for token in statement.tokens
    )


def _drop(statement: Statement) -> None:
    if not _has_values(statement):
        read_drop(statement)


_READ: Mapping[str, Callable[[Statement], None]] = {
    **dict.fromkeys(("SELECT", "DELETE", "MERGE", "TRUNCATE TABLE"), _tree),
    **dict.fromkeys(("INSERT", "UPDATE"), _changed_rows),
    **{f"{verb}{_TASK}": _task for verb in ("CREATE", "CREATE OR ALTER", "ALTER", "DROP")},
    **{f"{verb}{_TASK}": _task for verb in ("EXECUTE", "DESCRIBE")},
    **{f"DROP {noun}": _drop for noun in _NAMED},
    "CREATE TABLE": _create_table,
    "CREATE VIEW": _create_view,
    "CREATE OR ALTER VIEW": _create_view,
    "CALL": _call,
    "COPY INTO": _copy,
}
