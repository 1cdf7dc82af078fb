"""What would read or write the host, were the text given to DuckDB: each is an error, at once.

The data directory and the directory beside it are the same afterwards, byte for byte, but for the
engine's own store; no answer holds the planted secret.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.ports import SessionOptions, SqlSession
from sfdag_magics.engine.features import stages_feature
from sfdag_magics.engine.sql.sql_engine import open_engine
from sfdag_magics.engine.stages.stage_store import StageStore
from tests.engine.sql.conftest import rows_of

SECRET = "planted-4711"  # noqa: S105 - what must not be found

#: `{out}` is a directory beside the data directory, `{data}` the data directory itself.
STATEMENTS = [
    "ATTACH '{out}/x.db'",
    "ATTACH ':memory:' AS m",
    "DETACH data",
    "PRAGMA database_list",
    "PRAGMA enable_profiling",
    "COPY (SELECT 1) TO '{out}/x.csv'",
    "COPY t TO '{out}/x.parquet' (FORMAT parquet)",
    "COPY t FROM '{out}/secret.csv'",
    "COPY INTO '{out}/x' FROM t",
    "COPY INTO t FROM '{out}/secret.csv'",
    "COPY INTO 'file://{out}/x' FROM t",
    "COPY INTO t FROM 'file://{out}/secret.csv'",
    "EXPORT DATABASE '{out}/export'",
    "IMPORT DATABASE '{out}'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "LOAD '{out}/x.duckdb_extension'",
    "CHECKPOINT",
    "VACUUM",
    "SET GLOBAL enable_external_access = true",
    "SET enable_external_access TO true",
    "RESET enable_external_access",
    "EXPLAIN ANALYZE COPY (SELECT 1) TO '{out}/x'",
    "CREATE SECRET s (TYPE s3)",
    "CREATE MACRO m() AS TABLE SELECT * FROM read_text('{out}/secret.csv')",
    "CREATE TABLE x AS FROM '{out}/secret.csv'",
    "CREATE TABLE x AS SELECT * FROM '{out}/secret.csv'",
    "CREATE VIEW x AS SELECT * FROM '{out}/secret.csv'; SELECT * FROM x",
    "INSERT INTO t SELECT * FROM '{out}/secret.csv'",
    "INSERT INTO t FROM read_csv('{out}/secret.csv')",
    "MERGE INTO t USING '{out}/secret.csv' s ON TRUE WHEN MATCHED THEN DELETE",
    "DELETE FROM t USING '{out}/secret.csv'",
    "UPDATE t SET a = c.column0 FROM '{out}/secret.csv' c",
    "FROM '{out}/secret.csv'",
    "CALL pragma_database_list()",
    "WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x",
    "SHOW ALL TABLES",
    "DESCRIBE '{out}/secret.csv'",
    "SUMMARIZE '{out}/secret.csv'",
    "PIVOT '{out}/secret.csv' ON column0",
    "EXECUTE IMMEDIATE 'COPY (SELECT 1) TO ''{out}/x.csv'''",
    "EXECUTE IMMEDIATE $$SELECT * FROM read_text('{out}/secret.csv')$$",
    "BEGIN COPY (SELECT 1) TO '{out}/x.csv'; END",
    "CREATE STAGE s URL = 'file://{out}'",
    "PUT file://{out}/secret.csv @~/../../x",
    "GET @~/../../secret.csv file://{out}/",
    "LIST '{out}'",
    "REMOVE '{out}/secret.csv'",
]
QUERIES = [
    "SELECT * FROM '{out}/secret.csv'",
    'SELECT * FROM "{out}/secret.csv"',
    "SELECT * FROM '{out}/*.csv'",
    "SELECT * FROM read_csv('{out}/secret.csv')",
    "SELECT * FROM read_csv_auto('{out}/secret.csv')",
    "SELECT * FROM TABLE(read_csv('{out}/secret.csv'))",
    "SELECT * FROM TABLE(read_text('{out}/secret.csv'))",
    "SELECT * FROM read_text('{out}/secret.csv')",
    "SELECT * FROM read_blob('{data}/*')",
    "SELECT * FROM read_json('{out}/secret.csv')",
    "SELECT * FROM read_ndjson('{out}/secret.csv')",
    "SELECT * FROM read_parquet('{out}/secret.csv')",
    "SELECT * FROM parquet_scan('{out}/secret.csv')",
    "SELECT * FROM parquet_metadata('{out}/secret.csv')",
    "SELECT * FROM glob('{out}/*')",
    "SELECT * FROM sniff_csv('{out}/secret.csv')",
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM duckdb_tables()",
    "SELECT * FROM duckdb_secrets()",
    "SELECT * FROM duckdb_extensions()",
    "SELECT * FROM duckdb_databases()",
    "SELECT * FROM pragma_database_list()",
    "SELECT * FROM pragma_storage_info('t')",
    "SELECT * FROM query('SELECT 1')",
    "SELECT * FROM query_table('t')",
    "SELECT * FROM sqlite_master",
    "SELECT * FROM pg_catalog.pg_tables",
    "SELECT * FROM registry.objects",
    "SELECT * FROM data.registry.objects",
    "SELECT * FROM system.main.duckdb_tables",
    "SELECT getenv('HOME')",
    "SELECT current_setting('allowed_directories')",
    "SELECT content FROM read_text('{out}/secret.csv') LIMIT 1",
    "SELECT (SELECT content FROM read_text('{out}/secret.csv'))",
    "SELECT 1 WHERE EXISTS (SELECT * FROM '{out}/secret.csv')",
    "WITH c AS (SELECT * FROM read_text('{out}/secret.csv')) SELECT * FROM c",
    "SELECT * FROM t, LATERAL read_text('{out}/secret.csv')",
    "SELECT * FROM t JOIN '{out}/secret.csv' ON TRUE",
    "SELECT * FROM IDENTIFIER('{out}/secret.csv')",
    "SELECT * FROM TABLE('{out}/secret.csv')",
    "SELECT * FROM TABLE($$read_text('{out}/secret.csv')$$)",
    "SELECT $1 FROM '{out}/secret.csv'",
    "SELECT $1 FROM '@~/../../../beside/secret.csv'",
    "SELECT $1 FROM @~/../../../beside/secret.csv",
    "SELECT $1 FROM 'file://{out}/secret.csv'",
    "SELECT * FROM TABLE(INFER_SCHEMA(LOCATION => '{out}', FILE_FORMAT => 'f'))",
    "SELECT * FROM TABLE(INFER_SCHEMA(LOCATION => '@~/../../../beside', FILE_FORMAT => 'f'))",
    "SELECT * FROM TABLE(RESULT_SCAN('{out}/secret.csv'))",
    "SELECT write_log('x')",
    "SELECT * FROM st_read('{out}/secret.csv')",
    "SELECT * FROM sqlite_scan('{out}/x.db', 't')",
]


@pytest.fixture(scope="module")
def directories(tmp_path_factory) -> Iterator[tuple[SqlSession, Path, Path]]:
    root = tmp_path_factory.mktemp("escapes")
    data, beside = root / "data", root / "beside"
    beside.mkdir()
    (beside / "secret.csv").write_text(f"{SECRET}\n")
    store = StageStore(data / "stages")
    engine = open_engine(data, [stages_feature(store)])
    session = engine.open_session(SessionOptions(database="SFDAG", schema="PUBLIC"))
    session.execute("CREATE TABLE t (a VARCHAR)")
    session.execute("CREATE FILE FORMAT f TYPE = CSV")
    yield session, data, beside
    session.close()
    engine.close()


def seen(data: Path, beside: Path) -> dict[str, bytes]:
    """Every file but the store's own two, whose bytes change with every statement."""
    files = [path for root in (data, beside) for path in root.rglob("*") if path.is_file()]
    return {str(path): path.read_bytes() for path in files if ".duckdb" not in path.name}


