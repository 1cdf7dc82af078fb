"""Journeys of Snowpark with procedures, against a real engine process and its workers."""

from __future__ import annotations

import json
import threading
import uuid
from pathlib import Path
from typing import Any

import psutil
import pytest
import snowflake.connector
from snowflake.connector.cursor import SnowflakeCursor
from snowflake.connector.errors import DatabaseError, ProgrammingError
from snowflake.snowpark import Session
from snowflake.snowpark.exceptions import SnowparkSQLException
from snowflake.snowpark.types import IntegerType, StringType, StructField, StructType

from tests.engine.python_code.conftest import Rows, Run

# a real engine process, with workers
pytestmark = pytest.mark.slow


def procedure(
    body: str,
    *,
    name: str = "p",
    signature: str = "()",
    returns: str = "varchar",
    more: str = "execute as caller",
) -> str:
    return (
        f"create or replace procedure {name}{signature} returns {returns} language python"
        " runtime_version = '3.11' packages = ('snowflake-snowpark-python')"
        f" handler = 'main' {more} as $$\n{body}\n$$"
    )


def refusal(run: Run, text: str) -> ProgrammingError:
    with pytest.raises(ProgrammingError) as caught:
        run(text)
    return caught.value


# -- what a call gets and gives ------------------------------------------------------------------


def test_a_call_answers_with_one_column_named_like_the_procedure(run: Run) -> None:
    run(procedure("def main(session): return 'done'"))

    assert run("call p()") == [("done",)]


def test_a_system_function_is_called_with_its_name_and_nothing_behind_it(run: Run) -> None:
    assert run("call system$wait(0) -- seconds") == [("waited 0 seconds",)]
    assert run("call system$wait(?)", "0") == [("waited 0 seconds",)]
    for more in (", 2", " from t", " as x", " || 'x'"):
        assert "syntax error" in str(refusal(run, f"call system$wait(0){more}"))
    assert "syntax error" in str(refusal(run, "call system$wait"))


def test_arguments_are_positional_named_bound_or_left_to_their_defaults(run: Run) -> None:
    body = "def main(session, a, b, c): return f'{a!r} {b!r} {c!r}'"
    run(procedure(body, signature="(a int, b varchar default 'b', c float default 1/4)"))

    assert run("call p(1 + 1)") == [("2 'b' 0.25",)]
    assert run("call p(c => 2, a => -3)") == [("-3 'b' 2.0",)]
    assert run("call p(?, ?)", 7, "it's") == [('7 "it\'s" 0.25',)]


def test_semistructured_arguments_and_answers_are_python_objects(run: Run) -> None:
    body = "def main(session, o, l): return {'o': o, 'l': l[::-1], 'none': None}"
    run(procedure(body, signature="(o object, l array)", returns="variant"))

    [(answer,)] = run("call p(object_construct('k', 1), array_construct(1, 2))")
    assert json.loads(answer) == {"o": {"k": 1}, "l": [2, 1], "none": None}


def test_overloads_are_told_apart_by_their_types(run: Run) -> None:
    run(procedure("def main(session, a): return 'text'", signature="(a varchar)"))
    run(procedure("def main(session, a): return 'number'", signature="(a number)"))
    run(procedure("def main(session, a, b): return 'two'", signature="(a number, b number)"))

    assert [run(f"call p({given})") for given in ("'x'", "1", "1, 2")] == [
        [("text",)],
        [("number",)],
        [("two",)],
    ]


def test_a_strict_procedure_is_not_run_for_null(run: Run) -> None:
    body = "def main(session, a): raise AssertionError"
    run(procedure(body, signature="(a int)", more="strict"))

    assert run("call p(null)") == [(None,)]


def test_a_returned_dataframe_is_the_result(run: Run) -> None:
    body = "def main(session): return session.sql('select 1 as x, 2 as y union all select 3, 4')"
    run(procedure(body, returns="table(a varchar, b int)"))

    assert sorted(run("call p()")) == [("1", 2), ("3", 4)]


def test_a_procedure_that_returns_a_table_may_leave_its_columns_open(run: Run) -> None:
    run(procedure("def main(session): return session.sql('select 5 as five')", returns="table()"))

    assert run("call p()") == [(5,)]


