"""The connector's next generation, beside the one that is installed: the same clients, unmodified.

Snowpark's and snowflake-ml's own bounds keep it out of an ordinary environment (`pyproject.toml`);
it is laid over this one, without asking them.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import SUMMARY
from tests.environments.installs import overlay, passes_with

#: The newest that was tried; its transfers are carried out by a compiled core, over HTTP.
NEXT = "5.2.0"
#: Those of the engine's clients; what is not in them looks into the installed generation.
TESTS = (
    "tests/engine/clients",
    "--ignore=tests/engine/clients/test_switches.py",
    "tests/client/connecting/test_connect.py::test_after_kill_9_the_same_parameters_still_work",
    # and our own client, as a script uses it
    "tests/client/connecting/test_connect.py::test_an_engine_is_looked_after_under_all_that_a_session_asks",
    "tests/workspace/test_script.py",
)
_VERSION = "import snowflake.connector; print(snowflake.connector.__version__)"


@pytest.mark.slow
@pytest.mark.timeout(1200)  # an installation, and the tests of a room
def test_the_clients_tests_pass_with_the_next_connector(tmp_path, record_property):
    environment = overlay(tmp_path, [f"snowflake-connector-python=={NEXT}"])
    ran = (sys.executable, "-W", "ignore", "-c", _VERSION)
    seen = subprocess.check_output(ran, env=environment, text=True)  # noqa: S603 - our own
    assert seen.strip() == NEXT
    # It warns of each old name that Snowpark 1.56 still asks it for.
    passed, said = passes_with(environment, "-W", "ignore", *TESTS)
    record_property(SUMMARY, f"clients with snowflake-connector-python {NEXT}: {said}")
    assert passed, said
