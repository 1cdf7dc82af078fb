"""Whether a block of Snowflake Scripting is whole, and its statements, by its words. Pure.

A block may be the statement itself, or the constant text that EXECUTE IMMEDIATE is given.

Told is only what no block of any kind can be: one without its END, an IF without END IF, and two
assignments in one statement. What stands in its statements is read where it runs, or by whoever
asks for those that mean the same without the block.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import BEFORE_STATEMENTS, TRANSACTION, Token, TokenKind, begins_statement

#: How many characters stand at each end of a constant text.
_QUOTED = {TokenKind.STRING: 1, TokenKind.DOLLAR_STRING: 2}
#: What a block may say without declaring it.
_ALWAYS_THERE = frozenset(
    {"SQLROWCOUNT", "SQLFOUND", "SQLNOTFOUND", "SQLID", "SQLERRM", "SQLCODE", "SQLSTATE"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with a block, at which of its tokens, and what to do."""

    at: Token
    message: str
    hint: str


def block_faults(tokens: Sequence[Token]) -> Iterator[Fault]:
    """What is wrong with the block that a text is; nothing where it is none."""
    if not _is_block(tokens):
        return
    yield from _two_assignments(tokens)
    yield from _open_ifs(tokens)
    yield from _loops_over_queries(tokens)
    last = next((token for token in reversed(tokens) if token.text != ";"), tokens[0])
    if last.word != "END":
        opening = tokens[0]
        yield Fault(
            at=opening,
            message=f"the block that {opening.text!r} opens has no END",
            hint="write END; as its last line",
        )


def statements_in(
    tokens: Sequence[Token], words: Collection[str]
) -> Iterator[Sequence[Token]] | None:
    """A block's statements that begin with these words and use none of its own names.

    Also the queries of its cursors; None of what is no block.
    """
    return _statements(tokens, words, _own_names(tokens)) if _is_block(tokens) else None


def immediate_text(text: str, tokens: Sequence[Token]) -> str | None:
    """What EXECUTE IMMEDIATE is given, where that is one constant and nothing is bound to it.

    It stands where it stood: what is before it is blank, so that lines and offsets stay.
    """
    words = [token.word for token in tokens[:2]]
    given = [token for token in tokens[2:] if token.text != ";"]
    if words != ["EXECUTE", "IMMEDIATE"] or len(given) != 1 or given[0].kind not in _QUOTED:
        return None
    constant, width = given[0], _QUOTED[given[0].kind]
    inner = constant.text[width:-width]
    if inner != constant.value:  # with escapes its offsets would be others
        return None
    return re.sub(r"\S", " ", text[: constant.start] + " " * width) + inner


def _statements(
    tokens: Sequence[Token], words: Collection[str], own: Collection[str]
) -> Iterator[Sequence[Token]]:
    start: int | None = None
    for index, token in enumerate(tokens):
        if token.text == ";":
            found = tokens[start:index] if start is not None else ()
            if found and not any(each.value in own for each in found):
                yield found
            start = None
        elif start is None and token.word in words and index and _stands_alone(tokens, index):
            start = index


def _stands_alone(tokens: Sequence[Token], index: int) -> bool:
    before = [token.word for token in tokens[max(0, index - 2) : index]]
    return begins_statement(tokens[index - 1]) or before == ["CURSOR", "FOR"]


def _own_names(tokens: Sequence[Token]) -> frozenset[str]:
    """Variables, cursors, result sets and exceptions of the block and of those within it."""
    found, declaring = set(_ALWAYS_THERE), False
    for index, token in enumerate(tokens[:-1]):
        following = tokens[index + 1]
        if token.word in ("DECLARE", "BEGIN"):
            declaring = token.word == "DECLARE"
        is_declared = declaring and (token.word == "DECLARE" or token.text == ";")
        is_let = token.word in ("LET", "FOR") and index and begins_statement(tokens[index - 1])
        if is_declared or is_let:
            found.add(following.value)
    return frozenset(found)


def _is_block(tokens: Sequence[Token]) -> bool:
    first, second = [*tokens[:2], None, None][:2]
    if first is None or first.word not in ("BEGIN", "DECLARE"):
        return False
    return second is not None and second.text != ";" and second.word not in TRANSACTION


def _two_assignments(tokens: Sequence[Token]) -> Iterator[Fault]:
    """Statements with a second `:=`: the semicolon before it is missing."""
    assigned: int | None = None
    for index, token in enumerate(tokens):
        if token.text == ";" or token.word in BEFORE_STATEMENTS:
            assigned = None
        elif token.text == ":=" and assigned is None:
            assigned = index
        elif token.text == ":=" and assigned is not None:
            words = [each.word for each in tokens[assigned:index]]
            begins = assigned + words.index("LET") if "LET" in words else index - 1
            before = tokens[begins - 1]
            yield Fault(
                at=before,
                message=f"a semicolon is missing behind {before.text!r}, before "
                f"{tokens[begins].text!r}",
                hint=f"write {before.text}; there",
            )
            return


def _loops_over_queries(tokens: Sequence[Token]) -> Iterator[Fault]:
    """FOR goes over a cursor or a RESULTSET (docs: snowflake-scripting/for), and no query."""
    for index, token in enumerate(tokens):
        words = [each.word or each.text for each in tokens[index + 2 : index + 5]]
        is_loop = token.word == "FOR" and index and begins_statement(tokens[index - 1])
        if is_loop and words[:2] == ["IN", "("] and words[2:] in (["SELECT"], ["WITH"]):
            name = tokens[index + 1].text
            yield Fault(
                at=token,
                message="a FOR of its block goes over a query: it takes a RESULTSET or a cursor",
                hint=f"LET found RESULTSET := (SELECT …); FOR {name} IN found DO … there",
            )
            return


def _open_ifs(tokens: Sequence[Token]) -> Iterator[Fault]:
    opened: list[Token] = []
    for index, token in enumerate(tokens):
        if token.word != "IF":
            continue
        if tokens[index - 1].word == "END":
            del opened[-1:]
        elif begins_statement(tokens[index - 1]):
            opened.append(token)
    if opened:
        yield Fault(
            at=opened[-1], message="an IF of its block has no END IF", hint="write END IF; there"
        )
