"""Sessions that end, and those that the user brings: the next verb goes on, or says what to do."""

from types import SimpleNamespace

import pytest

from sfdag_magics.errors import ConnectError
from sfdag_magics.magics.places import Openers, Places
from tests.client.fake_snowflake import FakeSnowflake


def test_a_session_of_ours_that_has_ended_is_opened_anew_by_the_next_verb(notebook):
    place = notebook.magics.desk.workspace.places.place(None)
    place.backend = SimpleNamespace(has_ended=True)
    notebook.run("%%sftask a --sql\nselect 1\n")
    notebook.run("%sfdag plan")
    assert place.backend is notebook.fake


def test_a_brought_session_that_has_ended_says_how_to_bring_another():
    ended, fresh = FakeSnowflake(), FakeSnowflake()
    ended.has_ended = True
    places = Places(Openers(value=lambda value, name: value))
    places.use_value(ended, "mine")
    with pytest.raises(ConnectError, match="the session mine has ended") as raised:
        places.backend()
    assert raised.value.hint == "make a new Session mine, then: %sfdag target use mine"
    places.use_value(fresh, "mine")
    assert places.backend() is fresh


def test_a_variable_that_was_bound_anew_is_looked_at_again(notebook):
    first, second = FakeSnowflake(), FakeSnowflake()
    for bound in (first, second):
        notebook.names["mine"] = bound
        notebook.run("%sfdag target use mine")
        assert notebook.magics.desk.workspace.places.backend() is bound
