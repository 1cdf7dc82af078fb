"""A process whose engine was stopped under its sessions ends: at once, in silence, without one.

Each in a process of its own with the unmodified clients; one that waits is ended by the time limit.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sfdag_magics.client.connecting import connect

pytestmark = pytest.mark.slow  # six processes, each with an engine and the clients

_WAITS_S = 90
_OPENED = """
import sys
from pathlib import Path
from sfdag_magics.client.connecting import connect, sessions
from sfdag_magics.client.connecting.targets import Target

data = Path(sys.argv[1])
backend = sessions.open_target(Target(name="here", path=str(data)))
"""
_USERS_OWN = """
from snowflake.snowpark import Session
own = Session.builder.configs(connect.connection_parameters(data)).create()
sessions.backend_of(own, "own")
"""
_IN_THE_BACKGROUND = """
backend.session.sql("SELECT 1").collect_nowait()
"""
_STOPPED = """
connect.stop_engine(data)
"""
_CLOSED = """
backend.session.close()
assert backend.session.connection.is_closed()
"""
_NOTEBOOK = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
for line in ("load_ext sfdag_magics", f"sfdag target --local {data}", "sfdag session"):
    shell.run_line_magic(*line.split(" ", 1))
shell.run_cell("session.sql('SELECT 1').collect()")
"""
CASES = {
    "the process ends": (_OPENED, _STOPPED),
    "a session is closed": (_OPENED, _STOPPED, _CLOSED),
    "something ran in the background": (_OPENED, _IN_THE_BACKGROUND, _STOPPED),
    "it did, and the session is closed": (_OPENED, _IN_THE_BACKGROUND, _STOPPED, _CLOSED),
    "the user opened a session too": (_OPENED, _USERS_OWN, _STOPPED),
    "a notebook's kernel ends": (_OPENED, _NOTEBOOK, _STOPPED),
}


@pytest.mark.parametrize("parts", CASES.values(), ids=CASES)
def test_nothing_waits_for_an_engine_that_was_stopped(tmp_path: Path, parts: tuple[str, ...]):
    data = tmp_path / "data"
    program = "".join(parts)
    ended = subprocess.run(  # noqa: S603 - a program of ours
        [sys.executable, "-c", program, str(data)],
        capture_output=True,
        text=True,
        timeout=_WAITS_S,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert connect.engine_has_died(data)
