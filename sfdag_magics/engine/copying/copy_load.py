"""COPY INTO table FROM @stage: loads staged files as one statement of the session's transaction.

Knows Snowflake's load options, errors and answer (docs: "COPY INTO <table>"). What a row must look
like is asked of SQL before anything is written, so that a bad row is named by file, line and
column, and so that ON_ERROR can leave it out; the rows are then written by one INSERT.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pyarrow as pa

from sfdag_magics.engine.borders.answers import (
    LOADED_MEANWHILE,
    Column,
    Result,
    SfType,
    SqlError,
    StatementType,
    unsupported,
)
from sfdag_magics.engine.borders.object_facts import CopiedFile
from sfdag_magics.engine.borders.ports import SqlSession, Statement
from sfdag_magics.engine.borders.rowset import rowset
from sfdag_magics.engine.copying.file_loads import FileLoad, answered
from sfdag_magics.engine.copying.load_history import LoadHistory
from sfdag_magics.engine.copying.load_options import LoadOptions, OnError
from sfdag_magics.engine.copying.load_rows import (
    BadRow,
    LoadedTable,
    bad_rows,
    column_expressions,
    matched_rows,
    whole_rows,
)
from sfdag_magics.engine.copying.staged_queries import StagedSource, over_relations, staged_sources
from sfdag_magics.engine.copying.staged_rows import FileRows, StagedFileError, read_file
from sfdag_magics.engine.files.arrow_types import column_of
from sfdag_magics.engine.files.file_formats import FileFormat, format_from_options
from sfdag_magics.engine.files.format_options import FileType
from sfdag_magics.engine.objects.statement_reader import StatementReader
from sfdag_magics.engine.stages.locations import default_format, locate, stage_name
from sfdag_magics.engine.stages.stage_statements import matching
from sfdag_magics.engine.stages.stage_store import (
    MissingFileError,
    StagedFile,
    StageLocation,
    StageStore,
)
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import (
    QualifiedName,
    TokenReader,
    quoted_identifier,
    tokenize,
)

_ROWS = "SFDAG$ROWS"
#: How often a COPY may lose against other sessions that load the same files.
_AGAIN = 10
_MORE = (
    "If you would like to continue loading when an error is encountered, use other values such as"
    " 'SKIP_FILE' or 'CONTINUE' for the ON_ERROR option."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Load:
    """What one statement asks for."""

    table: QualifiedName
    table_id: str
    columns: tuple[str, ...]
    query: str | None
    stage: str
    location: StageLocation
    files: tuple[StagedFile, ...]
    described: FileFormat
    options: LoadOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """What is written: an INSERT over relations, None where no row is left."""

    files: Sequence[FileLoad]
    insertion: str | None
    relations: Mapping[str, Result]


class CopyLoad:
    """The handler, over one store. Any thread."""

    def __init__(self, store: StageStore) -> None:
        self._store = store

    def copy(self, statement: Statement, session: SqlSession) -> Result:
        """COPY INTO table [(columns)] FROM location or (SELECT … FROM location) options."""
        load = self._read(statement, session)
        for _ in range(_AGAIN):
            try:
                return self._loaded(load, session)
            except SqlError as problem:
                # outside a transaction the next look sees what the other session has loaded
                if problem.code != LOADED_MEANWHILE or session.transaction_id:
                    raise
        return self._loaded(load, session)

    def _loaded(self, load: _Load, session: SqlSession) -> Result:
        history = LoadHistory.of(load.table_id, load.location, load.files, session)
        files = load.files if load.options.force else history.fresh(load.files)
        if not files:
            return rowset(
                {"status": SfType.TEXT},
                [("Copy executed with 0 files processed.",)],
                statement_type=StatementType.COPY,
            )
        load = replace(load, files=files)
        make = _by_columns if load.query is None else _by_query
        rows = make(load, session)
        whole = [file.rows.file for file in rows.files if not file.skipped]
        now = datetime.now(UTC)
        copied = tuple(_copied(file, load, now) for file in rows.files)
        answer = answered(copied, load.location.listed_as)
        remembered = history.with_loaded(whole, copied, force=load.options.force)
        try:
            session.load(rows.insertion, rows.relations, remembered, answer)
        except SqlError as problem:
            raise _explained(problem, load) from problem
        if load.options.purge and not load.location.read_only:
            session.after_commit(lambda: self._store.remove(whole))
        return answer

    def _read(self, statement: Statement, session: SqlSession) -> _Load:
        reader = StatementReader(statement)
        reader.expect("COPY", "INTO")
        table = session.resolve(reader.object_name())
        columns = _names(reader.parenthesized()) if reader.peek_words("(") else ()
        reader.expect("FROM")
        query = reader.parenthesized() if reader.peek_words("(") else None
        text = reader.location() if query is None else _source(query).location
        options = LoadOptions.read(reader.options())
        facts = session.catalogue()
        fact = facts.find("TABLE", table)
        if fact is None:
            # COPY's own words for it, by which Snowpark's write_pandas knows what is missing
            raise SqlError(
                f"SQL compilation error:\nTable '{table.sql()}' does not exist",
                code=2003,
                sqlstate="02000",
            )
        location = locate(text, session, facts)
        described = format_from_options(
            options.file_format, session, facts, base=default_format(text, session, facts)
        )
        return _Load(
            table=table,
            table_id=fact.id,
            columns=columns,
            query=query,
            stage=stage_name(text, session, facts),
            location=location,
            files=self._files(location, options),
            described=described,
            options=options,
        )

    def _files(self, location: StageLocation, options: LoadOptions) -> tuple[StagedFile, ...]:
        if options.files is None:
            found = self._store.files(location)
            return tuple(matching(found, location.listed_as, options.pattern))
        named: list[StagedFile] = []
        for name in options.files:
            below = location.below(name)
            exact = [file for file in self._store.files(below) if file.name == below.prefix]
            if not exact:
                raise MissingFileError(location.listed_as + below.prefix)
            named += exact
        return tuple(matching(named, location.listed_as, options.pattern))


def _source(query: str) -> StagedSource:
    sources = tuple(staged_sources(_as_statement(query)))
    if len(sources) != 1:
        raise SqlError(
            "SQL compilation error:\nCOPY statement only supports simple SELECT from stage"
            " statements for import.",
            code=2089,
        )
    return sources[0]


def _as_statement(query: str) -> Statement:
    return Statement(kind="SELECT", text=query, tokens=tokenize(query), query_id="")


def _names(text: str) -> tuple[str, ...]:
    reader = TokenReader(text)
    names = [reader.identifier()]
    while reader.accept(","):
        names.append(reader.identifier())
    if not reader.at_end:
        raise reader.unexpected()
    return tuple(names)


def _by_query(load: _Load, session: SqlSession) -> _Rows:
    """Through a SELECT over the staged rows."""
    assert load.query is not None  # noqa: S101 - the only caller asked
    rows = [read_file(file, load.described) for file in load.files]
    query, relations = over_relations(
        _as_statement(load.query),
        (_source(load.query),),
        lambda _source: (rows, load.described),
        keep_types=True,
    )
    return _Rows(
        files=[FileLoad(rows=file, good=file.rows) for file in rows],
        insertion=_insertion(load, load.columns, query),
        relations=relations,
    )


def _explained(problem: SqlError, load: _Load) -> SqlError:
    """Why ON_ERROR did not help: which row of a query fails is not known."""
    aborts = load.options.on_error is OnError.ABORT_STATEMENT
    if load.query is None or aborts or problem.code == LOADED_MEANWHILE:
        return problem
    return unsupported(
        f"ON_ERROR = {load.options.on_error.value} of a COPY with a query: {problem.message};"
        " leaving rows out of it"
    )


def _by_columns(load: _Load, session: SqlSession) -> _Rows:
    """Fields into columns, by position or by name, without the rows ON_ERROR leaves out."""
    target = _target(load, session)
    files = [_file_load(file, target, load, session) for file in load.files]
    tables = [file.good for file in files]
    if not any(table.num_rows for table in tables):
        return _Rows(files=files, insertion=None, relations={})
    rows = pa.concat_tables(tables, promote_options="permissive")
    expressions = column_expressions(target, rows.schema, load.described, load.options)
    query = f"SELECT {', '.join(expressions)} FROM {quoted_identifier(_ROWS)}"  # noqa: S608 - built from quoted names
    return _Rows(
        files=files,
        insertion=_insertion(load, [column.name for column in target.columns], query),
        relations={_ROWS: Result(columns=tuple(map(column_of, rows.schema)), rows=rows)},
    )


def _target(load: _Load, session: SqlSession) -> LoadedTable:
    described = session.describe(f"SELECT * FROM {load.table.sql()}")  # noqa: S608 - quoted
    by_name = {column.name: column for column in described.columns}
    if not load.columns:
        return LoadedTable(table=load.table, columns=described.columns)
    missing = [name for name in load.columns if name not in by_name]
    if missing:
        raise SqlError(f"SQL compilation error:\ninvalid identifier '{missing[0]}'", code=904)
    columns: tuple[Column, ...] = tuple(by_name[name] for name in load.columns)
    return LoadedTable(table=load.table, columns=columns)


def _file_load(file: StagedFile, target: LoadedTable, load: _Load, session: SqlSession) -> FileLoad:
    options = load.options
    by_position = load.described.type is FileType.CSV and options.match is None
    width = len(target.columns) if by_position else None
    try:
        read = read_file(file, load.described, width=width)
    except StagedFileError as problem:
        if options.on_error is OnError.ABORT_STATEMENT:
            raise
        empty = FileRows(file=file, rows=pa.table({}))
        unread = BadRow(row=0, line=problem.line or 1, reason=problem.reason, column="")
        return FileLoad(rows=empty, good=pa.table({}), bad=(unread,), skipped=True)
    rows = (
        whole_rows(read, target, load.described)
        if options.match is None
        else matched_rows(read, target, load.described, options.match)
    )
    bad = bad_rows(read, rows, target, load.described, options, session)
    if bad and options.on_error is OnError.ABORT_STATEMENT:
        raise _refused(bad[0], read, load)
    if bad and options.on_error is OnError.SKIP_FILE and options.too_many(len(bad), rows.num_rows):
        return FileLoad(rows=read, good=rows.slice(0, 0), bad=bad, skipped=True)
    left_out = {each.row for each in bad}
    kept = [index for index in range(rows.num_rows) if index not in left_out]
    return FileLoad(rows=read, good=rows.take(kept) if bad else rows, bad=bad)


def _refused(bad: BadRow, read: FileRows, load: _Load) -> SqlError:
    column = f', column "{load.table.name}"["{bad.column}"]' if bad.column else ""
    return SqlError(
        f"{bad.reason}\n  File '{load.location.listed_as}{read.file.name}', line {bad.line}\n"
        f"  Row {bad.row + 1}{column}\n  {_MORE}",
        code=bad.code,
        sqlstate=bad.sqlstate,
    )


def _insertion(load: _Load, names: Sequence[str], query: str) -> str:
    columns = f" ({', '.join(map(quoted_identifier, names))})" if names else ""
    return f"INSERT INTO {load.table.sql()}{columns} {query}"


def _copied(file: FileLoad, load: _Load, now: datetime) -> CopiedFile:
    column = file.first.column if file.first else ""
    return CopiedFile(
        table_id=load.table_id,
        copied_on=now,
        stage=load.stage,
        file=file.rows.file.name,
        size=file.rows.file.size,
        status=file.status,
        parsed=file.parsed,
        loaded=file.good.num_rows,
        error_limit=load.options.error_limit(file.parsed),
        errors=len(file.bad),
        first_error=file.first.reason if file.first else None,
        first_line=file.first.line if file.first else None,
        first_column=f'"{load.table.name}"["{column}"]' if column else None,
    )
