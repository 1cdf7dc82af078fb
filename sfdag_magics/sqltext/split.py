"""From a script to its statements. Knows $$, comments, quotes and Scripting blocks by word only."""

from __future__ import annotations

from sfdag_magics.sqltext.lexer import SqlTextError, Token, tokenize

# What BEGIN may be followed by when it opens a transaction and not a block.
_TRANSACTION = {"", "TRANSACTION", "WORK", "NAME"}
_OPENERS = {"CASE", "IF", "LOOP", "FOR", "WHILE", "REPEAT"}


def split_statements(script: str) -> tuple[str, ...]:
    """The statements of `script` in order, without their semicolons; empty ones are left out.

    A Scripting block (`BEGIN … END`, also behind `DECLARE` or a task's `AS`) stays in one piece.

    Raises:
        SqlTextError: a string, quoted name or comment is not closed.
    """
    tokens = tokenize(script)
    statements: list[str] = []
    first = 0
    depth = 0
    declaring = False
    for index, token in enumerate(tokens):
        word = token.word
        if word == "DECLARE":
            declaring = True
        elif word == "BEGIN" and not _opens_transaction(tokens, index):
            depth += 1
            declaring = False
        elif depth and word in _OPENERS and not _follows_end(tokens, index):
            depth += 0 if word == "IF" and _is_function_if(tokens, index) else 1
        elif depth and word == "END":
            depth -= 1
        elif token.text == ";" and not depth and not declaring:
            statements.extend(_text_of(script, tokens[first:index]))
            first = index + 1
    statements.extend(_text_of(script, tokens[first:]))
    return tuple(statements)


def bare_statement(text: str) -> str:
    """One statement without the comments and semicolons around it; as it is where it is no SQL."""
    try:
        tokens = tokenize(text)
    except SqlTextError:
        return text.strip()
    while tokens and tokens[-1].text == ";":
        tokens = tokens[:-1]
    return text[tokens[0].start : tokens[-1].end] if tokens else ""


def _text_of(script: str, tokens: tuple[Token, ...]) -> list[str]:
    return [script[tokens[0].start : tokens[-1].end]] if tokens else []


def _opens_transaction(tokens: tuple[Token, ...], index: int) -> bool:
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    return following is None or following.text == ";" or following.word in _TRANSACTION - {""}


def _follows_end(tokens: tuple[Token, ...], index: int) -> bool:
    return index > 0 and tokens[index - 1].word == "END"


def _is_function_if(tokens: tuple[Token, ...], index: int) -> bool:
    """Whether IF is followed by EXISTS or NOT EXISTS, as in DROP TABLE IF EXISTS."""
    following = [token.word for token in tokens[index + 1 : index + 3]]
    return following[:1] == ["EXISTS"] or following == ["NOT", "EXISTS"]
