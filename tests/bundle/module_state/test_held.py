"""What modules beside the notebook hold: objects, containers and defaults, changed or not."""

from __future__ import annotations

import pytest

from sfdag_magics.bundle import capture
from tests.bundle.module_state.texts import (
    ABSTRACT,
    APP,
    ARRAY,
    CONFIG,
    COUNTER,
    DISPATCH,
    FRAME,
    NET,
    RANDOM,
    STREAM,
)
from tests.bundle.notebook import Notebook, found

ONCE = """
import io
_made = False
_client = None
def make():
    global _made, _client
    _made, _client = True, io.TextIOWrapper(io.BytesIO())
"""
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
GROWING = (
    "import collections\nD = collections.defaultdict(lambda: collections.defaultdict(int))\n"
    "def put(key): D[key]['n'] += 1"
)
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
    (CONTEXT, "{m}.V.set(5)", "{m}.V = "),
    (LOCAL, "{m}.put()", "{m}.T = "),
    (GROWING, "{m}.put('a')", "{m}.D.update({'a': collections.defaultdict(int, {'n': 1})})"),
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
        ("from pydantic import BaseModel\nclass M(BaseModel):\n    a: int = 1", "{m}.M().a"),
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
        (
            "import itertools\nc = itertools.cycle('ab')",
            "next({m}.c)",
            "{m}.c",
            "c, which is another here",
        ),
        (NET, f"{{m}}.Net = {STREAM}", "{m}.make()", "Net was set in Cell [2] to a _io.Text"),
        ("def go(): yield 1\ng = go()", "next({m}.g)", "{m}.g", "g, which is a generator"),
        (
            "N = None",
            "for _ in range(2000): {m}.N = __import__('types').SimpleNamespace(n={m}.N)",
            "{m}.N",
            "N was set in Cell [2] to a types.SimpleNamespace, which holds things that hold things,"
            " deeper than can be followed",
        ),
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
    "made",
    [
        "[1]",
        "object()",
        "([1],)",
        "types.SimpleNamespace(a=1)",
        "threading.Lock()",
        "types.MappingProxyType(D)",
        "numpy.zeros(2)",
        "LinearRegression()",
        "pandas.DataFrame({'a': [1]})",
    ],
)
def test_a_registry_of_things_that_its_module_has_by_name_holds_the_very_same_there(
    module, tmp_path, there, made
):
    name, _file = module(
        f"import numpy, pandas, threading, types\n{LINEAR}D = {{}}\nX = {made}\nD['x'] = X\n"
        "def is_one(): return D['x'] is X"
    )
    notebook = Notebook()
    notebook.run(f"import {name}")
    notebook.task(f"def look(): return str({name}.is_one())")
    bundle = notebook.build()
    assert [*bundle.problems, *bundle.tasks[0].notes] == []
    assert there(bundle.archive, tmp_path) == "True"


def test_it_is_said_of_what_a_cached_function_of_a_module_gave_and_cells_may_have_changed(module):
    text = "import functools\n@functools.cache\ndef {}(): return {}\n"
    name, _file = module(text.format("config", "{'a': 1}") + text.format("lr", "0.1"))
    assert found([f"import {name}"], f"{name}.config()").notes == ()
    cells = [f"import {name}\n{name}.config()['a'] = {name}.lr()"]
    captured = found(cells, f"{name}.config()")
    assert captured.notes == (
        f"{name}.config remembers 1 of its results here, and computes them anew where the task "
        "runs: as nobody has changed them",
    )


def test_half_of_what_a_module_was_made_into_is_not_set(module):
    name, _file = module(ONCE)
    captured = found([f"import {name}", f"{name}.make()"], f"{name}.make")
    assert captured.problems == ()
    assert "_made" not in "\n".join(captured.assignments)
    assert any("_client is a TextIOWrapper of other things here" in n for n in captured.notes)
    (problem,) = found([f"import {name}"], f"{name}._client").problems
    assert "_client, which is a TextIOWrapper of other things here and None in its file" in str(
        problem
    )


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
    assert (captured.problems, captured.notes) == ((), ())
    assert any(line.startswith(f"{name}.C") for line in captured.assignments)


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


