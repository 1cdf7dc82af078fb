"""What ships is loaded before it is sent: what is otherwise there, or cannot be, is said."""

from __future__ import annotations

import re
import sys

import pytest
import requests

from sfdag_magics.bundle.checked.inside.ahead import Ahead
from sfdag_magics.bundle.checked.inside.copied import kept_in_copies
from sfdag_magics.bundle.checked.inside.fingerprint import fingerprint
from sfdag_magics.bundle.checked.loads import LoadCheck
from tests.bundle.notebook import Notebook


def said(check, cells, task):
    """The problems and the notes of a task that answers with an expression."""
    notebook = Notebook()
    for cell in cells:
        notebook.run(cell)
    notebook.task(f"def the_task():\n    return {task}")
    bundle = notebook.build(check)
    assert bool(bundle.archive) is not bool(bundle.problems)
    return [str(each) for each in bundle.problems], list(bundle.tasks[0].notes)


NAMED = "from collections import namedtuple\nN = namedtuple('N', 'a', defaults=[[1]])"
NESTED = "L = [1]\nT = {'a': L}"
EQUAL = "L = [1]\nT = {'a': [1]}"


@pytest.mark.parametrize(
    ("text", "cells", "task", "says"),
    [
        (
            NAMED,
            ["from {m} import N", "N().a.append(2)"],
            "N().a",
            r"N._field_defaults\['a'\]\[1\] is 2 in the notebook, and is not there once",
        ),
        (
            NAMED,
            ["from {m} import N as Row", "Row().a[0] = 7"],
            "Row().a",
            r"Row._field_defaults\['a'\]\[0\] is 7 in the notebook, and 1 once the task is loaded",
        ),
    ],
)
def test_what_is_another_value_there_is_refused(check, module, text, cells, task, says):
    name, _file = module(text)
    problems, _notes = said(check, [cell.format(m=name) for cell in cells], task.format(m=name))
    assert re.search(says, problems[0]), problems
    assert "the_task (Cell [3], line 1) uses" in problems[0]


@pytest.mark.parametrize(
    ("text", "cells", "task", "notes"),
    [
        (
            NESTED,
            ["from {m} import L, T", "T['a'] = T['a'][:]"],
            "L is T['a']",
            r"T\['a'\] is another thing than L in the notebook, and the very same once",
        ),
        (
            EQUAL,
            ["import {m}", "{m}.T['a'] = {m}.L"],
            "{m}.L is {m}.T['a']",
            r"T\['a'\] is the very same thing as \S+\.L in the notebook, and another once",
        ),
    ],
)
def test_what_is_one_thing_here_and_two_there_is_noted(check, module, text, cells, task, notes):
    name, _file = module(text)
    problems, found = said(check, [cell.format(m=name) for cell in cells], task.format(m=name))
    assert problems == []
    assert re.search(notes, "\n".join(found)), found


@pytest.mark.parametrize(
    ("text", "cells", "says"),
    [
        (
            "import sys\nV = sys.told_xq",
            ["import sys\nsys.told_xq = 1\nimport {m}\ndel sys.told_xq"],
            r"cannot be loaded where it runs: AttributeError: .*told_xq' \({m}\.py, line 2\)",
        ),
        (
            "import pathlib\nV = pathlib.Path('not_there_xq').read_text()",
            ["open('not_there_xq', 'w').close()\nimport {m}"],
            r"FileNotFoundError: .*not_there_xq' \({m}\.py, line 2\)\n.*stage",
        ),
        (
            "import sys\nif not hasattr(sys, 'told_xq'): sys.exit(3)",
            ["import sys\nsys.told_xq = 1\nimport {m}\ndel sys.told_xq"],
            r"SystemExit: 3 \({m}\.py, line 2\)",
        ),
    ],
)
def test_what_cannot_be_loaded_is_refused_with_its_line(
    check, module, tmp_path, monkeypatch, text, cells, says
):
    monkeypatch.chdir(tmp_path)
    name, _file = module(text)
    problems, _notes = said(check, [cell.format(m=name) for cell in cells], f"{name}.V")
    assert re.search(says.format(m=name), problems[0]), problems


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        (
            ["C = ['a']\nclass V:\n    for c in C: locals()[c] = 1", "C = None"],
            r"TypeError: .* not iterable \(Cell \[1\], line 3\)\n +run its cell again where a name",
        ),
        (
            [
                "C = {'a': ['k']}\nclass V:\n    for c in C['a']: locals()[c] = 1",
                "C = {'b': ['k']}",
            ],
            r"KeyError: 'a' \(Cell \[1\], line 3\)\n +run its cell again where a name",
        ),
    ],
)
def test_a_definition_that_fails_by_now_says_to_run_its_cell_again(check, cells, says):
    problems, _notes = said(check, cells, "V")
    assert re.search(says, problems[0]), problems


