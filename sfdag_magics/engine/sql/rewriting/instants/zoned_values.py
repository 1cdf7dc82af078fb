"""Values with an offset, as a tree has them, and their instants."""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.borders.answers import SfType
from sfdag_magics.engine.sql.names.lineage import Lineage
from sfdag_magics.engine.sql.values.calls import macro
from sfdag_magics.engine.sql.values.types import SqlType


def instant(value: exp.Expr) -> exp.Expr:
    """The moment of a value, without its offset."""
    return macro("_sf_instant", value)


def is_zoned(node: exp.Expr, lineage: Lineage) -> bool:
    """Whether an expression is a TIMESTAMP_TZ."""
    return has_offset(lineage.of(node))


def has_offset(kind: SqlType | None) -> bool:
    """Whether values of this type have an offset."""
    return kind is not None and kind.kind is SfType.TIMESTAMP_TZ


def with_name(value: exp.Expr, name: str) -> exp.Expr:
    """The value under a name, whatever its letters."""
    return exp.alias_(value, exp.to_identifier(name, quoted=True), copy=False)
