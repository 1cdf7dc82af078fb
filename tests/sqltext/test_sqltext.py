"""Tokens, statements and names: spelling in, spelling out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfdag_magics.sqltext import (
    QualifiedName,
    SqlTextError,
    TokenReader,
    dollar_quoted,
    identifier_from_sql,
    quoted_identifier,
    quoted_string,
    split_list,
    split_statements,
    sql_identifier,
    tokenize,
)


@pytest.mark.parametrize(
    ("script", "statements"),
    [
        ("select 1; -- x;\nselect 2;;", ["select 1", "select 2"]),
        ("begin; insert into a values ('a;''b'); commit", 3),
        ("create task t as begin if (1=1) then select 1; end if; end; select 2", 2),
        ("begin drop table if exists x; return case when a then b end; end; select 1", 2),
        ("declare a int; begin let x := 1; end", 1),
        ("begin transaction; select 1", 2),
        ('select $$a;b$$; select "x;y" /* ; */', 2),
        ("put file:///a/b @s; select 1", 2),
        ("begin repeat n := n + 1; until (n > 3) end repeat; end; select 1", 2),
        ("begin return repeat('a', 3); end; select 1", 2),
        ("begin while (true) loop break a; end loop a; end; select 1", 2),
        ("begin let c cursor for select 1; return 1; end; select 1", 2),
        ("  -- nothing\n ; ", 0),
    ],
)
def test_a_script_splits_where_snowflake_splits_it(script, statements):
    found = split_statements(script)
    assert len(found) == statements if isinstance(statements, int) else list(found) == statements


@pytest.mark.parametrize("text", ["'abc", '"x', "$$ a", "/* x"])
def test_what_is_not_closed_is_an_error_with_its_place(text):
    with pytest.raises(SqlTextError, match=r"unterminated .* line 2 at position 1"):
        tokenize("select\n " + text)


@given(st.text())
def test_any_string_and_any_name_survive_quoting(value):
    assert tokenize(quoted_string(value))[0].value == value
    assert tokenize(dollar_quoted(value))[0].value == value
    if value:
        assert tokenize(quoted_identifier(value))[0].value == value
        assert identifier_from_sql(sql_identifier(value)) == value


def test_a_name_is_read_with_its_case_rule():
    reader = TokenReader('create or replace task db."s x".T$1 after a')
    assert reader.accept("CREATE", "OR", "REPLACE")
    reader.expect("TASK")
    assert reader.qualified_name() == QualifiedName("T$1", "s x", "DB")
    assert reader.rest() == "after a"
    assert reader.at_end


def test_what_comes_unexpected_is_named_with_its_place():
    with pytest.raises(SqlTextError, match=r"line 1 at position 7 unexpected 'frm'"):
        TokenReader("select frm", tokenize("select frm")[1:]).string()


def test_parentheses_are_read_as_written():
    reader = TokenReader("(a, (b ')') ) rest")
    assert reader.parenthesized() == "a, (b ')') "
    assert reader.rest() == "rest"


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("a", ["a"]),
        ("a, b", ["a", " b"]),
        ("f(a, b), c", ["f(a, b)", " c"]),
        ("'x,y', \"p,q\", $$1,2$$", ["'x,y'", ' "p,q"', " $$1,2$$"]),
        ("a /* , */, b", ["a /* , */", " b"]),
        ("a,", ["a", ""]),
        ("", [""]),
    ],
)
def test_a_list_is_split_at_its_own_commas(text, pieces):
    assert list(split_list(text)) == pieces
