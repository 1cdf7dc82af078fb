"""BINARY: bytes from text, text from bytes, and bytes that come back as they went in."""

from __future__ import annotations

import pytest

from tests.engine.sql.conftest import Asker


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("'6162'::BINARY", b"ab"),
        ("'ff00'::BINARY(2)", b"\xff\x00"),
        ("cast('6162' AS VARBINARY)", b"ab"),
        ("try_cast('6162' AS BINARY(2))", b"ab"),
        ("try_cast('616263' AS BINARY(2))", None),
        ("try_cast('zz' AS BINARY)", None),
        ("try_cast('6162' AS BINARY)", b"ab"),
        ("''::BINARY", b""),
        ("NULL::BINARY", None),
        ("x'6162'", b"ab"),
        ("to_binary('6162')", b"ab"),
        ("to_binary('6162', 'HEX')", b"ab"),
        ("to_binary('YWI=', 'base64')", b"ab"),
        ("to_binary('añ', 'UTF-8')", b"a\xc3\xb1"),
        ("to_binary('ab', 'utf8')", b"ab"),
        ("to_binary(x'6162')", b"ab"),
        ("to_binary(NULL)", None),
        ("try_to_binary('zz')", None),
        ("try_to_binary('616')", None),
        ("try_to_binary('!', 'BASE64')", None),
        ("try_to_binary('YWI=', 'BASE64')", b"ab"),
        ("hex_decode_binary('6162')", b"ab"),
        ("try_hex_decode_binary('6')", None),
        ("base64_decode_binary('YWI=')", b"ab"),
        ("try_base64_decode_binary('?')", None),
        ("md5_binary('a')", bytes.fromhex("0cc175b9c0f1b6a831c399e269772661")),
        ("sha1_binary('a')", bytes.fromhex("86f7e437faa5a7fce15d1ddcb9eaeaea377667b8")),
        ("substr(x'616263', 2, 1)", b"b"),
        ("substr(x'616263', -2)", b"bc"),
        ("left(x'616263', 2)", b"ab"),
        ("right(x'616263', 1)", b"c"),
        ("x'61' || x'62'", b"ab"),
        ("coalesce(NULL, '61'::BINARY)", b"a"),
    ],
)
def test_bytes(sql: Asker, expression: str, value: bytes | None):
    result = sql.result(f"SELECT {expression}")
    assert result.columns[0].type == "BINARY"
    assert result.rows.column(0).to_pylist() == [value]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("x'ab01'::VARCHAR", "AB01"),
        ("base64_encode('☃ab')", "4piDYWI="),
        ("base64_encode(x'ff')", "/w=="),
        ("base64_encode(12)", "MTI="),
        ("base64_encode(NULL)", None),
        ("base64_encode('Snowflake ☃☃', 8)", "U25vd2Zs\nYWtlIOKY\ng+KYgw=="),
        ("base64_encode('Snowflake ☃☃', 0, '$_-')", "U25vd2ZsYWtlIOKYg$KYgw--"),
        ("base64_decode_string('U25vd2ZsYWtlIOKYg$KYgw==', '$')", "Snowflake ☃☃"),
        ("base64_decode_string('YW\nI=')", "ab"),
        ("to_varchar(x'ab01')", "AB01"),
        ("to_char(x'6162', 'HEX')", "6162"),
        ("to_char(x'6162', 'UTF-8')", "ab"),
        ("to_varchar(x'6162', 'BASE64')", "YWI="),
        ("hex_encode('az')", "617A"),
        ("hex_encode('az', 0)", "617a"),
        ("hex_encode('6162'::BINARY)", "6162"),
        ("hex_decode_string('6162')", "ab"),
        ("try_hex_decode_string('zz')", None),
        ("try_hex_decode_string('ff')", None),
        ("base64_encode(x'6162')", "YWI="),
        ("base64_decode_string('YWI=')", "ab"),
        ("try_base64_decode_string('?')", None),
        ("length('616263'::BINARY)", 3),
        ("octet_length(x'6162')", 2),
        ("bit_length(x'6162')", 16),
        ("bit_length('aé')", 24),
        ("'6162'::BINARY = x'6162'", True),
        ("x'6162' = '6162'", True),
        ("'61' < x'62'", True),
        ("x'6162' IN ('61', '6162')", True),
    ],
)
def test_values_of_bytes(sql: Asker, expression: str, value: object):
    assert sql(f"SELECT {expression}") == [(value,)]


@pytest.mark.parametrize(
    "expression", ["'zz'::BINARY", "to_binary('616')", "hex_decode_binary('x')"]
)
def test_what_is_no_hexadecimal_is_named(sql: Asker, expression: str):
    message = sql.error(f"SELECT {expression}").message
    assert "The following string is not a legal hex-encoded value: '" in message


def test_an_unknown_format_is_named(sql: Asker):
    assert "'octal'" in sql.error("SELECT to_binary('61', 'octal')").message


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO t VALUES ('6162')",
        "INSERT INTO t SELECT '6162'",
        "INSERT INTO t VALUES (x'6162')",
        "INSERT INTO t SELECT to_binary('ab', 'UTF-8')",
        "INSERT INTO t SELECT column1 FROM VALUES ('6162')",
        "INSERT INTO t(n) VALUES (1)",
        "MERGE INTO t USING (SELECT '6162' AS s) ON t.b = s WHEN NOT MATCHED THEN INSERT (b)"
        " VALUES (s)",
        "MERGE INTO t USING (SELECT 1) ON false WHEN NOT MATCHED THEN INSERT (b) VALUES ('6162')",
    ],
)
def test_every_way_into_a_column(sql: Asker, statement: str):
    sql("CREATE TABLE t(b BINARY DEFAULT '6162', n INT)")
    sql(statement.replace("INTO t V", "INTO t(b) V").replace("INTO t S", "INTO t(b) S"))
    assert sql("SELECT b, b::VARCHAR, length(b) FROM t") == [(b"ab", "6162", 2)]
    sql("UPDATE t SET b = '63' WHERE b = '6162'")
    assert sql("SELECT b FROM t") == [(b"c",)]
    assert "hex-encoded" in sql.error("INSERT INTO t(b) VALUES ('zz')").message


def test_bound_bytes(sql: Asker):
    sql("CREATE TABLE t(b BINARY)")
    sql("INSERT INTO t VALUES (?)", b"\x00\xff")
    assert sql("SELECT b FROM t WHERE b = ?", b"\x00\xff") == [(b"\x00\xff",)]


def test_a_default_that_is_no_hexadecimal_is_refused(sql: Asker):
    assert "'zz'" in sql.error("CREATE TABLE t(b BINARY DEFAULT 'zz')").message


@pytest.mark.parametrize(
    "text",
    [
        "select '616263'::binary(2)",
        "select to_binary(column1)::binary(2) from values ('616263')",
        "insert into short values ('616263')",
        "insert into short select to_binary('abc', 'UTF-8')",
        "update short set b = '616263'",
        "merge into short using (select x'616263' as b) s on s.b = short.b"
        " when not matched then insert values (s.b)",
    ],
)
def test_more_bytes_than_a_binary_holds_are_refused(sql: Asker, text: str):
    sql("create table short (b binary(2))")
    sql("insert into short values ('6162')")
    problem = sql.error(text)
    assert problem.code == 100078
    assert problem.message == "String '616263' is too long and would be truncated"
    assert sql("select * from short") == [(b"ab",)]
