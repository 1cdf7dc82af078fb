"""Functions of text, in every form of their arguments."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.sql.conftest import Asker, in_every_form

#: A function, its arguments, its value.
CASES: list[tuple[str, tuple[str, ...], Any]] = [
    ("trim", ("'*-*ABC-*DEF-*'", "'*-'"), "ABC-*DEF"),
    ("ltrim", ("'#000000123'", "'0#'"), "123"),
    ("rtrim", ("'$125.00'", "'0.'"), "$125"),
    ("trim", ("'  a  '",), "a"),
    ("ltrim", ("'  a  '",), "a  "),
    ("rtrim", ("'  a  '",), "  a"),
    ("trim", (r"'\t a\n'",), "\t a\n"),
    ("trim", ("5",), "5"),
    ("jarowinkler_similarity", ("'Gute nacht'", "'Ich weis nicht'"), 56),
    ("trim", ("5", "5"), ""),
    ("trim", ("'a'", "''"), "a"),
    ("trim", ("'a'", "null"), None),
    ("ltrim", ("null", "'a'"), None),
]


@pytest.mark.parametrize(("function", "arguments", "value"), CASES)
def test_a_function_has_its_value_in_every_form(
    calculator: Asker, function: str, arguments: tuple[str, ...], value: Any
):
    assert in_every_form(calculator, function, *arguments) == {value}


#: Bytes and bits of a text in UTF-8, of BINARY, and of what becomes a text.
OCTETS = {
    "octet_length('é')": 2,
    "bit_length('é')": 16,
    "octet_length('6162'::binary)": 2,
    "octet_length(12)": 2,
    "octet_length(null)": None,
}


@pytest.mark.parametrize("expression", OCTETS)
def test_octets(calculator: Asker, expression: str) -> None:
    assert calculator(f"select {expression}") == [(OCTETS[expression],)]
