"""From a file's rows to the columns of a table: by position, by name, and which rows cannot be.

Builds expressions over a relation of staged rows and asks SQL which of them fail. Knows Snowflake's
messages for values that do not fit; writes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pyarrow as pa

from sfdag_magics.engine.borders.answers import Column, Result, SfType, SqlError
from sfdag_magics.engine.borders.ports import SqlSession
from sfdag_magics.engine.copying.load_options import LoadOptions, Match
from sfdag_magics.engine.copying.staged_rows import FileRows
from sfdag_magics.engine.files.arrow_types import column_of, json_rows, variant_field
from sfdag_magics.engine.files.file_formats import FileFormat
from sfdag_magics.engine.files.format_options import FileType
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName, quoted_identifier, quoted_string

_CHECKED = "SFDAG$CHECKED"
_ROW = "SFDAG$ROW"
_MAX_TEXT = 16_777_216
_SEMI_STRUCTURED = (SfType.VARIANT, SfType.OBJECT, SfType.ARRAY)
#: By type: the option that says how its text looks, and the function that reads it so.
_FORMATTED = {
    SfType.DATE: ("DATE_FORMAT", "TO_DATE"),
    SfType.TIME: ("TIME_FORMAT", "TO_TIME"),
    SfType.TIMESTAMP_NTZ: ("TIMESTAMP_FORMAT", "TO_TIMESTAMP_NTZ"),
    SfType.TIMESTAMP_LTZ: ("TIMESTAMP_FORMAT", "TO_TIMESTAMP_LTZ"),
    SfType.TIMESTAMP_TZ: ("TIMESTAMP_FORMAT", "TO_TIMESTAMP_TZ"),
}
#: By type: Snowflake's message, code and SQLSTATE for a text that is no value of it.
_NOT_RECOGNIZED = {
    SfType.FIXED: ("Numeric value '{}' is not recognized", 100038, "22018"),
    SfType.REAL: ("Numeric value '{}' is not recognized", 100038, "22018"),
    SfType.BOOLEAN: ("Boolean value '{}' is not recognized", 100037, "22018"),
    SfType.DATE: ("Date '{}' is not recognized", 100040, "22007"),
    SfType.TIME: ("Time '{}' is not recognized", 100108, "22007"),
    SfType.BINARY: ("The following string is not a legal hex-encoded value: '{}'", 100115, "22000"),
    SfType.TEXT: ("User character length limit exceeded by string '{}'", 100074, "54000"),
}
_TIMESTAMP_NOT_RECOGNIZED = ("Timestamp '{}' is not recognized", 100035, "22007")
_NOT_JSON = ("Error parsing JSON: {}", 100069, "22P02")
_NULL = ("NULL result in a non-nullable column", 100072, "22000")


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedTable:
    """The table and the columns that are loaded, in order."""

    table: QualifiedName
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    """A row that cannot be loaded: its index in the file, its line (from 1), and why."""

    row: int
    line: int
    reason: str
    column: str
    code: int = 100016
    sqlstate: str = "22000"


def whole_rows(read: FileRows, target: LoadedTable, described: FileFormat) -> pa.Table:
    """A file's rows for loading by position: CSV fields, or one VARIANT column of documents."""
    if described.type is FileType.CSV:
        return read.rows.rename_columns([column.name for column in target.columns])
    kinds = [column.type for column in target.columns]
    if len(kinds) != 1 or kinds[0] not in _SEMI_STRUCTURED:
        raise SqlError(
            f"SQL compilation error:\n{described.type.value} file format can produce one and only"
            " one column of variant, object, or array type. Load data into separate columns using"
            " the MATCH_BY_COLUMN_NAME copy option or copy with transformation.",
            code=2019,
        )
    is_parquet = described.type is FileType.PARQUET
    documents = json_rows(read.rows) if is_parquet else read.rows.column(0)
    return pa.table([documents], schema=pa.schema([variant_field(target.columns[0].name)]))


def matched_rows(
    read: FileRows, target: LoadedTable, described: FileFormat, match: Match
) -> pa.Table:
    """A file's rows with the table's columns, found by name; what the file lacks is NULL."""
    if described.type is FileType.JSON:
        return _matched_documents(read.rows, target, match)
    rows = read.rows
    if described.type is FileType.CSV:
        if read.header is None:
            raise SqlError(
                "SQL compilation error:\nMATCH_BY_COLUMN_NAME of CSV files needs the file format"
                " option PARSE_HEADER = TRUE.",
                code=2019,
            )
        rows = rows.rename_columns(list(read.header))
    found = {_folded(name, match): index for index, name in enumerate(rows.schema.names)}
    arrays, fields = [], []
    for column in target.columns:
        index = found.get(_folded(column.name, match))
        old = variant_field(column.name) if index is None else rows.schema.field(index)
        fields.append(old.with_name(column.name))
        arrays.append(pa.nulls(len(rows), old.type) if index is None else rows.column(index))
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def _matched_documents(rows: pa.Table, target: LoadedTable, match: Match) -> pa.Table:
    """A VARIANT for each column that takes one, else the value's text."""
    columns: list[list[str | None]] = [[] for _ in target.columns]
    for text in rows.column(0).to_pylist():
        document = json.loads(text)
        found = {_folded(key, match): value for key, value in document.items()}
        for column, values in zip(target.columns, columns, strict=True):
            value = found.get(_folded(column.name, match))
            as_text = isinstance(value, str) and column.type not in _SEMI_STRUCTURED
            values.append(value if value is None or as_text else json.dumps(value))
    fields = [
        variant_field(column.name)
        if column.type in _SEMI_STRUCTURED
        else pa.field(column.name, pa.string())
        for column in target.columns
    ]
    arrays = [pa.array(values, pa.string()) for values in columns]
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def _folded(name: str, match: Match) -> str:
    return name if match is Match.CASE_SENSITIVE else name.upper()


