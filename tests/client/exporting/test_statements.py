"""A graph as SQL, as a program for Snowflake's own API, and as a job: what they say, read back."""

import io
import json
import shlex
import warnings
from datetime import timedelta
from types import SimpleNamespace

import pytest
import yaml
from snowflake.connector.util_text import split_statements as connector_split

from sfdag_magics.client.connecting.targets import Target
from sfdag_magics.client.deploying.task_statements import definitions
from sfdag_magics.client.exporting.exported import Form
from sfdag_magics.client.exporting.forms import exported
from sfdag_magics.errors import GraphError
from sfdag_magics.graph.grammar import AlterTask, CreateTask, parse_task_statement
from sfdag_magics.graph.model import GraphOptions, TaskGraph, python_task, sql_task, task_function
from sfdag_magics.sqltext import QualifiedName, tokenize

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


def unwrapped(sql):
    """The statement that EXECUTE IMMEDIATE is given, where it is one."""
    tokens = tokenize(sql)
    return tokens[2].value if tokens[0].word == "EXECUTE" else sql.rstrip().rstrip(";")


@graphs
def test_sql_is_what_a_deploy_sends_and_starts_the_root_last(graph):
    text = exported(graph, Form.SQL, HERE).text
    sent = [each for each, _ in connector_split(io.StringIO(text), remove_comments=True)]
    read = [parse_task_statement(unwrapped(each)) for each in filter(None, sent)]
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


def test_what_has_to_be_there_is_named_at_the_head_of_each_form():
    for form in (Form.SQL, Form.DAG, Form.DCM):
        found = exported(nightly(warehouse="ml"), form, HERE)
        assert found.needs == (
            "warehouse ML: CREATE WAREHOUSE ML",
            'warehouse "my wh": CREATE WAREHOUSE "my wh"',
        )
        assert all(f" needs: {line}" in found.text for line in found.needs)
    assert exported(TaskGraph("g", tasks=[sql_task("a", "select 1")]), Form.DAG, HERE).needs == ()


class FakeApi:
    """Snowflake's own objects, as far as a program asks them."""

    def __init__(self, monkeypatch, *, database="DB", warehouses=(), procedures=()):
        self.made = []
        named = SimpleNamespace
        schema = named(procedures=Listing(procedures))
        root = named(warehouses=Listing(warehouses), databases={"DB": named(schemas={"S": schema})})
        session = named(
            get_current_database=lambda: database,
            get_current_schema=lambda: database and "S",
        )
        builder = named(getOrCreate=lambda: session)
        monkeypatch.setattr("snowflake.snowpark.Session.builder", builder)
        monkeypatch.setattr("snowflake.core.Root", lambda _: root)
        deploys = named(deploy=lambda dag, mode: self.made.append(dag.name))
        monkeypatch.setattr("snowflake.core.task.dagv1.DAGOperation", lambda _: deploys)

    def run(self, graph):
        exec(exported(graph, Form.DAG, HERE).text, {"__name__": "__main__"})  # noqa: S102 - ours


class Listing:
    """A collection of things by their names."""

    def __init__(self, names):
        self._names = names

    def iter(self):
        return (SimpleNamespace(name=name) for name in self._names)


@pytest.mark.slow  # snowflake.core is imported
def test_a_program_tells_by_a_sentence_what_is_not_there(monkeypatch, capsys):
    graph = nightly(warehouse="ml")
    api = FakeApi(monkeypatch, warehouses=["ML"])
    with pytest.raises(SystemExit, match='not there: "my wh" · CREATE WAREHOUSE'):
        api.run(graph)
    with pytest.raises(SystemExit, match="names no database and schema"):
        FakeApi(monkeypatch, database=None).run(graph)
    assert api.made == []
    api = FakeApi(monkeypatch, warehouses=["ML", '"my wh"'])
    api.run(graph)
    assert api.made == ["nightly"]
    assert "note: NIGHTLY$RUN is not there, and Python tasks fail" in capsys.readouterr().err
    api = FakeApi(monkeypatch, warehouses=["ML", '"my wh"'], procedures=["NIGHTLY$RUN"])
    api.run(graph)
    assert capsys.readouterr().err == ""


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
