"""What is a frame, what its table is called, and what is said of one before anything runs."""

from json import dumps

import pandas as pd
import pytest
from snowflake.snowpark import DataFrame, Table

from sfdag_magics.bundle.passed_values import frame_of, frame_taken
from sfdag_magics.bundle.shipped.context import TaskContext
from sfdag_magics.bundle.shipped.frames import drop_of_run, frame_kind, read, table_name, written
from tests.bundle.notebook import GraphRun, Notebook

IMPORTS = "import pandas as pd\nfrom snowflake.snowpark import DataFrame\nOther = DataFrame"


@pytest.fixture
def notebook():
    made = Notebook()
    made.run(IMPORTS)
    return made


def context(**more):
    return TaskContext(GraphRun(**more), "train")


@pytest.mark.parametrize(
    ("kind", "is_"),
    [
        (DataFrame, "snowpark"),
        (Table, "snowpark"),
        (pd.DataFrame, "pandas"),
        (pd.Series, None),
        (str, None),
        (None, None),
        (list[DataFrame], None),
    ],
)
def test_of_which_library_an_annotation_is_a_frame(kind, is_):
    assert frame_kind(kind) == is_


class InRun:
    """A context in a run of a graph whose names are long."""

    def __init__(self, root, run):
        self.get_current_root_task_name = lambda: root
        self.get_current_task_graph_run_group_id = lambda: run


@pytest.mark.parametrize(
    ("root", "name"),
    [
        ("DB.S.G", "DB.S.G$LOAD$FRAME_0196_AB"),
        ('"d b"."s.x".G', '"d b"."s.x".G$LOAD$FRAME_0196_AB'),
        ("DB.S.G_SFDAG_BRIDGE", "DB.S.G$LOAD$FRAME_0196_AB"),
    ],
)
def test_a_table_is_called_by_its_graph_its_task_and_its_run(root, name):
    assert table_name("load", InRun(root, "0196-ab"), "g") == name


def test_a_long_name_keeps_its_run():
    name = table_name("x" * 250, InRun("DB.S.G", "0196-ab"), "g")
    assert (len(name.rpartition(".")[2]), name.endswith("$FRAME_0196_AB")) == (255, True)


def test_by_hand_there_is_no_run():
    assert table_name("load", TaskContext(GraphRun(inside=False)), "g") == "G$LOAD$FRAME_BY_HAND"


def test_what_is_no_frame_is_named():
    with pytest.raises(TypeError, match="load says that it returns a frame, and returned a list"):
        written("load", [1], GraphRun(), context(), "g")
    assert written("load", None, GraphRun(), context(), "g") is None


class Gone:
    def table(self, _name):
        class Frame:
            @property
            def schema(self):
                raise RuntimeError("Object 'X' does not exist or not authorized.")

        return Frame()


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("DB.S.G$LOAD$FRAME_01", "a run that succeeded dropped it"),
        ("DB.S.MINE", "it is not there"),
    ],
)
def test_a_table_that_is_no_more_says_what_to_run(name, says):
    with pytest.raises(LookupError, match=says) as raised:
        read("train", "load", name, "snowpark", Gone())
    assert "%sfdag run --from load" in str(raised.value)


class History:
    """Answers with the rows of run 01, and keeps what is dropped."""

    def __init__(self, *rows, continues=()):
        self.rows, self.dropped = rows, []
        self.config = dumps({"sfdag": {"bridge": {"continues": list(continues)}}})

    def sql(self, text, params=()):
        self.text = text
        return self

    def collect(self):
        if "task_history" in self.text:
            return self.rows
        if self.text.startswith("drop"):
            self.dropped.append(self.text.rpartition(" ")[2])
        return [(self.config if "config" in self.text else "01",)]


FRAME, BORROWED = "DB.S.G$LOAD$FRAME_01", "DB.S.G$LOAD$FRAME_00_AB"


@pytest.mark.parametrize(
    ("rows", "dropped"),
    [
        ([("A", "SUCCEEDED", FRAME), ("B", "SKIPPED", None)], [FRAME]),
        ([("A", "SUCCEEDED", FRAME), ("B", "FAILED", None)], []),
        ([("A", "SUCCEEDED", FRAME), ("B", "CANCELLED", None)], []),
        ([("A", "SUCCEEDED", FRAME), ("B", "FAILED", None), ("B", "SUCCEEDED", "x")], [FRAME]),
        ([("A", "SUCCEEDED", "MINE"), ("B", "SUCCEEDED", f"{FRAME}; drop table x")], []),
    ],
)
def test_a_finalizer_drops_the_tables_of_a_run_that_succeeded_and_no_other(rows, dropped):
    session = History(*rows)
    drop_of_run(session, TaskContext(session))
    assert session.dropped == dropped


@pytest.mark.parametrize(("continues", "dropped"), [((), [FRAME]), (("00-ab",), [BORROWED, FRAME])])
def test_of_another_run_only_the_tables_of_one_that_is_continued_go(continues, dropped):
    rows = [("A", "SUCCEEDED", BORROWED), ("B", "SUCCEEDED", FRAME)]
    session = History(*rows, continues=continues)
    drop_of_run(session, TaskContext(session))
    assert session.dropped == dropped


@pytest.mark.parametrize(
    ("returns", "takes", "is_"),
    [
        ("DataFrame", "DataFrame", "snowpark"),
        ("Other", "pd.DataFrame", "pandas"),
        ("pd.DataFrame | None", None, "pandas"),
        ("'DataFrame'", "str", None),
        ("str", "DataFrame", "snowpark"),
        ("list", "list[int]", None),
        (None, "DataFrame | None", "snowpark"),
    ],
)
def test_who_receives_a_frame(notebook, returns, takes, is_):
    notebook.task(f"def load(){f' -> {returns}' if returns else ''}: ...")
    said = f": {takes}" if takes else ""
    task = notebook.task(f"def train(load{said}): ...")
    assert frame_taken(notebook.graph, task, task.parameters[0]) == is_
    assert not notebook.build().problems


def test_a_frame_from_what_names_no_table_is_a_problem(notebook):
    notebook.task("def load() -> int: ...")
    notebook.task("def train(load: DataFrame): ...")
    (problem,) = notebook.build().problems
    assert "takes load as DataFrame, and load returns int, which names no table" in str(problem)


def test_a_frame_as_another_type_is_a_problem(notebook):
    notebook.task("def load() -> DataFrame: ...")
    notebook.task("def train(load: int): ...")
    (problem,) = notebook.build().problems
    assert "takes load as int, and load says that it returns DataFrame" in str(problem)


def test_without_a_finalizer_it_is_noted_that_the_tables_stay(notebook):
    task = notebook.task("def load() -> DataFrame: ...")
    assert frame_of(task, task.returns) == "snowpark"
    said = "each run leaves the table of the frame that it returns"
    assert said in str(notebook.build().tasks[0].notes)
    notebook.task("def clean(): ...", finalizer=True)
    assert said not in str(notebook.build().tasks[0].notes)
