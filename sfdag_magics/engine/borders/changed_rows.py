"""How many rows a statement put into tables, changed and took away, by its answer. Pure."""

from __future__ import annotations

from sfdag_magics.engine.borders.answers import Result, StatementType
from sfdag_magics.light_classes import dataclass

_INSERTED, _UPDATED, _DELETED = (
    f"number of rows {what}" for what in ("inserted", "updated", "deleted")
)
#: Statements whose answer says in columns what they did.
_DML = (StatementType.INSERT, StatementType.UPDATE, StatementType.DELETE, StatementType.MERGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedRows:
    """What one statement did to tables."""

    inserted: int = 0
    updated: int = 0
    deleted: int = 0


def changed_rows(result: Result) -> ChangedRows:
    """What a statement did that answered with this."""
    if result.rows_affected is None:
        return ChangedRows(inserted=result.rows_made)
    if result.statement_type not in _DML:
        return ChangedRows(inserted=result.rows_affected)
    counted = {
        column.name: values[0].as_py()
        for column, values in zip(result.columns, result.rows.columns, strict=True)
    }
    return ChangedRows(
        inserted=counted.get(_INSERTED, 0),
        updated=counted.get(_UPDATED, 0),
        deleted=counted.get(_DELETED, 0),
    )
