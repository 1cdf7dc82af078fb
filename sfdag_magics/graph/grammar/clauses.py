"""Clauses of TASK statements beside its properties: names, tags and contacts, read and written.

A name is bare, in single quotes, as clients write it, or IDENTIFIER('…'). Knows no statement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import (
    QualifiedName,
    SqlTextError,
    TokenKind,
    TokenReader,
    quoted_string,
    sql_identifier,
)

#: Snowflake docs, "Object tagging": characters of a tag's value.
MOST_OF_A_TAG = 256
_STRINGS = (TokenKind.STRING, TokenKind.DOLLAR_STRING)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTag:
    """`name = 'value'` of TAG."""

    name: QualifiedName
    value: str


def object_name(reader: TokenReader) -> QualifiedName:
    """The coming name of an object."""
    is_called = reader.accept("IDENTIFIER", "(")
    token = reader.peek()
    if not is_called and (token is None or token.kind not in _STRINGS):
        return reader.qualified_name()
    inner = TokenReader(reader.string())
    name = inner.qualified_name()
    if not inner.at_end:
        raise inner.unexpected("a name")
    if is_called:
        reader.expect(")")
    return name


def single_name(reader: TokenReader) -> str:
    """The coming name of something that lies in no schema."""
    position, name = reader.position, object_name(reader)
    if name.schema is not None:
        raise SqlTextError(
            f"invalid identifier '{name.sql()}': it has one part",
            text=reader.text,
            position=position,
        )
    return name.name


def read_names(reader: TokenReader) -> tuple[QualifiedName, ...]:
    """Names with commas between them."""
    names = [object_name(reader)]
    while reader.accept(","):
        names.append(object_name(reader))
    return tuple(names)


def read_tags(reader: TokenReader) -> tuple[SetTag, ...]:
    """`name = 'value', …`, each tag once."""
    tags = [_tag(reader)]
    while reader.accept(","):
        tags.append(_tag(reader))
        if tags[-1].name in [tag.name for tag in tags[:-1]]:
            raise SqlTextError(f"duplicate tag '{tags[-1].name.sql()}'", text=reader.text)
    return tuple(tags)


def _tag(reader: TokenReader) -> SetTag:
    name = object_name(reader)
    reader.expect("=")
    position, value = reader.position, reader.string()
    if len(value) > MOST_OF_A_TAG:
        raise SqlTextError(
            f"Tag value of {name.sql()} has {len(value)} characters, and a tag value has at most"
            f" {MOST_OF_A_TAG}",
            text=reader.text,
            position=position,
        )
    return SetTag(name=name, value=value)


def read_contacts(reader: TokenReader, ends: Callable[[str], bool]) -> dict[str, str]:
    """`purpose = contact, …`, up to a name behind a comma that `ends` says is no purpose."""
    contacts: dict[str, str] = {}
    while True:
        purpose = reader.identifier()
        reader.expect("=")
        if purpose in contacts:
            raise SqlTextError(f"duplicate contact purpose '{purpose}'", text=reader.text)
        contacts[purpose] = object_name(reader).sql()
        following, equals = reader.peek(1), reader.peek(2)
        if following is None or equals is None or equals.text != "=" or ends(following.word):
            return contacts
        reader.expect(",")


def name_list(names: Sequence[QualifiedName]) -> str:
    """Names as SQL reads them back."""
    return ", ".join(name.sql() for name in names)


def tag_list(tags: Sequence[SetTag]) -> str:
    """Tags as SQL reads them back."""
    return ", ".join(f"{tag.name.sql()} = {quoted_string(tag.value)}" for tag in tags)


def contact_list(contacts: Mapping[str, str]) -> Iterator[str]:
    """Each contact as SQL reads it back."""
    for purpose, contact in contacts.items():
        yield f"{sql_identifier(purpose)} = {contact}"