OBJECTS = "class K:\n    def __init__(s): s.v, s.t = 1, {'n': 1}\nk = K()\nj = K()"


@pytest.mark.parametrize(
    ("change", "task"),
    [
        ("import {m}\nn = 'k'\ngetattr({m}, n).v = 5", "k.v"),
        ("import {m}\nvars({m})['k'].v = 5", "k.v"),
        ("def go(all):\n    for each in all: each.t['n'] = 5\ngo([k])", "k.t"),
        ("import {m}\ndef go(m, n): getattr(m, n).t.update(n=7)\ngo({m}, 'k')", "k.t"),
    ],
)
def test_what_changed_in_a_way_that_nobody_can_follow_is_said(check, module, change, task):
    name, _file = module(OBJECTS)
    cells = [f"from {name} import k, j", change.format(m=name)]
    problems, _notes = said(check, cells, task)
    said_of_it = r"k\.(v|t\['n'\]) is [57] in the notebook, and 1 once the task is loaded"
    assert re.search(said_of_it, problems[0]), problems


ZONE = """
import datetime as dt
class Z(dt.tzinfo):
    def __init__(self, h): self.h = h
    def utcoffset(self, _): return dt.timedelta(hours=self.h)
z = Z({})
"""


def looked_at(thing, h):
    """What a process sees of a thing that holds an object of the user's."""
    names = {"__name__": "__main__"}
    exec(ZONE.format(h), names)  # noqa: S102 - ours
    return fingerprint({"t": eval(thing, names)}, frozenset())  # noqa: S307 - ours


@pytest.mark.parametrize(
    "thing", ["dt.datetime(2026, 1, 1, fold=1, tzinfo=z)", "dt.time(1, tzinfo=z)", "slice(z, 2)"]
)
def test_a_plain_thing_is_what_it_holds_and_not_how_python_shows_it(thing):
    assert looked_at(thing, 1) == looked_at(thing, 1)
    assert looked_at(thing, 1) != looked_at(thing, 2)


FLAGS = "import enum\nclass P(enum.{}):\n    R = 1\n    W = 2"
OBJECT = "import copy\nclass A:\n    def __init__(s): s.x = 1\na = A()"


@pytest.mark.parametrize(
    ("cells", "task"),
    [
        ([FLAGS.format("Flag"), "both, known = P.R | P.W, P(3)"], "P.R"),
        ([FLAGS.format("IntFlag"), "both = P.R | P.W"], "P.R"),
        ([OBJECT, "b = copy.deepcopy(a)"], "A().x"),
        ([OBJECT, "b = a.__reduce_ex__(2)"], "A().x"),
    ],
)
def test_what_python_keeps_with_classes_that_were_used_is_no_difference(check, cells, task):
    assert said(check, cells, task) == ([], [])


