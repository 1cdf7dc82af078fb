"""Sessions that end, targets that are edited: the next verb goes on, or says what to do."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from sfdag_magics.client.connecting.targets import Target, read_targets
from sfdag_magics.errors import ConnectError, InputError
from sfdag_magics.workspace.places import Openers, Places
from tests.client.fake_snowflake import FakeSnowflake


def test_a_session_of_ours_that_has_ended_is_opened_anew_by_the_next_verb(notebook):
    place = notebook.magics.desk.workspace.places.place(None)
    place.backend = SimpleNamespace(has_ended=True, is_gone=False)
    notebook.run("%%sftask a --sql\nselect 1\n")
    notebook.run("%sfdag plan")
    assert place.backend is notebook.fake


def test_of_an_engine_that_was_reset_nothing_is_known_any_more(notebook):
    notebook.run("%%sftask a --sql\nselect 1\n")
    notebook.run("%sfdag run")
    place = notebook.magics.desk.workspace.places.place(None)
    assert place.shipped
    assert place.left
    place.backend = SimpleNamespace(has_ended=True, is_gone=True)
    notebook.fake.tasks.clear()
    assert "new" in notebook.run("%sfdag plan")
    assert (place.shipped, place.left, place.runs) == ({}, {}, {})


def test_a_brought_session_that_has_ended_says_how_to_bring_another():
    ended, fresh = FakeSnowflake(), FakeSnowflake()
    ended.has_ended = True
    places = Places(Openers(value=lambda value, name: value))
    places.use_value(ended, "mine")
    with pytest.raises(ConnectError, match="the session mine has ended") as raised:
        places.backend()
    assert raised.value.hint == "make a new Session mine, then: open_target(mine)"
    places.use_value(fresh, "mine")
    assert places.backend() is fresh


def test_a_variable_that_was_bound_anew_is_looked_at_again(notebook):
    first, second = FakeSnowflake(), FakeSnowflake()
    for bound in (first, second):
        notebook.names["mine"] = bound
        notebook.run("%sfdag target use mine")
        assert notebook.magics.desk.workspace.places.backend() is bound


@pytest.fixture
def edited(notebook, tmp_path, monkeypatch):
    """Write `sfdag.toml` beside the notebook, whose targets are those of the file."""
    monkeypatch.chdir(tmp_path)
    places = notebook.magics.desk.workspace.places
    places._openers = Openers(
        target=lambda target: FakeSnowflake(), targets=read_targets, is_running=lambda target: True
    )

    def write(settings):
        (tmp_path / "sfdag.toml").write_text(f'default = "dev"\n[target.dev]\n{settings}\n')
        return places

    return write


@pytest.mark.parametrize(
    ("settings", "is_another_session"),
    [
        ('database = "B"', True),
        ('database = "A"\nschema = "S"', True),
        ('database = "A"\nwarehouse = "WH"', True),
        ('database = "A"\nrole = "R"', True),
        ('database = "A"\nconnection = "company"', True),
        ('database = "A"\npath = "elsewhere"', True),
        ('database = "A"\nproduction = true', False),
        ('database = "A"\nstage = "CODE"', False),
        ('database = "A"\nconfig = { n = 2 }', False),
    ],
)
def test_a_target_whose_description_was_edited_is_used_as_it_is_described_now(
    edited, settings, is_another_session
):
    places = edited('database = "A"')
    before, first = places.place(None), places.backend()
    before.runs["g"] = before.shipped["g"] = {}  # whatever is known of it
    assert places.backend() is first
    edited(settings)
    assert places.target() == read_targets(Path.cwd()).named("dev") == places.place(None).target
    assert places.target() in places.known_targets()
    assert (places.backend() is not first) is is_another_session
    assert (places.place(None).runs == {}) is is_another_session
    assert not hasattr(first, "is_closed")  # a view may follow a run by it
    places.close()
    assert first.is_closed


def test_a_target_that_became_production_meanwhile_asks_for_its_name(edited, notebook):
    edited('database = "A"')
    notebook.run("%%sftask a --sql\nselect 1\n")
    notebook.run("%sfdag deploy --yes")
    edited('database = "A"\nproduction = true')
    with pytest.raises(InputError, match="this is production: type dev to run"):
        notebook.run("%sfdag run")


def test_a_file_that_is_no_longer_valid_is_noticed_by_the_next_verb(edited, notebook):
    edited('database = "A"')
    notebook.run("%%sftask a --sql\nselect 1\n")
    notebook.run("%sfdag plan -t dev")
    edited('databse = "A"')
    with pytest.raises(InputError, match="unknown key 'databse'"):
        notebook.run("%sfdag plan -t dev")


def test_a_session_that_was_brought_and_a_target_that_is_gone_stay_as_they_were(edited):
    places = edited('database = "A"')
    places.use("dev")
    first = places.backend()
    (Path.cwd() / "sfdag.toml").unlink()
    assert places.backend() is first
    places.use_target(Target(name="dev", database="MINE"))
    edited('database = "B"')
    assert places.target().database == "MINE"
