"""What the engine switches on in its clients at login, and that all of it works."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import snowflake.connector.constants
import snowflake.snowpark
from snowflake.snowpark import functions as fn

from sfdag_magics.engine.sql.sessions.client_parameters import NOT_SENT, SENT
from sfdag_magics.engine.sql.sessions.parameters import PARAMETERS
from sfdag_magics.engine.wire.replies import PROTOCOL_PARAMETERS

SNOWPARK = Path(snowflake.snowpark.__file__).parent
READERS = {"_get_client_side_session_parameter", "is_feature_enabled_for_version"}
THREADS, ROUNDS = 16, 20


def parameters_read_by(source: str) -> Iterator[str]:
    """The names of the parameters a module of Snowpark asks its session for."""
    tree = ast.parse(source)
    constants = {
        target.id: ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in READERS:
            name = node.args[0]
            if isinstance(name, ast.Constant):
                yield name.value
            elif isinstance(name, ast.Name) and name.id in constants:
                yield constants[name.id]


def read_by_clients() -> set[str]:
    found = {
        name
        for path in SNOWPARK.rglob("*.py")
        for name in parameters_read_by(path.read_text(encoding="utf-8"))
    }
    named = vars(snowflake.connector.constants)
    return found | {value for name, value in named.items() if name.startswith("PARAMETER_")}


@pytest.mark.slow
def test_each_parameter_that_the_clients_read_is_decided():
    decided = {*SENT, *NOT_SENT, *PARAMETERS, *PROTOCOL_PARAMETERS}
    read = read_by_clients()
    assert len(read) > 25
    assert read - decided == set()
    assert set(SENT) & set(NOT_SENT) == set()
    assert set(NOT_SENT) - read == set()


def test_a_session_has_what_is_sent(session):
    received = session.connection._session_parameters
    assert {name: received[name] for name in SENT} == {n: value for n, (value, _) in SENT.items()}
    assert received.keys().isdisjoint(NOT_SENT)
    assert session.sql_simplifier_enabled
    assert not session.cte_optimization_enabled
    assert not session.reduce_describe_query_enabled
    assert not session.connection.telemetry_enabled


def test_what_a_client_asks_for_stays_its_own(parameters):
    asked = {"PYTHON_SNOWPARK_USE_CTE_OPTIMIZATION_VERSION": "1.31.1"}
    options = {**parameters, "session_parameters": asked}
    with snowflake.snowpark.Session.builder.configs(options).create() as session:
        assert session.cte_optimization_enabled


@pytest.mark.slow
def test_threads_share_a_session(session):
    def one(number: int) -> list[tuple[int, list[object]]]:
        return [
            (value, session.sql(f"select {value} as a").collect())
            for value in range(number * ROUNDS, (number + 1) * ROUNDS)
        ]

    with ThreadPoolExecutor(THREADS) as pool:
        answers = [answer for part in pool.map(one, range(THREADS)) for answer in part]
    assert len(answers) == THREADS * ROUNDS
    assert [value for value, rows in answers if rows != [(value,)]] == []


_PROGRAM = """
import json, sys
from concurrent.futures import ThreadPoolExecutor
from snowflake.snowpark import Session
session = Session.builder.configs(json.loads(sys.stdin.read())).create()
def one(n):
    return [session.sql(f"select {n} as a").collect()[0][0] for _ in range(5)]
with ThreadPoolExecutor(8) as pool:
    print(sum(len(rows) for rows in pool.map(one, range(8))))
"""


@pytest.mark.slow
def test_a_program_with_threads_ends_when_it_is_done(parameters):
    """Cursors that were taken over left timers behind, which held the process for minutes."""
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", _PROGRAM],
        input=json.dumps(parameters),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.split() == ["40"]


def test_a_frame_used_twice_with_and_without_common_tables(session):
    session.create_dataframe([[1, 2], [3, 4]], schema=["a", "b"]).write.save_as_table(
        "twice", mode="overwrite"
    )
    frame = (
        session.table("twice").with_column("c", fn.col("a") + fn.col("b")).filter(fn.col("c") > 3)
    )
    both = frame.union_all(frame).sort("a")
    assert both.collect() == [(3, 4, 7), (3, 4, 7)]
    session.cte_optimization_enabled = True
    assert "WITH SNOWPARK_TEMP_CTE" in both.queries["queries"][-1]
    assert both.collect() == [(3, 4, 7), (3, 4, 7)]


@pytest.mark.parametrize(
    "switch",
    [
        "sql_simplifier_enabled",
        "cte_optimization_enabled",
        "reduce_describe_query_enabled",
        "auto_clean_up_temp_table_enabled",
        "large_query_breakdown_enabled",
        "eliminate_numeric_sql_value_cast_enabled",
    ],
)
@pytest.mark.parametrize("value", [True, False])
def test_a_switch_either_way_changes_no_answer(session, switch, value):
    setattr(session, switch, value)
    frame = session.create_dataframe([[1, "x"], [2, "y"], [2, "z"]], schema=["a", "b"])
    grouped = frame.group_by("a").agg(fn.count("b").alias("n")).sort("a")
    assert grouped.collect() == [(1, 1), (2, 2)]
    assert grouped.cache_result().select((fn.col("n") + 1).alias("m")).sort("m").collect() == [
        (2,),
        (3,),
    ]
