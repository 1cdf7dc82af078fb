"""SQL scripts with tasks, as people write them: what becomes of each."""

from __future__ import annotations

import pytest

from sfdag_magics.client.importing.sources import imported_script
from sfdag_magics.errors import InputError


def read(text):
    return imported_script(text, "tasks.sql")


def bodies(found):
    return {task.name: task.body for task in found.graph().tasks}


ROOT = "create task r schedule = '1 hour' as select 1;\nalter task r resume;\n"


def test_clauses_stand_in_any_order_and_statements_act_in_theirs():
    found = read(
        """
        create or replace task load comment = 'it''s; "so" -- no' schedule = '60 minutes'
          warehouse = 'wh' as insert into t values (1);
        create task "Check data" when 1 = 1 warehouse = other after load as call check();
        CREATE TASK clean_up WAREHOUSE = wh AS select 2;
        alter task clean_up set finalize = load;
        alter task "Check data" set user_task_timeout_ms = 1000, comment = 'x';
        create task late warehouse = wh as select 3;
        alter task late add after "Check data", load;
        alter task late remove after load;
        alter task late modify as select 4;
        alter task late resume; alter task clean_up resume; alter task "Check data" resume;
        alter task load resume;
        """
    )
    graph = found.graph()
    assert (graph.name, graph.options.schedule, graph.options.warehouse) == (
        "load",
        "60 MINUTES",
        "WH",
    )
    assert graph.options.comment == 'it\'s; "so" -- no'
    assert bodies(found) == {
        "load": "insert into t values (1)",
        "Check_data": "call check()",
        "clean_up": "select 2",
        "late": "select 4",
    }
    check, late = graph.task("Check_data"), graph.task("late")
    assert (check.after, check.when, check.warehouse, check.comment) == (
        ("load",),
        "1 = 1",
        "OTHER",
        "x",
    )
    assert late.after == ("Check_data",)
    assert graph.finalizer.name == "clean_up"
    assert (found.problems, found.not_carried) == ((), ())
    assert any("Check data" in note and "Check_data" in note for note in found.notes)


def test_a_root_that_does_nothing_is_the_graphs_own():
    found = read(ROOT + "create task a after r as select 2;\nalter task a resume;")
    assert bodies(found) == {"a": "select 2"}
    assert found.graph().task("a").after == ()
    assert found.notes == ()


@pytest.mark.parametrize("asked", ["N#1$CHECK", '"N#1$CHECK"', 'db.s."N#1$CHECK"'])
def test_a_graph_that_is_called_otherwise_here_keeps_its_branch(asked):
    asks = f"SYSTEM$GET_PREDECESSOR_RETURN_VALUE('{asked}')"
    found = read(
        'create task "N#1" warehouse = wh as select 1;\n'
        'create task "N#1$CHECK" after "N#1" as call system$set_return_value(\'good\');\n'
        f'create task "N#1$GOOD" after "N#1$CHECK" when {asks} = \'good\' as select {asks};'
    )
    assert found.problems == ()
    check, good = found.graph().tasks
    assert (check.branch, good.when) == (True, None)
    assert good.body == "select SYSTEM$GET_PREDECESSOR_RETURN_VALUE('N_1$CHECK')"


def test_what_is_wrong_with_a_graph_stands_in_a_line_with_what_to_do():
    found = read(
        "create task g warehouse = wh as select 1;\ncreate task g$a after g as select 1;\n"
        "create task g$b after g$a as select SYSTEM$GET_PREDECESSOR_RETURN_VALUE('G$X');"
    )
    assert found.problems == (
        "graph g: b: the SQL asks for the return value of 'G$X', which is not the stored name of a "
        "task above · SYSTEM$GET_PREDECESSOR_RETURN_VALUE('G$A')",
    )


def test_blocks_of_scripting_stay_in_one_piece():
    body = "begin\n  let x := 'a;b';\n  if (1 = 1) then\n    return 'end';\n  end if;\nend"
    dollars = "execute immediate $$\nbegin select 'it''s'; end;\n$$"
    found = read(f"{ROOT}create task a after r as {body};\ncreate task b after a as {dollars};")
    assert bodies(found) == {"a": body, "b": dollars}


def test_a_statement_that_stands_in_a_text_is_read_as_one_that_does_not():
    script = (
        "create task r as select 1;\nexecute immediate $$create task c after r as\n"
        "begin\n  select {{ x }};\n  select ';';\nend$$;\n"
        "execute immediate 'alter task c resume'; execute immediate $$ select 1 $$"
    )
    found = read(script)
    assert bodies(found) == {"c": "begin\n  select {{ x }};\n  select ';';\nend"}
    assert any("execute immediate $$ select 1 $$" in each for each in found.not_carried)


def test_templates_are_left_alone_and_what_they_decide_is_named():
    found = read(
        "{% if env == 'prod' %}\n"
        "define task {{ db }}.{{ schema }}.load warehouse = '{{ wh }}' schedule = '{{ often }}'\n"
        "as insert into {{ db }}.t select '{{ env }}';\n"
        "{% endif %}\n"
        "define task {{ db }}.{{ schema }}.next after {{db}}.{{ schema }}.load as\n"
        "begin\n  {% for c in columns %}\n  select {{ c }};\n  {% endfor %}\nend;"
    )
    graph = found.graph()
    assert [(task.name, task.after) for task in graph.tasks] == [("load", ()), ("next", ("load",))]
    assert graph.task("load").body == "insert into {{ db }}.t select '{{ env }}'"
    assert "{% for c in columns %}" in graph.task("next").body
    assert found.not_carried == (
        "line 1: {% if env == 'prod' %}: both sides are read",
        "line 4: {% endif %}: both sides are read",
        "line 2: task load: warehouse = '{{ wh }}'",
        "line 2: task load: schedule = '{{ often }}'",
    )