@pytest.mark.parametrize(
    ("text", "change", "ships"),
    [
        ("A, B = [], {{}}", "{m}.A.append(1)", "{m}.A[:] = [1]"),
        ("A = B = []", "{m}.A.append(1)", "{m}.A[:] = [1]"),
        ("A, B = 1, 2\ndef f():\n    global B\n    B = 5", "{m}.f()", "{m}.B = 5"),
        ("if True:\n    A = []", "{m}.A.append(1)", "{m}.A[:] = [1]"),
        (
            "try:\n    A = {{}}\nexcept ImportError:\n    A = None",
            "{m}.A['x'] = 1",
            "{m}.A.update(",
        ),
        ("for i in 'a':\n    A = [i]", "{m}.A.append(1)", "{m}.A[:] = ['a', 1]"),
        ("A, *B = 1, 2", "{m}.B.append(3)", "{m}.B[:] = [2, 3]"),
    ],
)
def test_what_a_module_binds_by_any_statement_is_set_there(module, text, change, ships):
    name, _file = module(text.replace("{{", "{").replace("}}", "}"))
    assert found([f"import {name}"], f"{name}.A").assignments == ()
    captured = found([f"import {name}", change.format(m=name)], f"{name}.A, dir({name})")
    assert captured.problems == ()
    assert ships.format(m=name) in "\n".join(captured.assignments)


@pytest.mark.parametrize(
    ("kind", "says"),
    [("UserWarning", "it warns 'what listens stays behind'"), ("DeprecationWarning", "")],
)
def test_an_object_that_says_it_is_not_copied_whole_is_refused(module, kind, says):
    name, _file = module(
        "import array, warnings\nclass A(array.array):\n    def __reduce_ex__(self, n):\n"
        f"        warnings.warn('what listens stays behind', {kind})\n"
        "        return super().__reduce_ex__(n)"
    )
    problems = found([f"from {name} import A\na = A('i', [1])"], "len(a)").problems
    assert [says in str(each) for each in problems] == ([True] if says else [])


_META = (
    "class Meta(type):\n    n = 0\n    def __new__(m, name, bases, ns):\n        {}\n"
    "        return super().__new__(m, name, bases, ns)\nclass A(metaclass=Meta): pass\n"
    "class B(A): pass"
)
_OBJECTS = "class A:\n    n = 0\n    def __init__(self): A.n += 1\na = A()"
_REGISTRY = "R = D(list)\ndef reg(f):\n    R['k'].append(f)\n    return f\n@reg\ndef f(): pass"
_BY_IMPORT = (
    f"REG = {{}}\n{_META.format('REG[name] = 1')}",
    f"REG = []\n{_META.format('REG.append(name)')}",
    _META.format("Meta.n += 1"),
    _OBJECTS,
    "class B:\n    k = {}\n    def __init_subclass__(c): B.k[c.__name__] = c\nclass C(B): pass",
    "class F:\n    n = 0\n    def __set_name__(self, *of): F.n += 1\nclass M: a = F()",
    f"from collections import defaultdict as D\n{_REGISTRY}",
    "n = 0\ndef count(f):\n    global n\n    n += 1\n    return f\n@count\ndef f(): pass",
    "import itertools\nIDS = itertools.count()\nclass A:\n    def __init__(s): s.i = next(IDS)\n"
    "a = A()",
    "class C: pass\nfor k in 'xyz': setattr(C, k, k * 2)",
    "__all__ = ['f']\ndef f(): pass\n__all__ += ['g']\n__all__.extend('h')",
)


@pytest.mark.parametrize("text", _BY_IMPORT)
def test_nothing_is_said_of_what_the_import_itself_makes(module, text):
    name, _file = module(text)
    captured = found([f"import {name}"], f"{name}.__doc__")
    assert captured.problems == ()
    assert captured.notes == ()


@pytest.mark.parametrize(
    "cell",
    ["{m}.A()", "make = {m}.A\nmake()", "def go(): {m}.A()\ngo()", "class B({m}.A): pass\nB()"],
)
def test_it_is_said_of_what_objects_that_cells_made_count(module, cell):
    name, _file = module(_OBJECTS)
    captured = found([f"import {name}", cell.format(m=name)], f"{name}.__doc__")
    (note,) = captured.notes
    assert note.startswith(f"{name}.A.n is 2 here")


def test_it_is_said_of_what_classes_that_cells_made_count(module):
    name, _file = module(_META.format("Meta.n += 1"))
    captured = found([f"import {name}", f"class C({name}.A): pass"], f"{name}.__doc__")
    (note,) = captured.notes
    assert note.startswith(f"{name}.Meta.n is 3 here")


def test_a_method_of_an_enum_that_a_cell_replaced_is_set_there(module):
    name, _file = module("import enum\nclass E(enum.Enum):\n    A = 1\n    def f(self): return 1")
    captured = found([f"import {name}", f"{name}.E.f = lambda self: 'f'"], f"{name}.E.A.f()")
    assert captured.problems == ()
    assert any(each.startswith("E.f = ") for each in captured.assignments)
