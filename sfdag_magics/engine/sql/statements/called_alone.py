"""Queries that call one system function with texts, and do nothing else. Knows tokens, no tree.

A kernel asks so whether a run has changed, and a task for the values it gets, often: they are read
here and need no translation. What is written in any other way is a query like others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from sqlglot.dialects.snowflake import Snowflake

from sfdag_magics.engine.borders.ports import Bindings, Statement, SystemFunction
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import Token, TokenKind

#: A longer query is none of these.
_MOST_TOKENS = 64
#: A text without escapes that are numbers of characters: two of them may be one character.
_PLAIN = re.compile(r"""(?:[^\\]|\\[\\'"nrt])*""")
#: What may be no name, or not always.
_KEYWORDS = frozenset(Snowflake.Tokenizer.KEYWORDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallAlone:
    """The function, its arguments, and what its column is called."""

    function: SystemFunction
    values: tuple[str, ...]
    column: str


def call_alone(statement: Statement, functions: Mapping[str, SystemFunction]) -> CallAlone | None:
    """The call that `SELECT F('a', 'b')` is, with or without `AS name`; None of others."""
    tokens = statement.tokens
    if not 4 <= len(tokens) <= _MOST_TOKENS or tokens[0].word != "SELECT":
        return None
    function = functions.get(tokens[1].word)
    end = next((at for at, token in enumerate(tokens) if token.text == ")"), None)
    if function is None or end is None or tokens[2].text != "(":
        return None
    inside, behind = tokens[3:end], tokens[end + 1 :]
    values = _values(inside, statement.bindings)
    column = _column(statement.text, tokens[1 : end + 1], behind)
    if values is None or column is None:
        return None
    return CallAlone(function=function, values=values, column=column)


def _values(inside: Sequence[Token], bindings: Bindings) -> tuple[str, ...] | None:
    """The arguments, where each is a plain text, or a `?` and bound to one."""
    are_listed = all(token.text == "," for token in inside[1::2]) and len(inside) != 2
    if not are_listed or isinstance(bindings, Mapping):
        return None
    bound = iter(bindings)
    values = [next(bound, None) if each.text == "?" else _text(each) for each in inside[::2]]
    is_all = next(bound, values) is values  # nothing is bound that is not asked for
    texts = tuple(value for value in values if isinstance(value, str))
    return texts if is_all and len(texts) == len(values) else None


def _text(token: Token) -> str | None:
    is_plain = token.kind is TokenKind.STRING and _PLAIN.fullmatch(token.text) is not None
    return token.value if is_plain else None


def _column(text: str, call: Sequence[Token], behind: Sequence[Token]) -> str | None:
    """The column's name: said by AS, or the call as it is written, without any spaces."""
    match [token.word or token.kind for token in behind]:
        case []:
            is_dense = all(before.end == token.start for before, token in pairwise(call))
            # spaces behind commas are ours, and what a bound value's column is called
            is_written_so = is_dense and len(call) <= 4 and call[2].text != "?"
            return text[call[0].start : call[-1].end].upper() if is_written_so else None
        case ["AS", str()] if _is_name(behind[1]):
            return behind[1].value
        case _:
            return None


def _is_name(token: Token) -> bool:
    if token.kind is TokenKind.QUOTED_NAME:
        return bool(token.value)
    return token.kind is TokenKind.WORD and token.word not in _KEYWORDS
