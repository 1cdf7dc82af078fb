"""Names and literals in SQL text: the one place that quotes. Knows Snowflake's case rules.

An unquoted identifier is stored upper-case; a quoted one as written (Snowflake docs: "Identifier
requirements"). A *stored* name is the name after that rule; functions here say whether they take
SQL text or a stored name.
"""

from __future__ import annotations

import re

from sfdag_magics.light_classes import dataclass

_UNQUOTED = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*")
#: Snowflake docs, "Reserved & limited keywords": the words that name nothing without quotes.
RESERVED = frozenset({
    "ALL", "ALTER", "AND", "ANY", "AS", "BETWEEN", "BY", "CHECK", "COLUMN", "CONNECT", "CREATE",
    "CURRENT", "DELETE", "DISTINCT", "DROP", "ELSE", "EXISTS", "FOLLOWING", "FOR", "FROM",
    "GRANT", "GROUP", "HAVING", "ILIKE", "IN", "INCREMENT", "INSERT", "INTERSECT", "INTO", "IS",
    "LIKE", "MINUS", "NOT", "NULL", "OF", "ON", "OR", "ORDER", "QUALIFY", "REGEXP", "REVOKE",
    "RLIKE", "ROW", "ROWS", "SAMPLE", "SELECT", "SET", "SOME", "START", "TABLE", "TABLESAMPLE",
    "THEN", "TO", "TRIGGER", "UNION", "UNIQUE", "UPDATE", "VALUES", "WHENEVER", "WHERE", "WITH",
})  # fmt: skip
_STORED_PLAIN = re.compile(r"[A-Z_][A-Z0-9_$]*")


def identifier_from_sql(text: str) -> str:
    """The stored name of an identifier written in SQL: `abc` → `ABC`, `"a""b"` → `a"b`.

    Raises:
        ValueError: the text is neither a plain word nor a quoted name.
    """
    if len(text) > 2 and text[0] == text[-1] == '"':
        return text[1:-1].replace('""', '"')
    if not _UNQUOTED.fullmatch(text):
        raise ValueError(f"not an identifier: {text!r}")
    return text.upper()


def quoted_identifier(name: str) -> str:
    """A stored name as a quoted identifier, whatever it contains."""
    return '"' + name.replace('"', '""') + '"'


def sql_identifier(name: str) -> str:
    """A stored name as SQL reads it back: bare where that is the same name, quoted elsewhere."""
    is_plain = _STORED_PLAIN.fullmatch(name) and name not in RESERVED
    return name if is_plain else quoted_identifier(name)


def quoted_string(value: str) -> str:
    """`value` as a string literal; the backslash is escaped before the quote."""
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def dollar_quoted(value: str) -> str:
    """`value` between $$, or as a string literal where it contains $$ itself or ends in $."""
    return quoted_string(value) if "$$" in value or value.endswith("$") else f"$${value}$$"


@dataclass(frozen=True, slots=True)
class QualifiedName:
    """A possibly qualified stored name, such as `DB.SCHEMA.T` or `T`."""

    name: str
    schema: str | None = None
    database: str | None = None

    def __str__(self) -> str:
        return self.sql()

    def sql(self) -> str:
        """The name as SQL reads it back, with as many parts as it has."""
        parts = (self.database, self.schema, self.name)
        return ".".join(sql_identifier(part) for part in parts if part is not None)

    def within(self, database: str | None, schema: str | None) -> QualifiedName:
        """The same name with what it lacks filled in from a session's current namespace."""
        return QualifiedName(self.name, self.schema or schema, self.database or database)
