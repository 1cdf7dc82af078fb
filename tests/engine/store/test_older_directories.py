"""Data directories of earlier versions, as `directories/make.py` packed them: all of them open.

Each is read with the unmodified connector, written to, stopped, and read again.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import tarfile
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import snowflake.connector

from sfdag_magics.client.connecting import connect

pytestmark = pytest.mark.slow

ARCHIVES = sorted((Path(__file__).parent / "directories").glob("*.tar.xz"))
LEAP_DAY = dt.date(2024, 2, 29)
NOON = dt.datetime.fromisoformat("2024-02-29 10:20:30.123456")
Ask = Callable[[str], list[Any]]


@pytest.fixture(scope="module", params=ARCHIVES, ids=lambda path: path.name.split(".")[0])
def data(request, tmp_path_factory) -> Iterator[Path]:
    directory = tmp_path_factory.mktemp("engine") / "data"
    with tarfile.open(request.param) as packed:
        packed.extractall(directory, filter="data")
    directory.chmod(0o700)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "127.0.0.1,localhost")
        patch.setenv("SNOWFLAKE_DISABLE_PLATFORM_DETECTION", "true")
        yield directory
        connect.stop_engine(directory)


@contextlib.contextmanager
def connected(directory: Path) -> Iterator[Ask]:
    parameters = connect.connection_parameters(directory)
    with contextlib.closing(snowflake.connector.connect(**parameters)) as connection:
        yield lambda statement: connection.cursor().execute(statement).fetchall()


@pytest.fixture
def ask(data: Path) -> Iterator[Ask]:
    with connected(data) as asked:
        yield asked


@pytest.mark.parametrize(
    ("columns", "row"),
    [
        ("i, n, f", (1, Decimal("12345678.25"), 0.1)),
        ("w", (Decimal("1234567890123456789012345678.0123456789"),)),
        ("t, bin, b, d", ("abcde", b"abc", True, LEAP_DAY)),
        ("tm, ntz", (dt.time(10, 20, 30, 500000), NOON)),
        ("ltz", (dt.datetime(2024, 2, 29, 10, 20, 30, tzinfo=dt.UTC),)),
        ("tz::varchar", ("2024-02-29 10:20:30.000 +0530",)),
        ("v:b::int, v:a[1]::varchar, o:k::varchar, a[1]::varchar", (1, "x", "1.5", "two")),
    ],
)
def test_values_of_each_type(ask: Ask, columns: str, row: tuple[Any, ...]):
    assert ask(f"SELECT {columns} FROM everything WHERE i = 1") == [row]


def test_a_variant_of_then_equals_one_of_today(ask: Ask):
    today = "v = parse_json(v::varchar) AND o = parse_json(o::varchar)"
    assert ask(f"SELECT i FROM everything WHERE {today}") == [(1,)]


def test_nulls_and_empty_text(ask: Ask):
    assert ask("SELECT n, w, bin, d, v, t FROM everything WHERE i = 2") == [
        (None, None, None, None, None, "")
    ]


def test_columns_keep_their_types(ask: Ask):
    types = [row[1] for row in ask("DESCRIBE TABLE everything")]
    assert types[:7] == [
        "NUMBER(38,0)",
        "NUMBER(10,2)",
        "NUMBER(38,10)",
        "FLOAT",
        "VARCHAR(5)",
        "BINARY(8388608)",
        "BOOLEAN",
    ]


def test_views_answer_as_they_do_today(ask: Ask):
    assert ask("SELECT mean, latest, third FROM averages WHERE mean IS NOT NULL") == [
        ask("SELECT avg(n), max(d), max(n) / 3 FROM everything")[0]
    ]


def test_names_with_dots_blanks_and_two_cases(ask: Ask):
    rows = ask('SELECT "lower", UPPER FROM OTHER."a.s"."Mixed Case"')
    assert rows == [(1, dt.date(2024, 1, 31))]


def test_stages_procedures_and_functions(ask: Ask):
    assert ask("SELECT $1, $2 FROM @files/everything.csv")[0] == ("1", "abcde")
    assert ask("CALL twice(21)") == [(42,)]
    assert ask("SELECT plus_one(i) FROM everything ORDER BY i") == [(2,), (3,)]


def test_tasks_and_what_ran(ask: Ask):
    tasks = ask("SHOW TASKS")
    assert sorted((row[1], row[10]) for row in tasks) == [
        ("CHILD_TASK", "started"),
        ("FAILING_TASK", "started"),
        ("ROOT_TASK", "suspended"),
    ]
    history = "SELECT name, state, error_message FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY())"
    assert sorted(ask(history)) == [
        ("CHILD_TASK", "SUCCEEDED", None),
        ("FAILING_TASK", "FAILED", "Division by zero"),
        ("ROOT_TASK", "SUCCEEDED", None),
    ]


def test_it_is_written_to_and_opens_again(data: Path):
    with connected(data) as ask:
        ask("INSERT INTO numbered(name) VALUES ('later')")
        ask("CREATE OR REPLACE TABLE later AS SELECT d, n, bin FROM everything")
        assert ask("SELECT counter.NEXTVAL")[0][0] >= 15
    connect.stop_engine(data)
    with connected(data) as ask:
        assert ask("SELECT id, name FROM numbered ORDER BY id")[:4] == [
            (1, "a"),
            (2, "b"),
            (3, "from a task"),
            (4, "later"),
        ]
        assert ask("SELECT d, n, bin FROM later WHERE d IS NOT NULL") == [
            (LEAP_DAY, Decimal("12345678.25"), b"abc")
        ]
