"""From a script to its statements. Knows $$, comments, quotes and Scripting blocks by word only."""

from __future__ import annotations

from collections.abc import Iterator

from sfdag_magics.sqltext.blocks import opens
from sfdag_magics.sqltext.lexer import SqlTextError, Token, tokenize


def split_statements(script: str) -> tuple[str, ...]:
    """The statements of `script` in order, without their semicolons; empty ones are left out.

    A Scripting block (`BEGIN … END`, also behind `DECLARE` or a task's `AS`) stays in one piece.

    Raises:
        SqlTextError: a string, quoted name or comment is not closed.
    """
    return tuple(script[start:end] for start, end in statement_spans(script))


def statement_spans(script: str) -> tuple[tuple[int, int], ...]:
    """Where each of these statements begins and ends.

    Raises:
        SqlTextError: as `split_statements`.
    """
    tokens = tokenize(script)
    spans: list[tuple[int, int]] = []
    first = 0
    depth = 0
    declaring = False
    for index, (before, token, after) in enumerate(_in_context(tokens)):
        if token.word == "DECLARE":
            declaring = True
        elif (depth or token.word == "BEGIN") and opens(before, token, after):
            depth += 1
            declaring = declaring and token.word != "BEGIN"
        elif depth and token.word == "END":
            depth -= 1
        elif token.text == ";" and not depth and not declaring:
            spans.extend(_span_of(tokens[first:index]))
            first = index + 1
    spans.extend(_span_of(tokens[first:]))
    return tuple(spans)


def split_list(text: str) -> Iterator[str]:
    """The pieces between the commas that stand in no parentheses, as written.

    Raises:
        SqlTextError: a string, quoted name or comment is not closed.
    """
    start, depth = 0, 0
    for token in tokenize(text):
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if token.text == "," and depth == 0:
            yield text[start : token.start]
            start = token.end
    yield text[start:]


def bare_statement(text: str) -> str:
    """One statement without the comments and semicolons around it; as it is where it is no SQL."""
    try:
        tokens = tokenize(text)
    except SqlTextError:
        return text.strip()
    while tokens and tokens[-1].text == ";":
        tokens = tokens[:-1]
    return text[tokens[0].start : tokens[-1].end] if tokens else ""


def _span_of(tokens: tuple[Token, ...]) -> list[tuple[int, int]]:
    return [(tokens[0].start, tokens[-1].end)] if tokens else []


def _in_context(tokens: tuple[Token, ...]) -> Iterator[tuple[Token | None, Token, Token | None]]:
    """Each token between its neighbours."""
    around = (None, *tokens, None)
    return zip(around, tokens, around[2:], strict=False)  # as many as there are tokens
