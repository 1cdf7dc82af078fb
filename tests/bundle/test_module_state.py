"""Modules beside the notebook: what is loaded is what ships, or it is said which name is not."""

from __future__ import annotations

import importlib
import itertools
import math
import re
import sys

import pytest

from sfdag_magics.bundle import capture
from sfdag_magics.bundle.load_times import LOADED
from tests.bundle.notebook import Notebook

COUNT = itertools.count()


@pytest.fixture
def module(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)  # as kernels have it

    def make(text):
        name = f"beside_{next(COUNT)}_xq"
        (tmp_path / f"{name}.py").write_text(text)
        importlib.invalidate_caches()
        return name, tmp_path / f"{name}.py"

    return make


def found(cells, task):
    notebook = Notebook()
    for cell in cells:
        notebook.run(cell)
    return capture("train", notebook.source(f"def train(session): return {task}"))


@pytest.mark.parametrize(
    ("text", "load", "change", "task", "ships"),
    [
        ("LR = 0.1", "import {m}", "{m}.LR = 0.5", "{m}.LR", "{m}.LR = 0.5"),
        ("class CFG: lr = 0.1", "from {m} import CFG", "CFG.lr = 0.5", "CFG.lr", "CFG.lr = 0.5"),
        ("class CFG: lr = 0.1", "import {m} as m", "m.CFG.lr = 0.5", "m.CFG.lr", "CFG.lr = 0.5"),
        ("def f(): return f.k", "from {m} import f", "f.k = 0.5", "f()", "f.k = 0.5"),
        ("class C: pass\nc = C()", "from {m} import c", "c.k = 0.5", "c.k", "c.k = 0.5"),
        ("N = 1\ndef f(): return N", "import {m}", "{m}.f = {m}.N", "{m}.f", "{m}.f = 1"),
        ("L = [1]", "import {m}", "{m}.L.append(2)", "{m}.L", "{m}.L[:] = [1, 2]"),
        ("class C: l = []", "from {m} import C", "C.l.append(2)", "C.l", "C.l[:] = [2]"),
    ],
)
def test_what_a_cell_set_in_a_module_is_set_there(module, text, load, change, task, ships):
    name, _file = module(text)
    cells = [cell.format(m=name) for cell in (load, change)]
    captured = found(cells, task.format(m=name))
    assert captured.problems == ()
    assert ships.format(m=name) in captured.assignments
    said = r"was (set|changed) in Cell .2., and is \1 where the task runs"
    assert any(re.search(said, note) for note in captured.notes)


@pytest.mark.parametrize(
    "change", ["import {b}\n{b}.LR = 0.5", "{m}.put(0.5)", "{m}.more.LR = 0.5"]
)
def test_what_a_module_was_made_into_that_only_another_one_imports_is_set_there(module, change):
    inner, _file = module("LR = 0.1")
    outer, _file = module(
        f"import {inner} as more\ndef f(): return more.LR\ndef put(v): more.LR = v"
    )
    change = change.format(b=inner, m=outer)
    assert found([f"import {outer}"], f"{outer}.f()").notes == ()
    captured = found([f"import {outer}", change], f"{outer}.f()")
    assert captured.problems == ()
    assert f"{inner}.LR = 0.5" in captured.assignments
    assert any("where the task runs" in note for note in captured.notes)


def test_what_cannot_travel_is_refused_where_another_module_uses_it(module):
    inner, _file = module("T = None")
    outer, _file = module(f"import {inner}\ndef f(): return {inner}.T()")
    cell = f"import functools, {inner}\n{inner}.T = functools.partial(print, open('/dev/null'))"
    (problem,) = found([f"import {outer}", cell], f"{outer}.f()").problems
    assert f"uses 'T', and {inner}.T was set in Cell [2] to a functools.partial" in str(problem)


def test_a_module_that_was_read_by_its_path_is_refused(module):
    _name, file = module("def f(): return 5")
    cell = (
        f"import importlib.util as iu\ns = iu.spec_from_file_location('odd_xq', {str(file)!r})\n"
        "odd = iu.module_from_spec(s); s.loader.exec_module(odd)"
    )
    (problem,) = found([cell], "odd.f()").problems
    assert f"a module that was read from {file} by its path" in str(problem)
    assert "import it" in problem.hint


def test_code_that_only_another_module_imports_and_was_edited_is_refused(module):
    inner, file = module("def f(): return 1")
    outer, _file = module(f"import {inner}\ndef g(): return {inner}.f()")
    importlib.import_module(outer)
    file.write_text("def f(): return 2")
    (problem,) = found([f"import {outer}"], f"{outer}.g()").problems
    assert f"{inner}.f is another function in its file by now" in str(problem)


