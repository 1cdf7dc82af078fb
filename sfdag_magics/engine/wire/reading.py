"""Which statements only read: they may be carried out twice, or given up, without harm.

Knows the leading words of statements; what it does not know counts as writing.
"""

from __future__ import annotations

import re

from sfdag_magics.sqltext import SqlTextError, TokenReader, split_statements, tokenize

_READING = frozenset({"SELECT", "SHOW", "DESCRIBE", "DESC", "LIST", "LS", "EXPLAIN"})
_FIRST = re.compile(r"[\s(]*([A-Za-z]+)\b")
_SYSTEM = re.compile(r"SYSTEM\$", re.IGNORECASE)
#: What can follow the queries of a WITH.
_AFTER_WITH = frozenset({"SELECT", "CALL", "INSERT", "UPDATE", "DELETE", "MERGE"})


def only_reads(text: str) -> bool:
    """Whether a statement is certain to change nothing; functions of the system may."""
    found = _FIRST.match(text)
    word = found[1].upper() if found else ""
    if word and word != "WITH":  # nearly every statement; long ones are not taken apart
        return word in _READING and not _SYSTEM.search(text)
    try:
        return _leading_word(text) in _READING and not _SYSTEM.search(text)
    except SqlTextError:
        return False


def all_only_read(text: str) -> bool:
    """Whether every statement of a text of several is certain to change nothing."""
    try:
        return all(only_reads(each) for each in split_statements(text))
    except SqlTextError:
        return False


def _leading_word(text: str) -> str:
    """The first word; of a WITH, the one behind its queries."""
    reader = TokenReader(text, tokenize(text))
    while reader.accept("("):
        pass
    first = reader.take().word
    if first != "WITH":
        return first
    while reader.peek() is not None:
        if reader.peek_words("("):
            reader.parenthesized()
        elif (word := reader.take().word) in _AFTER_WITH:
            return word
    return ""
