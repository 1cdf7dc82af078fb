"""Rows told apart by a TIMESTAMP_TZ: one instant is one value, whatever its offset.

Trees with their tables resolved, before any rewrite. DuckDB has the instant and the offset in a
struct, and would take the same instant at two offsets for two groups, partitions, ranks or rows.
What is grouped, ordered or chosen by becomes the instant; a group shows one of its values. UNION,
INTERSECT and EXCEPT become groups of all their rows. Joins by name go by both, as they are written.
"""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.borders.answers import unsupported
from sfdag_magics.engine.sql.names.lineage import TYPES, Lineage
from sfdag_magics.engine.sql.reading.walking import found_in, nodes
from sfdag_magics.engine.sql.rewriting.instants.compared import (
    choose_by_instants,
    compared_whole,
    looked_for,
    mark_gathered,
)
from sfdag_magics.engine.sql.rewriting.instants.distinct_rows import distinct_rows
from sfdag_magics.engine.sql.rewriting.instants.grouped import group_by_instants
from sfdag_magics.engine.sql.rewriting.instants.zoned_values import has_offset, instant, is_zoned

_Type = exp.DataType.Type
_CALLS = (exp.TimestampTzFromParts, exp.Anonymous, exp.ConvertTimezone)


def tell_apart_by_instants(tree: exp.Expr) -> exp.Expr:
    """The tree, in which groups, partitions and distinct rows go by instants."""
    if not _may_have_offsets(tree):
        return tree
    for query in reversed(list(found_in(tree, exp.Select, exp.SetOperation))):
        if (grouped := distinct_rows(query)) is None:
            continue
        if query is tree:
            tree = grouped
        else:
            query.replace(grouped)
    for pivot in found_in(tree, exp.Pivot):
        _refuse_offsets_in(pivot, Lineage())
    for select in list(found_in(tree, exp.Select)):
        group_by_instants(select, Lineage())
    mark_gathered(tree, Lineage())
    for value in [*compared_whole(tree, Lineage()), *looked_for(tree, Lineage())]:
        value.replace(instant(value.copy()))
    choose_by_instants(tree)
    return tree


def _may_have_offsets(tree: exp.Expr) -> bool:
    for node in nodes(tree):
        if isinstance(node, exp.DataType) and node.this is _Type.TIMESTAMPTZ:
            return True
        columns = node.meta.get(TYPES) or () if node._meta else ()  # noqa: SLF001 - meta makes a dict
        if any(has_offset(kind) for _, kind in columns):
            return True
        if isinstance(node, _CALLS) and is_zoned(node, Lineage()):
            return True
    return False


def _refuse_offsets_in(pivot: exp.Pivot, lineage: Lineage) -> None:
    """PIVOT groups by all columns that it does not sum up, and by what they look like."""
    rows = pivot.parent
    if rows is None or pivot.args.get("unpivot"):
        return
    summed_up = {
        column.name for value in pivot.expressions for column in found_in(value, exp.Column)
    }
    for name, kind in lineage.columns(rows) or []:
        if has_offset(kind) and name not in summed_up:
            raise unsupported(
                f"PIVOT beside the TIMESTAMP_TZ {name}",
                f"leave it out, or write {name}::TIMESTAMP_LTZ AS {name} in a query within",
            )
