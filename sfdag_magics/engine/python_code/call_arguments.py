"""The arguments of a CALL: read from SQL, evaluated, matched to an overload's parameters.

Literals and bound values are taken as they are; anything else is evaluated by the session, all of
the arguments in one query.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, timedelta, timezone
from decimal import Decimal
from typing import Any

from sfdag_magics.engine.borders.answers import SfType, SqlError
from sfdag_magics.engine.borders.ports import Bindings, SqlSession
from sfdag_magics.engine.objects.code_definitions import Definition, Parameter
from sfdag_magics.engine.objects.statement_reader import StatementReader
from sfdag_magics.engine.workers.values import ConversionError, Encoded, encoded
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import Token, TokenKind

_SEMISTRUCTURED = (SfType.VARIANT, SfType.OBJECT, SfType.ARRAY)
_TIMES = (SfType.DATE, SfType.TIMESTAMP_NTZ, SfType.TIMESTAMP_LTZ, SfType.TIMESTAMP_TZ)
_KEYWORDS: Mapping[str, bool | None] = {"TRUE": True, "FALSE": False, "NULL": None}
#: How far apart two families are; what is not here, and not the same, does not convert.
_COSTS: Mapping[tuple[SfType, SfType], int] = {
    (SfType.FIXED, SfType.REAL): 1,
    (SfType.REAL, SfType.FIXED): 2,
    **{(source, target): 1 for source in _TIMES for target in _TIMES if source is not target},
    **{(source, SfType.TEXT): 3 for source in SfType if source not in _SEMISTRUCTURED},
    **{
        (SfType.TEXT, target): 4
        for target in (SfType.FIXED, SfType.REAL, SfType.BOOLEAN, SfType.TIME, *_TIMES)
    },
    **{(SfType.VARIANT, target): 2 for target in SfType},
    **{(source, SfType.VARIANT): 5 for source in SfType},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """One argument, evaluated; `family` is None of an untyped NULL or bound value None."""

    value: Any
    family: SfType | None
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """One argument as it stands in the text."""

    name: str | None
    text: str
    tokens: tuple[Token, ...]
    start: int


def read_arguments(
    reader: StatementReader, session: SqlSession, bindings: Bindings
) -> tuple[Argument, ...]:
    """Reads `(a, b => c)` and evaluates it.

    Raises:
        SqlError: an expression cannot be evaluated.
    """
    written = _written(reader)
    simple = [_literal(argument) for argument in written]
    if all(argument is not None for argument in simple):
        return tuple(argument for argument in simple if argument is not None)
    return _evaluated(written, session, bindings)


def matched(
    overloads: Sequence[Definition], arguments: Sequence[Argument]
) -> tuple[Definition, dict[str, Argument]] | None:
    """The overload that fits best, and the arguments by parameter name; None where none fits."""
    fitting = [
        (cost, index, definition, bound)
        for index, definition in enumerate(overloads)
        if (bound := _bound(definition, arguments)) is not None
        and (cost := _cost(definition, bound)) is not None
    ]
    if not fitting:
        return None
    _cost_of_it, _index, definition, bound = min(fitting, key=lambda fit: fit[:2])
    return definition, bound


def values_for(
    definition: Definition, bound: Mapping[str, Argument], session: SqlSession
) -> tuple[Encoded, ...]:
    """The values for a definition's parameters in their JSON form, defaults filled in.

    Raises:
        SqlError: a value does not convert to its parameter's type.
    """
    return tuple(
        _converted(_argument_or_default(parameter, bound, session), parameter)
        for parameter in definition.parameters
    )


def argument_types(arguments: Sequence[Argument]) -> str:
    """The families of arguments as an error message lists them."""
    names = {SfType.FIXED: "NUMBER", SfType.TEXT: "VARCHAR", SfType.REAL: "FLOAT", None: "NULL"}
    listed = [names.get(argument.family, str(argument.family)) for argument in arguments]
    return f"({', '.join(listed)})"


def _written(reader: StatementReader) -> list[_Written]:
    reader.expect("(")
    written: list[_Written] = []
    while not reader.accept(")"):
        if written:
            reader.expect(",")
        following = reader.peek(1)
        name = None
        if following is not None and following.text == "=>":
            name = reader.identifier()
            reader.expect("=>")
        written.append(_one(reader, name))
    return written


def _one(reader: StatementReader, name: str | None) -> _Written:
    start = end = reader.position
    tokens: list[Token] = []
    depth = 0
    while depth or not (reader.peek_words(",") or reader.peek_words(")")):
        token = reader.take()
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(token.text, 0)
        tokens.append(token)
        end = token.end
    if not tokens:
        raise reader.unexpected("an argument")
    return _Written(name=name, text=reader.text[start:end], tokens=tuple(tokens), start=start)


def _literal(written: _Written) -> Argument | None:
    """The argument, if it is a literal and nothing more."""
    tokens = written.tokens
    negative = tokens[0].text == "-" and len(tokens) == 2
    token = tokens[-1]
    if len(tokens) > 1 and not negative:
        return None
    if token.kind in (TokenKind.STRING, TokenKind.DOLLAR_STRING) and not negative:
        return Argument(value=token.value, family=SfType.TEXT, name=written.name)
    if token.kind is TokenKind.NUMBER:
        family = SfType.REAL if "e" in token.text.lower() else SfType.FIXED
        number = Decimal(token.text) if family is SfType.FIXED else float(token.text)
        return Argument(value=-number if negative else number, family=family, name=written.name)
    if token.word in _KEYWORDS and not negative:
        value = _KEYWORDS[token.word]
        family_of = None if value is None else SfType.BOOLEAN
        return Argument(value=value, family=family_of, name=written.name)
    return None


def _evaluated(
    written: Sequence[_Written], session: SqlSession, bindings: Bindings
) -> tuple[Argument, ...]:
    expressions = ", ".join(
        f"({argument.text}\n) AS A{index}" for index, argument in enumerate(written)
    )
    result = session.execute_over(f"SELECT {expressions}", {}, bindings=bindings)
    row = [column[0].as_py() for column in result.rows.columns]
    return tuple(
        Argument(
            value=value,
            family=None if value is None else column.type,
            name=argument.name,
        )
        for value, column, argument in zip(row, result.columns, written, strict=True)
    )


def _bound(definition: Definition, arguments: Sequence[Argument]) -> dict[str, Argument] | None:
    parameters = definition.parameters
    positional = [argument for argument in arguments if argument.name is None]
    named = {argument.name: argument for argument in arguments if argument.name is not None}
    if len(positional) > len(parameters) or len(positional) + len(named) < len(arguments):
        return None
    bound = {
        parameter.name: argument
        for parameter, argument in zip(parameters, positional, strict=False)
    }
    for name, argument in named.items():
        if name in bound or name not in {parameter.name for parameter in parameters}:
            return None
        bound[name] = argument
    missing = [parameter for parameter in parameters if parameter.name not in bound]
    return None if any(parameter.default is None for parameter in missing) else bound


def _cost(definition: Definition, bound: Mapping[str, Argument]) -> int | None:
    total = 0
    for parameter in definition.parameters:
        argument = bound.get(parameter.name)
        if argument is None:
            total += 1  # an overload without the default parameter fits better
            continue
        target = parameter.declared.family
        if argument.family in (None, target):
            continue
        cost = _COSTS.get((argument.family, target)) if argument.family else 0
        if cost is None:
            return None
        total += cost
    return total


def _argument_or_default(
    parameter: Parameter, bound: Mapping[str, Argument], session: SqlSession
) -> Argument:
    argument = bound.get(parameter.name)
    if argument is not None:
        return argument
    result = session.execute_over(f"SELECT ({parameter.default}\n) AS A", {})
    return Argument(value=result.rows.column(0)[0].as_py(), family=result.columns[0].type)


def _converted(argument: Argument, parameter: Parameter) -> Encoded:
    value, target = argument.value, parameter.declared
    if value is None:
        return None
    if argument.family in _SEMISTRUCTURED:
        if target.family in _SEMISTRUCTURED:
            return value
        value = json.loads(value)
    if argument.family is SfType.TIMESTAMP_TZ and isinstance(value, Mapping):
        value = _with_offset(value)
    try:
        return encoded(value, target)
    except ConversionError as problem:
        raise SqlError(
            f"SQL compilation error:\n{problem} of parameter {parameter.name}", code=1044
        ) from problem


def _with_offset(value: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a datetime, or None
    zone = timezone(timedelta(minutes=value["offset_minutes"]))
    return value["utc"].replace(tzinfo=UTC).astimezone(zone)
