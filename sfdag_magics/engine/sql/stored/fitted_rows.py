"""What an INSERT writes, fitted to the columns of its target: one function over each column.

The cells of a VALUES list stay the constants that they are. A function around each of them would be
read and bound once per cell, which for moments takes longer than all the rest of a statement.
Cells of one type share a column of the list; a column of the target that has cells of several types
is one of several. Trees only.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from sqlglot import exp

from sfdag_magics.engine.borders.answers import SfType, SqlError
from sfdag_magics.engine.sql.names.lineage import Lineage
from sfdag_magics.engine.sql.stored.assigned import Fit, fit_of, fit_of_cells
from sfdag_magics.engine.sql.stored.table_form import TableColumn
from sfdag_magics.engine.sql.values.duck_types import duck_cast
from sfdag_magics.light_classes import dataclass

_SOURCE = "source"


@dataclass(frozen=True, slots=True)
class _Cells:
    """What one column of the target gets: columns of the list, and the function they go through.

    Attributes:
        parts: of each row one cell per column of the list, of which at most one is not NULL.
        fits: by column of the list.
    """

    parts: list[list[exp.Expr]]
    fits: list[Fit | None]

    def value(self, names: Sequence[exp.Identifier]) -> exp.Expr:
        """What is written, of the columns that the list has for it."""
        first, *others = _fitted_columns(names, self.fits)
        return exp.Coalesce(this=first, expressions=others) if others else first


def fitted_rows(source: exp.Expr, columns: Sequence[TableColumn]) -> exp.Expr:
    """The rows of an INSERT as its columns take them; `source` itself where nothing is to do."""
    if isinstance(source, exp.Values):
        return _fitted_values(source, columns)
    fits = [fit_of(column.type) for column in columns]
    return _fitted_query(source, fits) if any(fits) else source


def _fitted_query(source: exp.Expr, fits: Sequence[Fit | None]) -> exp.Expr:
    """The query under columns of its own, which go through the functions that fit them."""
    with_ = source.args.get("with_")
    names = _names(len(fits))
    items = _fitted_columns(names, fits)
    # what the query has besides is too much for the columns, and is told
    items.append(exp.Star(except_=[name.copy() for name in names]))
    inner = source.this if isinstance(source, exp.Subquery) and not with_ else source
    return _select(items, exp.Subquery(this=inner, alias=_alias(names)))


def _fitted_values(values: exp.Values, columns: Sequence[TableColumn]) -> exp.Expr:
    rows = [row.expressions if isinstance(row, exp.Tuple) else [row] for row in values.expressions]
    for row in rows:
        if len(row) != len(columns):
            raise SqlError(
                "SQL compilation error:\nInsert value list does not match column list expecting"
                f" {len(columns)} but got {len(row)}",
                code=2020,
                sqlstate="21S01",
            )
    by_column = list(zip(columns, zip(*rows, strict=True), strict=True))
    if not any(fit_of_cells(column.type, cells) for column, cells in by_column):
        return values
    lineage = Lineage()
    return _over_list([_cells_of(column, cells, lineage) for column, cells in by_column])


def _cells_of(column: TableColumn, cells: Sequence[exp.Expr], lineage: Lineage) -> _Cells:
    fit = fit_of_cells(column.type, cells)
    keys = [_key(cell, lineage) for cell in cells]
    known = dict.fromkeys(key for key in keys if key is not None)
    if fit is None:
        is_alike = len(known) < 2 and _OWN not in known
        return _Cells([[cell if is_alike else _cast(cell, column)] for cell in cells], [None])
    order = list(known) or [None]
    parts = []
    for cell, key in zip(cells, keys, strict=True):
        row: list[exp.Expr] = [exp.Null() for _ in order]
        if key is not None:
            row[order.index(key)] = _alone(cell, column, fit) if key == _OWN else cell
        parts.append(row)
    return _Cells(parts, [None if key == _OWN else fit for key in order])


#: The key of cells whose type is not known: each is fitted by itself.
_OWN = "own"


def _key(cell: exp.Expr, lineage: Lineage) -> Hashable:
    """What cells have in common that may share a column; None of a NULL."""
    if isinstance(cell, exp.Null):
        return None
    kind = lineage.of(cell)
    if kind is None:
        return _OWN
    return (kind.kind, kind.scale) if kind.kind is SfType.FIXED else kind.kind


def _alone(cell: exp.Expr, column: TableColumn, fit: Fit) -> exp.Expr:
    if isinstance(cell, exp.Var):
        return _cast(cell, column)
    return fit.of(cell) if fit.is_needed(cell) else cell


def _cast(cell: exp.Expr, column: TableColumn) -> exp.Expr:
    """The cell as DuckDB would write it into the column; DEFAULT, the only word, as it computes it.

    A list that is read from, as one behind an INSERT is not, has no columns to take defaults of.
    """
    if isinstance(cell, exp.Var):
        return exp.var(f"CAST({column.default or 'NULL'} AS {column.type.physical})")
    return cell if isinstance(cell, exp.Null) else duck_cast(cell, column.type)


def _over_list(columns: Sequence[_Cells]) -> exp.Expr:
    """The query over a VALUES list that has all columns of the cells."""
    names = iter(_names(sum(len(cells.fits) for cells in columns)))
    taken = [[next(names) for _ in cells.fits] for cells in columns]
    items = [cells.value(own) for cells, own in zip(columns, taken, strict=True)]
    rows = [
        exp.Tuple(expressions=[cell for part in row for cell in part])
        for row in zip(*(cells.parts for cells in columns), strict=True)
    ]
    alias = _alias([name for own in taken for name in own])
    return _select(items, exp.Values(expressions=rows, alias=alias))


def _fitted_columns(names: Sequence[exp.Identifier], fits: Sequence[Fit | None]) -> list[exp.Expr]:
    return [
        fit.of(exp.column(name)) if fit else exp.column(name)
        for name, fit in zip(names, fits, strict=True)
    ]


def _names(count: int) -> list[exp.Identifier]:
    return [exp.to_identifier(f"c{index}", quoted=True) for index in range(count)]


def _alias(names: Sequence[exp.Identifier]) -> exp.TableAlias:
    return exp.TableAlias(
        this=exp.to_identifier(_SOURCE, quoted=True), columns=[name.copy() for name in names]
    )


def _select(items: list[exp.Expr], rows: exp.Expr) -> exp.Select:
    return exp.Select(expressions=items, from_=exp.From(this=rows))
