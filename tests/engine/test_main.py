"""What the engine process settles before it imports anything."""

from __future__ import annotations

import subprocess
import sys

import pytest

_TAKES_AND_GIVES_BACK = """
from pathlib import Path
from sfdag_magics.engine import __main__
import duckdb

def megabytes(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1]) // 1024

connection = duckdb.connect()
connection.execute("SET enable_progress_bar = false")  # it is printed where a query is slow
connection.execute("SELECT 1").fetchall()
before = megabytes("VmData")
connection.execute(
    "SELECT sum(strlen(repeat('x', 1000000) || range)) FROM range(800)"
).fetchall()
print(megabytes("VmPeak") > 800, megabytes("VmData") - before < 400)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere memory is only measured")
def test_what_duckdb_gives_back_can_be_bounded_again():
    run = subprocess.run(  # noqa: S603 - our own text, by our interpreter
        [sys.executable, "-c", _TAKES_AND_GIVES_BACK], capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == ["True", "True"]


#: What an engine imports while its directory is opened beside it, and what no first answer needs.
_BESIDE = (
    *("starlette", "uvicorn", "asyncio", "sqlite3", "sqlglot", "pyarrow"),
    *("sfdag_magics.engine.composition", "sfdag_magics.engine.sql.sql_engine"),
    *("sfdag_magics.engine.wire", "sfdag_magics.engine.tasks", "sfdag_magics.engine.copying"),
)
_NEVER = (
    "pandas",
    "numpy",
    "pyarrow.compute",
    "pyarrow.parquet",
    "packaging",
    "sfdag_magics.engine.copying.copy_into",
    "sfdag_magics.engine.sql.scripting",
    "psutil",
    "IPython",
    "snowflake.connector",
    "anywidget",
    "graphviz",
    "sfdag_magics.client",
)
_WHAT_IS_LOADED = """
import sys
import sfdag_magics.engine.__main__
print([name for name in {beside} if name in sys.modules])
import sfdag_magics.engine.composition
print([name for name in {never} if name in sys.modules])
"""


def test_a_directory_is_opened_before_most_of_the_engine_is_imported():
    code = _WHAT_IS_LOADED.format(beside=_BESIDE, never=_NEVER)
    run = subprocess.run(  # noqa: S603 - our own text, by our interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert run.stdout.splitlines() == ["[]", "[]"]
