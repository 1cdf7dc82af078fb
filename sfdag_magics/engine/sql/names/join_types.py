"""Joins by name of a VARIANT with another type: the VARIANT is converted, as beside `=`.

Works on resolved trees, before any rewrite. The table that has the VARIANT becomes a query of its
columns, of which those that are joined by have the other's type.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field

from sqlglot import exp

from sfdag_magics.engine.borders.answers import SfType
from sfdag_magics.engine.sql.names.lineage import Columns, Lineage
from sfdag_magics.engine.sql.reading.walking import found_in
from sfdag_magics.engine.sql.values.types import SqlType
from sfdag_magics.light_classes import dataclass

_Type = exp.DataType.Type
Beside = Mapping[SfType, exp.DType]


@dataclass(slots=True)
class _Source:
    """What stands behind FROM or JOIN, and what its columns are to become."""

    holder: exp.Expr
    columns: Columns
    wanted: dict[str, exp.DType] = field(default_factory=dict)

    def type_of(self, name: str) -> SqlType | None:
        return dict(self.columns).get(name)


def join_by_one_type(tree: exp.Expr, lineage: Lineage, beside: Beside) -> None:
    """Convert what is joined by name; `beside` has the types that a VARIANT can be given."""
    sources = [
        source
        for select in list(found_in(tree, exp.Select))
        for source in _sources(select, lineage, beside)
        if source.wanted
    ]
    for source in sources:
        source.holder.set("this", _converted(source))


def _sources(select: exp.Select, lineage: Lineage, beside: Beside) -> list[_Source]:
    joins = select.args.get("joins") or []
    from_ = select.args.get("from_")
    if from_ is None or not joins:
        return []
    passed = [_Source(from_, lineage.source(from_.this) or [])]
    for join in joins:
        right = _Source(join, lineage.source(join.this) or [])
        for left, name in _joined_by(join, passed, right):
            _convert_one(left, right, name, beside)
        passed.append(right)
    return passed


def _joined_by(
    join: exp.Join, passed: list[_Source], right: _Source
) -> Iterator[tuple[_Source, str]]:
    """The names that a join is by, each with the first table on the left that has it."""
    using = [column.name for column in join.args.get("using") or []]
    for name, _ in right.columns:
        left = next((source for source in passed if name in dict(source.columns)), None)
        if left is not None and (name in using or join.method == "NATURAL"):
            yield left, name


def _convert_one(left: _Source, right: _Source, name: str, beside: Beside) -> None:
    for source, other in ((right, left), (left, right)):
        kind, wanted = source.type_of(name), other.type_of(name)
        if kind is None or wanted is None or kind.kind is not SfType.VARIANT:
            continue
        if wanted.kind in beside:
            source.wanted[name] = beside[wanted.kind]


def _converted(source: _Source) -> exp.Subquery:
    items: list[exp.Expr] = []
    for name, _ in source.columns:
        identifier = exp.to_identifier(name, quoted=True)
        column: exp.Expr = exp.column(identifier.copy())
        if name in source.wanted:
            column = _cast(column, source.wanted[name])
        items.append(exp.alias_(column, identifier, copy=False))
    table = source.holder.this
    name = table.alias_or_name
    alias = exp.TableAlias(this=exp.to_identifier(name, quoted=True)) if name else None
    return exp.Subquery(this=exp.Select(expressions=items, from_=exp.From(this=table)), alias=alias)


def _cast(column: exp.Expr, wanted: exp.DType) -> exp.Expr:
    """What is no number is unlike every number, and no error."""
    if wanted is not _Type.DOUBLE:
        return exp.Cast(this=column, to=exp.DataType(this=wanted))
    text = exp.Cast(this=column, to=exp.DataType(this=_Type.VARCHAR))
    return exp.TryCast(this=text, to=exp.DataType(this=wanted))
