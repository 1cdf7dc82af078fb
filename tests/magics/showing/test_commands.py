"""The commands that a verb offers act on the graph and target that the verb acted on."""

import pytest

from sfdag_magics.errors import GraphError, InputError, Problem, RunFailedError
from sfdag_magics.magics.showing.commands import Elsewhere
from sfdag_magics.magics.verbs.all_verbs import VERBS
from sfdag_magics.magics.verbs.verb import ActsOn
from tests.magics.scenes import two_tasks

BOTH = Elsewhere(graph="other", target="prod")


@pytest.mark.parametrize(
    ("text", "completed"),
    [
        ("%sfdag status", "%sfdag status -g other -t prod"),
        ("(%sfdag stop ends it)", "(%sfdag stop -g other -t prod ends it)"),
        (
            "%sfdag why · then %sfdag retry",
            "%sfdag why -g other -t prod · then %sfdag retry -g other -t prod",
        ),
        ("%sfdag run -t prod --yes", "%sfdag run -g other -t prod --yes"),
        ("%sfdag forget NAME -g other", "%sfdag forget -t prod NAME -g other"),
        ("%sfdag graph --schedule '1 day'", "%sfdag graph -g other --schedule '1 day'"),
        ("%sfdag graph other", "%sfdag graph other"),
        ("%sfdag target use dev", "%sfdag target use dev"),
        (
            "%sfdag backfill START END --every '1 day'",
            "%sfdag backfill -g other -t prod START END --every '1 day'",
        ),
        ("%sfdag models churn", "%sfdag models -t prod churn"),
        ("%%sftask train", "%%sftask train"),
        ("%sfdag runs the others", "%sfdag runs -g other -t prod the others"),
    ],
)
def test_a_command_names_what_is_not_current(text, completed):
    assert BOTH.completed(text) == completed
    assert Elsewhere().completed(text) == text


def test_each_verb_that_acts_elsewhere_is_offered_with_where():
    # Files are read, rows are pulled from where `-t` says, and a session is whose cell asks.
    alone = {"import", "pull", "session", "version"}
    for name in VERBS.keys() - alone:
        acts = VERBS[name].acts_on
        said = BOTH.completed(f"%sfdag {name} --x")
        assert ("-g other" in said, "-t prod" in said) == (
            ActsOn.GRAPH in acts,
            ActsOn.TARGET in acts,
        )


def test_a_target_of_several_words_is_one_word_of_a_command():
    elsewhere = Elsewhere(target="the lab's")
    assert elsewhere.completed("%sfdag status") == '%sfdag status -t "the lab\'s"'


def test_the_hints_of_all_problems_are_completed():
    problem = Problem(task="a", message="twice", hint="%sfdag forget a, then deploy")
    error = GraphError("graph", problems=(problem,), hint="%sfdag validate")
    Elsewhere(target="prod").complete(error)
    assert error.hint == "%sfdag validate -t prod"
    assert error.problems[0].hint == "%sfdag forget -t prod a, then deploy"


def on_prod(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag deploy -t prod --production prod")


def test_what_a_run_elsewhere_offers_acts_there(notebook):
    on_prod(notebook)
    said = notebook.run("%sfdag run -t prod --no-wait --production prod")
    assert ": %sfdag status -t prod\n" in said
    notebook.fake.failing = {"G$B"}
    with pytest.raises(RunFailedError) as raised:
        notebook.run("%sfdag run -t prod --production prod")
    assert raised.value.hint.endswith("%sfdag retry -t prod")
    notebook.run("%sfdag target use prod")
    with pytest.raises(RunFailedError) as raised:
        notebook.run("%sfdag run -t prod --production prod")
    assert "-t" not in raised.value.hint


@pytest.mark.parametrize("verb", ["drop", "deploy --prune", "stop"])
def test_a_question_nobody_can_answer_names_where(notebook, verb):
    on_prod(notebook)
    notebook.run("%sfdag run -t prod --no-wait --production prod")
    notebook.run("%sfdag forget b")
    notebook.fake.graphs[-1]["STATE"] = "EXECUTING"
    with pytest.raises(InputError) as raised:
        notebook.run(f"%sfdag {verb} -t prod")
    assert " -t prod" in raised.value.hint


def test_another_graph_is_named_by_what_a_verb_offers(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag deploy --yes")
    notebook.run("%sfdag graph mine")
    for typed in ("-g g", "g"):
        with pytest.raises(InputError) as raised:
            notebook.run(f"%sfdag drop {typed}")
        assert raised.value.hint == "%sfdag drop -g g --yes"
    assert "%sfdag deploy -g g drops it" in notebook.run("%sfdag forget a -g g")
    notebook.run("%sfdag graph g")
    assert "no task is left: %sfdag drop takes" in notebook.run("%sfdag forget b -g G")
