"""Names that DuckDB finds and Snowflake does not. Trees, tables resolved.

On an account `SELECT age` does not find the column "age", which a data frame's columns are stored
as; DuckDB does, and the same text failed on the day of its deployment. And `v.name` of a column `v`
is no field of it, which DuckDB looks for under the name in capitals and does not find.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.sql.names.lineage import TYPES, Lineage
from sfdag_magics.engine.sql.reading.walking import found_in, nodes


def refuse_near_names(tree: exp.Expr) -> None:
    """Refuse a column's name that is only nearly that of a column, and columns taken for tables.

    Raises:
        SqlError: there is one.
    """
    lineage = Lineage()
    columns = [node for node in found_in(tree, exp.Column) if isinstance(node.this, exp.Identifier)]
    if any(name.upper() != name for name in _names(tree)):
        for column in columns:
            if (meant := _meant(column, lineage)) is not None:
                raise _unknown(
                    column.name,
                    f'The column is called "{meant}", and is found by this name in double quotes.',
                )
    tables = {node.alias_or_name for node in found_in(tree, *_NAMED)}
    for column in columns:
        if column.table and column.table not in tables and _is_column(column, lineage):
            raise _unknown(
                ".".join(part.name for part in column.parts),
                f"A field of the column {column.table} stands behind ':', as it is written in the"
                f" value: {column.table}:{column.name.lower()}.",
            )


#: What gives a name to rows.
_NAMED = (
    *(exp.Table, exp.Subquery, exp.CTE, exp.TableAlias, exp.Lateral, exp.TableFromRows),
    *(exp.Values, exp.Pivot),
)


def _unknown(name: str, hint: str) -> SqlError:
    return SqlError(
        f"SQL compilation error: error line 1 at position 0\ninvalid identifier '{name}'\n{hint}",
        code=904,
        sqlstate="42000",
    )


def _names(tree: exp.Expr) -> Iterator[str]:
    for node in nodes(tree):
        if isinstance(node, exp.Identifier):
            yield node.name
        for name, _ in node.meta.get(TYPES) or () if node._meta else ():  # noqa: SLF001 - meta makes a dict
            yield name


def _meant(column: exp.Column, lineage: Lineage) -> str | None:
    """The name that is like this one where none is this one; None where one may be."""
    like = None
    for known in _known_around(column, column.table, lineage):
        if known is None or known == column.name:
            return None
        if like is None and known.upper() == column.name.upper():
            like = known
    return like


def _known_around(column: exp.Column, table: str, lineage: Lineage) -> Iterator[str | None]:
    """The names that mean something where a column stands, the nearest first; None: not known."""
    for scope, sources in lineage.seen_from(column):
        for name, columns in sources.items():
            if not table or table == name:
                yield from [None] if columns is None else (known for known, _ in columns)
        if not table and isinstance(scope, exp.Select):
            yield from (item.alias for item in scope.expressions if isinstance(item, exp.Alias))


def _is_column(column: exp.Column, lineage: Lineage) -> bool:
    """Whether what stands before the point is a column."""
    return any(known == column.table for known in _known_around(column, "", lineage))
