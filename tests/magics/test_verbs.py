import builtins
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from sfdag_magics.errors import BackendError, ConnectError, GraphError, InputError, RunFailedError
from sfdag_magics.magics import extension
from sfdag_magics.magics.places import Places
from sfdag_magics.magics.registry import Registry
from tests.client.fake_snowflake import FakeSnowflake


def person(monkeypatch, *answers):
    """Somebody who answers questions; the questions asked are returned."""
    monkeypatch.setenv("SFDAG_INTERACTIVE", "1")
    asked, left = [], list(answers)

    def answer(question=""):
        asked.append(question)
        return left.pop(0)

    monkeypatch.setattr(builtins, "input", answer)
    return asked


def two_tasks(notebook):
    notebook.run("%sfdag graph g")
    notebook.run("%%sftask a --sql\nselect 1\n")
    notebook.run("%%sftask b --sql --after a\nselect 2\n")


def test_help_leads_with_the_eight_of_every_day(notebook):
    lines = notebook.run("%sfdag help").splitlines()
    assert [line.split()[0] for line in lines[1:9]] == [
        "graph",
        "show",
        "run",
        "retry",
        "why",
        "logs",
        "deploy",
        "status",
    ]


@pytest.mark.parametrize("verb", ["graph", "target", "show", "validate", "deploy", "run", "status"])
def test_each_verb_explains_itself_with_an_example(notebook, verb):
    said = notebook.run(f"%sfdag {verb} -h")
    assert f"example:\n  %sfdag {verb}" in said
    assert notebook.run(f"%sfdag help {verb}") == said


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("%sfdag rnu", "%sfdag has no verb 'rnu'; did you mean run?"),
        ("%sfdag run --wiat", "%sfdag run has no option --wiat; did you mean --wait?"),
        ("%sfdag run -g nope", "there is no graph 'nope'"),
        ("%sfdag show --format png", "invalid choice: 'png'"),
        ("%sfdag graph g --timeout 5m --timeout 6m", "--timeout is given twice"),
        ("%sfdag run --wait --no-wait", "contradict"),
        ("%sfdag forget nope", "'nope' is not a task of graph"),
        ("%sfdag target use prd", "there is no target 'prd'; did you mean prod?"),
        ("%sfdag graph 1x", "graph name: '1x' is not an ASCII identifier"),
        ("%sfdag graph g --schedule never", "never"),
        ("%sfdag graph g --config nope", "the notebook has no variable of that name"),
        ("%sfdag graph g --config '[1]'", "--config is no object but list"),
    ],
)
def test_what_was_typed_wrong_is_named(notebook, line, message):
    with pytest.raises(InputError) as raised:
        notebook.run(line)
    assert message in str(raised.value)


def test_without_a_verb_the_graph_and_the_next_command_are_shown(notebook):
    assert "next: %%sftask above a function" in notebook.run("%sfdag")
    two_tasks(notebook)
    said = notebook.run("%sfdag # what now?")
    assert "g: 2 tasks, no run yet" in said
    assert "next: %sfdag run" in said


def test_options_of_a_graph_that_are_named_change_and_the_others_stay(notebook):
    notebook.names["config"] = {"rows": 10, "kept": True}
    notebook.run('%sfdag graph g --schedule "1 hour" --config config --auto-retry 2')
    said = notebook.run("%sfdag graph g --warehouse ml --set rows=20")
    assert "schedule 1 HOURS" in said
    options = notebook.graph.options
    assert (options.warehouse, options.auto_retry) == ("ml", 2)
    assert options.config == {"rows": 20, "kept": True}


def test_config_may_be_a_variable_in_braces(notebook):
    notebook.names["config"] = {"rows": 10}
    notebook.run("%sfdag graph g --config {config}")
    assert notebook.graph.options.config == {"rows": 10}


def test_validate_names_all_problems_at_once(notebook):
    notebook.run("%%sftask a --sql --after c\nselect 1\n")
    notebook.run("%%sftask b --sql --after aa\nselect 1\n")
    with pytest.raises(GraphError) as raised:
        notebook.run("%sfdag validate")
    assert "--after 'c'" in str(raised.value)
    assert "did you mean 'a'?" in str(raised.value)
    assert notebook.fake.statements == []


