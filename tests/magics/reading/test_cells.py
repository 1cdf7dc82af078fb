import gc
import linecache
import sys
import traceback
import weakref

import pytest

from sfdag_magics.errors import GraphError, InputError

TRAIN = "%%sftask --after split\ndef train(session, rate: float = 0.1):\n    return rate\n"


def test_a_cell_becomes_a_task_and_defines_its_function(notebook):
    said = notebook.run("%%sftask\ndef split(session): return {}\n")
    assert said == "✓ split  first · ships with a deploy\n"
    assert notebook.run(TRAIN) == "✓ train  after split · ships with a deploy\n"
    assert notebook.names["train"](None) == 0.1
    assert [task.name for task in notebook.graph.tasks] == ["split", "train"]
    assert notebook.graph.name == "notebook"
    assert notebook.fake.statements == []


def test_running_a_cell_again_replaces_its_task(notebook):
    notebook.run("%%sftask a\ndef f(): return 1\n")
    notebook.run("%%sftask a --timeout 5m\ndef f(): return 2\n")
    (task,) = notebook.graph.tasks
    assert task.timeout.total_seconds() == 300


def test_a_value_parameter_names_the_task_it_reads(notebook):
    notebook.run("%%sftask\ndef setup(): return 1\n")
    said = notebook.run("%%sftask\ndef use(setup: int, later, session, *, key): ...\n")
    assert said == "✓ use  after setup, later (not defined yet) · ships with a deploy\n"


def test_all_options_reach_the_task(notebook):
    notebook.run(
        "%%sftask choose --after a, b --branch --when 1=1 --warehouse w --group g "
        "--packages numpy,pandas --comment 'two words' -g other\ndef f(): return 'x'\n"
    )
    task = notebook.registry.named("other").task("choose")
    assert (task.after, task.branch, task.when) == (("a", "b"), True, "1=1")
    assert (task.warehouse, task.group, task.comment) == ("w", "g", "two words")
    assert task.packages == ("numpy", "pandas")


def test_a_finalizer_says_so(notebook):
    said = notebook.run("%%sftask --finalizer --serverless small\ndef done(): ...\n")
    assert said == "✓ done  finalizer of the graph · ships with a deploy\n"
    assert notebook.graph.task("done").serverless == "SMALL"


def test_a_sql_cell_is_a_task_of_sql(notebook):
    notebook.run(
        "%%sftask load --sql --when SYSTEM$STREAM_HAS_DATA('S')\ninsert into t select 1;\n"
    )
    task = notebook.graph.task("load")
    assert task.body == "insert into t select 1"
    assert task.when == "SYSTEM$STREAM_HAS_DATA('S')"


def test_a_quoted_json_keeps_no_quotes_around_it(notebook):
    notebook.run("""%sfdag graph g --config '{"a": 1}'""")
    assert notebook.graph.options.config == {"a": 1}


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("%%sftask\nx = 1\n", "the cell has no function"),
        ("%%sftask\ndef f(:\n    pass\n", "the cell is not Python: "),
        ("%%sftask\nasync def f(): ...\n", "f is asynchronous"),
        ("%%sftask --sql\nselect 1\n", "a SQL cell has no function to take the task's name from"),
        ("%%sftask session\ndef f(): ...\n", "'session' is the name of a parameter"),
        ("%%sftask --afer a\ndef f(): ...\n", "no option --afer; did you mean --after?"),
        ("%%sftask a b\ndef f(): ...\n", "'b' is one word too many"),
        ("%%sftask\ndef f(*args): ...\n", "names no task and no config key"),
        ("%%sftask --branch --finalizer\ndef f(): ...\n", "a finalizer is no branch"),
    ],
)
def test_a_cell_that_is_no_task_is_an_error_and_registers_nothing(notebook, cell, message):
    with pytest.raises(InputError) as raised:
        notebook.run(cell)
    assert message in str(raised.value)
    assert notebook.graph.tasks == ()


def test_a_syntax_error_names_the_line_of_the_cell(notebook):
    with pytest.raises(InputError, match=r"Cell \[1\], line 3"):
        notebook.run("%%sftask \\\n   --timeout 5m\ndef f(:\n    pass\n")


def _lines_of(error, name):
    return [
        (frame.filename, frame.lineno, frame.line)
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.name == name
    ]


