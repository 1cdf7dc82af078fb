"""Journeys of the real connector and Snowpark with a real engine process."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest
import snowflake.connector
from snowflake.connector.errors import ProgrammingError

from sfdag_magics.client.connecting.connect import connection_parameters, open_session, stop_engine

UTC = dt.UTC


@pytest.fixture(scope="module")
def parameters(tmp_path_factory):
    data = tmp_path_factory.mktemp("engine") / "data"
    yield connection_parameters(data)
    stop_engine(data)


@pytest.fixture
def connect(parameters):
    """Opens connections into a schema of the test's own."""
    schema = f"S_{uuid.uuid4().hex}"
    opened = []

    def connect(**more):
        connection = snowflake.connector.connect(**{**parameters, **more})
        opened.append(connection)
        connection.cursor().execute(f"create schema if not exists {schema}")
        connection.cursor().execute(f"use schema {schema}")
        return connection

    yield connect
    for connection in opened:
        connection.close()


@pytest.fixture
def cursor(connect):
    return connect().cursor()


def test_rows_go_in_and_come_out(cursor):
    cursor.execute("create table t (a int, b varchar)")
    cursor.execute("insert into t values (1, 'x'), (2, null)")
    assert cursor.rowcount == 2
    assert cursor.execute("select * from t order by a").fetchall() == [(1, "x"), (2, None)]
    assert [column.name for column in cursor.description] == ["A", "B"]


TYPES = {
    "number": ("1::number(38, 0)", 1),
    "decimal": ("1.50::number(10, 2)", Decimal("1.50")),
    "float": ("0.1::float", 0.1),
    "text": ("'é'::varchar", "é"),
    "boolean": ("true", True),
    "date": ("'2024-02-29'::date", dt.date(2024, 2, 29)),
    "time": ("'01:02:03.5'::time", dt.time(1, 2, 3, 500000)),
    "ntz": ("'2024-01-02 03:04:05.678'::timestamp_ntz", "2024-01-02T03:04:05.678"),
    "ltz": ("'2024-01-02 03:04:05 +0000'::timestamp_ltz", "2024-01-02T03:04:05+00:00"),
    "tz": ("'2024-01-02 03:04:05 +0130'::timestamp_tz", "2024-01-02T03:04:05+01:30"),
    "binary": ("to_binary('00ff', 'HEX')", b"\x00\xff"),
    "null": ("null", None),
}


@pytest.mark.parametrize("form", ["ARROW", "JSON"])
def test_every_type_is_selected(cursor, form):
    texts = ", ".join(f"{text} as {name}_" for name, (text, _) in TYPES.items())
    row = cursor.execute(
        f"select {texts}",
        _statement_params={"PYTHON_CONNECTOR_QUERY_RESULT_FORMAT": form},
    ).fetchone()
    got = dict(zip(TYPES, row, strict=True))
    wanted = {name: value for name, (_, value) in TYPES.items()}
    for name in ("ntz", "ltz", "tz"):
        wanted[name] = dt.datetime.fromisoformat(wanted[name])
    assert got == wanted


def test_semistructured_values_come_as_json(cursor):
    [row] = cursor.execute("select parse_json('{\"a\": [1]}') as v, array_construct(1) as a")
    assert [text.replace("\n", "").replace(" ", "") for text in row] == ['{"a":[1]}', "[1]"]


def test_pandas_and_arrow(cursor):
    cursor.execute("create table t (a int, b float)")
    cursor.execute("insert into t values (1, 0.5), (2, null)")
    frame = cursor.execute("select * from t order by a").fetch_pandas_all()
    assert frame["A"].tolist() == [1, 2]
    assert frame["B"].isna().tolist() == [False, True]
    assert cursor.execute("select * from t").fetch_arrow_all().num_rows == 2
    empty = cursor.execute("select * from t where a > 9").fetch_pandas_all()
    assert list(empty.columns) == ["A", "B"]


def test_an_error_says_what_and_leaves_the_session_usable(cursor):
    with pytest.raises(ProgrammingError, match="NOWHERE") as caught:
        cursor.execute("select * from nowhere")
    assert (caught.value.errno, caught.value.sqlstate) == (2003, "02000")
    assert uuid.UUID(caught.value.sfqid)
    with pytest.raises(ProgrammingError) as caught:
        cursor.execute("select 1 +")
    assert caught.value.errno == 1003
    assert cursor.execute("select 1").fetchone() == (1,)