def test_validate_finds_what_cannot_be_shipped(notebook):
    notebook.run("import threading\nlock = threading.Lock()")
    notebook.run("%%sftask\ndef a():\n    lock.acquire()\n")
    with pytest.raises(InputError, match="lock"):
        notebook.run("%sfdag validate")


@pytest.mark.parametrize(("form", "start"), [("dot", "digraph"), ("mermaid", "flowchart")])
def test_show_prints_other_forms(notebook, form, start):
    two_tasks(notebook)
    assert start in notebook.run(f"%sfdag show --format {form}")


def test_a_person_sees_the_live_view_and_it_follows_the_cells(notebook, monkeypatch):
    person(monkeypatch)
    two_tasks(notebook)
    assert "LiveView(g, 2 tasks)" in notebook.run("%sfdag show")
    (view,) = notebook.magics.desk.views._all
    notebook.run("%%sftask c --sql --after b\nselect 3\n")
    assert [node["name"] for node in view.sfdag_graph["nodes"]] == ["a", "b", "c"]


def test_show_leaves_a_picture_where_nobody_watches(notebook):
    two_tasks(notebook)
    assert "text/html" in notebook.run("%sfdag show")
    assert not notebook.magics.desk.views._all


def test_deploy_shows_its_plan_and_asks(notebook, monkeypatch):
    two_tasks(notebook)
    asked = person(monkeypatch, "n", "y")
    assert "not deployed" in notebook.run("%sfdag deploy")
    assert notebook.fake.tasks == {}
    said = notebook.run("%sfdag deploy")
    assert "+ a  new" in said
    assert "deployed: 2 tasks, 2 changed" in said
    assert asked == ["deploy to fake · DB.S? [y/N] "] * 2
    assert list(notebook.fake.tasks) == ["G", "G$A", "G$B"]


def test_a_question_that_nobody_can_answer_is_an_error(notebook):
    two_tasks(notebook)
    with pytest.raises(InputError, match="nobody can answer") as raised:
        notebook.run("%sfdag deploy")
    assert raised.value.hint == "%sfdag deploy --yes"
    assert notebook.fake.tasks == {}
    notebook.run("%sfdag deploy --yes")
    assert notebook.fake.tasks


def test_production_asks_for_its_name_and_nothing_but_looking_happens_before(notebook, monkeypatch):
    two_tasks(notebook)
    asked = person(monkeypatch, "y", "prod")
    assert "not deployed" in notebook.run("%sfdag deploy -t prod")
    assert all(text.startswith(("SHOW", "LIST")) for text in notebook.fake.statements)
    assert "deployed: 2 tasks" in notebook.run("%sfdag deploy -t prod")
    assert "type prod to deploy" in asked[0]


