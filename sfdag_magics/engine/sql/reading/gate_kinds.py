"""Which statement it is, by its first words: the table of them, and how each reads on to its kind.

A first word that is not in the table is not Snowflake's. Knows the names of objects by no more than
that they are names.
"""

from __future__ import annotations

from sfdag_magics.engine.borders.answers import unsupported
from sfdag_magics.engine.sql.reading.gate_forms import (
    KindReader,
    ending,
    followed_by,
    just,
    named,
    nothing_more,
    with_noun,
)
from sfdag_magics.engine.sql.reading.gate_queries import behind_with, query
from sfdag_magics.engine.sql.reading.gate_words import (
    CREATE_MODIFIERS,
    EXPLAINED,
    NOUNS,
    SHOWN,
)
from sfdag_magics.sqltext import TokenReader


def kind_of(reader: TokenReader) -> str:
    """The kind of the statement that comes.

    Raises:
        SqlError: it is not Snowflake's.
        SqlTextError: it does not go on as such a statement does.
    """
    if reader.peek_words("("):
        return query(reader)
    first = reader.peek()
    if first is None or not first.word:
        raise reader.unexpected()
    read = _READERS.get(first.word)
    if read is None:
        raise reader.unexpected()
    reader.take()
    return read(reader)


def _create(reader: TokenReader) -> str:
    verb = "CREATE"
    if reader.accept("OR", "ALTER"):
        verb = "CREATE OR ALTER"
    else:
        reader.accept("OR", "REPLACE")
    while any(reader.accept(word) for word in CREATE_MODIFIERS):
        pass
    return with_noun(verb, NOUNS)(reader)


def _show(reader: TokenReader) -> str:
    reader.accept("TERSE")
    if reader.accept("AS", "RESOURCE"):
        return _show_resources(reader)
    kind = with_noun("SHOW", SHOWN)(reader)
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
    nothing_more(reader)
    return "BEGIN"


def _insert(reader: TokenReader) -> str:
    for form in ("ALL", "FIRST"):
        if reader.peek_words(form) or reader.peek_words("OVERWRITE", form):
            return f"INSERT {form}"
    reader.accept("OVERWRITE")
    return followed_by("INSERT", "INTO")(reader)


def _truncate(reader: TokenReader) -> str:
    reader.accept("TABLE")
    reader.accept("IF", "EXISTS")
    return named("TRUNCATE TABLE")(reader)


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
    return followed_by("COPY", "INTO", "COPY INTO")(reader)


def _execute(reader: TokenReader) -> str:
    kind = with_noun("EXECUTE", _EXECUTED)(reader)
    if kind == "EXECUTE IMMEDIATE" and reader.accept("FROM"):
        return "EXECUTE IMMEDIATE FROM"
    return kind


def _explain(reader: TokenReader) -> str:
    if reader.accept("USING"):
        reader.identifier()
    if reader.peek_words("EXPLAIN"):
        raise reader.unexpected("a statement")
    explained = kind_of(reader)
    if explained not in EXPLAINED:
        raise unsupported(f"EXPLAIN {explained}")
    return "EXPLAIN"


def _comment(reader: TokenReader) -> str:
    """Tasks are not of the catalogue that the others are of."""
    reader.accept("IF", "EXISTS")
    return "COMMENT ON TASK" if reader.accept("ON", "TASK") else "COMMENT"


_EXECUTED = {
    word: word for word in ("TASK", "IMMEDIATE", "ALERT", "NOTEBOOK", "JOB SERVICE", "DBT PROJECT")
}

#: By first word: what reads on to the kind. A first word that is not here is not Snowflake's.
_READERS: dict[str, KindReader] = {
    "SELECT": just("SELECT"),
    "VALUES": just("SELECT"),
    "WITH": behind_with,
    "INSERT": _insert,
    "UPDATE": named("UPDATE"),
    "DELETE": followed_by("DELETE", "FROM"),
    "MERGE": followed_by("MERGE", "INTO"),
    "TRUNCATE": _truncate,
    "BEGIN": _begin,
    "START": _start,
    "COMMIT": ending("COMMIT"),
    "ROLLBACK": ending("ROLLBACK"),
    "DECLARE": _block,
    "CREATE": _create,
    "ALTER": with_noun("ALTER", NOUNS),
    "DROP": with_noun("DROP", NOUNS),
    "UNDROP": with_noun("UNDROP", NOUNS),
    "DESCRIBE": with_noun("DESCRIBE", NOUNS),
    "DESC": with_noun("DESCRIBE", NOUNS),
    "SHOW": _show,
    "USE": _use,
    "SET": _set,
    "UNSET": just("UNSET"),
    "COMMENT": _comment,
    "GRANT": just("GRANT"),
    "REVOKE": just("REVOKE"),
    "CALL": named("CALL"),
    "EXECUTE": _execute,
    "PUT": just("PUT"),
    "GET": just("GET"),
    "LIST": just("LIST"),
    "LS": just("LIST"),
    "REMOVE": just("REMOVE"),
    "RM": just("REMOVE"),
    "COPY": _copy,
    "EXPLAIN": _explain,
}
