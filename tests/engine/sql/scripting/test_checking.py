"""What is seen of a statement before it runs, as of a task's body when the task is made."""

from __future__ import annotations

import pytest

from sfdag_magics.engine.borders.answers import SqlError
from tests.engine.sql.conftest import Asker

from .test_scripting import BLOCKS, UNCAUGHT


def test_a_block_that_runs_is_none_to_complain_of(sql: Asker):
    for block in [*BLOCKS, *UNCAUGHT]:
        sql.session.check(block)


@pytest.mark.parametrize(
    "text",
    [
        "select a from nowhere where b = :c",
        "insert into nowhere select * from @stage/file.csv",
        "create or replace table nowhere as select 1 as a",
        "execute immediate 'selekt 1'",
        "begin execute immediate :anything; execute immediate 'selekt ' || x; end",
        "begin transaction",
        "begin begin transaction; commit; end",
        "begin let x := nobody; y := :x; return z; end",
        "begin let r resultset := async (select 1); await all; return table(r); end",
        "begin let x := (execute immediate 'x'); end",
        "merge into a using b on a.x = b.x when matched then delete",
    ],
)
def test_names_and_values_are_not_looked_for(sql: Asker, text: str):
    sql.session.check(text)


#: Texts that are refused before anything of them is carried out, and what is said.
REFUSED = {
    "selekt 1": "unexpected 'selekt'",
    "select 1; select 2": "Actual statement count 2",
    "select * frm t where": "syntax error",
    "alter pipe p refresh": "ALTER PIPE is not supported",
    "begin selekt 1; end": "unexpected 'selekt'",
    "begin insert into t values (1); select from where; end": "syntax error",
    "begin if (true) then alter pipe p refresh; end if; end": "ALTER PIPE is not supported",
    "begin if (1 = ) then null; end if; end": "syntax error",
    "begin if (true) then null; elseif () then null; end if; end": "an expression is missing",
    "begin case (1) when 1 then alter pipe p refresh; end case; end": "ALTER PIPE is not",
    "begin while (true) do alter pipe p refresh; end while; end": "ALTER PIPE is not supported",
    "begin for i in 1 to 2 do alter pipe p refresh; end for; end": "ALTER PIPE is not supported",
    "begin repeat alter pipe p refresh; until (true) end repeat; end": "ALTER PIPE is not",
    "begin loop begin alter pipe p refresh; end; end loop; end": "ALTER PIPE is not supported",
    "begin select 1; exception when other then alter pipe p refresh; end": "ALTER PIPE is not",
    "begin select 1; exception when mine then null; end": "invalid identifier 'MINE'",
    "begin let x := ; end": "an expression is missing",
    "begin let x := 1 +; end": "syntax error",
    "begin let r resultset := (select from); end": "syntax error",
    "begin async (alter pipe p refresh); end": "ALTER PIPE is not supported",
    "begin return 1 +; end": "syntax error",
    "begin return table(select from); end": "syntax error",
    "declare c cursor for select from; begin null; end": "syntax error",
    "declare e exception (1, 'x'); begin null; end": "between -20999 and -20000",
    "begin return 1 end": "each of its statements ends with a semicolon",
    "begin select 1 into x; end": "INTO takes variables with a colon",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_cannot_be_carried_out_is_named(sql: Asker, text: str):
    with pytest.raises(SqlError) as caught:
        sql.session.check(text)
    assert REFUSED[text] in caught.value.message
