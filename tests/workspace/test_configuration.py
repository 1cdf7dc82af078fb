"""Configuration as it is typed is held against what the tasks read, before anything is sent."""

import pytest

from sfdag_magics.errors import GraphError, InputError
from tests.magics.scenes import restarted


def with_a_cell(notebook):
    notebook.run(
        "%%sftask\n"
        "def train(*, learning_rate: float = 0.1, verbose: bool = False, day: str = ''):\n"
        "    return 1\n"
    )
    return notebook


@pytest.fixture
def configured(notebook):
    notebook.run("%sfdag graph g")
    return with_a_cell(notebook)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (
            "--set learning_rat=0.5",
            r"no task reads .*'learning_rat'\s+did you mean 'learning_rate'",
        ),
        ("--set learning_rate=abc", "'learning_rate' is \"abc\", which is not a number"),
        (
            "--set verbose=no",
            r"'verbose' is \"no\", which is neither true nor false\s+--set verbose=true",
        ),
        ("--config '{\"verbos\": true}'", "did you mean 'verbose'"),
    ],
)
def test_a_configuration_is_checked_before_anything_is_sent(configured, typed, told):
    with pytest.raises(InputError, match=told):
        configured.run(f"run = %sfdag run {typed}")
    with pytest.raises(InputError, match=told):
        configured.run(f"%sfdag graph g {typed}")
    assert not configured.graph.options.config


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (
            "--set learning_rat=0.5",
            r"no task reads .*'learning_rat'\s+did you mean 'learning_rate'",
        ),
        ("--set learning_rate=abc", "'learning_rate' is \"abc\", which is not a number"),
    ],
)
def test_a_configuration_of_before_the_cells_is_checked_with_them(notebook, typed, told):
    notebook.run(f"%sfdag graph g {typed}")
    configured = with_a_cell(notebook)
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


@pytest.mark.slow
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
    for line in ("deploy --yes", "run --set rate=0.5"):  # the latter is of one run alone
        with pytest.raises(
            GraphError, match=f"{note}, as the schedule's runs take what"
        ) as refused:
            notebook.run(f"%sfdag {line}")
        assert "sfdag run --set" not in str(refused.value)
    notebook.run("%sfdag graph g --set rate=0.5")
    notebook.run("%sfdag deploy --yes")
    restarted(notebook)
    notebook.run("%sfdag graph g")
    notebook.run("%%sftask\ndef train(*, rate: float):\n    return rate\n")
    notebook.run("%sfdag deploy --yes")


def test_a_key_that_a_task_not_loaded_may_read_is_only_noted(configured):
    configured.run("%%sftask\ndef asks(ctx):\n    return 1\n")
    configured.run("%%sftask other --sql\nselect 1\n")
    configured.run("%sfdag deploy --yes")
    restarted(configured)
    configured.run("%sfdag graph g")
    configured.run("%%sftask other --sql\nselect 1\n")
    said = configured.run("run = %sfdag run --set learning_rat=0.5")
    assert "note: no task declares the config key 'learning_rat'" in said
    assert "asks, which was not loaded here, may read it: it is passed unchecked" in said


@pytest.mark.parametrize("corrected", ["--set +learning_rat=0.5", "--config none"])
def test_a_key_of_the_graph_that_no_task_reads_is_mended_as_it_is_said(notebook, corrected):
    notebook.run("%sfdag graph g --set learning_rat=0.5")
    with_a_cell(notebook)
    with pytest.raises(GraphError) as raised:
        notebook.run("run = %sfdag run --set +learning_rat=0.5")
    (problem,) = raised.value.problems
    assert "%sfdag graph --set +learning_rat=… keeps it" in problem.hint
    assert "--config none takes all back" in problem.hint
    notebook.run(f"%sfdag graph {corrected}")
    notebook.run("run = %sfdag run")


def test_a_key_of_the_graph_that_a_later_cell_may_read_is_kept(configured):
    configured.run("%sfdag graph g --set window=3")
    assert configured.graph.options.config == {"window": 3}
