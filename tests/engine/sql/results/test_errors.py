"""What goes wrong is told in Snowflake's words, and never in DuckDB's names."""

from __future__ import annotations

import pytest

from tests.engine.sql.conftest import Asker

#: A statement, the code and SQLSTATE of its error, and words of its message.
ERRORS = {
    "select 1 / 0": (100051, "22012", "Division by zero"),
    "select 1.5::float / 0": (100051, "22012", "Division by zero"),
    "select 1 % 0": (100051, "22012", "Division by zero"),
    "select nope from t": (904, "42000", "invalid identifier 'NOPE'"),
    "select t.nope from t": (904, "42000", "invalid identifier 'T.NOPE'"),
    "select u.a from t": (904, "42000", "invalid identifier 'U'"),
    "select a from t x, t y": (1052, "42601", "ambiguous column name 'A'"),
    "select * from nope": (2003, "02000", "Object 'NOPE' does not exist or not authorized."),
    "select * from nope.public.t": (2003, "02000", "Database 'NOPE' does not exist"),
    "insert into nope values (1)": (2003, "02000", "'NOPE' does not exist or not authorized."),
    "select 'x'::int": (100038, "22018", "Numeric value 'x' is not recognized"),
    "select 'x'::number(10,2)": (100038, "22018", "Numeric value 'x' is not recognized"),
    "select 'x'::date": (100040, "22007", "Date 'x' is not recognized"),
    "select 'x'::timestamp": (100035, "22007", "Timestamp 'x' is not recognized"),
    "select 'x'::boolean": (100037, "22018", "Boolean value 'x' is not recognized"),
    "select parse_json('{')": (100069, "22P02", "Error parsing JSON"),
    "insert into t (a, s) values (1, 'abcdef')": (
        100078,
        "22000",
        "String 'abcdef' is too long and would be truncated",
    ),
    "update t set s = 'abcdef'": (100078, "22000", "is too long and would be truncated"),
    "insert into t (a) values (null)": (100072, "22000", "NULL result in a non-nullable column"),
    "insert into t (a, n) values (1, 12345)": (100039, "22003", "12345"),
    "insert into t (a) values (1, 2)": (2020, "21S01", "expecting 1 but got 2"),
    "create table t (a int)": (2002, "42710", "Object 'T' already exists."),
    "create schema public": (2002, "42710", "already exists"),
    "drop table nope": (2003, "02000", "Table 'NOPE' does not exist"),
    "drop view t": (2203, "42601", "Object found is of type 'TABLE'"),
    "select a, count(*) from t": (979, "42601", "neither an aggregate nor in the group by"),
    "select row_number() from t": (2303, "42601", "[ROW_NUMBER] requires keyword OVER"),
    "select lag(a) from t": (2303, "42601", "[LAG] requires keyword OVER"),
    "select first_value(a ignore nulls) from t": (2303, "42601", "[FIRST_VALUE] requires keyword"),
    "select * rename (nope as x) from t": (904, "42000", "invalid identifier 'NOPE'"),
    "select t.* rename (nope as x) from t": (904, "42000", "invalid identifier 'NOPE'"),
    "select 1 as 1": (1003, "42000", "unexpected '1'"),
    "select sum(true)": (1044, "42P13", "for function 'SUM': (BOOLEAN)"),
    "select sum(a > 1) from t": (1044, "42P13", "for function 'SUM': (BOOLEAN)"),
    "select avg(distinct a > 1) from t": (1044, "42P13", "for function 'AVG': (BOOLEAN)"),
    "select array_size('x')": (1044, "42P13", "for function 'ARRAY_SIZE': (VARCHAR"),
    "select get(s, 'a') from t": (1044, "42P13", "for function 'GET': (VARCHAR"),
    "select object_keys(a) from t": (1044, "42P13", "for function 'OBJECT_KEYS': (NUMBER(38,0))"),
    "select to_char(current_date, 5)": (1044, "42P13", "for function 'TO_CHAR'"),
    "select avg(current_date)": (1044, "42P13", "for function 'AVG': (DATE)"),
    "select iff(1, 2)": (938, "22023", "function [IFF], expected 3, got 2"),
    "select nvl(a) from t": (938, "22023", "function [NVL], expected 2, got 1"),
    "select nvl(a, 1, 2) from t": (939, "22023", "function [NVL], expected 2, got 3"),
    "select coalesce(a) from t": (938, "22023", "function [COALESCE], expected 2, got 1"),
    "select count() from t": (938, "22023", "function [COUNT], expected 1, got 0"),
    "select dateadd(foo, 1, current_date)": (1003, "42000", "'FOO' is not a valid date/time"),
    "select last_day(current_date, 'foo')": (1003, "42000", "'FOO' is not a valid date/time"),
    "select next_day(current_date, 'foo')": (1003, "42000", "'foo' is not a day of the week"),
    "select dateadd(ns, 1, current_timestamp)": (2, "0A000", "A shift by nanoseconds"),
    "select sum(a + seq4()) from t, table(generator(rowcount => 5))": (2, "0A000", "in a subquery"),
    "select current_date::int": (1065, "22023", "[DATE] into type [NUMBER(38,0)]"),
    "select * from values (1), (1, 2)": (2020, "21S01", "as the first: 1, and not 2"),
    "select * from t sample (200)": (1003, "42000", "between 0 and 100, and not 200"),
    "select flatten([1])": (1003, "42000", "it stands behind FROM"),
    "select no_such_function(1)": (2140, "42601", "Unknown function NO_SUCH_FUNCTION"),
    "selec 1": (1003, "42000", "syntax error line 1 at position 0 unexpected 'selec'."),
    "select from where": (1003, "42000", "syntax error line 1"),
    "create share s": (2, "0A000", "CREATE SHARE is not supported by the embedded engine"),
    "show as resource procedures": (2, "0A000", "SHOW AS RESOURCE of other than TABLES and VIEWS"),
    "undrop table t": (2, "0A000", "UNDROP TABLE is not supported by the embedded engine"),
    "select * from t at (offset => -60)": (2, "0A000", "Time travel"),
    "alter session set no_such_parameter = 1": (1103, "22023", "'NO_SUCH_PARAMETER'"),
    "select $nothing": (2211, "02000", "Session variable '$NOTHING' does not exist"),
    # nothing that is too much is left out without a word
    "insert into t (a) select 1, 2": (2020, "21S01", "expecting 1 but got 2"),
    "insert into t (a) select a, n from t": (2020, "21S01", "expecting 1 but got 2"),
    "insert overwrite into t (a) select 1, 2": (2020, "21S01", "expecting 1 but got 2"),
    "insert into t (a, s) select 1": (2020, "21S01", "expecting 2 but got 1"),
    "insert into t (a, a) values (1, 2)": (2025, "42S21", "duplicate column name 'A'"),
    "merge into t using (select 1 b) q on t.a = q.b when not matched then insert (a) values (1, 2)"
    "": (2020, "21S01", "expecting 1 but got 2"),
    "create table u (a int, b)": (1003, "42000", "column 'B' has no data type"),
    "create table u (a int, b) as select 1, 2": (1003, "42000", "column 'B' has no data type"),
    "select from t": (1003, "42000", "SELECT names at least one column"),
    "select a in () from t": (1003, "42000", "IN has at least one value"),
    "select count(distinct) from t": (1003, "42000", "unexpected ')' behind DISTINCT"),
    "select 1234.5::number(4, 1)": (100039, "22003", "Numeric value '1234.5' is out of range"),
    "insert into t (a) values (12345678901234567890123456789012345678901)": (
        100039,
        "22003",
        "is out of range",  # which one, only newer releases of DuckDB say
    ),
    "select split_part('a', 'b')": (938, "22023", "wrong number of arguments"),
    "use database nope": (2043, "02000", "Database 'NOPE' does not exist"),
}


