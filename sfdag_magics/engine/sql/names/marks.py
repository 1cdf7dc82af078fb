"""Notes on expressions the types of what they are made of, while names still lead to tables.

Rewrites change the tree from the leaves up; by the time they reach an expression its parts are
DuckDB's already. What they must know of the parts is noted here, before the first of them.
"""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.borders.answers import SfType
from sfdag_magics.engine.limits.hearing import hearing
from sfdag_magics.engine.sql.names.expression_types import PARTS_OF_TIME
from sfdag_magics.engine.sql.names.lineage import Lineage
from sfdag_magics.engine.sql.names.orders import selected_by
from sfdag_magics.engine.sql.names.text_arguments import NODES as OF_TEXT
from sfdag_magics.engine.sql.names.text_arguments import text_arguments
from sfdag_magics.engine.sql.names.type_rules import argument_of
from sfdag_magics.engine.sql.reading.walking import nodes
from sfdag_magics.engine.sql.values.duck_types import FINAL
from sfdag_magics.engine.sql.values.types import SqlType

_OPERANDS = "operand_types"
_ARGUMENTS = "argument_types"
_CAST_TO = exp.DataType.NUMERIC_TYPES | {exp.DataType.Type.OBJECT, exp.DataType.Type.ARRAY}
_FLOATS = (exp.DataType.Type.FLOAT, exp.DataType.Type.DOUBLE)
Operands = tuple[SqlType | None, SqlType | None]

_MARKED: tuple[type[exp.Expr], ...] = (
    *(exp.Max, exp.Min, exp.Sum, exp.Ordered),
    *(exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod),
    *(exp.Variance, exp.VariancePop, exp.Kurtosis),
    *PARTS_OF_TIME,
    *(exp.Avg, exp.Median, exp.WithinGroup, exp.ApproxQuantile),
    *(exp.Floor, exp.Ceil, exp.Trunc, exp.Round),
    *(exp.DateAdd, exp.DateSub, exp.TimeAdd, exp.TimeSub, exp.AddMonths),
    *(exp.DateTrunc, exp.TimestampTrunc, exp.ConvertTimezone, exp.TimeSlice),
    *(exp.DateDiff, exp.LastDay, exp.NextDay, exp.PreviousDay),
    *(exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Between),
    *(exp.Substring, exp.Left, exp.Right),
    *(exp.Greatest, exp.Least, exp.ArgMax, exp.ArgMin, exp.Reduce),
)


def mark_operands(tree: exp.Expr) -> None:
    """Note the types of operands in a resolved tree."""
    lineage = Lineage()
    marked = [node for node in nodes(tree) if isinstance(node, OF_TEXT) or _is_marked(node)]
    for node in hearing(reversed(marked)):  # the inner ones first: no deeper than the tree is wide
        if isinstance(node, OF_TEXT):
            node.meta[_ARGUMENTS] = tuple(lineage.of(value) for value in text_arguments(node))
        if not _is_marked(node):
            continue
        second = node if isinstance(node, exp.Reduce) else node.args.get("expression")
        node.meta[_OPERANDS] = (
            lineage.of(_first_of(node)),
            lineage.of(second) if isinstance(second, exp.Expr) else None,
        )


def _is_marked(node: exp.Expr) -> bool:
    return isinstance(node, _MARKED) or is_to_double(node) or _is_noted_cast(node)


def _is_noted_cast(node: exp.Expr) -> bool:
    return isinstance(node, exp.Cast) and node.to.this in _CAST_TO


def is_to_double(node: exp.Expr) -> bool:
    """Whether it makes a FLOAT of a value, and does not say by which format."""
    if isinstance(node, exp.Cast):
        return node.to.this in _FLOATS and FINAL not in node.meta
    return isinstance(node, exp.ToDouble) and node.args.get("format") is None


def _first_of(node: exp.Expr) -> exp.Expr:
    """What an aggregate is of, or what a key of ORDER BY stands for."""
    item = selected_by(node) if isinstance(node, exp.Ordered) else None
    return argument_of(node) if item is None else item.unalias()


def operands(node: exp.Expr) -> Operands:
    """The types of `this` (what an aggregate is of) and `expression`, None where unknown."""
    noted: Operands = node.meta.get(_OPERANDS, (None, None)) if node._meta else (None, None)  # noqa: SLF001 - meta makes a dict
    return noted


def argument_types(node: exp.Expr) -> tuple[SqlType | None, ...]:
    """The types of a node's `text_arguments`, None where unknown."""
    noted: tuple[SqlType | None, ...] | None = node.meta.get(_ARGUMENTS)
    return (None,) * len(text_arguments(node)) if noted is None else noted


def is_of(kind: SfType, node: exp.Expr) -> bool:
    """Whether the first operand is known to be of this kind."""
    first = operands(node)[0]
    return first is not None and first.kind is kind
