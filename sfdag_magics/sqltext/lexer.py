"""From SQL text to tokens with positions. Knows spelling only: no keyword has a meaning here.

Rules (Snowflake docs: "String & binary data types", "Identifier requirements", "Comments"):
a string is '…' with '' or a backslash as escape, or $$…$$ taken literally; an identifier is a word
or "…" with "" as escape; comments are --, // and /* … */ (not nested).
"""

from __future__ import annotations

import re
from enum import StrEnum

from sfdag_magics.light_classes import dataclass


class SqlTextError(ValueError):
    """The text is not SQL: an unterminated string or comment, or an unexpected token.

    `{place}` in the message becomes line (from 1) and position (from 0), as Snowflake counts.
    """

    def __init__(self, message: str, *, text: str = "", position: int = 0) -> None:
        self.line = text.count("\n", 0, position) + 1
        self.column = position - (text.rfind("\n", 0, position) + 1)
        place = f"line {self.line} at position {self.column}"
        super().__init__(message.replace("{place}", place))


class TokenKind(StrEnum):
    """What a token is, by its spelling alone."""

    WORD = "word"
    QUOTED_NAME = "quoted name"
    STRING = "string"
    DOLLAR_STRING = "dollar string"
    NUMBER = "number"
    VARIABLE = "variable"  # $name and $1
    SYMBOL = "symbol"


@dataclass(frozen=True, slots=True)
class Token:
    """One token; `start` and `end` are offsets into the text it was read from."""

    kind: TokenKind
    text: str
    start: int
    end: int

    @property
    def word(self) -> str:
        """The upper-cased word, or an empty string where this is not an unquoted word."""
        return self.text.upper() if self.kind is TokenKind.WORD else ""

    @property
    def value(self) -> str:
        """What the token stands for: a string without quotes and escapes, a name as stored."""
        match self.kind:
            case TokenKind.STRING:
                return _unescaped(self.text[1:-1])
            case TokenKind.DOLLAR_STRING:
                return self.text[2:-2]
            case TokenKind.QUOTED_NAME:
                return self.text[1:-1].replace('""', '"')
            case TokenKind.WORD:
                return self.text.upper()
            case _:
                return self.text


# `//` starts a comment except in a URL (`s3://`). Those of PUT and GET are words, unquoted as they
# are: the `/*` of `file:///tmp/*.csv` is none either.
_SKIPPED = re.compile(r"\s+|--[^\n]*|(?<![:/])//[^\n]*|/\*.*?\*/", re.DOTALL)
_TOKEN = re.compile(
    r"""
      (?P<DOLLAR_STRING>\$\$.*?\$\$)
    | (?P<STRING>'[^'\\]*(?:(?:''|\\.)[^'\\]*)*')
    | (?P<QUOTED_NAME>"[^"]*(?:""[^"]*)*")
    | (?P<NUMBER>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<WORD>(?i:file)://[^\s;]*|[^\W\d][\w$]*)
    | (?P<VARIABLE>\$\w+)
    | (?P<SYMBOL>::|:=|=>|->>|->|<>|!=|<=|>=|\|\||.)
    """,
    re.DOTALL | re.VERBOSE,
)
#: In characters: as long as a text value is at most, where nothing else is said.
MOST_CHARACTERS = 16_777_216
#: Each takes some 20 microseconds until it is carried out, in which nothing can stop it
#: (*measured*); 16,000 rows of ten values have 400,000.
MOST_TOKENS = 500_000
_TOO_LONG = (
    "the text is too long: it has {has}, and up to {most} are read. Bind long values, insert rows"
    " in several statements, or load them: session.write_pandas, or PUT and COPY INTO."
)
_KINDS = TokenKind.__members__
_OPENERS = {"'": "string", '"': "quoted name", "$$": "$$ string", "/*": "comment"}
_OPENING = frozenset(opener[0] for opener in _OPENERS)
_ESCAPE = re.compile(r"''|\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[0-7]{1,3}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "0": "\0"}


def tokenize(text: str) -> tuple[Token, ...]:
    """All tokens of `text`, comments and white space left out.

    Raises:
        SqlTextError: a string, quoted name or comment is not closed, or the text is too long.
    """
    if len(text) > MOST_CHARACTERS:
        raise _too_long(f"{len(text):,} characters", MOST_CHARACTERS)
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        if skipped := _SKIPPED.match(text, position):
            position = skipped.end()
            continue
        found = _TOKEN.match(text, position)
        if found is None or found.lastgroup is None:  # unreachable: SYMBOL takes any character
            raise SqlTextError("unreadable text", text=text, position=position)
        kind = _KINDS[found.lastgroup]
        if kind is TokenKind.SYMBOL and (what := _opened(text, position)):
            raise SqlTextError(f"unterminated {what} {{place}}", text=text, position=position)
        tokens.append(Token(kind, found[0], found.start(), found.end()))
        position = found.end()
        if len(tokens) > MOST_TOKENS:
            raise _too_long(f"more than {MOST_TOKENS:,} words, values and symbols", MOST_TOKENS)
    return tuple(tokens)


def _too_long(has: str, most: int) -> SqlTextError:
    return SqlTextError(_TOO_LONG.format(has=has, most=f"{most:,}"))


def _opened(text: str, position: int) -> str | None:
    """What begins here, where nothing that is closed does."""
    if text[position] not in _OPENING:
        return None
    return next(
        (what for opener, what in _OPENERS.items() if text.startswith(opener, position)), None
    )


def _unescaped(body: str) -> str:
    def one(found: re.Match[str]) -> str:
        escape = found[1]
        if escape is None:
            return "'"
        if escape[0] in "ux" and len(escape) > 1:
            return chr(int(escape[1:], 16))
        if escape.isdigit() and escape != "0":
            return chr(int(escape, 8)) if set(escape) <= set("01234567") else escape
        return _ESCAPED.get(escape, escape)

    return _ESCAPE.sub(one, body)
