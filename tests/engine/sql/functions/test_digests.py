"""Digests of text and bytes, of every size."""

from __future__ import annotations

import hashlib

import pytest

from tests.engine.sql.conftest import Asker, in_every_form

_MADE = {
    0: hashlib.sha256,
    224: hashlib.sha224,
    256: hashlib.sha256,
    384: hashlib.sha384,
    512: hashlib.sha512,
}


@pytest.mark.parametrize("function", ["sha2", "sha2_hex"])
@pytest.mark.parametrize("bits", _MADE)
def test_in_digits(calculator: Asker, function: str, bits: int) -> None:
    expected = _MADE[bits]("Añ".encode()).hexdigest()
    assert in_every_form(calculator, function, "'Añ'", str(bits)) == {expected}


@pytest.mark.parametrize("bits", _MADE)
def test_in_bytes(calculator: Asker, bits: int) -> None:
    assert in_every_form(calculator, "sha2_binary", "'a'", str(bits)) == {
        _MADE[bits](b"a").digest()
    }


#: What is digested is bytes, or a value's text.
OF = {
    "sha2('a')": hashlib.sha256(b"a").hexdigest(),
    "sha2('a', '512')": hashlib.sha512(b"a").hexdigest(),
    "sha2(x'00ff', 512)": hashlib.sha512(b"\x00\xff").hexdigest(),
    "sha2(x'00ff')": hashlib.sha256(b"\x00\xff").hexdigest(),
    "sha2(1.50, 384)": hashlib.sha384(b"1.50").hexdigest(),
    "sha2(true)": hashlib.sha256(b"true").hexdigest(),
    "sha2('2024-01-02'::date, 224)": hashlib.sha224(b"2024-01-02").hexdigest(),
    'sha2(parse_json(\'{"k": "v"}\'):k, 512)': hashlib.sha512(b"v").hexdigest(),
    "sha2(sha2(sha2('a', 512), 512), 512)": hashlib.sha512(
        hashlib.sha512(hashlib.sha512(b"a").hexdigest().encode()).hexdigest().encode()
    ).hexdigest(),
    "sha2(null, 512)": None,
    "sha2('a', null)": None,
    "sha2_binary(null)": None,
    "md5_binary(12)": hashlib.md5(b"12", usedforsecurity=False).digest(),
    "sha1_binary(x'ff')": hashlib.sha1(b"\xff", usedforsecurity=False).digest(),
}


@pytest.mark.parametrize("expression", OF)
def test_of_any_value(calculator: Asker, expression: str) -> None:
    assert calculator(f"select {expression}") == [(OF[expression],)]


@pytest.mark.parametrize("call", ["sha2('a', 100)", "sha2_binary(column1, 1) from values ('a')"])
def test_another_size_is_named(calculator: Asker, call: str) -> None:
    assert "224, 256, 384 or 512 bits" in calculator.error(f"select {call}").message


def test_as_a_columns_default(sql: Asker) -> None:
    sql(
        "create table t (id int, short varchar default sha2('a'), long varchar default"
        " sha2('a', 512))"
    )
    sql("insert into t(id) values (1)")
    assert sql("select short, long from t") == [
        (hashlib.sha256(b"a").hexdigest(), hashlib.sha512(b"a").hexdigest())
    ]


def test_half_an_md5_is_a_number(calculator: Asker) -> None:
    number = int(hashlib.md5(b"Snowflake", usedforsecurity=False).hexdigest(), 16)
    halves = (number % 2**64, number >> 64)
    assert halves[0] == 9203306159527282910  # as Snowflake's page says
    for value in ("'Snowflake'", "column1"):
        asked = f"select md5_number_lower64({value}), md5_number_upper64({value})"
        assert calculator(f"{asked} from values ('Snowflake')") == [halves]
    assert calculator("select md5_number_lower64(null)") == [(None,)]


def test_a_uuid_of_a_name_is_always_the_same(calculator: Asker):
    namespace = "'fe971b24-9572-4005-b22f-351e9c09274d'"
    text = f"select uuid_string({namespace}, 'foo'), uuid_string(null, 'foo'), uuid_string()"
    of_name, unknown, anything = calculator(text)[0]
    assert (of_name, unknown) == ("dc0b6f65-fca6-5b4b-9d37-ccc3fde1f3e2", None)
    assert len(anything) == len(of_name)
