"""Blocks and EXECUTE IMMEDIATE: what they do, and what they answer."""

from __future__ import annotations

import threading

import pytest

from sfdag_magics.engine.sql.scripting import frame
from tests.engine.sql.conftest import Asker

#: A block and what it returns.
BLOCKS = {
    "begin return 1 + 1; end": "2",
    "declare x int default 5; begin x := x * 2; return x; end": "10",
    "begin let a := 'it''s'; return :a || '!'; end": "it's!",
    "begin if (1 > 2) then return 'a'; elseif (2 > 1) then return 'b'; else return 'c'; end if; end": "b",  # noqa: E501 - one statement
    "begin let n := 0; for i in 1 to 4 do n := n + i; end for; return n; end": "10",
    "begin let n := 0; while (n < 3) do n := n + 1; end while; return n; end": "3",
    "begin let n := 0; loop n := n + 1; if (n > 4) then break; end if; end loop; return n; end": (
        "5"
    ),
    "begin let r resultset := (select column1 as a from values (1), (2)); let s := 0;"
    " for row_ in r do s := s + row_.a; end for; return s; end": "3",
    "declare c int; begin select count(*) into :c from values (1), (2); return c; end": "2",
    "begin select 1 / 0; exception when other then return sqlcode || ' ' || sqlerrm; end": (
        "100051 Division by zero"
    ),
    "begin begin return 'inner'; end; return 'outer'; end": "inner",
    "begin return case when 1 = 1 then 'x' else 'y' end; end": "x",
    "begin null; end": None,
    "begin case (1) when 1 then return 'a'; end case; end": "a",
    "begin case when 1 > 2 then return 'a'; when 2 > 1 then return 'b'; else return 'c'; end; end": "b",  # noqa: E501 - one statement
    "declare x int default 7; begin case (x) when 1 then return 'a'; else return 'c'; end case; end": "c",  # noqa: E501 - one statement
    "declare x int default 7; begin case (x) when 1 then x := 2; end case; return x; end": "7",
    "begin case (case when 1 = 1 then 'x' else 'y' end) when 'x' then"
    " if (1 = 2) then return 'if'; else return case when 1 = 1 then 'else' end; end if;"
    " when 'y' then return 'y'; end case; end": "else",
    "begin let n := 0; repeat n := n + 1; until (n >= 3) end repeat; return n; end": "3",
    "begin let n := 9; repeat n := n + 1; until (true) end repeat; return n; end": "10",
    "begin let n := 0; repeat n := n + 1; if (n = 4) then continue; end if;"
    " until (n >= 4) end repeat; return n; end": "4",
    "begin let n := 0; repeat repeat n := n + 1;"
    " until (case when n > 2 then true else false end) end repeat;"
    " until (n >= 4) end repeat; return n; end": "4",
    "begin let n := 0; for i in 1 to 3 loop n := n + i; end loop; return n; end": "6",
    "begin let n := 0; while (n < 3) loop n := n + 1; end loop; return n; end": "3",
    "begin let n := 0; loop loop n := n + 1; break outer_; end loop; end loop outer_;"
    " return n; end": "1",
    "begin let n := 0; for i in 1 to 3 do repeat n := n + 1; continue outer_;"
    " until (false) end repeat inner_; end for outer_; return n; end": "3",
    "begin let n := 0; while (n < 9) do while (true) do n := n + 2; exit outer_; end while;"
    " end while outer_; return n; end": "2",
    "begin return repeat('ab', 2); end": "abab",
    "begin let n int := (select count(*) from values (1), (2)); return n; end": "2",
    "declare n int default (select max(column1) from values (1), (4)); begin return n; end": "4",
    "declare n int; begin n := (select 1) + (select 2); return n; end": "3",
    "begin let n := 2; n := (select column1 from values (1), (2) where column1 = :n) * 5;"
    " return n; end": "10",
    # the name of a query is its column, not the variable
    "begin let a varchar := 'mine'; a := (select a from (select 'its' as a)); return a; end": "its",
    "begin let s varchar := (select column1 from values ('x') where false); return s; end": None,
    "begin let r resultset := (select 1 as a); r := (select 5 as a); let s := 0;"
    " for row_ in r do s := s + row_.a; end for; return s; end": "5",
    "begin let n number(5, 1) := 1.26; return n; end": "1.3",
    "begin let n int := '12'; return n + 1; end": "13",
    "begin let n int; n := 2.6; return n; end": "3",
    "declare x date default '2026-01-02'; begin return dateadd(day, 1, x); end": "2026-01-03",
    "declare x timestamp_ntz default '2026-01-02'; begin return hour(x); end": "0",
    "declare t timestamp_tz default '2026-01-02 00:00:00 +0200'; begin"
    " return dateadd(day, 1, t); end": "2026-01-03 00:00:00.000 +0200",
    "begin let t := '2026-01-02 00:00:00 +0200'::timestamp_tz; return t; end": (
        "2026-01-02 00:00:00.000 +0200"
    ),
    "declare t timestamp_tz; begin select '2026-01-02 00:00:00 +0200'::timestamp_tz into :t;"
    " return t; end": "2026-01-02 00:00:00.000 +0200",
    "begin let r resultset := (select '2026-01-02 00:00:00 +0200'::timestamp_tz as z);"
    " for row_ in r do return hour(row_.z); end for; end": "0",
    "declare t timestamp_ltz default '2026-01-02'; begin return t::date; end": "2026-01-02",
    "declare t timestamp_ntz(3) default '2026-01-02 01:02:03.123456'; begin return t; end": (
        "2026-01-02 01:02:03.123"
    ),
    "declare t time default '01:02:03'; begin return t; end": "01:02:03",
    "declare b binary default to_binary('616263'); begin return b; end": "616263",
    "declare f float default 1; begin return f; end": "1",
    "declare n number(38, 0) not null default 5; begin return n; end": "5",
    "declare s varchar(2) default 'abc'; begin return s; end": "abc",
    "declare a array default array_construct(1, 2); begin return a[1]; end": "2",
    "declare b boolean default 'yes'; begin return b; end": "true",
    "begin let s varchar := 5; return s || '!'; end": "5!",
    "begin let s string := null; return s; end": None,
    "declare n number(4, 1); begin select 2.26 into :n; return n; end": "2.3",
    "begin let n int := 1; begin let n varchar := 'a'; return n; end; end": "a",
    "begin let v variant := parse_json('{\"a\": 1}'); return v:a; end": "1",
    "begin let q := 'select ? + ? as x'; let a := 2; let r resultset :="
    " (execute immediate :q using (a, a)); for row_ in r do return row_.x; end for; end": "4",
    "declare c cursor for select column1 as a from values (1), (2); s int default 0; begin"
    " for row_ in c do s := s + row_.a; end for; return s; end": "3",
    "declare c cursor for select column1, column2 from values (1, 'x'); a int; b varchar; begin"
    " open c; fetch c into a, b; close c; return a || b; end": "1x",
    "declare c cursor for select column1 from values (7); a int; begin"
    " open c; fetch c into a; fetch c into a; return a; end": None,
    "declare n int default 5; c cursor for select :n as a; begin n := 6;"
    " for row_ in c do return row_.a; end for; end": "6",
    "declare n int default 5; c cursor for select :n as a; s int default 0; begin"
    " for row_ in c do s := s + row_.a; end for; n := 6;"
    " for row_ in c do s := s + row_.a; end for; return s; end": "11",
    "declare c cursor for select ? + 1 as a; n int default 4; begin open c using (n);"
    " for row_ in c do return row_.a; end for; end": "5",
    "begin let r resultset := (select 3 as a); let c cursor for r; open c; let a int;"
    " fetch c into a; return a; end": "3",
    "begin case (null) when null then return 'a'; else return 'b'; end case; end": "b",
    # exceptions of its own
    "declare e exception (-20002, 'bad'); begin raise e; exception when e then"
    " return sqlcode || sqlerrm || sqlstate; end": "-20002badP0001",
    "declare e exception; f exception (-20100); begin raise f; exception when e then return 1;"
    " when statement_error or f then return sqlcode; end": "-20100",
    "declare e exception; begin raise e; exception when statement_error then return 1;"
    " when other then return 'other ' || sqlcode; end": "other -20000",
    "declare e exception; begin begin raise e; exception when e then raise; end;"
    " exception when statement_error then return 1; when e then return 'outer'; end": "outer",
    "begin begin let x := 1 / 0; exception when other then raise; end;"
    " exception when statement_error then return 1; when expression_error then return 2; end": "2",
    "declare e exception (-20001); begin declare e exception (-20002); begin raise e; end;"
    " exception when e then return sqlcode; end": "-20002",
    # clauses that go on behind what failed
    "declare n int default 0; begin select 1 / 0; n := n + 1; n := 1 / 0; n := n + 1; return n;"
    " exception when other continue then n := n + 10; end": "22",
    "declare e exception (-20001, 'm'); begin raise e; return 'after ' || sqlerrm;"
    " exception when statement_error exit then return 'no'; when e continue then null; end": (
        "after m"
    ),
    "declare e exception; begin select 1 / 0; return 'no'; exception when e continue then null;"
    " when other then return 'out'; end": "out",
    "declare n int default 0; begin if (true) then n := 1 / 0; n := n + 1; end if; n := n + 2;"
    " return n; exception when other continue then null; end": "2",
    "declare n int default 0; begin for i in 1 to 3 do n := n + 1; select 1 / (2 - :i);"
    " n := n + 10; end for; return n; exception when other continue then n := n + 100; end": "123",
    "declare n int default 0; begin for i in 1 to 2 do if (i = 1) then n := 1 / 0; end if;"
    " n := n + 1; end for; return n; exception when other continue then null; end": "2",
    "declare n int default 0; begin while (1 / n > 0) do n := 7; end while; n := n + 1; return n;"
    " exception when other continue then null; end": "1",
    "declare n int default 0; begin begin n := 1 / 0; n := n + 1; end; n := n + 2; return n;"
    " exception when other continue then null; end": "2",
    "declare n int default 0; begin begin n := 1 / 0; n := n + 1; exception when other then"
    " n := n + 5; end; return n; exception when other continue then n := 100; end": "5",
    "begin begin select 1 / 0; return 'no'; exception when other continue then let x := 'a' + 1;"
    " end; return 'no'; exception when other then return 'outer'; end": "outer",
    "begin begin select 1 / 0; return 'no'; exception when other continue then raise; end;"
    " return 'no'; exception when statement_error then return 'raised'; end": "raised",
    "begin select 1 / 0; exception when other continue then return 'r'; end": "r",
    # the last statement
    "begin return sqlid is null and sqlrowcount is null; end": "true",
    "begin select 5 as a; let i := sqlid;"
    " let r resultset := (select * from table(result_scan(:i)));"
    " for row_ in r do return row_.a; end for; end": "5",
    "begin select 5; return sqlid = last_query_id(); end": "true",
    # what a block or a loop declares is its own
    "begin let x := 1; begin let x := 2; end; return x; end": "1",
    "begin let x := 1; begin let x := x + 1; return x; end; end": "2",
    "begin let x := 1; let x varchar := x || '!'; return x; end": "1!",
    "begin let x := 1; declare x int default 2; begin x := 3; end; return x; end": "1",
    "begin let x := 1; declare y int default 2; z int default 3; begin x := y + z; end;"
    " return x; end": "5",
    "begin let n := 0; for i in 1 to 2 do declare y int default case when i = 1 then 5 else 6 end;"
    " begin n := n + y; exception when other then return 'no'; end; end for; return n; end": "11",
    "begin if (1 = 1) then declare y int default 2; begin return y; end; end if; end": "2",
    "begin let x := 1; begin let x := 2; begin let x := 3; end; return x; end; end": "2",
    "begin let x := 1; begin x := 2; end; return x; end": "2",
    "begin let x int := 1; begin let x varchar := 'a'; end; x := '7'; return x + 1; end": "8",
    "begin let r resultset := (select 5 as a); begin let r := 1; end;"
    " for row_ in r do return row_.a; end for; end": "5",
    "begin let x := 1; begin let x := 2; select 1 / 0; exception when other then x := 9; end;"
    " return x; end": "1",
    "begin let i := 10; for i in 1 to 3 do null; end for; return i; end": "10",
    "begin let n := 0; for i in 1 to 3 do n := n + i; for i in 1 to 2 do n := n + i; end for;"
    " end for; return n; end": "15",
    "begin for i in 1 to 3 do let last_ := i; end for; return last_; end": "3",
    "begin let x := 1; begin for i in 1 to 3 do let x := i; end for; end; return x; end": "1",
    # which clause takes an error
    "begin select 1 / 0; exception when expression_error then return 'e';"
    " when statement_error then return 's'; end": "s",
    "begin let x := 1 / 0; exception when statement_error then return 's';"
    " when expression_error then return 'e'; end": "e",
    "begin let x int := 'abc'; exception when statement_error then return 's';"
    " when other then return 'o'; end": "o",
    "begin select 1 / 0; exception when expression_error or statement_error then return 'x'; end": (
        "x"
    ),
    "begin let n := 0; begin select 1 / 0; exception when statement_error then n := 1;"
    " when other then n := 2; end; return n; end": "1",
    "begin begin select 1 / 0; exception when expression_error then return 'in'; end;"
    " exception when statement_error then return sqlerrm; end": "Division by zero",
    "begin begin select 1 / 0; exception when other then raise; end;"
    " exception when statement_error then return sqlcode; end": "100051",
    "begin begin let x := 1 / 0; exception when other then null; end; select 1 / 0;"
    " exception when statement_error then return 's'; end": "s",
    # a semi-structured variable is no text
    "begin let x array := [1, 2]; return array_size(x); end": "2",
    "begin let x := parse_json('{\"a\": \"b\"}'); return x:a || '!'; end": "b!",
    "begin let x variant := parse_json('[1]'); create table held (v variant);"
    " insert into held select :x; return (select typeof(v) from held); end": "ARRAY",
    "begin let x object := {'a': 1}; let n int; select :x:a + 1 into :n; return n; end": "2",
    "begin let x := parse_json('7'); let n int := x; return n; end": "7",
    "begin let x := parse_json('null'); return is_null_value(x); end": "true",
    "begin let r resultset := (select [1, 2] as a); for row_ in r do"
    " return array_size(row_.a); end for; end": "2",
    # a variable that cannot take a value keeps its own
    "declare n int default 5; begin begin select 'x' into :n; exception when other then null; end;"
    " return n; end": "5",
    "declare n int default 5; c cursor for select 'x'; begin open c;"
    " begin fetch c into n; exception when expression_error then null; end; return n; end": "5",
    "begin let n := 0; for i in '1' to 2 + 1 do n := n + i; end for; return n; end": "6",
    "begin return 0.0000001; end": "0.0000001",
    "begin let n := 0.0000001; return n * 10; end": "0.0000010",
    # what a statement answers
    "begin let x := (execute immediate 'select 5'); return x + 1; end": "6",
    "begin let q := 'select '; let x varchar := (execute immediate q || '?' using (q));"
    " return x; end": "select ",
    "begin let q := 'select 7 as a'; let r resultset := (execute immediate q || ', 1');"
    " for row_ in r do return row_.a; end for; end": "7",
    "declare n number(5, 1); begin n := (execute immediate 'select 1.26'); return n; end": "1.3",
    "begin let x := (execute immediate 'create table made (a int)'); return x; end": (
        "Table MADE successfully created."
    ),
    # ASYNC is carried out at once; what went wrong there AWAIT tells
    "begin let r resultset := async (select 3 as a); await r;"
    " for row_ in r do return row_.a; end for; end": "3",
    "begin create table made (a int); async (insert into made values (1));"
    " async (insert into made values (2)); await all; return (select count(*) from made); end": "2",
    "begin async (select 1 / 0); return 'nobody waits'; end": "nobody waits",
    "begin let r resultset := async (select 1 / 0); begin await r;"
    " exception when statement_error then return 'told'; end; end": "told",
    "begin let r resultset := async (select 1 / 0); cancel r; await all; return 'gone'; end": (
        "gone"
    ),
    # what the last statement changed
    "begin create table changed (a int); insert into changed values (1), (2);"
    " return sqlrowcount || ' ' || sqlfound || ' ' || sqlnotfound; end": "2 true false",
    "begin create table changed (a int); delete from changed;"
    " return sqlrowcount || ' ' || sqlfound || ' ' || sqlnotfound; end": "0 false true",
    "begin select 1; return sqlfound is null and sqlnotfound is null; end": "true",
}


