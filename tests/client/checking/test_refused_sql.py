import pytest

from sfdag_magics.client.checking.refused_sql import sql_read
from sfdag_magics.client.connecting.looked_ahead import LookedAhead
from sfdag_magics.client.observing.deployed import read_graph
from sfdag_magics.errors import BackendError, ConnectError
from sfdag_magics.graph.model import SqlPlace, TaskGraph, python_task, sql_task, task_function
from sfdag_magics.sqltext import QualifiedName
from tests.client.deploying.test_deploy import deploy
from tests.client.fake_snowflake import FakeSnowflake

_UNREADABLE = BackendError(
    "SQL compilation error:\nsyntax error line 2 at position 4 unexpected 'x'.", code=1003
)


@pytest.fixture
def fake():
    return FakeSnowflake()


def graph_of(*bodies, **options):
    tasks = (
        sql_task(f"t{n}", body, written=SqlPlace(cell=f"Cell [{n}] t{n}", first_line=2), **options)
        for n, body in enumerate(bodies, 1)
    )
    return TaskGraph("g", tasks=tasks)


def asked(fake, graph, before=None):
    problems = [*sql_read(fake, graph, before, LookedAhead(fake)).problems]
    return problems, [s for s in fake.statements if s.startswith("EXPLAIN")]


@pytest.mark.parametrize(
    ("body", "explained"),
    [
        ("select 1", "select 1"),
        ("(select 1)", "(select 1)"),
        ("-- why\nwith a as (select 1) select * from a", "with a as (select 1) select * from a"),
        ("insert into t select 1", "insert into t select 1"),
        ("merge into t using s on t.a = s.a when matched then delete",) * 2,
        ("create or replace table t (a int) as\nselect 1", "select 1"),
        (
            "create view v (a) as with b as (select 1) select * from b",
            "with b as (select 1) select * from b",
        ),
        ("select 1 union all select 2", "select 1 union all select 2"),
        ("execute immediate $$ select 1 $$;", "select 1 "),
        ("execute immediate 'select 1'", "select 1"),
        ("begin execute immediate 'select 1'; end", "select 1"),
        ("execute immediate $$ begin call p(); select 1; end $$", "select 1"),
    ],
)
def test_what_explain_takes_is_shown_to_the_target(fake, body, explained):
    assert asked(fake, graph_of(body)) == ([], [f"EXPLAIN {explained}"])


@pytest.mark.parametrize(
    "body",
    [
        "begin call p(1); return 1; end",
        "call p(1)",
        "execute immediate 'select ''a'''",
        "execute immediate 'select ?' using (n)",
        "execute immediate $$select 'a$$",
        "execute immediate $text",
        "create table t (a int, b number(3, 1) not null, primary key (a))",
        "create table t (a, b) as values (1, 2)",
        "create table t like u",
        "create table t using template (select 1 as nosuch)",
        "create procedure p() returns int language sql as 'select 1'",
        "insert all into a into b select 1",
        "with p as procedure () returns int language sql as 'select 1' call p()",
        "show tables ->> select * from $1",
        "truncate table t",
    ],
)
def test_what_it_does_not_take_is_left_to_the_run(fake, body):
    assert asked(fake, graph_of(body)) == ([], [])


def test_what_the_target_cannot_read_is_told_with_task_cell_and_line(fake):
    fake.refuse = {"EXPLAIN select 3": _UNREADABLE}
    problems, _ = asked(fake, graph_of("select 1", "create table u as\n\nselect 3,\n  x y z"))
    assert [(problem.task, problem.message) for problem in problems] == [
        ("t2", "fake · DB.S cannot read its SQL: unexpected 'x' (Cell [2] t2, line 5)")
    ]


def test_of_a_new_table_only_types_that_are_not_known_are_shown(fake):
    fake.refuse = {
        "NULL::nosuchtype": BackendError("Unsupported data type 'NOSUCHTYPE'.", code=2040)
    }
    graph = graph_of("create table if not exists d.s.t (\n  a int,\n  b nosuchtype default 1)")
    problems, texts = asked(fake, graph)
    assert texts == ["EXPLAIN SELECT NULL::nosuchtype"]
    assert [problem.message for problem in problems] == [
        "fake · DB.S cannot read its SQL: Unsupported data type 'NOSUCHTYPE' (Cell [1] t1, line 4)"
    ]


_UNKNOWN = BackendError(
    "SQL compilation error: error line 2 at position 3\nUnknown function NO_SUCH.", code=2140
)


def test_a_function_that_nobody_knows_is_told_with_cell_and_line(fake):
    fake.refuse = {"EXPLAIN select": _UNKNOWN}
    problems, _ = asked(fake, graph_of("select 1,\n no_such(1)"))
    assert [problem.message for problem in problems] == [
        "fake · DB.S cannot read its SQL: Unknown function NO_SUCH (Cell [1] t1, line 3)"
    ]


