"""The gate in front of SQL: one statement in, its kind out. Knows first words, nothing behind them.

A kind is the statement's leading words without modifiers (OR REPLACE, TEMPORARY, TRANSIENT, LOCAL,
GLOBAL, VOLATILE, SECURE, RECURSIVE, TERSE, IF EXISTS): `CREATE TABLE`, `SHOW FILE FORMATS`, `CALL`.
DESC, LS, RM and START TRANSACTION are DESCRIBE, LIST, REMOVE and BEGIN; VALUES, WITH and
parentheses are SELECT. `CREATE OR ALTER x` is a kind of its own, because a handler that does not
know it must not take it for a CREATE. Whatever is not Snowflake's is refused here by name, before
DuckDB could understand it (ATTACH, PRAGMA, COPY … TO, INSTALL, EXPORT, SET GLOBAL, FROM 'file').
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import takewhile

from sfdag_magics.engine.borders.answers import SqlError, syntax_error, unsupported
from sfdag_magics.engine.borders.ports import Bindings, Statement
from sfdag_magics.engine.limits.hearing import hear
from sfdag_magics.engine.sql.reading.gate_words import (
    CREATE_MODIFIERS,
    EXPLAINED,
    NOUNS,
    QUERY_STARTS,
    SHOWN,
)
from sfdag_magics.sqltext import (
    SqlTextError,
    Token,
    TokenKind,
    TokenReader,
    split_statements,
    tokenize,
)

_NAMES = (TokenKind.WORD, TokenKind.QUOTED_NAME)
#: Snowflake's (docs: "Identifier requirements").
_LONGEST_NAME = 255
#: Characters of a text that is read once and not each time.
_SHORT = 160


def classify(text: str, query_id: str, bindings: Bindings = ()) -> Statement:
    """The one statement in `text` and its kind; comments around it do not matter.

    Raises:
        SqlError: no statement (900), several (8), unreadable text (1003), or not Snowflake's.
    """
    hear()
    kind, only, tokens = (_remembered if len(text) <= _SHORT else _read)(text)
    return Statement(kind=kind, text=only, tokens=tokens, query_id=query_id, bindings=bindings)


def _read(text: str) -> tuple[str, str, tuple[Token, ...]]:
    """The kind, the text without what is around it, and its tokens."""
    try:
        statements = split_statements(text)
        if not statements:
            raise SqlError("SQL compilation error:\nEmpty SQL statement.", code=900)
        if len(statements) > 1:
            raise SqlError(
                f"Actual statement count {len(statements)} did not match the desired statement"
                " count 1.",
                code=8,
                sqlstate="0A000",
            )
        hear()
        tokens = tokenize(statements[0])
        hear()
        kind = _kind(TokenReader(statements[0], tokens))
    except SqlTextError as problem:
        raise syntax_error(str(problem)) from problem
    _check_names(kind, tokens)
    if kind != "BLOCK" and any(token.text == "->>" for token in tokens):
        raise unsupported("The flow operator ->>")
    return kind, statements[0], tokens


#: What tasks do is said again at each run: a CALL of their graph's procedure.
_remembered = lru_cache(maxsize=2048)(_read)


def _check_names(kind: str, tokens: Sequence[Token]) -> None:
    """Refuse what would be made under a name that no name can be."""
    if not kind.startswith(("CREATE", "ALTER")):
        return
    for token in takewhile(lambda token: token.word != "AS", tokens):
        if token.kind in _NAMES and len(token.value) > _LONGEST_NAME:
            raise SqlError(
                f"SQL compilation error:\ninvalid identifier '{token.value[:40]}…': it has"
                f" {len(token.value)} characters, and a name has at most {_LONGEST_NAME}",
                code=904,
                sqlstate="42000",
            )


def _kind(reader: TokenReader) -> str:
    if reader.peek_words("("):
        return _query(reader)
    first = reader.peek()
    if first is None or not first.word:
        raise reader.unexpected()
    read = _READERS.get(first.word)
    if read is None:
        raise reader.unexpected()
    reader.take()
    return read(reader)


def _query(reader: TokenReader) -> str:
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


def _with(reader: TokenReader) -> str:
    return "WITH PROCEDURE" if _ctes(reader) == "PROCEDURE" else _query(reader)


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


def _create(reader: TokenReader) -> str:
    verb = "CREATE"
    if reader.accept("OR", "ALTER"):
        verb = "CREATE OR ALTER"
    else:
        reader.accept("OR", "REPLACE")
    while any(reader.accept(word) for word in CREATE_MODIFIERS):
        pass
    return _with_noun(verb, NOUNS)(reader)


def _show(reader: TokenReader) -> str:
    reader.accept("TERSE")
    if reader.accept("AS", "RESOURCE"):
        return _show_resources(reader)
    kind = _with_noun("SHOW", SHOWN)(reader)
    if kind == "SHOW FUNCTIONS" and reader.accept("IN", "MODEL"):
        return "SHOW FUNCTIONS IN MODEL"
    if kind == "SHOW PARAMETERS" and _is_of_task(reader):
        return "SHOW PARAMETERS IN TASK"
    return kind


def _show_resources(reader: TokenReader) -> str:
    """What `session.catalog` asks with: tables and views."""
    for noun in ("TABLES", "VIEWS"):
        if reader.accept(noun):
            return f"SHOW AS RESOURCE {noun}"
    raise unsupported(
        "SHOW AS RESOURCE of other than TABLES and VIEWS (session.catalog asks with it; SHOW"
        " PROCEDURES and its kin list the same)"
    )


def _is_of_task(reader: TokenReader) -> bool:
    """Whether SHOW PARAMETERS goes on with IN TASK or FOR TASK, after its LIKE."""
    if reader.accept("LIKE"):
        reader.string()
    return reader.peek_words("IN", "TASK") or reader.peek_words("FOR", "TASK")


def _with_noun(verb: str, nouns: Mapping[str, str]) -> Callable[[TokenReader], str]:
    """Reads the longest of `nouns` that comes next; the kind is the verb and what it stands for."""
    longest_first = sorted(nouns, key=lambda noun: -len(noun.split()))

    def read(reader: TokenReader) -> str:
        for noun in longest_first:
            if reader.accept(*noun.split()):
                return f"{verb} {nouns[noun]}"
        following = reader.peek()
        raise unsupported(f"{verb} {following.text.upper() if following else ''}".rstrip())

    return read


def _begin(reader: TokenReader) -> str:
    """BEGIN opens a transaction when nothing but its options follows, a Scripting block else."""
    if not (reader.accept("WORK") or reader.accept("TRANSACTION")) and not (
        reader.at_end or reader.peek_words("NAME")
    ):
        return _block(reader)
    return _transaction_name(reader)


def _block(reader: TokenReader) -> str:
    """BLOCK, of a text that ends as one: DuckDB knows BEGIN with other words behind it."""
    while (token := reader.take()).word != "END" or not reader.at_end:
        if reader.at_end:
            raise reader.unexpected(f"END after '{token.text}'")
    return "BLOCK"


def _start(reader: TokenReader) -> str:
    reader.expect("TRANSACTION")
    return _transaction_name(reader)


def _transaction_name(reader: TokenReader) -> str:
    if reader.accept("NAME"):
        reader.identifier()
    _nothing_more(reader)
    return "BEGIN"


def _ending(verb: str) -> Callable[[TokenReader], str]:
    def read(reader: TokenReader) -> str:
        reader.accept("WORK")
        _nothing_more(reader)
        return verb

    return read


def _nothing_more(reader: TokenReader) -> None:
    if not reader.at_end:
        raise reader.unexpected()


def _insert(reader: TokenReader) -> str:
    for form in ("ALL", "FIRST"):
        if reader.peek_words(form) or reader.peek_words("OVERWRITE", form):
            return f"INSERT {form}"
    reader.accept("OVERWRITE")
    return _followed_by("INSERT", "INTO")(reader)


def _followed_by(verb: str, word: str, kind: str | None = None) -> Callable[[TokenReader], str]:
    """Reads `word`, without which the statement is another system's."""

    def read(reader: TokenReader) -> str:
        if not reader.accept(word):
            following = reader.peek()
            raise unsupported(f"{verb} {following.text.upper() if following else ''}".rstrip())
        return kind or verb

    return read


