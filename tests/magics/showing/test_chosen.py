"""What is chosen in a view's sheets, and that the line beside the button does the same."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sfdag_magics.client.observing.proposals import Chosen, RetryCode
from sfdag_magics.client.parts.asked import Asked
from sfdag_magics.errors import InputError
from sfdag_magics.magics.reading.words import joined_line, split_words
from sfdag_magics.magics.showing.chosen import part_of, run_form
from sfdag_magics.magics.verbs.all_verbs import verb_named
from sfdag_magics.magics.verbs.verb import config_from
from sfdag_magics.widget.held.actions import Talk
from sfdag_magics.widget.messages import Ask
from sfdag_magics.widget.told.sheets import page_form, plan_mark
from sfdag_magics.workspace.parted.planning import Part
from tests.magics.scenes import two_tasks
from tests.magics.showing.test_view_actions import Page, actions_on, failed_on_prod
from tests.rows import thinned

READS = (
    "%%sftask\n"
    "def a(*, name: str = 'x', rows: int = 1, rate: float = 0.5, deep: bool = False, free=None):\n"
    "    return 1\n"
)


def reading(notebook):
    notebook.run("%sfdag graph g --set rate=0.6")
    notebook.run(READS)


def form(notebook, **typed):
    return run_form(notebook.magics.desk.workspace, notebook.graph, "embedded", typed, None)


def read(notebook, line):
    """The options of a line, read as the magic reads it; a word of the notebook is put in."""
    words = split_words(joined_line(line.removeprefix("%sfdag ")))
    words = notebook.magics.desk.notebook.with_variables(words)
    return verb_named(words[0], "").parser().read(words[1:])


TYPED = [
    "plain",
    "2026-06-27",
    "",
    " ",
    "two words",
    "it's",
    'say "so"',
    """it's "so" """,
    "$rows",
    "{rows}",
    "# no comment",
    "a # b",
    "ends;",
    "ends\\",
    "C:\\my dir\\",
    "-5",
    "--yes",
    "a=b",
    "a,b",
    "%sfdag stop --yes",
    " -g other -t prod ",
    "null",
    "'null'",
    '"null"',
    "true",
    "[1, 2]",
    '{"a": "b c"}',
    "\t",
    "é漢字\u202e",
    "<script>",
    "x" * 5000,
]


@pytest.mark.parametrize("key", ["name", "free"])
@pytest.mark.parametrize("text", thinned(TYPED))
def test_the_line_beside_the_button_gives_the_run_the_same(notebook, key, text):
    reading(notebook)
    notebook.names["rows"] = 7
    made = form(notebook, **{key: text})
    assert made.form.wrong == ()
    line = page_form(made, lambda said: said.replace("%sfdag run", "%sfdag run -g g -t embedded"))
    options = read(notebook, line["command"])
    assert (options.graph, options.target, options.production, options.yes) == (
        "g",
        "embedded",
        None,
        False,
    )
    config = config_from(options, notebook.magics.desk.notebook, notebook.graph.tasks)
    assert config == made.form.config


@pytest.mark.parametrize(
    ("text", "line"), [("0,7", "--set rate=0,7"), ("0.7", "--set rate=0.7"), ("0.6", "")]
)
def test_the_line_shows_what_was_typed_and_nothing_that_is_so_anyway(notebook, text, line):
    reading(notebook)
    assert form(notebook, rate=text).arguments == line


def test_every_command_of_a_button_is_a_line_of_the_magic(notebook):
    two_tasks(notebook)
    offered = actions_on(notebook, "embedded").told(lambda text: f"{text} -g g -t prod")
    assert set(offered["commands"]) == {
        *(Ask.RUN, Ask.RETRY, Ask.STOP, Ask.DEPLOY, Ask.SUSPEND, Ask.RESUME, Ask.CONNECT),
        Ask.FILL,
    }
    assert offered["place"] == "embedded engine"
    # Nothing that is typed only connects: the status starts what it asks.
    typed = {Ask.CONNECT: "status", Ask.FILL: "backfill"}
    for kind, line in offered["commands"].items():
        assert line.startswith(f"%sfdag {typed.get(kind, kind)}")
        assert (read(notebook, line).graph, read(notebook, line).target) == ("g", "prod")


def talk(page, **chosen):
    return Talk(say=page.said.append, agrees=page.agrees, chosen=Chosen(**chosen))


