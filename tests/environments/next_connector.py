"""The connector's next generation beside this one: `python -m tests.environments.next_connector`.

Snowpark's and snowflake-ml's own bounds keep it out of an ordinary environment (`pyproject.toml`);
it is laid over this one, without asking them. The suite runs some of the clients' tests with it;
this runs all.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.environments.installs import ALONE, overlay, passes_with

#: The newest that was tried; its transfers are carried out by a compiled core, over HTTP.
NEXT = "5.2.0"
_CORE = "tests/engine/clients/core"
_CONNECTING = "tests/client/connecting/test_connect.py"
#: Those of the engine's clients; what is not in them looks into the installed generation.
ALL = (
    "tests/engine/clients",
    "--ignore=tests/engine/clients/test_switches.py",
    f"--ignore={_CORE}/test_fuzz.py",  # sends its own requests, with no connector
    f"{_CONNECTING}::test_after_kill_9_the_same_parameters_still_work",
    # and our own client, as a script uses it
    f"{_CONNECTING}::test_an_engine_is_looked_after_under_all_that_a_session_asks",
    "tests/workspace/test_script.py",
)
#: Without those of snowflake.core, but for one file: it sends its requests itself, with a token.
_OF_CORE = ("dags", "facts_of_dags", "same_by_sql", "set_up")
QUICK = (ALONE, *ALL, *(f"--ignore={_CORE}/test_{each}.py" for each in _OF_CORE))
_VERSION = "import snowflake.connector; print(snowflake.connector.__version__)"


def passes(folder: Path, which: Sequence[str]) -> tuple[str, bool, str]:
    """The release that is imported, whether these tests pass, and pytest's closing line."""
    environment = overlay(folder, [f"snowflake-connector-python=={NEXT}"])
    ran = (sys.executable, "-W", "ignore", "-c", _VERSION)
    seen = subprocess.check_output(ran, env=environment, text=True)  # noqa: S603 - our own
    # It warns of each old name that Snowpark 1.56 still asks it for.
    return seen.strip(), *passes_with(environment, "-W", "ignore", *which)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        release, passed, said = passes(Path(made), ALL)
    sys.stdout.write(f"snowflake-connector-python {release}: {said}\n")
    sys.exit(not passed)
