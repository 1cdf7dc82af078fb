"""Columns and windows of Snowpark as the calls that make them: `F.col('A') > 3`.

What they keep besides, where they were written and how the target is told, is made anew by these
calls. They run here as well, and are compared. Knows Snowpark by names: it imports nothing.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sfdag_magics.bundle.inspection import attributes_of
from sfdag_magics.bundle.literals.writing import NoExpression, Parts
from sfdag_magics.light_classes import dataclass

_FUNCTIONS, _WINDOW = "snowflake.snowpark.functions", "snowflake.snowpark.window"
_SIGNS: dict[str, tuple[str, Callable[[Any, Any], Any]]] = {
    "EqualTo": ("==", operator.eq),
    "NotEqualTo": ("!=", operator.ne),
    "GreaterThan": (">", operator.gt),
    "LessThan": ("<", operator.lt),
    "GreaterThanOrEqual": (">=", operator.ge),
    "LessThanOrEqual": ("<=", operator.le),
    "And": ("&", operator.and_),
    "Or": ("|", operator.or_),
    "Add": ("+", operator.add),
    "Subtract": ("-", operator.sub),
    "Multiply": ("*", operator.mul),
    "Divide": ("/", operator.truediv),
    "Remainder": ("%", operator.mod),
    "Pow": ("**", operator.pow),
}
_OF_ONE = {"IsNull": "is_null", "IsNotNull": "is_not_null", "IsNaN": "equal_nan"}
_OF_TWO = {"Like": "like", "RegExp": "rlike"}
_ORDERS = ("asc", "desc", "asc_nulls_first", "asc_nulls_last", "desc_nulls_first")
_ENDS = {
    "UnboundedPreceding": "UNBOUNDED_PRECEDING",
    "UnboundedFollowing": "UNBOUNDED_FOLLOWING",
    "CurrentRow": "CURRENT_ROW",
}
#: What tells nothing of the values that an expression gives.
_ASIDE = frozenset(
    ("children", "nullable", "api_call_source", "_ast", "_cumulative_node_complexity")
)
_OF_COLUMNS = "_expression"
_OF_EXPRESSIONS = "snowflake.snowpark._internal.analyzer."


@dataclass(frozen=True, slots=True)
class _Made:
    """An expression of ours, and what it makes."""

    text: str
    value: Any


def column(value: Any, parts: Parts) -> str:  # noqa: ANN401 - a column of Snowpark
    """A column, as far as no frame of this kernel's session is in it."""
    return _checked(value, _Calls(value, parts).column(_expression_of(value)), _OF_COLUMNS)


def window(value: Any, parts: Parts) -> str:  # noqa: ANN401 - a window of Snowpark
    """A window that columns are over."""
    return _checked(value, _Calls(value, parts).window(value, value.frame), "")


def _expression_of(value: object) -> Any:  # noqa: ANN401 - of Snowpark
    """What a column is; None where it says so in another way."""
    return attributes_of(value).get(_OF_COLUMNS)


def _checked(value: Any, made: _Made, part: str) -> str:  # noqa: ANN401 - of Snowpark
    """The expression, if what it makes is what it is for."""
    pair = [getattr(each, part) if part else each for each in (made.value, value)]
    if type(made.value) is not type(value) or not _are_alike(*pair):
        raise NoExpression(value)
    return made.text


def _are_alike(one: Any, other: Any) -> bool:  # noqa: ANN401 - a part of an expression
    if type(one) is not type(other):
        return False
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(_are_alike, one, other))
    if not type(one).__module__.startswith("snowflake.snowpark."):
        return repr(one) == repr(other)
    held = [{k: v for k, v in vars(e).items() if k not in _ASIDE} for e in (one, other)]
    return held[0].keys() == held[1].keys() and all(
        _are_alike(each, held[1][key]) for key, each in held[0].items()
    )