SETTER = "_n = 1\ndef set_n(n):\n    global _n\n    _n = n\ndef get(): return _n"
SUBCLASSES = "class B:\n    all = []\n    def __init_subclass__(c): B.all.append(c)"
COUNTED = "calls = 0\ndef f():\n    global calls\n    calls += 1\n    return calls"
REGISTRY = "R = {}\ndef reg(f):\n    R[f.__name__] = f\n    return f\ndef run(n): return R[n]()"
MEMBER = "import enum\nclass E(enum.Enum):\n    A = 1"
ARRAY = "import numpy as np\nW = np.zeros(2)\ndef get(): return W.tolist()"
FRAME = "import pandas as pd\nD = pd.DataFrame({'a': [1]})"
APP = "class App:\n    def __init__(s, n=0): s.n = n\n    def set(s, n): s.n = n\napp = App()"
CONFIG = "from dataclasses import dataclass\n@dataclass\nclass C:\n    lr: float = 1\ncfg = C()"
RANDOM = "import random\nr = random.Random(1)\ndef draw(): return r.random()"
COUNTER = "from collections import Counter\nseen = Counter()"
ABSTRACT = "import abc\nclass B(abc.ABC): pass"
NET = "class Net: pass\ndef make(): return Net()\ndef f(): pass"
DISPATCH = "import functools\n@functools.singledispatch\ndef f(x): return 'any'"
ONCE = """
_made = False
_client = None
def make():
    global _made, _client
    _made, _client = True, open(__file__)
"""
GOES = "N = 1\ndef gone():\n    global N\n    del N"
LOGS_IN = "password = ''\ndef log_in():\n    global password\n    password = 'hK2!s9dLq'"


@pytest.mark.parametrize(
    ("text", "change", "task", "ships"),
    [
        ("L = [1]", "getattr({m}, 'L').append(2)", "{m}.L", "{m}.L[:] = [1, 2]"),
        ("D = {{'a': {{'x': 1}}}}", "{m}.D['a']['x'] = 5", "{m}.D", ".update({{'a': {{'x': 5}}}})"),
        ("S = set()", "[{m}.S].pop().add(1)", "{m}.S", "{m}.S.clear(); {m}.S.update({{1}})"),
        ("class C: n = 0\ndef new(): C.n += 1", "{m}.new()", "{m}.C", "{m}.C.n = 1"),
        (
            "def f(x=1): return x",
            "{m}.f.__defaults__ = (2,)",
            "{m}.f()",
            "f.__defaults__ = (2,)",
        ),
        ("def f(x=[]): return x", "{m}.f().append(2)", "{m}.f()", "{m}.f.__defaults__ = ([2],)"),
        (
            "def f(*, x=[]): return x",
            "{m}.f().append(2)",
            "{m}.f()",
            "__kwdefaults__ = {{'x': [2]}}",
        ),
        ("N = 1\ndef f(): return N", "del {m}.N", "{m}.f()", "delattr({m}, 'N')"),
        (
            GOES,
            "{m}.gone()",
            "{m}.gone",
            "delattr({m}, 'N')",
        ),
        (SETTER, "{m}.set_n(3)", "{m}.get()", "{m}._n = 3"),
        (COUNTED, "{m}.f()", "{m}.f()", "{m}.calls = 1"),
        (SUBCLASSES, "class S({m}.B): pass", "{m}.B.all", "{m}.B.all[:] = [S]"),
        (REGISTRY, "@{m}.reg\ndef one(): return 1", "{m}.run('one')", ".update({{'one': one}})"),
        ("def f(): f.seen = {{}}", "{m}.f()", "{m}.f()", "{m}.f.seen = {{}}"),
        ("class C: l = None\ndef f(): C.l = []", "{m}.f()", "{m}.C.l", "{m}.C.l = []"),
        (ARRAY, "{m}.W[0] = 5", "{m}.get()", "{m}.W = numpy.array([5.0, 0.0]"),
        (FRAME, "{m}.D.loc[0, 'a'] = 9", "{m}.D.a", "{m}.D = "),
        (APP, "{m}.app.set(5)", "{m}.app.n", "vars({m}.app).update({{'n': 5}})"),
        (CONFIG, "{m}.cfg.lr = 5", "{m}.cfg.lr", "vars({m}.cfg).update({{'lr': 5}})"),
        (RANDOM, "{m}.draw()", "{m}.draw()", "{m}.r = "),
        (COUNTER, "{m}.seen['a'] += 1", "{m}.seen", "{m}.seen = "),
        (ABSTRACT, "class S: pass\n{m}.B.register(S)", "{m}.B", "{m}.B.register(S)"),
        (
            DISPATCH,
            "@{m}.f.register\ndef g(x: int): return 1",
            "{m}.f(1)",
            "{m}.f.register(int, g)",
        ),
        ("X = 1", "def put(m): m.X = lambda: 5\nput({m})", "{m}.X()", "{m}.X = "),
        (MEMBER, "{m}.E.A.tag = 'x'", "{m}.E.A.tag", "{m}.E.A.tag = 'x'"),
        (NET, "class N({m}.Net): pass\n{m}.Net = N", "{m}.make()", "{m}.Net = N"),
        (NET, "class Net({m}.Net): pass\n{m}.Net = Net", "{m}.make(), Net()", "{m}.Net = Net"),
        (
            NET,
            "import functools\n@functools.wraps({m}.make)\ndef make(): pass\n{m}.make = make",
            "{m}.make()",
            "functools.update_wrapper(make, _make)\n{m}.make = make",
        ),
        (NET, "{m}.f = {m}.make\nfrom {m} import f", "f(), {m}.f", "{m}.f = make"),
    ],
)
def test_what_a_module_was_made_into_is_set_there(module, text, change, task, ships):
    name, _file = module(text.replace("{{", "{").replace("}}", "}"))
    captured = found([f"import {name}", change.format(m=name)], task.format(m=name))
    assert captured.problems == ()
    assert ships.format(m=name) in "\n".join(captured.assignments)
    assert any("where the task runs" in note for note in captured.notes)


