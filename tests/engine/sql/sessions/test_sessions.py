"""One session: names, parameters, variables, features, cancelling."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sfdag_magics.engine.borders.answers import Result, SfType, SqlError
from sfdag_magics.engine.borders.ports import (
    Arguments,
    SessionOptions,
    SqlFeature,
    SqlSession,
    Statement,
)
from sfdag_magics.engine.borders.rowset import rowset
from sfdag_magics.engine.sql.results.result_cache import Bounds
from sfdag_magics.engine.sql.sessions.session import own_session
from sfdag_magics.engine.sql.sql_engine import open_engine
from tests.engine.furnished import furnished
from tests.engine.sql.conftest import Asker

_LONG = "select count(*) from table(generator(rowcount => 200000)) a, table(generator(rowcount => 200000)) b where a.range * b.range % 7 = 3"  # noqa: E501 - one statement


def test_a_session_knows_who_and_where_it_is(connect: Callable[..., Asker]):
    sql = connect(user="ME", role="R", warehouse="W")
    assert sql(
        "select current_user(), current_role(), current_warehouse(), current_database(),"
        " current_schema()"
    ) == [("ME", "R", "W", "SFDAG", "PUBLIC")]
    for text in ("use role sysadmin", "create warehouse wh2", "use warehouse wh2"):
        sql(text)
    assert sql("select current_role(), current_warehouse()") == [("SYSADMIN", "WH2")]
    for text in ("use role r", "use warehouse w"):  # its login's, which nobody has made
        sql(text)
    assert sql("select current_role(), current_warehouse()") == [("R", "W")]


@pytest.mark.parametrize("kind", ["ROLE", "WAREHOUSE", "DATABASE", "SCHEMA"])
def test_what_is_not_there_cannot_be_used(sql: Asker, kind: str):
    problem = sql.error(f"use {kind} nobody_made")
    assert (problem.code, problem.sqlstate) == (2043, "02000")
    assert f"{kind.capitalize()} 'NOBODY_MADE' does not exist or not authorized" in problem.message


def test_opening_a_session_in_a_database_that_is_not_there_fails(connect: Callable[..., Asker]):
    with pytest.raises(SqlError, match="'NOPE' does not exist"):
        connect(database="NOPE")


def test_variables_are_values(sql: Asker):
    sql("set x = 5")
    sql("set (a, b) = ('it''s', 1 + 1)")
    assert sql("select $x + 1, $a, $b") == [(6, "it's", 2)]
    sql("set small = 0.0000001")
    assert sql("select $small::varchar") == [("0.0000001",)]
    sql("unset x")
    sql.error("select $x")


def test_names_may_be_computed(sql: Asker):
    sql("create table t as select 1 as a")
    sql("set name = 'sfdag.public.t'")
    assert sql("select a from identifier($name)") == [(1,)]
    assert sql("select a from identifier('T')") == [(1,)]
    assert sql("select a from table(?)", "t") == [(1,)]


def test_parameters_are_set_shown_and_unset(sql: Asker):
    sql("alter session set query_tag = 'mine' statement_timeout_in_seconds = 5")
    assert sql.session.parameters["STATEMENT_TIMEOUT_IN_SECONDS"] == 5
    rows = sql("show parameters like 'query_tag'")
    assert rows[0][:4] == ("QUERY_TAG", "mine", "", "SESSION")
    sql("alter session unset query_tag")
    assert sql.session.parameters["QUERY_TAG"] == ""


def test_a_sessions_own_answers_stay_whatever_others_ask_meanwhile(sql: Asker, monkeypatch):
    kept = own_session(sql.session).shared.results
    monkeypatch.setattr(kept, "_bounds", Bounds(number=10, packed=0, files=0))
    sql.session.execute("select 7 as a", query_id="own")
    other = rowset({"B": SfType.FIXED}, [(1,)])
    for number in range(11):
        kept.put(f"other {number}", other)
    assert sql("select a from table(result_scan(last_query_id()))") == [(7,)]
    assert sql("select a from table(result_scan('own'))") == [(7,)]
    gone = sql.error("select * from table(result_scan('other 0'))")
    assert gone.code == 709
    assert gone.message.startswith("Statement other 0 not found: it did not succeed on this engine")


def test_thousands_of_small_answers_can_be_read_late(sql: Asker):
    other = rowset({"B": SfType.FIXED}, [(1,)])
    for number in range(1500):
        own_session(sql.session).shared.results.put(f"{number}", other)
    assert sql("select b from table(result_scan('0'))") == [(1,)]


@pytest.mark.parametrize("amount", ["'x'", "''", "null", "'nan'", "array_construct(1)"])
def test_what_is_no_number_is_not_waited_for(sql: Asker, amount: str):
    error = sql.error(f"select system$wait({amount})")
    assert (error.code, "is not recognized" in error.message) == (100038, True)


def test_the_last_query_ids_are_remembered(sql: Asker):
    sql.session.execute("select 1", query_id="first")
    sql.session.execute("select 2", query_id="second")
    assert sql("select last_query_id(), last_query_id(-2), last_query_id(1)") == [
        ("second", "first", "first")
    ]


def test_cancel_stops_a_running_query(sql: Asker):
    started = threading.Event()
    errors: list[SqlError] = []

    def run() -> None:
        started.set()
        errors.append(sql.error(_LONG))

    running = threading.Thread(target=run)
    running.start()
    started.wait()
    while running.is_alive():
        sql.session.cancel()
        running.join(timeout=0.05)
    assert [(error.code, error.sqlstate) for error in errors] == [(604, "57014")]
    assert sql("select 1") == [(1,)]


def test_cancel_of_an_unknown_statement_does_nothing(sql: Asker):
    sql.session.cancel("nothing")
    sql.session.cancel()
    assert sql("select 1") == [(1,)]


class _Echo:
    """A feature that answers with what it is asked."""

    def __init__(self) -> None:
        self.inside = threading.Event()
        self.stopped = threading.Event()

    def feature(self) -> SqlFeature:
        return SqlFeature(
            statements={"CALL": self.call, "EXECUTE TASK": self.execute},
            functions={"SYSTEM$ECHO": lambda values, _: "|".join(map(str, values))},
            table_functions={"ECHOES": self.echoes},
            virtual_tables={"INFORMATION_SCHEMA.ECHOES": self.table},
        )

    def call(self, statement: Statement, session: SqlSession) -> Result:
        """Waits until it is stopped; other statements of the session get in meanwhile."""
        with session.on_cancel(self.stopped.set):
            self.inside.set()
            self.stopped.wait(timeout=60)
        raise SqlError("The procedure was killed.")

    def execute(self, statement: Statement, session: SqlSession) -> Result:
        return session.execute("select 'inner'")

    def echoes(self, arguments: Arguments, session: SqlSession) -> Result:
        rows = [(str(value),) for value in (*arguments.positional, *arguments.named.values())]
        return rowset({"ECHO": SfType.TEXT}, rows)

    def table(self, session: SqlSession) -> Result:
        return rowset({"ID": SfType.FIXED, "V": SfType.VARIANT}, [(1, '{"k": "x"}')])


@pytest.fixture
def echo(tmp_path: Path) -> Iterator[tuple[Asker, _Echo]]:
    part = _Echo()
    engine = open_engine(furnished(tmp_path), [part.feature()])
    session = engine.open_session(SessionOptions(database="SFDAG", schema="PUBLIC"))
    yield Asker(session), part
    session.close()
    engine.close()


def test_system_functions_are_called_with_values(echo: tuple[Asker, _Echo]):
    sql, _ = echo
    assert sql("select system$echo('a', ?, 1 + 1)", "b") == [("a|b|2",)]


def test_table_functions_answer_with_rows(echo: tuple[Asker, _Echo]):
    sql, _ = echo
    assert sql(
        "select echo from table(information_schema.echoes('a', name => upper('b'))) order by 1"
    ) == [("B",), ("a",)]
    assert sql("select e.echo from table(echoes(1)) e where e.echo = '1'") == [("1",)]


def test_virtual_tables_are_read_like_tables(echo: tuple[Asker, _Echo]):
    sql, _ = echo
    assert sql("select e.id, v:k::varchar from information_schema.echoes e") == [(1, "x")]
    assert sql("select count(*) from sfdag.information_schema.echoes") == [(1,)]


def test_a_handler_may_run_statements_of_its_session(echo: tuple[Asker, _Echo]):
    sql, _ = echo
    assert sql("execute task t") == [("inner",)]


def test_a_procedures_statements_get_in_while_its_call_runs(echo: tuple[Asker, _Echo]):
    sql, part = echo
    errors: list[SqlError] = []
    calling = threading.Thread(target=lambda: errors.append(sql.error("call p()")))
    calling.start()
    assert part.inside.wait(timeout=30)
    assert sql("select 1") == [(1,)]
    sql.session.cancel()
    calling.join(timeout=30)
    assert [error.code for error in errors] == [604]
    assert part.stopped.is_set()


def test_cancelling_a_call_stops_what_its_procedure_runs(echo: tuple[Asker, _Echo]):
    sql, part = echo
    codes: list[int] = []

    def run(text: str, query_id: str) -> None:
        try:
            sql.session.execute(text, query_id=query_id)
        except SqlError as error:
            codes.append(error.code)

    calling = threading.Thread(target=run, args=("call p()", "q1"), daemon=True)
    calling.start()
    assert part.inside.wait(timeout=30)
    inner = threading.Thread(target=run, args=(_LONG, "q2"), daemon=True)
    inner.start()
    while "q2" not in [each.query_id for each in sql.session.executions._all]:
        assert inner.is_alive()
    sql.session.cancel("q1")
    for thread in (inner, calling):
        thread.join(timeout=30)
        assert not thread.is_alive()
    assert codes == [604, 604]


def test_cancelling_one_call_leaves_the_others(echo: tuple[Asker, _Echo]):
    sql, part = echo

    def call() -> None:
        with pytest.raises(SqlError):
            sql.session.execute("call p()", query_id="q1")

    calling = threading.Thread(target=call)
    calling.start()
    assert part.inside.wait(timeout=30)
    sql.session.cancel("another")
    assert not part.stopped.is_set()
    sql.session.cancel("q1")
    calling.join(timeout=30)
    assert part.stopped.is_set()


@pytest.mark.slow
def test_a_statement_ends_at_its_sessions_timeout(sql: Asker):
    sql("ALTER SESSION SET STATEMENT_TIMEOUT_IN_SECONDS = 1")
    for statement in (
        "SELECT COUNT(*) FROM TABLE(GENERATOR(ROWCOUNT => 10000000)) A,"
        " TABLE(GENERATOR(ROWCOUNT => 10000000)) B",
        "SELECT SYSTEM$WAIT(60)",
        "EXECUTE IMMEDIATE $$BEGIN LOOP SELECT 1; END LOOP; END$$",
    ):
        error = sql.error(statement)
        assert (error.code, error.sqlstate) == (630, "57014"), statement
        assert "timeout of 1 second(s)" in error.message
    assert sql("SELECT 1") == [(1,)]


def test_a_statement_ends_at_its_own_timeout(sql: Asker):
    with pytest.raises(SqlError, match=r"timeout of 1 second\(s\)"):
        sql.session.execute("SELECT SYSTEM$WAIT(60)", limit_s=1)


def test_a_statement_that_waits_too_long_for_its_turn_is_not_begun(
    connect: Callable[..., Asker],
):
    sql = connect(parameters={"STATEMENT_QUEUED_TIMEOUT_IN_SECONDS": 1})
    session = own_session(sql.session)
    began, over = threading.Event(), threading.Event()

    def hold() -> None:
        with session.lock:
            began.set()
            over.wait(60)

    holder = threading.Thread(target=hold)
    holder.start()
    began.wait(60)
    error = sql.error("SELECT 1")
    over.set()
    holder.join()
    assert (error.code, error.sqlstate) == (630, "57014")
    assert "queued timeout of 1 second(s)" in error.message


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("SET STATEMENT_TIMEOUT_IN_SECONDS = 5", []),
        ("SET JSON_INDENT = 1", ["JSON_INDENT is kept and has no effect"]),
        (
            "SET STATEMENT_TIMEOUT_IN_SECONDS = 5, TRACE_LEVEL = 'ALWAYS', JSON_INDENT = 0",
            ["TRACE_LEVEL, JSON_INDENT are kept and have no effect"],
        ),
        ("UNSET JSON_INDENT", ["JSON_INDENT is kept and has no effect"]),
    ],
)
def test_parameters_that_do_nothing_are_named(sql: Asker, change: str, named: list[str]):
    [(answer,)] = sql(f"ALTER SESSION {change}")
    assert answer.startswith("Statement executed successfully.")
    assert [text for text in named if text in answer] == named
    assert ("effect" in answer) == bool(named)


#: A parameter, a value that Snowflake refuses, and one that it takes.
BOUNDED = {
    "STATEMENT_TIMEOUT_IN_SECONDS": (("-5", "700000", "'soon'"), "604800"),
    "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS": (("-1",), "5"),
    "LOCK_TIMEOUT": (("-1",), "0"),
    "TIMEZONE": (("'Mars/Base'", "'../x'"), "'Europe/Berlin'"),
    "WEEK_START": (("99",), "7"),
    "WEEK_OF_YEAR_POLICY": (("2",), "1"),
    "BINARY_OUTPUT_FORMAT": (("'nope'",), "'base64'"),
    "JSON_INDENT": (("99", "-1"), "16"),
    "TIMESTAMP_TYPE_MAPPING": (("'nope'",), "'timestamp_ltz'"),
    "MULTI_STATEMENT_COUNT": (("-1",), "0"),
    "ROWS_PER_RESULTSET": (("-1",), "10"),
    "AUTOCOMMIT": (("'maybe'",), "true"),
}


@pytest.mark.parametrize("name", BOUNDED)
def test_a_parameter_takes_only_what_it_can_be(connect: Callable[..., Asker], name: str):
    refused, taken = BOUNDED[name]
    sql = connect()
    for value in refused:
        error = sql.error(f"alter session set {name} = {value}")
        assert f"invalid value [{value.strip(chr(39))}] for parameter '{name}'" in error.message
        with pytest.raises(SqlError, match=f"for parameter '{name}'"):
            connect(parameters={name: value.strip("'")})
    sql(f"alter session set {name} = {taken}")
    connect(parameters={name: taken.strip("'")})
