"""COPY_HISTORY, the function and the view: what became of each file that COPY was to load.

Knows Snowflake's columns. There are no pipes here: what is said of them is NULL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sfdag_magics.engine.borders.answers import (
    Result,
    SfType,
    SqlError,
    does_not_exist,
    unsupported,
)
from sfdag_magics.engine.borders.object_facts import (
    CopiedFile,
    FactsView,
    NamespaceNumbers,
    ObjectFact,
    namespace_numbers,
    object_number,
)
from sfdag_magics.engine.borders.ports import Arguments, SqlSession
from sfdag_magics.engine.borders.rowset import rowset
from sfdag_magics.engine.borders.table_arguments import moment, named, text_of
from sfdag_magics.engine.copying.file_loads import FIRST_CHARACTER
from sfdag_magics.engine.objects.statement_reader import name_from_text
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import SqlTextError

_T, _N, _TIME = SfType.TEXT, SfType.FIXED, SfType.TIMESTAMP_LTZ
#: Snowflake docs, COPY_HISTORY: the function looks 14 days back, the view a year.
_DAYS, _YEAR = timedelta(days=14), timedelta(days=365)
_ARGUMENTS = ("TABLE_NAME", "START_TIME", "END_TIME", "PIPE_NAME")
_STATUS = {
    "LOADED": "Loaded",
    "PARTIALLY_LOADED": "Partially loaded",
    "LOAD_FAILED": "Load failed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Copied:
    """One row: the file, its table, and the numbers of namespaces."""

    file: CopiedFile
    table: ObjectFact
    numbers: NamespaceNumbers


_Columns = Mapping[str, tuple[SfType, Callable[[_Copied], Any]]]


def _nothing(_row: _Copied) -> None:
    """Of a pipe."""


_FILE: _Columns = {
    "FILE_NAME": (_T, lambda row: row.file.file),
    "STAGE_LOCATION": (_T, lambda row: row.file.stage),
    "LAST_LOAD_TIME": (_TIME, lambda row: row.file.copied_on),
    "ROW_COUNT": (_N, lambda row: row.file.loaded),
    "ROW_PARSED": (_N, lambda row: row.file.parsed),
    "FILE_SIZE": (_N, lambda row: row.file.size),
    "FIRST_ERROR_MESSAGE": (_T, lambda row: row.file.first_error),
    "FIRST_ERROR_LINE_NUMBER": (_N, lambda row: row.file.first_line),
    "FIRST_ERROR_CHARACTER_POS": (
        _N,
        lambda row: None if row.file.first_error is None else FIRST_CHARACTER,
    ),
    "FIRST_ERROR_COLUMN_NAME": (_T, lambda row: row.file.first_column),
    "ERROR_COUNT": (_N, lambda row: row.file.errors),
    "ERROR_LIMIT": (_N, lambda row: row.file.error_limit),
    "STATUS": (_T, lambda row: _STATUS[row.file.status]),
}
_TABLE: _Columns = {
    "TABLE_CATALOG_NAME": (_T, lambda row: row.table.database),
    "TABLE_SCHEMA_NAME": (_T, lambda row: row.table.schema),
    "TABLE_NAME": (_T, lambda row: row.table.name),
}
#: The view has ids as well, in another order.
_TABLE_WITH_IDS: _Columns = {
    "TABLE_ID": (_N, lambda row: object_number(row.table)),
    "TABLE_NAME": _TABLE["TABLE_NAME"],
    "TABLE_SCHEMA_ID": (_N, lambda row: row.numbers(row.table.database, row.table.schema)),
    "TABLE_SCHEMA_NAME": _TABLE["TABLE_SCHEMA_NAME"],
    "TABLE_CATALOG_ID": (_N, lambda row: row.numbers(row.table.database, None)),
    "TABLE_CATALOG_NAME": _TABLE["TABLE_CATALOG_NAME"],
}
_PIPE: _Columns = {
    "PIPE_CATALOG_NAME": (_T, _nothing),
    "PIPE_SCHEMA_NAME": (_T, _nothing),
    "PIPE_NAME": (_T, _nothing),
    "PIPE_RECEIVED_TIME": (_TIME, _nothing),
    "FIRST_COMMIT_TIME": (_TIME, lambda row: row.file.copied_on if row.file.loaded else None),
}
_FUNCTION: _Columns = {**_FILE, **_TABLE, **_PIPE, "BYTES_BILLED": (_N, _nothing)}
_VIEW: _Columns = {**_FILE, **_TABLE_WITH_IDS, **_PIPE}


def copy_history(arguments: Arguments, session: SqlSession) -> Result:
    """INFORMATION_SCHEMA.COPY_HISTORY: of one table, the newest first."""
    said = named(arguments, _ARGUMENTS)
    if said.get("PIPE_NAME") is not None:
        raise unsupported("PIPE_NAME of COPY_HISTORY", "there are no pipes")
    name, start = text_of(said.get("TABLE_NAME")), moment(said.get("START_TIME"))
    if name is None or start is None:
        raise SqlError(
            "SQL compilation error:\nCOPY_HISTORY takes TABLE_NAME => 'table' and START_TIME =>"
            " timestamp; one of them is missing.",
            code=1003,
        )
    now, facts = datetime.now(UTC), session.catalogue()
    table = _table(name, session, facts)
    until = moment(said.get("END_TIME")) or now
    copied = session.copied_files(max(start, now - _DAYS), until)
    return _rows(_FUNCTION, copied, {table.id: table}, facts)


def account_copy_history(session: SqlSession) -> Result:
    """ACCOUNT_USAGE.COPY_HISTORY: of all tables that are there."""
    now, facts = datetime.now(UTC), session.catalogue()
    tables = {table.id: table for table in facts.listed("TABLE")}
    return _rows(_VIEW, session.copied_files(now - _YEAR, now), tables, facts)


def _table(text: str, session: SqlSession, facts: FactsView) -> ObjectFact:
    try:
        name = session.resolve(name_from_text(text))
    except SqlTextError as problem:
        raise SqlError(f"SQL compilation error:\ninvalid table name '{text}'") from problem
    table = facts.find("TABLE", name)
    if table is None:
        raise does_not_exist("Table", name.sql())
    return table


def _rows(
    columns: _Columns,
    copied: Iterable[CopiedFile],
    tables: Mapping[str, ObjectFact],
    facts: FactsView,
) -> Result:
    numbers = namespace_numbers(facts)
    rows = [
        _Copied(file=file, table=tables[file.table_id], numbers=numbers)
        for file in copied
        if file.table_id in tables
    ]
    return rowset(
        {name: kind for name, (kind, _) in columns.items()},
        [[tell(row) for _, tell in columns.values()] for row in rows],
    )
