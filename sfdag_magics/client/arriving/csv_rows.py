"""Rows of a CSV file: read twice, in blocks, first for the types. Values travel as their texts."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import IO, cast

import pyarrow as pa
import pyarrow.csv as arrow_csv

from sfdag_magics.client.arriving.columns import Rows, stored_names
from sfdag_magics.client.arriving.read_types import TypeOfTexts
from sfdag_magics.errors import InputError

_BLOCK = 4 * 1024**2
_DELIMITERS = ",;\t|"
#: What stands for NULL where it has no quotes.
_NULLS = ["", "\\N"]


def csv_rows(path: Path, *, encoding: str) -> Rows:
    """The rows below the header line.

    Raises:
        InputError: it is empty, of another encoding, or a line has more or fewer fields.
    """
    header, delimiter, lines = _header(path, encoding)
    names, notes = stored_names(header, path.name)
    reading = partial(_blocks, path, encoding, delimiter, lines, len(names))
    types = [TypeOfTexts() for _ in names]
    for block in reading():
        for seen, texts in zip(types, block.columns, strict=True):
            seen.see(texts)
    columns = tuple(seen.column(name) for seen, name in zip(types, names, strict=True))
    return Rows(columns=columns, batches=reading, notes=notes)


def _header(path: Path, encoding: str) -> tuple[list[str], str, int]:
    """The header's fields, what separates them, and how many lines it takes."""
    try:
        with _opened(path) as raw, io.TextIOWrapper(raw, encoding, newline="") as text:
            first = text.readline().removeprefix("\ufeff")
            if not first.strip():
                raise InputError(f"{path} begins with an empty line", hint="a line of names first")
            delimiter = max(_DELIMITERS, key=_outside_quotes(first).count)
            text.seek(0)
            reader = csv.reader(text, delimiter=delimiter)
            fields = next(reader)
    except UnicodeError as problem:
        raise _wrong_encoding(path, encoding, str(problem)) from problem
    fields[0] = fields[0].removeprefix("\ufeff").strip('"')
    return fields, delimiter, reader.line_num


def _outside_quotes(line: str) -> str:
    return "".join(line.split('"')[::2])


def _opened(path: Path) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(path) if path.suffix == ".gz" else path.open("rb"))


def _blocks(
    path: Path, encoding: str, delimiter: str, skip: int, width: int
) -> Iterator[pa.RecordBatch]:
    names = [f"c{number}" for number in range(width)]
    try:
        with arrow_csv.open_csv(
            str(path),
            read_options=arrow_csv.ReadOptions(
                column_names=names, skip_rows=skip, block_size=_BLOCK, encoding=encoding
            ),
            parse_options=arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                null_values=_NULLS,
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        ) as reader:
            yield from reader
    except (pa.ArrowException, UnicodeError) as problem:
        said = str(problem).partition("\n")[0]
        if "UTF8" in said or isinstance(problem, UnicodeError):
            raise _wrong_encoding(path, encoding, said) from problem
        place = _first_ragged(path, encoding, delimiter, width)
        raise InputError(
            f"{path}{place}: {said.removeprefix('CSV parse error: ')}",
            hint="each line needs as many fields as the first; quotes keep a separator in a field",
        ) from problem


def _first_ragged(path: Path, encoding: str, delimiter: str, width: int) -> str:
    """Where the first row is that has more or fewer fields; whoever reads in blocks cannot say."""
    with _opened(path) as raw, io.TextIOWrapper(raw, encoding, "replace", newline="") as text:
        reader = csv.reader(text, delimiter=delimiter)
        for fields in reader:
            if fields and len(fields) != width:
                return f", line {reader.line_num}"
    return ""


def _wrong_encoding(path: Path, encoding: str, said: str) -> InputError:
    return InputError(
        f"{path} is not {encoding}: {said}", hint="name its encoding: --encoding latin-1, or cp1252"
    )