@pytest.mark.parametrize("text", STATEMENTS + QUERIES)
def test_nothing_on_the_host_is_read_or_written(directories, text: str):
    session, data, beside = directories
    before = seen(data, beside)
    written = text.replace("{out}", str(beside)).replace("{data}", str(data))
    with pytest.raises(SqlError) as raised:
        session.execute(written)
    assert SECRET not in raised.value.message
    assert seen(data, beside) == before


@pytest.mark.parametrize("text", QUERIES)
def test_describing_reads_nothing_either(directories, text: str):
    session, data, beside = directories
    before = seen(data, beside)
    with pytest.raises(SqlError) as raised:
        session.describe(text.replace("{out}", str(beside)).replace("{data}", str(data)))
    assert SECRET not in raised.value.message
    assert seen(data, beside) == before


def test_a_text_that_only_looks_like_an_escape_is_a_text(directories):
    session, _, beside = directories
    text = f"SELECT 'read_text(''{beside}/secret.csv'')' AS a, 'ATTACH' AS b"
    assert session.execute(text).rows.to_pylist() == [
        {"A": f"read_text('{beside}/secret.csv')", "B": "ATTACH"}
    ]


def _catalogue_names() -> list[str]:
    with duckdb.connect() as connection:
        views = connection.execute("SELECT view_name FROM duckdb_views() WHERE internal").fetchall()
    return sorted({name for (name,) in views} | {"objects", "DATA", "data.duckdb", "t_0", "v_0"})


