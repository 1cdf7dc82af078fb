"""What opens a part of a Scripting block, which END closes. Knows words by where they stand.

CASE is an expression too, so it opens anywhere; the others open where a statement begins, and are
else a function (`REPEAT('a', 3)`), a clause (`DROP TABLE IF EXISTS`, `CURSOR FOR`), or another word
for DO (`WHILE (…) LOOP`).
"""

from __future__ import annotations

from sfdag_magics.sqltext.lexer import Token

#: What BEGIN is followed by where it opens a transaction.
TRANSACTION = frozenset({"TRANSACTION", "WORK", "NAME"})
#: Behind these, and behind a semicolon, a statement of a block begins.
BEFORE_STATEMENTS = frozenset({"BEGIN", "THEN", "ELSE", "DO", "LOOP", "REPEAT"})
#: What END may be followed by, to say what it closes.
CLOSED = frozenset({"IF", "CASE", "LOOP", "FOR", "WHILE", "REPEAT"})
_STATEMENTS = frozenset({"IF", "LOOP", "FOR", "WHILE", "REPEAT"})


def opens(before: Token | None, token: Token, after: Token | None) -> bool:
    """Whether a token needs an END; None stands for the text's beginning and its end."""
    if before is not None and before.word == "END":
        return False
    if token.word == "BEGIN":
        return after is not None and after.text != ";" and after.word not in TRANSACTION
    if token.word not in _STATEMENTS:
        return token.word == "CASE"
    is_call = token.word == "REPEAT" and after is not None and after.text == "("
    return begins_statement(before) and not is_call


def begins_statement(before: Token | None) -> bool:
    """Whether what stands behind this token is a statement of a block."""
    return before is None or before.text == ";" or before.word in BEFORE_STATEMENTS
