"""A kernel that was restarted with older code: it remembers no deploy, but the code was there."""

import pytest

from sfdag_magics.errors import InputError
from sfdag_magics.magics.kernel.notebook import Notebook
from tests.client.running_snowflake import RunningSnowflake
from tests.magics.scenes import person, restarted

NEWER = "b as deployed at 2026-11-23 00:00:00 UTC"
ASKED = f"replace {NEWER} by what this notebook has, which is older? [y/N] "


@pytest.fixture
def fake():
    return RunningSnowflake()


def cells(notebook, result):
    notebook.run("%sfdag graph g")
    notebook.run("%%sftask\ndef a(): return 1\n")
    notebook.run(f"%%sftask --after a\ndef b(): return {result}\n")


@pytest.fixture
def newer(notebook):
    """This notebook ran `b`, another deployed an edited one, and this kernel begins anew."""
    cells(notebook, 1)
    notebook.run("%sfdag run")
    restarted(notebook)
    cells(notebook, 2)
    notebook.run("%sfdag run")
    restarted(notebook)
    return notebook


def test_a_plan_says_that_older_code_would_replace_newer(newer):
    cells(newer, 1)
    said = newer.run("%sfdag plan")
    assert f"! replaced by what is here, which is older: {NEWER}" in said


def test_a_person_is_asked_before_older_code_replaces_newer(newer, monkeypatch):
    cells(newer, 1)
    asked = person(monkeypatch, "n", "y")
    assert "not started" in newer.run("%sfdag run")
    assert "deployed b" in newer.run("%sfdag run")
    assert asked == [ASKED, ASKED]


def test_where_nobody_can_be_asked_a_run_is_refused_as_a_deploy_is(newer):
    cells(newer, 1)
    with pytest.raises(InputError, match=f"nobody can answer: replace {NEWER}") as raised:
        newer.run("%sfdag run")
    assert str(raised.value.hint) == "the same with --replace"
    for line in ("%sfdag run --yes", "%sfdag deploy --yes"):
        with pytest.raises(InputError, match=f"--yes does not agree to replace {NEWER}"):
            newer.run(line)
    assert f"note: what is older here replaced {NEWER}" in newer.run("%sfdag run --replace")


def test_a_notebook_that_is_executed_passes_its_own_older_cells(newer, monkeypatch):
    monkeypatch.setattr(Notebook, "_request", lambda self: {"content": {"allow_stdin": False}})
    cells(newer, 1)
    assert f"note: what is older here replaced {NEWER}" in newer.run("%sfdag run --wait")


@pytest.mark.slow
@pytest.mark.parametrize("result", [2, 3])
def test_nobody_is_asked_after_a_restart_with_the_same_code_or_an_edit(newer, monkeypatch, result):
    asked = person(monkeypatch)
    cells(newer, result)
    assert "older" not in newer.run("%sfdag plan")
    newer.run("%sfdag run")
    assert asked == []


@pytest.mark.slow
def test_who_goes_back_in_the_same_kernel_knows_it(newer, monkeypatch):
    asked = person(monkeypatch)
    cells(newer, 3)
    newer.run("%sfdag run")
    cells(newer, 2)
    newer.run("%sfdag run")
    assert asked == []
