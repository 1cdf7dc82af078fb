"""What stands in front of a task's body, made readable: DEFINE, session variables, templates.

A property whose value nobody knows before the script runs is taken out and named. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sfdag_magics.client.importing.templates import has_template
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import Token, TokenKind, tokenize

_AS_CREATED = "CREATE OR ALTER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A statement that the grammar reads.

    Attributes:
        left: the properties that were taken out, as they stood there.
    """

    text: str
    left: tuple[str, ...] = ()


def prepared(statement: str, variables: Mapping[str, str]) -> Prepared:
    """A statement on a task, with what stands in its header replaced or taken out.

    Args:
        variables: `{name: a literal}` of the session, as SET gave them.
    """
    tokens = tokenize(statement)
    edits: list[tuple[int, int, str]] = []
    left: list[str] = []
    if tokens[0].word == "DEFINE":
        edits.append((tokens[0].start, tokens[0].end, _AS_CREATED))
    header = tokens[: _header_length(tokens)]
    for first, last in _values(header):
        known = _known(header[last], variables) if first.word else None
        if known is not None:
            edits.append((header[last].start, header[last].end, known))
        else:
            left.append(statement[first.start : header[last].end])
            edits.append((first.start, header[last].end, ""))
    taken = {start for start, _, _ in edits}
    for token in header:
        known = _known(token, variables)
        if known is not None and token.start not in taken:
            edits.append((token.start, token.end, known))
    return Prepared(text=_edited(statement, edits), left=tuple(left))


def _header_length(tokens: Sequence[Token]) -> int:
    """How many tokens stand before AS; all of them where there is no body."""
    depth = 0
    for index, token in enumerate(tokens):
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        # EXECUTE AS USER is a clause.
        if token.word == "AS" and not depth and tokens[index - 1].word != "EXECUTE":
            return index
    return len(tokens)


def _values(header: Sequence[Token]) -> Iterator[tuple[Token, int]]:
    """The name of each property whose value is no literal, and where that value ends."""
    for index, (name, equals, value) in enumerate(
        zip(header, header[1:], header[2:], strict=False)
    ):
        # What FINALIZE names is a task, and its place is known of tasks.
        if not name.word or equals.text != "=" or name.word == "FINALIZE":
            continue
        # `&variable` of SnowSQL, and `<your_warehouse>` that a person is to fill in.
        length = {"&": 3, "<": 4}.get(value.text, 0)
        if length and index + length < len(header):
            yield name, index + length
        elif value.kind is TokenKind.VARIABLE or has_template(value.text):
            yield name, _name_end(header, index + 2)


def _name_end(header: Sequence[Token], at: int) -> int:
    """Where a name of several parts ends."""
    while at + 2 < len(header) and header[at + 1].text == ".":
        at += 2
    return at


def _known(token: Token, variables: Mapping[str, str]) -> str | None:
    if token.kind is not TokenKind.VARIABLE:
        return None
    return variables.get(token.text[1:].upper())


def _edited(text: str, edits: Sequence[tuple[int, int, str]]) -> str:
    for start, end, instead in sorted(edits, reverse=True):
        text = text[:start] + instead + text[end:]
    return text
