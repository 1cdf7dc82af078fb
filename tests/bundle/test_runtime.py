"""An archive that was built, run as the graph's procedure runs it."""

from __future__ import annotations

import ast
import base64
import importlib.util
import itertools
import json
import logging
import pickle
import sys
import traceback
import types
from importlib.resources import files
from pathlib import Path

import pytest

import sfdag_magics
from sfdag_magics.bundle import shipped
from tests.bundle.notebook import GraphRun, Notebook, Shipped


@pytest.fixture
def notebook():
    return Notebook()


@pytest.fixture
def ship(notebook, tmp_path):
    def shipped():
        bundle = notebook.build()
        bundle.check()
        return Shipped(bundle.archive, tmp_path)

    return shipped


def test_a_task_gets_what_its_parameters_ask_for(notebook, ship):
    notebook.task("def split(session) -> dict: ...")
    notebook.run("import math\nOFFSET = 2\ndef double(x):\n    return x * OFFSET")
    notebook.task(
        "def train(session, split, ctx, *, rate: float = 0.5, label: str):\n"
        "    return {'rows': double(split['rows']), 'rate': rate, 'label': label,\n"
        "            'pi': math.floor(math.pi), 'task': ctx.get_current_task_short_name(),\n"
        "            'root': session.root}"
    )
    run = GraphRun(config='{"label": "fraud"}', values={"MORTGAGE$SPLIT": '{"rows": 10}'})
    text = ship().run(run, "TRAIN")
    assert json.loads(text) == {
        "rows": 20,
        "rate": 0.5,
        "label": "fraud",
        "pi": 3,
        "task": "TRAIN",
        "root": "DB.S.MORTGAGE",
    }
    assert run.returned == text


def test_the_same_code_runs_in_a_graph_of_another_name(notebook, ship):
    notebook.task("def split(session) -> int: ...")
    notebook.task("def train(split): return split + 1")
    run = GraphRun(root='"DB"."S"."BRIDGE_1"', values={"BRIDGE_1$SPLIT": "41"})
    assert ship().run(run, "train") == "42"


def test_no_value_is_set_for_none_and_nothing_asked_for_nothing(notebook, ship):
    notebook.task("def clean(session): session.sql('delete from t')")
    run = GraphRun()
    assert ship().run(run, "clean") is None
    assert run.returned is None
    assert run.asked == ["delete from t"]


def test_one_function_is_several_tasks(notebook, ship):
    notebook.task("def clean(session): return 'a'")
    notebook.task("def clean(session): return 'b'", "clean_b")
    shipped = ship()
    assert [shipped.run(GraphRun(), name) for name in ("clean", "clean_b")] == ["a", "b"]


def test_it_runs_by_hand_outside_a_graph_run(notebook, ship):
    notebook.task("def probe(session, *, rounds=3): return rounds")
    assert ship().run(GraphRun(inside=False), "probe") == "3"


def test_a_value_outside_a_graph_run_is_a_clear_error(notebook, ship):
    notebook.task("def split(session): ...")
    notebook.task("def train(split): ...")
    with pytest.raises(LookupError, match="only in a graph run"):
        ship().run(GraphRun(inside=False), "train")


def test_an_error_names_the_cell_and_the_line_and_shows_it(notebook, ship):
    notebook.run("# helpers\n\ndef ratio(a, b):\n    return a / b")
    notebook.task(
        "LIMIT = 1\n\ndef train(session):\n    rows = 0\n"
        "    return ratio(1, rows)  # the mistake\n",
        first_line=3,
    )
    shipped = ship()
    with pytest.raises(ZeroDivisionError) as caught:
        shipped.run(GraphRun(), "train")
    frames = traceback.extract_tb(caught.value.__traceback__)[-2:]
    assert [(f.filename, f.lineno, f.name) for f in frames] == [
        ("Cell [2]", 7, "train"),
        ("Cell [1]", 4, "ratio"),
    ]
    assert [frame.line for frame in frames] == [
        "return ratio(1, rows)  # the mistake",
        "return a / b",
    ]


