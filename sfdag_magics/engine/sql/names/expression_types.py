"""What an expression's value is, as far as that follows from its parts. Trees and types only.

A table: which kind of expression follows which of `type_rules`. Of what is not in it nothing is
claimed, and everything stays as DuckDB has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlglot import exp

from sfdag_magics.engine.borders.answers import SfType
from sfdag_magics.engine.sql.names import type_rules as rule
from sfdag_magics.engine.sql.names.type_rules import Rule, TypeOf
from sfdag_magics.engine.sql.names.value_types import LONG
from sfdag_magics.engine.sql.values import number_rules as rules
from sfdag_magics.engine.sql.values.types import SqlType, number, plain, varchar

#: Where a value that is not in the tree (a bound one, a function of the user's) keeps its type.
_KNOWN = "known_type"
_COUNT = replace(number(18), nullable=False)


def type_of(node: exp.Expr, of: TypeOf) -> SqlType | None:
    """The type of an expression that is no column; `of` tells those of its parts."""
    if node._meta and _KNOWN in node.meta:  # noqa: SLF001 - meta makes a dict
        known: SqlType | None = node.meta[_KNOWN]
        return known
    for kind in type(node).__mro__:
        if kind in _RULES:
            return _RULES[kind](node, of)
    return None


def known_as(kind: SqlType | None, node: exp.Expr) -> exp.Expr:
    """The node with a note of its type, which does not follow from its parts."""
    node.meta[_KNOWN] = kind
    return node


#: What is a part of a moment, which may be written as a text.
PARTS_OF_TIME: tuple[type[exp.Expr], ...] = (
    *(exp.Year, exp.Quarter, exp.Month, exp.Week, exp.WeekOfYear, exp.YearOfWeek, exp.Day),
    *(exp.DayOfMonth, exp.DayOfWeek, exp.DayOfWeekIso, exp.DayOfYear),
    *(exp.Hour, exp.Minute, exp.Second, exp.Dayname, exp.Monthname, exp.Extract),
)
#: Whole numbers, in DuckDB as well.
_COUNTING: tuple[type[exp.Expr], ...] = (
    *(exp.Year, exp.Quarter, exp.Month, exp.Week, exp.WeekOfYear, exp.YearOfWeek, exp.Day),
    *(exp.DayOfMonth, exp.DayOfWeek, exp.DayOfWeekIso, exp.DayOfYear),
    *(exp.Hour, exp.Minute, exp.Second, exp.Sign, exp.StrPosition, exp.ArraySize),
    *(exp.Ascii, exp.Unicode, exp.Levenshtein, exp.ByteLength),
)
#: Whole numbers that no value gives.
_MADE_UP: tuple[type[exp.Expr], ...] = (exp.Rand, exp.Seq1, exp.Seq2, exp.Seq4, exp.Seq8)
#: Text, whatever they are of.
_WRITING: tuple[type[exp.Expr], ...] = (
    *(exp.Upper, exp.Lower, exp.Initcap, exp.Replace, exp.Translate, exp.ConcatWs, exp.GroupConcat),
    *(exp.SplitPart, exp.Strtok, exp.MD5, exp.SHA, exp.Hex, exp.Base64Encode, exp.Chr),
)
_WRITING_OR_BYTES: tuple[type[exp.Expr], ...] = (
    *(exp.DPipe, exp.Concat, exp.Left, exp.Right, exp.Substring, exp.Reverse, exp.Pad),
)
_BITWISE = (exp.BitwiseAnd, exp.BitwiseOr, exp.BitwiseXor, exp.BitwiseNot)
_BOOLEAN, _REAL, _DATE = plain(SfType.BOOLEAN), plain(SfType.REAL), plain(SfType.DATE)

_RULES: Mapping[type[exp.Expr], Rule] = {
    exp.Literal: rule.literal,
    exp.Boolean: rule.always(replace(_BOOLEAN, nullable=False)),
    exp.HexString: rule.always(plain(SfType.BINARY)),
    exp.Cast: rule.cast,
    exp.Paren: rule.kept,
    exp.Neg: rule.kept,
    exp.Abs: rule.kept,
    exp.Window: rule.kept,
    exp.Max: rule.same,
    exp.Min: rule.same,
    exp.AnyValue: rule.same,
    exp.First: rule.same,
    exp.FirstValue: rule.same,
    exp.LastValue: rule.same,
    exp.NthValue: rule.same,
    exp.Lag: rule.same,
    exp.Lead: rule.same,
    exp.Mode: rule.same,
    exp.IgnoreNulls: rule.same,
    exp.RespectNulls: rule.same,
    exp.Filter: rule.same,
    exp.Nullif: rule.same,
    exp.ArgMax: rule.chosen,
    exp.ArgMin: rule.chosen,
    exp.Reduce: rule.reduced,
    exp.Subquery: rule.subquery,
    exp.Coalesce: rule.united_of(lambda node: [node.this, *node.expressions]),
    exp.Greatest: rule.united_of(lambda node: [node.this, *node.expressions]),
    exp.Least: rule.united_of(lambda node: [node.this, *node.expressions]),
    exp.If: rule.united_of(lambda node: [node.args.get("true"), node.args.get("false")]),
    exp.Case: rule.united_of(
        lambda node: [*(one.args["true"] for one in node.args["ifs"]), node.args.get("default")]
    ),
    exp.Add: rule.shifted,
    exp.Sub: rule.shifted,
    exp.Mul: rule.calculated(rules.product),
    exp.Div: rule.calculated(rules.quotient),
    exp.Mod: rule.calculated(rules.remainder),
    exp.Sum: rule.of_argument(rules.total),
    exp.Avg: rule.of_argument(rules.average),
    exp.Median: rule.of_argument(rules.median),
    exp.Round: rule.rounded,
    exp.Trunc: rule.rounded,
    exp.Ceil: rule.rounded,
    exp.Floor: rule.rounded,
    exp.WithinGroup: rule.within_group,
    exp.ApproxQuantile: rule.always(plain(SfType.REAL)),
    exp.DecodeCase: rule.united_of(lambda node: [*node.expressions[2::2], *rule.default_of(node)]),
    exp.ToNumber: rule.to_number,
    exp.ToDouble: rule.always(_REAL),
    **dict.fromkeys(_MADE_UP, rule.always(replace(LONG, nullable=False))),
    exp.Uniform: rule.drawn,
    exp.Count: rule.always(_COUNT),
    exp.CountIf: rule.always(_COUNT),
    exp.ApproxDistinct: rule.always(_COUNT),
    exp.RowNumber: rule.always(_COUNT),
    exp.Rank: rule.always(_COUNT),
    exp.DenseRank: rule.always(_COUNT),
    exp.Ntile: rule.always(_COUNT),
    exp.Length: rule.always(number(18)),
    exp.DateDiff: rule.always(number(9)),
    **dict.fromkeys(_COUNTING, rule.always(number(9))),
    **dict.fromkeys(_WRITING, rule.always(varchar())),
    **dict.fromkeys(_WRITING_OR_BYTES, rule.text),
    **dict.fromkeys(_BITWISE, rule.always(LONG)),
    exp.Extract: rule.extracted,
    exp.ConvertTimezone: rule.zoned,
    exp.TimestampFromParts: rule.always(plain(SfType.TIMESTAMP_NTZ)),
    exp.TimestampLtzFromParts: rule.always(plain(SfType.TIMESTAMP_LTZ)),
    exp.TimestampTzFromParts: rule.always(plain(SfType.TIMESTAMP_TZ)),
    exp.DateAdd: rule.moved,
    exp.DateSub: rule.moved,
    exp.DateTrunc: rule.moved,
    exp.TimestampTrunc: rule.moved,
    exp.TimeAdd: rule.moved,
    exp.TimeSub: rule.moved,
    exp.AddMonths: rule.moved,
    exp.TsOrDsToDate: rule.always(_DATE),
    exp.Date: rule.always(_DATE),
    exp.LastDay: rule.always(_DATE),
    exp.NextDay: rule.always(_DATE),
    exp.PreviousDay: rule.always(_DATE),
    exp.DateFromParts: rule.always(_DATE),
    exp.CurrentDate: rule.always(_DATE),
    exp.Sqrt: rule.always(_REAL),
    exp.Cbrt: rule.always(_REAL),
    exp.Exp: rule.always(_REAL),
    exp.Ln: rule.always(_REAL),
    exp.Log: rule.always(_REAL),
    exp.Pow: rule.always(_REAL),
    exp.Stddev: rule.always(_REAL),
    exp.StddevPop: rule.always(_REAL),
    exp.StddevSamp: rule.always(_REAL),
    exp.Variance: rule.of_argument(rules.average),
    exp.VariancePop: rule.of_argument(rules.average),
    exp.Kurtosis: rule.of_argument(rules.kurtosis),
    exp.Predicate: rule.always(_BOOLEAN),
    exp.Connector: rule.always(_BOOLEAN),
    exp.Not: rule.always(_BOOLEAN),
}
