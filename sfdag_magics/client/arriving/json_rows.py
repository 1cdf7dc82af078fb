"""Rows of a file with a JSON object in each line: read twice, first for the keys and their types.

Numbers, texts and moments travel as texts, what is nested as JSON.
"""

from __future__ import annotations

import gzip
import itertools
import json
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from sfdag_magics.client.arriving.arrow_values import json_of
from sfdag_magics.client.arriving.columns import TEXT, Column, Rows, stored_names
from sfdag_magics.client.arriving.read_types import TypeOfTexts
from sfdag_magics.errors import InputError

_LINES = 20_000
_KINDS = {bool: "truth", int: "number", float: "number", str: "text", dict: "OBJECT", list: "ARRAY"}


class _Key:
    """What is known of one key's values: which kinds, and the types of their texts."""

    def __init__(self) -> None:
        self.kinds: set[str] = set()
        self.types = TypeOfTexts()

    def see(self, values: Sequence[Any]) -> None:
        there = [each for each in values if each is not None]
        self.kinds |= {_KINDS[type(each)] for each in there}
        if len(self.kinds) <= 1 and not self.kinds & {"OBJECT", "ARRAY"}:
            self.types.see(pa.array([_text(each) for each in there], pa.string()))

    def column(self, name: str) -> Column:
        if len(self.kinds) > 1:
            return Column(name=name, type="VARIANT", travels=pa.string())
        kind = next(iter(self.kinds), TEXT)
        if kind in ("OBJECT", "ARRAY"):
            return Column(name=name, type=kind, travels=pa.string())
        found = self.types.column(name)
        # "5" in quotes is a text: what has quotes in JSON is no number and no truth
        is_text = kind == "text" and found.type.startswith(("NUMBER", "FLOAT", "BOOLEAN"))
        return Column(name=name, type=TEXT, travels=pa.string()) if is_text else found


def json_rows(path: Path, *, encoding: str) -> Rows:
    """A row for each line; what a line lacks is NULL.

    Raises:
        InputError: a line is no JSON object, or the file is of another encoding.
    """
    keys: dict[str, _Key] = {}
    for documents in _parts(path, encoding):
        for key in dict.fromkeys(key for each in documents for key in each):
            keys.setdefault(key, _Key()).see([each.get(key) for each in documents])
    if not keys:
        raise InputError(f"{path} has no row with a key", hint='a JSON object a line: {"a": 1}')
    names, notes = stored_names([*keys], path.name)
    columns = tuple(known.column(name) for known, name in zip(keys.values(), names, strict=True))
    mixed = tuple(
        f"column {each.name} holds {' and '.join(sorted(known.kinds)).lower()}: VARIANT"
        for each, known in zip(columns, keys.values(), strict=True)
        if len(known.kinds) > 1
    )
    reading = partial(_batches, path, encoding, tuple(zip(keys, columns, strict=True)))
    return Rows(columns=columns, batches=reading, notes=notes + mixed)


def _batches(
    path: Path, encoding: str, columns: tuple[tuple[str, Column], ...]
) -> Iterator[pa.RecordBatch]:
    for documents in _parts(path, encoding):
        arrays = []
        for key, column in columns:
            as_text = json_of if column.type in ("VARIANT", "OBJECT", "ARRAY") else _text
            arrays.append(pa.array([as_text(each.get(key)) for each in documents], pa.string()))
        yield pa.RecordBatch.from_arrays(arrays, [column.name for _, column in columns])


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _parts(path: Path, encoding: str) -> Iterator[list[dict[str, Any]]]:
    documents = _documents(path, encoding)
    while part := list(itertools.islice(documents, _LINES)):
        yield part


def _documents(path: Path, encoding: str) -> Iterator[dict[str, Any]]:
    opens = gzip.open if path.suffix == ".gz" else open
    try:
        with opens(path, "rt", encoding=encoding) as lines:
            for number, line in enumerate(lines, 1):
                text = line.lstrip("\ufeff").strip()
                if text:
                    yield _document(text, path, number)
    except UnicodeError as problem:
        raise InputError(
            f"{path} is not {encoding}: {problem}",
            hint="name its encoding: --encoding latin-1, or cp1252",
        ) from problem


def _document(text: str, path: Path, number: int) -> dict[str, Any]:
    try:
        found = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as problem:
        whole = "; one document over several lines is not read" if number == 1 else ""
        raise InputError(
            f"{path}, line {number} is no JSON: {problem}{whole}",
            hint='a JSON object a line: {"a": 1}; of one array: pandas.read_json, then the frame',
        ) from problem
    if not isinstance(found, dict):
        raise InputError(
            f"{path}, line {number} is {type(found).__name__} and no JSON object",
            hint='a JSON object a line: {"a": 1}; of one array: pandas.read_json, then the frame',
        )
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