def test_a_run_is_started_with_what_was_typed_as_by_the_verb(notebook):
    reading(notebook)
    chosen = talk(Page(""), values={"rows": "3", "name": "a b"})
    by_button = actions_on(notebook, "embedded").run(chosen)
    notebook.run("by_verb = %sfdag run --set rows=3 --set name='a b'")
    assert by_button.snapshot.config == notebook.names["by_verb"].snapshot.config
    assert by_button.snapshot.config["rows"] == 3


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"rows": "many"}, "rows: “many” is not a whole number"),
        ({"nothing": "1"}, "no task reads the config key 'nothing'"),
        ({"name": "a\nb"}, "name: a value is one line of text"),
    ],
)
def test_what_a_page_sends_is_checked_again_when_the_run_is_started(notebook, values, why):
    reading(notebook)
    with pytest.raises(InputError, match=why):
        actions_on(notebook, "embedded").run(talk(Page(""), values=values))
    assert notebook.fake.tasks == {}


def test_the_question_of_production_names_the_line_with_what_was_typed(notebook):
    reading(notebook)
    page = Page("")
    assert actions_on(notebook, "prod").run(talk(page, values={"rows": "3"})) is None
    assert page.asked[0].instead == "%sfdag run -t prod --set rows=3 --production prod"


