"""A cursor over tokens, for the small hand-written parsers. Knows how to read and to complain."""

from __future__ import annotations

from sfdag_magics.sqltext.lexer import SqlTextError, Token, TokenKind, tokenize
from sfdag_magics.sqltext.names import RESERVED, QualifiedName

_NAMES = (TokenKind.WORD, TokenKind.QUOTED_NAME)
_STRINGS = (TokenKind.STRING, TokenKind.DOLLAR_STRING)


class TokenReader:
    """Reads one statement from left to right; every refusal names the token and its place."""

    def __init__(self, text: str, tokens: tuple[Token, ...] | None = None) -> None:
        self.text = text
        self._tokens = tokenize(text) if tokens is None else tokens
        self._next = 0

    @property
    def at_end(self) -> bool:
        """Whether everything was read."""
        return self._next >= len(self._tokens)

    @property
    def position(self) -> int:
        """The offset of the next token in the text, or the text's length at its end."""
        return len(self.text) if self.at_end else self._tokens[self._next].start

    @property
    def previous_end(self) -> int:
        """The offset after the token that was read last; 0 before the first."""
        return self._tokens[self._next - 1].end if self._next else 0

    def peek(self, ahead: int = 0) -> Token | None:
        """A coming token without reading it, or None past the end."""
        index = self._next + ahead
        return self._tokens[index] if index < len(self._tokens) else None

    def peek_words(self, *words: str) -> bool:
        """Whether the coming tokens are just these words or symbols."""
        return all(self._is(self.peek(ahead), word) for ahead, word in enumerate(words))

    def take(self) -> Token:
        """The next token.

        Raises:
            SqlTextError: there is none.
        """
        token = self.peek()
        if token is None:
            raise self.unexpected()
        self._next += 1
        return token

    def accept(self, *words: str) -> bool:
        """Read these words or symbols if they all come next, in this order."""
        if not self.peek_words(*words):
            return False
        self._next += len(words)
        return True

    def expect(self, *words: str) -> None:
        """Read just these words or symbols.

        Raises:
            SqlTextError: something else comes next.
        """
        for word in words:
            if not self.accept(word):
                raise self.unexpected(word)

    def identifier(self) -> str:
        """A stored name: a word upper-cased, a quoted name as written."""
        token = self.peek()
        if token is None or token.kind not in _NAMES:
            raise self.unexpected("a name")
        return self.take().value

    def qualified_name(self) -> QualifiedName:
        """A name of one to three parts (`DB..T` has the schema PUBLIC)."""
        parts = [self.identifier()]
        while self.accept("."):
            parts.append("PUBLIC" if self.peek_words(".") else self.identifier())
        if len(parts) > 3:
            raise self.unexpected("a name of at most three parts")
        name, schema, database = [*parts[::-1], None, None][:3]
        return QualifiedName(str(name), schema, database)

    def check_new_name(self) -> None:
        """See that none of the coming name's parts is a word that names nothing without quotes.

        Raises:
            SqlTextError: one is.
        """
        ahead = 0
        while (token := self.peek(ahead)) is not None:
            self._check_name(token)
            if not self._is(self.peek(ahead + 1), "."):
                return
            ahead += 2

    def check_new_columns(self) -> None:
        """The same of each column of the list in parentheses that may come.

        Raises:
            SqlTextError: one is called by such a word.
        """
        ahead = depth = 0
        while (token := self.peek(ahead)) is not None:
            depth += {"(": 1, ")": -1}.get(token.text, 0)
            if depth == 0:
                return
            begins, first = depth == 1 and token.text in {"(", ","}, self.peek(ahead + 1)
            is_constraint = self._is(self.peek(ahead + 2), "(")  # UNIQUE (a, b)
            if begins and first is not None and not is_constraint:
                self._check_name(first)
            ahead += 1

    def _check_name(self, token: Token) -> None:
        if token.word in RESERVED:
            raise SqlTextError(
                f"syntax error {{place}} unexpected '{token.text}', a reserved word:"
                " as a name it stands in double quotes.",
                text=self.text,
                position=token.start,
            )

    def string(self) -> str:
        """A string literal's value."""
        token = self.peek()
        if token is None or token.kind not in _STRINGS:
            raise self.unexpected("a string")
        return self.take().value

    def integer(self) -> int:
        """A whole number, with its sign."""
        sign = -1 if self.accept("-") else 1
        token = self.peek()
        if token is None or not token.text.isdigit():
            raise self.unexpected("a whole number")
        return sign * int(self.take().text)

    def boolean(self) -> bool:
        """TRUE or FALSE."""
        if self.accept("TRUE"):
            return True
        self.expect("FALSE")
        return False

    def rest(self) -> str:
        """All text from here on, as it was written; reads to the end."""
        text = self.text[self.position :].strip()
        self._next = len(self._tokens)
        return text

    def parenthesized(self) -> str:
        """The text between the coming pair of parentheses, as written, without them."""
        start = self.position + 1
        depth = 0
        while True:
            token = self.take()
            depth += {"(": 1, ")": -1}.get(token.text, 0)
            if depth == 0 and token.text == ")":
                return self.text[start : token.start]
            if depth == 0:
                raise self.unexpected("(")

    def unexpected(self, wanted: str | None = None) -> SqlTextError:
        """The error for what comes next, in Snowflake's words."""
        token = self.peek()
        got = "<EOF>" if token is None else token.text
        expected = f" (expected {wanted})" if wanted else ""
        return SqlTextError(
            f"syntax error {{place}} unexpected '{got}'{expected}.",
            text=self.text,
            position=self.position,
        )

    @staticmethod
    def _is(token: Token | None, word: str) -> bool:
        if token is None:
            return False
        return token.word == word or (token.kind is TokenKind.SYMBOL and token.text == word)
