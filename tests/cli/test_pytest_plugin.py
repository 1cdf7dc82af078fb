"""The pytest plugin as a user's tests see it: in parallel, each on tables of its own."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

TESTS = """
import pytest
from sfdag_magics import TaskGraph, sql_task

COUNT = "call system$set_return_value((select count(*)::varchar from t))"
GRAPH = TaskGraph("g", tasks=[
    sql_task("load", "create table t as select * from raw"),
    sql_task("count", COUNT, after=["load"]),
])

@pytest.mark.parametrize("rows", [1, 2, 3, 4])
def test_rows(sfdag_session, sfdag_run, rows):
    made = f"create table raw as select seq4() as a from table(generator(rowcount => {rows}))"
    sfdag_session.sql(made).collect()
    run = sfdag_run(GRAPH)
    assert (run.state, run.states, run.values) == (
        "SUCCEEDED", {"load": "succeeded", "count": "succeeded"}, {"count": rows})

def test_a_failure_is_a_state(sfdag_run):
    run = sfdag_run(GRAPH)
    assert (run.state, run.states["count"]) == ("FAILED", "blocked")
    assert "RAW" in repr(run).upper()

FILE = "from sfdag_magics import sftask\\n@sftask\\ndef load(*, rows: int = 5): return rows\\n"

def test_a_file(sfdag_run, tmp_path):
    file = tmp_path / "nightly.py"
    file.write_text(FILE)
    assert sfdag_run(file, config={"rows": 7}).values == {"load": 7}
"""


def test_tests_of_graphs_run_beside_each_other(tmp_path):
    (tmp_path / "test_graphs.py").write_text(TESTS)
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider", "."]
    done = subprocess.run(  # noqa: S603 - our own
        command, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert "6 passed" in done.stdout, done.stdout + done.stderr