@pytest.mark.parametrize(
    "text", ["attach 'x.db'", "select * from read_text('x')", "create warehouse_x y", "pragma x"]
)
def test_what_is_not_offered_is_an_error_at_once(cursor, text):
    with pytest.raises(ProgrammingError):
        cursor.execute(text)
    assert cursor.execute("select 1").fetchone() == (1,)


@pytest.mark.parametrize("style", ["pyformat", "qmark"])
def test_many_rows_are_bound(connect, style):
    cursor = connect(paramstyle=style).cursor()
    cursor.execute("create table t (a int, b varchar)")
    mark = "%s" if style == "pyformat" else "?"
    rows = [(1, "x"), (2, "it's"), (3, None)]
    cursor.executemany(f"insert into t values ({mark}, {mark})", rows)
    assert cursor.rowcount == 3
    assert cursor.execute("select * from t order by a").fetchall() == rows


def test_one_row_of_every_python_type_is_bound(connect):
    cursor = connect(paramstyle="qmark").cursor()
    values = (7, 0.5, "x", True, None, b"\x01", dt.date(2024, 1, 2), Decimal("1.5"))
    row = cursor.execute("select ?, ?, ?, ?, ?, ?, ?, ?", values).fetchone()
    assert row == values


def test_a_statement_is_described_and_not_run(cursor):
    cursor.execute("create table t (a int, b varchar(5))")
    described = cursor.describe("select * from t")
    assert [(column.name, column.internal_size) for column in described][1] == ("B", 5)
    cursor.describe("insert into t values (1, 'x')")
    assert cursor.execute("select count(*) from t").fetchone() == (0,)


def test_an_asynchronous_query_is_fetched_later(connect):
    connection = connect()
    cursor = connection.cursor()
    cursor.execute_async("select 7 as a")
    cursor.get_results_from_sfqid(cursor.sfqid)
    assert cursor.fetchall() == [(7,)]


def test_a_running_query_is_cancelled(connect):
    connection = connect()
    endless = "select count(*) from table(generator(rowcount => 1000000000000))"
    for _ in range(5):  # at whatever point of it the cancel arrives
        query_id = connection.cursor().execute_async(endless)["queryId"]
        connection.cursor().abort_query(query_id)
        with pytest.raises(ProgrammingError, match="canceled"):
            connection.cursor().query_result(query_id)
    assert connection.cursor().execute("select 1").fetchone() == (1,)


def test_sessions_do_not_see_each_others_transactions(connect):
    one, other = connect().cursor(), connect().cursor()
    one.execute("create table t (a int)")
    one.execute("begin")
    one.execute("insert into t values (1)")
    assert other.execute("select count(*) from t").fetchone() == (0,)
    one.execute("commit")
    assert other.execute("select count(*) from t").fetchone() == (1,)


def test_without_autocommit_a_rollback_takes_back(connect):
    connection = connect(autocommit=False)
    cursor = connection.cursor()
    cursor.execute("create table t (a int)")
    cursor.execute("insert into t values (1)")
    connection.rollback()
    assert cursor.execute("select count(*) from t").fetchone() == (0,)
    cursor.execute("insert into t values (1)")
    connection.commit()
    assert cursor.execute("select count(*) from t").fetchone() == (1,)


def test_files_are_put_and_fetched(cursor, tmp_path):
    (tmp_path / "a.csv").write_text("1,x\n2,y\n")
    cursor.execute("create stage s")
    [put] = cursor.execute(f"put file://{tmp_path}/a.csv @s auto_compress=false").fetchall()
    assert put[6] == "UPLOADED"
    cursor.execute("create table t (a int, b varchar)")
    cursor.execute("copy into t from @s file_format=(type=csv)")
    assert cursor.execute("select * from t order by a").fetchall() == [(1, "x"), (2, "y")]
    (tmp_path / "back").mkdir()
    cursor.execute(f"get @s/a.csv file://{tmp_path}/back")
    assert (tmp_path / "back" / "a.csv").read_text() == "1,x\n2,y\n"


def test_snowpark_saves_and_reads_a_frame(parameters, cursor):
    with open_session(parameters) as session:
        session.use_schema(cursor.connection.schema)
        frame = session.create_dataframe([[1, "x"], [2, None]], schema=["a", "b"])
        frame.write.save_as_table("t", mode="overwrite")
        table = session.table("t")
        assert table.count() == 2
        assert table.filter(table["a"] > 1).collect()[0].as_dict() == {"A": 2, "B": None}
        assert table.to_pandas()["A"].tolist() == [1, 2]
        assert [field.name for field in table.schema.fields] == ["A", "B"]
