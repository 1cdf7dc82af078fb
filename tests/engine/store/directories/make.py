"""Makes a data directory of this version and packs it: what a later version must open.

    python -m tests.engine.store.directories.make NAME

The archive lands beside this file. It was made once, at the commit before the version after it, and
is never made anew: `test_older_directories.py` says what each must still answer.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tarfile
import tempfile
import time
from pathlib import Path

import snowflake.connector

from sfdag_magics.client.connecting import connect

HERE = Path(__file__).parent
#: What a data directory holds beyond this is the machine's: its address, tokens, logs, locks.
KEPT = ("data.duckdb", "runs.sqlite", "stages")

STATEMENTS = (
    "CREATE DATABASE OTHER",
    "CREATE SCHEMA OTHER.\"a.s\" COMMENT = 'dots'",
    "USE SCHEMA SFDAG.PUBLIC",
    """CREATE TABLE everything(
        i INT PRIMARY KEY, n NUMBER(10,2), w NUMBER(38,10), f FLOAT, t VARCHAR(5) NOT NULL,
        bin BINARY, b BOOLEAN, d DATE, tm TIME, ntz TIMESTAMP_NTZ, ltz TIMESTAMP_LTZ,
        tz TIMESTAMP_TZ, v VARIANT, o OBJECT, a ARRAY) COMMENT = 'of each type'""",
    """INSERT INTO everything SELECT 1, 12345678.25, 1234567890123456789012345678.0123456789, 0.1,
        'abcde', to_binary('616263', 'HEX'), true, '2024-02-29'::DATE, '10:20:30.5'::TIME,
        '2024-02-29 10:20:30.123456'::TIMESTAMP_NTZ, '2024-02-29 10:20:30 +0000'::TIMESTAMP_LTZ,
        '2024-02-29 10:20:30 +0530'::TIMESTAMP_TZ, PARSE_JSON('{"b":1,"a":[null,"x"]}'),
        OBJECT_CONSTRUCT('k', 1.5), ARRAY_CONSTRUCT(1, 'two')""",
    "INSERT INTO everything(i, t) VALUES (2, '')",
    """CREATE TABLE numbered(
        id INT AUTOINCREMENT, name VARCHAR DEFAULT 'none', at TIMESTAMP_NTZ DEFAULT
        CURRENT_TIMESTAMP()::TIMESTAMP_NTZ)""",
    "INSERT INTO numbered(name) VALUES ('a'), ('b')",
    'CREATE TABLE OTHER."a.s"."Mixed Case"("lower" INT, UPPER DATE)',
    'INSERT INTO OTHER."a.s"."Mixed Case" VALUES (1, \'2024-01-31\'::DATE)',
    "CREATE VIEW averages AS SELECT avg(n) AS mean, max(d) AS latest, n / 3 AS third"
    " FROM everything GROUP BY n",
    "CREATE SEQUENCE counter START 10 INCREMENT 5",
    "SELECT counter.NEXTVAL",
    "CREATE STAGE files",
    "CREATE FILE FORMAT commas TYPE = CSV SKIP_HEADER = 1",
    "COPY INTO @files/everything.csv FROM (SELECT i, t FROM everything)"
    " FILE_FORMAT = (TYPE = CSV COMPRESSION = NONE) SINGLE = TRUE",
    """CREATE PROCEDURE twice(x INT) RETURNS INT LANGUAGE PYTHON RUNTIME_VERSION = '3.11'
        PACKAGES = ('snowflake-snowpark-python') HANDLER = 'run' AS
        $$
def run(session, x):
    return session.sql(f"select {x} * 2").collect()[0][0]
$$""",
    """CREATE FUNCTION plus_one(x INT) RETURNS INT LANGUAGE PYTHON RUNTIME_VERSION = '3.11'
        HANDLER = 'run' AS
        $$
def run(x):
    return x + 1
$$""",
    "CREATE TASK root_task SCHEDULE = '60 MINUTES' AS SELECT 1",
    "CREATE TASK child_task AFTER root_task AS INSERT INTO numbered(name) SELECT 'from a task'",
    "CREATE TASK failing_task AFTER root_task AS SELECT 1 / 0",
    "ALTER TASK child_task RESUME",
    "ALTER TASK failing_task RESUME",
    "EXECUTE TASK root_task",
)
ENDED = """SELECT count(*) FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY())
    WHERE STATE IN ('SUCCEEDED', 'FAILED')"""
TASKS = 3


def make(archive: Path) -> None:
    """Fill a new directory, stop its engine, and pack what is not the machine's."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        try:
            _fill(data)
        finally:
            connect.stop_engine(data)
        with tarfile.open(archive, "w:xz") as packed:
            for path in sorted(data.rglob("*")):
                if path.relative_to(data).parts[0] in KEPT:
                    packed.add(path, path.relative_to(data), recursive=False, filter=_anonymous)


def _fill(data: Path) -> None:
    parameters = connect.connection_parameters(data)
    with contextlib.closing(snowflake.connector.connect(**parameters)) as connection:
        cursor = connection.cursor()
        for statement in STATEMENTS:
            cursor.execute(statement)
        while cursor.execute(ENDED).fetchone() != (TASKS,):
            time.sleep(0.2)


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = ""
    return member


if __name__ == "__main__":
    connect.stay_on_this_machine()
    os.environ.setdefault("SNOWFLAKE_DISABLE_PLATFORM_DETECTION", "true")
    make(HERE / f"{sys.argv[1]}.tar.xz")