def test_an_anonymous_procedure_runs_at_once_and_leaves_nothing(run: Run) -> None:
    text = procedure("def main(session, a): return a * 2", name="", signature="(a int)")
    text = text.replace("create or replace procedure", "with twice as procedure")
    text = text.replace("execute as caller", "")

    assert run(f"{text} call twice(21)") == [("42",)]
    assert run("show procedures") == []


# -- the caller's session ------------------------------------------------------------------------


def test_a_procedure_sees_its_callers_temporary_tables_and_transaction(run: Run) -> None:
    run("create temporary table t (a int)")
    run(
        procedure(
            "def main(session):\n"
            "  session.sql('insert into t values (2)').collect()\n"
            "  return str(session.table('t').count())"
        )
    )
    run("begin")
    run("insert into t values (1)")

    assert run("call p()") == [("2",)]
    run("rollback")
    assert run("select count(*) from t") == [(0,)]


def test_the_active_session_is_the_one_handed_in(run: Run) -> None:
    run(
        procedure(
            "from snowflake.snowpark import Session\n"
            "from snowflake.snowpark.context import get_active_session\n"
            "def main(session):\n"
            "  assert isinstance(session, Session)\n"
            "  assert get_active_session() is session\n"
            "  assert Session.builder.getOrCreate() is session\n"
            "  return session.get_current_schema()"
        )
    )
    [(schema,)] = run("select current_schema()")

    assert run("call p()") == [(f'"{schema}"',)]


def test_closing_its_session_does_not_close_the_callers(run: Run) -> None:
    run("create temporary table t (a int)")
    run(procedure("def main(session):\n  session.sql('select 1').collect()\n  session.close()"))

    run("call p()")
    assert run("select count(*) from t") == [(0,)]


def test_procedures_call_procedures(run: Run) -> None:
    run(procedure("def main(session, n): return n + 1", name="inner_one", signature="(n int)"))
    run(
        procedure(
            "def main(session, n): return 'got ' + session.call('inner_one', n)",
            signature="(n int)",
        )
    )

    assert run("call p(1)") == [("got 2",)]


def test_with_owners_rights_names_mean_the_procedures_schema(run: Run) -> None:
    run("create table t as select 'home' as a")
    body = "def main(session): return session.sql('select a from t').collect()[0][0]"
    run(procedure(body, more="execute as owner"))
    [(database, schema)] = run("select current_database(), current_schema()")
    run(f"create schema {schema}_elsewhere")
    run("create table t as select 'elsewhere' as a")

    assert run(f"call {database}.{schema}.p()") == [("home",)]
    assert run("select current_schema()") == [(f"{schema}_ELSEWHERE",)]


# -- what goes wrong -----------------------------------------------------------------------------


@pytest.mark.rule("14.3")
def test_an_exception_is_snowflakes_error_with_the_users_lines(run: Run) -> None:
    run(procedure("def main(session):\n  return 1 / 0"))

    problem = refusal(run, "call p()")
    assert (problem.errno, problem.sqlstate) == (100357, "P0000")
    assert "Python Interpreter Error:\nTraceback" in str(problem.msg)
    assert 'File "_udf_code.py", line 3, in main' in str(problem.msg)
    assert "ZeroDivisionError: division by zero\n in function P" in str(problem.msg)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("import os\ndef main(session): os._exit(0)", "exited with code 0"),
        ("import ctypes\ndef main(session): ctypes.string_at(0)", "SIGSEGV"),
        ("def main(session): return 'x' * 20", "to VARCHAR(10)"),
        ("def main(session: return 1", "SyntaxError"),
        ("import nothing_of_this_name", "ModuleNotFoundError"),
        ("def other(session): pass", "'main'"),
    ],
)
def test_a_handler_that_cannot_answer_fails_the_call_and_not_the_engine(
    run: Run, body: str, told: str
) -> None:
    run(procedure(body, returns="varchar(10)"))

    assert told in str(refusal(run, "call p()").msg)
    assert run("select 1") == [(1,)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("call nothing_here()", "Unknown user-defined function"),
        ("call p('x', 'y')", "Invalid argument types for function 'P': (VARCHAR, VARCHAR)"),
        ("call p(", "unexpected '<EOF>'"),
        ("call p(a => 1, a => 2)", "Invalid argument types"),
        ("drop procedure p(varchar)", "does not exist"),
        ("create procedure p(a int) returns int language python", "HANDLER"),
        ("create procedure q() returns int language sql as $$ begin return 1; end $$", "SQL"),
        ("create procedure q() returns geometry language python", "GEOMETRY"),
        ("create procedure q() returns int language python wings = 2", "WINGS"),
    ],
)
def test_what_cannot_be_done_is_said_by_name(run: Run, text: str, told: str) -> None:
    run(procedure("def main(session, a): pass", signature="(a int)"))

    assert told in str(refusal(run, text).msg)


