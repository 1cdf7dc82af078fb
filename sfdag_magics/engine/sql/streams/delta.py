"""What a table has to show for the commits between two numbers, as DuckDB's SQL. Texts only.

`since` are the statements whose commits came behind the offset, `later` those behind what is shown;
the running transaction's own have no number and are in both, so nobody sees them. A row's state
counts at the offset if it was there by then and ended behind it: it is in the history, as the table
has what nobody has touched since. The net of both ends is what is shown: a row that came and went
between them shows nothing, one that changed shows what it was and what it is.
"""

from __future__ import annotations

from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.sql.stored.tracked_form import (
    ENDED,
    HISTORY,
    MADE,
    ROW,
    STATEMENT,
)
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import quoted_identifier, quoted_string

#: The columns that a stream has besides its source's.
ACTION, IS_UPDATE, ROW_ID = "METADATA$ACTION", "METADATA$ISUPDATE", "METADATA$ROW_ID"
#: Whether a state is at one end of the span only.
CHANGED = "sfdag$changed"
_CHANGED = quoted_identifier(CHANGED)
_ROW, _STATEMENT, _MADE, _ENDED = map(quoted_identifier, (ROW, STATEMENT, MADE, ENDED))


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Which commits are shown to whom.

    Attributes:
        stream_id: whose offset is the beginning.
        shown: the number of the last commit.
        consumed: whether the open transaction has moved the offset: it goes on seeing the same.
    """

    stream_id: str
    shown: int
    consumed: bool

    @property
    def offset(self) -> str:
        """The query for the number of the last commit that is not shown."""
        return self._of("before" if self.consumed else "now")

    @property
    def is_first(self) -> str:
        """The query for whether what was there at the offset is shown, and nothing else."""
        return self._of("first_before" if self.consumed else "first_now")

    def _of(self, column: str) -> str:
        stream = quoted_string(self.stream_id)
        return f"(SELECT {column} FROM registry.offsets WHERE stream_id = {stream})"  # noqa: S608 - ids and names of ours


@dataclass(frozen=True, slots=True)
class States:
    """A tracked table with the conditions by which its rows' states are told apart."""

    table: ObjectFact
    span: Span

    @property
    def columns(self) -> str:
        """The table's own columns, as a list."""
        return ", ".join(quoted_identifier(each["name"]) for each in self.table.detail["columns"])

    @property
    def rows(self) -> str:
        """The DuckDB table of the rows as they are."""
        return quoted_identifier(self.table.detail["physical"])

    @property
    def history(self) -> str:
        """The DuckDB table of what they were."""
        return quoted_identifier(self.table.detail[HISTORY])

    @property
    def since(self) -> str:
        """The statements behind the offset."""
        return self._behind(self.span.offset)

    @property
    def later(self) -> str:
        """The statements behind what is shown."""
        return self._behind(str(self.span.shown))

    def _behind(self, number: str) -> str:
        table = quoted_string(self.table.id)
        return (
            "(SELECT statement FROM registry.changes"  # noqa: S608 - ids and names of ours
            f" WHERE table_id = {table} AND (number IS NULL OR number > {number}))"
        )

    def after(self) -> str:
        """The states of the shown end that were not there at the offset."""
        made = f"{_STATEMENT} IN {self.since} AND {_STATEMENT} NOT IN {self.later}"
        return (
            f"SELECT {self.columns}, {_ROW} FROM {self.rows} WHERE {made} UNION ALL"  # noqa: S608 - names of ours
            f" SELECT {self.columns}, {_ROW} FROM {self.history}"
            f" WHERE {made} AND {_ENDED} IN {self.later}"
        )

    def before(self) -> str:
        """The states of the offset that are not there any more at the shown end."""
        return (
            f"SELECT {self.columns}, {_ROW} FROM {self.history}"  # noqa: S608 - names of ours
            f" WHERE {_STATEMENT} NOT IN {self.since} AND {_ENDED} IN {self.since}"
            f" AND {_ENDED} NOT IN {self.later}"
        )

    def at_offset(self) -> str:
        """All states of the offset, each with whether it is not there any more at the shown end."""
        ended = f"{_ENDED} IN {self.since} AND {_ENDED} NOT IN {self.later}"
        return self._at(self.since, "false", ended)

    def at_end(self) -> str:
        """All states of the shown end, each with whether it was not there at the offset."""
        made = f"{_STATEMENT} IN {self.since}"
        return self._at(self.later, made, made)

    def _at(self, behind: str, of_row: str, of_history: str) -> str:
        shown = f"SELECT {self.columns}, {_ROW}"
        was = f"{_STATEMENT} NOT IN {behind}"
        return (
            f"{shown}, {of_row} AS {_CHANGED} FROM {self.rows} WHERE {was} UNION ALL"
            f" {shown}, {of_history} AS {_CHANGED} FROM {self.history}"
            f" WHERE {was} AND {_ENDED} IN {behind}"
        )

    def inserted(self) -> str:
        """The states that INSERTs of the span made, whatever became of them."""
        made = f"{_MADE} AND {_STATEMENT} IN {self.since} AND {_STATEMENT} NOT IN {self.later}"
        return (
            f"SELECT {self.columns}, {_ROW}, true AS {_CHANGED} FROM {self.rows}"  # noqa: S608 - names of ours
            f" WHERE {made} UNION ALL"
            f" SELECT {self.columns}, {_ROW}, true AS {_CHANGED} FROM {self.history} WHERE {made}"
        )


def net(columns: str, came: str, went: str) -> str:
    """What a standard stream shows: what came, what went, and both of what changed."""
    is_both = f"{_ROW} IN (SELECT {_ROW} FROM "  # noqa: S608 - names of ours
    new = shown(columns, "came", "INSERT", f"{is_both} went)")
    old = shown(columns, "went", "DELETE", f"{is_both} came)")
    return f"WITH came AS ({came}), went AS ({went}) {new} UNION ALL {old}"


def shown(columns: str, rows: str, action: str, is_update: str = "false") -> str:
    """Rows with their ids, as a stream shows them."""
    return (
        f"SELECT {columns}, '{action}' AS {quoted_identifier(ACTION)},"  # noqa: S608 - names of ours
        f" {is_update} AS {quoted_identifier(IS_UPDATE)},"
        f" sha1(CAST({_ROW} AS VARCHAR)) AS {quoted_identifier(ROW_ID)} FROM {rows}"
    )


def either(span: Span, first: str, then: str) -> str:
    """The first query as long as the stream was never read, the other one from then on."""
    return (
        f"SELECT * FROM ({first}) WHERE {span.is_first} UNION ALL"  # noqa: S608 - made by us
        f" SELECT * FROM ({then}) WHERE NOT {span.is_first}"
    )