@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_returns_its_value(sql: Asker, block: str):
    assert sql(block) == [(BLOCKS[block],)]


#: A block that is refused, the code of the error and what it says.
REFUSED = {
    "declare x int; begin select 1 into x; return x; end": (1003, "INTO takes variables with a"),
    "declare x int; y int; begin select 1, 2 into :x, y; end": (1003, "unexpected 'y': INTO"),
    "declare x int; begin select 1 into; return x; end": (1003, "unexpected '<EOF>': INTO"),
    "declare x int; begin select 1 into :z; return x; end": (904, "invalid identifier 'Z'"),
}


@pytest.mark.parametrize("block", REFUSED)
def test_what_is_selected_goes_into_variables_with_a_colon(sql: Asker, block: str):
    code, words = REFUSED[block]
    error = sql.error(block)
    assert error.code == code
    assert words in error.message


#: A block that uses rows for a value, a value for rows, or leaves a loop that is not there.
MISTAKEN = {
    "begin let n int := (select column1 from values (1), (2)); return n; end": (
        90150,
        "Single-row subquery returns more than one row.",
    ),
    "begin let r resultset := (select 1 as a); return r; end": (2211, "R is a RESULTSET and no"),
    "begin let r resultset := (select 1 as a); select :r; end": (2211, "RETURN TABLE(R)"),
    "begin let r resultset := (select 1 as a); let n int := r; end": (2211, "R is a RESULTSET"),
    "begin raise; end": (1003, "'RAISE': alone it stands in EXCEPTION WHEN only"),
    "begin for i in 1 to 2 do null; end for; return i; end": (904, "invalid identifier 'I'"),
    "begin begin let x := 1; end; x := 2; end": (904, "invalid identifier 'X'"),
    "begin let n int := 1; return table(n); end": (2211, "'n' is no RESULTSET with a query"),
    "begin let r resultset; return table(r); end": (2211, "'r' is no RESULTSET with a query"),
    "begin loop break elsewhere; end loop; end": (1003, "BREAK ELSEWHERE stands in no such loop"),
    "begin let c cursor for select 1; let a int; fetch c into a; end": (
        2211,
        "'C' is not open: OPEN",
    ),
    "begin let c cursor for select 1; let a int; let b int; open c; fetch c into a, b; end": (
        2211,
        "INTO names 2 variables, and its rows have 1 columns",
    ),
    "begin for i in 1 to null do null; end for; end": (100048, "NULL, which null is"),
    "declare n int; begin for i in n to 2 do null; end for; end": (100048, "NVL(n, 0)"),
    "begin for i in 1 to 'x' do null; end for; end": (100038, "Numeric value 'x' is not rec"),
    "declare s varchar; begin execute immediate s; end": (1003, "of NULL, which s is"),
    "begin let a int; fetch d into a; end": (904, "invalid identifier 'D'"),
    "begin let c cursor for select 1; open c; fetch c into z; end": (904, "identifier 'Z'"),
    "begin repeat null; end repeat; end": (1003, "REPEAT … UNTIL (condition) END REPEAT"),
    "begin let x := ; end": (1003, "an expression is missing"),
    "begin let x := 1; x := ; end": (1003, "an expression is missing"),
    "declare x int default; begin return x; end": (1003, "an expression is missing"),
    "begin if () then return 1; end if; end": (1003, "an expression is missing"),
    "begin while do null; end while; end": (1003, "an expression is missing"),
    "begin return 1 end": (1003, "behind '1': each of its statements ends with a semicolon"),
    "begin if (true) then return 1 end if; end": (1003, "ends with a semicolon"),
    "begin select 1 exception when other then return 1; end": (1003, "unexpected"),
    "declare e exception (-20002, 'bad'); begin raise e; end": (
        -20002,
        "Uncaught exception of type 'E' on line 1 at position 43 : bad",
    ),
    "declare e exception (5, 'bad'); begin null; end": (1003, "between -20999 and -20000"),
    "begin await nobody; end": (904, "invalid identifier 'NOBODY'"),
    "begin cancel nobody; end": (904, "invalid identifier 'NOBODY'"),
    "begin async select 1; end": (1003, "unexpected"),
    "begin let x := (execute immediate null); end": (1003, "EXECUTE IMMEDIATE of NULL"),
    "begin raise e; end": (904, "DECLARE E EXCEPTION (-20001, 'what is wrong'); makes"),
    "begin select 1 / 0; exception when e then return 1; end": (904, "invalid identifier 'E'"),
}


