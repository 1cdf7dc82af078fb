"""What `*` says of its columns, checked against those that there are. Trees, tables resolved."""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.sql.names.lineage import Lineage
from sfdag_magics.engine.sql.reading.walking import found_in


def check_stars(tree: exp.Expr) -> None:
    """Refuse `* RENAME` of a column that is not there, which DuckDB passes over.

    Raises:
        SqlError: there is no such column.
    """
    lineage = Lineage()
    for star in found_in(tree, exp.Star):
        renamed = [pair.this.name for pair in star.args.get("rename") or []]
        known = _columns(star, lineage) if renamed else None
        for name in renamed if known is not None else ():
            if name not in (known or ()):
                raise SqlError(
                    "SQL compilation error: error line 1 at position 0\n"
                    f"invalid identifier '{name}'",
                    code=904,
                    sqlstate="42000",
                )


def _columns(star: exp.Star, lineage: Lineage) -> set[str] | None:
    """The names that it stands for; None where they are not known."""
    select = star.find_ancestor(exp.Select)
    from_ = select.args.get("from_") if select is not None else None
    if select is None or from_ is None:
        return None
    table = star.parent.table if isinstance(star.parent, exp.Column) else ""
    found: set[str] = set()
    for source in (from_.this, *(join.this for join in select.args.get("joins") or [])):
        if table and source.alias_or_name != table:
            continue
        names = lineage.column_names(source)
        if names is None:
            return None
        found.update(names)
    return found
