"""Semi-structured values as clients are shown them: on lines, keys by the alphabet.

Done while the statement runs, piece by piece: between two pieces it is heard that it must end, and
before each it is asked whether there is room for it. Knows columns of texts, no statements.
Arrow has no numpy in the engine's process: they exchange bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pyarrow as pa

from sfdag_magics.engine.limits.hearing import hear
from sfdag_magics.engine.sql.results.json_layout import gaps_of, moved, spread
from sfdag_magics.engine.sql.results.json_marks import Marks, marks_of, written_otherwise
from sfdag_magics.engine.starting.later_compute import pc
from sfdag_magics.engine.starting.later_numpy import Array, np
from sfdag_magics.engine.variants.json_text import one_line

#: Told how many bytes one piece will have; raises SqlError where that is too much.
Room = Callable[[int], None]

#: Bytes that are looked at as one; a longer text is taken in parts.
_PIECE = 1024**2
_BATCH_ROWS = 65_536
#: What no part ends with, because the next byte belongs to it.
_UNDECIDED = list(b"{[\\")


def shown(texts: pa.Table, room: Room) -> Iterator[pa.Table]:
    """The same columns as clients are shown them, some rows at a time."""
    for batch in texts.to_batches(_BATCH_ROWS):
        for first, behind in pairwise(_cuts(batch)):
            hear()
            rows = batch.slice(first, behind - first)
            columns = [_column(column, room) for column in rows.columns]
            yield pa.Table.from_arrays(columns, schema=texts.schema)


def _cuts(batch: pa.RecordBatch) -> Array:
    """Where to cut so that each part has a piece, or one row."""
    if batch.nbytes <= _PIECE:
        return np.array([0, batch.num_rows])
    sizes: Array = np.zeros(batch.num_rows, np.int64)
    for column in batch.columns:
        sizes += np.diff(_starts(column))
    ends: Array = np.cumsum(sizes)
    is_new = np.diff(ends // _PIECE, prepend=0) > 0
    at: Array = np.flatnonzero(is_new)
    return np.unique(np.concatenate(([0], at, at[sizes[at] > _PIECE] + 1, [batch.num_rows])))


def _column(texts: pa.StringArray, room: Room) -> pa.StringArray:
    if len(texts) == 1 and texts.nbytes > _PIECE and not texts.null_count:
        return _long(texts[0].as_py(), room)
    filled = pc.fill_null(texts, "") if texts.null_count else texts
    data, starts = _bytes_of(filled)
    marks = marks_of(data)
    otherwise = written_otherwise(marks, starts)
    left: list[int] = []
    if len(otherwise):
        filled, left = _rewritten(filled, otherwise)
        data, starts = _bytes_of(filled)
        marks = marks_of(data)
    made = _on_lines(marks, starts, room)
    if left or texts.null_count:
        is_other = pc.and_not(texts.is_valid(), _mask(left, len(texts)))
        return pc.if_else(is_other, made, texts)
    return made


def _rewritten(texts: pa.StringArray, numbers: Array) -> tuple[pa.StringArray, list[int]]:
    """The texts, those of these numbers on one line; and which of them stay as they are."""
    lines = []
    for text in texts.take(pa.array(numbers.tolist(), pa.int32())).to_pylist():
        hear()
        lines.append(one_line(text))
    left = [int(number) for number, line in zip(numbers, lines, strict=True) if line is None]
    made = pa.array([line or "" for line in lines], pa.string())
    return pc.replace_with_mask(texts, _mask(numbers, len(texts)), made), left


def _mask(numbers: Array | list[int], count: int) -> pa.BooleanArray:
    chosen = np.zeros(count, bool)
    chosen[numbers] = True
    bits = pa.py_buffer(np.packbits(chosen, bitorder="little"))
    return pa.BooleanArray.from_buffers(pa.bool_(), count, [None, bits])


def _bytes_of(texts: pa.StringArray) -> tuple[Array, Array]:
    """The bytes of all texts, and where each begins; none is NULL."""
    starts = _starts(texts)
    data = np.frombuffer(texts.buffers()[2] or b"", np.uint8)
    return data[starts[0] : starts[-1]], starts - starts[0]


def _starts(texts: pa.StringArray) -> Array:
    """Where in the array's bytes each text begins, and where the last one ends."""
    positions = np.frombuffer(texts.buffers()[1], np.int32)
    return positions[texts.offset : texts.offset + len(texts) + 1]


def _on_lines(marks: Marks, starts: Array, room: Room) -> pa.StringArray:
    gaps = gaps_of(marks)
    room(gaps.size)
    return _texts(moved(starts, gaps), spread(marks.data, gaps))


def _texts(starts: Array, data: Any) -> pa.StringArray:  # noqa: ANN401 - whatever has bytes
    offsets = pa.py_buffer(starts.astype(np.int32))
    return pa.StringArray.from_buffers(len(starts) - 1, offsets, pa.py_buffer(data))


def _long(text: str, room: Room) -> pa.StringArray:
    """One text, in parts that may end anywhere in it."""
    line = one_line(text)
    if line is None:
        return pa.array([text], pa.string())
    made = bytearray()
    is_inside, depth = False, 0
    for part in _parts(np.frombuffer(line.encode(), np.uint8)):
        hear()
        marks = marks_of(part, is_inside=is_inside, depth=depth)
        gaps = gaps_of(marks)
        room(len(made) + gaps.size)
        made += spread(part, gaps).data
        is_inside, depth = bool(marks.inside[-1]), marks.depth
    return _texts(np.array([0, len(made)]), made)


def _parts(data: Array) -> Iterator[Array]:
    begin = 0
    while begin < len(data):
        end = min(begin + _PIECE, len(data))
        while end < len(data) and data[end - 1] in _UNDECIDED:
            end += 1
        yield data[begin:end]
        begin = end
