"""What every verb does: explains itself, names what was typed wrong, asks only who is there."""

from io import StringIO

import pytest

from sfdag_magics.errors import InputError
from tests.magics.scenes import two_tasks


def test_help_leads_with_the_eight_of_every_day(notebook):
    lines = notebook.run("%sfdag help").splitlines()
    assert [line.split()[0] for line in lines[1:9]] == [
        "graph",
        "show",
        "run",
        "retry",
        "why",
        "logs",
        "deploy",
        "status",
    ]


@pytest.mark.parametrize("verb", ["graph", "target", "show", "validate", "deploy", "run", "status"])
def test_each_verb_explains_itself_with_an_example(notebook, verb):
    said = notebook.run(f"%sfdag {verb} -h")
    assert f"example:\n  %sfdag {verb}" in said
    assert notebook.run(f"%sfdag help {verb}") == said


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("%sfdag rnu", "%sfdag has no verb 'rnu'; did you mean run?"),
        ("%sfdag run --wiat", "%sfdag run has no option --wiat; did you mean --wait?"),
        ("%sfdag run -g nope", "there is no graph 'nope'"),
        ("%sfdag show --format png", "invalid choice: 'png'"),
        ("%sfdag graph g --timeout 5m --timeout 6m", "--timeout is given twice"),
        ("%sfdag run --wait --no-wait", "contradict"),
        ("%sfdag forget nope", "'nope' is not a task of graph"),
        ("%sfdag target use prd", "there is no target 'prd'; did you mean prod?"),
        ("%sfdag graph 1x", "graph name: '1x' is not an ASCII identifier"),
        ("%sfdag graph g --schedule never", "never"),
        ("%sfdag graph g --config nope", "the notebook has no variable of that name"),
        ("%sfdag graph g --config '[1]'", "--config is no object but list"),
    ],
)
def test_what_was_typed_wrong_is_named(notebook, line, message):
    with pytest.raises(InputError) as raised:
        notebook.run(line)
    assert message in str(raised.value)


def test_without_a_verb_the_graph_and_the_next_command_are_shown(notebook):
    assert "next: %%sftask above a function" in notebook.run("%sfdag")
    two_tasks(notebook)
    said = notebook.run("%sfdag # what now?")
    assert "g: 2 tasks, no run yet" in said
    assert "next: %sfdag run" in said
    notebook.run("run = %sfdag run --wait")
    assert "next: %sfdag runs" in notebook.run("%sfdag")


#: What is asked before it is done: a line, and how it is typed where nobody can answer.
ASKING = {
    "deploy": "%sfdag deploy --yes",
    "drop": "%sfdag drop --yes",
    "rollback": "%sfdag rollback 1 --yes",
    "backfill 2025-03-25 2025-03-26": "%sfdag backfill 2025-03-25 2025-03-26 --yes",
    "stop": "%sfdag stop group-1 --yes",
    "models fraud --promote v1": "%sfdag models DB.S.FRAUD --promote V1 --yes",
}


@pytest.fixture
def all_there(notebook):
    """A graph that was deployed twice and edited since, and a model."""
    notebook.run('%sfdag graph g --schedule "0 5 * * * UTC"')
    two_tasks(notebook)
    notebook.run("%sfdag deploy --yes")
    notebook.run("%%sftask b --sql --after a\nselect 'edited'\n")
    notebook.run("%sfdag deploy --yes")
    notebook.run("%%sftask b --sql --after a\nselect 'edited again'\n")
    notebook.fake.models.add("DB.S.FRAUD", V1={"f1": 0.5}, V2={"f1": 0.75})
    return notebook


@pytest.mark.parametrize("line", ASKING)
@pytest.mark.parametrize("end_of_input", [False, True])
def test_where_nobody_can_answer_nothing_is_done_and_the_word_for_it_is_said(
    all_there, line, end_of_input, monkeypatch
):
    if line == "stop":
        all_there.run("%sfdag run --no-wait --no-widget")
    if end_of_input:  # a person who ends the input instead
        monkeypatch.setenv("SFDAG_INTERACTIVE", "1")
        monkeypatch.setattr("sys.stdin", StringIO(""))
    before = changing(all_there.fake)
    with pytest.raises(InputError, match="nobody can answer") as raised:
        all_there.run(f"%sfdag {line}")
    assert raised.value.hint == ASKING[line]
    assert changing(all_there.fake) == before


def changing(fake):
    words = ("CREATE", "ALTER", "DROP", "EXECUTE", "PUT", "CALL", "REMOVE", "COMMENT")
    return [sql for sql in fake.statements if sql.upper().startswith(words)]
