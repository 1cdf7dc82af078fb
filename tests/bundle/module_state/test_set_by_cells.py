"""What cells made modules beside the notebook into: set again where the task runs."""

from __future__ import annotations

import math
import re

import pytest

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
from tests.bundle.notebook import found


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
    cell = f"import functools, {inner}\n{inner}.T = functools.partial(print, {STREAM})"
    (problem,) = found([f"import {outer}", cell], f"{outer}.f()").problems
    assert f"uses 'T', and {inner}.T was set in Cell [2] to a functools.partial" in str(problem)


SETTER = "_n = 1\ndef set_n(n):\n    global _n\n    _n = n\ndef get(): return _n"
SUBCLASSES = "class B:\n    all = []\n    def __init_subclass__(c): B.all.append(c)"
COUNTED = "calls = 0\ndef f():\n    global calls\n    calls += 1\n    return calls"
REGISTRY = "R = {}\ndef reg(f):\n    R[f.__name__] = f\n    return f\ndef run(n): return R[n]()"
MEMBER = "import enum\nclass E(enum.Enum):\n    A = 1"
TUPLE = (
    "from collections import namedtuple\nN = namedtuple('N', 'a', defaults=[1])\n"
    "class B(namedtuple('C', 'a', defaults=[1])): pass"
)
GOES = "N = 1\ndef gone():\n    global N\n    del N"


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
        (
            TUPLE,
            "{m}.N.__new__.__defaults__ = (5,)",
            "{m}.N()",
            "{m}.N.__new__.__defaults__ = (5,)",
        ),
        (
            TUPLE,
            "def put(c): c.__new__.__defaults__ = (5,)\nput({m}.N)",
            "{m}.N()",
            "{m}.N.__new__.__defaults__ = (5,)",
        ),
        (
            TUPLE,
            "{m}.N.__new__.__defaults__ = None",
            "{m}.N(1)",
            "{m}.N.__new__.__defaults__ = ()",
        ),
        (
            TUPLE,
            "{m}.B.__new__.__defaults__ = (5,)",
            "{m}.B()",
            "{m}.B.__new__.__defaults__ = (5,)",
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
        (ARRAY, "{m}.W[0] = 5", "{m}.get()", "{m}.W[...] = numpy.array([5.0, 0.0]"),
        (FRAME, "{m}.D.loc[0, 'a'] = 9", "{m}.D.a", "{m}.D = "),
        (APP, "{m}.app.set(5)", "{m}.app.n", "vars({m}.app).update({{'n': 5}})"),
        (CONFIG, "{m}.cfg.lr = 5", "{m}.cfg.lr", "vars({m}.cfg).update({{'lr': 5}})"),
        (RANDOM, "{m}.draw()", "{m}.draw()", "{m}.r = "),
        (
            COUNTER,
            "{m}.seen['a'] += 1",
            "{m}.seen",
            "{m}.seen.update(collections.Counter({{'a': 1}}))",
        ),
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


@pytest.mark.parametrize(
    "change", ["{m}.K = 2", "{m}.C.k = 2", "{m}.K = 3\n{m}.K = 2", "{m}.L.append(2)\n{m}.L.pop()"]
)
def test_what_a_cell_set_in_a_module_to_what_it_was_changes_nothing(module, change):
    name, _file = module("K = 2\nL = [1]\nclass C:\n    k = 2")
    captured = found([f"import {name}", change.format(m=name)], f"{name}.K, {name}.C, {name}.L")
    assert (captured.problems, captured.notes, captured.assignments) == ((), (), ())


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


PATCHED = "import math\n{}math.floor = lambda x: 'p'\n"


def test_what_a_module_sets_as_it_is_imported_is_set_there_by_its_import(module, monkeypatch):
    name, _file = module(PATCHED.format(""))
    monkeypatch.setattr("math.floor", math.floor)
    captured = found([f"import math, {name}"], f"math.floor(1), {name}")
    assert captured.problems == ()
    assert "floor" not in "\n".join(captured.assignments)


def test_what_a_module_sets_and_does_not_set_where_the_task_runs_is_refused(module, monkeypatch):
    name, _file = module(PATCHED.format(""))
    monkeypatch.setattr("math.floor", math.floor)
    (problem,) = found([f"import math, {name}"], "math.floor(1)").problems
    assert f"math.floor was set in {name} to a function" in str(problem)
    assert problem.hint == f"import {name} in the task, and call there what sets it"


def test_what_a_call_of_a_module_made_and_set_is_set_there(module, monkeypatch):
    name, _file = module(PATCHED.format("def setup():\n    "))
    monkeypatch.setattr("math.floor", math.floor)
    captured = found([f"import math, {name}\n{name}.setup()"], "math.floor(1)")
    assert captured.problems == ()
    assert any(line.startswith("math.floor = ") for line in captured.assignments)
    assert f"math.floor was set in {name}, and is set where the task runs" in captured.notes


def test_what_a_cell_set_in_an_object_of_a_library_is_set_there(tmp_path, monkeypatch):
    folder = tmp_path / "site-packages"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    (folder / "drawing_xq.py").write_text(
        "class Templates:\n    _default = 'light'\n    @property\n"
        "    def default(self): return self._default\n    @default.setter\n"
        "    def default(self, value): self._default = value\n"
        "class Defaults: __slots__ = ('width',)\ntemplates, defaults = Templates(), Defaults()\n"
    )
    cells = ["import drawing_xq as d", "d.templates.default = 'dark'\nd.defaults.width = 3"]
    captured = found(cells, "d.templates")
    assert captured.problems == ()
    assert sorted(line.rpartition(".")[2] for line in captured.assignments) == [
        "default = 'dark'",
        "width = 3",
    ]
