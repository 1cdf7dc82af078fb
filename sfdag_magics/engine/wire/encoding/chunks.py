"""Large results in parts: which there are, where each is fetched, and what it holds.

A reply carries the first rows and names the rest by address; clients fetch the parts as they need
them, several at a time, and the engine encodes one part at a time. (snowflake-connector-python 4.8,
`result_batch.py`: `chunks`, `chunkHeaders`.) Everything about a part stands in its address, so
that nothing is remembered of it.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sfdag_magics.engine.borders.answers import Result
from sfdag_magics.engine.wire.encoding.arrow_rows import arrow_stream, wide_columns
from sfdag_magics.engine.wire.encoding.json_rows import json_rows
from sfdag_magics.light_classes import dataclass

if TYPE_CHECKING:
    import pyarrow as pa

# Snowflake's own parts have up to 16 MB.
CHUNK_BYTES = 8 * 1024**2
_FIRST_BYTES = 1024**2
_NAME = re.compile(r"([ja])(\d{1,18})-(\d{1,18})((?:-\d{1,4})*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Consecutive rows of a result.

    Attributes:
        wide: the numbers of whole-number columns with values beyond 64 bits anywhere in the
            result: clients want one type for a column in all parts.
    """

    first: int
    rows: int
    as_json: bool
    wide: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """The chunk as the last part of its address."""
        kind = "j" if self.as_json else "a"
        return "-".join([f"{kind}{self.first}", str(self.rows), *map(str, self.wide)])

    def content(self, result: Result) -> bytes:
        """The rows as the client expects them."""
        rows = result.sent.slice(self.first, self.rows)
        part = Result(columns=result.columns, rows=rows)
        if self.as_json:
            return json.dumps(json_rows(part)).encode()[1:-1]  # clients add the brackets
        return arrow_stream(part, frozenset(self.wide))


def chunk_named(name: str) -> Chunk | None:
    """The chunk of an address that was given out; None for any other text."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    return Chunk(
        first=int(found[2]),
        rows=int(found[3]),
        as_json=found[1] == "j",
        wide=tuple(map(int, filter(None, found[4].split("-")))),
    )


def chunks_of(result: Result, *, as_json: bool, chunk_bytes: int = CHUNK_BYTES) -> list[Chunk]:
    """A result in parts; the first is small, it goes with the reply."""
    wide = () if as_json else tuple(sorted(wide_columns(result)))
    return [
        Chunk(first=first, rows=rows, as_json=as_json, wide=wide)
        for first, rows in _cuts(result.sent, chunk_bytes)
    ]


def _cuts(sent: pa.Table, chunk_bytes: int) -> Iterator[tuple[int, int]]:
    total = sent.num_rows
    per_row = max(1, sent.nbytes // max(1, total))
    first, size = 0, min(_FIRST_BYTES, chunk_bytes)
    while first < total:
        rows = min(total - first, max(1, size // per_row))
        yield first, rows
        first, size = first + rows, chunk_bytes


def in_chunks(
    result: Result, *, as_json: bool, address: str, headers: Mapping[str, str]
) -> dict[str, Any]:
    """The part of a reply that holds the first rows and says where the others are.

    Args:
        address: where the result's chunks are, without their names.
        headers: what clients must send to get them.
    """
    first, *others = chunks_of(result, as_json=as_json)
    sent = result.sent
    size = sent.nbytes // sent.num_rows
    listed = [
        {
            "url": f"{address}/{chunk.name}",
            "rowCount": chunk.rows,
            "uncompressedSize": chunk.rows * size,
            "compressedSize": chunk.rows * size,
        }
        for chunk in others
    ]
    content = first.content(result)
    rows: dict[str, Any] = (
        {"rowset": json.loads(b"[" + content + b"]"), "queryResultFormat": "json"}
        if as_json
        else {"rowsetBase64": base64.b64encode(content).decode(), "queryResultFormat": "arrow"}
    )
    return {**rows, "chunks": listed, "chunkHeaders": dict(headers)}