#: Ways to let a common table expression stand for a table of that name which DuckDB may have.
SELF_READING = [
    "WITH {n} AS (SELECT * FROM {n}) SELECT * FROM {n}",
    "WITH {n} AS (SELECT * FROM ({n})) SELECT * FROM {n}",
    "WITH RECURSIVE {n} AS (SELECT * FROM {n}) SELECT * FROM {n}",
    "WITH {n} AS (SELECT * FROM IDENTIFIER('{n}')) SELECT * FROM {n}",
    "WITH {n} AS (SELECT * FROM {n} UNION ALL SELECT * FROM {n}) SELECT * FROM {n}",
    "WITH {n} AS (SELECT * FROM {n} UNION ALL SELECT 1) SELECT * FROM {n}",
    "WITH {n} AS ((SELECT * FROM {n}) UNION (SELECT 1)) SELECT * FROM {n}",
    "WITH {n} AS (SELECT * FROM {n} INTERSECT SELECT * FROM {n}) SELECT * FROM {n}",
    "WITH {n} AS (SELECT 1 EXCEPT SELECT * FROM {n}) SELECT * FROM {n}",
    "WITH {n} AS (SELECT 1 AS a, (SELECT count(*) FROM {n}) AS b) SELECT * FROM {n}",
    "WITH {n} AS (SELECT * FROM (SELECT 1 UNION ALL SELECT * FROM {n})) SELECT * FROM {n}",
    "WITH {n} AS (WITH {n} AS (SELECT * FROM {n}) SELECT * FROM {n}) SELECT * FROM {n}",
    "WITH q AS (WITH {n} AS (SELECT * FROM {n}) SELECT * FROM {n}) SELECT * FROM q",
    "WITH q AS (SELECT * FROM {n}), {n} AS (SELECT 1) SELECT * FROM q",
    "WITH RECURSIVE q AS (SELECT 1), {n} AS (SELECT * FROM {n}) SELECT * FROM {n}",
    "WITH q AS (SELECT 1 AS a UNION ALL SELECT a FROM (WITH {n} AS (SELECT * FROM {n})"
    " SELECT * FROM {n})) SELECT * FROM q",
    "SELECT * FROM (WITH {n} AS (SELECT 1 AS a) SELECT * FROM {n}) x, {n}",
    "SELECT * FROM (WITH {n} AS (SELECT * FROM {n}) SELECT * FROM {n})",
    "SELECT 1 WHERE EXISTS (WITH {n} AS (SELECT * FROM {n}) SELECT * FROM {n})",
    "CREATE TABLE x AS WITH {n} AS (SELECT * FROM {n}) SELECT * FROM {n}",
    "CREATE VIEW x AS WITH {n} AS (SELECT * FROM {n}) SELECT * FROM {n}",
    "INSERT INTO t WITH {n} AS (SELECT * FROM {n}) SELECT 'x' FROM {n}",
    "UPDATE t SET a = (WITH {n} AS (SELECT * FROM {n}) SELECT count(*) FROM {n})",
    "DELETE FROM t WHERE a IN (WITH {n} AS (SELECT * FROM {n}) SELECT 'x' FROM {n})",
    "MERGE INTO t USING (WITH {n} AS (SELECT * FROM {n}) SELECT 'x' AS a FROM {n}) s"
    " ON t.a = s.a WHEN MATCHED THEN DELETE",
]