def test_a_graph_that_was_not_made_here_is_not_taken_over_by_a_run(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag deploy --yes")
    for task in notebook.fake.tasks.values():
        properties = task["statement"].properties
        task["statement"] = replace(task["statement"], properties=replace(properties, comment=""))
    with pytest.raises(InputError, match=r"graph 'g' on fake .* was not made here"):
        notebook.run("%sfdag run")
    assert "was not made here and is taken over" in notebook.run("x = %sfdag deploy --yes")
    notebook.run("x = %sfdag run --no-wait")


def test_a_cell_says_whether_what_it_defines_is_deployed(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag deploy --yes")
    assert "· deployed" in notebook.run("%%sftask a --sql\nselect 1\n")
    assert "· edited, not deployed" in notebook.run("%%sftask a --sql\nselect 3\n")


def test_a_forgotten_task_is_dropped_by_the_next_deploy(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag deploy --yes")
    notebook.run("%sfdag forget b")
    said = notebook.run("%sfdag deploy --yes")
    assert "- b  dropped" in said
    assert list(notebook.fake.tasks) == ["G", "G$A"]


def test_a_graph_whose_last_task_is_forgotten_is_dropped_and_not_deployed(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag deploy --yes")
    assert "%sfdag deploy drops it" in notebook.run("%sfdag forget a")
    assert "no task is left: %sfdag drop takes" in notebook.run("%sfdag forget b")
    notebook.run("%sfdag drop --yes")
    assert notebook.fake.tasks == {}


def test_the_last_task_is_forgotten_also_where_nobody_answers(notebook, monkeypatch):
    two_tasks(notebook)
    notebook.run("%sfdag forget a")

    def no_answer(places, name=None):
        raise ConnectError("nothing answered")

    monkeypatch.setattr(Places, "backend", no_answer)
    assert "b is no longer in graph g; %sfdag deploy drops it" in notebook.run("%sfdag forget b")
    assert notebook.graph.tasks == ()


def test_plan_prints_statements_and_changes_nothing(notebook):
    two_tasks(notebook)
    assert "CREATE OR ALTER TASK DB.S.G$B" in notebook.run("%sfdag plan --sql")
    assert notebook.fake.tasks == {}


class RunningSnowflake(FakeSnowflake):
    """Runs what is executed: each look at the history carries the run one task further."""

    def __init__(self):
        super().__init__()
        self.failing = set()

    def _execute(self, statement):
        if statement.retry_last or statement.retry_group:
            return self._retry()
        answer = super()._execute(statement)
        self.history[-1].update(
            STATE="SUCCEEDED", COMPLETED_TIME=self.history[-1]["SCHEDULED_TIME"]
        )
        self.graphs.append(
            {
                "STATE": "EXECUTING",
                "ATTEMPT_NUMBER": 1,
                "GRAPH_RUN_GROUP_ID": self.history[-1]["GRAPH_RUN_GROUP_ID"],
                "ROOT_TASK_ID": "id-G",
            }
        )
        return answer

    def _retry(self):
        last = self.graphs[-1]
        self.graphs.append(
            last | {"STATE": "EXECUTING", "ATTEMPT_NUMBER": last["ATTEMPT_NUMBER"] + 1}
        )
        return []

    def _task_history(self, sql):
        rows = super()._task_history(sql)
        if self.graphs and self.graphs[-1]["STATE"] == "EXECUTING":
            self._go_on()
        return rows

    def _go_on(self):
        run = self.graphs[-1]
        done = {
            row["NAME"]: row["STATE"]
            for row in self.history
            if row["GRAPH_RUN_GROUP_ID"] == run["GRAPH_RUN_GROUP_ID"]
            and (row["STATE"] != "FAILED" or row["ATTEMPT_NUMBER"] == run["ATTEMPT_NUMBER"])
        }
        for name, task in self.tasks.items():
            above = [parent.name for parent in task["statement"].after]
            if name not in done and all(done.get(parent) == "SUCCEEDED" for parent in above):
                self._ran(name, run)
                return
        run["STATE"] = "FAILED" if "FAILED" in done.values() else "SUCCEEDED"

    def _ran(self, name, run):
        failed = name in self.failing
        group = run["GRAPH_RUN_GROUP_ID"]
        self.history.append(
            next(row for row in self.history if row["GRAPH_RUN_GROUP_ID"] == group)
            | {
                "NAME": name,
                "STATE": "FAILED" if failed else "SUCCEEDED",
                "QUERY_ID": f"q-{name}",
                "ATTEMPT_NUMBER": run["ATTEMPT_NUMBER"],
                "GRAPH_RUN_GROUP_ID": run["GRAPH_RUN_GROUP_ID"],
                "ERROR_CODE": 100357 if failed else None,
                "ERROR_MESSAGE": 'File "Cell [3] b", line 2, in b\nValueError: boom'
                if failed
                else None,
                "CONFIG": None,
            }
        )


@pytest.fixture
def fake():
    return RunningSnowflake()


def test_a_headless_run_deploys_blocks_and_says_each_task(notebook):
    two_tasks(notebook)
    said = notebook.run("run = %sfdag run --set +n=1")
    assert "deployed a, b · fake · DB.S" in said
    assert "✓ a  succeeded" in said
    assert "✓ b  succeeded" in said
    assert repr(notebook.names["run"]) == "Run(run group-1 of g)"
    assert dict(notebook.names["run"].snapshot.config) == {"n": 1}


def test_a_headless_run_that_fails_is_loud_and_says_why(notebook):
    two_tasks(notebook)
    notebook.fake.failing = {"G$A"}
    with pytest.raises(RunFailedError) as raised:
        notebook.run("%sfdag run")
    said = str(raised.value)
    assert "a failed (Cell [3] b, line 2): 1 other was not run because of it (b)" in said
    assert "ValueError: boom" in said
    assert raised.value.hint == "%sfdag why · correct the cell, run it, then %sfdag run"
    assert isinstance(raised.value, BackendError)


def test_a_run_that_is_not_waited_for_says_how_to_look(notebook):
    two_tasks(notebook)
    said = notebook.run("%sfdag run --no-wait")
    assert "run group-1 of g started on fake · DB.S: %sfdag status" in said
    assert "g: " in notebook.run("%sfdag status")


def failed_run(notebook):
    two_tasks(notebook)
    notebook.fake.failing = {"G$B"}
    with pytest.raises(RunFailedError):
        notebook.run("%sfdag run")
    notebook.fake.failing = set()


def test_a_retry_says_what_runs_and_keeps_what_succeeded(notebook):
    failed_run(notebook)
    said = notebook.run("%sfdag retry --preview")
    assert "runs: b · reused: a" in said
    assert notebook.fake.graphs[-1]["ATTEMPT_NUMBER"] == 1
    said = notebook.run("run = %sfdag retry")
    assert "✓ a  reused" in said
    assert "✓ b  succeeded · attempt 2" in said
    assert notebook.names["run"].attempt == 2


def test_a_retry_ships_edited_code_and_alters_no_task(notebook):
    notebook.run("%sfdag graph g")
    notebook.run("%%sftask\ndef a(): return 1\n")
    notebook.run("%%sftask --after a\ndef b(): return 1 / 0\n")
    notebook.fake.failing = {"G$B"}
    with pytest.raises(RunFailedError):
        notebook.run("%sfdag run")
    notebook.fake.failing = set()
    notebook.run("%%sftask --after a\ndef b(): return 2\n")
    notebook.fake.statements.clear()
    said = notebook.run("%sfdag retry")
    assert "with edited code: b" in said
    assert "new code: b" in said
    changed = [
        text
        for text in notebook.fake.statements
        if not text.startswith(("SHOW", "LIST", "SELECT", "PUT", "REMOVE", "CREATE STAGE"))
    ]
    assert [text.split("(")[0] for text in changed] == [
        "CREATE OR REPLACE PROCEDURE DB.S.G$RUN",
        "EXECUTE TASK DB.S.G RETRY LAST",
    ]


def test_a_retry_by_a_call_ships_no_code_to_production_unasked(notebook):
    notebook.run("%sfdag graph g")
    notebook.run("%%sftask\ndef a(): return 1 / 0\n")
    notebook.run("%sfdag deploy -t prod --yes")
    notebook.fake.failing = {"G$A"}
    with pytest.raises(RunFailedError):
        notebook.run("%sfdag run -t prod --yes")
    notebook.run("%%sftask\ndef a(): return 1\n")
    run = notebook.magics.desk.workspace.runs.find(notebook.graph, target="prod")
    notebook.fake.statements.clear()
    with pytest.raises(InputError, match="is production: nobody agreed"):
        run.retry()
    assert all(text.startswith(("SHOW", "LIST", "SELECT")) for text in notebook.fake.statements)


def test_a_retry_with_nothing_failed_says_so_and_ends_well(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag run")
    said = notebook.run("%sfdag retry")
    assert "nothing failed in run group-1 of g: nothing to retry" in said
    assert notebook.fake.graphs[-1]["ATTEMPT_NUMBER"] == 1


def test_why_explains_the_first_failure(notebook):
    failed_run(notebook)
    said = notebook.run("%sfdag why")
    assert "✕ b failed (Cell [3] b, line 2): nothing else was kept from running" in said
    assert repr(notebook.value) == "RootCause(run group-1 of g: b)"


def test_why_tells_the_sql_that_was_edited_since_the_last_success(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag run")
    for row in notebook.fake.history:
        row["SCHEDULED_TIME"] -= timedelta(hours=1)
    notebook.run("%%sftask b --sql --after a\nselect 1 / 0\n")
    notebook.fake.failing = {"G$B"}
    with pytest.raises(RunFailedError, match="changed since the last success: SQL of b"):
        notebook.run("%sfdag run")


def test_logs_are_read_by_query_id(notebook):
    failed_run(notebook)
    notebook.fake.events["q-G$B"] = [
        {"TIMESTAMP": None, "SEVERITY": "INFO", "LOGGER": "x", "MESSAGE": "loss 0.5"},
        {"TIMESTAMP": None, "SEVERITY": "WARN", "LOGGER": "x", "MESSAGE": "late"},
    ]
    assert notebook.run("lines = %sfdag logs B --grep loss") == "INFO  loss 0.5\n"
    assert repr(notebook.names["lines"]) == "<1 line of b>"
    with pytest.raises(InputError, match="'c' is not a task of run"):
        notebook.run("%sfdag logs c")


def test_runs_lists_the_newest_first(notebook):
    failed_run(notebook)
    notebook.run("%sfdag run")
    said = notebook.run("%sfdag runs --stats")
    assert "failed: b" in said
    assert "1 of 2 succeeded" in said
    found = json.loads(notebook.run("found = %sfdag runs --json --last 1"))
    assert len(found) == 1


def test_logs_as_json_are_records(notebook):
    failed_run(notebook)
    notebook.fake.events["q-G$B"] = [
        {"TIMESTAMP": None, "SEVERITY": "INFO", "LOGGER": "x", "MESSAGE": "loss 0.5"}
    ]
    (record,) = json.loads(notebook.run("x = %sfdag logs b --json"))
    assert record == {"time": None, "severity": "INFO", "logger": "x", "message": "loss 0.5"}


def test_a_global_that_changed_since_the_cell_ran_is_noted_and_strictly_wrong(notebook):
    notebook.run("rate = 1")
    notebook.run("%%sftask\ndef a():\n    return rate\n")
    notebook.run("rate = 2")
    assert "rate" in notebook.run("%sfdag validate")
    with pytest.raises(GraphError, match="rate"):
        notebook.run("%sfdag validate --strict")


def test_a_run_can_be_named_by_the_start_of_its_id(notebook):
    failed_run(notebook)
    assert "run group-1 of g" in notebook.run("%sfdag status #group")
    with pytest.raises(InputError, match="no run 'zzz'"):
        notebook.run("%sfdag status zzz")


def test_another_kernel_finds_the_run_in_the_history(notebook):
    failed_run(notebook)
    notebook.magics.desk.workspace.places._places.clear()
    assert "run group-1 of g" in notebook.run("%sfdag status")


def test_stop_asks_unless_told(notebook, monkeypatch):
    two_tasks(notebook)
    notebook.run("%sfdag run --no-wait --no-widget")
    with pytest.raises(InputError, match="nobody can answer: cancel run"):
        notebook.run("%sfdag stop")
    notebook.run("%sfdag stop --yes")
    assert "is over" in notebook.run("%sfdag stop")


def test_ctrl_c_detaches_and_the_run_goes_on(notebook, monkeypatch):
    two_tasks(notebook)
    history = notebook.fake._task_history
    looks = []

    def interrupted(sql):
        looks.append(sql)
        if len(looks) == 3:
            raise KeyboardInterrupt
        return history(sql)

    notebook.fake._task_history = interrupted
    said = notebook.run("run = %sfdag run")
    assert "no longer waiting; run group-1 of g goes on: %sfdag status · %sfdag stop" in said
    assert notebook.names["run"].snapshot.state == "EXECUTING"


def test_elsewhere_a_run_names_what_is_edited_and_not_deployed(notebook):
    two_tasks(notebook)
    notebook.fake.is_embedded, notebook.fake.warehouse = False, "WH"
    with pytest.raises(InputError, match="graph 'g' is not deployed"):
        notebook.run("%sfdag run -t prod --no-wait --yes")
    notebook.run("%sfdag deploy -t prod --yes")
    notebook.run("%%sftask b --sql --after a\nselect 5\n")
    said = notebook.run("%sfdag run -t prod --no-wait --yes")
    assert "runs what is deployed; edited and not deployed: b" in said
    assert notebook.fake.tasks["G$B"]["statement"].body == "select 2"


def test_targets_are_listed_and_chosen(notebook):
    said = notebook.run("%sfdag target")
    assert "→ embedded  embedded engine" in said
    assert "prod  connection company · production" in said
    assert "→ prod" in notebook.run("%sfdag target use prod")
    assert "→ prod" in notebook.run("%sfdag target")


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("-c compny", r"no connection 'compny'; did you mean company\?"),
        ("--local nowhere/data", "there is no .*nowhere"),
        ("--local notes.txt", "notes.txt is no directory"),
    ],
)
def test_what_is_not_there_is_no_target_and_the_old_one_stays(
    notebook, monkeypatch, tmp_path, typed, message
):
    monkeypatch.setenv("SNOWFLAKE_CONNECTIONS", "[company]\nuser = 'me'\n")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.txt").write_text("notes", "utf-8")
    with pytest.raises(InputError, match=message):
        notebook.run(f"%sfdag target {typed}")
    assert "→ embedded" in notebook.run("%sfdag target")


def test_what_is_there_is_a_target(notebook, monkeypatch, tmp_path):
    monkeypatch.setenv("SNOWFLAKE_CONNECTIONS", "[company]\nuser = 'me'\n")
    monkeypatch.chdir(tmp_path)
    assert "→ company  connection company" in notebook.run("%sfdag target -c company")
    assert "→ local  embedded engine · new" in notebook.run("%sfdag target --local new")


def test_an_open_session_can_be_a_target(notebook):
    notebook.names["mine"] = notebook.fake
    assert "→ mine" in notebook.run("%sfdag target mine")
    two_tasks(notebook)
    notebook.run("%sfdag deploy --yes")
    assert notebook.fake.tasks
    notebook.run("%unload_ext sfdag_magics")


def restarted(notebook):
    """The kernel begins anew: nothing is registered; what is deployed stays."""
    desk = notebook.magics.desk
    openers = desk.workspace._openers
    notebook.magics = extension.load(notebook.shell, openers=openers, registry=Registry())


def test_a_schedule_is_taken_back_by_none_and_other_options_too(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag graph --schedule '1 day' --timeout 2h --set +n=1")
    notebook.run("%sfdag deploy --yes")
    assert notebook.fake.tasks["G"]["started"]
    said = notebook.run("%sfdag graph g --schedule none --timeout none --config none")
    assert "schedule none" in said
    assert "timeout none" in said
    plan = notebook.run("plan = %sfdag plan")
    assert "schedule: 24 HOURS → –" in plan
    notebook.run("run = %sfdag run")
    assert notebook.fake.tasks["G"]["started"]
    notebook.run("%sfdag deploy --yes")
    properties = notebook.fake.tasks["G"]["statement"].properties
    assert (properties.schedule, properties.user_task_timeout_ms, properties.config) == (None,) * 3
    assert not notebook.fake.tasks["G"]["started"]


def test_set_names_single_keys_and_config_the_whole(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag graph --set +a=1 --set +b=2")
    notebook.run("%sfdag deploy --yes")
    restarted(notebook)
    two_tasks(notebook)
    notebook.run("%sfdag graph g --set +a=3")
    notebook.run("%sfdag deploy --yes")
    assert notebook.fake.tasks["G"]["statement"].properties.config == '{"a": 3, "b": 2}'
    notebook.run("""%sfdag graph g --config '{"+a": 4}'""")
    notebook.run("%sfdag deploy --yes")
    assert notebook.fake.tasks["G"]["statement"].properties.config == '{"a": 4}'


def test_a_restarted_kernel_without_cells_runs_plans_deploys_and_forgets(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag graph --schedule '1 day'")
    notebook.run("%sfdag deploy --yes")
    restarted(notebook)
    notebook.run("%sfdag graph g")
    before = {name: dict(task) for name, task in notebook.fake.tasks.items()}
    assert "no cell of graph g was run here: what is deployed runs" in notebook.run(
        "run = %sfdag run"
    )
    assert "? b  not loaded\n      their cells were not run here" in notebook.run(
        "plan = %sfdag plan"
    )
    with pytest.raises(InputError, match="--prune would drop every task of graph 'g'"):
        notebook.run("done = %sfdag deploy --prune --yes")
    assert "left as deployed, not loaded here: a, b" in notebook.run("done = %sfdag deploy --yes")
    assert "\n" not in repr(notebook.names["done"])
    assert notebook.fake.tasks == before
    assert "b is no longer in graph g; %sfdag deploy drops it" in notebook.run("%sfdag forget B")
    notebook.run("done = %sfdag deploy --yes")
    assert list(notebook.fake.tasks) == ["G", "G$A"]
    with pytest.raises(InputError, match="'b' is not a task of graph 'g', here or deployed"):
        notebook.run("%sfdag forget b")


def test_a_graph_that_is_only_deployed_is_named_by_g(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag deploy --yes")
    restarted(notebook)
    assert "not loaded" in notebook.run("plan = %sfdag plan -g G")
    assert notebook.registry.current.name == "notebook"
    with pytest.raises(InputError, match="there is no graph 'h'"):
        notebook.run("plan = %sfdag plan -g h")


def test_running_nothing_that_is_deployed_nowhere_says_how_to_begin(notebook):
    with pytest.raises(GraphError, match="graph 'notebook' has no task"):
        notebook.run("%sfdag run")


def test_half_a_notebook_says_what_it_left_alone(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag deploy --yes")
    restarted(notebook)
    notebook.run("%sfdag graph g")
    notebook.run("%%sftask a --sql\nselect 11\n")
    said = notebook.run("run = %sfdag run")
    assert "deployed a · fake · DB.S\n  left as deployed, not loaded here: b" in said
    assert notebook.fake.tasks["G$B"]["statement"].body == "select 2"


@pytest.fixture
def configured(notebook):
    notebook.run("%sfdag graph g")
    notebook.run(
        "%%sftask\n"
        "def train(*, learning_rate: float = 0.1, verbose: bool = False, day: str = ''):\n"
        "    return 1\n"
    )
    return notebook


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (
            "--set learning_rat=0.5",
            r"no task reads .*'learning_rat'\s+did you mean 'learning_rate'",
        ),
        ("--set learning_rate=abc", "'learning_rate' is \"abc\", which is not float"),
        ("--set verbose=no", r"'verbose' is \"no\", which is not bool\s+--set verbose=true"),
        ("--config '{\"verbos\": true}'", "did you mean 'verbose'"),
    ],
)
def test_a_configuration_is_checked_before_anything_is_sent(configured, typed, told):
    with pytest.raises(InputError, match=told):
        configured.run(f"run = %sfdag run {typed}")
    configured.run(f"%sfdag graph g {typed}")
    with pytest.raises(GraphError, match=told):
        configured.run("%sfdag validate")
    with pytest.raises(GraphError, match=told):
        configured.run("%sfdag deploy --yes")
    assert configured.fake.tasks == {}


def test_a_plus_insists_on_a_key_and_text_stays_text(configured):
    configured.run("run = %sfdag run --set +other=1 --set day=20260628 --set learning_rate=1")
    config = configured.names["run"].snapshot.config
    assert config == {"other": 1, "day": "20260628", "learning_rate": 1}
    configured.run("%sfdag graph g --set +other=2")
    assert "nothing wrong" in configured.run("%sfdag validate")
    configured.run("%sfdag graph g --set other=3")
    with pytest.raises(GraphError, match="no task reads the config key 'other'"):
        configured.run("%sfdag validate")


def test_a_key_that_nothing_sets_is_a_note_until_a_run_or_a_schedule_needs_it(notebook):
    notebook.run("%sfdag graph g")
    notebook.run("%%sftask\ndef train(*, rate: float):\n    return rate\n")
    note = "train: needs the config key 'rate', which nothing sets"
    assert f"note: {note}" in notebook.run("%sfdag validate")
    assert f"note: {note}" in notebook.run("plan = %sfdag plan")
    with pytest.raises(InputError, match=note):
        notebook.run("run = %sfdag run")
    notebook.run("run = %sfdag run --set rate=0.5")
    notebook.run("%sfdag graph g --schedule '1 day'")
    with pytest.raises(GraphError, match=note):
        notebook.run("%sfdag deploy --yes")
    notebook.run("%sfdag graph g --set rate=0.5")
    notebook.run("%sfdag deploy --yes")
    restarted(notebook)
    notebook.run("%sfdag graph g")
    notebook.run("%%sftask\ndef train(*, rate: float):\n    return rate\n")
    notebook.run("%sfdag deploy --yes")


def test_a_key_that_a_task_not_loaded_may_read_is_only_noted(configured):
    configured.run("%%sftask other --sql\nselect 1\n")
    configured.run("%sfdag deploy --yes")
    restarted(configured)
    configured.run("%sfdag graph g")
    configured.run("%%sftask other --sql\nselect 1\n")
    said = configured.run("run = %sfdag run --set learning_rat=0.5")
    assert "note: no task declares the config key 'learning_rat'" in said
    assert "train, which was not loaded here, may read it" in said


def test_a_stream_is_refused_where_there_are_none_and_taken_elsewhere(notebook):
    two_tasks(notebook)
    notebook.run("%%sftask c --sql --when SYSTEM$STREAM_HAS_DATA('S')\nselect 3\n")
    for verb in ("validate", "plan", "run"):
        with pytest.raises(GraphError, match="c: --when asks a stream, and the embedded engine"):
            notebook.run(f"%sfdag {verb}")
    assert "nothing wrong" in notebook.run("%sfdag validate -t prod")
    plan = notebook.run("plan = %sfdag plan -t prod")
    assert "+ c  new" in plan
    assert "note: c: the stream DB.S.S is not there" in plan
    notebook.fake.streams = ["S"]
    assert "stream" not in notebook.run("plan = %sfdag plan -t prod")
    notebook.run("%%sftask c --sql --when SYSTEM$STREAM_HAS_DATA('')\nselect 3\n")
    assert "'' is no name of a stream" in notebook.run("plan = %sfdag plan -t prod")


def test_validate_names_the_cells_that_were_not_run(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag deploy --yes")
    restarted(notebook)
    notebook.run("%sfdag graph g")
    notebook.run("%sfdag target use prod")
    notebook.run("plan = %sfdag plan")
    notebook.run("%%sftask b --sql --after a\nselect 2\n")
    said = notebook.run("%sfdag validate")
    assert "deployed, and their cells were not run here: a" in said


def test_a_retry_says_at_once_that_it_cannot_apply_an_edit_of_sql_and_what_can(notebook):
    two_tasks(notebook)
    notebook.fake.failing = {"G$B"}
    with pytest.raises(RunFailedError):
        notebook.run("run = %sfdag run")
    notebook.run("%%sftask b --sql --after a\nselect 22\n")
    with pytest.raises(
        InputError, match=r"runs b as it was .* \(b: body: select 2 → select 22\)"
    ) as no:
        notebook.run("run = %sfdag retry")
    assert "%sfdag run deploys the edit" in no.value.hint
    assert "retry of run" not in notebook.output
    with pytest.raises(InputError, match="runs b as it was"):
        notebook.run("run = %sfdag retry --preview")
    assert notebook.fake.tasks["G$B"]["statement"].body == "select 2"
    notebook.fake.failing = set()
    assert "with edited code" not in notebook.run("run = %sfdag retry --code original")
    notebook.run("%sfdag run")
    assert notebook.fake.tasks["G$B"]["statement"].body == "select 22"


def test_a_run_in_production_asks_for_its_name_as_a_deploy_does(notebook, monkeypatch):
    two_tasks(notebook)
    with pytest.raises(InputError, match="this is production: type prod to run g there") as raised:
        notebook.run("%sfdag run -t prod")
    assert raised.value.hint == "%sfdag run -t prod --yes"
    asked = person(monkeypatch, "dev")
    assert "not started" in notebook.run("%sfdag run -t prod")
    assert asked == ["this is production: type prod to run g there: "]
    assert notebook.fake.tasks == {}
