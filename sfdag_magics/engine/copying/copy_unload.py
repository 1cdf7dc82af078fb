"""COPY INTO @stage FROM table or (query): writes rows as files of a stage.

Knows file names, formats and the answer (Snowflake docs: "COPY INTO <location>"). The files appear
whole; one file per statement, whatever its size.
"""

from __future__ import annotations

import bz2
import gzip
import io
import zlib
from collections.abc import Mapping
from dataclasses import replace

import pyarrow as pa

from sfdag_magics.engine.borders.answers import Result, SfType, SqlError, StatementType, unsupported
from sfdag_magics.engine.borders.ports import SqlSession, Statement
from sfdag_magics.engine.borders.rowset import rowset
from sfdag_magics.engine.files.csv_files import CsvWriter
from sfdag_magics.engine.files.file_formats import FileFormat, format_from_options
from sfdag_magics.engine.files.format_options import FileType
from sfdag_magics.engine.objects.statement_reader import OptionValue, StatementReader, truth
from sfdag_magics.engine.stages.locations import default_format, locate
from sfdag_magics.engine.stages.stage_store import StageLocation, StageStore
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import quoted_identifier

_UNLOADED = "SFDAG$UNLOADED"
_KNOWN = {
    "FILE_FORMAT",
    "OVERWRITE",
    "SINGLE",
    "HEADER",
    "INCLUDE_QUERY_ID",
    "DETAILED_OUTPUT",
    "MAX_FILE_SIZE",  # an upper bound for splitting, and there is one file
}
_JSON_TYPES = (SfType.VARIANT, SfType.OBJECT, SfType.ARRAY)
#: By compression: the ending of the file's name.
_ENDINGS = {
    "GZIP": ".gz",
    "BZ2": ".bz2",
    "ZSTD": ".zst",
    "DEFLATE": ".deflate",
    "RAW_DEFLATE": ".raw_deflate",
    "NONE": "",
}
_PARQUET_COMPRESSIONS = {"AUTO": "snappy", "SNAPPY": "snappy", "NONE": "none", "GZIP": "gzip"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unload:
    """What one statement asks for."""

    query: str
    location: StageLocation
    described: FileFormat
    options: Mapping[str, OptionValue]
    query_id: str

    def flag(self, option: str) -> bool:
        return truth(self.options.get(option, False))


class CopyUnload:
    """The handler, over one store. Any thread."""

    def __init__(self, store: StageStore) -> None:
        self._store = store

    def copy(self, statement: Statement, session: SqlSession) -> Result:
        """COPY INTO location FROM table or (query) options."""
        with session.unloading():
            return self._unloaded(statement, session)

    def _unloaded(self, statement: Statement, session: SqlSession) -> Result:
        unload = _read(statement, session)
        rows = session.execute_over(unload.query, {}, bindings=statement.bindings)
        name = _file_name(unload)
        target = StageLocation(stage_id=unload.location.stage_id, prefix=name)
        overwrite = unload.flag("OVERWRITE")
        if self._store.path(target).exists() and not overwrite:
            raise _taken(unload, name)
        written = 0
        content = _content(rows, unload, session) if rows.rows.num_rows else b""
        if content:
            try:
                with self._store.writing(target, overwrite=overwrite) as opened:
                    opened.write(content)
            except FileExistsError as problem:
                raise _taken(unload, name) from problem
            written = len(content)
        answer = _answer(unload, name, rows, written)
        session.note(answer)
        return answer


def _taken(unload: _Unload, name: str) -> SqlError:
    return SqlError(
        f"Files already existing at the unload destination: @{unload.location.listed_as}{name}."
        " Use overwrite option to force unloading.",
        code=1030,
        sqlstate="22000",
    )


def _answer(unload: _Unload, name: str, rows: Result, written: int) -> Result:
    count = rows.rows.num_rows
    if unload.flag("DETAILED_OUTPUT"):
        columns = {"FILE_NAME": SfType.TEXT, "FILE_SIZE": SfType.FIXED, "ROW_COUNT": SfType.FIXED}
        files = [(name, written, count)] if count else []
        return rowset(columns, files, statement_type=StatementType.COPY)
    columns = dict.fromkeys(("rows_unloaded", "input_bytes", "output_bytes"), SfType.FIXED)
    sizes = [(count, rows.rows.nbytes, written)]
    return rowset(columns, sizes, statement_type=StatementType.COPY)


def _read(statement: Statement, session: SqlSession) -> _Unload:
    reader = StatementReader(statement)
    reader.expect("COPY", "INTO")
    text = reader.location()
    reader.expect("FROM")
    if reader.peek_words("("):
        query = reader.parenthesized()
    else:
        query = f"SELECT * FROM {reader.object_name().sql()}"  # noqa: S608 - the name is quoted
    if reader.peek_words("PARTITION", "BY"):
        raise unsupported("PARTITION BY of COPY INTO a location")
    options = reader.options()
    for key in options:
        if key not in _KNOWN:
            raise unsupported(f"{key} of COPY INTO a location")
    facts = session.catalogue()
    described = format_from_options(
        options.get("FILE_FORMAT", {}), session, facts, base=default_format(text, session, facts)
    )
    return _Unload(
        query=query,
        location=locate(text, session, facts).for_writing(),
        described=described,
        options=options,
        query_id=statement.query_id,
    )


def _file_name(unload: _Unload) -> str:
    """`dir/` → `dir/data_0_0_0.csv.gz`, `dir/part` → `dir/part_0_0_0.csv.gz`; SINGLE: as given."""
    prefix = unload.location.prefix
    base = f"{prefix}data" if not prefix or prefix.endswith("/") else prefix
    if unload.flag("SINGLE"):
        return base
    identity = f"_{unload.query_id}" if unload.flag("INCLUDE_QUERY_ID") else ""
    return f"{base.removesuffix('_')}{identity}_0_0_0{_ending(unload.described)}"


def _ending(described: FileFormat) -> str:
    kind = described.type.value.lower()
    if described.type is FileType.PARQUET:
        packed = _parquet_compression(described)
        return f".{packed}.parquet" if packed != "none" else ".parquet"
    extension = described.text("FILE_EXTENSION") or f".{kind}"
    extension = extension if extension.startswith(".") else f".{extension}"
    return extension + _ENDINGS[_compression(described)]


def _compression(described: FileFormat) -> str:
    name = str(described.text("COMPRESSION") or "NONE").upper()
    name = "GZIP" if name == "AUTO" else name
    if name not in _ENDINGS:
        raise unsupported(f"COMPRESSION = {name} for unloading")
    return name


def _parquet_compression(described: FileFormat) -> str:
    name = str(described.text("COMPRESSION") or "NONE").upper()
    if name not in _PARQUET_COMPRESSIONS:
        raise unsupported(f"COMPRESSION = {name} for unloading Parquet")
    return _PARQUET_COMPRESSIONS[name]


def _content(result: Result, unload: _Unload, session: SqlSession) -> bytes:
    match unload.described.type:
        case FileType.PARQUET:
            return _parquet(result, unload)
        case FileType.JSON:
            return _compressed(_json(result), unload.described)
        case FileType.CSV:
            return _compressed(_csv(result, unload, session), unload.described)


def _parquet(result: Result, unload: _Unload) -> bytes:
    if any(column.type is SfType.TIMESTAMP_TZ for column in result.columns):
        raise SqlError(
            "Error encountered when unloading to PARQUET: TIMESTAMP_TZ is not supported for"
            " unloading to Parquet.",
            code=100333,
        )
    names = [column.name for column in result.columns]
    if not unload.flag("HEADER"):
        names = [f"_COL_{index}" for index in range(len(names))]
    import pyarrow.parquet as pq  # no part of a start: few engines read or write such files

    written = io.BytesIO()
    pq.write_table(
        result.rows.rename_columns(names),
        written,
        compression=_parquet_compression(unload.described),
    )
    return written.getvalue()


def _json(result: Result) -> bytes:
    if len(result.columns) != 1 or result.columns[0].type not in _JSON_TYPES:
        raise SqlError(
            "SQL compilation error:\nJSON file format supports only one column of type variant,"
            " object or array for unloading. Use OBJECT_CONSTRUCT(*).",
            code=2019,
        )
    documents = result.rows.column(0).to_pylist()
    return "".join(f"{document or 'null'}\n" for document in documents).encode()


def _csv(result: Result, unload: _Unload, session: SqlSession) -> bytes:
    """The rows as delimited text; SQL says how each value looks as text."""
    names = [f"C{index}" for index in range(len(result.columns))]
    texts = ", ".join(f"CAST({quoted_identifier(name)} AS VARCHAR)" for name in names)
    renamed = Result(
        columns=tuple(
            replace(column, name=name) for column, name in zip(result.columns, names, strict=True)
        ),
        rows=result.rows.rename_columns(names),
    )
    query = f"SELECT {texts} FROM {quoted_identifier(_UNLOADED)}"  # noqa: S608 - quoted names
    rows = session.execute_over(query, {_UNLOADED: renamed}).rows
    writer = CsvWriter(unload.described)
    lines = [writer.line(fields) for fields in zip(*_lists(rows), strict=True)]
    if unload.flag("HEADER"):
        lines.insert(0, writer.line(tuple(column.name for column in result.columns)))
    return "".join(lines).encode()


def _lists(rows: pa.Table) -> list[list[str | None]]:
    return [column.to_pylist() for column in rows.columns]


def _compressed(content: bytes, described: FileFormat) -> bytes:
    match _compression(described):
        case "GZIP":
            return gzip.compress(content, mtime=0)
        case "BZ2":
            return bz2.compress(content)
        case "ZSTD":
            return bytes(pa.compress(content, codec="zstd", asbytes=True))
        case "DEFLATE":
            return zlib.compress(content)
        case "RAW_DEFLATE":
            packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
            return packer.compress(content) + packer.flush()
        case _:
            return content