class _Calls:
    """Writes calls, and makes them.

    Args:
        whole: what is written.
    """

    def __init__(self, whole: object, parts: Parts) -> None:
        self._whole = whole
        self._parts = parts

    def column(self, node: Any) -> _Made:  # noqa: ANN401 - an expression of Snowpark
        kind = type(node).__name__
        if not type(node).__module__.startswith(_OF_EXPRESSIONS):
            raise NoExpression(self._whole)
        if kind in _SIGNS:
            sign, made = _SIGNS[kind]
            left, right = self.column(node.left), self.column(node.right)
            return _Made(f"({left.text} {sign} {right.text})", made(left.value, right.value))
        if kind in _OF_ONE:
            return self._method(self.column(node.child), _OF_ONE[kind])
        if kind in _OF_TWO:
            return self._method(self.column(node.expr), _OF_TWO[kind], self.column(node.pattern))
        write = _OF_KINDS.get(kind)
        if write is None:
            raise NoExpression(self._whole)
        return write(self, node)

    def window(self, spec: Any, frame: Any) -> _Made:  # noqa: ANN401 - of Snowpark
        module = sys.modules[_WINDOW]
        made = _Made(f"{self._parts.module(_WINDOW)}.Window", module.Window)
        for name, held in (("partition_by", spec.partition_spec), ("order_by", spec.order_spec)):
            if held:
                made = self._method(made, name, *map(self.column, held))
        if type(frame).__name__ == "SpecifiedWindowFrame":
            rows = type(frame.frame_type).__name__ == "RowFrame"
            ends = [self._end(each) for each in (frame.lower, frame.upper)]
            made = self._method(made, "rows_between" if rows else "range_between", *ends)
        return made

    def _end(self, node: Any) -> _Made:  # noqa: ANN401 - of Snowpark
        name = _ENDS.get(type(node).__name__)
        if name is None:
            return self._data(getattr(node, "value", None))
        home = f"{self._parts.module(_WINDOW)}.Window"
        return _Made(f"{home}.{name}", getattr(sys.modules[_WINDOW].Window, name))

    def _data(self, value: object) -> _Made:
        return _Made(self._parts.part(value), value)

    def _function(self, name: str, *given: _Made) -> _Made:
        made = getattr(sys.modules[_FUNCTIONS], name)(*(each.value for each in given))
        said = ", ".join(each.text for each in given)
        return _Made(f"{self._parts.module(_FUNCTIONS)}.{name}({said})", made)

    def _method(self, of: _Made, name: str, *given: _Made) -> _Made:
        made = getattr(of.value, name)(*(each.value for each in given))
        return _Made(f"{of.text}.{name}({', '.join(each.text for each in given)})", made)

    def attribute(self, node: Any) -> _Made:  # noqa: ANN401 - of Snowpark
        return self._function("sql_expr" if node.is_sql_text else "col", self._data(node.name))

    def star(self, _node: Any) -> _Made:  # noqa: ANN401 - of Snowpark
        return self._function("col", self._data("*"))

    def literal(self, node: Any) -> _Made:  # noqa: ANN401 - of Snowpark
        return self._function("lit", self._data(node.value))

    def negative(self, node: Any) -> _Made:  # noqa: ANN401 - of Snowpark
        inner, is_not = self.column(node.child), type(node).__name__ == "Not"
        made = ~inner.value if is_not else -inner.value
        return _Made(f"({'~' if is_not else '-'}{inner.text})", made)

    def alias(self, node: Any) -> _Made:  # noqa: ANN401 - of Snowpark
        return self._method(self.column(node.child), "alias", self._data(node.name))

    def cast(self, node: Any) -> _Made:  # noqa: ANN401 - of Snowpark
        name = "try_cast" if node.try_ else "cast"
        return self._method(self.column(node.child), name, self._data(node.to))

    def function(self, node: Any) -> _Made:  # noqa: ANN401 - of Snowpark
        given = list(map(self.column, node.children or ()))
        if node.is_distinct:
            return self._function(f"{node.name}_distinct", *given)
        return self._function("call_function", self._data(node.name), *given)

    def beside(self, node: Any) -> _Made:  # noqa: ANN401 - of Snowpark
        default = node.default
        given = [self.column(node.expr), self._data(node.offset)]
        given += [self._data(getattr(default, "value", None)), self._data(node.ignore_nulls)]
        return self._function(type(node).__name__.lower(), *given)

    def listed(self, node: Any) -> _Made:  # noqa: ANN401 - of Snowpark
        said = self._data(node.delimiter), self._data(node.is_distinct)
        return self._function("listagg", self.column(node.col), *said)

    def order(self, node: Any) -> _Made:  # noqa: ANN401 - of Snowpark
        inner = self.column(node.child)
        for name in (*_ORDERS, "desc_nulls_last"):
            made = self._method(inner, name)
            if _are_alike(_expression_of(made.value), node):
                return made
        raise NoExpression(self._whole)

    def over(self, node: Any) -> _Made:  # noqa: ANN401 - of Snowpark
        spec = node.window_spec
        return self._method(
            self.column(node.window_function), "over", self.window(spec, spec.frame_spec)
        )

    def case(self, node: Any) -> _Made:  # noqa: ANN401 - of Snowpark
        made: _Made | None = None
        for pair in node.branches:
            given = list(map(self.column, pair))
            if made is None:
                made = self._function("when", *given)
            else:
                made = self._method(made, "when", *given)
        if made is None or node.else_value is None:
            return made or self.star(node)
        return self._method(made, "otherwise", self.column(node.else_value))

    def within(self, node: Any) -> _Made:  # noqa: ANN401 - of Snowpark
        values: Sequence[Any] = node.values
        return self._method(self.column(node.columns), "isin", *map(self.column, values))

    def item(self, node: Any) -> _Made:  # noqa: ANN401 - of Snowpark
        inner, key = self.column(node.expr), self._data(node.field)
        return _Made(f"{inner.text}[{key.text}]", inner.value[key.value])


_OF_KINDS: Mapping[str, Callable[[_Calls, Any], _Made]] = {
    "UnresolvedAttribute": _Calls.attribute,
    "Star": _Calls.star,
    "Literal": _Calls.literal,
    "Not": _Calls.negative,
    "UnaryMinus": _Calls.negative,
    "Alias": _Calls.alias,
    "Cast": _Calls.cast,
    "FunctionExpression": _Calls.function,
    "Lag": _Calls.beside,
    "Lead": _Calls.beside,
    "ListAgg": _Calls.listed,
    "SortOrder": _Calls.order,
    "WindowExpression": _Calls.over,
    "CaseWhen": _Calls.case,
    "InExpression": _Calls.within,
    "SubfieldString": _Calls.item,
    "SubfieldInt": _Calls.item,
}
