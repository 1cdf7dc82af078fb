"""Rows of large results in files, mapped into memory: the system may take their pages back.

A file has no name as soon as its rows can be read, so nothing is left behind when the process
ends, however it does; its space is free when nobody holds the rows any more. Knows Arrow, no SQL.
"""

from __future__ import annotations

import mmap
import os
import tempfile
import threading
import weakref
from pathlib import Path
from typing import Any

import pyarrow as pa

_SUFFIX = ".rows"


class ResultFiles:
    """The files of one data directory. Any thread; each writer has one."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(mode=0o700, exist_ok=True)
        for left in directory.glob(f"*{_SUFFIX}"):  # of a process that ended while it wrote
            left.unlink(missing_ok=True)
        self._directory = directory
        self._lock = threading.Lock()
        self._maps: weakref.WeakSet[mmap.mmap] = weakref.WeakSet()

    def writer(self, schema: Any) -> ResultWriter:  # noqa: ANN401 - pyarrow ships no types
        """A new file for rows of this Arrow schema; `finish` it, and let it go in any case."""
        descriptor, path = tempfile.mkstemp(_SUFFIX, dir=self._directory)
        return ResultWriter(descriptor, Path(path), schema, self)

    def mapped(self, descriptor: int) -> pa.Table:
        """The rows of a written file; it lives as long as they do."""
        pages = mmap.mmap(descriptor, 0, prot=mmap.PROT_READ)
        with self._lock:
            self._maps.add(pages)
        return pa.ipc.open_stream(pa.py_buffer(pages)).read_all()

    def drop_pages(self) -> None:
        """Take what was read of all files out of this process's memory; it can be read again."""
        with self._lock:
            maps = list(self._maps)
        for pages in maps:
            pages.madvise(mmap.MADV_DONTNEED)


class ResultWriter:
    """Writes one file. One thread."""

    def __init__(
        self,
        descriptor: int,
        path: Path,
        schema: Any,  # noqa: ANN401 - pyarrow ships no types
        files: ResultFiles,
    ) -> None:
        self._file = os.fdopen(descriptor, "w+b")
        self._path = path
        self._files = files
        self._stream = pa.ipc.new_stream(self._file, schema)

    def write(self, batch: pa.RecordBatch) -> None:
        """Append rows. Raises OSError where the disk is full."""
        self._stream.write_batch(batch)

    def finish(self) -> pa.Table:
        """All rows that were written; they stay when the file is let go."""
        self._stream.close()
        self._file.flush()
        return self._files.mapped(self._file.fileno())

    def let_go(self) -> None:
        """Take the file's name away and close it; the writer is used up."""
        self._path.unlink(missing_ok=True)
        self._file.close()