def test_missing_packages_are_all_named_when_a_procedure_is_created(run: Run) -> None:
    text = procedure("def main(session): pass").replace(
        "('snowflake-snowpark-python')", "('snowflake-snowpark-python', 'no-such-a', 'numpy==0.1')"
    )

    problem = refusal(run, text)
    assert "'no-such-a' is not installed" in str(problem.msg)
    assert "'numpy==0.1' was asked for" in str(problem.msg)


def test_cancelling_a_call_kills_its_worker_and_all_that_it_started(
    run: Run, parameters: dict[str, Any], tmp_path: Path
) -> None:
    run(
        procedure(
            "import os, signal, time\n"
            "def main(session, path):\n"
            "  signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
            "  child = os.fork()\n"
            "  if child: open(path, 'w').write(f'{os.getpid()} {child}')\n"
            "  time.sleep(600)",
            signature="(path varchar)",
        )
    )
    [(where,)] = run("select current_database() || '.' || current_schema()")
    told = tmp_path / "pids"
    with snowflake.connector.connect(**parameters) as connection:
        cursor = connection.cursor()
        cursor.execute_async(f"call {where}.p('{told}')")
        pids = _pids(told)
        connection.cursor().execute("select system$cancel_query(%s)", (cursor.sfqid,))
        with pytest.raises(DatabaseError, match="canceled"):
            _result_of(cursor)

    assert not any(psutil.pid_exists(pid) for pid in pids)


@pytest.mark.parametrize(
    ("made", "asked"),
    [
        (procedure("def main(session): return 'done'"), "call p()"),
        (
            "create or replace function p() returns varchar language python"
            " runtime_version = '3.11' handler = 'main' as $$\ndef main(): return 'done'\n$$",
            "select p()",
        ),
    ],
    ids=["a procedure", "a function"],
)
def test_what_had_not_begun_when_what_starts_workers_was_killed_begins_again(
    run: Run, session: Session, parameters: dict[str, Any], made: str, asked: str
) -> None:
    run(made)
    assert run(asked) == [("done",)]
    preloaded = _preloaded(parameters["port"])
    for process in preloaded:
        process.suspend()

    cursor = session.connection.cursor()
    cursor.execute_async(asked)
    threading.Event().wait(0.3)
    for process in preloaded:
        process.kill()

    assert _result_of(cursor) == [("done",)]
    assert not any(process.is_running() for process in preloaded)


def _preloaded(port: int) -> list[psutil.Process]:
    """The processes that fork the workers of the engine at this port."""
    connections = psutil.net_connections("tcp4")
    [engine] = {each.pid for each in connections if _listens(each, port)}
    return psutil.Process(engine).children()


def _listens(connection: Any, port: int) -> bool:
    return bool(connection.status == psutil.CONN_LISTEN and connection.laddr.port == port)


def _result_of(cursor: SnowflakeCursor) -> Rows:
    cursor.get_results_from_sfqid(str(cursor.sfqid))
    return list(cursor.fetchall())


def _pids(path: Path) -> list[int]:
    for _round in range(500):
        if path.exists() and len(pids := path.read_text().split()) == 2:
            return [int(pid) for pid in pids]
        threading.Event().wait(0.02)
    raise AssertionError("the procedure did not start")


# -- the statements about procedures -------------------------------------------------------------


def test_show_and_describe_tell_what_was_defined(run: Run) -> None:
    run(procedure("def main(s, a, b): pass", signature="(a int, b text default 'x')"))

    [shown] = run("show procedures like 'P'")
    assert shown[1] == "P"
    assert shown[6:9] == (1, 2, "P(NUMBER, DEFAULT VARCHAR) RETURN VARCHAR")
    described = dict(run("describe procedure p(int, varchar)"))
    assert described["signature"] == "(A NUMBER, B VARCHAR)"
    assert described["execute as"] == "CALLER"
    assert described["handler"] == "main"


