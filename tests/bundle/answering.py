"""A process that answers line by line, and is begun anew where an answer did not come in time."""

from __future__ import annotations

import json
import subprocess
import sys


class Answering:
    """Asks what `python -c code` answers; it reads lines, and answers each by a line of JSON."""

    def __init__(self, code, *options):
        self._command = [sys.executable, *options, "-c", code]
        self._process = None

    def ask(self, line):
        """The answer. One that comes too late, as on a busy machine, is not the next one's."""
        process = self._process = self._process or self._begun()
        try:
            process.stdin.write(f"{line}\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())
        except BaseException:  # a test whose time is up
            self._process = None
            process.kill()
            process.communicate()
            raise

    def close(self):
        if self._process is not None:
            self._process.communicate()

    def _begun(self):
        return subprocess.Popen(  # noqa: S603 - ours
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
