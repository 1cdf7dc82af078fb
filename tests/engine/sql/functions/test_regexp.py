"""REGEXP functions with all their arguments; most values are those of Snowflake's reference."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.sql.conftest import Asker, in_every_form

_TIMES = "'It was the best of times, it was the worst of times'"
_NEVER = "'nevermore1, nevermore2, nevermore3.'"

#: A function, its arguments, its value.
CASES: list[tuple[str, tuple[str, ...], Any]] = [
    ("regexp_replace", ("'Customers - (NY)'", r"'\\(|\\)'", "''"), "Customers - NY"),
    ("regexp_replace", (_TIMES, "'( ){1,}'", "''"), "Itwasthebestoftimes,itwastheworstoftimes"),
    (
        "regexp_replace",
        (_TIMES, "'times'", "'days'", "1", "2"),
        "It was the best of times, it was the worst of days",
    ),
    (
        "regexp_replace",
        ("'firstname middlename lastname'", "'(.*) (.*) (.*)'", r"'\\3, \\1 \\2'"),
        "lastname, firstname middlename",
    ),
    ("regexp_replace", ("'a b'", "' '", "'_'", "1", "0"), "a_b"),
    ("regexp_replace", ("'aba'", "'a'"), "b"),
    ("regexp_replace", ("'aaa'", "'a'", "'x'", "2", "0"), "axx"),
    ("regexp_replace", ("'aaa'", "'a'", "'x'", "2", "2"), "aax"),
    ("regexp_replace", ("'aaa'", "'a'", "'x'", "1", "4"), "aaa"),
    ("regexp_replace", ("'aXb xB'", r"'(x)(b)'", r"'\\2\\1'", "1", "2", "'i'"), "aXb Bx"),
    ("regexp_replace", ("'aXb xB'", r"'(x)(b)'", r"'\\2\\1'", "1", "2", "'ic'"), "aXb xB"),
    ("regexp_replace", ("'aXb xB'", r"'(x)(b)'", r"'\\2\\1'", "1", "0", "'ci'"), "abX Bx"),
    ("regexp_replace", ("'ab ab'", r"'\\bab$'", "'x'", "1", "1"), "ab x"),
    ("regexp_replace", ("'a'", "'a'", "null"), None),
    ("regexp_replace", ("null", "'a'", "'b'"), None),
    ("regexp_replace", ("'a'", "'a'", "'b'", "1", "0", "null"), None),
    ("regexp_substr", (_TIMES, r"'the\\W+\\w+'"), "the best"),
    ("regexp_substr", (_TIMES, r"'the\\W+\\w+'", "1", "2"), "the worst"),
    ("regexp_substr", (_TIMES, r"'the\\W+(\\w+)'", "1", "2", "'e'"), "worst"),
    ("regexp_substr", (_TIMES, r"'the\\W+(\\w+)'", "1", "1", "'e'", "1"), "best"),
    ("regexp_substr", (_TIMES, r"'(\\w+)\\W+(\\w+)'", "1", "1", "'e'", "2"), "was"),
    ("regexp_substr", (_TIMES, r"'the\\W+\\w+'", "1", "1", "'e'"), "the best"),
    ("regexp_substr", (_TIMES, r"'THE\\W+\\w+'", "1", "1", "'i'"), "the best"),
    ("regexp_substr", (_TIMES, r"'the\\W+\\w+'", "1", "3"), None),
    ("regexp_substr", ("'a\\nb'", "'a.b'"), None),
    ("regexp_substr", ("'a\\nb'", "'a.b'", "1", "1", "'s'"), "a\nb"),
    ("regexp_substr", ("'a\\nb'", "'^b$'", "1", "1", "'m'"), "b"),
    ("regexp_substr", ("null", "'a'"), None),
    ("regexp_substr_all", ("'a1_a2a3_a4A5a6'", "'a[[:digit:]]'"), '["a1","a2","a3","a4","a6"]'),
    ("regexp_substr_all", ("'a1_a2a3'", "'a[[:digit:]]'", "2", "2"), '["a3"]'),
    ("regexp_substr_all", ("'a1_A2'", "'(a)([0-9])'", "1", "1", "'ie'", "2"), '["1","2"]'),
    ("regexp_substr_all", ("'b'", "'a'"), "[]"),
    ("regexp_count", (_TIMES, r"'\\bwas\\b'", "1"), 2),
    ("regexp_count", ("'aAa'", "'a'", "2", "'i'"), 2),
    ("regexp_count", ("'a'", "null"), None),
    ("regexp_instr", (_NEVER, r"'nevermore\\d'"), 1),
    ("regexp_instr", (_NEVER, r"'nevermore\\d'", "5"), 13),
    ("regexp_instr", (_NEVER, r"'nevermore\\d'", "1", "3"), 25),
    ("regexp_instr", (_NEVER, r"'nevermore\\d'", "1", "4"), 0),
    ("regexp_instr", (_NEVER, r"'nevermore\\d'", "1", "1", "1"), 11),
    ("regexp_instr", (_TIMES, r"'the\\W+(\\w+)'", "1", "1", "0", "'e'"), 12),
    ("regexp_instr", (_TIMES, r"'the\\W+(\\w+)'", "1", "2", "1", "'e'", "1"), 43),
    ("regexp_instr", ("'abc'", "'(b)(c)'", "1", "1", "0", "'e'", "2"), 3),
    ("regexp_instr", ("'..abcd'", "'a(b)(c)(d)'", "1", "1", "1", "'e'", "3"), 7),
    ("regexp_instr", ("'a1 b22'", r"'([a-z])(\\d+)'", "1", "2", "0", "'e'", "2"), 5),
    ("regexp_instr", ("'x(bc'", "'[(]b(c)'", "1", "1", "0", "'e'", "1"), 4),
    ("regexp_instr", ("'aXbc'", "'(?:x)(b)(c)'", "1", "1", "0", "'ei'", "2"), 4),
    ("regexp_like", ("'San Francisco'", "'San.*'"), True),
    ("regexp_like", ("'San Francisco'", "'Fran'"), False),
    ("regexp_like", ("'ABC'", "'a.c'", "'i'"), True),
    ("rlike", ("'abc'", "'a|abc'"), True),
    ("regexp_like", ("null", "'a'"), None),
]


@pytest.mark.parametrize(("function", "arguments", "value"), CASES)
def test_a_function_has_its_value_in_every_form(
    calculator: Asker, function: str, arguments: tuple[str, ...], value: Any
):
    assert in_every_form(calculator, function, *arguments) == {value}


def test_the_operators_match_the_whole_text(calculator: Asker):
    text = "select s rlike 'b', s regexp 'a.*', s not rlike 'b' from (select 'abc' as s)"
    assert calculator(text) == [(False, True, True)]


def test_calls_within_each_other_are_read_once(calculator: Asker):
    call = "'aaaa'"
    for letter in "bcdefg":
        call = f"regexp_replace({call}, 'a', '{letter}', 1, 1)"
    assert calculator(f"select {call}") == [("bcde",)]


@pytest.mark.parametrize(
    ("call", "code", "told"),
    [
        ("regexp_replace('a', 'a', 'b', 1, 0, 'xi')", 100048, "parameters 'ix'"),
        ("regexp_count('a', '(')", 100048, "Invalid regular expression: missing )"),
        ("regexp_count('a', 'a(?=b)')", 100048, "Invalid regular expression: invalid perl"),
        ("regexp_count('a')", 938, "expected 2, got 1"),
        ("regexp_like('a', 'b', 'c', 1)", 939, "expected 3, got 4"),
    ],
)
def test_what_cannot_be_matched_is_named(calculator: Asker, call: str, code: int, told: str):
    error = calculator.error(f"select {call}")
    assert error.code == code
    assert told in error.message


@pytest.mark.parametrize(("pattern", "group"), [("(a(b))", 2), ("(?:a(b))", 1), ("x(?:a|(b))", 1)])
def test_where_a_group_within_another_is_is_refused_by_name(
    calculator: Asker, pattern: str, group: int
):
    error = calculator.error(f"select regexp_instr('xab', '{pattern}', 1, 1, 0, 'e', {group})")
    assert "REGEXP_INSTR with a group within another is not supported" in error.message