@pytest.mark.parametrize(
    ("cell", "line"),
    [
        ("%%sftask\ndef train():\n    raise ValueError('boom')\n", 3),
        ("%%sftask \\\n   --timeout 5m \\\n\ndef train():\n    raise ValueError('boom')\n", 5),
        ("\n\n%%sftask\ndef train():\n    raise ValueError('boom')\n", 5),
    ],
)
def test_a_traceback_names_the_cell_and_its_own_line(notebook, cell, line):
    notebook.run(cell)
    with pytest.raises(ValueError, match="boom") as raised:
        notebook.names["train"]()
    assert _lines_of(raised.value, "train") == [
        ("Cell [1] train", line, "raise ValueError('boom')")
    ]
    source = notebook.graph.task("train").source
    assert source.cell == "Cell [1] train"
    assert source.text.splitlines()[line - source.first_line] == "    raise ValueError('boom')"


@pytest.mark.slow
def test_registering_a_cell_fifty_times_leaks_no_module_and_no_text(notebook):
    cell = "%%sftask\ndef train():\n    return 1\n"
    notebook.run(cell)
    modules, texts = set(sys.modules), len(linecache.cache)
    first = weakref.ref(notebook.names["train"])
    for _ in range(50):
        notebook.run(cell)
    gc.collect()
    assert set(sys.modules) == modules
    assert len([name for name in linecache.cache if name.endswith(" train")]) == 1
    assert len(linecache.cache) <= texts + 60  # IPython keeps each cell's own text
    assert first() is None


def test_names_in_braces_and_dollars_arrive_as_they_were_typed(notebook):
    notebook.names["limit"] = 3
    notebook.run("%%sftask a --when \"x({limit}) = '$limit'\"\ndef f(): ...\n")
    assert notebook.graph.task("a").when == "x({limit}) = '$limit'"


def test_a_value_that_is_a_variable_as_a_whole_is_its_value(notebook):
    notebook.names["wh"] = "ML_WH"
    notebook.run("%%sftask a --warehouse {wh} --comment=$wh\ndef f(): ...\n")
    task = notebook.graph.task("a")
    assert (task.warehouse, task.comment) == ("ML_WH", "ML_WH")
    with pytest.raises(InputError, match="the notebook has no variable 'nope'"):
        notebook.run("%%sftask a --warehouse {nope}\ndef f(): ...\n")


@pytest.mark.parametrize("above", ["# a comment\n", "import os\n"])
def test_a_line_above_the_magic_is_an_error_that_says_what_to_do(notebook, above):
    with pytest.raises(InputError) as raised:
        notebook.run(f"{above}%%sftask train --after a\ndef train(a): return a\n")
    assert "%%sftask train --after a is not the first line of its cell" in str(raised.value)
    assert raised.value.hint.startswith("move what stands above it")


@pytest.mark.parametrize("cell", ["%%sftask train", "%%sftask train\n", "%sftask train"])
def test_a_cell_without_a_body_says_so(notebook, cell):
    with pytest.raises(InputError, match="%%sftask train has no cell below it") as raised:
        notebook.run(cell)
    assert raised.value.hint.endswith("%%sftask -h")


def test_a_cell_that_was_renamed_warns_of_the_task_it_leaves(notebook, monkeypatch):
    kernel = type("Kernel", (), {"get_parent": lambda self: {"metadata": {"cellId": "c1"}}})()
    notebook.shell.kernel = kernel
    notebook.run("%%sftask\ndef one(): ...\n")
    said = notebook.run("%%sftask\ndef two(): ...\n")
    assert "one was this cell's task before and is still in graph notebook" in said
    assert "%sfdag forget one" in said


def test_a_cell_says_which_other_task_it_replaces(notebook):
    kernel = type("Kernel", (), {"get_parent": lambda self: {"metadata": {"cellId": cell_id}}})()
    notebook.shell.kernel = kernel
    said = {}
    for cell_id, name in (("c1", "a"), ("c1", "a"), ("c2", "A"), ("c3", "A"), ("c3", "A")):
        said.setdefault(cell_id, []).append(notebook.run(f"%%sftask\ndef {name}(): ...\n"))
    assert said == {
        "c1": ["✓ a  first · ships with a deploy\n"] * 2,
        "c2": [
            "✓ A  first · ships with a deploy\n"
            "  it replaces a (Cell [2] a): A is the same name to Snowflake\n"
        ],
        "c3": [
            "✓ A  first · ships with a deploy\n"
            "  it replaces another cell's A (Cell [3] A): a graph has one task of a name\n",
            "✓ A  first · ships with a deploy\n",
        ],
    }


