"""EXECUTE IMMEDIATE FROM: what the statements of a staged file do, and what cannot be done."""

from __future__ import annotations

import pytest

from sfdag_magics.engine.borders.answers import SqlError
from tests.engine.stage_room import StageRoom

SCRIPT = """
-- two statements; the second has a semicolon within
create table t (a int);
begin
  insert into t values (1);
  insert into t values (2);
end;
select sum(a) as total from t;
"""


@pytest.fixture
def scripts(room: StageRoom) -> StageRoom:
    room.run("CREATE STAGE s")
    room.put("@s/x/all.sql", SCRIPT)
    return room


def test_the_last_statement_of_the_file_answers(scripts: StageRoom):
    assert scripts.records("EXECUTE IMMEDIATE FROM @s/x/all.sql") == [{"TOTAL": 3}]
    assert scripts.rows("SELECT a FROM t ORDER BY a") == [(1,), (2,)]


def test_a_file_runs_others_and_stands_in_blocks(scripts: StageRoom):
    scripts.put("@s/outer.sql", "execute immediate from '@s/x/all.sql'; select 'done' as a;")
    scripts.run("BEGIN EXECUTE IMMEDIATE FROM @s/outer.sql; END")
    assert scripts.rows("SELECT count(*) FROM t") == [(2,)]


def test_what_ran_before_a_failure_stays(scripts: StageRoom):
    scripts.put("@s/bad.sql", "create table u (a int); select 1 / 0; create table v (a int);")
    with pytest.raises(SqlError, match="Division by zero"):
        scripts.run("EXECUTE IMMEDIATE FROM @s/bad.sql")
    assert [row["name"] for row in scripts.records("SHOW TABLES")] == ["U"]


REFUSED = {
    "@s/none.sql": "Remote file 'none.sql' was not found",
    "@s/x": "Remote file 'x' was not found",
    "@nowhere/x.sql": "NOWHERE' does not exist",
    "@s/empty.sql": "There is no statement in '@s/empty.sql'",
    "@s/template.sql": "a template .* is not supported",
    "@s/x/all.sql USING (a => 1)": "EXECUTE IMMEDIATE FROM … USING is not supported",
    "@s/x/all.sql more": "unexpected 'more'",
}


@pytest.mark.parametrize("written", REFUSED)
def test_what_cannot_be_carried_out_is_told(scripts: StageRoom, written: str):
    scripts.put("@s/empty.sql", "-- nothing")
    scripts.put("@s/template.sql", "--!jinja\nselect {{ a }};")
    with pytest.raises(SqlError, match=REFUSED[written]):
        scripts.run(f"EXECUTE IMMEDIATE FROM {written}")
    assert scripts.records("SHOW TABLES") == []