@pytest.fixture(scope="module")
def asked(calculator: Asker) -> Asker:
    """A session that lives through all of the errors, and a table that none of them changes."""
    calculator("create table t (a int not null, s varchar(5), n number(4,2))")
    calculator("insert into t values (1, 'x', 1)")
    return calculator


@pytest.mark.parametrize("statement", ERRORS)
def test_an_error_has_snowflakes_code_and_words_and_no_name_of_ours(asked: Asker, statement: str):
    code, sqlstate, words = ERRORS[statement]
    error = asked.error(statement)
    assert words in error.message
    assert (error.code, error.sqlstate) == (code, sqlstate)
    for internal in ("t_", "v_", "registry", "_sf_", "_fs_", "LINE 1", "Traceback"):
        assert internal not in error.message


#: A statement over t(a, s, n), and where what is wrong begins: line (from 1) and position (from 0).
PLACES = {
    "select nope from t": (1, 7, "invalid identifier 'NOPE'"),
    "select a,\n  t.nope from t": (2, 2, "invalid identifier 'T.NOPE'"),
    "select a as nope, nope2 from t": (1, 18, "invalid identifier 'NOPE2'"),
    'select a, "Nope" from t': (1, 10, "invalid identifier"),
    "select a from t where nope = 1": (1, 22, "invalid identifier 'NOPE'"),
    "select a from t order by a, nope": (1, 28, "invalid identifier 'NOPE'"),
    "select $7 from t": (1, 7, "invalid identifier '$7'"),
    "insert into t (a, nope) values (1, 2)": (1, 18, "invalid identifier 'NOPE'"),
    "update t\nset nope = 1": (2, 4, "invalid identifier 'NOPE'"),
    "alter table t drop column nope": (1, 26, "column 'NOPE' does not exist"),
    "select * exclude nope from t": (1, 17, "invalid identifier 'NOPE'"),
    "select * from t x join t y using (nope)": (1, 34, "invalid identifier 'NOPE'"),
    "select f.nope from t, lateral flatten(input => parse_json('[1]')) f": (
        1,
        7,
        "invalid identifier 'F.NOPE'",
    ),
    "begin nope := 1; end": (1, 6, "invalid identifier 'NOPE': LET or DECLARE makes a variable."),
    "select a, nope(a) from t": (1, 10, "Unknown function NOPE"),
    "select regexp_count('a') from t": (1, 7, "not enough arguments for function [REGEXP_COUNT]"),
    "select 1, $nothing": (1, 10, "Session variable '$NOTHING' does not exist"),
    "select a from t where a = ?": (1, 26, "Bind variable :1 not set"),
}


