"""The rewrites from Snowflake's expressions to DuckDB's. Trees only; names are resolved before.

One rewrite, one function, one sentence; `REWRITES` states the order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from sqlglot import exp

from sfdag_magics.engine.borders.answers import SfType, SqlError, unsupported
from sfdag_magics.engine.sql.functions import array_functions as arrays
from sfdag_magics.engine.sql.functions import random_rewrites as randoms
from sfdag_magics.engine.sql.functions import text_bounds
from sfdag_magics.engine.sql.functions.aggregates import NODES as AGGREGATES
from sfdag_magics.engine.sql.functions.aggregates import gathered
from sfdag_magics.engine.sql.functions.conversions import LOGICAL, boolean, truths
from sfdag_magics.engine.sql.functions.flatten import flattened, ordered
from sfdag_magics.engine.sql.functions.macros import AS_WRITTEN, CALLS, argument_count, macro_name
from sfdag_magics.engine.sql.functions.number_formats import numbers_by_format
from sfdag_magics.engine.sql.functions.times.time_reading import cast_to
from sfdag_magics.engine.sql.functions.times.time_text import as_text
from sfdag_magics.engine.sql.names.expression_types import PARTS_OF_TIME
from sfdag_magics.engine.sql.names.marks import is_of, operands
from sfdag_magics.engine.sql.names.text_arguments import NODES as OF_TEXT
from sfdag_magics.engine.sql.reading.parse import CALLED
from sfdag_magics.engine.sql.reading.walking import bottom_up, nodes
from sfdag_magics.engine.sql.rewriting import binary_rewrites as binaries
from sfdag_magics.engine.sql.rewriting import date_rewrites as dates
from sfdag_magics.engine.sql.rewriting import number_rewrites as numbers
from sfdag_magics.engine.sql.rewriting import text_rewrites as texts
from sfdag_magics.engine.sql.rewriting import variant_paths as paths
from sfdag_magics.engine.sql.rewriting import variant_rewrites as held
from sfdag_magics.engine.sql.rewriting.choices import chosen
from sfdag_magics.engine.sql.rewriting.instants import offsets
from sfdag_magics.engine.sql.rewriting.moments_from_parts import NODES as NODES_OF_PARTS
from sfdag_magics.engine.sql.rewriting.moments_from_parts import made_of_parts
from sfdag_magics.engine.sql.rewriting.number_casts import decimals, doubles, whole_number
from sfdag_magics.engine.sql.rewriting.object_rewrites import NODES as NODES_OF_OBJECTS
from sfdag_magics.engine.sql.rewriting.object_rewrites import objects
from sfdag_magics.engine.sql.rewriting.unnamed_values import with_column_names
from sfdag_magics.engine.sql.values.calls import macro
from sfdag_magics.engine.sql.values.duck_types import FINAL, cut_to, duck_type
from sfdag_magics.engine.sql.values.intervals import spelled_out
from sfdag_magics.engine.sql.values.number_rules import MAX_PRECISION
from sfdag_magics.engine.sql.values.types import JSON_TYPES, MAX_VARCHAR, SqlType, type_from_ast
from sfdag_magics.light_classes import dataclass

_Type = exp.DataType.Type
_TEXTS = (_Type.VARCHAR, _Type.TEXT, _Type.CHAR, _Type.NCHAR, _Type.NVARCHAR)


@dataclass(frozen=True, slots=True)
class _Rewrite:
    """What becomes of nodes of these types, in a tree that has one of `beside` in it too."""

    rewrite: Callable[[exp.Expr], exp.Expr]
    nodes: tuple[type[exp.Expr], ...]
    beside: tuple[type[exp.Expr], ...] = (exp.Expr,)


def rewrite(tree: exp.Expr, kinds: frozenset[type[exp.Expr]]) -> exp.Expr:
    """Apply all rewrites whose node types are among `kinds`."""
    wanted = {
        one
        for kind in kinds
        for one in _rewrites_of(kind)  # type: ignore[arg-type]  # a class has a hash
    }
    for together in REWRITES:
        steps = [
            (one.nodes, one.rewrite)
            for one in together
            if one in wanted and any(issubclass(kind, one.beside) for kind in kinds)
        ]
        if steps:
            tree = bottom_up(tree, steps)
    return tree


@cache
def _rewrites_of(kind: type[exp.Expr]) -> tuple[_Rewrite, ...]:
    """What nodes of this type are rewritten by."""
    return tuple(one for together in REWRITES for one in together if issubclass(kind, one.nodes))


def casts(node: exp.Expr) -> exp.Expr:
    """Casts: VARCHAR(n) cuts, whole numbers round half away from zero, types become DuckDB's."""
    if not isinstance(node, exp.Cast) or FINAL in node.meta:
        return node
    wanted = type_from_ast(node.to)
    in_default = node.find_ancestor(exp.DefaultColumnConstraint) is not None
    value = _cast(node, wanted)
    return value if in_default else cut_to(wanted, value)