LINEAR = "from sklearn.linear_model import LinearRegression\n"
FOREST = "from sklearn.ensemble import RandomForestClassifier\nM = RandomForestClassifier(3)"
SLOTS = "class S:\n    __slots__ = ('v', 'w')\n    def __init__(s): s.v = 1\ns = S()"
MADE = "import types\ndef mk(): return types.SimpleNamespace(a=1)\nM = mk()"
LATER = "class A:\n    def __init__(s): s.reset()\n    def reset(s): s.v = []\na = A()"
BOUND = f"{MADE}\ndef again():\n    global M\n    M = types.SimpleNamespace(a=2)"
PIPE = (
    "from sklearn.pipeline import make_pipeline\nfrom sklearn.preprocessing import StandardScaler\n"
    "M = make_pipeline(StandardScaler())\ndef fit(): M.fit([[1.0], [2.0]])"
)
CONTEXT = "from contextvars import ContextVar\nV = ContextVar('V', default=1)"
LOCAL = "import threading\nT = threading.local()\ndef put(): T.v = 5"
WEAK = "import weakref\nclass K: pass\nW = weakref.WeakValueDictionary()"
ROWS = (
    "import sqlite3\nc = sqlite3.connect(':memory:')\nc.execute('create table t (a)')\n"
    "def insert(n): c.execute('insert into t values (?)', (n,))"
)
MADE_AND_CHANGED = [
    (f"{LINEAR}M = LinearRegression()", "{m}.M.fit([[1.0], [2.0]], [2.0, 4.0])", "{m}.M = "),
    (f"{LINEAR}M = {{'a': LinearRegression()}}", "{m}.M['a'].tol = 3", "{m}.M.update({"),
    ("import numpy as np\nrng = np.random.default_rng(0)", "{m}.rng.random()", "{m}.rng = "),
    ("import numpy as np\nR = np.random.RandomState(0)", "{m}.R.rand()", "{m}.R = "),
    (SLOTS, "{m}.s.v = 3", "hasattr({m}.s, 'w') and delattr({m}.s, 'w')"),
    ("import io\nB = io.StringIO()", "{m}.B.write('ab')", "{m}.B = "),
    ("import array\nA = array.array('i', [1])", "{m}.A.append(2)", "{m}.A = "),
    ("import queue\nq = queue.Queue()", "{m}.q.put(1)", "{m}.q = "),
    (FOREST, "{m}.M.set_params(max_depth=2)", "max_depth"),
    (PIPE, "{m}.fit()", "mean_"),
    (MADE, "{m}.M.a = 4", "update({'a': 4})"),
    (BOUND, "{m}.again()", "update({'a': 2})"),
    (LATER, "def go(a): a.v.append(1)\ngo({m}.a)", "vars({m}.a).update({'v': [1]})"),
]


@pytest.mark.parametrize(("text", "change", "ships"), MADE_AND_CHANGED)
def test_an_object_that_a_module_made_and_that_was_changed_since_is_set_there(
    module, text, change, ships
):
    name, _file = module(text)
    assert found([f"import {name}"], f"{name}.__doc__").notes == ()
    captured = found([f"import {name}", change.replace("{m}", name)], f"{name}.__doc__")
    assert captured.problems == ()
    assert ships.replace("{m}", name) in "\n".join(captured.assignments)
    (note,) = captured.notes
    assert note.endswith("and is set where the task runs")


