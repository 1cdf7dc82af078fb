"""What the buttons of a view do and ask: what the verbs do and ask, in the same words."""

from __future__ import annotations

import pytest

from sfdag_magics.client.observing.questions import Question
from sfdag_magics.client.running.runs import Run
from sfdag_magics.errors import InputError, RunFailedError
from sfdag_magics.magics.showing.views import _actions
from sfdag_magics.widget.held.actions import Talk
from tests.client.fake_snowflake import FakeSnowflake
from tests.client.told import GRAPH, going
from tests.magics.scenes import person, two_tasks


class Page:
    """Somebody at a page who answers every question with the same text."""

    def __init__(self, answer):
        self.answer = answer
        self.asked: list[Question] = []
        self.said: list[str] = []

    @property
    def talk(self):
        return Talk(say=self.said.append, agrees=self.agrees)

    def agrees(self, question):
        self.asked.append(question)
        return question.agrees(self.answer)


def actions_on(notebook, target):
    return _actions(notebook.magics.desk, notebook.graph, None, target)


def failed_on_prod(notebook):
    two_tasks(notebook)
    notebook.run("%%sftask c --after b\ndef c(): return 1 / 0\n")
    notebook.fake.failing = {"G$C"}
    notebook.run("%sfdag deploy -t prod --production prod")
    with pytest.raises(RunFailedError):
        notebook.run("%sfdag run -t prod --production prod")
    notebook.run("%%sftask c --after b\ndef c(): return 1\n")
    return notebook.magics.desk.workspace.runs.find(notebook.graph, target="prod")


@pytest.mark.parametrize(
    ("edit", "code", "changed"),
    [
        ("%%sftask b --after a\ndef b(): return 2\n", ["b"], []),
        ("%%sftask b --after a --timeout 5m\ndef b(): return 1 / 0\n", ["b"], ["b"]),
        ("%%sftask b --after a\ndef b(rows=3): return 1 / 0\n", ["b"], []),
        ("%%sftask b\ndef b(): return 1 / 0\n", ["b"], ["b"]),
        ("%%sftask b --after nothing_there\ndef b(): return 1 / 0\n", ["b"], ["b"]),
        ("%sfdag graph g --timeout 5m", [], ["a", "b"]),
        ("%sfdag graph g --schedule 5m", [], []),
        ("%sfdag forget b", [], ["b"]),
    ],
)
@pytest.mark.parametrize("target", ["embedded", "prod"])
def test_a_retry_knows_before_which_edits_it_could_not_apply(notebook, edit, code, changed, target):
    """On the embedded engine it deploys an edit of the graph first; what is forgotten is gone."""
    notebook.run("%sfdag graph g")
    notebook.run("%%sftask a\ndef a(): return 1\n")
    notebook.run("%%sftask b --after a\ndef b(): return 1 / 0\n")
    notebook.fake.failing = {"G$B"}
    there = f"-t {target} --production {target}"
    notebook.run(f"%sfdag deploy --yes {there}")
    with pytest.raises(RunFailedError):
        notebook.run(f"%sfdag run {there}")
    notebook.run(edit)
    edited = actions_on(notebook, target).edited()
    applied = target == "embedded" and "forget" not in edit
    assert list(edited.code) == code
    assert (list(edited.altered), list(edited.in_graph)) == (
        (changed, []) if applied else ([], changed)
    )


def test_what_others_altered_is_known_once_it_was_read_for_something_else(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag deploy -t prod --production prod")
    edited = actions_on(notebook, "prod").edited
    statement = notebook.fake.tasks["G$B"]["statement"]
    object.__setattr__(statement, "condition", "1 = 1")
    assert edited().by_others == {}
    notebook.run("%sfdag plan -t prod")
    assert edited().by_others == {"b": ("when: – → 1 = 1",)}
    notebook.run("%sfdag deploy -t prod --production prod --replace")
    assert edited().by_others == {}


def asked_by_verb(notebook, monkeypatch, line):
    asked = person(monkeypatch, "no")
    notebook.run(line)
    monkeypatch.setenv("SFDAG_INTERACTIVE", "0")
    return [question.removesuffix(": ") for question in asked]


def test_where_a_task_stands_and_what_its_cell_was_is_known_as_long_as_it_is_a_task(notebook):
    notebook.run("%%sftask a --timeout \\\n20m\ndef a():\n    return 1\n")
    notebook.run("%%sftask b --sql\n-- one\nselect 1;\n")
    cell_of = actions_on(notebook, "embedded").cell_of
    assert cell_of("a") == ("Cell [1] a, line 3", "def a():\n    return 1\n")
    assert cell_of("b") == ("Cell [2] b, line 2", "-- one\nselect 1")
    assert cell_of("c") is None


def test_a_run_in_production_is_asked_for_as_by_the_verb(notebook, monkeypatch):
    two_tasks(notebook)
    page = Page("dev")
    assert actions_on(notebook, "prod").run(page.talk) is None
    assert [question.text for question in page.asked] == asked_by_verb(
        notebook, monkeypatch, "%sfdag run -t prod"
    )
    assert page.asked[0].instead == "%sfdag run -t prod --production prod"
    assert page.said == ["not started"]
    assert notebook.fake.tasks == {}


def test_who_types_the_name_gets_the_run(notebook):
    two_tasks(notebook)
    page = Page("prod")
    assert actions_on(notebook, "prod").run(page.talk) is not None
    assert "G$B" in notebook.fake.tasks


def test_elsewhere_a_run_is_not_asked_for(notebook):
    two_tasks(notebook)
    page = Page("")
    assert actions_on(notebook, "embedded").run(page.talk) is not None
    assert page.asked == []


def test_new_code_for_production_is_asked_for_as_by_the_verb(notebook, monkeypatch):
    run = failed_on_prod(notebook)
    page = Page("")
    assert actions_on(notebook, "prod").retry(run, page.talk) is None
    assert [question.text for question in page.asked] == asked_by_verb(
        notebook, monkeypatch, "%sfdag retry -t prod"
    )
    assert page.asked[0].instead == "%sfdag retry group-1 --production prod"
    assert page.said == ["not retried"]
    page = Page("prod")
    assert actions_on(notebook, "prod").retry(run, page.talk) is run
    assert page.said == ["new code: c · fake · DB.S"]


def test_ending_a_run_in_production_asks_for_its_name(notebook):
    fake = FakeSnowflake()
    going(fake)
    run = Run(fake, GRAPH, group_id="group-1")
    page = Page("")
    assert actions_on(notebook, "prod").stop(run, page.talk) is False
    assert [(each.name, each.instead) for each in page.asked] == [
        ("prod", "%sfdag stop group-1 --production prod")
    ]
    assert (fake.cancelled, page.said) == ([], ["not stopped"])


def test_a_button_names_what_is_edited_and_not_deployed_as_the_verb_does(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag deploy -t prod --production prod")
    notebook.fake.is_embedded, notebook.fake.warehouse = False, "WH"
    notebook.run("%%sftask b --sql --after a\nselect 3\n")
    page = Page("prod")
    actions_on(notebook, "prod").run(page.talk)
    assert page.said == ["runs what is deployed; edited and not deployed: b"]


def test_what_is_edited_otherwise_is_refused_before_anything_is_asked(notebook):
    run = failed_on_prod(notebook)
    notebook.fake.is_embedded, notebook.fake.warehouse = False, "WH"
    notebook.run("%%sftask c --after a\ndef c(): return 1\n")
    page = Page("prod")
    with pytest.raises(InputError, match="a retry runs c as it was"):
        actions_on(notebook, "prod").retry(run, page.talk)
    assert page.asked == []
