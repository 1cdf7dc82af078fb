"""Where in a tree a value of a certain type is wanted, and where values meet. Only tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlglot import exp

from sfdag_magics.engine.sql.reading.parse import CALLED

_Type = exp.DataType.Type
_DType = exp.DType

#: Functions of texts; what they count with is `_COUNTS`.
_TEXTUAL: tuple[type[exp.Expr], ...] = (
    *(exp.Like, exp.ILike, exp.StartsWith, exp.EndsWith, exp.Contains, exp.StrPosition),
    *(exp.DPipe, exp.Concat, exp.ConcatWs, exp.Upper, exp.Lower, exp.Initcap, exp.Reverse),
    *(exp.Replace, exp.Translate, exp.Stuff, exp.Pad, exp.Length, exp.ByteLength),
    *(exp.Substring, exp.Left, exp.Right, exp.MD5, exp.MD5Digest, exp.SHA),
    *(exp.Split, exp.SplitPart, exp.Strtok, exp.StrtokToArray, exp.SplitToTable),
    *(exp.Soundex, exp.Levenshtein, exp.JarowinklerSimilarity, exp.Ascii, exp.Unicode),
    *(exp.RegexpLike, exp.Collate, exp.ParseUrl, exp.Base64Encode, exp.Base64DecodeString),
)
_TEXTUAL_CALLS = frozenset(
    {
        *("TRIM", "LTRIM", "RTRIM", "REPEAT", "PARSE_JSON", "TRY_PARSE_JSON"),
        *("REGEXP_LIKE", "REGEXP_SUBSTR", "REGEXP_SUBSTR_ALL", "REGEXP_REPLACE"),
        *("REGEXP_COUNT", "REGEXP_INSTR", "RLIKE"),
        *("MD5_BINARY", "SHA1_BINARY", "SHA2", "SHA2_HEX", "SHA2_BINARY"),
    }
)
_COUNTS: Mapping[type[exp.Expr], tuple[str, ...]] = {
    exp.Substring: ("start", "length"),
    exp.Stuff: ("start", "length"),
    exp.Left: ("expression",),
    exp.Right: ("expression",),
    exp.Pad: ("expression",),
    exp.SplitPart: ("part_index",),
    exp.Strtok: ("part_index",),
    exp.StrPosition: ("position", "occurrence"),
}
_NUMERIC: tuple[type[exp.Expr], ...] = (
    *(exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Neg),
    *(exp.Sum, exp.Avg, exp.Median, exp.Stddev, exp.StddevPop, exp.StddevSamp),
    *(exp.Variance, exp.VariancePop, exp.Corr, exp.CovarPop, exp.CovarSamp),
    *(exp.ApproxQuantile, exp.PercentileCont, exp.Abs, exp.Sign, exp.Sqrt, exp.Cbrt),
    *(exp.Pow, exp.Exp, exp.Ln, exp.Log, exp.Round, exp.Floor, exp.Ceil, exp.Trunc),
)
#: Functions of moments, and what of them is none.
_TEMPORAL: tuple[type[exp.Expr], ...] = (
    *(exp.DateAdd, exp.DateSub, exp.TimeAdd, exp.TimeSub, exp.DateDiff, exp.AddMonths),
    *(exp.DateTrunc, exp.TimestampTrunc, exp.LastDay, exp.Extract, exp.Year, exp.Quarter),
    *(exp.Month, exp.Week, exp.WeekOfYear, exp.YearOfWeek, exp.Day, exp.DayOfMonth),
    *(exp.DayOfWeek, exp.DayOfWeekIso, exp.DayOfYear, exp.Hour, exp.Minute, exp.Second),
    *(exp.Monthname, exp.Dayname, exp.MonthsBetween),
)
_MOVING = (exp.DateAdd, exp.DateSub, exp.TimeAdd, exp.TimeSub, exp.AddMonths)
_MOMENTS: Mapping[type[exp.Expr], tuple[str, ...]] = {
    exp.DateDiff: ("this", "expression"),
    exp.MonthsBetween: ("this", "expression"),
    exp.Extract: ("expression",),
}
_LOGICAL: Mapping[type[exp.Expr], tuple[str, ...]] = {
    exp.Where: ("this",),
    exp.Having: ("this",),
    exp.Qualify: ("this",),
    exp.And: ("this", "expression"),
    exp.Or: ("this", "expression"),
    exp.Not: ("this",),
    exp.If: ("this",),
}

COMPARING: tuple[type[exp.Expr], ...] = (
    *(exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ),
    *(exp.EqualNull, exp.Nullif, exp.Between, exp.In, exp.Case, exp.If, exp.DecodeCase),
)
_PAIRS = COMPARING[:10]


def wanted_by(node: exp.Expr) -> Iterator[tuple[_DType, list[exp.Expr]]]:
    """The types that a node wants its parts to have, each with those parts."""
    called = node.meta.get(CALLED) if isinstance(node, exp.Anonymous) else None
    if isinstance(node, _TEXTUAL):
        counts = _COUNTS.get(type(node), ())
        yield _Type.VARCHAR, _parts(node, [name for name in node.args if name not in counts])
        yield _Type.DOUBLE, _parts(node, counts)
    elif called in _TEXTUAL_CALLS:
        yield _Type.VARCHAR, _parts(node, ("expressions",))
    elif isinstance(node, _TEMPORAL):
        yield _Type.TIMESTAMP, _parts(node, _MOMENTS.get(type(node), ("this",)))
        yield _Type.DOUBLE, _parts(node, ("expression",) if isinstance(node, _MOVING) else ())
    elif isinstance(node, _NUMERIC):
        yield _Type.DOUBLE, _parts(node, ("this", "expression"))
    elif type(node) in _LOGICAL and not _is_of_case(node):
        yield _Type.BOOLEAN, _parts(node, _LOGICAL[type(node)])


def _is_of_case(node: exp.Expr) -> bool:
    """Whether it is `WHEN … THEN …` behind `CASE x`, where no truth value is wanted."""
    return isinstance(node.parent, exp.Case) and node.parent.this is not None


def compared_in(node: exp.Expr) -> Iterator[list[exp.Expr]]:
    """Values that are compared with each other, of rows those of each column."""
    if (rows := _rows_in(node)) is not None:
        if all(len(row) == len(rows[0]) for row in rows):
            yield from (list(column) for column in zip(*rows, strict=True))
    elif isinstance(node, _PAIRS) and not isinstance(node.parent, exp.Update):
        yield _parts(node, ("this", "expression"))
    elif isinstance(node, exp.Between):
        yield _parts(node, ("this", "low", "high"))
    elif isinstance(node, exp.In):
        query = node.args.get("query")
        if query is None:
            yield _parts(node, ("this", "expressions"))
        elif len(selected := _selected(query)) == 1:
            yield [node.this, selected[0]]
    elif isinstance(node, exp.Case) and node.this is not None:
        yield [node.this, *(one.this for one in node.args["ifs"])]
    elif isinstance(node, exp.DecodeCase):
        yield [node.expressions[0], *node.expressions[1:-1:2]]


def _rows_in(node: exp.Expr) -> list[list[exp.Expr]] | None:
    """The rows that `(a, b) = (1, 2)` or `(a, b) IN (…)` compares; None of single values."""
    if not isinstance(node, (*_PAIRS, exp.In)) or not isinstance(node.this, exp.Tuple):
        return None
    if isinstance(node, exp.In):
        query = node.args.get("query")
        if query is not None:
            return [node.this.expressions, _selected(query)]
        others = node.expressions
    else:
        others = [node.args.get("expression")]
    tuples = [other for other in others if isinstance(other, exp.Tuple)]
    return [row.expressions for row in (node.this, *tuples)]


def branches_of(node: exp.Expr) -> Iterator[list[exp.Expr]]:
    """Values of which a node gives one."""
    if isinstance(node, exp.Coalesce | exp.Greatest | exp.Least):
        yield _parts(node, ("this", "expressions"))
    elif isinstance(node, exp.Nvl2) or (
        isinstance(node, exp.If) and not isinstance(node.parent, exp.Case)
    ):
        yield _parts(node, ("true", "false"))
    elif isinstance(node, exp.Case):
        yield [*(one.args["true"] for one in node.args["ifs"]), *_parts(node, ("default",))]
    elif isinstance(node, exp.DecodeCase):
        rest = node.expressions[1:]
        yield [*rest[1::2], *(rest[-1:] if len(rest) % 2 else [])]


def columns_of(node: exp.Expr) -> list[list[exp.Expr]]:
    """What each column of VALUES is in each row, of a UNION and its like in each query.

    None of a query that has a star; UNION BY NAME puts those of one name together.
    """
    if _is_by_name(node):
        return _columns_by_name(node) if _is_outermost(node) else []
    if isinstance(node, exp.Values):
        rows = [_parts(row, ("expressions",)) for row in node.expressions]
    else:
        rows = [_selected(arm) for arm in arms_of(node)] if _is_outermost(node) else []
    if not rows or any(len(row) != len(rows[0]) for row in rows):
        return []
    return [list(column) for column in zip(*rows, strict=True)]


def _is_by_name(node: exp.Expr) -> bool:
    node = node.unnest()
    return isinstance(node, exp.SetOperation) and (
        bool(node.args.get("by_name")) or _is_by_name(node.left) or _is_by_name(node.right)
    )


def _columns_by_name(node: exp.Expr) -> list[list[exp.Expr]]:
    found: dict[str, list[exp.Expr]] = {}
    for arm in arms_of(node):
        if not isinstance(arm, exp.Select) or arm.is_star:
            return []
        for item in arm.expressions:
            found.setdefault(item.alias_or_name, []).append(item.unalias())
    return list(found.values())


def put_in_place(value: exp.Expr, new: exp.Expr) -> None:
    """Another expression for one, whose column keeps its name."""
    if isinstance(value.parent, exp.Select) and isinstance(value, exp.Column):
        new = exp.alias_(new, value.this.copy(), copy=False)
    value.replace(new)


def arms_of(node: exp.Expr) -> list[exp.Expr]:
    """The queries that a UNION and its like are made of."""
    node = node.unnest()
    if isinstance(node, exp.SetOperation):
        return [*arms_of(node.left), *arms_of(node.right)]
    return [node]


def _is_outermost(node: exp.Expr) -> bool:
    return isinstance(node, exp.SetOperation) and not isinstance(node.parent, exp.SetOperation)


def _selected(query: exp.Expr) -> list[exp.Expr]:
    query = query.unnest()
    if not isinstance(query, exp.Select) or query.is_star:
        return []
    return [item.unalias() for item in query.expressions]


def _parts(node: exp.Expr, names: Iterator[str] | list[str] | tuple[str, ...]) -> list[exp.Expr]:
    """The values under these names, also of LIKE ANY, DISTINCT and an order within."""
    found: list[exp.Expr] = []
    for name in names:
        value = node.args.get(name)
        for part in value if isinstance(value, list) else [value]:
            found.extend(_inner(part))
    return found


def _inner(part: object) -> Iterator[exp.Expr]:
    if isinstance(part, exp.Any | exp.All | exp.Paren | exp.Order):
        yield from _inner(part.this)
    elif isinstance(part, exp.Tuple | exp.Distinct):
        for one in part.expressions:
            yield from _inner(one)
    elif isinstance(part, exp.Expr):
        yield part