def test_comments_rights_and_names_can_be_changed(run: Run) -> None:
    run(procedure("def main(s, a): return a", signature="(a int)"))

    run("comment on procedure p(int) is 'first'")
    assert run("show procedures")[0][9] == "first"
    run("alter procedure p(number) set comment = 'second'")
    assert run("show procedures")[0][9] == "second"
    run("alter procedure p(int) execute as owner")
    assert dict(run("describe procedure p(int)"))["execute as"] == "OWNER"
    run("alter procedure p(int) rename to q")
    assert run("call q(1)") == [("1",)]


def test_procedures_are_replaced_kept_and_dropped_as_told(run: Run) -> None:
    run(procedure("def main(session): return 1"))
    first = procedure("def main(session): return 2").replace("or replace ", "")

    assert "already exists" in str(refusal(run, first).msg)
    run(first.replace("procedure p", "procedure if not exists p"))
    assert run("call p()") == [("1",)]
    run(procedure("def main(session): return 3"))
    assert run("call p()") == [("3",)]
    run("drop procedure p()")
    run("drop procedure if exists p()")
    assert run("show procedures") == []


def test_a_temporary_procedure_is_seen_by_its_session_alone(
    run: Run, parameters: dict[str, Any]
) -> None:
    run(procedure("def main(session): return 'mine'").replace("procedure", "temporary procedure"))
    [(where,)] = run("select current_database() || '.' || current_schema()")

    assert run("call p()") == [("mine",)]
    with (
        snowflake.connector.connect(**parameters) as other,
        pytest.raises(ProgrammingError, match="Unknown user-defined function"),
    ):
        other.cursor().execute(f"call {where}.p()")


# -- Snowpark ------------------------------------------------------------------------------------


def test_snowpark_registers_functions_of_the_notebook_unmodified(session: Session) -> None:
    factor = 3

    def times(_session: Session, number: int) -> int:
        return number * factor

    registered = session.sproc.register(times, packages=["snowflake-snowpark-python"])

    assert registered(14) == 42


def test_snowpark_registers_anonymous_and_table_procedures(session: Session) -> None:
    def rows(handed: Session, count: int):
        return handed.create_dataframe([[number, str(number)] for number in range(count)], _COLUMNS)

    registered = session.sproc.register(
        rows, return_type=_COLUMNS, input_types=[IntegerType()], anonymous=True
    )

    assert [tuple(row) for row in registered(2).collect()] == [(0, "0"), (1, "1")]


_COLUMNS = StructType([StructField("N", IntegerType()), StructField("T", StringType())])


def test_a_large_function_travels_by_stage_with_its_imports(
    session: Session, tmp_path: Path
) -> None:
    (tmp_path / "beside.py").write_text("def greet(): return 'hello'\n")
    ballast = uuid.uuid4().hex * 1000

    def use(_session: Session) -> str:
        import beside  # type: ignore[import-not-found]  # it is shipped

        return f"{beside.greet()} {len(ballast)}"

    session.sql("create stage code").collect()
    session.sproc.register(
        use,
        return_type=StringType(),
        name="use_it",
        is_permanent=True,
        stage_location="@code",
        imports=[str(tmp_path / "beside.py")],
        packages=["snowflake-snowpark-python"],
    )

    assert session.call("use_it") == "hello 32000"


def test_imports_of_one_name_are_refused_and_one_that_is_written_twice_is_one(
    session: Session, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "beside.py").write_text("def greet(session): return 'hello'\n")
    for stage in ("first", "second"):
        run(f"create stage {stage}")
        session.file.put(str(tmp_path / "beside.py"), f"@{stage}", auto_compress=False)
    for name, other in (("refused", "second"), ("taken", "first")):
        run(
            f"create procedure {name}() returns varchar language python runtime_version = '3.11'"
            " packages = ('snowflake-snowpark-python') handler = 'beside.greet'"
            f" imports = ('@first/beside.py', '@{other}/beside.py')"
        )

    with pytest.raises(ProgrammingError, match=r"@second/beside\.py' has the name of another"):
        run("call refused()")

    assert run("call taken()") == [("hello",)]


def test_a_failing_function_is_a_snowpark_error(session: Session) -> None:
    def fail(_session: Session) -> str:
        raise LookupError("nothing there")

    registered = session.sproc.register(fail, packages=["snowflake-snowpark-python"])

    with pytest.raises(SnowparkSQLException, match="LookupError: nothing there"):
        registered()