@pytest.mark.parametrize(
    ("text", "change", "says"),
    [
        (CONTEXT, "{m}.V.set(5)", "V"),
        (LOCAL, "{m}.put()", "T"),
        (WEAK, "k = {m}.K()\n{m}.W['a'] = k", "W"),
        (ROWS, "{m}.insert(1)", "c"),
        (f"{MADE}\nM.token = 'hK2!s9dLq'.strip()", "{m}.M.a = 2", "M"),
    ],
)
def test_an_object_whose_state_nobody_can_tell_is_noted_where_code_that_ran_used_it(
    module, text, change, says
):
    name, _file = module(text)
    assert found([f"import {name}"], f"{name}.__doc__").notes == ()
    captured = found([f"import {name}", change.format(m=name)], f"{name}.__doc__")
    assert captured.assignments == ()
    assert captured.notes == (
        f"{name}.{says} may have been changed since its file made it, and the file is what ships",
    )


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("import pandas as pd\nD = pd.concat([pd.DataFrame({'a': [1]})])", "{m}.D.head()"),
        ("def mk(): return {'a': 1}\nD = mk()\ndef f(): return D['a']", "{m}.f(), print({m}.D)"),
        ("import logging\nlog = logging.getLogger(__name__)", "{m}.log.info('x')"),
        (MADE, "M = {'a': 1}\nM['a'] = 2\nprint({m}.M)"),
        (f"{MADE}\ndef never(): M.a = 5", "{m}.M.a"),
        ("import threading\nlock = threading.Lock()", "with {m}.lock: pass\n{m}.lock.locked()"),
    ],
)
def test_what_code_that_ran_only_read_is_left(module, text, cell):
    name, _file = module(text)
    captured = found([f"import {name}", cell.replace("{m}", name)], f"{name}.__doc__")
    assert (captured.problems, captured.notes, captured.assignments) == ((), (), ())


@pytest.mark.parametrize(
    ("text", "change", "task", "says"),
    [
        ("import itertools\nc = itertools.count()", "next({m}.c)", "{m}.c", "c is another here"),
        (NET, "{m}.Net = open('/dev/null')", "{m}.make()", "Net was set in Cell [2] to a _io.Text"),
        ("def go(): yield 1\ng = go()", "next({m}.g)", "{m}.g", "g is a generator that was begun"),
    ],
)
def test_what_a_module_used_up_is_refused(module, text, change, task, says):
    name, _file = module(text)
    captured = found([f"import {name}", change.format(m=name)], task.format(m=name))
    (problem,) = captured.problems
    assert says in str(problem)


@pytest.mark.parametrize(
    "text",
    [
        *(ARRAY, FRAME, APP, CONFIG, RANDOM, COUNTER, ABSTRACT, DISPATCH),
        "def say(): RAN.append(1)\nRAN = []\nclass A:\n    def __init__(s): say()\na = A()",
        "RAN = []\nclass A:\n    def __init__(s, n=RAN.append(1)): s.n = RAN.append(2)\na = A()",
    ],
)
def test_a_module_that_nobody_changed_is_as_its_file_makes_it(module, text):
    name, _file = module(text)
    notebook = Notebook()
    notebook.run(f"import {name}")
    ran = list(getattr(notebook.names[name], "RAN", ()))
    captured = capture("train", notebook.source(f"def train(session): return {name}.__doc__"))
    assert captured.problems == ()
    assert "is another" not in "\n".join(captured.notes)
    assert list(getattr(notebook.names[name], "RAN", ())) == ran


@pytest.mark.parametrize(
    "change", ["{m}.K = 2", "{m}.C.k = 2", "{m}.K = 3\n{m}.K = 2", "{m}.L.append(2)\n{m}.L.pop()"]
)
def test_what_a_cell_set_in_a_module_to_what_it_was_changes_nothing(module, change):
    name, _file = module("K = 2\nL = [1]\nclass C:\n    k = 2")
    captured = found([f"import {name}", change.format(m=name)], f"{name}.K, {name}.C, {name}.L")
    assert (captured.problems, captured.notes, captured.assignments) == ((), (), ())


def test_half_of_what_a_module_was_made_into_is_not_set(module):
    name, _file = module(ONCE)
    captured = found([f"import {name}", f"{name}.make()"], f"{name}.make")
    assert captured.problems == ()
    assert "_made" not in "\n".join(captured.assignments)
    assert any("_client is a TextIOWrapper of other things here" in n for n in captured.notes)
    (problem,) = found([f"import {name}"], f"{name}._client").problems
    assert "_client is a TextIOWrapper of other things here and None in its file" in str(problem)


def test_a_constant_of_a_file_that_was_edited_is_refused_and_not_set(module):
    name, file = module("LR = 1")
    importlib.import_module(name)
    file.write_text("LR = 2")
    captured = found([f"import {name}"], f"{name}.LR")
    (problem,) = captured.problems
    assert "LR is 1 here and 2 in its file" in str(problem)
    assert captured.assignments == ()