COUNT = "import itertools\nIDS = itertools.count()\ndef new(): return next(IDS)"
OF_A_CLASS = (
    "import itertools\nclass N:\n    ids = itertools.count()\ndef new(): return next(N.ids)"
)
OF_A_METHOD = (
    "import itertools\nfrom dataclasses import dataclass, field\n@dataclass\nclass N:\n"
    "    id: int = field(default_factory=itertools.count().__next__)\ndef new(): return N().id"
)
GENERATOR = (
    "def f():\n    n = 0\n    while True:\n        n += 1\n        yield n\nG = f()\n"
    "def new(): return next(G)"
)


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        (OF_A_METHOD, r"__self__ is an iterator count\(2\) in the notebook, and an .* count\(0\)"),
        (
            GENERATOR,
            r"G is an iterator of f, at \d+ in the notebook, and an .* of f, at \d+ once",
        ),
        (
            "I = iter([1, 2, 3])\ndef new():\n    for each in I: return each",
            r"I at\[0\] is 2 in the notebook, and 0 once the task is loaded",
        ),
        (
            "import itertools\nC = itertools.cycle('rgb')\ndef new(): return next(C)",
            r"C over\[0\] is an iterator .*\(\('rgb',\), 2\) in the notebook, and an .*, 0\) once",
        ),
    ],
)
def test_what_was_read_of_an_iterator_is_noted(check, module, text, notes):
    name, _file = module(text)
    problems, found = said(check, [f"from {name} import new", "new()\nnew()"], "new()")
    assert problems == []
    assert re.search(notes, "\n".join(found)), found


@pytest.mark.parametrize("text", [COUNT, OF_A_CLASS])
def test_a_counter_of_a_module_goes_on_where_it_is(check, module, text):
    name, _file = module(text)
    notebook = Notebook()
    notebook.run(f"from {name} import new\nnew(), new()")
    notebook.task("def the_task():\n    return new()")
    bundle = notebook.build(check)
    (captured,) = bundle.tasks
    assert (bundle.problems, captured.notes) == ((), ())
    assert "itertools.count(2)" in "\n".join(captured.assignments)


def test_of_an_iterator_that_the_import_reads_nothing_is_said(check, module):
    name, _file = module(f"{COUNT}\nA, B = new(), new()")
    assert said(check, [f"from {name} import new"], "new()") == ([], [])


@pytest.mark.parametrize(
    ("cell", "task"),
    [
        ("import sqlglot\ne = sqlglot.parse_one('select a from t')\nhash(e)", "e.sql()"),
        pytest.param(
            "from scipy import sparse\nd = sparse.dok_matrix((2, 2))\nd[0, 0] = 1",
            "d.nnz",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            "from sklearn.feature_extraction.text import CountVectorizer\n"
            "v = CountVectorizer(stop_words=['a']).fit(['a bb'])",
            "v.vocabulary_",
            marks=pytest.mark.slow,
        ),
        (
            "from pydantic import Field\nfrom pydantic.dataclasses import dataclass\n@dataclass\n"
            "class C:\n    b: list[int] = Field(default_factory=list)\nc = C([2])",
            "c.b",
        ),
    ],
)
def test_what_copies_of_a_library_do_without_is_no_difference(
    check, tmp_path, monkeypatch, cell, task
):
    monkeypatch.chdir(tmp_path)
    assert said(check, [cell], task) == ([], [])


