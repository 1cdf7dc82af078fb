"""One layout by Graphviz's library, and a child process that makes them one after another.

Knows Graphviz's library and a pipe with length-prefixed frames. Started as
`python -m sfdag_magics.render.layout_child`, it ends when its parent closes the pipe or dies.
"""

from __future__ import annotations

import struct
import sys
from typing import IO

from sfdag_magics.render import layout_only

LENGTH = struct.Struct("!Q")


def run_graphviz(source: str) -> bytes:
    """Graphviz's `json0` for a DOT source. Holds the interpreter until it is done.

    Raises:
        ImportError: pygraphviz does not load, and its wheel's layout does not either.
    """
    # Lazy: costs 0.2 s, and nothing is to happen on import of the package.
    try:
        import pygraphviz
        from pygraphviz import graphviz as library
    except ImportError:
        lays_out = layout_only.library()
        if lays_out is None:
            raise
        return lays_out.positions(source)

    graph = pygraphviz.AGraph(string=source)
    context = library.gvContextWithBuiltins()
    try:
        library.gvLayout(context, graph.handle, b"dot")
        answer = library.gvRenderData(context, graph.handle, b"json0")
        library.gvFreeLayout(context, graph.handle)
    finally:
        library.gvFreeContext(context)
        graph.close()
    return bytes(answer[1])


def write_framed(stream: IO[bytes], payload: bytes) -> None:
    """Write one frame and flush."""
    stream.write(LENGTH.pack(len(payload)) + payload)
    stream.flush()


def read_framed(stream: IO[bytes]) -> bytes | None:
    """The next frame, or None when the other end is gone."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    payload = stream.read(length)
    return payload if len(payload) == length else None


def main() -> None:
    """Answer every source on standard input with its layout on standard output."""
    while (source := read_framed(sys.stdin.buffer)) is not None:
        write_framed(sys.stdout.buffer, run_graphviz(source.decode()))


if __name__ == "__main__":
    main()
