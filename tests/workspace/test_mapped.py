"""`sftask.map`, `%%sftask --map`, and loops: what they put into a graph, and take out of it."""

import pytest

from sfdag_magics.bundle import build
from sfdag_magics.errors import InputError
from sfdag_magics.graph.maps import mapped_tasks
from sfdag_magics.graph.model import TaskGraph, python_task, sql_task, task_function
from sfdag_magics.workspace.decorator import TaskDecorator
from sfdag_magics.workspace.registry import Registry


@pytest.fixture
def registry():
    return Registry()


@pytest.fixture
def sftask(registry):
    return TaskDecorator(registry)


@pytest.fixture
def cells(notebook):
    notebook.names["sftask"] = TaskDecorator(notebook.registry)
    return notebook


def names(graph):
    return [task.name for task in graph.tasks]


def score(region: str) -> float:
    return len(region)


def test_a_map_leaves_the_function_as_it_is(registry, sftask):
    assert sftask.map(score, over=["de", "fr"]) is score
    assert sftask.map(over={"x": 1}, name="other")(score) is score
    assert names(registry.current) == ["score_1", "score_2", "other_x"]


def test_a_shorter_list_takes_out_what_the_map_made_before(registry, sftask):
    registry.current.add(sql_task("last", "select 1", after=["score"]))
    for over in ([1, 2, 3], [3], {"a": 1}):
        sftask.map(score, over=over)
    assert names(registry.current) == ["last", "score_a"]
    assert registry.current.predecessors("last") == ("score_a",)


def test_a_map_of_another_graph_stays(registry, sftask):
    one, two = TaskGraph("one"), TaskGraph("two")
    sftask.map(score, over=[1, 2], graph=one)
    sftask.map(score, over=[1], graph=two)
    assert (len(one.tasks), len(two.tasks)) == (2, 1)


def test_nothing_is_changed_where_an_element_does_not_fit(registry, sftask):
    sftask.map(score, over=[1, 2])
    with pytest.raises(InputError):
        sftask.map(score, over=[1, 2, (3,)])
    assert names(registry.current) == ["score_1", "score_2"]


def test_a_cell_maps_over_what_the_notebook_has(cells):
    with pytest.raises(InputError, match="--map REGIONS: the notebook has nothing of that name"):
        cells.run("%%sftask --map REGIONS\ndef score(region): return region")
    cells.run("REGIONS = ['de', 'fr', 'it']")
    said = cells.run("%%sftask --map REGIONS\ndef score(region: str) -> str: return region")
    assert said.startswith("✓ score (3 tasks: score_1 … score_3)  first · ")
    said = cells.run("%%sftask\ndef report(score: list[str]): ...")
    assert said.startswith("✓ report  after all of score · ")
    assert cells.graph.predecessors("report") == ("score_1", "score_2", "score_3")
    assert cells.names["score"]("x") == "x"
    said = cells.run("""%%sftask rated --map '{"de": 1}' --after score\ndef f(n: int): return n""")
    assert said.startswith("✓ rated (1 task: rated_de)  after all of score · ")


def test_a_map_of_a_list_that_was_changed_since_is_noted(cells):
    cells.run("REGIONS = ['de', 'fr']")
    cells.run("%%sftask --map REGIONS\ndef score(region: str) -> str: return region")
    notes = "'REGIONS' was changed after Cell [2] score ran: the tasks of score are of what it was"
    for change, is_noted in (
        ("", False),
        ("REGIONS.append('it')", True),
        ("REGIONS = {'de': 'de', 'fr': 'fr'}", True),
        ("REGIONS = 3", True),
        ("REGIONS = ('de', 'fr')", False),
        ("REGIONS = ['de', 'DE']", True),
        ("del REGIONS", False),
    ):
        cells.run(change)
        first, second = build(cells.graph).tasks
        assert [each.startswith(notes) for each in first.notes] == [True] * is_noted, change
        assert second.notes == ()