def column_expressions(
    target: LoadedTable, schema: pa.Schema, described: FileFormat, options: LoadOptions
) -> list[str]:
    """Per column of the target: its value, from the column of that name in a relation."""
    return [
        _converted(quoted_identifier(column.name), column, field, described, options)
        for column, field in zip(target.columns, schema, strict=True)
    ]


def _converted(
    value: str, column: Column, field: pa.Field, described: FileFormat, options: LoadOptions
) -> str:
    is_text = column_of(field).type is SfType.TEXT
    if column.type is SfType.TEXT:
        text = value if is_text else f"CAST({value} AS VARCHAR)"
        return f"LEFT({text}, {column.length})" if options.truncate and column.length else text
    if not is_text:
        return f"CAST({value} AS {_type_sql(column)})"
    return _parsed(value, column, described, prefix="")


def _parsed(value: str, column: Column, described: FileFormat, *, prefix: str) -> str:
    """Text as a value of the column's type; with the prefix TRY_ NULL where it is none."""
    if column.type in _SEMI_STRUCTURED:
        return f"{prefix}PARSE_JSON({value})"
    if column.type is SfType.BINARY:
        return f"{prefix}TO_BINARY({value}, 'HEX')"
    option, function = _FORMATTED.get(column.type, ("", ""))
    written = described.text(option) if option and described.type is not FileType.PARQUET else None
    if written is not None and written.upper() != "AUTO":
        return f"{prefix}{function}({value}, {quoted_string(written)})"
    return f"{prefix}CAST({value} AS {_type_sql(column)})"


def _type_sql(column: Column) -> str:
    match column.type:
        case SfType.FIXED:
            return f"NUMBER({column.precision},{column.scale})"
        case SfType.REAL:
            return "FLOAT"
        case _:
            return column.type.value


def bad_rows(
    read: FileRows,
    rows: pa.Table,
    target: LoadedTable,
    described: FileFormat,
    options: LoadOptions,
    session: SqlSession,
) -> tuple[BadRow, ...]:
    """The rows that cannot be loaded, in order: unreadable ones, and values that do not fit."""
    unread = tuple(
        BadRow(row=-1, line=line, reason=reason, column="", code=100080)
        for line, reason in read.bad
    )
    failing = _failing_rows(read, rows, target, described, options, session)
    return tuple(sorted((*unread, *failing), key=lambda bad: bad.line))


def _failing_rows(
    read: FileRows,
    rows: pa.Table,
    target: LoadedTable,
    described: FileFormat,
    options: LoadOptions,
    session: SqlSession,
) -> Iterator[BadRow]:
    tests = list(_tests(target, rows.schema, described, options))
    if not tests or not rows.num_rows:
        return
    numbered = rows.append_column(_ROW, pa.array(range(rows.num_rows), pa.int64()))
    cases = " ".join(f"WHEN {test} THEN {index}" for index, test in tests)
    row = quoted_identifier(_ROW)
    found = session.execute_over(
        f'SELECT * FROM (SELECT {row}, CASE {cases} END AS "FAILS"'  # noqa: S608 - quoted names
        f' FROM {quoted_identifier(_CHECKED)}) WHERE "FAILS" IS NOT NULL ORDER BY {row}',
        {_CHECKED: Result(columns=tuple(map(column_of, numbered.schema)), rows=numbered)},
    )
    for number, index in zip(*(column.to_pylist() for column in found.rows.columns), strict=True):
        column = target.columns[int(index)]
        value = rows.column(int(index))[int(number)].as_py()
        reason, code, sqlstate = _why(column, value)
        yield BadRow(
            row=int(number),
            line=read.lines[int(number)] if read.lines else int(number) + 1,
            reason=reason,
            column=column.name,
            code=code,
            sqlstate=sqlstate,
        )


def _tests(
    target: LoadedTable, schema: pa.Schema, described: FileFormat, options: LoadOptions
) -> Iterator[tuple[int, str]]:
    """Conditions that are true for a value that does not fit, with the column's index."""
    for index, (column, field) in enumerate(zip(target.columns, schema, strict=True)):
        value = quoted_identifier(column.name)
        if not column.nullable:
            yield index, f"{value} IS NULL"
        if column_of(field).type is not SfType.TEXT:
            continue
        if column.type is SfType.TEXT:
            if column.length and column.length < _MAX_TEXT and not options.truncate:
                yield index, f"LENGTH({value}) > {column.length}"
        else:
            parsed = _parsed(value, column, described, prefix="TRY_")
            yield index, f"{value} IS NOT NULL AND {parsed} IS NULL"


def _why(column: Column, value: object) -> tuple[str, int, str]:
    if value is None:
        return _NULL
    if column.type in _SEMI_STRUCTURED:
        message, code, sqlstate = _NOT_JSON
    else:
        message, code, sqlstate = _NOT_RECOGNIZED.get(column.type, _TIMESTAMP_NOT_RECOGNIZED)
    return message.format(value), code, sqlstate
