"""Bound values as DuckDB's parameters: how they are called there, how stored, and of which kinds.

A translation sees of a value no more than its kind, unless it says that it read one. Knows tokens
and values, no tree.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from itertools import pairwise

from sfdag_magics.engine.borders.ports import Statement, Value
from sfdag_magics.engine.sql.names.value_types import type_of_value
from sfdag_magics.engine.sql.translating.translated import parameter_name
from sfdag_magics.engine.sql.values.constants import (
    SemiStructured,
    has_offset,
    stored_with_offset,
)
from sfdag_magics.sqltext import TokenKind

_NAMES = (TokenKind.WORD, TokenKind.QUOTED_NAME, TokenKind.NUMBER)


def parameter_of(name: str) -> str:
    """What DuckDB knows the binding of this name, or of this place, by; a name may be any text."""
    return parameter_name(int(name)) if name.isdigit() else f"n_{name.lower().encode().hex()}_"


def stored(value: Value) -> Value:
    """The value as DuckDB has it."""
    if isinstance(value, SemiStructured):
        return str(value)
    return stored_with_offset(value) if has_offset(value) else value


def kind_of(value: Value) -> Hashable:
    """What a translation sees of a value."""
    semi = value.kind if isinstance(value, SemiStructured) else None
    return type(value), type_of_value(value), semi


def bound_in(statement: Statement) -> Mapping[str, Value]:
    """The values that a statement may use, by what DuckDB knows them by."""
    bindings = statement.bindings
    if not isinstance(bindings, Mapping):
        return {parameter_name(place): value for place, value in enumerate(bindings, 1)}
    by_name = {name.upper(): value for name, value in reversed([*bindings.items()])}
    written = (
        token.text if token.kind is TokenKind.NUMBER else token.value
        for before, token in pairwise(statement.tokens)
        if before.text == ":" and token.kind in _NAMES
    )
    return {
        parameter_of(name): by_name[name.upper()] for name in written if name.upper() in by_name
    }
