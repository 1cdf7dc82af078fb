"""What is written around a statement that changes a table with a stream.

The statement gets an id, which is at all rows that it writes; what it replaces or deletes goes into
the history first. Where it could pick other rows when it is asked again, or may leave some of those
that it looks at as they are, the rows are laid aside and compared afterwards.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlglot import exp

from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.sql.stored.table_form import new_physical_name
from sfdag_magics.engine.sql.stored.tracked_form import (
    ENDED,
    HIDDEN,
    HISTORY,
    MADE,
    ROW,
    STATEMENT,
    VARIABLE,
    is_tracked,
    list_of,
)
from sfdag_magics.engine.sql.stored.transaction import Write
from sfdag_magics.engine.store import changes
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import quoted_identifier


@dataclass(frozen=True, slots=True)
class Tracking:
    """One statement on one tracked table."""

    table: ObjectFact
    statement: str

    @classmethod
    def of(cls, table: ObjectFact) -> Tracking | None:
        """A new statement's; None where nobody asks what happens to the table."""
        return cls(table, str(uuid.uuid4())) if is_tracked(table) else None

    def begun(self, *, fresh: bool = False) -> list[Write]:
        """What stands before all else."""
        named = {"statement": self.statement, "table_id": self.table.id}
        return [
            # nothing of a user's is in it
            Write(sql=f"SET VARIABLE {VARIABLE} = '{self.statement}'", fresh=fresh),
            Write(sql=changes.BEGUN, parameters=named, fresh=fresh, is_change=True),
        ]

    def assignments(self) -> list[exp.Expr]:
        """What an UPDATE sets besides what it says."""
        return [
            _set(STATEMENT, exp.Literal.string(self.statement)),
            _set(MADE, exp.false()),
        ]

    def kept(self, rows: Write) -> list[Write]:
        """The rows of a query as they are, which all end with this statement."""
        sql = f"{self._into_history} SELECT *, {self._id} FROM ({rows.sql})"  # noqa: S608 - made by us
        return [_with(rows, sql)]

    def kept_all(self) -> list[Write]:
        """All rows of the table, which all end with this statement."""
        rows = quoted_identifier(self.table.detail["physical"])
        return self.kept(Write(sql=f"SELECT {self._names} FROM {rows}"))  # noqa: S608 - names of ours

    def compared(self, rows: Write) -> tuple[list[Write], list[Write]]:
        """What stands before and behind a statement that may leave some of these rows alone."""
        aside = quoted_identifier(new_physical_name("a"))
        physical = quoted_identifier(self.table.detail["physical"])
        row, statement = quoted_identifier(ROW), quoted_identifier(STATEMENT)
        before = [_with(rows, f"CREATE TEMP TABLE {aside} AS {rows.sql}")]
        ended = (
            f"{self._into_history} SELECT *, {self._id} FROM {aside} AS was"  # noqa: S608 - names of ours
            f" WHERE NOT EXISTS (SELECT 1 FROM {physical} AS is_now"
            f" WHERE is_now.{row} = was.{row} AND is_now.{statement} = was.{statement})"
        )
        behind = [Write(sql=ended), Write(sql=f"DROP TABLE {aside}")]
        return before, behind

    @property
    def _names(self) -> str:
        return list_of([*(each["name"] for each in self.table.detail["columns"]), *HIDDEN])

    @property
    def _into_history(self) -> str:
        history = quoted_identifier(self.table.detail[HISTORY])
        return f"INSERT INTO {history} ({self._names}, {quoted_identifier(ENDED)})"

    @property
    def _id(self) -> str:
        return f"CAST('{self.statement}' AS UUID)"


def all_columns_named(target: exp.Expr, table: ObjectFact) -> exp.Schema:
    """The target of an INSERT with its columns: the hidden ones have defaults."""
    names: Sequence[str] = [column["name"] for column in table.detail["columns"]]
    columns: list[exp.Expr] = [exp.to_identifier(name, quoted=True) for name in names]
    return exp.Schema(this=target, expressions=columns)


def _set(column: str, value: exp.Expr) -> exp.EQ:
    return exp.EQ(this=exp.column(exp.to_identifier(column, quoted=True)), expression=value)


def _with(rows: Write, sql: str) -> Write:
    return Write(sql=sql, parameters=rows.parameters, exact=rows.exact)