def test_a_cell_whose_task_becomes_a_map_has_the_map_alone(registry):
    source = task_function("def score(n): return n", cell="Cell [1]")
    registry.register(python_task(source), cell_id="c1", execution=1)
    for execution, over in ((2, [1, 2]), (3, [1])):
        tasks = mapped_tasks(source, over)
        done = registry.register_map(tasks, cell_id="c1", execution=execution)
        assert done[0].left_behind is None
        assert names(registry.current) == [f"score_{n}" for n in over]
    assert registry.left_behind(registry.current) == ()


def test_a_decorated_map_of_a_cell_ships_its_function_once_named(cells):
    cells.run("@sftask.map(over=[1, 2])\ndef score(n: int) -> int:\n    return n * 2")
    source = cells.graph.task("score_2").source
    assert source.text.splitlines()[0] == ""
    found = build(cells.graph)
    assert not found.problems
    assert found.hashes["score_1"] != found.hashes["score_2"]


SECRET = "ghp_" + "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8"


def test_an_element_that_looks_like_a_secret_does_not_ship(cells):
    cells.run(f"@sftask.map(over=[{{'api_key': '{SECRET}'}}])\ndef call(each: dict): ...")
    (problem,) = build(cells.graph).problems
    assert "looks like a secret" in str(problem)
    assert SECRET not in str(problem)
    cells.run(
        f"@sftask.map(over=[{{'api_key': '{SECRET}'}}], allow_secret=['each'])\n"
        "def call(each: dict): ..."
    )
    assert not build(cells.graph).problems


TWICE = "this line made a task of that name already"


@pytest.mark.parametrize(
    "text",
    [
        "for each in 'ab':\n    sftask(f)",
        "for each in 'ab':\n    sftask(f, name='same')",
        "for each in ('a', 'A'):\n    sftask(f, name=f'x_{each}')",
        "for each in 'ab':\n    sftask.map(f, over=[1, 2])",
        "def make():\n    sftask(f)\nfor each in 'ab':\n    make()",
        "[sftask(f) for each in 'ab']",
    ],
)
def test_a_loop_that_makes_one_name_twice_is_named(cells, text):
    cells.run("def f(n=1): return n")
    if "map" in text:
        cells.run("def f(n): return n")
    with pytest.raises(InputError, match=TWICE) as raised:
        cells.run(text)
    assert "sftask.map(f, over=[…]), which numbers them" in raised.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "for each in 'ab':\n    sftask(f, name=f'x_{each}')",
        "for g in ('one', 'two'):\n    sftask(f, graph=g)",
        "sftask(f)\nsftask(f)",
        "from sfdag_magics import TaskGraph as G\nfor g in 'ab': sftask(f, graph=G('same'))",
    ],
)
def test_what_is_meant_is_done_as_often_as_its_cell_is_run(cells, text):
    cells.run("def f(n=1): return n")
    for _ in range(3):
        cells.run(text)
    assert cells.graph.tasks or "graph" in text


def test_a_function_that_another_cell_calls_again_makes_its_tasks_anew(cells):
    cells.run("def f(): return 1\ndef make():\n    sftask(f)")
    for _ in range(2):
        cells.run("make()")
    assert names(cells.graph) == ["f"]


def test_a_cell_of_a_map_says_as_deployed_only_where_every_element_is(cells):
    workspace = cells.magics.desk.workspace
    cells.run("@sftask.map(over={'a': 1, 'b': 2})\ndef part(n): ...")
    workspace.shipped.note(cells.graph, None)
    said = []
    for over in ("{'a': 1, 'b': 2}", "{'a': 1, 'b': 3}", "{'a': 1}", "{'a': 1, 'b': 2, 'c': 3}"):
        cells.run(f"@sftask.map(over={over})\ndef part(n): ...")
        said.append(workspace.shipped.state_of(cells.graph, cells.graph.task("part_a")))
    edited = "edited after it was deployed"
    assert said == ["as deployed", edited, edited, edited]