#: A value that is none of the type its variable was declared with, and what is said.
UNFIT = {
    "begin let n int := 'x'; end": (100038, "Numeric value 'x' is not recognized"),
    "declare n int default 'x'; begin null; end": (100038, "Numeric value 'x' is not recognized"),
    "begin let n int; n := 'x'; end": (100038, "Numeric value 'x' is not recognized"),
    "declare n int; begin select 'x' into :n; end": (100038, "Numeric value 'x' is not recog"),
    "begin let d date := 'x'; end": (100040, "Date 'x' is not recognized"),
    "begin let n nosuchtype := 1; end": (1003, "unexpected 'nosuchtype'"),
    "begin for r in (select 1 as a) do null; end for; end": (
        1003,
        "LET found RESULTSET := (select 1 as a); FOR R IN found DO",
    ),
}


@pytest.mark.parametrize("block", UNFIT)
def test_what_does_not_fit_its_variable_is_refused(sql: Asker, block: str):
    code, words = UNFIT[block]
    error = sql.error(block)
    assert error.code == code
    assert words in error.message


@pytest.mark.parametrize("block", MISTAKEN)
def test_a_block_that_mistakes_rows_for_a_value_or_leaves_no_loop_is_told(sql: Asker, block: str):
    code, words = MISTAKEN[block]
    error = sql.error(block)
    assert error.code == code
    assert words in error.message


