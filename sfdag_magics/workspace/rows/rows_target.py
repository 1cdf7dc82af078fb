"""What of an open target brings rows into tables, for scripts and tests. Reads no row itself."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from sfdag_magics.graph.arguments.calls import tells_arguments
from sfdag_magics.graph.arguments.option_values import AMOUNT, FLAG, TEXT, check_value, names_of
from sfdag_magics.workspace.asking.consent import Consent
from sfdag_magics.workspace.rows.arrivals import Chosen, Wanted, loaded, pulled
from sfdag_magics.workspace.workspace import Workspace

if TYPE_CHECKING:
    from sfdag_magics.client.arriving.arrival import Arrived


@tells_arguments
class RowsTarget:
    """The part of `OpenTarget` that needs no graph."""

    _workspace: Workspace
    _consent: Consent

    def load(
        self,
        what: object,
        name: str | None = None,
        *,
        replace: bool = False,
        append: bool = False,
        encoding: str = "utf-8",
    ) -> Arrived:
        """Bring a file's or a frame's rows into a table: all of them or none.

        Args:
            what: a path (CSV, Parquet, JSON lines), or a data frame of pandas, polars or Arrow.
            name: the table; else the file's name. A frame has none.
            replace: in place of a table that is there.
            append: to a table that is there.
            encoding: of a CSV or JSON file.

        Raises:
            InputError: the rows cannot be read, or a table of this name is there.
        """
        for option, value in (("replace", replace), ("append", append)):
            check_value(option, value, FLAG)
        check_value("name", name, TEXT)
        wanted = Wanted(name=name, replace=replace, append=append, agrees=self._consent.asks)
        target = self._workspace.places.target()
        self._consent.check(f"load into {target.place}")
        return loaded(self._workspace, what, None, wanted, named="FRAME", encoding=encoding)

    def pull(
        self,
        table: str,
        source: str,
        *,
        name: str | None = None,
        sample: str | float | None = None,
        rows: int | None = None,
        where: str | None = None,
        without: Collection[str] = (),
        replace: bool = False,
    ) -> Arrived:
        """Bring rows of another target's table into this one, an embedded engine, types kept.

        Args:
            table: as SQL names it there.
            source: the target that has it.
            name: the table here; else the same name.
            sample: a share of the rows by chance, such as `"1%"`.
            rows: so many at most.
            where: a condition in SQL.
            without: columns that are left out.
            replace: in place of a table that is there.

        Raises:
            InputError: a type is the service's alone, or a table of this name is there.
            BackendError: there is no such table, or this role may not read it.
        """
        check_value("table", table, TEXT)
        check_value("rows", rows, AMOUNT)
        wanted = Wanted(name=name, replace=replace, agrees=self._consent.asks)
        chosen = Chosen(sample=sample, rows=rows, where=where, without=names_of(without))
        here = self._workspace.places.target().name
        return pulled(self._workspace, table, source, wanted, chosen, to=here)
