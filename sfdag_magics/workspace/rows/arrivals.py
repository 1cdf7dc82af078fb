"""Rows of a file, a frame or another target, as somebody asks for them. Prints nothing.

What reads and sends them is imported with the first rows: it loads Arrow, which nothing else needs.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.connecting.targets import EMBEDDED
from sfdag_magics.client.observing.questions import Agrees, Question
from sfdag_magics.errors import InputError
from sfdag_magics.light_classes import dataclass
from sfdag_magics.place_words import ByPlace, to_type
from sfdag_magics.sqltext import QualifiedName, SqlTextError, TokenReader
from sfdag_magics.workspace.workspace import Workspace

if TYPE_CHECKING:
    from sfdag_magics.client.arriving.arrival import Arrived, Way
    from sfdag_magics.client.arriving.columns import Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Where rows are to go.

    Attributes:
        name: the table, in SQL; else that of the source.
        agrees: asked before a table is replaced; None where nobody is.
    """

    name: str | None = None
    replace: bool = False
    append: bool = False
    agrees: Agrees | None = None

    def check(self) -> None:
        """Refuse what contradicts itself.

        Raises:
            InputError: a table is to be replaced and to be added to.
        """
        if self.replace and self.append:
            raise InputError(
                f"{_REPLACE} and {_APPEND} contradict each other", hint="leave one out"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which rows of a table are meant.

    Attributes:
        sample: a share of them by chance: `1%`, or 1 for as much.
        rows: so many at most.
        where: a condition in SQL.
        without: columns that are left out.
    """

    sample: str | float | None = None
    rows: int | None = None
    where: str | None = None
    without: tuple[str, ...] = ()

    def check(self) -> None:
        """Refuse a sample that is none. Raises as `percent` does."""
        _ = self.percent

    @property
    def percent(self) -> float | None:
        """The share of the rows in percent.

        Raises:
            InputError: it is none between 0 and 100.
        """
        return _percent(self.sample)


_ARRIVING = "sfdag_magics.client.arriving"
#: Says replace or append, as it is typed.
_REPLACE, _APPEND = ByPlace("--replace", "replace=True"), ByPlace("--append", "append=True")
_AS, _TO = ByPlace("--as NAME", 'name="NAME"'), ByPlace("--to", "to=")


def loaded(
    workspace: Workspace,
    what: object,
    target: str | None,
    wanted: Wanted,
    *,
    named: str,
    encoding: str = "utf-8",
) -> Arrived:
    """Bring a file or a frame into a table of a target.

    Args:
        what: a path, or a data frame.
        named: what the source is called: a frame's table has its name.

    Raises:
        InputError: the source is none that is read here, or nobody agreed to replace a table.
    """
    wanted.check()
    files = importlib.import_module(f"{_ARRIVING}.files")
    path = Path(what).expanduser() if isinstance(what, str | Path) else None
    own = files.table_of_file(path) if path else named
    with workspace.places.apart(target) as backend:
        table = _table(wanted.name or own, backend, is_typed=wanted.name is not None)
        way = _way(table, backend, wanted)  # before a large file is read for nothing
        if path:
            rows = files.rows_of_file(path, encoding=encoding)
        else:
            rows = importlib.import_module(f"{_ARRIVING}.frame_rows").frame_rows(what, where=named)
        return _brought(backend, table, rows, way)


def pulled(
    workspace: Workspace,
    table: str,
    source: str | None,
    wanted: Wanted,
    chosen: Chosen,
    *,
    to: str | None = None,
) -> Arrived:
    """Bring rows of another target's table into the embedded engine.

    Args:
        source: the target that has them; else the chosen one.
        to: the embedded target that gets them; else the chosen one, or this machine's own.

    Raises:
        InputError: source and destination are one, or nothing of it is there.
        BackendError: the source refuses.
    """
    selected = importlib.import_module(f"{_ARRIVING}.selected_rows")
    places = workspace.places
    destination = _destination(workspace, to)
    source_name = places.target(source).name
    if source_name == destination:
        others = [each.name for each in places.known_targets() if each.name != destination]
        raise InputError(
            f"pull from which target? {destination} is where the rows go",
            hint=to_type("pull", table="TABLE", target=others[0] if others else "NAME"),
        )
    selection = selected.Selection(
        percent=chosen.percent,
        most=chosen.rows,
        where=chosen.where,
        without=chosen.without,
    )
    with places.apart(source) as there, places.apart(destination) as here:
        asked = _table(table, there, is_typed=True)
        rows = selected.selected_rows(there, asked, selection)
        goes_to = _table(wanted.name or QualifiedName(asked.name).sql(), here, is_typed=True)
        return _brought(here, goes_to, rows, _way(goes_to, here, wanted))


def _destination(workspace: Workspace, named: str | None) -> str:
    """The embedded target that gets what is pulled."""
    is_path = named is not None and (Path(named).suffix or len(Path(named).parts) > 1)
    if is_path and named not in {each.name for each in workspace.places.known_targets()}:
        raise InputError(
            f"{_TO} names the embedded target whose table gets the rows, and {named!r} is a file",
            hint=f"leave it out for {EMBEDDED}; {_AS} is the table's name there",
        )
    target = workspace.places.target(named)
    if target.is_embedded:
        return target.name
    if named is None:
        return EMBEDDED
    raise InputError(
        f"{named} is no embedded engine: rows are pulled onto this machine",
        hint=f"leave it out for {EMBEDDED}, or name another embedded target",
    )


def _percent(sample: str | float | None) -> float | None:
    if sample is None:
        return None
    text = str(sample).strip().removesuffix("%").strip()
    try:
        percent = float(text)
    except ValueError:
        percent = -1.0
    if not 0 < percent <= 100:
        why = "would have no row" if percent == 0 else "is no share of the rows"
        raise InputError(f"a sample of {sample} {why}", hint="above 0 and up to 100: 1%, or 0.1%")
    return percent


def _table(text: str, backend: Backend, *, is_typed: bool) -> QualifiedName:
    """A table's whole name; one that was typed is SQL, one of a file is a word already.

    Raises:
        InputError: it is no name, or no schema is chosen.
    """
    if not is_typed:
        name = QualifiedName(text.upper())
    else:
        try:
            reader = TokenReader(text)
            name = reader.qualified_name()
            if not reader.at_end:
                raise reader.unexpected("the end of the name")
        except SqlTextError as problem:
            raise InputError(
                f"{text} is no table's name",
                hint="NAME, SCHEMA.NAME or DB.SCHEMA.NAME; other names in quotes: '\"my table\"'",
            ) from problem
    whole = name.within(*backend.namespace)
    if not whole.name:
        raise InputError("the file's name makes no table's name", hint=_AS)
    if whole.database is None or whole.schema is None:
        raise InputError(
            f"no database and schema is chosen for {name.sql()}", hint="DB.SCHEMA.NAME"
        )
    return whole


def _way(table: QualifiedName, backend: Backend, wanted: Wanted) -> Way:
    """What becomes of a table that is there.

    Raises:
        InputError: nobody said that it may be replaced.
    """
    arrival = importlib.import_module(f"{_ARRIVING}.arrival")
    way: Way = arrival.Way.APPEND if wanted.append else arrival.Way.NEW
    if not wanted.append and arrival.is_there(backend, table):
        _check_agreed(table, backend, wanted)
        way = arrival.Way.REPLACE
    return way


def _brought(backend: Backend, table: QualifiedName, rows: Rows, way: Way) -> Arrived:
    arrival = importlib.import_module(f"{_ARRIVING}.arrival")
    found: Arrived = arrival.bring(backend, table, rows, way)
    return found


def _check_agreed(table: QualifiedName, backend: Backend, wanted: Wanted) -> None:
    """See that a table that is there may be replaced.

    Raises:
        InputError: nobody said so.
    """
    if wanted.replace:
        return
    instead = f"{_REPLACE}, or another name: {_AS}"
    what = f"replace table {table.sql()} on {backend.place}"
    if wanted.agrees is not None and wanted.agrees(Question(what=what, instead=instead)):
        return
    raise InputError(f"{table.sql()} is there already, and stays as it is", hint=instead)
