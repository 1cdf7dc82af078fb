"""A task that another kernel dropped, and an older notebook still has: making it again is asked."""

import pytest

from tests.magics.scenes import person, restarted, two_tasks

_AGAIN = "b, dropped there at 20"


@pytest.fixture
def dropped(notebook, cells):
    """This notebook deployed `b`, another kernel dropped it, and this kernel begins anew."""
    cells(notebook)
    notebook.run("%sfdag deploy --yes")
    notebook.run("%sfdag forget b")
    notebook.run("%sfdag deploy --yes")
    restarted(notebook)
    return notebook


def test_a_plan_says_what_is_made_again(dropped, cells):
    cells(dropped)
    said = dropped.run("%sfdag plan")
    assert f"! made again as it is here, which is older: {_AGAIN}" in said
    assert '"older_here": [\n    "b"\n  ]' in dropped.run("%sfdag plan --json")


def test_a_person_is_asked_before_it_is_made_again(dropped, cells, monkeypatch):
    cells(dropped)
    asked = person(monkeypatch, "n", "y")
    before = dropped.fake.statements[:]
    assert "not started" in dropped.run("%sfdag run --no-wait")
    assert not [s for s in dropped.fake.statements[len(before) :] if s.startswith("CREATE")]
    dropped.run("%sfdag run --no-wait")
    assert [each.partition(" at 20")[0] for each in asked] == ["make b, dropped there"] * 2
    assert asked[0].endswith(" UTC, again as this notebook has it, which is older? [y/N] ")


@pytest.mark.slow
def test_who_agreed_beforehand_is_told_so(dropped, cells):
    cells(dropped)
    assert f"note: what is older here made again {_AGAIN}" in dropped.run("%sfdag run --replace")
    restarted(dropped)
    cells(dropped)
    assert "older" not in dropped.run("%sfdag plan")


@pytest.mark.slow
def test_it_is_remembered_over_later_deploys(dropped, cells):
    for result in (5, 6):
        dropped.run("%sfdag graph g --timeout 20m" if result == 5 else "%sfdag graph g --config {}")
        dropped.run(f"%%sftask c --sql\nselect {result}\n")
        dropped.run("%sfdag deploy --yes")
        restarted(dropped)
    cells(dropped)
    assert f"which is older: {_AGAIN}" in dropped.run("%sfdag plan")


@pytest.mark.slow
def test_nobody_is_asked_about_a_new_task_of_the_same_name(dropped, cells, monkeypatch):
    asked = person(monkeypatch)
    if cells is two_tasks:
        cells(dropped)
        dropped.run("%%sftask b --sql --after a\nselect 7\n")
    else:
        cells(dropped, 7)
    dropped.run("%sfdag run --no-wait")
    assert asked == []


def test_who_makes_it_again_in_the_same_kernel_knows_it(notebook, cells, monkeypatch):
    cells(notebook)
    notebook.run("%sfdag deploy --yes")
    notebook.run("%sfdag forget b")
    notebook.run("%sfdag deploy --yes")
    asked = person(monkeypatch)
    cells(notebook)
    notebook.run("%sfdag run --no-wait")
    assert asked == []
