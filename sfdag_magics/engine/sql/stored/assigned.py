"""What a value becomes in a column of a table: the macros that a written value goes through.

A float into a whole number rounds half away from zero, a VARIANT into text loses its quotes, a text
into a moment is read as TO_TIMESTAMP reads it. What DuckDB casts as Snowflake does has no macro.
Trees only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlglot import exp

from sfdag_magics.engine.sql.values.calls import macro

_BY_KIND: Mapping[str, str] = {
    "TEXT": "_sf_text",
    "BOOLEAN": "_sf_to_boolean",
    "DATE": "_sf_as_date",
    "TIME": "_sf_as_time",
    "TIMESTAMP_NTZ": "_sf_as_timestamp",
    "TIMESTAMP_LTZ": "_sf_as_timestamp_ltz",
    "TIMESTAMP_TZ": "_sf_as_timestamp_tz",
    "BINARY": "_sf_binary",
    "VARIANT": "_sf_json",
    "OBJECT": "_sf_only_object",
    "ARRAY": "_sf_only_array",
}
#: What makes nothing else of a literal than DuckDB's own cast.
_NOT_OF_LITERALS = frozenset({"_sf_text", "_sf_rounded"})


def fit_of(column: Mapping[str, Any]) -> str | None:
    """The macro that values of a column go through; None where DuckDB's own cast will do."""
    kind = column["type"]["kind"]
    if kind == "FIXED":
        return None if column["type"]["scale"] else "_sf_rounded"
    return fit_of_kind(kind)


def fit_of_kind(kind: str) -> str | None:
    """The same for what is no number."""
    return _BY_KIND.get(kind)


def fit_of_cells(column: Mapping[str, Any], cells: Sequence[exp.Expr]) -> str | None:
    """The same for what one column gets of a VALUES list; None where all of it is left as it is."""
    fit = fit_of(column)
    return fit if any(_is_fitted(cell, fit) for cell in cells) else None


def fit_value(value: exp.Expr, fit: str | None) -> exp.Expr:
    """Put the macro around the value, where it stands."""
    if fit is None or not _is_fitted(value, fit):
        return value
    fitted = macro(fit, value.copy())
    if value.parent is not None:
        value.replace(fitted)
    return fitted


def _is_fitted(value: exp.Expr, fit: str | None) -> bool:
    if isinstance(value, exp.Null | exp.Var):
        return False
    return fit is not None and not (isinstance(value, exp.Literal) and fit in _NOT_OF_LITERALS)
