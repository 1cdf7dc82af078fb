"""A task below a map receives the list of what its tasks returned, in their order."""

import datetime as dt
import logging

import pytest

from sfdag_magics.graph.maps import mapped_tasks
from tests.bundle.notebook import GraphRun, Notebook, Shipped

SCORE = "def score(region: str) -> {}: return region"
FLOATS = SCORE.format("float")


@pytest.fixture
def notebook():
    return Notebook()


@pytest.fixture
def run(notebook, tmp_path):
    """Runs a task below the map, or one of it, where the tasks of the map returned these."""

    def of(task, *values, states=()):
        bundle = notebook.build()
        bundle.check()
        keys = [f"MORTGAGE$SCORE_{n}" for n in range(1, len(values) + 1)]
        session = GraphRun(values=dict(zip(keys, values, strict=True)))
        session.states = dict(zip(keys, states, strict=False))
        return Shipped(bundle.archive, tmp_path).run(session, task), session

    return of


def mapped(notebook, over, text=FLOATS):
    for task in mapped_tasks(notebook.source(text), over):
        notebook.graph.add(task)


def test_each_task_gets_its_element_as_it_is_annotated(notebook, run):
    text = "import datetime as dt\ndef score(day: dt.date, *, n: int = 1) -> str:\n"
    mapped(notebook, ["2026-11-30", "2026-12-01"], f"{text}    return f'{{day:%A}}'")
    assert [run(f"score_{n}")[0] for n in (1, 2)] == ["Monday", "Tuesday"]


def test_quotes_braces_and_none_arrive_as_they_are(notebook, run):
    mapped(notebook, [None, {"a": 'it\'s {x} "q" \\ #\n'}], "def score(it): return repr(it)")
    assert run("score_1")[0] == "None"
    assert eval(run("score_2")[0]) == {"a": 'it\'s {x} "q" \\ #\n'}  # noqa: S307 - ours


def test_the_list_is_in_the_order_of_the_map_and_asked_for_at_once(notebook, run):
    mapped(notebook, [f"r{n}" for n in range(11)])
    notebook.task("def report(score: list[float]): return repr(score)")
    text, session = run("report", *(f"{n}.5" for n in range(11)))
    assert eval(text) == [n + 0.5 for n in range(11)]  # noqa: S307 - ours
    assert sum("predecessor_return_value" in asked for asked in session.asked) == 1


@pytest.mark.parametrize(
    ("returns", "takes", "value", "first"),
    [
        ("dt.date", "list", "2026-01-02", dt.date(2026, 1, 2)),
        ("dt.date", "list[dt.date]", "2026-01-02", dt.date(2026, 1, 2)),
        ("int", "list[float]", "3", 3.0),
        ("str", "list", "3", "3"),
        ("dict", "list", '{"a": 1}', {"a": 1}),
        ("dict", "list[dict] | None", '{"a": 1}', {"a": 1}),
    ],
)
def test_each_value_is_read_as_both_sides_say(notebook, run, returns, takes, value, first):
    notebook.run("import datetime as dt")
    mapped(notebook, ["a", "b"], SCORE.format(returns))
    notebook.task(f"def report(score: {takes}): return repr(score)")
    names = {"datetime": dt}
    assert eval(run("report", value, value)[0], names) == [first, first]  # noqa: S307 - ours


def test_what_gave_nothing_is_named_and_leaves_none_in_its_place(notebook, run, caplog):
    mapped(notebook, ["a", "b", "c"])
    notebook.task("def report(score: list[float | None]): return repr(score)")
    states = ("FAILED", "SUCCEEDED", "SKIPPED")
    with caplog.at_level(logging.WARNING, "sfdag"):
        assert run("report", None, "2", None, states=states)[0] == "[None, 2.0, None]"
    said = "2 of 3 tasks gave no value: score_1 (failed), score_3 (skipped)"
    assert said in caplog.text


@pytest.mark.parametrize("takes", ["list[float]", "list"])
def test_what_gave_nothing_is_an_error_where_none_is_not_taken(notebook, run, takes):
    mapped(notebook, ["a", "b"])
    notebook.task(f"def report(score: {takes}): return repr(score)")
    with pytest.raises(ValueError, match="1 of 2 tasks gave no value") as raised:
        run("report", "1", None, states=("SUCCEEDED", "SUCCEEDED"))
    assert "score_2 (returned None); score: list[float | None] takes None" in str(raised.value)


def test_a_value_that_does_not_fit_names_its_task(notebook, run):
    mapped(notebook, ["a", "b"], SCORE.format("float"))
    notebook.task("def report(score: list[float]): ...")
    with pytest.raises(ValueError, match="report: the return value of score_2 is 'x'"):
        run("report", "1", "x")


@pytest.mark.parametrize(
    ("returns", "takes", "says"),
    [
        ("str", "list[int]", "annotate both alike: def report(score: list[str])"),
        ("dict", "list[int]", "annotate both alike: def report(score: list[dict])"),
    ],
)
def test_values_that_would_arrive_as_something_else_are_problems(notebook, returns, takes, says):
    mapped(notebook, ["a"], SCORE.format(returns))
    notebook.task(f"def report(score: {takes}): ...")
    (problem,) = notebook.build().problems
    assert says in str(problem)


def test_values_that_nobody_annotates_are_noted(notebook):
    mapped(notebook, ["a"], "def score(region): return region")
    notebook.task("def report(score): ...")
    notes = notebook.build().tasks[-1].notes
    assert any("each of score arrives as text" in note for note in notes)


def test_another_list_is_other_code_of_who_reads_it_and_of_the_tasks_that_changed(notebook):
    def hashes(over):
        mapped(notebook, over)
        return notebook.build().hashes

    notebook.task("def report(score: list): ...")
    before, after = hashes(["a", "b"]), hashes(["a", "x", "c"])
    assert before["score_1"] == after["score_1"]
    assert before["score_2"] != after["score_2"]
    assert before["report"] != after["report"]
