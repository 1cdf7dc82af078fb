"""A map: a task for each element of a list, and a task below that receives all they returned."""

import datetime as dt

import pytest

from sfdag_magics.errors import InputError
from sfdag_magics.graph.maps import mapped_tasks
from sfdag_magics.graph.model import ParameterKind, TaskGraph, python_task, sql_task, task_function

SCORE = "def score(region: str, load: int, *, rate: float = 1.0) -> float: return rate"


def source(text):
    return task_function(text, cell="Cell [1]")


def mapped(over, text=SCORE, **options):
    return mapped_tasks(source(text), over, **options)


def graph(*texts, over=("de", "fr"), **options):
    made = TaskGraph("g", tasks=mapped(list(over), **options))
    for text in texts:
        made.add(python_task(source(text)))
    return made


def test_the_elements_are_numbered_and_the_keys_of_a_dict_are_names():
    assert [task.name for task in mapped(["de", "fr"])] == ["score_1", "score_2"]
    named = mapped({"de": 1, "north_1": 2}, name="rated")
    assert [task.name for task in named] == ["rated_de", "rated_north_1"]
    assert {task.group for task in named} == {"rated"}
    assert mapped(["de"], group="other")[0].group == "other"


def test_the_first_parameter_that_is_no_session_and_no_context_receives_the_element():
    text = "def f(session, ctx: TaskContext, each, other, *, key): ..."
    (task,) = mapped([{"a": 'it\'s {x} "q" #\n'}], text)
    kinds = {each.name: each.kind for each in task.parameters}
    assert kinds["each"] is ParameterKind.GIVEN
    assert kinds["other"] is ParameterKind.VALUE
    assert task.element.text == '{"a": "it\'s {x} \\"q\\" #\\n"}'


def test_a_task_that_reads_the_map_comes_after_all_of_it():
    made = graph("def load(): return 1", "def report(score: list[float]): ...")
    assert made.maps == {"score": ("score_1", "score_2")}
    assert made.predecessors("report") == ("score_1", "score_2")
    assert made.predecessors("score_2") == ("load",)
    assert made.means("SCORE") == ("score_1", "score_2")
    assert made.validate() == ()


def test_after_a_map_is_after_all_of_it_and_the_order_is_that_of_the_list():
    made = graph("def load(): return 1", over=[f"r{n}" for n in range(12)])
    made.add(sql_task("last", "select 1", after=["score"]))
    made.add(made.forget("score_2"))  # its place in the graph is another now
    assert made.maps["score"] == tuple(f"score_{n}" for n in range(1, 13))
    assert set(made.predecessors("last")) == {*made.maps["score"]}


WRONG = {
    "an empty list": ([], "its list is empty"),
    "an empty dict": ({}, "its list is empty"),
    "a generator": ((n for n in "ab"), "list(…) of it: an iterator is empty once"),
    "a text": ("abc", "a list of texts"),
    "bytes": (b"abc", "a list or a dict, not a bytes"),
    "a set": ({1, 2}, "a set has no order, and results do: sorted(…)"),
    "None": (None, "a list or a dict, not"),
    "a number": (3, "a list or a dict, not 3"),
    "too many": (list(range(1000)), "1000 elements, and as many tasks would stand below one"),
    "a date": ([dt.date(2026, 1, 2)], "element 1 is a date, which JSON cannot carry"),
    "NaN": ([1, float("nan")], "element 2 is nan, which JSON cannot carry"),
    "a tuple": ([("a", 1)], "element 1 has a tuple, which would arrive as a list"),
    "a tuple inside": ([{"a": [(1,)]}], "element 1 has a tuple, which"),
    "numbers as keys": ([{1: 2}], "element 1 has the key 1, which would arrive as a text"),
    "half a character": (["\ud800"], "which JSON cannot carry"),
    "a function": ({"a": print}, "element 'a' is the builtin_function_or_method print"),
    "a key that is no text": ({1: 2}, "1 is a key of its dict, by which no task can be called"),
    "a key with a space": ({"a b": 2}, "'a b' ends no task's name"),
    "a key with a brace": ({"{a}": 2}, "'{a}' ends no task's name"),
    "keys that are one name": ({"a": 1, "A": 2}, "'a' and 'A', which are one name"),
    "a name too long": ({"x" * 300: 2}, "Snowflake's limit is 255"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_no_map_can_go_over_is_named(case):
    over, says = WRONG[case]
    with pytest.raises(InputError) as raised:
        mapped(over)
    assert says in f"{raised.value.message}\n{raised.value.hint}"


def test_a_list_that_holds_itself_is_named():
    itself = []
    itself.append(itself)
    with pytest.raises(InputError, match="element 1 is"):
        mapped([itself])


@pytest.mark.parametrize(
    ("text", "options", "says"),
    [
        ("def score(session, *, key): ...", {}, "no parameter takes an element"),
        ("def score(each=1): ...", {}, "no parameter takes an element"),
        (SCORE, {"finalizer": True}, "a graph has one finalizer"),
        (SCORE, {"name": "a b"}, "'a b' is not an ASCII identifier"),
        (SCORE, {"timeout": 5}, "timeout is a time"),
    ],
)
def test_a_function_or_an_option_that_does_not_fit_is_named(text, options, says):
    with pytest.raises(InputError) as raised:
        mapped(["de"], text, **options)
    assert says in str(raised.value)


def problems(made):
    return [f"{each}" for each in made.validate()]


def test_who_takes_all_results_as_one_value_is_named():
    made = graph("def load(): return 1", "def report(score: float): ...")
    (said,) = problems(made)
    assert "takes score as float, and receives the list of what the 2 tasks of that map" in said
    assert "def report(score: list[float]), or one of them by its name: score_1" in said


def test_a_parameter_may_be_one_of_the_tasks_of_a_map():
    made = graph("def load(): return 1", "def report(score_2: float): ...")
    assert (made.predecessors("report"), made.validate()) == (("score_2",), ())


def test_a_task_that_is_called_as_a_map_is_named():
    made = graph("def load(): return 1")
    made.add(sql_task("Score", "select 1"))
    (said,) = problems(made)
    assert "is a task, and a map of 2 tasks is called so" in said


def test_an_unknown_parameter_of_a_map_says_which_one_takes_the_element():
    said = problems(graph(over=["de"]))
    assert "parameter 'load' is not a task" in said[0]
    assert "the element goes to the first, 'region'" in said[0]
