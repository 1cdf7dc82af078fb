"""From staged files to rows in Arrow. Knows file types and compression; knows no table, no SQL.

Parquet keeps its columns and types; a JSON file is one VARIANT per document; a CSV file is text
fields. A file's content never reaches SQL as text or path, only as values.
"""

from __future__ import annotations

import bz2
import gzip
import io
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any, Protocol

import pyarrow as pa

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.files.arrow_types import plain_table
from sfdag_magics.engine.files.csv_files import CsvError, CsvReader
from sfdag_magics.engine.files.file_formats import FileFormat
from sfdag_magics.engine.files.format_options import FileType
from sfdag_magics.engine.stages.stage_store import StagedFile
from sfdag_magics.light_classes import dataclass

_GZIP = b"\x1f\x8b"
_BZ2 = b"BZh"
_ZSTD = b"\x28\xb5\x2f\xfd"
#: A staged file may unfold to so much and no more: the rest would not fit into memory either.
_MOST_BYTES = 8 * 1024**3
_PIECE_BYTES = 4 * 1024**2


class _Stream(Protocol):
    """What unfolds a compressed file; empty at its end."""

    def read(self, size: int, /) -> bytes:
        """The next bytes."""


class StagedFileError(SqlError):
    """A staged file cannot be read by its format; names file and line, as Snowflake does."""

    def __init__(self, message: str, file: StagedFile, *, line: int | None = None) -> None:
        place = "" if line is None else f", line {line}"
        super().__init__(f"{message}\n  File '{file.name}'{place}", code=100016, sqlstate="22000")
        self.reason = message
        self.line = line


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRows:
    """The rows of one file.

    Attributes:
        rows: Parquet: its columns. JSON: one column `$1` of documents. CSV: `$1`, `$2`, … of text.
        lines: CSV: the line each row began on; empty elsewhere.
        bad: rows that could not be read at all: (line, reason).
        header: CSV with PARSE_HEADER: the columns' names.
    """

    file: StagedFile
    rows: pa.Table
    lines: tuple[int, ...] = ()
    bad: tuple[tuple[int, str], ...] = ()
    header: tuple[str, ...] | None = field(default=None)


def read_file(file: StagedFile, described: FileFormat, *, width: int | None = None) -> FileRows:
    """All rows of a file.

    Args:
        file: what to read.
        described: by which format.
        width: CSV: how many columns a row must have; None takes what comes.

    Raises:
        StagedFileError: the file is not of this format.
    """
    match described.type:
        case FileType.PARQUET:
            return FileRows(file=file, rows=_parquet(file, described))
        case FileType.JSON:
            return FileRows(file=file, rows=_json(file, described))
        case FileType.CSV:
            return _csv(file, described, width)


def _parquet(file: StagedFile, described: FileFormat) -> pa.Table:
    import pyarrow.parquet as pq  # no part of a start: few engines read or write such files

    try:
        with file.opened() as opened:
            table = pq.ParquetFile(opened).read()
    except (pa.ArrowInvalid, OSError) as problem:
        raise StagedFileError(f"Error parsing the Parquet file: {problem}", file) from problem
    return plain_table(table, binary_as_text=described.flag("BINARY_AS_TEXT"))


def _json(file: StagedFile, described: FileFormat) -> pa.Table:
    text = content_of(file, described).decode("utf-8", "replace").removeprefix("\ufeff")
    documents = list(_documents(text, described, file))
    return pa.table({"$1": pa.array(documents, pa.string())})