def _named(verb: str) -> Callable[[TokenReader], str]:
    """Reads a name, or a name computed by IDENTIFIER(…) or bound."""

    def read(reader: TokenReader) -> str:
        if not reader.peek_words("?") and not reader.peek_words(":"):
            reader.identifier()
        return verb

    return read


def _truncate(reader: TokenReader) -> str:
    reader.accept("TABLE")
    reader.accept("IF", "EXISTS")
    return _named("TRUNCATE TABLE")(reader)


def _use(reader: TokenReader) -> str:
    """`USE name` is a database and `USE name.name` a schema, as in Snowflake."""
    if reader.accept("SECONDARY", "ROLES"):
        return "USE SECONDARY ROLES"
    for noun in ("DATABASE", "SCHEMA", "ROLE", "WAREHOUSE"):
        if reader.accept(noun):
            return f"USE {noun}"
    return "USE DATABASE" if reader.qualified_name().schema is None else "USE SCHEMA"


def _set(reader: TokenReader) -> str:
    """Session variables only: `SET a = …` and `SET (a, b) = (…)`."""
    if reader.peek_words("("):
        reader.parenthesized()
    else:
        reader.identifier()
    reader.expect("=")
    return "SET"


def _copy(reader: TokenReader) -> str:
    if reader.accept("FILES"):
        return "COPY FILES"
    return _followed_by("COPY", "INTO", "COPY INTO")(reader)