def test_what_a_run_does_first_with_edited_tasks_is_said_in_its_form(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag deploy --yes")
    assert form(notebook).note == ""
    assert form(notebook).runs == (("all 2 tasks", "no edit known here", "as deployed"),)
    notebook.run("%%sftask b --sql --after a\nselect 3\n")
    assert form(notebook).note == "1 task is edited and will be deployed first: b"
    assert form(notebook).runs == (
        ("b", "edited", "is deployed first"),
        ("the other 1", "no edit known here", "as deployed"),
    )


@pytest.mark.parametrize(
    ("option", "then"),
    [("", "when it has ended"), (" --overlap ALLOW_ALL_OVERLAP", "beside it")],
)
def test_the_form_says_that_a_run_is_going_which_the_view_need_not_show(
    notebook, monkeypatch, option, then
):
    two_tasks(notebook)
    notebook.run(f"%sfdag graph g{option}")
    workspace = notebook.magics.desk.workspace
    monkeypatch.setattr(workspace.places, "is_there", lambda _target: True)
    notebook.run("%sfdag run --no-wait")
    workspace.runs._glanced.clear()
    run_id = workspace.runs.known(notebook.graph, "embedded").snapshot.short_id
    asked = run_form(workspace, notebook.graph, "embedded", {}, None, whole=True)
    assert asked.going == f"run {run_id} is going: the new one begins {then}"
    assert form(notebook).going == ""  # nobody is asked with each letter


def test_a_form_says_what_the_targets_configuration_puts_over_the_cells(notebook, monkeypatch):
    reading(notebook)
    places = notebook.magics.desk.workspace.places
    prod = replace(places.target("prod"), config={"rows": 7, "rate": 0.1})
    monkeypatch.setattr(places, "target", lambda name=None: prod)
    made = run_form(notebook.magics.desk.workspace, notebook.graph, "prod", {}, None)
    said = {row.key: (row.base, row.of) for row in made.form.rows}
    assert said["rows"] == ("7", "target")
    assert said["rate"] == ("0.1", "target")
    assert said["name"] == ("x", "default")
    assert made.arguments == ""


@pytest.mark.parametrize(
    ("target", "runs"),
    [("embedded", "deployed first where it differs"), ("prod", "as deployed there")],
)
def test_of_what_was_not_deployed_from_here_no_form_says_that_it_is_deployed(
    notebook, target, runs
):
    two_tasks(notebook)
    made = run_form(notebook.magics.desk.workspace, notebook.graph, target, {}, None)
    assert made.runs == (("all 2 tasks", "not deployed from here yet", runs),)


def test_every_sheet_of_a_production_target_can_say_that_it_is_one(notebook):
    two_tasks(notebook)
    assert actions_on(notebook, "prod").place.endswith(" · production")
    assert "production" not in actions_on(notebook, "embedded").place


def test_a_deploy_carries_out_the_plan_that_was_looked_at(notebook):
    two_tasks(notebook)
    actions, page = actions_on(notebook, "embedded"), Page("")
    plan = actions.plan()
    notebook.run("%sfdag plan")
    assert str(plan) in notebook.output
    assert [(what, how) for what, how, _ in plan.by_task] == [
        ("graph g", "new"),
        ("a", "new"),
        ("b", "new"),
    ]
    assert actions.deploy(talk(page, plan=plan_mark(plan))) is True
    assert "G$B" in notebook.fake.tasks
    assert page.asked == []
    assert page.said[-1].startswith("deployed")
    assert actions.plan().is_empty


@pytest.mark.parametrize("mark", ["", "0" * 16, "of before"])
def test_another_plan_than_was_looked_at_is_not_carried_out(notebook, mark):
    two_tasks(notebook)
    actions = actions_on(notebook, "embedded")
    looked_at = plan_mark(actions.plan())
    notebook.run("%%sftask c --sql --after b\nselect 3\n")
    with pytest.raises(InputError, match="would change something else by now"):
        actions.deploy(talk(Page(""), plan=looked_at if mark == "of before" else mark))
    assert notebook.fake.tasks == {}


@pytest.mark.parametrize(("answer", "deploys"), [("prod", True), ("dev", False)])
def test_a_deploy_to_production_asks_for_its_name(notebook, answer, deploys):
    two_tasks(notebook)
    actions, page = actions_on(notebook, "prod"), Page(answer)
    assert actions.deploy(talk(page, plan=plan_mark(actions.plan()))) is deploys
    assert [(each.name, each.instead) for each in page.asked] == [
        ("prod", "%sfdag deploy --production prod")
    ]
    assert ("G$B" in notebook.fake.tasks) is deploys


@pytest.mark.parametrize(("answer", "is_off"), [("prod", True), ("", False)])
def test_the_schedule_is_turned_off_as_by_the_verb(notebook, answer, is_off):
    notebook.run("%sfdag graph g --schedule '0 5 * * * UTC'")
    notebook.run("%%sftask a --sql\nselect 1\n")
    notebook.run("%sfdag deploy -t prod --production prod")
    actions, page = actions_on(notebook, "prod"), Page(answer)
    assert (actions.schedule().text, actions.schedule().is_on) == ("USING CRON 0 5 * * * UTC", True)
    actions.suspend(talk(page))
    assert [each.instead for each in page.asked] == ["%sfdag suspend --production prod"]
    assert actions.schedule().is_on is not is_off
    assert (page.said[-1] == "nothing done") is not is_off
    if is_off:
        actions.resume(talk(page))
        assert actions.schedule().is_on


def test_a_graph_without_a_schedule_has_none_to_turn(notebook):
    two_tasks(notebook)
    actions = actions_on(notebook, "embedded")
    assert actions.schedule() is None
    notebook.run("%sfdag deploy --yes")
    assert actions.schedule() is None


def test_a_retry_with_the_code_that_is_deployed_asks_nothing_and_ships_nothing(notebook):
    run = failed_on_prod(notebook)
    page = Page("")
    assert actions_on(notebook, "prod").retry(run, talk(page, code=RetryCode.DEPLOYED)) is run
    assert (page.asked, page.said) == ([], [])


@pytest.mark.parametrize(
    ("chosen", "part"),
    [
        ("", Part()),
        ("only b", Part(asked=Asked(only=("b",)))),
        ("from b", Part(asked=Asked(start=("b",)))),
        ("to b", Part(asked=Asked(end=("b",)))),
        ("group to clean", Part(asked=Asked(group="to clean"))),
    ],
)
def test_a_tasks_menu_says_which_part_runs(chosen, part):
    assert part_of(chosen) == part


def test_a_part_that_is_none_is_refused():
    with pytest.raises(InputError, match="a run of no part of the graph: 'before b'"):
        part_of("before b")


def test_a_retry_of_a_whole_group_is_typed_by_its_name(notebook):
    run = failed_on_prod(notebook)
    notebook.run("%%sftask b --after a --group 'to clean'\ndef b(): return 1 / 0\n")
    way = actions_on(notebook, "prod").way(run, Chosen(again=("b",)))
    assert way.arguments == "--group 'to clean'"


def test_what_is_said_by_hand_is_shown_before_there_is_a_reason(notebook):
    run = failed_on_prod(notebook)
    way = actions_on(notebook, "prod").way(run, Chosen(done={"c": "7"}))
    assert way.problem.startswith("nobody says why c is not to run")
    assert way.arguments == "--mark-done c=7"
    assert (tuple(way.lineage.runs), tuple(way.lineage.by_hand)) == ((), ("c",))
