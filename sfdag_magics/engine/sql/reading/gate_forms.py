"""Forms that the gate reads many statements by: a word, a noun or a name behind the first word.

Each makes a reader that goes on behind the first word and answers with the kind. Knows no
statement.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sfdag_magics.engine.borders.answers import unsupported
from sfdag_magics.sqltext import TokenReader

#: Reads on behind a statement's first word, as far as its kind needs it.
KindReader = Callable[[TokenReader], str]


def just(kind: str) -> KindReader:
    """Reads nothing: the first word says it."""

    def read(reader: TokenReader) -> str:
        return kind

    return read


def with_noun(verb: str, nouns: Mapping[str, str]) -> KindReader:
    """Reads the longest of `nouns` that comes next; the kind is the verb and what it stands for."""
    longest_first = sorted(nouns, key=lambda noun: -len(noun.split()))

    def read(reader: TokenReader) -> str:
        for noun in longest_first:
            if reader.accept(*noun.split()):
                return f"{verb} {nouns[noun]}"
        following = reader.peek()
        raise unsupported(f"{verb} {following.text.upper() if following else ''}".rstrip())

    return read


def followed_by(verb: str, word: str, kind: str | None = None) -> KindReader:
    """Reads `word`, without which the statement is another system's."""

    def read(reader: TokenReader) -> str:
        if not reader.accept(word):
            following = reader.peek()
            raise unsupported(f"{verb} {following.text.upper() if following else ''}".rstrip())
        return kind or verb

    return read


def named(verb: str) -> KindReader:
    """Reads a name, or a name computed by IDENTIFIER(…) or bound."""

    def read(reader: TokenReader) -> str:
        if not reader.peek_words("?") and not reader.peek_words(":"):
            reader.identifier()
        return verb

    return read


def ending(verb: str) -> KindReader:
    """Reads what may stand behind COMMIT and ROLLBACK."""

    def read(reader: TokenReader) -> str:
        reader.accept("WORK")
        nothing_more(reader)
        return verb

    return read


def nothing_more(reader: TokenReader) -> None:
    """Refuse whatever follows."""
    if not reader.at_end:
        raise reader.unexpected()