def _execute(reader: TokenReader) -> str:
    kind = _with_noun("EXECUTE", _EXECUTED)(reader)
    if kind == "EXECUTE IMMEDIATE" and reader.accept("FROM"):
        return "EXECUTE IMMEDIATE FROM"
    return kind


def _explain(reader: TokenReader) -> str:
    if reader.accept("USING"):
        reader.identifier()
    if reader.peek_words("EXPLAIN"):
        raise reader.unexpected("a statement")
    explained = _kind(reader)
    if explained not in EXPLAINED:
        raise unsupported(f"EXPLAIN {explained}")
    return "EXPLAIN"


def _just(kind: str) -> Callable[[TokenReader], str]:
    def read(reader: TokenReader) -> str:
        return kind

    return read


_EXECUTED = {
    word: word for word in ("TASK", "IMMEDIATE", "ALERT", "NOTEBOOK", "JOB SERVICE", "DBT PROJECT")
}

#: By first word: what reads on to the kind. A first word that is not here is not Snowflake's.
_READERS: dict[str, Callable[[TokenReader], str]] = {
    "SELECT": _just("SELECT"),
    "VALUES": _just("SELECT"),
    "WITH": _with,
    "INSERT": _insert,
    "UPDATE": _named("UPDATE"),
    "DELETE": _followed_by("DELETE", "FROM"),
    "MERGE": _followed_by("MERGE", "INTO"),
    "TRUNCATE": _truncate,
    "BEGIN": _begin,
    "START": _start,
    "COMMIT": _ending("COMMIT"),
    "ROLLBACK": _ending("ROLLBACK"),
    "DECLARE": _block,
    "CREATE": _create,
    "ALTER": _with_noun("ALTER", NOUNS),
    "DROP": _with_noun("DROP", NOUNS),
    "UNDROP": _with_noun("UNDROP", NOUNS),
    "DESCRIBE": _with_noun("DESCRIBE", NOUNS),
    "DESC": _with_noun("DESCRIBE", NOUNS),
    "SHOW": _show,
    "USE": _use,
    "SET": _set,
    "UNSET": _just("UNSET"),
    "COMMENT": _just("COMMENT"),
    "GRANT": _just("GRANT"),
    "REVOKE": _just("REVOKE"),
    "CALL": _named("CALL"),
    "EXECUTE": _execute,
    "PUT": _just("PUT"),
    "GET": _just("GET"),
    "LIST": _just("LIST"),
    "LS": _just("LIST"),
    "REMOVE": _just("REMOVE"),
    "RM": _just("REMOVE"),
    "COPY": _copy,
    "EXPLAIN": _explain,
}