@pytest.fixture
def watched():
    LOADED.watch()
    yield
    LOADED.leave()


@pytest.mark.parametrize("is_compiled", [True, False])
@pytest.mark.parametrize("is_edited", [True, False])
@pytest.mark.usefixtures("watched")
def test_what_a_module_set_in_itself_travels_whether_or_not_python_keeps_its_compiled_file(
    module, monkeypatch, is_compiled, is_edited
):
    monkeypatch.setattr(sys, "dont_write_bytecode", not is_compiled)
    text = "N = 1\ndef go():\n    global N\n    N = 5"
    name, file = module(text)
    importlib.import_module(name)
    if is_edited:
        file.write_text(f"{text}\nLATER = 2")
    captured = found([f"import {name}", f"{name}.go()"], f"{name}.N")
    assert bool(captured.problems) is is_edited
    assert (f"{name}.N = 5" in captured.assignments) is not is_edited


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        ("HERE = Path(__file__).parent\nCONF = json.loads((HERE / '{d}').read_text())", True),
        ("with open(Path(__file__).parent / '{d}') as f: CONF = json.load(f)", True),
        ("CONF = [json.loads(f.read_text()) for f in Path(__file__).parent.glob('*.json')]", False),
        ("def conf(): return json.loads((Path(__file__).parent / '{d}').read_text())", False),
        ("HERE = Path(__file__).parent\ndef conf(): return (HERE / '{d}').read_text()", False),
        ("def conf(): return (Path(__file__).parent / '{d}').read_text()\nCONF = conf()", True),
        ("class C: conf = json.loads((Path(__file__).parent / '{d}').read_text())", True),
        (
            "try: CONF = (Path(__file__).parent / '{d}').read_text()\nexcept OSError: CONF = ''",
            True,
        ),
        ("C = {}\nC.update(json.loads((Path(__file__).parent / '{d}').read_text()))", True),
    ],
)
@pytest.mark.usefixtures("watched")
def test_data_that_a_module_read_as_it_was_loaded_and_that_was_edited_since_is_told(
    module, tmp_path, text, is_told
):
    data = tmp_path / f"c{next(COUNT)}_xq.json"
    data.write_text("{}")
    name, _file = module("import json\nfrom pathlib import Path\n" + text.replace("{d}", data.name))

    def notes():
        said = found([f"import {name}"], f"dir({name})").notes
        return [note for note in said if f"{data.name} was edited after {name} was loaded" in note]

    importlib.import_module(name)
    assert notes() == []
    data.write_text('{"a": 1}')
    assert len(notes()) == is_told
    importlib.reload(sys.modules[name])
    assert notes() == []


def test_a_cache_that_a_cell_put_around_a_function_is_refused_by_name(module):
    name, _file = module("from functools import lru_cache\n@lru_cache(3)\ndef f(): return 1")
    cell = f"from functools import lru_cache\n{name}.f = lru_cache(7)({name}.f.__wrapped__)"
    (problem,) = found([f"import {name}", cell], f"{name}.f.cache_parameters()").problems
    assert f"uses 'f', and {name}.f was set in Cell [2]" in str(problem)


def test_a_secret_that_a_module_keeps_is_not_set_there(module):
    name, _file = module(
        "password = ''\ndef log_in():\n    global password\n    password = 'hK2!s9dLq'"
    )
    captured = found([f"import {name}", f"{name}.log_in()"], f"{name}.log_in")
    assert "hK2" not in "\n".join(captured.assignments)


def test_data_frames_of_the_notebook_are_not_compared_with_a_module_that_was_changed(module):
    name, _file = module("LR = 0.1")
    frame = "import pandas as pd\ndf = pd.DataFrame({'a': [1, 2]})"
    captured = found([frame, f"import {name} as m\nm.LR += 0.5"], "m.LR")
    assert captured.problems == ()
    assert f"{name}.LR = 0.6" in captured.assignments


@pytest.mark.parametrize(
    ("before", "after", "problems"),
    [
        ("def f(): return 1", "def f(): return 2", ["f is another function in its file by now"]),
        ("V = 1\ndef f(): return V", "V = 1\n\n# why\ndef f():\n    return V", []),
        ("class C:\n    x = 1", "class C(dict):\n    x = 1", ["C is another class in its file"]),
    ],
)
def test_a_file_that_was_edited_and_not_loaded_again_is_refused(module, before, after, problems):
    name, file = module(before)
    importlib.import_module(name)
    file.write_text(after)
    captured = found([f"import {name}"], f"{name}.f")
    assert len(captured.problems) == len(problems)
    for problem, says in zip(captured.problems, problems, strict=True):
        assert says in str(problem)
        assert "importlib.reload" in problem.hint


