"""Journeys of Snowpark with functions, against a real engine process and its workers."""

from __future__ import annotations

import pytest
from snowflake.connector.errors import ProgrammingError
from snowflake.snowpark import Session
from snowflake.snowpark.functions import call_udf, col, pandas_udf, udf
from snowflake.snowpark.types import FloatType, PandasDataFrameType, PandasSeries

from sfdag_magics.engine.sql.reading.words import DONE
from tests.engine.python_code.conftest import Run

# a real engine process, with workers
pytestmark = pytest.mark.slow


def function(body: str, *, signature: str, returns: str, name: str = "f", more: str = "") -> str:
    return (
        f"create or replace function {name}{signature} returns {returns} language python"
        f" runtime_version = '3.11' {more} handler = 'main' as $$\n{body}\n$$"
    )


def test_a_function_is_called_for_every_row(run: Run) -> None:
    body = "def main(a, b): return f'{a!r}{b!r}'"
    run(function(body, signature="(a int, b varchar)", returns="varchar"))
    run("create table t as select * from (values (1, 'x'), (2, null)) as v(a, b)")

    assert run("select f(a, b) from t order by a") == [("1'x'",), ("2None",)]


def test_a_function_stands_wherever_an_expression_may(run: Run) -> None:
    run(function("def main(a): return a * a", signature="(a int)", returns="int", name="squared"))
    run("create table t as select squared(3) as a")
    run("insert into t select squared(a) from t")
    [(where,)] = run("select current_database() || '.' || current_schema()")

    assert run("select a from t where squared(a) > 100") == [(81,)]
    total = run(f"select sum({where}.squared(a::float)) + 1 from t")
    assert total == [(9**2 + 81**2 + 1,)]


def test_a_strict_function_gives_null_for_null(run: Run) -> None:
    run(function("def main(a): return 1", signature="(a int)", returns="int", more="strict"))

    assert run("select f(null), f(2)") == [(None, 1)]


def test_a_failing_function_fails_its_statement_and_keeps_the_transaction(run: Run) -> None:
    run(function("def main(a): return 1 // a", signature="(a int)", returns="int"))
    run("create table t (a int)")
    run("begin")
    run("insert into t values (5)")

    with pytest.raises(ProgrammingError, match="ZeroDivisionError") as caught:
        run("insert into t select f(0)")
    run("commit")

    assert caught.value.errno == 100357
    assert run("select a from t") == [(5,)]


def test_unknown_functions_and_wrong_numbers_of_arguments_are_told_by_name(run: Run) -> None:
    run(function("def main(a): return a", signature="(a int)", returns="int"))

    for text in ("select f(1, 2)", "select nothing_of_this(1)"):
        with pytest.raises(ProgrammingError, match="Unknown function"):
            run(text)


def test_functions_of_tables_are_refused_by_name(run: Run) -> None:
    with pytest.raises(ProgrammingError, match="table function"):
        run(function("class main: pass", signature="(a int)", returns="table (b int)"))


def test_functions_are_shown_described_and_dropped(run: Run) -> None:
    run(function("def main(a): return a", signature="(a int)", returns="int"))

    assert [row[8] for row in run("show user functions")] == ["F(NUMBER) RETURN NUMBER"]
    assert dict(run("describe function f(int)"))["handler"] == "main"
    run("drop function f(int)")
    assert run("show user functions") == []


def test_snowpark_registers_scalar_functions(session: Session) -> None:
    @udf(session=session)
    def shout(text: str) -> str:
        return text.upper() + "!"

    frame = session.create_dataframe([["a"], ["b"]], schema=["t"])

    assert [row[0] for row in frame.select(shout(col("t"))).collect()] == ["A!", "B!"]


def test_snowpark_registers_vectorised_functions_that_return_objects(session: Session) -> None:
    @pandas_udf(
        name="describe_rows",
        session=session,
        input_types=[PandasDataFrameType([FloatType(), FloatType()])],
    )
    def describe_rows(frame) -> PandasSeries[dict]:
        return frame.sum(axis=1).map(lambda total: {"TOTAL": total})

    frame = session.create_dataframe([[number, 0.5] for number in range(5000)], schema=["a", "b"])
    result = frame.select(call_udf("describe_rows", col("a"), col("b")).alias("o"))
    totals = result.select(col("o")["TOTAL"].cast("float").alias("total"))

    assert totals.to_pandas()["TOTAL"].sum() == sum(range(5000)) + 2500


def test_a_function_is_made_or_altered(run: Run) -> None:
    for answer, said in ((1, "Function F successfully created."), (2, DONE)):
        body = f"def main(a): return {answer}"
        text = function(body, signature="(a int)", returns="int")
        assert run(text.replace("or replace", "or alter")) == [(said,)]
        assert run("select f(0)") == [(answer,)]
