"""How a task's condition is built: one expression of constants, calls, comparisons. Pure.

Which words may stand in it `when` knows; here is in which order, and how many arguments a call has.
"""

from __future__ import annotations

from sfdag_magics.graph.sql.predecessor_states import ASKS_OUTCOMES
from sfdag_magics.graph.sql.when import ASKS_STREAM, COMPLETION_STATE, READS_RETURN_VALUE
from sfdag_magics.sqltext import SqlTextError, TokenKind, TokenReader

_COMPARISONS = ("=", "<>", "!=", "<", ">", "<=", ">=")
_OPERATORS = ("+", "-", "*", "/", "%", "||")
_CONSTANTS = ("TRUE", "FALSE", "NULL")
_CASTS = ("CAST", "TRY_CAST")
#: Fewest and most arguments; a conversion may have a format, a precision and a scale.
_ARGUMENTS = {
    READS_RETURN_VALUE: (0, 1),
    ASKS_STREAM: (1, 1),
    ASKS_OUTCOMES: (0, 1),
    COMPLETION_STATE: (1, 1),
}
_OF_CONVERSION = (1, 4)


def check_expression(text: str) -> None:
    """See that a condition is one expression.

    Raises:
        SqlTextError: it is not; says what stands where it cannot.
    """
    reader = TokenReader(text)
    try:
        _expression(reader)
    except RecursionError as problem:
        raise SqlTextError("syntax error: too many parentheses in one another.") from problem
    if not reader.at_end:
        raise reader.unexpected()


def _expression(reader: TokenReader) -> None:
    _comparison(reader)
    while _accepted(reader, "AND", "OR"):
        _comparison(reader)


def _comparison(reader: TokenReader) -> None:
    while reader.accept("NOT"):
        pass
    _sum(reader)
    while _is_tested(reader):
        pass


def _is_tested(reader: TokenReader) -> bool:
    """Reads what a value is compared with or tested for, where something is."""
    if _accepted(reader, *_COMPARISONS):
        _sum(reader)
        return True
    if reader.accept("IS"):
        reader.accept("NOT")
        if not _accepted(reader, *_CONSTANTS):
            raise reader.unexpected("NULL, TRUE or FALSE")
        return True
    is_negated = reader.accept("NOT")
    if reader.accept("IN"):
        reader.expect("(")
        _items(reader)
    elif _accepted(reader, "LIKE", "ILIKE"):
        _sum(reader)
    elif reader.accept("BETWEEN"):
        _sum(reader)
        reader.expect("AND")
        _sum(reader)
    elif is_negated:
        raise reader.unexpected("IN, LIKE, ILIKE or BETWEEN")
    else:
        return False
    return True


def _sum(reader: TokenReader) -> None:
    _value(reader)
    while _accepted(reader, *_OPERATORS):
        _value(reader)


def _value(reader: TokenReader) -> None:
    while _accepted(reader, "+", "-"):
        pass
    token = reader.peek()
    if reader.accept("("):
        _expression(reader)
        reader.expect(")")
    elif _accepted(reader, *_CASTS):
        _cast(reader)
    elif token is not None and token.kind in (TokenKind.STRING, TokenKind.NUMBER):
        reader.take()
    elif not _accepted(reader, *_CONSTANTS):
        _call(reader)
    while reader.accept("::"):
        _type(reader)


def _cast(reader: TokenReader) -> None:
    reader.expect("(")
    _expression(reader)
    reader.expect("AS")
    _type(reader)
    reader.expect(")")


def _call(reader: TokenReader) -> None:
    token = reader.peek()
    if token is None or not (token.word in _ARGUMENTS or token.word.startswith("TO_")):
        raise reader.unexpected("a value")
    reader.take()
    reader.expect("(")
    fewest, most = _ARGUMENTS.get(token.word, _OF_CONVERSION)
    count = 0 if reader.accept(")") else _items(reader)
    if not fewest <= count <= most:
        takes = str(most) if fewest == most else f"{fewest} to {most}"
        raise SqlTextError(f"{token.word} has {count} arguments and takes {takes}.")


def _items(reader: TokenReader) -> int:
    """Reads values up to the parenthesis that ends them; how many they are."""
    _expression(reader)
    count = 1
    while reader.accept(","):
        _expression(reader)
        count += 1
    reader.expect(")")
    return count


def _type(reader: TokenReader) -> None:
    token = reader.peek()
    if token is None or token.kind is not TokenKind.WORD:
        raise reader.unexpected("a type")
    reader.take()
    if reader.accept("("):
        _items(reader)


def _accepted(reader: TokenReader, *words: str) -> bool:
    return any(reader.accept(word) for word in words)