def test_another_spelling_is_told_where_the_front_end_names_no_cells(notebook):
    notebook.run("%%sftask load --sql\nselect 1\n")
    said = notebook.run("%%sftask LOAD --sql\nselect 2\n")
    assert "  it replaces load (Cell [1] load): LOAD is the same name to Snowflake\n" in said


def test_a_cell_stays_in_the_graph_it_was_first_run_in(notebook):
    kernel = type("Kernel", (), {"get_parent": lambda self: {"metadata": {"cellId": "c1"}}})()
    notebook.shell.kernel = kernel
    notebook.run("%sfdag graph first")
    kernel.__class__.get_parent = lambda self: {"metadata": {"cellId": "c2"}}
    notebook.run("%%sftask\ndef one(): ...\n")
    notebook.run("%sfdag graph second")
    notebook.run("%%sftask\ndef one(): ...\n")
    assert [len(graph.tasks) for graph in notebook.registry.graphs] == [1, 0]


def test_a_cell_shows_its_options_when_asked(notebook):
    for cell in ("%%sftask -h", "%%sftask -h\n", "# above\n%%sftask -h", "%sftask -h"):
        said = notebook.run(cell)
        assert "--finalizer" in said
        assert "example:" in said


def test_a_task_whose_cell_became_another_is_named_until_it_is_forgotten(notebook, monkeypatch):
    kernel = type("Kernel", (), {"get_parent": lambda self: {"metadata": {"cellId": "c1"}}})()
    monkeypatch.setattr(notebook.shell, "kernel", kernel, raising=False)
    notebook.run("%%sftask old --sql\nselect 1\n")
    notebook.run("%%sftask new --sql\nselect 1\n")
    said = "old is still in the graph, though its cell has become another task: %sfdag forget old"
    for verb in ("validate", "plan", "run"):
        assert said in notebook.run(f"x = %sfdag {verb}")
    notebook.run("%sfdag forget old")
    assert "still in the graph" not in notebook.run("x = %sfdag plan")


def test_a_cell_that_makes_tasks_in_a_loop_makes_them_all(notebook, monkeypatch):
    kernel = type("Kernel", (), {"get_parent": lambda self: {"metadata": {"cellId": "c1"}}})()
    monkeypatch.setattr(notebook.shell, "kernel", kernel, raising=False)
    loop = (
        "for name in {}:\n"
        "    get_ipython().run_cell_magic('sftask', f'{{name}} --sql', 'select 1')\n"
    )
    for _ in range(2):
        assert "was this cell's task before" not in notebook.run(loop.format(["a", "b", "c"]))
        assert "still in the graph" not in notebook.run("x = %sfdag plan")
    notebook.run(loop.format(["c", "d"]))
    said = notebook.run("x = %sfdag plan")
    assert "note: a, b are still in the graph, though their cells have become other tasks" in said


def test_a_cell_that_makes_no_task_is_told_until_it_does(notebook, monkeypatch):
    at = {"cellId": "c1"}
    kernel = type("Kernel", (), {"get_parent": lambda self: {"metadata": at}})()
    monkeypatch.setattr(notebook.shell, "kernel", kernel, raising=False)
    notebook.run("%sfdag graph g")
    with pytest.raises(InputError):
        notebook.run("%%sftask load --aftr x\ndef load(): ...\n")
    at["cellId"] = "c2"
    notebook.run("%%sftask\ndef train(load: int): ...\n")
    at["cellId"] = "c3"
    with pytest.raises(GraphError) as wrong:
        notebook.run("%sfdag validate")
    (problem,) = wrong.value.problems  # that train takes nothing yet follows from it
    assert problem.task == "load"
    assert problem.message.endswith("no option --aftr; did you mean --after? (Cell [2])")
    at["cellId"] = "c1"
    notebook.run("%%sftask load --sql\nselect 1\n")
    at["cellId"] = "c3"
    assert "nothing wrong" in notebook.run("%sfdag validate")
