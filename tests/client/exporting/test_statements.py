"""A graph as SQL, as a program for Snowflake's own API, and as a job: what they say, read back."""

import json
import shlex
import warnings
from datetime import timedelta

import pytest
import yaml

from sfdag_magics.client.connecting.targets import Target
from sfdag_magics.client.deploying.task_statements import definitions
from sfdag_magics.client.exporting.exported import Form
from sfdag_magics.client.exporting.forms import exported
from sfdag_magics.errors import GraphError
from sfdag_magics.graph.grammar import AlterTask, CreateTask, parse_task_statement
from sfdag_magics.graph.model import GraphOptions, TaskGraph, python_task, sql_task, task_function
from sfdag_magics.sqltext import QualifiedName, split_statements

HERE = Target(name="embedded")
CODE = "def {name}({parameters}):\n    return 'good'"


def python(name, parameters="", **options):
    text = CODE.format(name=name, parameters=parameters)
    return python_task(task_function(text, cell="Cell [1]"), **options)


def nightly(**options):
    return TaskGraph(
        "nightly",
        GraphOptions(**options),
        tasks=[
            python("check", branch=True, group="first", timeout=timedelta(minutes=3)),
            sql_task("good", "select 'it''s \\\\d', \"B\",\n '#{x}' -- y\n;", after=["check"]),
            sql_task(
                "bad",
                "begin\n  let x := 1;\n  return :x;\nend",
                after=["check"],
                serverless="small",
            ),
            python("lambda_", "good", when="1 = 1", comment='a "b" {c}'),
            sql_task("End", "select 2", finalizer=True, warehouse='"my wh"'),
        ],
    )


GRAPHS = {
    "nothing said": nightly(),
    "all that can be said": nightly(
        schedule="0 5 * * 1 Europe/Berlin",
        warehouse="ml",
        config={"+a": {"b": ["c'd", 1.5, None, True]}},
        overlap="ALLOW_CHILD_OVERLAP",
        timeout=timedelta(hours=1),
        graph_timeout=timedelta(hours=2),
        auto_retry=2,
        suspend_after=0,
        comment="it's {nightly} #1",
    ),
    "an interval": nightly(schedule="90 minutes"),
}
graphs = pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS)


def defined(graph):
    return definitions(graph, QualifiedName("NIGHTLY"), HERE)


@graphs
def test_sql_is_what_a_deploy_sends_and_starts_the_root_last(graph):
    text = exported(graph, Form.SQL, HERE).text
    read = [parse_task_statement(each) for each in split_statements(text)]
    made = [each for each in read if isinstance(each, CreateTask)]
    assert [each.to_sql() for each in made] == [d.statement.to_sql() for d in defined(graph)]
    first, *_, last = [each.to_sql() for each in read if isinstance(each, AlterTask)]
    assert first == "ALTER TASK IF EXISTS NIGHTLY SUSPEND"
    assert (last == "ALTER TASK NIGHTLY RESUME") is (graph.options.schedule is not None)


@pytest.mark.parametrize(("form", "lost"), [(Form.SQL, []), (Form.DAG, ["task check"])])
def test_what_has_no_place_in_statements_is_listed(form, lost):
    found = exported(nightly(), form, HERE)
    listed = [line.partition(":")[0] for line in found.not_carried]
    assert listed == ["task check", "task lambda_", *lost]
    assert all(f" not carried: {line}" in found.text for line in found.not_carried)
    assert "made by sfdag export" in found.text.splitlines()[0]


@pytest.mark.parametrize("form", [Form.SQL, Form.DAG])
def test_a_graph_that_cannot_run_has_no_statements(form):
    graph = TaskGraph("g", tasks=[sql_task("a", "select 1", after=["nope"])])
    with pytest.raises(GraphError):
        exported(graph, form, HERE)


def dag_of(graph):
    names = {"__name__": "nightly"}
    with warnings.catch_warnings():
        warnings.simplefilter("error", SyntaxWarning)
        exec(exported(graph, Form.DAG, HERE).text, names)  # noqa: S102 - what was just written
    return names["dag"]


@pytest.mark.slow  # snowflake.core is imported
@graphs
def test_snowflakes_own_objects_say_what_the_statements_say(graph):
    dag = dag_of(graph)
    made = {each.full_name.upper(): each._to_low_level_task() for each in dag.tasks}
    root, *others = defined(graph)
    assert set(made) == {each.stored for each in others}
    for each in others:
        task, said = made[each.stored], each.statement.properties
        assert task.definition.strip() == each.statement.body
        assert task.condition == each.statement.condition
        above = [name.upper() for name in task.predecessors or []]
        assert sorted(above) == sorted(p.name for p in each.statement.after)
        assert (task.finalize is None) == (said.finalize is None)
        assert (task.comment or "") == each.comment
        assert task.user_task_timeout_ms == said.user_task_timeout_ms
        assert (task.warehouse or "").strip('"') == (said.warehouse or "")
        assert (
            task.user_task_managed_initial_warehouse_size
            == said.user_task_managed_initial_warehouse_size
        )
    task, said = dag._to_low_level_task(), root.statement.properties
    assert task.name == "nightly"
    assert task.config == (json.loads(said.config) if said.config else None)
    assert (task.comment or "") == root.comment
    same = ("user_task_timeout_ms", "suspend_task_after_num_failures", "task_auto_retry_attempts")
    assert all(getattr(task, name) == getattr(said, name) for name in same)
    assert task.overlap_policy == said.overlap_policy


def test_schedules_are_snowflakes_own():
    cron = dag_of(GRAPHS["all that can be said"]).schedule
    assert (cron.expr, cron.timezone) == ("0 5 * * 1", "Europe/Berlin")
    assert dag_of(GRAPHS["an interval"]).schedule == timedelta(minutes=90)


def jobs(target, notebook="flows/it's {a} #1.ipynb"):
    text = exported(nightly(), Form.CI, target, notebook=notebook).text
    return yaml.safe_load(text)


def test_a_job_checks_in_pull_requests_and_deploys_from_main():
    read = jobs(Target(name="prod", connection="company", production=True))
    assert read[True] == {"pull_request": None, "push": {"branches": ["main"]}}  # YAML 1.1's `on`
    checked, deployed = read["jobs"]["validate"], read["jobs"]["deploy"]
    words = shlex.split(checked["steps"][-1]["run"])
    assert words == ["sfdag", "validate", "flows/it's {a} #1.ipynb", "--graph", "nightly"]
    assert (deployed["needs"], deployed["if"]) == ("validate", "github.event_name == 'push'")
    *_, planned, last = deployed["steps"]
    assert shlex.split(planned["run"])[1] == "plan"
    assert shlex.split(last["run"])[-5:] == ["--target", "prod", "--yes", "--production", "prod"]
    of_account = {"SNOWFLAKE_CONNECTIONS": "${{ secrets.SNOWFLAKE_CONNECTIONS }}"}
    assert planned["env"] == last["env"] == of_account


def test_a_job_for_the_embedded_engine_deploys_nothing_and_says_so():
    assert set(jobs(HERE)["jobs"]) == {"validate"}
    found = exported(nightly(), Form.CI, HERE, notebook="n.ipynb")
    assert found.not_carried == ("a deploy: target embedded is the embedded engine of one machine",)
