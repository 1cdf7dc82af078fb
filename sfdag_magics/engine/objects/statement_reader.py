"""Reads the statements of objects: names, bound values, stage locations, `KEY = value` options.

Knows how Snowflake spells them; knows no object.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sfdag_magics.engine.borders.answers import SqlError, unsupported
from sfdag_magics.engine.borders.ports import Statement, Value
from sfdag_magics.sqltext import QualifiedName, TokenKind, TokenReader

#: An option's value: text (words upper-case), number, truth, list, or options in parentheses.
OptionValue = str | int | bool | tuple[str, ...] | Mapping[str, Any]

_NAME = r'(?:"(?:[^"]|"")*"|[\w$]+)'
#: A location as it is written without quotes; it ends where white space or punctuation does.
LOCATION = re.compile(rf"@(?:~|(?:{_NAME}\.)*%?{_NAME}|(?:{_NAME}\.)*%{_NAME})(?:/[^\s,;()']*)?")
#: How the registry names the files of a model's version.
MODEL_URL = "snow://model/"
_STRINGS = (TokenKind.STRING, TokenKind.DOLLAR_STRING)
_TRUTH = {"TRUE": True, "FALSE": False}


class StatementReader(TokenReader):
    """A `TokenReader` over a whole statement that also knows its bound values."""

    def __init__(self, statement: Statement) -> None:
        super().__init__(statement.text, statement.tokens)
        self._tokens_of = statement.tokens
        self._bindings = statement.bindings

    def seek(self, index: int) -> None:
        """Read on at the token of this index."""
        self._next = index

    def index(self) -> int:
        """The index of the next token."""
        return self._next

    def accept_any(self, *words: str) -> bool:
        """Read every one of these words that comes next, in whatever order."""
        accepted = False
        while any(self.accept(word) for word in words):
            accepted = True
        return accepted

    def object_name(self) -> QualifiedName:
        """A name, written out or as IDENTIFIER('…'), IDENTIFIER(?) or IDENTIFIER(:1)."""
        if not self.peek_words("IDENTIFIER", "("):
            return self.qualified_name()
        self.expect("IDENTIFIER", "(")
        text = str(self.bound_value()) if self._at_binding() else self.string()
        self.expect(")")
        return name_from_text(text)

    def text_value(self) -> str:
        """A string, written out or bound."""
        return str(self.bound_value()) if self._at_binding() else self.string()

    def location(self) -> str:
        """A stage location, quoted or not, with its `@`.

        Raises:
            SqlError: it is one of a cloud's, or of another Snowflake object than a model.
        """
        token = self.peek()
        if token is not None and (token.kind in _STRINGS or self._at_binding()):
            text = self.text_value()
        else:
            found = LOCATION.match(self.text, self.position)
            if found is None:
                raise self.unexpected("a stage location")
            text = found[0]
            while (following := self.peek()) is not None and following.start < found.end():
                self.take()
        if text.startswith(MODEL_URL):
            return text
        if "://" in text and not text.startswith("@"):
            raise unsupported(f"The location {text.partition('://')[0]}://…")
        if not text.startswith("@"):
            raise SqlError(f"SQL compilation error:\ninvalid URL prefix found in: '{text}'")
        return text

    def options(self) -> dict[str, OptionValue]:
        """`KEY = value` pairs up to the end or a closing parenthesis, with or without commas."""
        read: dict[str, OptionValue] = {}
        while not self.at_end and not self.peek_words(")"):
            key = self.identifier()
            if key == "WITH" and self.peek_words("TAG"):
                raise unsupported("WITH TAG")
            self.expect("=")
            read[key] = self.option_value()
            self.accept(",")
        return read

    def option_value(self) -> OptionValue:
        """What stands behind the `=` of an option."""
        if self.accept("("):
            return self._in_parentheses()
        if self._at_binding():
            value: OptionValue = self.bound_value()
            return value
        token = self.peek()
        if token is not None and token.kind in _STRINGS:
            return self.string()
        if token is not None and (token.kind is TokenKind.NUMBER or token.text == "-"):
            return self.integer()
        return self._word_or_name()

    def _in_parentheses(self) -> OptionValue:
        """Options, or a list of values."""
        following = self.peek(1)
        if self.accept(")"):
            return ()
        if following is not None and following.text == "=":
            nested = self.options()
            self.expect(")")
            return nested
        listed: list[str] = []
        while not self.accept(")"):
            listed.append(str(self.option_value()))
            self.accept(",")
        return tuple(listed)

    def _word_or_name(self) -> OptionValue:
        """A word, as TRUE, CSV or SKIP_FILE_10%, or the name of an object as it was written."""
        start = self.position
        if self.peek_words("@"):
            return self.location()
        first = self.identifier()
        if self.peek_words("."):
            while self.accept("."):
                self.identifier()
            return self.text[start : self.position].strip()
        if self.text[start] == '"':
            return self.text[start : self.position].strip()
        return f"{first}%" if self.accept("%") else _TRUTH.get(first, first)

    def _at_binding(self) -> bool:
        return self.peek_words("?") or self.peek_words(":")

    def bound_value(self) -> Value:
        """The value of a `?`, `:1` or `:name`.

        Raises:
            SqlError: no value was bound to it.
        """
        token = self.take()
        key: int | str
        if token.text == "?":
            key = sum(each.text == "?" and each.start < token.start for each in self._tokens_of)
        else:
            name = self.take()
            key = int(name.text) - 1 if name.text.isdigit() else name.value
        try:
            if isinstance(self._bindings, Sequence) and isinstance(key, int):
                return self._bindings[key]
            if isinstance(self._bindings, Mapping):
                spelled = {name.upper(): value for name, value in self._bindings.items()}
                return spelled[str(key).upper()]
        except (IndexError, KeyError):
            pass
        raise SqlError("SQL compilation error:\nBind variable not set.", code=2049)


@lru_cache(maxsize=1000)  # the same few places, at each call of what lies there
def name_from_text(text: str) -> QualifiedName:
    """The stored name that SQL text spells, such as `db."my schema".t`.

    Raises:
        SqlTextError: it is not just a name.
    """
    reader = TokenReader(text)
    name = reader.qualified_name()
    if not reader.at_end:
        raise reader.unexpected()
    return name


def truth(value: OptionValue) -> bool:
    """An option's value as true or false; clients also write 'TRUE' with quotes."""
    if isinstance(value, str) and value.upper() in _TRUTH:
        return _TRUTH[value.upper()]
    if isinstance(value, bool):
        return value
    raise SqlError(f"SQL compilation error:\ninvalid value [{value}] where TRUE or FALSE belongs.")


def listed(value: OptionValue) -> tuple[str, ...]:
    """An option's value as a list; one alone is a list of one."""
    return value if isinstance(value, tuple) else (str(value),)
