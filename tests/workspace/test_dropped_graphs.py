"""What can be seen of a graph that was dropped: its runs and their logs, while they are kept."""

import pytest

from sfdag_magics.errors import InputError
from tests.magics.scenes import failed_run, restarted


@pytest.fixture(params=["the kernel that dropped it", "a new kernel"])
def dropped(notebook, request):
    failed_run(notebook)
    notebook.run("%sfdag drop --yes")
    if request.param == "a new kernel":
        restarted(notebook)
    return notebook


def test_its_runs_are_listed_by_its_name(dropped):
    assert "group-1" in dropped.run("%sfdag runs -g g")


def test_its_logs_and_failures_are_told(dropped):
    told = dropped.run("%sfdag why -g g")
    assert "✕ b failed" in told
    assert "what it kept from running is not known, for the graph is gone" in told
    dropped.run("logged = %sfdag logs b -g g")
    assert dropped.names["logged"].task == "b"


@pytest.mark.parametrize("verb", ["status", "retry", "stop --yes", "suspend", "drop --yes"])
def test_what_acts_on_the_graph_says_that_it_is_gone(dropped, verb):
    with pytest.raises(InputError, match="graph 'g' is not deployed"):
        dropped.run(f"%sfdag {verb} -g g")


def test_a_graph_that_never_was_is_not_made_up(dropped):
    with pytest.raises(InputError, match="no graph 'h'"):
        dropped.run("%sfdag runs -g h")


def test_the_text_of_show_says_which_run_it_is_of(notebook):
    failed_run(notebook)
    first = notebook.run("%sfdag show --format text").splitlines()[0]
    assert first.startswith("run group-1 · ")
    assert " UTC" in first
    assert notebook.fake.place in first
