"""numpy takes little of the engine's memory, and never the engine."""

from __future__ import annotations

import subprocess
import sys

import pytest

from sfdag_magics.engine.starting.later_numpy import use_one_core
from sfdag_magics.engine.workers.pool import worker_environment

#: Imports numpy where next to nothing may be taken, and says by how much the bound has grown.
BOUNDED = """
import os, resource
from sfdag_magics.engine.starting import later_numpy
later_numpy.use_one_core(os.environ)
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
bound = int(status["VmData"].split()[0]) * 1024 + 2**20
_, most = resource.getrlimit(resource.RLIMIT_DATA)
resource.setrlimit(resource.RLIMIT_DATA, (bound, most))
later_numpy.np.zeros(1)
later_numpy.have_numpy()
print(resource.getrlimit(resource.RLIMIT_DATA)[0] - bound)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only there memory is bounded")
def test_it_is_imported_where_no_memory_is_left_and_the_bound_stays():
    asked = [sys.executable, "-c", BOUNDED]
    answer = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603 - ours

    assert (answer.returncode, answer.stderr) == (0, "")
    assert int(answer.stdout) == 64 * 1024**2


@pytest.mark.parametrize("theirs", [None, "1", "8"])
def test_what_the_engine_says_of_cores_is_not_for_workers(theirs: str | None):
    environment = {} if theirs is None else {"OPENBLAS_NUM_THREADS": theirs}
    use_one_core(environment)

    assert int(environment["OPENBLAS_NUM_THREADS"]) == int(theirs or 1)
    assert worker_environment(environment).get("OPENBLAS_NUM_THREADS") == theirs