def test_an_error_shows_the_line_of_a_function_that_stands_at_the_top_of_its_cell(notebook, ship):
    notebook.run(
        "def make(n):\n    def inc():\n        nonlocal n\n        n += 1\n        return 1 / n\n"
        "    return inc, lambda: n\ninc, get = make(-1)"
    )
    notebook.task("def train(session): return get(), inc()")
    with pytest.raises(ZeroDivisionError) as caught:
        ship().run(GraphRun(), "train")
    last = traceback.extract_tb(caught.value.__traceback__)[-1]
    assert (last.filename, last.lineno, last.line) == ("Cell [1]", 5, "return 1 / n")


def test_the_users_own_cause_is_kept(notebook, ship):
    notebook.task(
        "def train(session):\n    try:\n        {}['k']\n"
        "    except KeyError as error:\n        raise ValueError('bad') from error"
    )
    shipped = ship()
    with pytest.raises(ValueError, match="bad") as caught:
        shipped.run(GraphRun(), "train")
    assert isinstance(caught.value.__cause__, KeyError)


@pytest.mark.parametrize(
    ("body", "config", "message"),
    [
        ("def train(session): return {1: 'a'}", None, "has the key 1"),
        (
            "def train(session) -> int: return 'abc'",
            None,
            "train says that it returns int: the return value is 'abc' (str), not int",
        ),
        ("def train(session) -> int: ...", None, "is None (NoneType), not int"),
        ("def train(session): return 'x' * 20000", None, "write it to a table"),
        ("def train(session): return session", None, "GraphRun, which JSON cannot carry"),
        ("def train(*, rate: float): ...", "{}", "needs the config key 'rate'"),
        ("def train(*, rate: float): ...", '{"a": 1, "b": 2}', "has only a, b"),
        (
            "def train(*, rate: float): ...",
            '{"rate": "x"}',
            "train: config key rate is 'x' (str), not float",
        ),
    ],
)
def test_what_goes_wrong_is_told_before_anything_is_set(notebook, ship, body, config, message):
    notebook.task(body)
    run = GraphRun(config=config)
    shipped = ship()
    with pytest.raises((ValueError, TypeError, LookupError)) as caught:
        shipped.run(run, "train")
    assert message in str(caught.value)
    assert run.returned is None


def test_a_value_that_cannot_be_kept_is_blamed_on_the_cell(notebook, ship):
    notebook.task("def rows(session):\n    return 1")
    notebook.task("def train(session):\n    return object()")
    shipped = ship()
    with pytest.raises(TypeError, match="which JSON cannot carry") as caught:
        shipped.run(GraphRun(), "train")
    last = traceback.extract_tb(caught.value.__traceback__)[-1]
    shown = (last.filename, last.name, last.line)
    assert shown == ("Cell [2]", "train", "def train(session):")


def test_a_value_that_does_not_fit_names_both_tasks(notebook, ship):
    notebook.task("def split(session): ...")
    notebook.task("def train(split: dict): ...")
    shipped = ship()
    with pytest.raises(
        ValueError, match=r"train: the return value of split is 'abc' \(str\), not dict"
    ):
        shipped.run(GraphRun(values={"MORTGAGE$SPLIT": "abc"}), "train")


def test_an_ambiguous_value_stays_text_with_a_warning(notebook, ship, caplog):
    notebook.task("def day(session): ...")
    notebook.task("def train(day): return day")
    with caplog.at_level(logging.WARNING, logger="sfdag"):
        assert ship().run(GraphRun(values={"MORTGAGE$DAY": "20240105"}), "train") == "20240105"
    assert "train: the return value of day is kept as text" in caplog.text


