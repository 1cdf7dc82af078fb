import functools
import inspect
import re
import runpy
import types

import pytest

from sfdag_magics.bundle import build
from sfdag_magics.errors import InputError
from sfdag_magics.graph.model import TaskGraph, TaskOptions
from sfdag_magics.workspace.decorator import TaskDecorator
from sfdag_magics.workspace.registry import Registry


@pytest.fixture
def registry():
    return Registry()


@pytest.fixture
def sftask(registry):
    return TaskDecorator(registry)


def test_a_decorated_function_is_a_task_and_stays_a_function(registry, sftask):
    @sftask(after=["split"], branch=True)
    def choose(split: dict) -> str:
        return "a"

    task = registry.current.task("choose")
    assert (task.after, task.branch) == (("split",), True)
    assert choose({}) == "a"


def test_the_decorator_needs_no_parentheses(registry, sftask):
    @sftask
    def plain():
        return 1

    assert "plain" in registry.current


def test_one_function_can_be_several_tasks(registry, sftask):
    def cleanup(session):
        return None

    for name in ("golden", "rest"):
        sftask(cleanup, name=f"cleanup_{name}", after=[name])
    assert [task.name for task in registry.current.tasks] == ["cleanup_golden", "cleanup_rest"]
    assert registry.current.task("cleanup_rest").source.name == "cleanup"


def test_the_source_is_shipped_without_the_decorator_and_with_true_lines(registry, sftask):
    @sftask(
        name="trained",
        after=["a"],
    )
    def train():
        return 1

    source = registry.current.task("trained").source
    lines = source.text.splitlines()
    assert lines[:4] == ["", "", "", ""]
    assert lines[4] == "def train():"
    assert source.first_line + 4 == train.__code__.co_firstlineno + 4
    assert source.cell == "test_decorator.py"


def test_a_graph_object_or_name_can_be_given(registry, sftask):
    graph = TaskGraph("mine")

    @sftask(graph=graph)
    def one(): ...

    @sftask(graph="other")
    def two(): ...

    assert "one" in graph
    assert "two" in registry.named("other")
    assert registry.current.tasks == ()


@pytest.mark.parametrize("wrong", [len, lambda: 1, "text"])
def test_what_has_no_source_is_an_error(sftask, wrong):
    with pytest.raises(InputError):
        sftask(wrong)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"tiemout": "5m"}, "deco: no option 'tiemout'; did you mean timeout?"),
        ({"timeout": "5x"}, "deco: timeout is a time such as '20m', or a timedelta, not '5x'"),
        ({"after": TaskDecorator}, "deco: after is a list of names, not the type TaskDecorator"),
    ],
)
def test_an_option_that_does_not_fit_is_refused_and_registers_nothing(
    registry, sftask, options, message
):
    def deco(session): ...

    with pytest.raises(InputError) as raised:
        sftask(**options)(deco)
    assert raised.value.message == message
    assert registry.current.tasks == ()


def test_a_function_of_a_notebook_cell_is_named_by_its_cell(notebook, sftask):
    notebook.names["sftask"] = TaskDecorator(notebook.registry)
    notebook.run("@sftask(after=['a'])\ndef train(session):\n    return 1\n")
    source = notebook.graph.task("train").source
    assert source.cell == "Cell [1]"
    assert source.text.splitlines()[1] == "def train(session):"


def test_cells_and_decorators_share_one_registry(notebook):
    notebook.names["sftask"] = TaskDecorator(notebook.registry)
    notebook.run("%%sftask\ndef a(): return 1\n")
    notebook.run("@sftask\ndef b(a): return a\n")
    assert notebook.graph.predecessors("b") == ("a",)


def test_help_shows_every_option_with_its_type_and_what_it_does(sftask):
    said, parameters = inspect.getdoc(sftask), inspect.signature(sftask).parameters
    assert list(parameters)[:3] == ["function", "name", "graph"]
    assert "after: 'Sequence[str]' = ..., " in str(inspect.signature(sftask))
    for option, kind in TaskOptions.__annotations__.items():
        assert re.search(rf"^ +{option}: \w", said, re.MULTILINE), option
        assert parameters[option].annotation == kind.__forward_arg__


FACTOR = 5


def of_a_call(rate):
    def train() -> float:
        return rate * FACTOR

    return train


def test_a_function_sees_what_it_encloses_of_the_call_that_made_it(registry, sftask):
    seen = []
    for rate in (2, 3):
        sftask(of_a_call(rate), name=f"train_{rate}")
        names = registry.current.task(f"train_{rate}").source.namespace()
        seen.append((names["rate"], names["FACTOR"]))
    assert seen == [(2, FACTOR), (3, FACTOR)]
    assert "rate" not in globals()


def test_what_a_function_encloses_is_as_it_is_when_it_ships(registry, sftask):
    rate = 2

    def train() -> float:
        return rate

    sftask(train)
    rate = 3
    assert registry.current.task("train").source.namespace()["rate"] == 3


def test_a_function_that_sets_what_it_encloses_is_refused(sftask):
    count = 0

    def train() -> int:
        nonlocal count
        count += 1
        return count

    with pytest.raises(InputError, match=r"train sets count of the call that made it"):
        sftask(train)


def test_what_is_enclosed_has_no_name_that_the_module_has_for_another_thing(registry, sftask):
    FACTOR = 4  # noqa: N806 - as the module has it

    def train() -> int:
        return FACTOR

    sftask(train)
    with pytest.raises(InputError, match="train encloses FACTOR, and its module has another"):
        registry.current.task("train").source.namespace()


def test_a_decorated_function_sees_the_names_of_where_it_was_written(registry, sftask):
    traced = types.FunctionType(tracing.__code__, {"wraps": functools.wraps}, "tracing")

    @sftask
    @traced
    def load():
        return SOMETHING

    source = registry.current.task("load").source
    assert source.namespace()["SOMETHING"] == 1
    assert source.cell == "test_decorator.py"


SOMETHING = 1


def tracing(function):
    @wraps(function)  # noqa: F821 - of the globals that the test gives it
    def inner(*values):
        return function(*values)

    return inner


def test_each_of_two_functions_of_one_name_is_its_own_task(registry, sftask, tmp_path):
    path = tmp_path / "nightly.py"
    path.write_text(
        "@sftask(name='a')\ndef run(x: int = 1):\n    return x + 1\n\n\n"
        "@sftask(name='b')\ndef run(a):\n    return a * 2\n"
    )
    runpy.run_path(str(path), {"sftask": sftask})
    first, second = build(registry.current).tasks
    shipped = [task.definitions[-1].text for task in (first, second)]
    assert shipped == ["def run(x: int = 1):\n    return x + 1", "def run(a):\n    return a * 2"]
    assert "'run' was defined again in nightly.py" in first.notes[0]