def _documents(text: str, described: FileFormat, file: StagedFile) -> Iterator[str]:
    """Each document's text; the elements of an outer array where STRIP_OUTER_ARRAY says so."""
    decoder = json.JSONDecoder(parse_constant=_no_constant)
    strip_nulls = described.flag("STRIP_NULL_VALUES")
    strip_array = described.flag("STRIP_OUTER_ARRAY")
    position = _next(text, 0, " \t\r\n,")
    while position < len(text):
        if strip_array and text[position] in "[]":
            position = _next(text, position + 1, " \t\r\n,")
            continue
        try:
            value, end = decoder.raw_decode(text, position)
        except (ValueError, RecursionError) as problem:
            line = text.count("\n", 0, position) + 1
            raise StagedFileError(f"Error parsing JSON: {problem}", file, line=line) from problem
        yield json.dumps(_without_nulls(value)) if strip_nulls else text[position:end]
        position = _next(text, end, " \t\r\n,")


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _next(text: str, position: int, skipped: str) -> int:
    while position < len(text) and text[position] in skipped:
        position += 1
    return position


def _without_nulls(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, Mapping):
        return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_without_nulls(inner) for inner in value]
    return value


def _csv(file: StagedFile, described: FileFormat, width: int | None) -> FileRows:
    reader = CsvReader(described)
    strict = described.flag("ERROR_ON_COLUMN_COUNT_MISMATCH")
    content = content_of(file, described)
    try:
        header = reader.header(content)
        rows = list(reader.rows(content))
    except CsvError as problem:
        raise StagedFileError(str(problem), file, line=problem.line) from problem
    wanted = width or (len(header) if header else max((len(row.fields) for row in rows), default=0))
    good = [row for row in rows if not strict or width is None or len(row.fields) == wanted]
    bad = tuple(
        (
            row.line,
            "Number of columns in file"
            f" ({len(row.fields)}) does not match that of the corresponding table ({wanted}), use"
            " file format option error_on_column_count_mismatch=false to ignore this error",
        )
        for row in rows
        if strict and width is not None and len(row.fields) != wanted
    )
    columns = {
        f"${index + 1}": pa.array(
            [row.fields[index] if index < len(row.fields) else None for row in good], pa.string()
        )
        for index in range(wanted)
    }
    table = pa.table(columns) if columns else pa.table({"$1": pa.array([], pa.string())})
    return FileRows(
        file=file, rows=table, lines=tuple(row.line for row in good), bad=bad, header=header
    )


def content_of(file: StagedFile, described: FileFormat) -> bytes:
    """A file's bytes, decompressed: by what its first bytes say, or by COMPRESSION.

    Raises:
        StagedFileError: it is compressed in another way, or unfolds to too much.
    """
    with file.opened() as opened:
        content = opened.read()
    wanted = str(described.text("COMPRESSION") or "NONE").upper()
    if wanted == "NONE":
        return content
    try:
        if wanted in ("DEFLATE", "RAW_DEFLATE"):
            bits = -zlib.MAX_WBITS if wanted == "RAW_DEFLATE" else zlib.MAX_WBITS
            return _bounded(zlib.decompressobj(bits).decompress(content, _MOST_BYTES), file)
        if content.startswith(_GZIP):
            with gzip.open(io.BytesIO(content)) as unfolded:
                return _unfolded(unfolded, file)
        if content.startswith(_BZ2):
            with bz2.open(io.BytesIO(content)) as unfolded:
                return _unfolded(unfolded, file)
        if content.startswith(_ZSTD):
            with pa.CompressedInputStream(pa.BufferReader(content), "zstd") as stream:
                return _unfolded(stream, file)
    except (OSError, EOFError, zlib.error) as problem:
        raise StagedFileError(f"Error decompressing the file: {problem}", file) from problem
    return content


def _unfolded(stream: _Stream, file: StagedFile) -> bytes:
    """All that a stream unfolds to. Asked for at once, room would be made for the most."""
    content = bytearray()
    while len(content) < _MOST_BYTES and (piece := stream.read(_PIECE_BYTES)):
        content += piece
    return _bounded(bytes(content), file)


def _bounded(content: bytes, file: StagedFile) -> bytes:
    if len(content) >= _MOST_BYTES:
        raise StagedFileError("The file unfolds to more than 8 GiB", file)
    return content
