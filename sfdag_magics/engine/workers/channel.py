"""Messages over a stream socket: a JSON header and bytes, each with its length in front.

Knows framing only. Nothing here unpickles: the engine never loads an object that a worker made.
"""

from __future__ import annotations

import errno
import json
import socket
import struct
import termios
import threading
import time
from collections.abc import Mapping
from dataclasses import field, fields
from fcntl import ioctl
from functools import cache
from typing import Any

from sfdag_magics.light_classes import dataclass

#: What `json.loads` and `json.dumps` ask first, they ask for each message.
_READER, _WRITER = json.JSONDecoder(), json.JSONEncoder()
_LENGTHS = struct.Struct(">IQ")
# A header holds names and scalars; a payload one batch of rows. More is a broken peer.
_LONGEST_HEADER = 256 * 1024 * 1024
_LONGEST_PAYLOAD = 16 * 1024 * 1024 * 1024
#: How long a peer that was killed may take to be gone, and between two looks.
_DYING_S, _LOOK_S = 1.0, 0.002
_COUNT = struct.Struct("i")


class ChannelError(Exception):
    """The peer sent something that is no message, or stopped in the middle of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message; `kind` says how to read the rest."""

    kind: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    payload: bytes = b""


def fields_of(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any dataclass
    """The fields of a value for a message; `dataclasses.asdict` copies all that is in them."""
    return {name: getattr(value, name) for name in _field_names(value.__class__)}


@cache
def _field_names(kind: type) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind))


class Channel:
    """One end of a conversation. Any thread may send; one thread receives."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._sending = threading.Lock()
        self._was_refused = False

    def fileno(self) -> int:
        """For selectors: readable when a message begins, or at the end of the conversation."""
        return self._connection.fileno()

    def send(self, message: Message) -> None:
        """Send one message whole.

        Raises:
            OSError: the peer is gone.
        """
        header = _WRITER.encode({"kind": message.kind, **message.fields}).encode()
        try:
            with self._sending:
                self._connection.sendall(_LENGTHS.pack(len(header), len(message.payload)) + header)
                if message.payload:
                    self._connection.sendall(message.payload)
        except OSError:
            self._was_refused = True
            raise

    def receive(self) -> Message | None:
        """The next message, or None where the peer ended the conversation between two messages.

        Raises:
            ChannelError: the conversation ended inside a message, or this is no message.
        """
        lengths = self._exactly(_LENGTHS.size, at_start=True)
        if lengths is None:
            return None
        header_length, payload_length = _LENGTHS.unpack(lengths)
        if header_length > _LONGEST_HEADER or payload_length > _LONGEST_PAYLOAD:
            raise ChannelError(f"a message of {header_length} + {payload_length} bytes")
        header = self._exactly(header_length) or b""
        payload = self._exactly(payload_length) or b""
        try:
            said = _READER.decode(header.decode())
            return Message(kind=said.pop("kind"), fields=said, payload=payload)
        except (ValueError, KeyError, AttributeError) as error:
            raise ChannelError(f"not a message: {header[:80]!r}") from error

    def hang_up(self) -> None:
        """End the conversation for both sides; what was sent before can still be received."""
        try:
            self._connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # the peer was faster

    def was_left_unread(self) -> bool:
        """Whether a peer that was killed had not read all that was sent to it.

        A socket tells its other end of what lay there unread when it was closed (unix(7):
        ECONNRESET). That the peer is alive for a moment longer is waited for.
        """
        until = time.monotonic() + _DYING_S
        while not self._was_refused:
            # in this order: what is closed unread is an error before it counts no more
            is_unread = self._unread() > 0
            failed = self._connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            self._was_refused = failed == errno.ECONNRESET
            if not is_unread or time.monotonic() > until:
                break
            time.sleep(_LOOK_S)
        return self._was_refused

    def _unread(self) -> int:
        """Bytes that were sent and lie at the other end."""
        (count,) = _COUNT.unpack(ioctl(self._connection, termios.TIOCOUTQ, bytes(_COUNT.size)))
        return int(count)

    def close(self) -> None:
        """Give the socket back."""
        self._connection.close()

    def _exactly(self, count: int, *, at_start: bool = False) -> bytes | None:
        chunks: list[bytes] = []
        missing = count
        while missing:
            try:
                chunk = self._connection.recv(min(missing, 1 << 20))
            except ConnectionResetError:
                self._was_refused = True
                chunk = b""
            if not chunk and at_start and not chunks:
                return None
            if not chunk:
                raise ChannelError(f"the conversation ended {missing} bytes early")
            chunks.append(chunk)
            missing -= len(chunk)
        return b"".join(chunks)