def test_what_imports_took_before_a_function_began_is_told_where_that_is_long(
    notebook, ship, caplog, monkeypatch
):
    notebook.task("def train(session): ...")
    shipped = ship()
    monkeypatch.setattr("time.perf_counter", itertools.count(step=7).__next__)
    with caplog.at_level(logging.INFO, logger="sfdag"):
        shipped.run(GraphRun(), "train")
    assert "train: its imports took 7.0 s before its function began" in caplog.text


def branch(notebook, answer):
    notebook.task(f"def check(session): return {answer}", branch=True)
    notebook.task("def Promote(session): ...", after=["check"])
    notebook.task("def alert(session): ...", after=["check"])


def test_a_branch_answers_as_the_task_is_spelled(notebook, ship):
    branch(notebook, "'PROMOTE'")
    assert ship().run(GraphRun(), "check") == "Promote"


@pytest.mark.parametrize("answer", ["'promte'", "None", "['alert']", "'check'"])
def test_a_branch_that_answers_anything_else_fails(notebook, ship, answer):
    branch(notebook, answer)
    run = GraphRun()
    shipped = ship()
    with pytest.raises(ValueError, match="none of the tasks after it: Promote, alert"):
        shipped.run(run, "check")
    assert run.returned is None


def test_an_unknown_task_is_told_with_those_there_are(notebook, ship):
    notebook.task("def a(session): ...")
    with pytest.raises(LookupError, match=r"'b' has no code in what is deployed .* code of: a"):
        ship().run(GraphRun(), "b")


def test_dataclasses_futures_and_positional_only_parameters_work(notebook, ship):
    notebook.run(
        "from __future__ import annotations\nimport dataclasses\n"
        "@dataclasses.dataclass\nclass Row:\n    value: Undefined | int = 4"
    )
    notebook.task("def train(session, k=1, /, *, j=2): return [k, j, Row().value]")
    assert ship().run(GraphRun(config='{"j": 5}'), "train") == "[1, 5, 4]"


def test_what_a_task_pickles_can_be_read_where_the_archive_is_not(notebook, ship):
    notebook.run("import base64, cloudpickle\nFACTOR = 3\ndef triple(x): return x * FACTOR")
    notebook.task("def train(session): return base64.b64encode(cloudpickle.dumps(triple)).decode()")
    text = ship().run(GraphRun(), "train")
    assert not [name for name in sys.modules if name.startswith("sfdag_bundle")]
    assert pickle.loads(base64.b64decode(text))(2) == 6  # noqa: S301 - made one line above


def test_the_context_has_the_methods_of_snowflakes_own():
    spec = importlib.util.find_spec("snowflake.core")  # read, not imported: that takes seconds
    theirs = Path(spec.submodule_search_locations[0]) / "task" / "context.py"
    ours = files("sfdag_magics.bundle") / "shipped" / "context.py"
    assert len(methods(theirs)) > 10
    assert methods(theirs) <= methods(ours)


def methods(path):
    tree = ast.parse(path.read_text())
    (found,) = [node for node in tree.body if getattr(node, "name", "") == "TaskContext"]
    return {n.name for n in ast.walk(found) if isinstance(n, ast.FunctionDef) and n.name[0] != "_"}


SHIPPED = [*Path(shipped.__file__).parent.glob("*.py")]
SHARED = [Path(sfdag_magics.__file__).parent / name for name in ("cron_times.py", "run_slots.py")]


@pytest.mark.parametrize("path", sorted([*SHIPPED, *SHARED]), ids=lambda path: path.name)
def test_what_ships_is_python_3_9_and_needs_nothing(path):
    text = path.read_text()
    tree = ast.parse(text, feature_version=(3, 9))
    imported = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        and not (isinstance(node, ast.ImportFrom) and node.level)
    }
    assert not [module for module in imported if module.startswith(("sfdag", "snowflake"))]
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Match)]
    assert text.count("\n") <= 250


