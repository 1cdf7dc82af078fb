"""A block's parts as text, for who carries them out and for who looks at them before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sfdag_magics.engine.borders.answers import syntax_error
from sfdag_magics.engine.sql.scripting.script_text import Piece, pieces, placed
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import Token, TokenReader, tokenize

#: A call of one of Snowflake's own functions may be a statement of a block: SYSTEM$LOG_INFO('x').
SYSTEM = "SYSTEM$"
#: First words of what may carry out several statements.
_OF_SCRIPTING = frozenset({"IF", "CASE", "WHILE", "LOOP", "FOR", "REPEAT", "BEGIN", "DECLARE"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """`[DECLARE …] BEGIN … [EXCEPTION …] END`; the handler begins with that word."""

    declarations: tuple[str, ...]
    body: str
    handler: str | None

    @property
    def is_one_statement(self) -> bool:
        """Whether one SQL statement, or EXECUTE IMMEDIATE, is all that it can do."""
        if self.declarations or self.handler is not None:
            return False
        words = [piece.word for piece in pieces(self.body)]
        return len(words) == 1 and words[0] not in _OF_SCRIPTING


def read_block(text: str) -> Block:
    """The parts of a block."""
    tokens = tokenize(text)
    reader = TokenReader(text, tokens)
    declarations = tuple(_declarations(reader)) if reader.accept("DECLARE") else ()
    reader.expect("BEGIN")
    body, handler = _parts(text, tokens, reader.position)
    return Block(declarations=declarations, body=body, handler=handler)


def is_block(piece: Piece) -> bool:
    """Whether what begins with BEGIN or DECLARE is a block, and not BEGIN TRANSACTION."""
    return any(token.word == "END" for token in tokenize(piece.text))


def _declarations(reader: TokenReader) -> Iterator[str]:
    while not reader.peek_words("BEGIN"):
        yield _statement(reader)


def _parts(text: str, tokens: Sequence[Token], start: int) -> tuple[str, str | None]:
    """The text between BEGIN and END, and what stands behind its own EXCEPTION."""
    end = next(token for token in reversed(tokens) if token.word == "END")
    inside = placed(text, start, end.start)
    for piece in pieces(inside):
        if piece.word == "EXCEPTION":
            return inside[: piece.start], piece.text
    return inside, None


def _statement(reader: TokenReader) -> str:
    """The text up to the next semicolon, which is read."""
    start = reader.position
    while not reader.peek_words(";"):
        reader.take()
    end = reader.position
    reader.take()
    return reader.text[start:end]


def type_text(reader: TokenReader) -> str:
    """The text of a type, empty where none is declared."""
    start = reader.position
    while not reader.at_end and not reader.peek_words("DEFAULT") and not reader.peek_words(":="):
        if reader.peek_words("("):
            reader.parenthesized()
        else:
            reader.take()
    return reader.text[start : reader.position].strip()


def given_text(reader: TokenReader) -> str:
    """The text behind `:=` or DEFAULT."""
    if not reader.accept("DEFAULT"):
        reader.expect(":=")
    return reader.rest()


def without_into(piece: Piece) -> tuple[str, list[str]]:
    """A statement without the variables of its INTO, and those."""
    if piece.word not in ("SELECT", "WITH", "CALL"):
        return piece.text, []
    tokens = tokenize(piece.text)
    for index, token in enumerate(tokens):
        if token.word == "INTO":
            names, end = _targets(tokens, index + 1)
            return f"{piece.text[: token.start]} {piece.text[end:]}", names
    return piece.text, []


def _targets(tokens: Sequence[Token], index: int) -> tuple[list[str], int]:
    """The variables behind INTO, and where the text after them starts.

    Raises:
        SqlError: one of them has no colon.
    """
    names: list[str] = []
    while True:
        found = [token.text for token in tokens[index : index + 2]]
        if found[:1] != [":"] or len(found) < 2:
            raise syntax_error(
                f"syntax error unexpected '{found[0] if found else '<EOF>'}': INTO takes variables"
                " with a colon, as in INTO :name."
            )
        names.append(tokens[index + 1].value)
        index += 2
        if index >= len(tokens) or tokens[index].text != ",":
            return names, tokens[index - 1].end
        index += 1
