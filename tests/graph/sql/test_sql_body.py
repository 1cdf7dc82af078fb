import pytest

from sfdag_magics.errors import GraphError
from sfdag_magics.graph.model import SqlPlace, TaskGraph, python_task, sql_task, task_function
from sfdag_magics.graph.sql.sql_body import body_problem


@pytest.mark.parametrize(
    ("body", "message", "hint"),
    [
        ("selec 1", "'selec' begins no SQL statement", "did you mean SELECT?"),
        ("-- fill\nisnert into t values (1)", "'isnert' begins no", "did you mean INSERT?"),
        ("x := 1", "'x' begins no SQL statement", "begin with SELECT"),
        ("select (1 + (2)", "'(' in its SQL is not closed", "close it"),
        ("select 1)", "')' in its SQL closes nothing", "take ')' out"),
        ("select [1)", "')' in its SQL closes nothing", "take ')' out"),
        ("select from where", "has 'from' right behind 'select'", "write columns behind it, or *"),
        ("SELECT a FROM WHERE x", "has 'WHERE' right behind 'FROM'", "write a table behind it"),
        ("select 1 from", "its SQL ends behind 'from'", "write a table behind it"),
        ("select 1 from t where;", "its SQL ends behind 'where'", "write a condition behind it"),
        ("select * from (select 1 from)", "has ')' right behind 'from'", "write a table"),
        ("begin select 1; select from t; end", "has 'from' right behind", "write columns"),
        ("create table t as select a from s where group by a", "'group' right", "a condition"),
        ("begin\nselect 1;", "the block that 'begin' opens has no END", "write END; as its last"),
        ("declare x int; begin select 1", "'declare' opens has no END", "write END; as its last"),
        ("begin if (true) then select 1; end if;", "'begin' opens has no END", "write END;"),
        ("begin if (true) then return 1; end;", "an IF of its block has no END IF", "END IF;"),
        (
            "begin let x int := 0; let y int := 1\n x := 2; end;",
            "a semicolon is missing behind '1', before 'x'",
            "write 1; there",
        ),
        (
            "begin for r in (select 1 as a) do null; end for; end",
            "a FOR of its block goes over a query",
            "LET found RESULTSET := (SELECT …); FOR r IN found DO",
        ),
        ("execute immediate $$\nbegin select 1; $$", "'begin' opens has no END", "write END;"),
        ("execute immediate 'selec 1'", "'selec' begins no SQL statement", "did you mean SELECT?"),
        ("begin let x := 0 let y number(3, 1) := 1; end", "behind '0', before 'let'", "0;"),
        ("begin x := f(1)\ny := 2; end", "missing behind ')', before 'y'", "write ); there"),
    ],
)
def test_what_is_no_statement_is_told_with_what_was_meant(body, message, hint):
    found = body_problem(body)
    assert found is not None
    assert message in found.message
    assert hint in found.hint


@pytest.mark.parametrize(
    "body",
    [
        "select 1",
        "(select 1) union all (select ')')",
        "with t as (select 1) select * from t -- )",
        "CALL other('a')",
        "BEGIN let x := 1; return x; END",
        "declare x int; begin return 1; end",
        "begin transaction",
        "begin",
        "begin;",
        "begin if (true) then x := 1; elseif (false) then x := 2; else x := 3; end if; end;;",
        "begin let x := case when a then 1 else 2 end; x := 2; return x; end",
        "begin for r in c do x := 1; end for; while (x < 3) do x := x + 1; end while; end",
        "begin drop table if exists t; create table if not exists t (a int); end",
        "begin begin x := 1; exception when other then y := 2; end; end",
        "begin select if, end from t; select repeat('a', 3); loop x := 1; break; end loop; end",
        "begin case (x) when 1 then y := 1; when 2 then y := 2; else y := 3; end case; end",
        "begin let r resultset := (select 1); return table(r); end",
        "insert into t select $$ ( $$",
        "merge into t using s on t.a = s.a when matched then delete",
        "execute immediate 'select 1'",
        "show tables ->> select * from $1",
        "select v:from:select from t",
        "select t.from, extract(year from d), trim(both from x), a is distinct from b from t",
        "grant select on t to role r",
        "select array_agg(x) within group (order by x) from t",
        "select {{ columns }} from {{ table }}",
        "copy into @s from (select 1) file_format = (type = csv)",
        "delete from t where x in (select y from u)",
        "from t select a",
        """create function f() returns int language sql as 'select from'""",
    ],
)
def test_a_statement_of_any_kind_is_left_to_the_target(body):
    assert body_problem(body) is None


def test_a_graph_with_such_a_task_is_refused_with_all_that_is_wrong():
    graph = TaskGraph("g", tasks=[sql_task("a", "selec 1"), sql_task("b", "select (x")])
    with pytest.raises(GraphError) as raised:
        graph.check()
    assert [problem.task for problem in raised.value.problems] == ["a", "b"]


def test_two_tasks_that_name_one_package_in_two_versions_are_refused():
    cells = ("def a(): return 1", ["xgboost==3.1"]), ("def b(): return 2", ["xgboost==3.2"])
    tasks = [python_task(task_function(text, cell="Cell [1]"), packages=p) for text, p in cells]
    with pytest.raises(GraphError, match=r"b: names xgboost==3\.2, and a names xgboost==3\.1"):
        TaskGraph("g", tasks=tasks).check()
    graph = TaskGraph(
        "g",
        tasks=[
            tasks[0],
            python_task(task_function(cells[1][0], cell="Cell [1]"), packages=["xgboost"]),
        ],
    )
    graph.check()


@pytest.mark.parametrize(
    ("body", "first_line", "place"),
    [
        ("\n\n-- why\nselect 1,\n  2)\n", 2, r"Cell \[3\] a, line 6"),
        ("select 1 from", 2, r"Cell \[3\] a, line 2"),
        ("select 1 from", 4, r"Cell \[3\] a, line 4"),
    ],
)
def test_a_problem_of_sql_names_the_line_of_its_cell(body, first_line, place):
    written = SqlPlace(cell="Cell [3] a", first_line=first_line)
    with pytest.raises(GraphError, match=place):
        TaskGraph("g", tasks=[sql_task("a", body, written=written)]).check()


def test_a_cell_that_is_moved_is_the_same_task():
    places = (SqlPlace(cell=f"Cell [{n}] a", first_line=n) for n in (1, 2))
    one, other = (sql_task("a", "select 1", written=place) for place in places)
    assert one == other
