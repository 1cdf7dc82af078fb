"""A Scripting body as text: its statements, its expressions with variables bound. Tokens only."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from sfdag_magics.engine.borders.answers import syntax_error
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import CLOSED, Token, TokenKind, TokenReader, opens, split_list, tokenize

_NAMES = (TokenKind.WORD, TokenKind.QUOTED_NAME)


def placed(text: str, start: int, end: int) -> str:
    """A part of a text behind so many blanks that it stands on its line, at its position."""
    line = text.rfind("\n", 0, start) + 1
    return "\n" * text.count("\n", 0, start) + " " * (start - line) + text[start:end]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One statement of a body: its first word, its text, and where that starts in the body.

    Its text stands where it stood in the block.
    """

    word: str
    text: str
    start: int

    @property
    def place(self) -> tuple[int, int]:
        """Its line, from 1, and its position there, from 0."""
        blanks = self.text[: len(self.text) - len(self.text.lstrip())]
        return blanks.count("\n") + 1, len(blanks) - blanks.rfind("\n") - 1


def pieces(body: str) -> Iterator[Piece]:
    """The statements of a body in order; a block, IF or loop is one piece."""
    tokens = tokenize(body)
    first, depth = 0, 0
    declaring = False  # up to the BEGIN of its block
    for index, token in enumerate(tokens):
        if token.word == "DECLARE" and depth == 0 and index == first:
            declaring = True
        elif _opens(tokens, index):
            depth += 1
            declaring = declaring and token.word != "BEGIN"
        elif depth and token.word == "END":
            depth -= 1
        elif token.text == ";" and depth == 0 and not declaring:
            if index > first:
                yield _piece(body, tokens[first:index])
            first = index + 1
        if token.word == "EXCEPTION" and depth == 0 and index == first:
            yield _piece(body, tokens[first:])
            return
    if first < len(tokens):
        raise syntax_error(
            f"syntax error unexpected end of the block behind '{tokens[-1].text}': each of its"
            " statements ends with a semicolon."
        )


def _piece(body: str, tokens: tuple[Token, ...]) -> Piece:
    start = tokens[0].start
    return Piece(word=tokens[0].word, text=placed(body, start, tokens[-1].end), start=start)


def _opens(tokens: Sequence[Token], index: int) -> bool:
    before = tokens[index - 1] if index else None
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    return opens(before, tokens[index], after)


def until(reader: TokenReader, *words: str) -> str:
    """The text up to one of the words, which is read; a CASE inside keeps its own THEN."""
    start, cases = reader.position, 0
    while True:
        token = reader.take()
        cases += {"CASE": 1, "END": -1}.get(token.word, 0)
        if token.word in words and not cases:
            return reader.text[start : token.start]


def next_branch(reader: TokenReader, words: Collection[str]) -> tuple[str, int]:
    """Reads to one of the words or the END of this statement, over those of inner ones."""
    depth = 0
    before: Token | None = None
    while True:
        token = reader.take()
        if opens(before, token, reader.peek()):
            depth += 1
        elif token.word == "END":
            if depth == 0:
                return "END", token.start
            depth -= 1
        elif depth == 0 and token.word in words and (before is None or before.text == ";"):
            return token.word, token.start
        before = token


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """What a loop repeats, until when it does where it says so at its end, and its label."""

    body: str
    label: str
    until: str = ""


def loop_parts(reader: TokenReader) -> Loop:
    """The rest of a loop: `… [UNTIL (condition)] END LOOP [label]`."""
    start = reader.position
    word, end = next_branch(reader, ("UNTIL",))
    body = placed(reader.text, start, end)
    condition = ""
    if word == "UNTIL":
        start = reader.position
        _, end = next_branch(reader, ())
        condition = reader.text[start:end]
    closed = reader.peek()
    if closed is not None and closed.word in CLOSED:
        reader.take()
    return Loop(body=body, label="" if reader.at_end else reader.identifier(), until=condition)


def immediate_parts(reader: TokenReader) -> tuple[str, list[str]]:
    """The rest of EXECUTE IMMEDIATE: the expression, and what USING binds."""
    start, depth = reader.position, 0
    while not reader.at_end:
        if depth == 0 and reader.peek_words("USING", "("):
            text = reader.text[start : reader.position]
            reader.take()
            return text, list(split_list(reader.parenthesized()))
        depth += {"(": 1, ")": -1}.get(reader.take().text, 0)
    return reader.text[start:], []


def statement_inside(text: str) -> str | None:
    """The statement of `(CALL …)` or `(EXECUTE IMMEDIATE …)`; None of an expression."""
    inner = query_inside(text)
    is_one = inner is not None and TokenReader(inner).peek_words("CALL")
    is_one |= inner is not None and TokenReader(inner).peek_words("EXECUTE", "IMMEDIATE")
    return inner if is_one else None


def query_inside(text: str) -> str | None:
    """The statement of `(SELECT …)`; None of what is not wholly in parentheses."""
    reader = TokenReader(text)
    if not reader.peek_words("("):
        return None
    inner = reader.parenthesized()
    return inner if reader.at_end else None


def bound_text(expression: str, names: Collection[str]) -> str:
    """The expression with a colon before each of its variables, and `row.column` as one name.

    A query inside is SQL: its names are columns, and its variables have their colon.
    """
    tokens = tokenize(expression)
    parts: list[str] = []
    position = index = 0
    while index < len(tokens):
        token = tokens[index]
        dotted = _dotted(tokens, index)
        length = 3 if dotted in names else 1
        name = dotted if dotted in names else token.value
        if _opens_query(tokens, index):
            index = _closing(tokens, index)
        elif name in names and not _is_name_of_else(tokens, index, length):
            parts.append(f'{expression[position : token.start]} :"{name}" ')
            position = tokens[index + length - 1].end
            index += length
        else:
            index += 1
    return "".join(parts) + expression[position:]


def bound_names(text: str) -> Iterator[str]:
    """The variables that stand in a statement with a colon."""
    tokens = tokenize(text)
    for before, token in pairwise(tokens):
        if before.text == ":" and token.kind in _NAMES:
            yield token.value


def _opens_query(tokens: Sequence[Token], index: int) -> bool:
    after = tokens[index + 1].word if index + 1 < len(tokens) else ""
    return tokens[index].text == "(" and after in ("SELECT", "WITH")


def _closing(tokens: Sequence[Token], index: int) -> int:
    """Where the parenthesis that opens here is closed."""
    depth = 0
    for at in range(index, len(tokens)):
        depth += {"(": 1, ")": -1}.get(tokens[at].text, 0)
        if depth == 0:
            return at
    return len(tokens)


def _dotted(tokens: tuple[Token, ...], index: int) -> str:
    if index + 2 < len(tokens) and tokens[index + 1].text == ".":
        return f"{tokens[index].value}.{tokens[index + 2].value}"
    return ""


def _is_name_of_else(tokens: tuple[Token, ...], index: int, length: int) -> bool:
    """A function's, a part of a longer name, a bound one already, or no word at all."""
    if tokens[index].kind not in _NAMES:
        return True
    before = tokens[index - 1].text if index else ""
    after = tokens[index + length].text if index + length < len(tokens) else ""
    return before in (".", ":") or after in ("(", ".")
