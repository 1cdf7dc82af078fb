"""Records as rows of the run log and back. Knows column types, no meaning."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sfdag_magics.engine.runs import GraphRunRecord, RootRecord, RunRecord, TaskRunRecord
from sfdag_magics.graph.states import GraphRunState, TaskState

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

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
_COLUMNS = {kind: tuple(field.name for field in fields(kind)) for kind in _TABLES}


def _upsert(kind: type) -> str:
    table, key = _TABLES[kind]
    columns = _COLUMNS[kind]
    marks = ", ".join("?" * len(columns))
    changed = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in key)
    return (
        f"INSERT INTO {table}({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - our own names
        f" ON CONFLICT({', '.join(key)}) DO UPDATE SET {changed}"
    )


#: By record type: the statement that writes one.
UPSERTS: Mapping[type, str] = {kind: _upsert(kind) for kind in _TABLES}


def row_from_record(record: RunRecord) -> list[Any]:
    """The values for the statement in `UPSERTS`."""
    return [_encoded(name, getattr(record, name)) for name in _COLUMNS[type(record)]]


def named_row(record: RunRecord) -> dict[str, Any]:
    """The row with its columns' names, as `record_from_row` takes it."""
    return dict(zip(_COLUMNS[type(record)], row_from_record(record), strict=True))


def record_from_row(kind: type[_Record], row: Mapping[str, Any]) -> _Record:
    """The record that was written as this row."""
    decode = _DECODE[kind]
    return kind(**{name: _decoded(name, row[name], decode) for name in _COLUMNS[kind]})


def _encoded(name: str, value: Any) -> Any:  # noqa: ANN401 - any column
    if isinstance(value, datetime):
        return micros_from_time(value)
    encode = _ENCODE.get(name)
    return value if encode is None else encode(value)


def _is_time(name: str) -> bool:
    return name.endswith("_time") or name == "base"


def _decoded(name: str, value: Any, decode: Mapping[str, Callable[[Any], Any]]) -> Any:  # noqa: ANN401 - any column
    if value is None:
        return None
    if _is_time(name):
        return time_from_micros(value)
    return decode[name](value) if name in decode else value
