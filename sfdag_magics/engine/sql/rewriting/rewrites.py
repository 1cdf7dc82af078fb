"""Our own rewrites from Snowflake's expressions to DuckDB's. Trees only; names are resolved before.

One rewrite, one function, one sentence; `REWRITES` states the order. Those marked `before` run
ahead of fakesnow's, because they need Snowflake's types and forms.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlglot import exp

from sfdag_magics.engine.answers import SfType, SqlError, unsupported
from sfdag_magics.engine.sql.functions import array_functions as arrays
from sfdag_magics.engine.sql.functions import random_rewrites as randoms
from sfdag_magics.engine.sql.functions import text_bounds
from sfdag_magics.engine.sql.functions.aggregates import NODES as AGGREGATES
from sfdag_magics.engine.sql.functions.aggregates import gathered
from sfdag_magics.engine.sql.functions.conversions import LOGICAL, boolean, truths
from sfdag_magics.engine.sql.functions.flatten import flattened, ordered
from sfdag_magics.engine.sql.functions.macros import AS_WRITTEN, CALLS, argument_count, macro_name
from sfdag_magics.engine.sql.functions.number_formats import numbers_by_format
from sfdag_magics.engine.sql.functions.time_reading import cast_to
from sfdag_magics.engine.sql.functions.time_text import as_text
from sfdag_magics.engine.sql.names.expression_types import PARTS_OF_TIME
from sfdag_magics.engine.sql.names.marks import is_of
from sfdag_magics.engine.sql.names.text_arguments import NODES as OF_TEXT
from sfdag_magics.engine.sql.reading.parse import CALLED
from sfdag_magics.engine.sql.reading.walking import bottom_up, nodes
from sfdag_magics.engine.sql.rewriting import binary_rewrites as binaries
from sfdag_magics.engine.sql.rewriting import date_rewrites as dates
from sfdag_magics.engine.sql.rewriting import number_rewrites as numbers
from sfdag_magics.engine.sql.rewriting import offsets
from sfdag_magics.engine.sql.rewriting import text_rewrites as texts
from sfdag_magics.engine.sql.rewriting import variant_rewrites as held
from sfdag_magics.engine.sql.rewriting.choices import chosen
from sfdag_magics.engine.sql.rewriting.moments_from_parts import NODES as NODES_OF_PARTS
from sfdag_magics.engine.sql.rewriting.moments_from_parts import made_of_parts
from sfdag_magics.engine.sql.rewriting.number_casts import doubles, whole_number
from sfdag_magics.engine.sql.values.calls import macro
from sfdag_magics.engine.sql.values.duck_types import FINAL, cut_to, duck_type
from sfdag_magics.engine.sql.values.intervals import spelled_out
from sfdag_magics.engine.sql.values.number_rules import MAX_PRECISION
from sfdag_magics.engine.sql.values.types import JSON_TYPES, MAX_VARCHAR, SqlType, type_from_ast

_Type = exp.DataType.Type
_TEXTS = (_Type.VARCHAR, _Type.TEXT, _Type.CHAR, _Type.NCHAR, _Type.NVARCHAR)


@dataclass(frozen=True, slots=True)
class _Rewrite:
    rewrite: Callable[[exp.Expr], exp.Expr]
    nodes: tuple[type[exp.Expr], ...]
    before: bool


def rewrite(tree: exp.Expr, kinds: frozenset[type[exp.Expr]], *, before: bool = False) -> exp.Expr:
    """Apply all rewrites of one phase whose node types are among `kinds`."""
    for one in REWRITES:
        if one.before is before and any(issubclass(kind, one.nodes) for kind in kinds):
            tree = bottom_up(tree, one.rewrite)
    return tree


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
    is_variant = strict and is_of(SfType.VARIANT, node)
    if is_variant and wanted.kind in _OF_VARIANTS:
        return macro(_OF_VARIANTS[wanted.kind], node.this)
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
    if is_variant and wanted.kind is SfType.FIXED:
        node.set("this", macro("_sf_fit_number", node.this))
    return node


#: What becomes of a VARIANT that is to be one of these.
_OF_VARIANTS = {SfType.OBJECT: "_sf_fit_object", SfType.ARRAY: "_sf_to_array"}


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
}


#: What DuckDB counts with 32 bits only.
_NARROW = (exp.Pad, exp.Round)


def whole_arguments(node: exp.Expr) -> exp.Expr:
    """Numbers that count are BIGINT in DuckDB, and it does not narrow a NUMBER by itself."""
    for argument in _WHOLE_ARGUMENTS.get(type(node), ()):
        value = node.args.get(argument)
        if isinstance(value, exp.Expr) and not isinstance(value, exp.Literal | exp.Neg):
            whole = exp.DataType(this=_Type.INT if isinstance(node, _NARROW) else _Type.BIGINT)
            node.set(argument, exp.Cast(this=value, to=whole))
    return node


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


def objects(node: exp.Expr) -> exp.Expr:
    """OBJECT_CONSTRUCT and OBJECT_CONSTRUCT_KEEP_NULL of keys and values."""
    if isinstance(node, exp.Struct) and all(
        isinstance(pair, exp.PropertyEQ) for pair in node.expressions
    ):
        name, pairs = "_sf_object", [(pair.this, pair.expression) for pair in node.expressions]
    elif isinstance(node, exp.JSONObject) and all(
        isinstance(pair, exp.JSONKeyValue) for pair in node.expressions
    ):
        name = "_sf_object_with_nulls"
        pairs = [(pair.this, pair.expression) for pair in node.expressions]
    else:
        return node
    if not pairs:
        return exp.Anonymous(this="json_object", expressions=[])
    keys = [
        exp.Literal.string(key.name) if isinstance(key, exp.Identifier) else key for key, _ in pairs
    ]
    values = [macro("_sf_json", value) for _, value in pairs]
    return exp.Anonymous(
        this=name,
        expressions=[
            exp.Anonymous(this="list_value", expressions=keys),
            exp.Anonymous(this="list_value", expressions=values),
        ],
    )


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


def indexed(node: exp.Expr) -> exp.Expr:
    """An element by a key or an index that is computed; those that are written are paths."""
    if not isinstance(node, exp.Bracket) or len(node.expressions) != 1:
        return node
    if isinstance(node.expressions[0], exp.Literal):
        return node
    return exp.Anonymous(this=macro_name("GET"), expressions=[node.this, node.expressions[0]])


def before_the_first(node: exp.Expr) -> exp.Expr:
    """A path with an index below zero, which DuckDB counts from the end: nothing is there."""
    if not isinstance(node, exp.JSONExtract):
        return node
    steps = node.expression.expressions
    if not any(isinstance(step, exp.JSONPathSubscript) and _is_below_zero(step) for step in steps):
        return node
    return exp.Anonymous(this=macro_name("GET"), expressions=[node.this, exp.Null()])


def _is_below_zero(step: exp.JSONPathSubscript) -> bool:
    return isinstance(step.this, int) and step.this < 0


REWRITES: tuple[_Rewrite, ...] = (
    _Rewrite(held.ordered, (exp.Ordered,), before=True),
    _Rewrite(ordered, (exp.Explode, exp.SplitToTable), before=True),
    _Rewrite(flattened, (exp.Explode, exp.SplitToTable), before=True),
    _Rewrite(chosen, (exp.Case, exp.DecodeCase, exp.Nullif), before=True),
    _Rewrite(numbers_by_format, (exp.ToNumber, exp.ToDouble), before=True),
    _Rewrite(doubles, (exp.Cast, exp.ToDouble), before=True),
    _Rewrite(casts, (exp.Cast,), before=True),
    _Rewrite(truths, LOGICAL, before=True),
    _Rewrite(gathered, AGGREGATES, before=True),
    _Rewrite(texts.written, OF_TEXT, before=True),
    _Rewrite(texts.measured, (exp.ByteLength, exp.BitLength), before=True),
    _Rewrite(texts.padded, (exp.Pad,), before=True),
    _Rewrite(held.compared, held.COMPARED, before=True),
    _Rewrite(held.extremes, (exp.Max, exp.Min), before=True),
    _Rewrite(held.chosen_by, (exp.ArgMax, exp.ArgMin), before=True),
    _Rewrite(held.greatest, (exp.Greatest, exp.Least), before=True),
    _Rewrite(binaries.compared, binaries.COMPARED, before=True),
    _Rewrite(binaries.listed, (exp.In,), before=True),
    _Rewrite(binaries.parts, binaries.PARTS, before=True),
    _Rewrite(numbers.written_out, (exp.Literal,), before=True),
    _Rewrite(numbers.calculated, (exp.Add, exp.Sub, exp.Mul), before=True),
    _Rewrite(numbers.divided, (exp.Div,), before=True),
    _Rewrite(numbers.cube_roots, (exp.Cbrt,), before=True),
    _Rewrite(numbers.remainders, (exp.Mod,), before=True),
    _Rewrite(numbers.averages, (exp.Avg,), before=True),
    _Rewrite(numbers.middles, (exp.Median, exp.WithinGroup), before=True),
    _Rewrite(numbers.approximate, (exp.ApproxQuantile,), before=True),
    _Rewrite(numbers.buckets, (exp.WidthBucket,), before=True),
    _Rewrite(numbers.bounds, (exp.Floor, exp.Ceil, exp.Trunc), before=True),
    _Rewrite(numbers.rounded, (exp.Round,), before=True),
    _Rewrite(numbers.enclosed, numbers.BITWISE, before=True),
    _Rewrite(dates.parts, PARTS_OF_TIME, before=True),
    _Rewrite(numbers.spreads, numbers.SPREADS, before=True),
    _Rewrite(offsets.compared, offsets.COMPARED, before=True),
    _Rewrite(offsets.measured, (exp.DateDiff,), before=True),
    _Rewrite(made_of_parts, NODES_OF_PARTS, before=True),
    _Rewrite(dates.zoned, (exp.ConvertTimezone,), before=True),
    _Rewrite(dates.written, (*dates.MOVING, exp.DateDiff), before=True),
    _Rewrite(dates.counted, dates.COUNTING, before=True),
    _Rewrite(dates.moved, dates.MOVING, before=True),
    _Rewrite(dates.shifted, (exp.Add, exp.Sub), before=True),
    _Rewrite(offsets.moved, offsets.MOVED, before=True),
    _Rewrite(spelled_out, (exp.Add, exp.Sub), before=True),
    _Rewrite(randoms.sampled, (exp.TableSample,), before=True),
    _Rewrite(randoms.drawn, randoms.NODES, before=True),
    _Rewrite(randoms.random_numbers, (exp.Rand,), before=True),
    _Rewrite(whole_arguments, tuple(_WHOLE_ARGUMENTS), before=True),
    _Rewrite(text_bounds.within_bounds, text_bounds.NODES, before=True),
    _Rewrite(objects, (exp.Struct, exp.JSONObject), before=True),
    _Rewrite(arrays.written_out, (exp.Array,), before=True),
    _Rewrite(held.variants, (exp.ToVariant,), before=True),
    _Rewrite(held.lambdas, held.LAMBDAS, before=True),
    _Rewrite(held.objects_of_rows, (exp.StarMap, exp.JSONObject), before=True),
    _Rewrite(sequence_numbers, (exp.Seq1, exp.Seq2, exp.Seq4, exp.Seq8), before=True),
    _Rewrite(indexed, (exp.Bracket,), before=True),
    _Rewrite(before_the_first, (exp.JSONExtract,), before=True),
    _Rewrite(matched_texts, (exp.RegexpLike,), before=True),
    _Rewrite(macros, (exp.Anonymous,), before=True),
)
