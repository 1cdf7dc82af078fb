"""TABLE(INFER_SCHEMA(LOCATION => '@stage', FILE_FORMAT => 'name')): columns and types of files.

Knows how Snowflake names types it infers and in what order it answers (docs: "INFER_SCHEMA").
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

import pyarrow as pa

from sfdag_magics.engine.borders.answers import Result, SfType, SqlError
from sfdag_magics.engine.borders.ports import Arguments, SqlSession
from sfdag_magics.engine.borders.rowset import rowset
from sfdag_magics.engine.copying.staged_queries import StagedQueries, StagedSource
from sfdag_magics.engine.copying.staged_rows import FileRows, read_file
from sfdag_magics.engine.files.arrow_types import column_of
from sfdag_magics.engine.files.format_options import FileType
from sfdag_magics.engine.objects.statement_reader import OptionValue, truth
from sfdag_magics.engine.stages.locations import locate
from sfdag_magics.engine.stages.stage_store import StagedFile, StageStore
from sfdag_magics.light_classes import dataclass

_ANSWER = {
    "COLUMN_NAME": SfType.TEXT,
    "TYPE": SfType.TEXT,
    "NULLABLE": SfType.BOOLEAN,
    "EXPRESSION": SfType.TEXT,
    "FILENAMES": SfType.TEXT,
    "ORDER_ID": SfType.FIXED,
}
_KNOWN = {
    "LOCATION",
    "FILE_FORMAT",
    "FILES",
    "IGNORE_CASE",
    "MAX_FILE_COUNT",
    "MAX_RECORDS_PER_FILE",
    "KIND",
}
_NUMBER = re.compile(r"[+-]?(\d+)(?:\.(\d+))?")
_MAX_DIGITS = 38


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """One column of one file; number is its precision and scale."""

    name: str
    kind: str
    number: tuple[int, int] | None = None
    nullable: bool = True
    files: tuple[str, ...] = ()

    @property
    def type(self) -> str:
        if self.number is None:
            return self.kind
        return f"NUMBER({self.number[0]}, {self.number[1]})"


class InferSchema:
    """The table function, over one store. Any thread."""

    def __init__(self, store: StageStore, queries: StagedQueries) -> None:
        self._store = store
        self._queries = queries

    def infer(self, arguments: Arguments, session: SqlSession) -> Result:
        """One row per column, in the order of the first file."""
        named = dict(arguments.named)
        unknown = set(named) - _KNOWN
        if unknown or arguments.positional or "LOCATION" not in named:
            raise SqlError(
                "SQL compilation error:\nINFER_SCHEMA takes LOCATION => '@stage' and FILE_FORMAT =>"
                f" 'name'; {min(unknown, default='they')} cannot be understood.",
                code=1003,
            )
        given: dict[str, OptionValue] = (
            {"FILE_FORMAT": str(named["FILE_FORMAT"])} if named.get("FILE_FORMAT") else {}
        )
        source = StagedSource(first=0, last=0, location=str(named["LOCATION"]), options=given)
        files, described = self._queries.files(source, session)
        files = _chosen(files, named, session)
        most = int(named["MAX_RECORDS_PER_FILE"]) if "MAX_RECORDS_PER_FILE" in named else None
        columns: dict[str, _Found] = {}
        for file in files:
            for found in _columns(read_file(file, described), described.type, most):
                known = columns.get(found.name)
                columns[found.name] = found if known is None else _both(known, found)
        ignore_case = truth(named.get("IGNORE_CASE") or False)
        located = locate(source.location, session, session.catalogue())
        rows = [
            _row(found, index, described.type, located.listed_as, ignore_case=ignore_case)
            for index, found in enumerate(columns.values())
        ]
        return rowset(_ANSWER, rows)


def _chosen(
    files: Sequence[StagedFile], named: dict[str, Any], session: SqlSession
) -> Sequence[StagedFile]:
    """FILES and MAX_FILE_COUNT."""
    wanted = named.get("FILES")
    if wanted:
        location = locate(str(named["LOCATION"]), session, session.catalogue())
        names = [wanted] if isinstance(wanted, str) else list(wanted)
        full = {location.below(str(name)).prefix for name in names}
        files = [file for file in files if file.name in full]
    return files[: int(named["MAX_FILE_COUNT"])] if "MAX_FILE_COUNT" in named else files


def _row(
    found: _Found, index: int, kind: FileType, listed_as: str, *, ignore_case: bool
) -> tuple[object, ...]:
    name = found.name.upper() if ignore_case else found.name
    if kind is FileType.CSV:
        expression = f"${index + 1}::{found.type}"
    elif ignore_case:
        expression = f"GET_IGNORE_CASE ($1, '{name}')::{found.type}"
    else:
        expression = f"$1:{found.name}::{found.type}"
    files = ", ".join(listed_as + file for file in found.files)
    return (name, found.type, found.nullable, expression, files, index)


def _columns(read: FileRows, kind: FileType, most: int | None) -> Iterator[_Found]:
    files = (read.file.name,)
    if kind is FileType.PARQUET:
        for column in map(column_of, read.rows.schema):
            number = None
            if column.type is SfType.FIXED:
                number = (column.precision or _MAX_DIGITS, column.scale or 0)
            yield _Found(name=column.name, kind=column.type.value, number=number, files=files)
        return
    rows = read.rows if most is None else read.rows.slice(0, most)
    named = _json_columns(rows) if kind is FileType.JSON else _csv_columns(rows, read.header)
    for name, values in named:
        yield replace(_of_values(name, values), files=files)


def _csv_columns(rows: pa.Table, header: tuple[str, ...] | None) -> Iterator[tuple[str, list[Any]]]:
    for index, column in enumerate(rows.columns):
        name = header[index] if header and index < len(header) else f"c{index + 1}"
        yield name, [_typed(text) for text in column.to_pylist()]


def _json_columns(rows: pa.Table) -> Iterator[tuple[str, list[Any]]]:
    columns: dict[str, list[Any]] = {}
    for text in rows.column(0).to_pylist():
        document = json.loads(text)
        if isinstance(document, dict):
            for key, value in document.items():
                typed = _typed(value) if isinstance(value, str) else value
                columns.setdefault(key, []).append(typed)
    yield from columns.items()


def _typed(text: str | None) -> Any:  # noqa: ANN401 - a value of whatever type the text looks like
    if text is None or _NUMBER.fullmatch(text):
        return None if text is None else _Number(text)
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    for kind in (date, time, datetime):
        try:
            return kind.fromisoformat(text)
        except ValueError:
            continue
    try:
        return float(text) if text.lower() not in ("nan", "inf", "infinity") else text
    except ValueError:
        return text


class _Number(str):
    """A text that is a plain number."""

    __slots__ = ()


def _of_values(name: str, values: Iterable[Any]) -> _Found:
    found: _Found | None = None
    for value in values:
        if value is not None:
            one = _of_value(name, value)
            found = one if found is None else _both(found, one)
    return found or _Found(name=name, kind="TEXT")


def _of_value(name: str, value: Any) -> _Found:  # noqa: ANN401 - any value of a file
    if isinstance(value, bool):
        return _Found(name=name, kind="BOOLEAN")
    if isinstance(value, int):
        return _Found(name=name, kind="NUMBER", number=(len(str(abs(value))), 0))
    if isinstance(value, _Number) and (number := _NUMBER.fullmatch(value)):
        scale = len(number[2] or "")
        digits = len(number[1].lstrip("0") or "0") + scale
        if digits <= _MAX_DIGITS:
            return _Found(name=name, kind="NUMBER", number=(digits, scale))
        return _Found(name=name, kind="TEXT")
    kinds = {float: "REAL", datetime: "TIMESTAMP_NTZ", date: "DATE", time: "TIME"}
    structures = {dict: "OBJECT", list: "ARRAY"}
    return _Found(name=name, kind=(kinds | structures).get(type(value), "TEXT"))


def _both(one: _Found, other: _Found) -> _Found:
    """The narrowest column that holds both."""
    files = tuple(dict.fromkeys((*one.files, *other.files)))
    if one.number and other.number:
        scale = max(one.number[1], other.number[1])
        whole = max(one.number[0] - one.number[1], other.number[0] - other.number[1])
        return replace(one, number=(min(whole + scale, _MAX_DIGITS), scale), files=files)
    if one.kind == other.kind:
        return replace(one, files=files)
    if {one.kind, other.kind} == {"NUMBER", "REAL"}:
        return replace(one, kind="REAL", number=None, files=files)
    if {one.kind, other.kind} == {"DATE", "TIMESTAMP_NTZ"}:
        return replace(one, kind="TIMESTAMP_NTZ", number=None, files=files)
    structured = {"OBJECT", "ARRAY"} & {one.kind, other.kind}
    return replace(one, kind="VARIANT" if structured else "TEXT", number=None, files=files)