def test_names_come_by_identifier_by_variables_and_by_where_the_session_is():
    found = read(
        "use schema db.s;\nset t = 'LOAD'; set often = '1 hour';\n"
        "create task identifier($t) schedule = $often as insert into t values (1);\n"
        "create task identifier('db.s.next') after db.s.load as select 2;\n"
        "alter task s.next resume; alter task load resume;"
    )
    assert bodies(found) == {"LOAD": "insert into t values (1)", "NEXT": "select 2"}
    assert found.graph().options.schedule == "1 HOUR"
    assert (found.problems, found.not_carried) == ((), ())


def test_an_answer_that_names_tasks_is_a_branch_and_names_are_those_of_here():
    asks = "SYSTEM$GET_PREDECESSOR_RETURN_VALUE"
    found = read(
        ROOT + "create task check_it after r as call system$set_return_value('good');\n"
        f"create task GOOD after check_it when {asks}('CHECK_IT') = 'good' as select 2;\n"
        f"create task BAD after check_it when {asks}('DB.S.CHECK_IT') = 'bad' and (1 = 1)\n"
        f"as select {asks}('CHECK_IT'), 'CHECK_IT';\n"
        f"create task other after r when {asks}('R') = 'x' as select 3;"
    )
    graph = found.graph()
    assert (graph.task("check_it").branch, graph.task("good").when) == (True, None)
    assert graph.task("bad").when == "1 = 1"
    assert graph.task("bad").body == f"select {asks}('R$CHECK_IT'), 'CHECK_IT'"
    assert graph.condition("good") == f"{asks}('R$CHECK_IT') = 'good'"


WRONG = {
    "a cycle": (
        "create task a after b as select 1; create task b after a as select 2;",
        "cycle",
    ),
    "a task that nothing made": ("create task a after nope as select 1;", "AFTER NOPE"),
    "an alteration of what nothing made": (ROOT + "alter task x resume;", "line 3: ALTER TASK X"),
    "a duplicate": (ROOT + "create or replace task r as select 2;", "what line 1 made is lost"),
    "two roots": (
        "create task a as select 1; create task b as select 2;"
        "create task c after a, b as select 3;",
        "tasks a, b are roots of one graph",
    ),
    "a property that no task has": (ROOT + "create task x nope = 1 as select 1;", "NOPE"),
    "a body of a statement on another task": (
        ROOT + "create task a after r as execute task b; create task b after a as select 1;",
        "acts on task B, which is R$B here",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_each_mistake_is_named_and_the_rest_is_read(case):
    script, said = WRONG[case]
    found = read(script)
    assert any(said in problem for problem in found.problems), found.problems
    assert found.graph().tasks


def test_all_mistakes_are_told_at_once():
    text = "".join(script for script, _ in list(WRONG.values())[1:4])
    assert len(read(text).problems) >= 3


def test_what_a_graph_here_does_not_have_is_listed():
    found = read(
        "create table t (a int); grant operate on task r to role x;\n"
        "create task r schedule = '1 hour' error_integration = e log_level = 'info'\n"
        "  with tag (cost = 'x') as insert into t values (1);\n"
        "create task s after r timezone = 'UTC' as select 2;\n"
        "execute task r;"
    )
    listed = [line.partition(": ")[2] for line in found.not_carried]
    assert listed == [
        "create table t",
        "grant operate on task r to",
        "EXECUTE TASK R: a run",
        "task r: ERROR_INTEGRATION = E",
        "task r: LOG_LEVEL = 'INFO'",
        "task r: TAG COST = 'x'",
        "task s: TIMEZONE = 'UTC'",
    ]


def test_contacts_and_the_user_are_set_and_unset_one_by_one():
    found = read(
        "create task r schedule = '1 hour' execute as user u"
        " with contact (support = c1, steward = c2) as select 1;\n"
        "alter task r set contact access = c3; alter task r unset contact support;\n"
        "alter task r unset execute as user;"
    )
    assert [each.partition("task r: ")[2] for each in found.not_carried] == [
        "CONTACT STEWARD = C2",
        "CONTACT ACCESS = C3",
    ]


def test_a_root_that_data_starts_says_so_and_its_condition_is_its_tasks():
    found = read(
        "create task r warehouse = w when system$stream_has_data('S') as select 1;\n"
        "create task a after r when 1 = 1 as select 2; create task b after a as select 3;"
    )
    graph = found.graph()
    assert graph.task("a").when == "(system$stream_has_data('S')) and (1 = 1)"
    assert graph.task("b").when is None
    assert any("that data starts it" in line for line in found.not_carried)


@pytest.mark.parametrize(
    ("text", "said"),
    [("select 'a", "unterminated string line 1"), ("select 1", "makes no task"), ("", "no task")],
)
def test_what_is_no_script_of_tasks_is_refused(text, said):
    with pytest.raises(InputError, match=said):
        read(text)