@pytest.mark.parametrize("statement", PLACES)
def test_an_error_has_its_place(asked: Asker, statement: str):
    line, position, words = PLACES[statement]
    message = asked.error(statement).message
    place = f"SQL compilation error: error line {line} at position {position}\n"
    assert message.startswith(place)
    assert words in message


#: What only DuckDB knows: files, settings, its own catalogue.
FOREIGN = (
    "select * from read_text('/etc/passwd')",
    "select read_blob('/etc/passwd')",
    "select * from read_csv('/etc/passwd')",
    "select * from '/etc/passwd'",
    'select * from "/etc/passwd"',
    "select * from duckdb_settings()",
    "select * from duckdb_tables",
    "select * from registry.objects",
    "select * from main.pg_class",
    "select * from sqlite_master",
    "select * from information_schema.schemata_privileges_of_duckdb",
    "select * from pragma_version()",
    "select current_setting('threads')",
    "select getenv('HOME')",
    "select * from glob('/*')",
    "select \"read_text\"('/etc/passwd')",
    "select * from table(read_text('/etc/passwd'))",
    "select * from range(3)",
    "select * from generate_series(1, 3)",
    "select * from t join read_parquet('/etc/passwd') on true",
    "select * from t, lateral read_csv('/etc/passwd') f",
    "select * from (read_csv('/etc/passwd'))",
    "insert into t (s) select * from read_csv('/etc/passwd')",
    "create table u as select * from read_csv('/etc/passwd')",
    "create view u as select * from read_csv('/etc/passwd')",
    "merge into t using read_csv('/etc/passwd') r on true when matched then delete",
    "delete from t using read_csv('/etc/passwd') r where true",
    "update t set s = (select content from read_text('/etc/passwd'))",
    "attach 'x.db'",
    "pragma version",
    "install httpfs",
    "copy t to 'x.csv'",
    "set threads = 1; select 1",
)


@pytest.mark.parametrize("statement", FOREIGN)
def test_duckdbs_own_ways_out_are_closed(asked: Asker, statement: str):
    asked.error(statement)


def test_a_session_is_usable_after_every_error(asked: Asker):
    for statement in (*ERRORS, *FOREIGN):
        asked.error(statement)
    assert asked("select a from t") == [(1,)]