@pytest.mark.parametrize(
    "text",
    [
        "C = {}\nC['a'] = 1",
        "C = []\nfor i in range(3): C.append(i)",
        "C = []\ndef reg(f):\n    C.append(f.__name__)\n    return f\n@reg\ndef f(): pass",
    ],
)
def test_a_container_that_its_module_fills_is_filled_there_as_it_is_here(module, text):
    name, _file = module(text)
    captured = found([f"import {name}"], f"{name}.C")
    assert captured.problems == ()
    (note,) = captured.notes
    assert note.endswith("in its file, and is set where the task runs")


@pytest.mark.parametrize(
    "text", ["try:\n    import json\nexcept ImportError:\n    json = None", "json = 1\nimport json"]
)
def test_a_name_that_several_lines_of_a_module_may_bind_is_not_compared(module, text):
    name, _file = module(text)
    captured = found([f"import {name}"], f"{name}.json")
    assert (captured.problems, captured.notes) == ((), ())


def test_a_variable_of_the_environment_is_noted(monkeypatch):
    monkeypatch.setenv("MY_STAGE_XQ", "dev")
    captured = found(["import os"], "os.environ['MY_STAGE_XQ'], os.getenv('NOT_THERE_XQ')")
    (note,) = captured.notes
    assert "'MY_STAGE_XQ', which is set in this kernel" in note


def test_a_variable_that_a_cell_set_is_noted_whoever_reads_it(monkeypatch):
    monkeypatch.setenv("TMPDIR_XQ", "")
    captured = found(["import os, tempfile", "os.environ['TMPDIR_XQ'] = '/x'"], "tempfile.tempdir")
    (note,) = captured.notes
    assert note.endswith("not set where the task runs: 'TMPDIR_XQ' (Cell [2])")


@pytest.mark.parametrize(
    ("cell", "task"),
    [
        ("import numpy as np\nfrom numpy import random as nr\nnr.seed(1)", "nr.rand()"),
        ("from random import seed, random\nseed(1)", "random()"),
        ("import random\nrandom.setstate(random.getstate())", "random.random()"),
    ],
)
def test_a_seed_is_noted_under_whatever_name_it_was_imported(cell, task):
    (note,) = found([cell], task).notes
    assert re.search(r"se(ed|tstate)\(.*\) in Cell \[1\] does not count", note)


@pytest.mark.parametrize(
    ("cell", "task"),
    [
        (
            "from sklearn.pipeline import Pipeline\nfrom sklearn.linear_model import Ridge\n"
            "p = Pipeline([('r', Ridge())])\np.set_params(r__alpha=9)",
            "p.named_steps['r'].alpha",
        ),
        ("import abc\nclass B(abc.ABC): pass\nB.register(int)", "isinstance(1, B)"),
        (
            "import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument('--q')\n"
            "args = parser.parse_args([])",
            "args.q",
        ),
    ],
)
def test_what_a_thing_of_the_notebook_was_told_ships_with_it(cell, task):
    captured = found([cell], task)
    assert (captured.problems, captured.notes) == ((), ())


def test_a_seed_of_a_cell_is_noted_unless_the_task_sets_one():
    cells = ["import random", "random.seed(1)"]
    (note,) = found(cells, "random.random()").notes
    assert note.startswith("random.seed(1) in Cell [2] does not count")
    assert found(cells, "(random.seed(2), random.random())").notes == ()


def test_nobody_answers_a_task():
    (problem,) = found([], "input('?')").problems
    assert "nobody answers where tasks run" in str(problem)


PATCHED = "import math\n{}math.floor = lambda x: 'p'\n"


def test_what_a_module_sets_as_it_is_imported_is_set_there_by_its_import(module, monkeypatch):
    name, _file = module(PATCHED.format(""))
    monkeypatch.setattr("math.floor", math.floor)
    captured = found([f"import math, {name}"], f"math.floor(1), {name}")
    assert captured.problems == ()
    assert "floor" not in "\n".join(captured.assignments)


@pytest.mark.parametrize(("before", "call"), [("", ""), ("def setup():\n    ", "\n{}.setup()")])
def test_what_a_module_sets_and_does_not_set_where_the_task_runs_is_refused(
    module, monkeypatch, before, call
):
    name, _file = module(PATCHED.format(before))
    monkeypatch.setattr("math.floor", math.floor)
    (problem,) = found([f"import math, {name}{call.format(name)}"], "math.floor(1)").problems
    assert f"math.floor was set in {name} to a function" in str(problem)
    assert problem.hint == f"import {name} in the task, and call there what sets it"


