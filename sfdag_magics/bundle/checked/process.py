"""The kept process that loads tasks: started when it is first needed, ended with the notebook.

It can be started ahead, so that the first deploy does not wait for it.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import select
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from io import BufferedReader, BufferedWriter
from pathlib import Path
from typing import Any, BinaryIO

from sfdag_magics.bundle.checked.inside import host

_INSIDE = Path(host.__file__).parent
#: Gives the folder a name of its own: that of this package would import it.
_BEGIN = """
import importlib.util, os, sys
spec = importlib.util.spec_from_file_location(
    "sfdag_inside", sys.argv[1] + "/__init__.py", submodule_search_locations=[sys.argv[1]])
sys.modules["sfdag_inside"] = importlib.util.module_from_spec(spec)
from sfdag_inside.host import serve
serve(sys.stdin.buffer, sys.stdout.buffer)
os._exit(0)  # whatever is being imported
"""
#: Longer than any package takes to import.
_WAIT_S = 180.0
#: As it was when this package was imported: what cells set since, tasks do not have.
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


class Checker:
    """Loads tasks in a process that knows nothing of the notebook. Any thread."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        #: What tasks are known to import, and what of it the process was told to import ahead.
        self._expected: frozenset[str] = frozenset()
        self._ahead: set[str] = set()
        self._warming: threading.Thread | None = None
        atexit.register(self.close)

    def warm(self, imports: Iterable[str], path: Callable[[], list[str]]) -> None:
        """Have the process there, and in it what tasks will import; returns at once.

        Args:
            path: where these are installed.
        """
        self._expected = self._expected.union(imports)
        is_there = self._process is not None and self._process.poll() is None
        if is_there and self._expected <= self._ahead:
            return
        if self._warming is None or not self._warming.is_alive():
            self._warming = threading.Thread(
                target=self._warm, args=(path,), name="sfdag-warm", daemon=True
            )
            self._warming.start()

    def _warm(self, path: Callable[[], list[str]]) -> None:
        with self._lock, contextlib.suppress(OSError):
            _source, target = self._started()
            if new := sorted(self._expected - self._ahead):
                host.write_frame(target, {"imports": new, "path": path(), "tasks": []})
                self._ahead.update(new)

    def load(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """`{task: what `loading.load_all` says of it}`, of those that were loaded in time."""
        with self._lock:
            answer = None
            try:
                source, target = self._started()
                host.write_frame(target, dict(request))
                if select.select([source], [], [], _WAIT_S)[0]:
                    answer = host.read_frame(source)
            except (OSError, EOFError, ValueError):
                pass
            finally:
                # An interrupt leaves an answer behind, which is none to the next request.
                if answer is None:
                    self._end()
            return answer or {}

    def close(self) -> None:
        """End the process."""
        if self._warming is not None:
            self._warming.join()
        with self._lock:
            self._end()

    def _started(self) -> tuple[BinaryIO, BinaryIO]:
        """What the process says, and what it hears."""
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._process = subprocess.Popen(  # noqa: S603 - ours
                [sys.executable, "-P", "-c", _BEGIN, str(_INSIDE)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_ENVIRONMENT,
            )
        said, heard = self._process.stdout, self._process.stdin
        assert isinstance(said, BufferedReader)  # noqa: S101 - as it was started
        assert isinstance(heard, BufferedWriter)  # noqa: S101 - as it was started
        return said, heard

    def _end(self) -> None:
        process, self._process = self._process, None
        self._ahead.clear()
        if process is not None:
            process.kill()
            process.communicate()
