"""What a value becomes in a column of a table: the macros that a written value goes through.

A float into a whole number rounds half away from zero, a VARIANT into text loses its quotes, a text
into a moment is read as TO_TIMESTAMP reads it, a moment loses the digits of a second that its
column has not. What DuckDB casts as Snowflake does has no macro. Trees only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot import exp

from sfdag_magics.engine.borders.answers import SfType
from sfdag_magics.engine.sql.values.calls import macro
from sfdag_magics.engine.sql.values.duck_types import cut_to
from sfdag_magics.engine.sql.values.types import SqlType
from sfdag_magics.light_classes import dataclass

_BY_KIND: Mapping[SfType, str] = {
    SfType.TEXT: "_sf_text",
    SfType.BOOLEAN: "_sf_to_boolean",
    SfType.DATE: "_sf_as_date",
    SfType.TIME: "_sf_as_time",
    SfType.TIMESTAMP_NTZ: "_sf_as_timestamp",
    SfType.TIMESTAMP_LTZ: "_sf_as_timestamp_ltz",
    SfType.TIMESTAMP_TZ: "_sf_as_timestamp_tz",
    SfType.BINARY: "_sf_binary",
    SfType.VARIANT: "_sf_json",
    SfType.OBJECT: "_sf_only_object",
    SfType.ARRAY: "_sf_only_array",
}
#: What makes nothing else of a literal than DuckDB's own cast.
_NOT_OF_LITERALS = frozenset({"_sf_text", "_sf_rounded"})


@dataclass(frozen=True, slots=True)
class Fit:
    """How values become those of a column.

    Attributes:
        macro: of any value; what it makes of one may have digits of a second too many.
    """

    macro: str
    kind: SqlType

    def of(self, value: exp.Expr) -> exp.Expr:
        """The value as it is in the column."""
        return cut_to(self.kind, macro(self.macro, value))

    def is_needed(self, value: exp.Expr) -> bool:
        """Whether DuckDB alone would write something else, or may."""
        if isinstance(value, exp.Null | exp.Var):
            return False
        return not (isinstance(value, exp.Literal) and self.macro in _NOT_OF_LITERALS)


def fit_of(kind: SqlType) -> Fit | None:
    """What values of a column go through; None where DuckDB's own cast will do."""
    name = "_sf_rounded" if kind.is_integer else _BY_KIND.get(kind.kind)
    return None if name is None else Fit(name, kind)


def fit_of_cells(kind: SqlType, cells: Sequence[exp.Expr]) -> Fit | None:
    """The same for what one column gets of a VALUES list; None where all of it is left as it is."""
    fit = fit_of(kind)
    return fit if fit is not None and any(fit.is_needed(cell) for cell in cells) else None


def fit_value(value: exp.Expr, fit: Fit | None) -> None:
    """Put the macro around the value, where it stands."""
    if fit is not None and fit.is_needed(value):
        value.replace(fit.of(value.copy()))