def test_when_a_library_looked_at_a_file_is_no_difference(check, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    cells = ["import joblib\nmem = joblib.Memory('kept_xq', verbose=0)", "g = mem.cache(len)"]
    assert said(check, cells, "g([1])")[0] == []


def test_of_what_a_library_keeps_it_is_compared_what_copies_have():
    session = requests.Session()
    session.max_redirects = 3
    session.looked_at = 4
    kept = kept_in_copies(session, vars(session))
    assert kept["max_redirects"] == 3
    assert "looked_at" not in kept


def test_a_process_that_a_module_leaves_behind_is_not_waited_for(checker, module):
    name, _file = module(
        "import os, sys, time\nif not hasattr(sys, 'told_xq') and not os.fork():\n"
        "    time.sleep(30)\n    os._exit(0)"
    )
    cell = f"import sys\nsys.told_xq = 1\nimport {name}\ndel sys.told_xq"
    loaded = Counting(checker)
    problems, notes = said(LoadCheck(loaded), [cell], name)
    assert (problems, notes, loaded.asked) == ([], [], [["the_task"]])


class Counting:
    """Counts what is loaded."""

    def __init__(self, checker):
        self._checker = checker
        self.asked = []

    def load(self, request):
        self.asked.append(list(request["tasks"]))
        return self._checker.load(request)


def test_a_task_is_loaded_again_only_when_its_code_is_another(checker):
    counting = Counting(checker)
    check = LoadCheck(counting)
    notebook = Notebook()
    notebook.run("LR = [1]")
    notebook.task("def one():\n    return LR")
    notebook.task("def two():\n    return 2")
    assert notebook.build(check).problems == ()
    assert notebook.build(check).problems == ()
    assert counting.asked == [["one", "two"]]
    notebook.run("LR.append(2)")
    assert notebook.build(check).problems == ()
    assert counting.asked == [["one", "two"], ["one"]]


class OtherFirst:
    """Answers the first time as if something had been left there by another task."""

    def __init__(self, checker):
        self._checker = checker
        self._has_answered = False

    def load(self, request):
        answer = self._checker.load(request)
        if not self._has_answered:
            self._has_answered = True
            nodes = answer["the_task"]["nodes"]
            answer["the_task"]["nodes"] = [
                (kind, "another" if kind == "int" else said, *rest) for kind, said, *rest in nodes
            ]
        return answer


def test_what_is_otherwise_only_beside_other_tasks_is_not_said(checker):
    assert said(LoadCheck(OtherFirst(checker)), ["x = 1"], "x") == ([], [])


def test_a_task_that_does_not_load_in_time_is_said_not_to_be_compared(checker, module):
    name, _file = module("import sys, time\nif not hasattr(sys, 'told_xq'): time.sleep(60)")
    cell = f"import sys\nsys.told_xq = 1\nimport {name}\ndel sys.told_xq"
    problems, notes = said(LoadCheck(checker, limit_s=0.3), [cell], name)
    assert problems == []
    assert any("was not loaded here before it ships" in note for note in notes)


def test_what_a_task_prints_as_it_is_loaded_is_not_shown(check, module, capfd):
    name, _file = module("import os\nprint('loud')\nos.system('echo louder')")
    said(check, [f"import {name}"], name)
    shown = capfd.readouterr()
    assert (shown.out.count("loud"), shown.err) == (2, "")  # the notebook's own


def test_a_process_that_was_ended_is_started_again(checker, check):
    checker.close()
    assert said(check, ["x = 1"], "x") == ([], [])


def test_a_process_that_was_started_ahead_is_the_one_that_loads(checker, check):
    checker.close()
    checker.warm(["json"], list)
    checker._warming.join()
    ahead = checker._process
    assert said(check, ["x = 1"], "x") == ([], [])
    assert checker._process is ahead
    checker.close()
    assert ahead.returncode is not None


def test_what_cells_import_is_imported_ahead_also_behind_what_cannot_be(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    for name, text in (("ahead_a_xq", "1 / 0"), ("ahead_b_xq", ""), ("ahead_c_xq", "")):
        (tmp_path / f"{name}.py").write_text(text)
    ahead = Ahead()
    for names in (["ahead_a_xq", "ahead_b_xq"], [], ["ahead_c_xq"]):
        ahead.add(names)
    thread = ahead._thread
    if thread is not None:
        thread.join()
    there = {name for name in sys.modules if name.endswith("_xq") and name.startswith("ahead_")}
    ahead.close()
    assert there == {"ahead_b_xq", "ahead_c_xq"}


def test_what_was_not_imported_by_the_first_check_is_left(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "slow_xq.py").write_text("import time\ntime.sleep(0.1)")
    (tmp_path / "left_xq.py").write_text("")
    ahead = Ahead()
    ahead.add(["slow_xq", "left_xq"])
    ahead.close()
    assert "left_xq" not in sys.modules
