"""What an engine and its preloaded process say to each other: fork, kill, a limit; ready, ended.

Fixed-size records over a stream socket; the files a new worker gets travel beside the record. The
job itself does not pass through here: it goes over the worker's own socket.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Sequence
from enum import Enum

from sfdag_magics.light_classes import dataclass

_RECORD = struct.Struct(">cQq")
#: How many files a worker gets: its socket, its standard output, its standard error.
WORKER_FILES = 3


class Word(bytes, Enum):
    """The first byte of a record, and what `number` and `value` then are."""

    FORK = b"F"  # to the process: the worker's number
    SIGNAL = b"K"  # to the process: the worker's number, the signal
    LIMIT = b"L"  # to the process: how many bytes a worker may have, with all that it starts
    READY = b"R"  # from the process: its imports are done
    NOT_STARTED = b"X"  # from the process: the worker's number, the errno of fork
    TOO_LARGE = b"M"  # from the process: the number of a worker that it kills, and its bytes
    ENDED = b"E"  # from the process: the worker's number, its wait status


_WORDS = {word.value: word for word in Word}


@dataclass(frozen=True, slots=True)
class Record:
    """One order or report."""

    word: Word
    number: int = 0
    value: int = 0


def send(connection: socket.socket, record: Record, files: Sequence[int] = ()) -> None:
    """Send a record, and duplicates of `files` with it.

    Raises:
        OSError: the other side is gone.
    """
    data = _RECORD.pack(record.word.value, record.number, record.value)
    if files:
        socket.send_fds(connection, [data], list(files))
    else:
        connection.sendall(data)


def receive(connection: socket.socket) -> tuple[Record, list[int]] | None:
    """The next record with its files, which the caller closes; None when the other side is gone."""
    data, files, _flags, _address = socket.recv_fds(connection, _RECORD.size, WORKER_FILES)
    while 0 < len(data) < _RECORD.size:  # a signal in the middle of the record
        data += connection.recv(_RECORD.size - len(data))
    if not data:
        return None
    word, number, value = _RECORD.unpack(data)
    return Record(_WORDS[word], number, value), files