def test_a_file_that_a_module_reads_from_where_the_notebook_is_is_noted(
    module, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.txt").write_text("hey")
    name, _file = module("def load(): return open('t.txt').read()")
    (note,) = found([f"import {name}"], f"{name}.load()").notes
    assert note.startswith(f"the module {name} reads 't.txt', which lies beside the notebook")


COUNTER_AROUND = """
import functools
def make(n=0):
    seen = {}
    def count(k="x"):
        nonlocal n
        n += 1
        seen[k] = n
        return n, dict(seen)
    return count
count = make()
def registry():
    items = []
    def add(f):
        items.append(f.__name__)
        return f
    return add, lambda: items
add, names = registry()
def counted(f):
    calls = 0
    @functools.wraps(f)
    def inner(*a):
        nonlocal calls
        calls += 1
        return calls
    return inner
@counted
def f(): pass
@functools.lru_cache
@counted
def cached(x): pass
class A:
    @counted
    def m(self): pass
    @staticmethod
    @counted
    def s(): pass
    @property
    @counted
    def p(self): pass
def made():
    n = [0]
    class C:
        def f(self): n[0] += 1
    return C
C = made()
F = {"f": make()}
def late(make):
    value = None
    def get():
        nonlocal value
        value = value or make()
        return value
    return get
handle = late(lambda: open(__file__))
def login():
    password = ""
    def set(to):
        nonlocal password
        password = to
    return set
log_in = login()
"""


@pytest.mark.parametrize(
    ("change", "ships"),
    [
        ("{m}.count()", "{m}.count.__closure__[0].cell_contents = 1"),
        ("{m}.count('k')", "{m}.count.__closure__[1].cell_contents.update({{'k': 1}})"),
        ("@{m}.add\ndef two(): pass", "{m}.add.__closure__[0].cell_contents[:] = ['two']"),
        ("{m}.f()", "{m}.f.__closure__[0].cell_contents = 1"),
        ("{m}.cached(1)", "{m}.cached.__wrapped__.__closure__[0].cell_contents = 1"),
        ("{m}.A().m()", "{m}.A.__dict__['m'].__closure__[0].cell_contents = 1"),
        ("{m}.A.s()", "{m}.A.__dict__['s'].__func__.__closure__[0].cell_contents = 1"),
        ("{m}.A().p", "{m}.A.__dict__['p'].fget.__closure__[0].cell_contents = 1"),
        ("{m}.C().f()", "{m}.C.__dict__['f'].__closure__[0].cell_contents[:] = [1]"),
        ("{m}.F['f']()", "{m}.F['f'].__closure__[0].cell_contents = 1"),
    ],
)
def test_what_functions_of_a_module_enclose_is_set_there(module, change, ships):
    name, _file = module(COUNTER_AROUND)
    captured = found([f"import {name}", change.format(m=name)], f"{name}.count()")
    assert captured.problems == ()
    assert ships.format(m=name) in "\n".join(captured.assignments)


def test_what_functions_of_a_module_enclose_is_left_where_nobody_changed_it(module):
    name, _file = module(COUNTER_AROUND.replace("make(n=0):", "make():\n    n = 0"))
    captured = found([f"import {name}"], f"{name}.count()")
    assert (captured.problems, captured.notes, captured.assignments) == ((), (), ())


@pytest.mark.parametrize(
    ("change", "task", "says"),
    [
        ("{m}.handle()", "{m}.handle()", "handle keeps value = a TextIOWrapper"),
        ("{m}.log_in('hK2!s9dLq')", "{m}.log_in", "log_in keeps password"),
    ],
)
def test_what_functions_of_a_module_enclose_and_cannot_travel_is_refused(
    module, change, task, says
):
    name, _file = module(COUNTER_AROUND)
    captured = found([f"import {name}", change.format(m=name)], task.format(m=name))
    (problem,) = captured.problems
    assert says in str(problem)
    assert problem.hint == f"importlib.reload({name}), and call in the task what sets it"
    assert "hK2" not in str(problem)
    assert captured.assignments == ()


LOGS = "import logging\nlog = logging.getLogger(__name__)\n{}def f(): return log.level"


@pytest.mark.parametrize(
    ("at_import", "change", "notes"),
    [
        ("", "{m}.log.unit = 'kg'", ["the attribute 'unit'"]),
        ("", "logging.getLogger('{m}').setLevel(10)", ["the level DEBUG"]),
        ("", "{m}.log.addHandler(logging.StreamHandler())", ["1 handler(s)"]),
        ("log.setLevel(30)\n", "{m}.log.setLevel(10)", ["the level DEBUG"]),
        ("log.setLevel(logging.WARNING)\n", "", []),
    ],
)
def test_what_cells_set_on_a_logger_of_a_module_is_noted(module, at_import, change, notes):
    name, _file = module(LOGS.format(at_import))
    captured = found([f"import logging, {name}", change.format(m=name)], f"{name}.f()")
    assert captured.notes == tuple(
        f"the logger {name!r} has {what} in this kernel and not where the task runs: set it in the "
        "task"
        for what in notes
    )


_FILLED = "from collections import Counter\nimport numpy as np\n"


@pytest.mark.parametrize(
    ("text", "change", "task"),
    [
        ("class A: V = np.zeros(2)", "{}.A.V[0] = 5", "{}.A.V"),
        ("def f(x, seen=Counter()): seen[x] += 1", "{}.f('a')", "{}.f('b')"),
        ("def f(x, *, seen=Counter()): seen[x] += 1", "{}.f('a')", "{}.f('b')"),
        ("class A:\n    def f(self, c=Counter()): c['a'] += 1", "{}.A().f()", "{}.A().f()"),
    ],
)
def test_what_a_definition_of_a_module_holds_is_set_where_it_is_not_what_its_file_makes(
    module, text, change, task
):
    name, _file = module(_FILLED + text)
    assert found([f"import {name}"], task.format(name)).problems == ()
    captured = found([f"import {name}", change.format(name)], task.format(name))
    (note,) = captured.notes
    assert (captured.problems, len(captured.assignments)) == ((), 1)
    assert note.endswith("is set where the task runs")


_ASKS = """
import datetime, random, secrets, time, uuid
from dataclasses import dataclass
from datetime import date
"""


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("V = str(uuid.uuid4())", ["V"]),
        ("V = uuid.uuid4()", ["V"]),
        ("import numpy as np\nV = np.random.default_rng().random()", ["V"]),
        ("V: date = date.today()\nW = f'{V:%d}'", ["V", "W"]),
        ("V = time.strftime('%H')", ["V"]),
        ("if True:\n    V = secrets.token_hex(4)", ["V"]),
        ("V = random.random()", ["V"]),
        ("def new():\n    now = time.time()\n    return f'run-{now}'\nV = new()", ["V"]),
        ("class C:\n    v = datetime.datetime.now()", ["C.v"]),
        ("class C:\n    class In:\n        v = uuid.uuid4()", ["C.In.v"]),
        ("def f(x=uuid.uuid4()): return x", ["f.__defaults__"]),
        ("class C:\n    def f(self, x=time.time()): return x", ["C.f.__defaults__"]),
        ("@dataclass\nclass C:\n    v: float = time.time()", ["C.v", "C.__init__.__defaults__"]),
        ("class O:\n    def __init__(s, x): s.x = x\nV = O(time.time())", ["vars({m}.V)"]),
    ],
)
def test_what_a_module_asks_anew_at_each_import_is_set_there(module, text, places):
    name, _file = module(_ASKS + text)
    captured = found([f"import {name}"], f"{name}.V")
    assert captured.problems == ()
    assert [line.partition(" = ")[0].partition(".clear()")[0] for line in captured.assignments] == [
        place.format(m=name) if "{m}" in place else f"{name}.{place}" for place in places
    ]
    assert all("made anew at each import" in note for note in captured.notes)
    assert found([f"import {name}"], f"{name}.V").assignments == captured.assignments


