"""Numbers written and read by a format, as Snowflake's docs have them ("SQL format models")."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.engine.sql.conftest import Asker, in_every_form

_ORIGINALS = ("-12.391", "0.000", "-1.000", "0.100", "0.010", "3987.000", "1.111")
#: A format, and the table of the docs for TO_CHAR.
TABLE = {
    '">"$99.0"<"': (
        *(">-$12.4<", ">  $0.0<", "> -$1.0<", ">  $0.1<", ">  $0.0<", "> $##.#<", ">  $1.1<"),
    ),
    '">"B9,999.0"<"': (
        *(">   -12.4<", ">      .0<", ">    -1.0<", ">      .1<", ">      .0<", "> 3,987.0<"),
        ">     1.1<",
    ),
    '">"TME"<"': (
        *(">-1.2391E1<", ">0E0<", ">-1E0<", ">1E-1<", ">1E-2<", ">3.987E3<", ">1.111E0<"),
    ),
    '">"TM9"<"': (
        *(">-12.391<", ">0.000<", ">-1.000<", ">0.100<", ">0.010<", ">3987.000<", ">1.111<"),
    ),
    '">"0XXX"<"': (">FFF4<", ">0000<", ">FFFF<", ">0000<", ">0000<", ">0F93<", ">0001<"),
    '">"S0XXX"<"': (">-000C<", ">+0000<", ">-0001<", ">+0000<", ">+0000<", ">+0F93<", ">+0001<"),
}


@pytest.mark.parametrize("given", TABLE)
def test_the_table_of_the_docs(calculator: Asker, given: str) -> None:
    rows = ", ".join(f"({value}::number(7, 3))" for value in _ORIGINALS)
    found = calculator(f"select to_char(column1, '{given}') from values {rows}")
    assert tuple(text for (text,) in found) == TABLE[given]


#: A value and a format, and its text.
WRITTEN = {
    # signs
    "12, '99'": " 12",
    "-7, '99'": " -7",
    "12, 'S99'": "+12",
    "-7, 'S99'": " -7",
    "12, '99S'": "12+",
    "-7, '99S'": " 7-",
    "12, 'MI99'": " 12",
    "-7, 'MI99'": "- 7",
    "12, '99MI'": "12 ",
    "-7, '99MI'": " 7-",
    "12, '$99'": " $12",
    "-7, '$99'": " -$7",
    "-123.45, '999.99MI'": "123.45-",
    # without what is left free
    "12, 'FM99'": "12",
    "-7, 'FM99'": "-7",
    "1.2, 'FM999,999.999'": "1.2",
    "5, 'FM$9,999.00'": "$5.00",
    "5, 'FM99MI'": "5",
    # zeros
    "1.2::float, '999,999.999'": "       1.2  ",
    "1234.56::float, '999,999.999'": "   1,234.56 ",
    "-123456.789::float, '999,999.999'": "-123,456.789",
    "1.2::float, 'S000,000.000'": "+000,001.200",
    "1.2::float, 'S999,999.999'": "      +1.2  ",
    "1234567.891, '999,999.00'": " ###,###.##",
    "12345, '999G999D00'": "  12,345.00",
    "0.5, '990.00'": "   0.50",
    "0.125, '0.00'": " 0.13",
    "-0.125, '0.00'": "-0.13",
    "999.995, '999.99'": " ###.##",
    "'inf'::float, '999'": " ###",
    # exponents
    "1234, 'FM9d999EE'": "1.234E3",
    "1234, '9d999EE'": " 1.234E3     ",
    "9.996, 'FM9.99EE'": "1.EE1".replace("EE", "E"),
    "0.00012, '9.9eeee'": " 1.2e-04",
    "1.5e120::float, '9.9EEEE'": " 1.5E+##",
    # what is as long as the number
    "0.25, 'TM9%'": "25%",
    "1234567.1234567, 'TM9(6,3)'": "1,234,567.123457",
    "1234567.5, 'TM9(ALL,3)'": "1,234,567.5",
    "1000000::float, 'TM'": "1E6",
    "12::float, 'TM'": "12",
    "1e20::float, 'TM9'": "1E20",
    "1.50, 'TM9'": "1.50",
    "-2, 'TM9MI'": "2-",
    "2, 'STM9'": "+2",
    "1234, 'tme'": "1.234e3",
    # texts between
    '12, \'">"99"<"\'': "> 12<",
    "5551234, 'FM999-9999'": "555-1234",
    "255, 'xx'": "ff",
    "255, 'FM0XXX'": "00FF",
    "300, 'XX'": "##",
    "null, '99'": None,
}


@pytest.mark.parametrize("arguments", WRITTEN)
def test_written(calculator: Asker, arguments: str) -> None:
    value, given = arguments.split(", ", 1)
    assert in_every_form(calculator, "to_char", value, given) == {WRITTEN[arguments]}
    assert calculator(f"select to_varchar({arguments})") == [(WRITTEN[arguments],)]


#: A text and a format, digits of the result, and the number.
READ = {
    "'1.0', '99.9'": 1,
    "'-12.3', '99.9'": -12,
    "'- 0.1', '99.9'": 0,
    "'- 0.1', '99.9', 9, 5": Decimal("-0.10000"),
    "'- 0.1', 'TM9', 9, 5": Decimal("-0.10000"),
    "'3,741.72', '9,999.99', 6, 2": Decimal("3741.72"),
    "'$3,741.72', '$9,999.99', 6, 2": Decimal("3741.72"),
    "'ae5', 'XXX'": 2789,
    "'012,345.67', '999,999.99', 8, 2": Decimal("12345.67"),
    "'12,345.67', '999,999.99', 8, 2": Decimal("12345.67"),
    "' 12,345.67', '999,999.99', 8, 2": Decimal("12345.67"),
    "'12345.67', '999,999.99', 8, 2": Decimal("12345.67"),
    "'012,345.67', '000,000.00', 8, 2": Decimal("12345.67"),
    "'-101', 'MI999|999MI'": -101,
    "'102-', 'MI999|999MI'": -102,
    "'103', 'MI999|999MI'": 103,
    "'+5', 'S9'": 5,
    "'5-', '9S'": -5,
    "'-$1,234.50', '$9,999.00', 10, 2": Decimal("-1234.50"),
    "'-$1', 'S$9'": -1,
    "'.5', 'B9.9', 3, 1": Decimal("0.5"),
    "'1.5E3', '9.9EE'": 1500,
    "'1.5e-1', 'TME', 5, 2": Decimal("0.15"),
    "'25%', 'TM9%', 5, 2": Decimal("0.25"),
    "'555-1234', '999-9999'": 5551234,
    "' 12', 'FX99'": 12,
    "'1.5', 'AUTO', 5, 1": Decimal("1.5"),
    "null, '99'": None,
    "12.5, '99.9', 5, 1": Decimal("12.5"),
}


@pytest.mark.parametrize("function", ["to_number", "to_decimal", "try_to_numeric"])
@pytest.mark.parametrize("arguments", READ)
def test_read(calculator: Asker, function: str, arguments: str) -> None:
    value, given = arguments.split(", ", 1)
    column = f"select {function}(column1, {given}) from values ({value}), ({value})"
    assert calculator(f"select {function}({arguments})") == [(READ[arguments],)]
    assert calculator(column) == [(READ[arguments],)] * 2


#: A text that its format does not match.
UNREAD = [
    "'ae5', 'XX'",
    "'12,345.67', '000,000.00', 8, 2",
    "' 12,345.67', '000,000.00', 8, 2",
    "'1,23', '9,999'",
    "'12.34', '99.9'",
    "'1e2', 'TM9'",
    "'12', 'TME'",
    "'12', 'FX99'",
    "'3741', '$9999'",
    "'x', '9'",
    "'', '9'",
]


@pytest.mark.parametrize("arguments", UNREAD)
def test_not_read(calculator: Asker, arguments: str) -> None:
    value, given = arguments.split(", ", 1)
    text, spelled = value.strip("'"), given.split("', ")[0].strip("'")
    for call in (f"to_number({arguments})", f"to_number(column1, {given}) from values ({value})"):
        error = calculator.error(f"select {call}")
        assert (error.code, error.sqlstate) == (100140, "22007")
        assert error.message == f"Can't parse '{text}' as number with format '{spelled}'"
    assert calculator(f"select try_to_number({arguments})") == [(None,)]


def test_a_format_of_a_column(calculator: Asker) -> None:
    rows = "values ('$1,234', '$9,999'), ('7-', '9MI'), (null, '9'), ('1', null)"
    assert calculator(f"select try_to_number(column1, column2) from {rows}") == [
        *((1234,), (-7,), (None,), (None,)),
    ]
    assert calculator(
        "select to_char(column1, column2) from values (1234, 'FM$9,999'), (7, 'XX')"
    ) == [
        ("$1,234",),
        (" 7",),
    ]


def test_a_float_by_a_format(calculator: Asker) -> None:
    assert calculator("select to_double('$1,234.5', '$9,999.9'), try_to_double('x', '9')") == [
        (1234.5, None)
    ]


@pytest.mark.parametrize("given", ["99.9.9", "9Q9", "TM9 99", "MI9S"])
@pytest.mark.parametrize("call", ["to_char(1, '{}')", "to_number('1', '{}')"])
def test_what_is_no_format_is_named(calculator: Asker, call: str, given: str) -> None:
    error = calculator.error(f"select {call.format(given)}")
    assert f"Bad format of numbers '{given}'" in error.message


def test_a_value_that_is_no_number_is_named(calculator: Asker) -> None:
    error = calculator.error("select to_char('2024-01-02'::date, '99')")
    assert error.message == "Bad format of numbers '99' for the value 2024-01-02"


def test_numbers_of_a_variant(calculator: Asker) -> None:
    text = "select to_char(parse_json('{\"a\": 1234.5}'):a, 'FM9,999.00')"
    assert calculator(text) == [("1,234.50",)]
