"""`plan`, `deploy` and `forget`: what they ask, change and leave alone."""

from dataclasses import replace

import pytest

from sfdag_magics.errors import ConnectError, InputError
from sfdag_magics.workspace.places import Places
from tests.magics.scenes import person, restarted, two_tasks


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


def test_production_asks_for_its_name_and_nothing_but_looking_happens_before(notebook, monkeypatch):
    two_tasks(notebook)
    asked = person(monkeypatch, "y", "prod")
    assert "not deployed" in notebook.run("%sfdag deploy -t prod")
    assert all(text.startswith(("SHOW", "LIST", "EXPLAIN")) for text in notebook.fake.statements)
    assert "deployed: 2 tasks" in notebook.run("%sfdag deploy -t prod")
    assert "type prod to deploy" in asked[0]


def test_a_wrong_name_for_production_is_refused_also_where_nothing_changes(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag deploy -t prod --production prod")
    with pytest.raises(InputError, match="--production dev: the target is prod"):
        notebook.run("%sfdag deploy -t prod --production dev --yes")
    assert "nothing changed" in notebook.run("%sfdag deploy -t prod")


def test_a_graph_that_was_not_made_here_is_not_taken_over_by_a_run(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag deploy --yes")
    for task in notebook.fake.tasks.values():
        properties = task["statement"].properties
        task["statement"] = replace(task["statement"], properties=replace(properties, comment=""))
    with pytest.raises(InputError, match=r"graph 'g' on fake .* was not made here"):
        notebook.run("%sfdag run")
    with pytest.raises(
        InputError, match="--yes does not agree to take over graph g on fake"
    ) as raised:
        notebook.run("%sfdag deploy --yes")
    assert "the same with --replace where that is meant" in raised.value.hint
    said = notebook.run("x = %sfdag deploy --yes --replace")
    assert "was not made here and is taken over" in said
    notebook.run("x = %sfdag run --no-wait")


def test_a_cell_says_whether_what_it_defines_is_deployed(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag deploy --yes")
    assert "· as deployed" in notebook.run("%%sftask a --sql\nselect 1\n")
    assert "· edited after it was deployed" in notebook.run("%%sftask a --sql\nselect 3\n")


def test_a_plan_names_a_task_once_whose_options_and_code_are_edited(notebook):
    notebook.run("%%sftask a\ndef a(): return 1\n")
    notebook.run("%sfdag deploy --yes")
    notebook.run("%%sftask a --timeout 5m\ndef a(): return 2\n")
    lines = notebook.run("%sfdag plan").split("\n")
    at = lines.index("  ~ a  changed")
    assert lines[at + 2] == "      code edited"
    assert sum(line.startswith("  ~ a ") for line in lines) == 1


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
    assert "b is no longer in graph g; where it is deployed" in notebook.run("%sfdag forget b")
    assert notebook.graph.tasks == ()


def test_plan_prints_statements_and_changes_nothing(notebook):
    two_tasks(notebook)
    assert "CREATE OR ALTER TASK DB.S.G$B" in notebook.run("%sfdag plan --sql")
    assert notebook.fake.tasks == {}


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
    assert (
        "? b  not loaded\n      cells not run here, tasks left as they are: a, b"
        in notebook.run("plan = %sfdag plan")
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


def test_a_plan_names_tasks_as_the_notebook_does(notebook):
    two_tasks(notebook)
    said = notebook.run("plan = %sfdag plan")
    assert "  + b  new\n      after a\n" in said
    assert "G$" not in said
    assert repr(notebook.names["plan"]) == "<plan: graph g, 3 changes>"


@pytest.mark.slow
@pytest.mark.parametrize("verb", ["plan", "run"])
def test_packages_that_change_alone_are_told(notebook, verb):
    cell = "%%sftask {options}\ndef a() -> int:\n    return 1\n"
    notebook.run("%sfdag graph g\n")
    notebook.run(cell.format(options=""))
    assert "packages:" not in notebook.run("%sfdag deploy --yes")
    notebook.run(cell.format(options="--packages tqdm"))
    assert "  packages: + tqdm" in notebook.run(f"said = %sfdag {verb}")
    notebook.run("%sfdag deploy --yes")
    notebook.run(cell.format(options=""))
    assert "  packages: - tqdm" in notebook.run(f"said = %sfdag {verb}")
    assert '"packages": [' in notebook.run("said = %sfdag plan --json")
