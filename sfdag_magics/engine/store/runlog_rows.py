"""Records as rows of the run log and back. Knows column types, no meaning."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any, TypeVar

from sfdag_magics.engine.borders.runs import GraphRunRecord, RootRecord, RunRecord, TaskRunRecord
from sfdag_magics.graph.states import GraphRunState, TaskState

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
#: SQLite keeps a statement for each number of rows.
_AT_ONCE = 50

_Record = TypeVar("_Record", TaskRunRecord, GraphRunRecord, RootRecord)


def micros_from_time(moment: datetime) -> int:
    """Microseconds since 1970 UTC."""
    return (moment - _EPOCH) // _MICROSECOND


def time_from_micros(micros: int) -> datetime:
    """The moment, aware, in UTC."""
    return _EPOCH + micros * _MICROSECOND


def _names_text(names: frozenset[str]) -> str:
    return json.dumps(sorted(names), ensure_ascii=False)


def _names(text: str) -> frozenset[str]:
    return frozenset(json.loads(text))


#: By column: to the row, and back. Other columns are stored as they are.
_ENCODE: Mapping[str, Callable[[Any], Any]] = {
    "suspended": _names_text,
    "failures": lambda failures: json.dumps(dict(failures), ensure_ascii=False),
}
_DECODE: Mapping[type, Mapping[str, Callable[[Any], Any]]] = {
    TaskRunRecord: {"state": TaskState},
    GraphRunRecord: {"state": GraphRunState, "suspended": _names, "is_cancelled": bool},
    RootRecord: {"suspended": _names, "failures": json.loads},
}
_TABLES: Mapping[type, tuple[str, tuple[str, ...]]] = {
    TaskRunRecord: ("task_runs", ("group_id", "attempt", "name")),
    GraphRunRecord: ("graph_runs", ("group_id", "attempt")),
    RootRecord: ("roots", ("root_id",)),
}
#: What stays as it was when the row came. An UPDATE that names a column enters the row anew in each
#: index that has it, whether the value is another or not: half of the pages of a task that ends.
_FIXED: Mapping[type, frozenset[str]] = {
    TaskRunRecord: frozenset({"root_id", "task_id", "scheduled_time"}),
    GraphRunRecord: frozenset({"root_id", "version", "scheduled_time", "original_scheduled_time"}),
    RootRecord: frozenset(),
}
_COLUMNS = {kind: tuple(field.name for field in fields(kind)) for kind in _TABLES}


def _upsert(kind: type) -> tuple[str, str]:
    """What stands before the values of the statement that writes records, and behind them."""
    table, key = _TABLES[kind]
    columns = _COLUMNS[kind]
    kept = {*key, *_FIXED[kind]}
    changed = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in kept)
    return (
        f"INSERT INTO {table}({', '.join(columns)}) VALUES ",  # noqa: S608 - our own names
        f" ON CONFLICT({', '.join(key)}) DO UPDATE SET {changed}",
    )


_UPSERTS = {kind: _upsert(kind) for kind in _TABLES}


def upserts(records: Sequence[RunRecord]) -> Iterator[tuple[str, list[Any]]]:
    """The statements that write the records, which name different rows, and their values."""
    for kind, (head, tail) in _UPSERTS.items():
        rows = [row_from_record(record) for record in records if type(record) is kind]
        yield from in_few_statements(head, rows, tail)


def in_few_statements(
    head: str, rows: Sequence[Sequence[Any]], tail: str = ""
) -> Iterator[tuple[str, list[Any]]]:
    """Statements with the rows between `head` and `tail`, and their values.

    Many rows in each: between two statements other threads take their turn, and while tasks run
    there are many.
    """
    for start in range(0, len(rows), _AT_ONCE):
        some = rows[start : start + _AT_ONCE]
        marks = f"({', '.join('?' * len(some[0]))})"
        yield f"{head}{', '.join([marks] * len(some))}{tail}", [v for row in some for v in row]


def row_from_record(record: RunRecord) -> list[Any]:
    """The values of the record's columns."""
    columns, encodings = _ROWS[type(record)]
    row = list(columns(record))
    for place, encode in encodings:
        if row[place] is not None:
            row[place] = encode(row[place])
    return row


def named_row(record: RunRecord) -> dict[str, Any]:
    """The row with its columns' names, as `record_from_row` takes it."""
    return dict(zip(_COLUMNS[type(record)], row_from_record(record), strict=True))


def record_from_row(kind: type[_Record], row: Mapping[str, Any]) -> _Record:
    """The record that was written as this row."""
    decode = _DECODE[kind]
    return kind(**{name: _decoded(name, row[name], decode) for name in _COLUMNS[kind]})


def _is_time(name: str) -> bool:
    return name.endswith("_time") or name == "base"


def _decoded(name: str, value: Any, decode: Mapping[str, Callable[[Any], Any]]) -> Any:  # noqa: ANN401 - any column
    if value is None:
        return None
    if _is_time(name):
        return time_from_micros(value)
    return decode[name](value) if name in decode else value


def _encodings(kind: type) -> list[tuple[int, Callable[[Any], Any]]]:
    """Which of the record's columns are not stored as they are, and how they are."""
    times: dict[str, Callable[[Any], Any]] = {
        name: micros_from_time for name in _COLUMNS[kind] if _is_time(name)
    }
    encode = {**times, **_ENCODE}
    return [(place, encode[name]) for place, name in enumerate(_COLUMNS[kind]) if name in encode]


# Made once: of each task that runs three records are written.
_ROWS = {kind: (attrgetter(*_COLUMNS[kind]), _encodings(kind)) for kind in _TABLES}
