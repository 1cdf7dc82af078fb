"""Verbs that people guess are answered with the one that does it, and those of later do it."""

import pytest

from sfdag_magics.errors import InputError
from sfdag_magics.magics.verbs.all_verbs import _MEANT, _NEEDED, VERBS, verb_named


@pytest.mark.parametrize(
    ("guessed", "verb"),
    [
        ("rm", "forget"),
        ("remove", "forget"),
        ("delete", "drop"),
        ("cancel", "stop"),
        ("diff", "plan"),
        ("history", "runs"),
        ("Cancel", "stop"),
        ("info", "status"),
        ("ls", "graphs"),
        ("list", "graphs"),
        ("log", "logs"),
        ("start", "run"),
        ("kill", "stop"),
        ("restart", "retry"),
        ("describe", "show"),
        ("about", "version"),
        ("usage", "help"),
    ],
)
def test_a_guess_is_answered_with_what_does_it_and_an_example(guessed, verb):
    with pytest.raises(InputError, match=f"no verb '{guessed}'; {verb} ") as raised:
        verb_named(guessed)
    assert raised.value.hint == f"%sfdag {verb}{' NAME' if verb == 'forget' else ''}"


@pytest.mark.parametrize("guessed", sorted(_MEANT))
def test_a_guess_names_nothing_that_may_not_be_there(guessed):
    with pytest.raises(InputError) as raised:
        verb_named(guessed)
    verb = _MEANT[guessed]
    rest = _NEEDED.get(guessed, _NEEDED.get(verb, ""))
    assert raised.value.hint == f"%sfdag {verb} {rest}".rstrip()


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("rm load", "%sfdag forget load"),
        ("tail load -f", "%sfdag logs load -f"),
        ("start --set 'a=b c'", "%sfdag run --set 'a=b c'"),
        ("schedule '1 day'", '%sfdag graph --schedule "0 5 * * * UTC"'),
        ("delete mortgage", "%sfdag drop mortgage"),
        ("create mortgage", "%sfdag graph mortgage"),
        ("config --set rows=5", "%sfdag graph --set rows=5"),
        ("start engine", "%sfdag run"),
        ("set rows=5", "%sfdag graph --set KEY=VALUE"),
        ("man run", "%sfdag help run"),
    ],
)
def test_a_guess_is_answered_with_the_words_that_were_typed(notebook, typed, hint):
    with pytest.raises(InputError) as raised:
        notebook.run(f"%sfdag {typed}")
    assert raised.value.hint == hint


def test_no_guess_is_a_verb_already():
    assert not set(_MEANT) & set(VERBS)


def test_what_is_nearly_a_verb_is_offered_it():
    with pytest.raises(InputError, match="did you mean status"):
        verb_named("statsu")


def deployed(notebook):
    notebook.run("%sfdag graph g --schedule '1 day'")
    notebook.run("%%sftask a --sql\nselect 1\n")
    notebook.run("%sfdag deploy --yes")


def test_a_graph_is_suspended_resumed_and_dropped_by_its_verbs(notebook):
    deployed(notebook)
    assert notebook.run("%sfdag suspend").startswith("suspended: graph g ")
    assert notebook.run("%sfdag resume").startswith("resumed: graph g ")
    with pytest.raises(InputError, match="drop graph g with 1 task ") as raised:
        notebook.run("%sfdag drop")
    assert raised.value.hint == "%sfdag drop --yes"
    assert notebook.fake.tasks
    assert notebook.run("%sfdag drop --yes").startswith("dropped: graph g, 1 task, ")
    assert notebook.fake.tasks == {}
    notebook.run("%sfdag deploy --yes")
    assert set(notebook.fake.tasks) == {"G", "G$A"}


@pytest.mark.parametrize("verb", ["suspend", "resume", "drop"])
def test_what_is_not_deployed_is_said_not_to_be(notebook, verb):
    notebook.run("%sfdag graph g")
    notebook.run("%%sftask a --sql\nselect 1\n")
    with pytest.raises(InputError, match="'g' is not deployed"):
        notebook.run(f"%sfdag {verb}")