def test_a_merge_within_a_case_keeps_its_own_branches(sql: Asker):
    sql("create table t (a int)")
    sql(
        "begin case (1) when 1 then merge into t using (select 1 as a) s on s.a = t.a"
        " when not matched then insert values (s.a); when 2 then delete from t; end case; end"
    )
    assert sql("select a from t") == [(1,)]


def test_statements_of_a_block_see_its_variables(sql: Asker):
    sql("create table t (a int, s varchar)")
    sql(
        "declare n int default 3; begin"
        " insert into t (a, s) values (:n, 'x');"
        " update t set a = a + :n where s = 'x';"
        " create or replace table u as select a from t;"
        " return sqlrowcount; end"
    )
    assert sql("select a from u") == [(6,)]


def test_a_block_returns_the_rows_of_a_cursor(sql: Asker):
    returned = sql(
        "declare c cursor for select 1 as a, 2 as b; begin open c;"
        " return table(resultset_from_cursor(c)); end"
    )
    assert returned == [(1, 2)]


def test_a_loop_and_fetch_go_over_more_rows_than_are_read_at_once(
    sql: Asker, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(frame, "_PART", 10)
    rows = "select seq4() as n from table(generator(rowcount => 25))"
    assert sql(
        f"declare c cursor for {rows}; n int; s int default 0; begin open c;"
        " for row_ in c do s := s + 1; if (row_.n > 20) then break; end if; end for;"
        " fetch c into n; return s || ' ' || n; end"
    ) == [("22 0",)]


def test_a_block_returns_a_table(sql: Asker):
    assert sql("begin return table(select 1 as a, 2 as b); end") == [(1, 2)]


def test_an_uncaught_error_ends_the_block(sql: Asker):
    sql("create table t (a int)")
    error = sql.error(
        "begin insert into t values (1); select 'x'::int; insert into t values (2); end"
    )
    assert error.code == 100038
    assert sql("select a from t") == [(1,)]


#: A block that nothing caught an error of: what kind it was, where, and the code that stays.
UNCAUGHT = {
    "begin\n  select 1 / 0;\nend": ("STATEMENT_ERROR", 2, 2, 100051),
    "begin\n  let x := 1;\n\n    x := 1 / 0;\nend": ("EXPRESSION_ERROR", 4, 4, 100051),
    "begin if (true) then\n select 1; select 1 / 0; end if; end": (
        "STATEMENT_ERROR", 2, 11, 100051),
    "begin for i in 1 to 2 do\n\n  if (i = 2) then\n  select 1 / 0; end if; end for; end": (
        "STATEMENT_ERROR", 4, 2, 100051),
    "begin repeat\n select 1 / 0; until (true) end repeat; end": ("STATEMENT_ERROR", 2, 1, 100051),
    "begin case (1) when 1 then null;\nselect 1 / 0; end case; end": (
        "STATEMENT_ERROR", 2, 0, 100051),
    "begin if (1 / 0 = 1) then null; end if; end": ("EXPRESSION_ERROR", 1, 6, 100051),
    "begin\n select 1 / 0;\nexception when other then\n  select 'x'::int;\nend": (
        "STATEMENT_ERROR", 4, 2, 100038),
    "begin\n begin\n  select 1 / 0;\n exception when other then\n  raise;\n end;\nend": (
        "STATEMENT_ERROR", 3, 2, 100051),
    "declare e exception (-20003, 'm');\nbegin\n raise e;\nend": ("E", 3, 1, -20003),
    "begin\n select a from nowhere;\nend": ("STATEMENT_ERROR", 2, 1, 2003),
}  # fmt: skip


@pytest.mark.rule("14.4")
@pytest.mark.parametrize("block", UNCAUGHT)
def test_an_error_that_nothing_caught_says_its_kind_and_its_place(sql: Asker, block: str):
    kind, line, position, code = UNCAUGHT[block]
    error = sql.error(block)
    said = f"Uncaught exception of type '{kind}' on line {line} at position {position} : "
    assert error.message.startswith(said)
    assert error.code == code


def test_a_cancelled_block_was_cancelled_and_says_no_more(sql: Asker):
    timer = threading.Timer(0.3, sql.session.cancel)
    timer.start()
    error = sql.error(
        "begin select system$wait(60); exception when expression_error then null; end"
    )
    timer.join()
    assert (error.code, error.message) == (604, "SQL execution canceled")


def test_a_transaction_inside_a_block(sql: Asker):
    sql("create table t (a int)")
    sql("begin begin transaction; insert into t values (1); rollback; end")
    assert sql("select count(*) from t") == [(0,)]


def test_execute_immediate_runs_a_text(sql: Asker):
    assert sql("execute immediate 'select 1'") == [(1,)]
    assert sql("execute immediate $$ begin return 5; end $$") == [("5",)]
    sql("set text = 'select ? + 1'")
    sql("set n = 4")
    assert sql("execute immediate $text using (n)") == [(5,)]
    assert sql("execute immediate ?", "select 7") == [(7,)]


def test_execute_immediate_in_a_block_binds_what_using_names(sql: Asker):
    sql("create table t (a int, s varchar)")
    sql(
        "declare n int default 3; q varchar default 'insert into t values (?, ?)'; begin"
        " execute immediate :q using (n, 'x');"
        " execute immediate 'insert into t ' || 'values (?, ?)' using (n + 1, upper('y, z'));"
        " execute immediate $$ insert into t values (?, 'w') $$ using (n);"
        " end"
    )
    assert sql("select * from t order by all") == [(3, "w"), (3, "x"), (4, "Y, Z")]


def test_execute_immediate_is_no_way_around_the_gate(sql: Asker):
    assert "unexpected 'attach'" in sql.error("execute immediate 'attach ''x'''").message
    assert "unexpected 'attach'" in sql.error("begin attach 'x'; end").message


def test_waiting_can_be_asked_for(sql: Asker):
    assert sql("select system$wait(1, 'milliseconds')") == [("waited 1 milliseconds",)]


def test_describing_calls_no_system_function(sql: Asker):
    described = sql.session.describe("select system$wait(1, 'hours') as w")
    assert [column.name for column in described.columns] == ["W"]
