"""A graph that was dropped as a whole, and an older notebook that makes its tasks again."""

import pytest

from tests.magics.scenes import person, restarted


@pytest.fixture
def dropped(notebook, cells):
    """This notebook deployed the graph, another kernel dropped it, and this kernel begins anew."""
    cells(notebook)
    notebook.run("%sfdag deploy --yes")
    notebook.run("%sfdag drop --yes")
    restarted(notebook)
    return notebook


def test_a_person_is_asked_before_it_is_made_again(dropped, cells, monkeypatch):
    cells(dropped)
    asked = person(monkeypatch, "n", "y")
    assert "not started" in dropped.run("%sfdag run --no-wait")
    assert dropped.fake.tasks == {}
    dropped.run("%sfdag run --no-wait")
    assert [each.partition(" at 20")[0] for each in asked] == ["make a, b, dropped there"] * 2
    restarted(dropped)
    cells(dropped)
    assert "older" not in dropped.run("%sfdag plan")


def test_who_agreed_beforehand_is_told_so(dropped, cells):
    cells(dropped)
    said = dropped.run("%sfdag run --replace")
    assert "note: what is older here made again a, b, dropped there at 20" in said


def test_new_work_under_the_old_names_is_not_asked_about(dropped, cells, monkeypatch):
    asked = person(monkeypatch)
    dropped.run("%sfdag graph g")
    dropped.run("%%sftask a --sql\nselect 17\n")
    dropped.run("%sfdag run --no-wait")
    assert asked == []


def test_what_is_not_made_again_with_the_graph_is_still_known(dropped, cells):
    dropped.run("%sfdag graph g")
    dropped.run("%%sftask a --sql\nselect 17\n")
    dropped.run("%sfdag deploy --yes")
    restarted(dropped)
    cells(dropped)
    assert "made again as it is here, which is older: b, dropped" in dropped.run("%sfdag plan")


def test_what_was_dropped_before_the_graph_is_still_known(notebook, cells):
    cells(notebook)
    notebook.run("%sfdag deploy --yes")
    notebook.run("%sfdag forget b")
    notebook.run("%sfdag deploy --yes")
    notebook.run("%sfdag drop --yes")
    restarted(notebook)
    cells(notebook)
    assert "which is older: a, b, dropped there at 20" in notebook.run("%sfdag plan")


def test_who_makes_it_again_in_the_same_kernel_knows_it(notebook, cells, monkeypatch):
    cells(notebook)
    notebook.run("%sfdag deploy --yes")
    notebook.run("%sfdag drop --yes")
    asked = person(monkeypatch)
    cells(notebook)
    notebook.run("%sfdag run --no-wait")
    assert asked == []


@pytest.mark.parametrize("content", [b"", b'{"G$A": [1, '])
def test_a_note_that_is_only_half_there_is_none(dropped, cells, content):
    (note,) = (name for name in dropped.fake.files if name.endswith("/dropped.json"))
    dropped.fake.files[note] = content
    cells(dropped)
    assert "older" not in dropped.run("%sfdag plan")