@pytest.mark.parametrize("text", SELF_READING)
def test_no_common_table_expression_reads_duckdbs_catalogue(directories, text: str):
    session, _, _ = directories
    for name in _catalogue_names():
        with pytest.raises(SqlError, match="does not exist or not authorized"):
            session.execute(text.replace("{n}", f'"{name}"'))


#: A query in which a common table expression has a name that DuckDB's catalogue has as well.
SHADOWING = {
    'WITH "pg_tables" AS (SELECT 1 AS a) SELECT * FROM "pg_tables"': [(1,)],
    'WITH "pg_tables" AS (SELECT 1 AS a) SELECT "pg_tables".a FROM ("pg_tables")': [(1,)],
    'WITH "pg_tables" AS (SELECT 1 AS a), q AS (SELECT * FROM "pg_tables") SELECT * FROM q': [(1,)],
    "WITH a AS (SELECT 1 AS a), b AS (WITH a AS (SELECT a + 1 AS a FROM a) SELECT * FROM a)"
    " SELECT * FROM b": [(2,)],
    'WITH "x" AS (SELECT 1 AS a), "X" AS (SELECT 2 AS a) SELECT * FROM "x" UNION ALL'
    ' SELECT * FROM "X"': [(1,), (2,)],
    'WITH "pg_tables" AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM "pg_tables" WHERE a < 3)'
    ' SELECT * FROM "pg_tables"': [(1,), (2,), (3,)],
    "WITH r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 3) SELECT * FROM r": [
        (1,),
        (2,),
        (3,),
    ],
    "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT x.n + 1 FROM (SELECT n FROM r) x"
    " WHERE x.n < 2) SELECT * FROM r": [(1,), (2,)],
    "WITH t AS (SELECT a || '!' AS a FROM t) SELECT * FROM t": [("row!",)],
    "WITH t AS (SELECT * FROM t UNION ALL SELECT * FROM t) SELECT * FROM t": [("row",), ("row",)],
    "WITH q AS (SELECT * FROM t), t AS (SELECT 1) SELECT * FROM q": [("row",)],
    "WITH t AS (SELECT 1 AS a), q AS (SELECT * FROM t) SELECT * FROM q": [(1,)],
    "WITH t AS (SELECT 1 AS a) SELECT * FROM sfdag.public.t": [("row",)],
    "WITH t AS (SELECT 1 AS a) SELECT * FROM IDENTIFIER('t')": [(1,)],
}


@pytest.mark.parametrize("text", SHADOWING)
def test_a_common_table_expression_hides_what_has_its_name_outside(directories, text: str):
    session, _, _ = directories
    session.execute("DELETE FROM t")
    session.execute("INSERT INTO t VALUES ('row')")
    assert rows_of(session.execute(text)) == SHADOWING[text]


def test_two_common_table_expressions_of_one_name_are_an_error_that_names_it(directories):
    session, _, _ = directories
    with pytest.raises(SqlError, match="duplicate alias 'A'"):
        session.execute("WITH a AS (SELECT 1), a AS (SELECT 2) SELECT * FROM a")