def _cast(node: exp.Cast, wanted: SqlType) -> exp.Expr:
    node.set("to", duck_type(wanted))
    node.meta[FINAL] = True
    strict = not isinstance(node, exp.TryCast)
    if node.find_ancestor(exp.DefaultColumnConstraint) is None:
        if wanted.kind is SfType.BOOLEAN and not isinstance(node.this, exp.Boolean | exp.Null):
            return boolean(node.this, strict=strict)
        read = cast_to(wanted.kind, node.this, strict=strict)
        if read is not None:
            return read
    if wanted.kind is SfType.BINARY:
        return binaries.cast_to_binary(node.this, wanted, strict=strict)
    if wanted.kind is SfType.TIMESTAMP_TZ and strict:
        return exp.Anonymous(this="_sf_as_timestamp_tz", expressions=[node.this])
    held = operands(node)[0] if strict else None
    if held is not None and held.kind in JSON_TYPES - {wanted.kind} and wanted.kind in _OF_OTHERS:
        return macro(_OF_OTHERS[wanted.kind], node.this)
    if wanted.kind in JSON_TYPES and not isinstance(node, exp.TryCast):
        return macro("_sf_json", node.this)
    if wanted.kind is SfType.TEXT:
        in_default = node.find_ancestor(exp.DefaultColumnConstraint) is not None
        text = node if isinstance(node, exp.TryCast) else as_text(node.this, in_default=in_default)
        if wanted.length is None or wanted.length == MAX_VARCHAR:
            return text
        return exp.Left(this=text, expression=exp.Literal.number(wanted.length))
    if wanted.is_integer and not _is_whole(node.this):
        return whole_number(node)
    if strict and wanted.kind is SfType.FIXED and is_of(SfType.VARIANT, node):
        node.set("this", macro("_sf_fit_number", node.this))
    return node


#: What becomes of a semi-structured value of another type that is to be one of these.
_OF_OTHERS = {SfType.OBJECT: "_sf_fit_object", SfType.ARRAY: "_sf_to_array"}


def _is_whole(node: exp.Expr) -> bool:
    node = node.unnest()
    if isinstance(node, exp.Cast) and FINAL in node.meta:
        # rounding it again would write it four times more, for each cast around a cast
        return node.to.this is _Type.INT128
    if isinstance(node, exp.Literal):
        return len(node.name) <= MAX_PRECISION
    return isinstance(node, exp.Boolean | exp.Null | exp.Parameter)


_WHOLE_ARGUMENTS: Mapping[type[exp.Expr], tuple[str, ...]] = {
    exp.Substring: ("start", "length"),
    exp.Left: ("expression",),
    exp.Right: ("expression",),
    exp.Repeat: ("times",),
    exp.Pad: ("expression",),
    exp.SplitPart: ("part_index",),
    exp.Round: ("decimals",),
    exp.Lag: ("offset",),
    exp.Lead: ("offset",),
    exp.NthValue: ("offset",),
    exp.Chr: ("expressions",),
    exp.DateFromParts: ("year", "month", "day"),
    exp.Factorial: ("this",),
    exp.Ntile: ("this",),
    exp.StrPosition: ("position",),
    exp.Strtok: ("part_index",),
    exp.Stuff: ("start", "length"),
    exp.Trunc: ("decimals",),
}


#: What DuckDB counts with 32 bits only.
_NARROW = (exp.Pad, exp.Round, exp.Trunc, exp.Chr, exp.DateFromParts, exp.Factorial)


