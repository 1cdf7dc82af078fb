"""Graphviz's layout from pygraphviz's wheel, without the parts that draw. Knows `ctypes`, no graph.

The wheel's module does not load where the machine has no GLib and no X11 (a bare Debian, slim
container images), because it brings Graphviz's drawing; positions need none of that. The layout's
own shared objects in the same wheel need only the C library.
"""

from __future__ import annotations

import ctypes
import functools
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

_LAYOUT, _OUTPUT = "gvplugin_dot_layout", "gvplugin_core"


class _Library:
    """The loaded shared objects, and one context to lay out in."""

    def __init__(self, folder: Path) -> None:
        self._cgraph, self._gvc = _loaded(folder, "cgraph"), _loaded(folder, "gvc")
        _declare(self._cgraph, self._gvc)
        self._context = self._gvc.gvContextPlugins(None, 0)
        for name in (_OUTPUT, _LAYOUT):
            plugin = ctypes.c_char.in_dll(_loaded(folder, name), f"{name}_LTX_library")
            self._gvc.gvAddLibrary(self._context, ctypes.addressof(plugin))

    def positions(self, source: str) -> bytes:
        """Graphviz's `json0` for a DOT source; one thread at a time."""
        graph = self._cgraph.agmemread(source.encode())
        text, length = ctypes.c_void_p(), ctypes.c_size_t()
        try:
            self._gvc.gvLayout(self._context, graph, b"dot")
            self._gvc.gvRenderData(
                self._context, graph, b"json0", ctypes.byref(text), ctypes.byref(length)
            )
            answer = ctypes.string_at(text, length.value)
            self._gvc.gvFreeRenderData(text)
            self._gvc.gvFreeLayout(self._context, graph)
        finally:
            self._cgraph.agclose(graph)
        return answer


@functools.cache
def library() -> _Library | None:
    """What lays out; None where pygraphviz's wheel is not installed or carries no such parts."""
    try:
        folder = Path(str(distribution("pygraphviz").locate_file("pygraphviz.libs")))
        return _Library(folder)
    except (PackageNotFoundError, OSError, ValueError):
        return None


def _loaded(folder: Path, name: str) -> ctypes.CDLL:
    (path,) = folder.glob(f"lib{name}-*.so*")
    return ctypes.CDLL(str(path))


def _declare(cgraph: ctypes.CDLL, gvc: ctypes.CDLL) -> None:
    """The C signatures, of graphviz/cgraph.h and graphviz/gvc.h."""
    pointer, text = ctypes.c_void_p, ctypes.c_char_p
    cgraph.agmemread.argtypes, cgraph.agmemread.restype = [text], pointer
    cgraph.agclose.argtypes = [pointer]
    gvc.gvContextPlugins.argtypes = [pointer, ctypes.c_int]
    gvc.gvContextPlugins.restype = pointer
    gvc.gvAddLibrary.argtypes = [pointer, pointer]
    gvc.gvLayout.argtypes = [pointer, pointer, text]
    gvc.gvFreeLayout.argtypes = [pointer, pointer]
    gvc.gvRenderData.argtypes = [
        *(pointer, pointer, text),
        ctypes.POINTER(ctypes.c_void_p),
        ctypes.POINTER(ctypes.c_size_t),
    ]
    gvc.gvFreeRenderData.argtypes = [pointer]
