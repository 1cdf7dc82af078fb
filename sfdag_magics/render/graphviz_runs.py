"""Runs Graphviz and is never held by it for long. Knows DOT in and `json0` out, no shapes.

Three ways, the first that can be had:

1. pygraphviz in this process, for small graphs: milliseconds, but it holds the interpreter.
2. pygraphviz in a child that stays warm, for larger ones. After `PATIENCE_S` it is killed and a new
   one asked with simpler settings (measured: the hardest 1000 nodes fall from 13 s to 2.5 s).
3. The `dot` program, where nothing of pygraphviz can be loaded; see `layout_only`.
"""

from __future__ import annotations

import atexit
import functools
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable

from sfdag_magics.errors import MachineError
from sfdag_magics.place_words import to_type
from sfdag_magics.render import layout_only
from sfdag_magics.render.layout_child import read_framed, run_graphviz, write_framed

#: Nodes plus edges up to which a layout takes this process some ten milliseconds.
SMALL = 250
#: How long a layout may take before it is given up for a simpler one.
PATIENCE_S = 2.0
#: How long the simpler one may take; beyond that something is wrong and not slow.
LAST_PATIENCE_S = 30.0
#: Few rounds of improvement and straight edges.
SIMPLER = "nslimit=1 nslimit1=1 mclimit=0.2 splines=line"

#: `(source, seconds) -> json0`; TimeoutError when the seconds are over.
Runner = Callable[[str, float], bytes]

#: Graphviz is not thread safe; this guards every call of it in this process.
_in_process = threading.Lock()


def positions(source: str, *, size: int) -> bytes:
    """Graphviz's `json0` for a DOT source; `size` is its number of nodes plus edges.

    Raises:
        MachineError: neither pygraphviz nor `dot` is there, or neither answers in time.
    """
    if not pygraphviz_loads() and layout_only.library() is None:
        return patiently(run_dot, source)
    if size <= SMALL:
        with _in_process:
            return run_graphviz(source)
    return patiently(_child.ask, source)


@functools.cache
def pygraphviz_loads() -> bool:
    """Whether the library is there and its shared objects fit this machine."""
    try:
        import pygraphviz  # noqa: F401 - the import is the question
    except ImportError:
        return False
    return True


def patiently(run: Runner, source: str, *, patience_s: float = PATIENCE_S) -> bytes:
    """What `run` answers within its patience, for the simpler layout if need be."""
    try:
        return run(source, patience_s)
    except TimeoutError:
        simpler = re.sub(r"^\s*graph \[", f"graph [{SIMPLER} ", source, count=1, flags=re.MULTILINE)
    try:
        return run(simpler, LAST_PATIENCE_S)
    except TimeoutError as exc:
        raise MachineError(
            f"Graphviz found no layout within {LAST_PATIENCE_S:.0f} s",
            hint=to_type("show", format="text"),
        ) from exc


def run_dot(source: str, patience_s: float) -> bytes:
    """A layout by the `dot` program.

    Raises:
        MachineError: there is none, or it fails.
        TimeoutError: it was still thinking when its time was over.
    """
    program = shutil.which("dot")
    if program is None:
        raise MachineError(
            "a graph cannot be laid out: pygraphviz does not load and there is no `dot`",
            hint="apt-get install graphviz, or your system's package of that name",
        )
    try:
        done = subprocess.run(  # noqa: S603 - a program of this machine, no shell, our own text
            [program, "-Tjson0"],
            input=source.encode(),
            capture_output=True,
            timeout=patience_s,
            check=True,
        )
    except subprocess.TimeoutExpired as exc:
        raise TimeoutError(str(exc)) from exc
    except subprocess.CalledProcessError as exc:
        raise MachineError(f"dot failed: {exc.stderr.decode(errors='replace').strip()}") from exc
    return done.stdout


class LayoutChild:
    """A warm process that lays out; started when first asked, killed when it thinks too long.

    Any thread may ask; one is served at a time. `close` ends the process.
    """

    def __init__(self) -> None:
        self._serve_one = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, source: str, patience_s: float) -> bytes:
        """The layout of `source`.

        Raises:
            TimeoutError: it took longer than `patience_s`; the process was killed.
            MachineError: the process died of something else.
        """
        with self._serve_one:
            process = self._process = self._process or _start()
            timed_out = threading.Event()
            timer = _kill_later(process, patience_s, timed_out)
            try:
                answer = _exchange(process, source)
            finally:
                timer.cancel()
            if answer is not None:
                return answer
            self._end()
        if timed_out.is_set():
            raise TimeoutError(f"no layout after {patience_s} s")
        raise MachineError(
            "the process that lays out graphs died", hint=to_type("show", format="text")
        )

    def close(self) -> None:
        """End the process if there is one; the next `ask` starts another."""
        with self._serve_one:
            self._end()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()


def _start() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "sfdag_magics.render.layout_child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def _kill_later(
    process: subprocess.Popen[bytes], patience_s: float, timed_out: threading.Event
) -> threading.Timer:
    def kill() -> None:
        timed_out.set()
        process.kill()

    timer = threading.Timer(patience_s, kill)
    timer.name, timer.daemon = "sfdag-layout-patience", True
    timer.start()
    return timer


def _exchange(process: subprocess.Popen[bytes], source: str) -> bytes | None:
    if process.stdin is None or process.stdout is None:
        return None
    try:
        write_framed(process.stdin, source.encode())
        return read_framed(process.stdout)
    except BrokenPipeError:
        return None


_child = LayoutChild()
atexit.register(_child.close)