@pytest.mark.parametrize(
    "text",
    [
        "random.seed(1)\nV = random.random()",
        "def load():\n    t = time.time()\n    print(time.time() - t)\n    return [1]\nV = load()",
        "V = datetime.time(3)\ndef f(): return time.time()",
        "V = random.Random(1)",
    ],
)
def test_what_a_module_makes_alike_at_each_import_is_left(module, text):
    name, _file = module(_ASKS + text)
    captured = found([f"import {name}"], f"{name}.V")
    assert (captured.problems, captured.notes, captured.assignments) == ((), (), ())


def test_what_a_module_asked_and_cannot_travel_is_refused_where_it_is_used(module):
    name, _file = module(
        f"{_ASKS}V = (uuid.uuid4() for _ in 'a')\nW = [uuid.uuid4(), open]\nW[1] = open(__file__)"
    )
    captured = found([f"import {name}"], f"{name}.W")
    (problem,) = captured.problems
    assert f"{name}.W is made anew at each import, by uuid.uuid4()" in str(problem)
    assert problem.hint == f"make it inside the function, and no more in {name}.py"


@pytest.mark.parametrize("call", ["os.getpid()", "os.getcwd()", "time.perf_counter()"])
def test_what_a_module_asks_of_its_process_is_noted(module, call):
    name, _file = module(f"import os, time\nV = str({call})\ndef f(): return {call}")
    (note,) = found([f"import {name}"], f"{name}.V").notes
    assert note == (
        f"the module {name} asks {call} as it is imported, and gets another answer where the task "
        "runs"
    )