@pytest.mark.parametrize(
    ("task", "config", "told"),
    [
        ("def train(*, rate: float): return rate", '{"n": 1, "sfdag": {}}', "config has only n"),
        ("def train(*, rate: float): return rate", '{"sfdag": {}}', "config has no keys"),
        (
            "def train(*, n: int = 1): return n",
            '{"n": "abc"}',
            "config key n is 'abc' (str), not int",
        ),
        (
            "def train(split: int): return split",
            None,
            "the return value of split is 'x' (str), not int",
        ),
        ("def train(): return object()", None, "builtins.object, which JSON cannot carry"),
        ("def other(): return 1", None, "'train' has no code in what is deployed"),
    ],
)
def test_what_this_package_has_to_say_shows_the_tasks_place_and_no_frame_of_ours(
    notebook, ship, task, config, told
):
    notebook.task("def split(): ...")
    notebook.task(task)
    run = GraphRun(config=config, values={"MORTGAGE$SPLIT": "x"})
    shipped = ship()
    with pytest.raises((LookupError, TypeError, ValueError)) as raised:
        shipped.run(run, "train")
    shown = "".join(traceback.format_exception(raised.value))
    assert told in shown
    assert "sfdag_bundle/" not in shown
    assert "sfdag'" not in shown
    assert ("Cell [2]" in shown) == ("train" in task)


ENUMS = "import enum\nclass Mode(enum.Enum):\n    FAST = 'fast'\n    FULL = 'full'"


@pytest.mark.parametrize(
    ("config", "text"),
    [
        ({"mode": "full"}, "Mode.FULL"),
        ({"mode": "FULL"}, "Mode.FULL"),
        ({"mode": None}, "None"),
        ({}, "Mode.FAST"),
    ],
)
def test_a_config_key_that_is_an_enum_of_the_notebook_is_a_member(notebook, ship, config, text):
    notebook.run(ENUMS)
    notebook.task("def train(*, mode: Mode = Mode.FAST): return str(mode)")
    assert ship().run(GraphRun(config=json.dumps(config)), "TRAIN") == text


def test_what_is_no_member_is_named_with_those_there_are(notebook, ship):
    notebook.run(ENUMS)
    notebook.task("def train(*, mode: Mode): return str(mode)")
    with pytest.raises(ValueError, match="mode is 'ful', which is no Mode: 'fast', 'full'"):
        ship().run(GraphRun(config='{"mode": "ful"}'), "TRAIN")


def test_what_one_task_pickles_another_and_the_notebook_can_read(notebook, ship):
    notebook.run("import base64, pickle")
    notebook.run(
        "class Model:\n    def __init__(self, by): self.by = by\n"
        "    def of(self, x): return half(x) * self.by"
    )
    notebook.run("def half(x): return x / 2")
    notebook.task("def fit(session):\n    return base64.b64encode(pickle.dumps(Model(3))).decode()")
    notebook.task(
        "def score(session, fit: str):\n"
        "    model = pickle.loads(base64.b64decode(fit))\n"
        "    again = pickle.loads(pickle.dumps(model))\n"
        "    return [model.of(4), again.by, type(again) is type(model)]"
    )
    shipped = ship()
    text = shipped.run(GraphRun(), "fit")
    assert shipped.run(GraphRun(values={"MORTGAGE$FIT": text}), "score") == "[6.0, 3, true]"
    main = types.ModuleType("__main__")
    main.__dict__.update(notebook.names)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "__main__", main)
        assert pickle.loads(base64.b64decode(text)).of(2) == 3  # noqa: S301 - made above


def test_a_name_that_no_task_has_is_missing_there_as_well(notebook, ship):
    notebook.run("import pickle")
    notebook.task("def a(session): return pickle.loads(b'c__main__\\nNothing\\n.')")
    before = sys.modules["__main__"]
    with pytest.raises(AttributeError, match="Nothing"):
        ship().run(GraphRun(), "a")
    assert sys.modules["__main__"] is before
