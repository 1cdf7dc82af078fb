"""`run`: deploys, starts, blocks where nobody watches, and says how each task ended."""

import pytest

from sfdag_magics.errors import BackendError, GraphError, InputError, RunFailedError
from tests.magics.scenes import person, restarted, two_tasks


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
    assert raised.value.hint == "correct the cell, run it, then %sfdag retry"
    assert isinstance(raised.value, BackendError)


def test_a_run_that_is_not_waited_for_says_how_to_look(notebook):
    two_tasks(notebook)
    said = notebook.run("%sfdag run --no-wait")
    assert "run group-1 of g started on fake · DB.S: %sfdag status" in said
    assert "g: " in notebook.run("%sfdag status")


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
        notebook.run("%sfdag run -t prod --no-wait --production prod")
    notebook.run("%sfdag deploy -t prod --production prod")
    notebook.run("%%sftask b --sql --after a\nselect 5\n")
    said = notebook.run("%sfdag run -t prod --no-wait --production prod")
    assert "runs what is deployed; edited and not deployed: b" in said
    assert notebook.fake.tasks["G$B"]["statement"].body == "select 2"


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


def test_keys_of_a_task_that_was_not_loaded_are_those_it_is_deployed_with(notebook):
    notebook.run("%sfdag graph g")
    notebook.run("%%sftask\ndef a(*, rows: int, day: str = 'x'): return rows\n")
    notebook.run("%%sftask b --sql --after a\nselect 2\n")
    notebook.run("%sfdag deploy --yes")
    restarted(notebook)
    notebook.run("%sfdag graph g")
    notebook.run("%%sftask b --sql --after a\nselect 2\n")
    said = notebook.run("run = %sfdag run --set rows=500 --set day=5")
    assert "config key" not in said
    assert notebook.names["run"].snapshot.config["day"] == "5"  # as its type says
    with pytest.raises(InputError, match="a: config key 'rows' is \"many\", which is not a whole"):
        notebook.run("%sfdag run --set rows=many")
    with pytest.raises(
        InputError, match=r"no task reads the config key 'rowz'\s+did you mean 'row"
    ):
        notebook.run("%sfdag run --set rows=1 --set rowz=500")


def test_a_run_in_production_asks_for_its_name_as_a_deploy_does(notebook, monkeypatch):
    two_tasks(notebook)
    with pytest.raises(InputError, match="this is production: type prod to run g there") as raised:
        notebook.run("%sfdag run -t prod")
    assert raised.value.hint == "%sfdag run -t prod --production prod"
    asked = person(monkeypatch, "dev")
    assert "not started" in notebook.run("%sfdag run -t prod")
    assert asked == ["this is production: type prod to run g there: "]
    assert notebook.fake.tasks == {}


@pytest.mark.parametrize("verb", ["deploy", "run", "drop", "suspend", "resume"])
def test_a_yes_beforehand_is_not_enough_in_production(notebook, verb):
    notebook.run("%sfdag graph g --schedule '1 day'")
    two_tasks(notebook)
    notebook.run("%sfdag deploy -t prod --production prod")
    before = dict(notebook.fake.tasks)
    notebook.run("%%sftask c --sql\nselect 3\n")
    with pytest.raises(InputError, match="this is production: type prod to") as raised:
        notebook.run(f"%sfdag {verb} --yes -t prod")
    assert raised.value.hint.endswith("--production prod")
    assert dict(notebook.fake.tasks) == before


def test_the_name_of_another_target_agrees_to_nothing(notebook):
    two_tasks(notebook)
    with pytest.raises(InputError, match="--production dev: the target is prod, and nothing"):
        notebook.run("%sfdag deploy -t prod --production dev")
    assert notebook.fake.tasks == {}


def test_what_a_retry_keeps_of_the_configuration_is_said_where_it_is_offered(notebook):
    notebook.run("%sfdag graph g")
    notebook.run("%%sftask\ndef a(*, rows: int = 1): return rows\n")
    notebook.fake.failing = {"G$A"}
    with pytest.raises(RunFailedError) as raised:
        notebook.run("%sfdag run --set rows=0")
    assert raised.value.hint == (
        "correct the cell, run it, then %sfdag retry "
        "(with rows=0, as it was; %sfdag run --set begins with other values)"
    )


def test_null_is_refused_where_the_key_takes_none(notebook):
    notebook.run("%%sftask\ndef a(*, rows: int): return rows\n")
    with pytest.raises(InputError, match="config key 'rows' is null, which is not a whole number"):
        notebook.run("%sfdag run --set rows=null")


_MADE = """
from sfdag_magics import TaskGraph, sftask
made = TaskGraph("weekly")
@sftask(graph=made)
def load() -> int:
    return {value}
"""


def test_a_graph_that_plain_python_made_is_meant_by_its_name(notebook):
    notebook.run(_MADE.format(value=1))
    assert "load" in notebook.run("%sfdag run -g weekly --wait")
    assert "nothing to change" in notebook.run("%sfdag plan -g Weekly")
    notebook.run(_MADE.format(value=2))  # another object, with the edited function
    assert "~ load" in notebook.run("%sfdag plan -g weekly")
    assert "load" in notebook.run("%sfdag bundle -g weekly")
    notebook.run("%sfdag graph weekly")
    assert "~ load" in notebook.run("%sfdag plan")
    assert notebook.registry.current is notebook.names["made"]


def test_cells_come_before_a_graph_that_plain_python_made(notebook):
    notebook.run("%sfdag graph weekly")
    notebook.run("%%sftask\ndef of_a_cell() -> int:\n    return 1")
    notebook.run(_MADE.format(value=1))
    assert "load" not in notebook.run("%sfdag plan -g weekly")


def test_where_nothing_is_left_to_run_a_quiet_run_says_so(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag run")
    said = notebook.run("%sfdag run --reuse --quiet")
    assert said == "nothing to run: all of g is as it last succeeded\n"
