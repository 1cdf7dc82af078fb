"""A text beside a number, a moment or a truth value: Snowflake's conversion is written as a CAST.

Works on resolved trees, before any rewrite, and by the types of expressions. A text that is
calculated with or compared with a number is a NUMBER, beside a FLOAT and in aggregates a FLOAT; a
number that is written in quotes has the digits it is written with.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from sqlglot import exp

from sfdag_magics.engine.borders.answers import SfType, SqlError
from sfdag_magics.engine.limits.hearing import hearing
from sfdag_magics.engine.sql.names.lineage import Lineage
from sfdag_magics.engine.sql.names.value_types import literal_type
from sfdag_magics.engine.sql.reading.walking import nodes
from sfdag_magics.engine.sql.rewriting import variant_positions as positions
from sfdag_magics.engine.sql.values.duck_types import AS_WRITTEN
from sfdag_magics.engine.sql.values.number_rules import MAX_PRECISION, scale_of
from sfdag_magics.engine.sql.values.types import JSON_TYPES, SqlType

_Type = exp.DataType.Type
#: Digits behind the point of a text that becomes a NUMBER, where no other number has more.
_SCALE = 5
_COUNTED = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod)
_EXACT = (exp.Neg, exp.Abs, exp.Sign, exp.Round, exp.Floor, exp.Ceil, exp.Trunc)
_LEAVES = (exp.Literal, exp.Identifier, exp.Column, exp.Tuple, exp.Null, exp.DataType)
_NUMBERS = frozenset({SfType.FIXED, SfType.REAL})
#: What several other types have in common that a text stands beside.
_WIDEST = (
    SfType.REAL,
    SfType.FIXED,
    SfType.TIMESTAMP_TZ,
    SfType.TIMESTAMP_LTZ,
    SfType.TIMESTAMP_NTZ,
)
_TEMPORAL = frozenset(
    {SfType.DATE, SfType.TIMESTAMP_NTZ, SfType.TIMESTAMP_LTZ, SfType.TIMESTAMP_TZ}
)
_Kinds = list[tuple[exp.Expr, SqlType]]
Change = tuple[exp.Expr, exp.DataType]


def convert_texts(tree: exp.Expr) -> exp.Expr:
    """The resolved tree with a CAST around every text that stands where it is converted."""
    lineage = Lineage()
    replaced: list[exp.Expr] = []  # kept: what is remembered of them goes by their identity
    inner = [node for node in nodes(tree) if not isinstance(node, _LEAVES)]
    for node in hearing(reversed(inner)):
        for value, wanted in list(_changes(node, lineage)):
            new = _converted(value, wanted)
            if new is not None:
                replaced.append(value)
                positions.put_in_place(value, new)
    return tree


def _changes(node: exp.Expr, lineage: Lineage) -> Iterator[Change]:
    if isinstance(node, _COUNTED):
        yield from _calculated(node, lineage)
    elif isinstance(node, _EXACT):
        yield from _texts([node.this], exact(_SCALE), lineage)
    elif not isinstance(node, exp.EQ) or not is_assignment(node):
        for wanted, values in positions.wanted_by(node):
            if wanted is _Type.DOUBLE:
                yield from _texts(values, exp.DataType(this=wanted), lineage)
        for values in (*positions.compared_in(node), *positions.branches_of(node)):
            yield from _beside(values, lineage)
    if isinstance(node, exp.SetOperation):
        for column in positions.columns_of(node):
            yield from _beside(column, lineage)
    elif isinstance(node, exp.Values):
        for column in positions.columns_of(node):
            if not _are_written_alike(column):
                yield from _as_in_first_row(column, lineage)


def _texts(values: Sequence[exp.Expr], wanted: exp.DataType, lineage: Lineage) -> Iterator[Change]:
    for value in values:
        if _is_text(lineage.of(value)):
            yield value, wanted


def _calculated(node: exp.Expr, lineage: Lineage) -> Iterator[Change]:
    """The texts among two operands that are calculated with; a date or an interval may be one."""
    kinds = _kinds([node.this, node.expression], lineage)
    if kinds is None or not {kind.kind for _, kind in kinds} <= {SfType.TEXT, *_NUMBERS}:
        return
    yield from _beside_numbers(kinds)


def _beside(values: Sequence[exp.Expr], lineage: Lineage) -> Iterator[Change]:
    """The texts among values that are compared, or of which one is given."""
    kinds = _kinds(values, lineage)
    if kinds is None:
        return
    others = {kind.kind for _, kind in kinds} - {SfType.TEXT}
    if not others or not any(_is_text(kind) for _, kind in kinds):
        return
    if others <= _NUMBERS:
        yield from _beside_numbers(kinds)
    elif len(others) == 1 or others <= _TEMPORAL:
        widest = next((kind for kind in _WIDEST if kind in others), min(others))
        if widest in AS_WRITTEN:
            wanted = exp.DataType(this=AS_WRITTEN[widest])
            yield from ((value, wanted) for value, kind in kinds if _is_text(kind))


def _are_written_alike(values: Sequence[exp.Expr]) -> bool:
    """Whether all are texts in quotes, or all numbers as they are written."""
    first = values[0]
    return isinstance(first, exp.Literal) and all(
        isinstance(value, exp.Literal) and value.is_string == first.is_string for value in values
    )


def _as_in_first_row(values: Sequence[exp.Expr], lineage: Lineage) -> Iterator[Change]:
    """What the rows of VALUES become in a column whose first value is a text, or is none.

    Docs: INSERT, of several rows: the types of the first row are the guide.
    """
    kinds = _kinds(values, lineage)
    if not kinds:
        return
    if not _is_text(kinds[0][1]):
        yield from _beside(values, lineage)
        return
    wanted = exp.DataType(this=_Type.VARCHAR)
    yield from (
        (value, wanted)
        for value, kind in kinds
        if not _is_text(kind) and kind.kind not in JSON_TYPES
    )


def _beside_numbers(kinds: _Kinds) -> Iterator[Change]:
    if any(kind.kind is SfType.REAL for _, kind in kinds):
        wanted = exp.DataType(this=_Type.DOUBLE)
    else:
        wanted = exact(max((_SCALE, *(scale_of(kind) for _, kind in kinds))))
    yield from ((value, wanted) for value, kind in kinds if _is_text(kind))


def _kinds(values: Sequence[exp.Expr], lineage: Lineage) -> _Kinds | None:
    """The values that are not NULL with their types; None where one is not known."""
    found: _Kinds = []
    for value in values:
        if isinstance(value, exp.Null):
            continue
        kind = lineage.of(value)
        if kind is None:
            return None
        found.append((value, kind))
    return found


def exact(scale: int) -> exp.DataType:
    """NUMBER(38, scale)."""
    return exp.DataType.build(f"DECIMAL({MAX_PRECISION}, {scale})")


def is_assignment(node: exp.Expr) -> bool:
    """Whether it is `column = value` of an UPDATE."""
    return isinstance(node.parent, exp.Update) and node.arg_key == "expressions"


def _converted(value: exp.Expr, wanted: exp.DataType) -> exp.Expr | None:
    if wanted.this in (_Type.DECIMAL, _Type.DOUBLE):
        _refuse_words(value)
    digits = _digits(value) if wanted.this is _Type.DECIMAL else None
    if digits is not None:
        return digits
    return exp.Cast(this=value.copy(), to=wanted.copy())


def _refuse_words(value: exp.Expr) -> None:
    """A constant that is no number is refused whether it comes to it or not, as a cast of it is."""
    if not isinstance(value, exp.Literal):
        return
    try:
        Decimal(value.name.strip())
    except ArithmeticError as problem:
        raise SqlError(
            f"Numeric value '{value.name}' is not recognized", code=100038, sqlstate="22018"
        ) from problem


def _digits(value: exp.Expr) -> exp.Expr | None:
    """The number that is written as a text."""
    if not isinstance(value, exp.Literal):
        return None
    text = value.name.strip()
    unsigned = text.removeprefix("-")
    if not unsigned.replace(".", "", 1).isdigit() or literal_type(unsigned) is None:
        return None
    number: exp.Expr = exp.Literal.number(unsigned)
    return exp.Paren(this=exp.Neg(this=number)) if unsigned != text else number


def _is_text(kind: SqlType | None) -> bool:
    return kind is not None and kind.kind is SfType.TEXT