def whole_arguments(node: exp.Expr) -> exp.Expr:
    """Numbers that count are BIGINT in DuckDB, and it does not narrow a NUMBER by itself."""
    for argument in _WHOLE_ARGUMENTS.get(type(node), ()):
        value = node.args.get(argument)
        if isinstance(value, list):
            node.set(argument, [_whole(node, each) for each in value])
        elif isinstance(value, exp.Expr):
            node.set(argument, _whole(node, value))
    return node


def _whole(node: exp.Expr, value: exp.Expr) -> exp.Expr:
    if isinstance(value.this if isinstance(value, exp.Neg) else value, exp.Literal):
        return value
    whole = exp.DataType(this=_Type.INT if isinstance(node, _NARROW) else _Type.BIGINT)
    return exp.Cast(this=value, to=whole)


def macros(node: exp.Expr) -> exp.Expr:
    """Functions that have a macro of ours."""
    if not isinstance(node, exp.Anonymous) or node.meta.get(CALLED) not in AS_WRITTEN:
        return node
    called = node.meta[CALLED]
    _check_count(called, node.expressions)
    if called in CALLS:
        return CALLS[called].rewrite(node, node.expressions)
    return exp.Anonymous(this=macro_name(called), expressions=node.expressions)


def _check_count(called: str, arguments: list[exp.Expr]) -> None:
    """Refuse a call that has too many or not enough arguments for its macro."""
    bounds = argument_count(called)
    if bounds is None or bounds[0] <= len(arguments) <= bounds[1]:
        return
    few = len(arguments) < bounds[0]
    raise SqlError(
        f"SQL compilation error: error line 1 at position 0\n{'not enough' if few else 'too many'}"
        f" arguments for function [{called}], expected {bounds[0 if few else 1]},"
        f" got {len(arguments)}",
        code=938 if few else 939,
        sqlstate="22023",
    )


def matched_texts(node: exp.Expr) -> exp.Expr:
    """`a RLIKE b` and `a REGEXP b` are REGEXP_LIKE."""
    if not isinstance(node, exp.RegexpLike):
        return node
    return exp.Anonymous(this=macro_name("REGEXP_LIKE"), expressions=[node.this, node.expression])


def sequence_numbers(node: exp.Expr) -> exp.Expr:
    """SEQ4() counts rows; over a GENERATOR its row number is a column, usable in windows too."""
    if not isinstance(node, exp.Seq1 | exp.Seq2 | exp.Seq4 | exp.Seq8):
        return node
    select = node.find_ancestor(exp.Select)
    from_ = select.args.get("from_") if select is not None else None
    if from_ is not None and _holds_generator(from_):
        return exp.column(exp.to_identifier("range"))
    if node.find_ancestor(exp.AggFunc, exp.Select) is not select:
        raise unsupported(
            "SEQ4 and its like in an aggregate or window function, but over a GENERATOR alone,",
            "give them a name in a subquery",
        )
    rows = exp.Window(this=exp.RowNumber())
    return exp.Paren(this=exp.Sub(this=rows, expression=exp.Literal.number(1)))


def _holds_generator(from_: exp.Expr) -> bool:
    """Whether it is a GENERATOR itself, and no query of one."""
    parts = nodes(from_, prune=lambda part: isinstance(part, exp.Query) and part is not from_.this)
    return any(isinstance(part, exp.Generator) for part in parts)