@pytest.mark.parametrize(
    "maker",
    [
        sql_task("up", "create function no_such(a int) returns int as 'a'"),
        sql_task("up", "call makes_it()"),
        sql_task("up", "begin execute immediate 'create function …'; end"),
        python_task(task_function("def up(session): ...", cell="Cell [1]")),
    ],
)
@pytest.mark.parametrize("how", [{"after": ("up",)}, {"finalizer": True}])
def test_one_that_a_task_above_may_make_is_noted(fake, maker, how):
    fake.refuse = {"EXPLAIN select": _UNKNOWN}
    graph = TaskGraph("g", tasks=(maker, sql_task("down", "select no_such(1)", **how)))
    read = sql_read(fake, graph, None, LookedAhead(fake))
    assert read.problems == ()
    assert read.notes == ("down: Unknown function NO_SUCH, unless a task above makes it",)


def test_one_that_a_task_below_makes_is_not_there(fake):
    fake.refuse = {"EXPLAIN select": _UNKNOWN}
    maker = sql_task("down", "create function no_such() returns int as '1'", after=("up",))
    graph = TaskGraph("g", tasks=(sql_task("up", "select no_such(1)"), maker))
    assert [
        problem.task for problem in sql_read(fake, graph, None, LookedAhead(fake)).problems
    ] == ["up"]


_BLOCK = """
declare
  total int default 0;
  rows_ cursor for select a from wide;
  found resultset;
begin
  let more int := 1;
  insert into t select case when a > 1 then 2 else 3 end from u;
  if (total > 1) then
    update t set a = 2;
  else
    delete from t where a = :total;
  end if;
  for one in rows_ do
    insert into t values (:one.a);
    merge into t using s on t.a = s.a when matched then delete;
  end for;
  select a into :more from t;
  begin
    create or replace table n (a int, b nosuchtype) as
      select value:path from v;
  exception when other then
    insert into log select :sqlerrm;
    truncate table t;
  end;
  found := (select 1);
  return table(found);
end
"""


def test_of_a_block_those_statements_are_shown_that_use_none_of_its_names(fake):
    assert asked(fake, graph_of(_BLOCK)) == (
        [],
        [
            "EXPLAIN select a from wide",
            "EXPLAIN insert into t select case when a > 1 then 2 else 3 end from u",
            "EXPLAIN update t set a = 2",
            "EXPLAIN merge into t using s on t.a = s.a when matched then delete",
            "EXPLAIN SELECT NULL::nosuchtype",
            "EXPLAIN select value:path from v",
        ],
    )


def test_what_cannot_be_read_within_a_block_is_told_with_its_line(fake):
    fake.refuse = {"EXPLAIN insert": _UNREADABLE}
    problems, _ = asked(
        fake, graph_of("begin\n  select 1;\n  insert into t\n    select x y z;\nend")
    )
    assert [problem.message for problem in problems] == [
        "fake · DB.S cannot read its SQL: unexpected 'x' (Cell [1] t1, line 5)"
    ]


def test_what_cannot_be_read_of_a_text_that_is_executed_is_told_with_its_line(fake):
    fake.refuse = {"EXPLAIN insert": _UNREADABLE}
    body = "execute immediate $$\nbegin\n  insert into t\n    select x y z;\nend $$"
    assert [problem.message for problem in asked(fake, graph_of(body))[0]] == [
        "fake · DB.S cannot read its SQL: unexpected 'x' (Cell [1] t1, line 5)"
    ]


def test_a_function_that_its_block_may_make_is_noted(fake):
    fake.refuse = {"EXPLAIN select": _UNKNOWN}
    body = "begin create function no_such() returns int as '1'; select no_such(); end"
    read = sql_read(fake, graph_of(body), None, LookedAhead(fake))
    assert read.problems == ()
    assert read.notes == (
        "t1: Unknown function NO_SUCH, unless a statement before it or a task above makes it",
    )
    other = asked(fake, graph_of("begin select no_such(); end"))[0]
    assert [problem.task for problem in other] == ["t1"]


@pytest.mark.parametrize("code", [2003, 2, 904, None])
def test_what_is_not_there_or_not_supported_says_nothing_before_a_run(fake, code):
    fake.refuse = {"EXPLAIN": BackendError("SQL compilation error:\nno", code=code)}
    assert asked(fake, graph_of("select * from made_by_another_task"))[0] == []


def test_a_connection_that_broke_is_no_answer(fake):
    fake.refuse = {"EXPLAIN": ConnectError("the network is gone")}
    with pytest.raises(ConnectError):
        asked(fake, graph_of("select 1"))


def test_a_condition_is_shown_to_the_target_as_well(fake):
    fake.refuse = {"WHERE": _UNREADABLE}
    problems, texts = asked(fake, graph_of("call p()", when="1 = 1"))
    assert texts == ["EXPLAIN SELECT 1 WHERE 1 = 1"]
    assert problems[0].message == "fake · DB.S cannot read its SQL: unexpected 'x' (--when)"


def test_what_is_deployed_is_not_shown_again(fake):
    graph = graph_of("select 1", "select 2", when="true")
    deploy(fake, graph)
    fake.statements.clear()
    graph.add(sql_task("t2", "select 20", when="true"))
    before = read_graph(fake, QualifiedName("G", "S", "DB"))
    assert asked(fake, graph, before) == ([], ["EXPLAIN select 20"])
