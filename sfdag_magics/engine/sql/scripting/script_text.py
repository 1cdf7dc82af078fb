"""A Scripting body as text: its statements, its expressions with variables bound. Tokens only."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sfdag_magics.sqltext import Token, TokenKind, tokenize

_OPENING = frozenset({"IF", "CASE", "BEGIN", "LOOP", "FOR", "WHILE", "REPEAT"})
_TRANSACTION = frozenset({"TRANSACTION", "WORK", "NAME"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One statement of a body: its first word, its text, and where that starts in the body."""

    word: str
    text: str
    start: int


def pieces(body: str) -> Iterator[Piece]:
    """The statements of a body in order; a block, IF or loop is one piece."""
    tokens = tokenize(body)
    first, depth = 0, 0
    for index, token in enumerate(tokens):
        if _opens(tokens, index):
            depth += 1
        elif depth and token.word == "END":
            depth -= 1
        elif token.text == ";" and depth == 0:
            if index > first:
                yield _piece(body, tokens[first:index])
            first = index + 1
        elif token.word == "EXCEPTION" and depth == 0 and index == first:
            break
    if first < len(tokens):
        yield _piece(body, tokens[first:])


def _piece(body: str, tokens: tuple[Token, ...]) -> Piece:
    start = tokens[0].start
    return Piece(word=tokens[0].word, text=body[start : tokens[-1].end], start=start)


def _opens(tokens: tuple[Token, ...], index: int) -> bool:
    word = tokens[index].word
    if word not in _OPENING or (index and tokens[index - 1].word == "END"):
        return False
    following = [token.word for token in tokens[index + 1 : index + 3]]
    if word == "IF":
        return following[:1] != ["EXISTS"] and following != ["NOT", "EXISTS"]
    if word == "BEGIN":
        next_text = tokens[index + 1].text if index + 1 < len(tokens) else ";"
        return next_text != ";" and not _TRANSACTION & set(following[:1])
    return word != "FOR" or index == 0 or tokens[index - 1].text in (";", "THEN", "DO", "LOOP")


def bound_text(expression: str, names: Collection[str]) -> str:
    """The expression with a colon before each of its variables, and `row.column` as one name."""
    tokens = tokenize(expression)
    parts: list[str] = []
    position = index = 0
    while index < len(tokens):
        token = tokens[index]
        dotted = _dotted(tokens, index)
        length = 3 if dotted in names else 1
        name = dotted if dotted in names else token.value
        if name in names and not _is_name_of_else(tokens, index, length):
            parts.append(f'{expression[position : token.start]} :"{name}" ')
            position = tokens[index + length - 1].end
            index += length
        else:
            index += 1
    return "".join(parts) + expression[position:]


def _dotted(tokens: tuple[Token, ...], index: int) -> str:
    if index + 2 < len(tokens) and tokens[index + 1].text == ".":
        return f"{tokens[index].value}.{tokens[index + 2].value}"
    return ""


def _is_name_of_else(tokens: tuple[Token, ...], index: int, length: int) -> bool:
    """A function's, a part of a longer name, a bound one already, or no word at all."""
    if tokens[index].kind not in (TokenKind.WORD, TokenKind.QUOTED_NAME):
        return True
    before = tokens[index - 1].text if index else ""
    after = tokens[index + length].text if index + length < len(tokens) else ""
    return before in (".", ":") or after in ("(", ".")
