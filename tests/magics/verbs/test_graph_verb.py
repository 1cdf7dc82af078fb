"""`graph`: which graph is meant, and its options that change while the others stay."""

import pytest

from sfdag_magics.errors import InputError
from tests.magics.scenes import restarted, two_tasks


def test_options_of_a_graph_that_are_named_change_and_the_others_stay(notebook):
    notebook.names["config"] = {"rows": 10, "kept": True}
    notebook.run('%sfdag graph g --schedule "1 hour" --config config --auto-retry 2')
    said = notebook.run("%sfdag graph g --warehouse ml --set rows=20")
    assert "schedule 1 HOUR" in said
    options = notebook.graph.options
    assert (options.warehouse, options.auto_retry) == ("ml", 2)
    assert options.config == {"rows": 20, "kept": True}


def test_durations_are_said_as_they_are_typed(notebook):
    said = notebook.run("%sfdag graph g --timeout 90s --graph-timeout '2 hours'")
    assert said == "graph g: no tasks loaded here yet · timeout 90s · graph-timeout 2h\n"


def test_config_may_be_a_variable_in_braces(notebook):
    notebook.names["config"] = {"rows": 10}
    notebook.run("%sfdag graph g --config {config}")
    assert notebook.graph.options.config == {"rows": 10}


def test_a_schedule_is_taken_back_by_none_and_other_options_too(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag graph --schedule '1 day' --timeout 2h --set +n=1")
    notebook.run("%sfdag deploy --yes")
    assert notebook.fake.tasks["G"]["started"]
    said = notebook.run("%sfdag graph g --schedule none --timeout none --config none")
    assert "schedule none" in said
    assert "timeout none" in said
    plan = notebook.run("plan = %sfdag plan")
    assert "schedule: every 24 hours → –" in plan
    said = notebook.run("run = %sfdag run")
    assert "schedule every 24 hours stays until a deploy" in said
    assert notebook.fake.tasks["G"]["started"]
    notebook.run("%sfdag deploy --yes")
    properties = notebook.fake.tasks["G"]["statement"].properties
    assert (properties.schedule, properties.user_task_timeout_ms, properties.config) == (None,) * 3
    assert not notebook.fake.tasks["G"]["started"]


def test_a_key_beside_a_configuration_that_is_taken_back_is_the_whole_of_it(notebook):
    notebook.run("%sfdag graph g --set rows=10")
    notebook.run("%sfdag graph g --set n=1 --config none")
    assert notebook.graph.options.config == {"n": 1}


def test_tasks_of_the_graph_that_nobody_named_are_not_forgotten(notebook):
    notebook.run("%%sftask a --sql\nselect 1\n")
    notebook.run("%%sftask b --sql --after a\nselect 2\n")
    said = notebook.run("%sfdag graph named")
    assert "no tasks loaded here yet · 2 tasks in graph notebook, which nobody named: run" in said


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


def test_a_graph_that_is_only_deployed_is_named_by_g(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag deploy --yes")
    restarted(notebook)
    assert "not loaded" in notebook.run("plan = %sfdag plan -g G")
    assert notebook.registry.current.name == "notebook"
    with pytest.raises(InputError, match="there is no graph 'h'"):
        notebook.run("plan = %sfdag plan -g h")


@pytest.mark.parametrize("verb", ["drop {}", "run -g {}", "status -g {}", "retry -g {}"])
def test_a_graph_that_nobody_knows_leads_to_those_there_are(notebook, verb):
    two_tasks(notebook)
    notebook.run("%sfdag graph fixit")
    notebook.run("%%sftask a --sql\nselect 1\n")
    notebook.run("%sfdag deploy --yes")
    restarted(notebook)
    with pytest.raises(InputError, match="no graph 'nosuch' in this notebook or on fake") as raised:
        notebook.run(f"%sfdag {verb.format('nosuch')}")
    assert raised.value.hint == "%sfdag graphs"
    with pytest.raises(InputError, match="did you mean 'fixit'") as raised:
        notebook.run(f"%sfdag {verb.format('fixt')}")
    assert raised.value.hint == "%sfdag status -g fixit"


@pytest.mark.parametrize("verb", ["runs", "logs", "stop"])
@pytest.mark.parametrize("target", ["embedded", "prod"])
def test_what_is_not_deployed_is_not_to_be_run(notebook, verb, target):
    with pytest.raises(InputError, match="not deployed") as raised:
        notebook.run(f"%sfdag {verb} -t {target}")
    assert raised.value.hint.startswith("%sfdag graphs")
    assert "sfdag run" not in raised.value.hint


def test_a_graph_whose_cells_were_not_run_is_told_by_what_is_deployed(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag deploy --yes")
    restarted(notebook)
    assert notebook.run("%sfdag graph g") == "graph g: no tasks loaded here yet\n"
    notebook.run("%sfdag target use prod")
    notebook.run("x = %sfdag graphs")
    assert notebook.run("%sfdag graph other") == "graph other: no tasks yet\n"
    assert notebook.run("%sfdag graph g").startswith("graph g: 2 deployed, none loaded here")
    two_tasks(notebook)
    assert notebook.run("%sfdag graph g").startswith("graph g: 2 tasks")