#: In this order. Those within one pair of parentheses share a walk: a node is rewritten by one
#: after the other when all below it is. They go by types that were noted before, and what one of
#: them makes of a node has nothing new in it for another.
REWRITES: tuple[tuple[_Rewrite, ...], ...] = (
    (_Rewrite(held.ordered, (exp.Ordered,)),),
    (_Rewrite(ordered, (exp.Select,), beside=(exp.Explode, exp.SplitToTable)),),
    (_Rewrite(flattened, (exp.Lateral, exp.TableFromRows)),),
    (_Rewrite(chosen, (exp.Case, exp.DecodeCase, exp.Nullif)),),
    (
        _Rewrite(numbers_by_format, (exp.ToNumber, exp.ToDouble)),
        _Rewrite(doubles, (exp.Cast, exp.ToDouble)),
        _Rewrite(casts, (exp.Cast,)),
        _Rewrite(truths, LOGICAL),
        _Rewrite(gathered, AGGREGATES),
    ),
    (
        _Rewrite(texts.written, OF_TEXT),
        _Rewrite(texts.measured, (exp.ByteLength, exp.BitLength)),
        _Rewrite(texts.padded, (exp.Pad,)),
        _Rewrite(held.compared, held.COMPARED),
        _Rewrite(held.extremes, (exp.Max, exp.Min)),
        _Rewrite(held.chosen_by, (exp.ArgMax, exp.ArgMin)),
        _Rewrite(held.greatest, (exp.Greatest, exp.Least)),
        _Rewrite(binaries.compared, binaries.COMPARED),
        _Rewrite(binaries.listed, (exp.In,)),
        _Rewrite(binaries.parts, binaries.PARTS),
        _Rewrite(numbers.written_out, (exp.Literal,)),
        _Rewrite(numbers.calculated, (exp.Add, exp.Sub, exp.Mul)),
        _Rewrite(numbers.divided, (exp.Div,)),
        _Rewrite(numbers.cube_roots, (exp.Cbrt,)),
        _Rewrite(numbers.remainders, (exp.Mod,)),
    ),
    (
        _Rewrite(numbers.averages, (exp.Avg, *numbers.WRAPPERS), beside=(exp.Avg,)),
        _Rewrite(numbers.middles, (*numbers.MIDDLES, *numbers.WRAPPERS), beside=numbers.MIDDLES),
        _Rewrite(numbers.approximate, (exp.ApproxQuantile,)),
        _Rewrite(numbers.buckets, (exp.WidthBucket,)),
        _Rewrite(numbers.bounds, (exp.Floor, exp.Ceil, exp.Trunc)),
        _Rewrite(numbers.rounded, (exp.Round, exp.Trunc)),
        _Rewrite(numbers.enclosed, numbers.BITWISE),
        _Rewrite(dates.unknown, dates.OF_MOMENTS),
        _Rewrite(dates.parts, PARTS_OF_TIME),
        _Rewrite(numbers.spreads, (*numbers.SPREADS, *numbers.WRAPPERS), beside=numbers.SPREADS),
        _Rewrite(numbers.slopes, (exp.RegrSlope, *numbers.WRAPPERS), beside=(exp.RegrSlope,)),
        _Rewrite(offsets.compared, offsets.COMPARED),
        _Rewrite(offsets.measured, (exp.DateDiff,)),
        _Rewrite(dates.nanoseconds, dates.IN_NANOSECONDS),
        _Rewrite(made_of_parts, NODES_OF_PARTS),
        _Rewrite(dates.zoned, (exp.ConvertTimezone,)),
        _Rewrite(dates.sliced, (exp.TimeSlice,)),
        _Rewrite(dates.written, (*dates.MOVING, exp.DateDiff)),
        _Rewrite(dates.counted, dates.COUNTING),
        _Rewrite(dates.moved, dates.MOVING),
        _Rewrite(dates.shifted, (exp.Add, exp.Sub)),
        _Rewrite(offsets.moved, offsets.MOVED),
    ),
    (
        _Rewrite(spelled_out, (exp.Add, exp.Sub)),
        _Rewrite(randoms.sampled, (exp.TableSample,)),
        _Rewrite(randoms.drawn, randoms.NODES),
        _Rewrite(randoms.random_numbers, (exp.Rand,)),
        _Rewrite(whole_arguments, tuple(_WHOLE_ARGUMENTS)),
        _Rewrite(text_bounds.within_bounds, text_bounds.NODES),
        _Rewrite(objects, NODES_OF_OBJECTS),
        _Rewrite(arrays.written_out, (exp.Array,)),
        _Rewrite(held.variants, (exp.ToVariant,)),
        _Rewrite(held.lambdas, held.LAMBDAS),
        _Rewrite(sequence_numbers, (exp.Seq1, exp.Seq2, exp.Seq4, exp.Seq8)),
        _Rewrite(matched_texts, (exp.RegexpLike,)),
        _Rewrite(macros, (exp.Anonymous,)),
        _Rewrite(arrays.pieces, (exp.Split,)),
        _Rewrite(arrays.sizes, (exp.ArraySize,)),
        _Rewrite(paths.indexed, (exp.Bracket,)),
        _Rewrite(paths.extracted, (exp.JSONExtract,)),
        _Rewrite(with_column_names, (exp.Values,)),
        _Rewrite(decimals, (exp.ToNumber,)),
    ),
)
