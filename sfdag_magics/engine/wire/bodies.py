"""Request bodies within bounds: how much is read, and how much it may become. Knows nothing else.

A gzip stream can grow a thousandfold (10 MB become 10 GB), so the size is bounded before and
while it is decompressed, and nothing is decompressed beyond the bound.
"""

from __future__ import annotations

import zlib
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from sfdag_magics.light_classes import dataclass

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]

# zlib: 16 added to the window size means "a gzip header, and nothing else".
_GZIP = 16 + zlib.MAX_WBITS


class BodyError(Exception):
    """A body that is not taken. `status` is the HTTP answer to it."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The most bytes a body may have on the wire and after decompression."""

    sent: int
    expanded: int


async def read_body(receive: Receive, encoding: str, length: str | None, bounds: Bounds) -> bytes:
    """The whole body, decompressed.

    Raises:
        BodyError: it is too large, broken, or encoded otherwise than by gzip.
    """
    if length is not None and (not length.isdecimal() or int(length) > bounds.sent):
        raise _too_large(bounds.sent)
    if encoding not in ("", "identity", "gzip"):
        raise BodyError(415, f"content encoding {encoding[:40]!r} is not read here, only gzip")
    expand = _Gunzip(bounds.expanded) if encoding == "gzip" else _Plain(bounds.expanded)
    sent = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BodyError(400, "the client left before its request was complete")
        chunk = message.get("body", b"")
        sent += len(chunk)
        if sent > bounds.sent:
            raise _too_large(bounds.sent)
        expand.feed(chunk)
        if not message.get("more_body", False):
            return expand.finished()


async def discard(receive: Receive, most: int) -> None:
    """Read on without keeping anything, so that a client still sending gets to read its answer."""
    while most > 0:
        message = await receive()
        if message["type"] != "http.request" or not message.get("more_body", False):
            return
        most -= len(message.get("body", b""))


def _too_large(limit: int) -> BodyError:
    return BodyError(413, f"the request is larger than {limit} bytes; send it in parts")


class _Plain:
    def __init__(self, limit: int) -> None:
        self._parts: list[bytes] = []
        self._room = limit
        self._limit = limit

    def feed(self, chunk: bytes) -> None:
        self._keep(chunk)

    def finished(self) -> bytes:
        return b"".join(self._parts)

    def _keep(self, part: bytes) -> None:
        self._room -= len(part)
        if self._room < 0:
            raise _too_large(self._limit)
        self._parts.append(part)


class _Gunzip(_Plain):
    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self._stream = zlib.decompressobj(_GZIP)
        self._begun = False

    def feed(self, chunk: bytes) -> None:
        try:
            # One byte more than there is room for tells a full body from one that is too large.
            self._keep(self._stream.decompress(chunk, self._room + 1))
        except zlib.error as exc:
            raise BodyError(415, "the request says it is gzip, and is not") from exc
        self._begun = self._begun or bool(chunk)
        if self._stream.unused_data:
            raise BodyError(415, "bytes follow the end of the gzip stream")

    def finished(self) -> bytes:
        if self._begun and not self._stream.eof:
            raise BodyError(415, "the gzip stream ends in the middle")
        return super().finished()
