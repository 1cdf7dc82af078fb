"""What a module beside the notebook has at a path is that very thing in a task too."""

from __future__ import annotations

import pytest

from tests.bundle.notebook import Notebook

_TEXT = """
import os, random, threading, types
from typing import NamedTuple
import numpy as np, pandas as pd
class Sub:
    def __init__(self): self.v, self.l = 1, []
class Slots:
    __slots__ = ("l",)
    def __init__(self): self.l = [1]
class Pair(NamedTuple):
    l: list
class Cls:
    conf = {"a": 1, "in": {"b": 2}}
    one, none = Sub(), None
    arr = np.zeros(3)
    class Inner:
        opts = {"x": 1}
    @classmethod
    def fill(cls): cls.none = [1]
class Cfg:
    def __init__(self): self.db, self.subs = Sub(), [Sub()]
class Asked:
    def __init__(self): self.db, self.home = Sub(), os.environ.get("NO_SUCH_VARIABLE")
cfg, asked, by, pair, both = Cfg(), Asked(), {"k": Sub(), (1, None): [1]}, Pair([1]), (Sub(), [2])
slots, lock, rng, ba = Slots(), threading.Lock(), random.Random(3), bytearray(b"ab")
arr, plain = np.zeros(2, dtype=[("a", int)]), np.arange(6.0).reshape(2, 3)
DF, S = pd.DataFrame({"a": [1, 2]}), pd.Series([1, 2])
LAST = pd.DataFrame({"a": [int(os.environ.get("NO_SUCH_VARIABLE", 1)), 2]})
held = {"x": pd.DataFrame({"a": [1]}), "ns": types.SimpleNamespace(sub=types.SimpleNamespace(x=1))}
BIG, WIDE = np.arange(200_000.0), pd.DataFrame({"a": np.arange(200_000.0)})
def frame(): return DF
"""


@pytest.mark.parametrize(
    ("take", "use"),
    [
        ("c = m.Cls.conf", "c.update(z=1), m.Cls.conf, c is m.Cls.conf"),
        ("c = m.Cls.conf; c['q'] = 2", "c.update(z=1), m.Cls.conf, c is m.Cls.conf"),
        ("c = m.Cls.conf; m.Cls.conf = {}", "c, m.Cls.conf, c is m.Cls.conf"),
        ("c = m.Cls.conf['in']", "c.update(z=1), m.Cls.conf, c is m.Cls.conf['in']"),
        ("c = m.Cls.Inner.opts", "c.update(z=1), m.Cls.Inner.opts, c is m.Cls.Inner.opts"),
        ("m.Cls.fill(); c = m.Cls.none", "c.append(2), m.Cls.none, c is m.Cls.none"),
        ("c = m.Cls.one", "setattr(c, 'v', 5), m.Cls.one.v, c is m.Cls.one"),
        ("c = m.Cls.one; c.v = 3", "c.v, m.Cls.one.v, c is m.Cls.one"),
        ("c = m.Cls.arr; r = c[1:]", "r.fill(5), m.Cls.arr.tolist(), c is m.Cls.arr"),
        ("c = m.cfg.db; l = c.l", "setattr(c, 'v', 5), m.cfg.db.v, l is m.cfg.db.l"),
        ("c = m.cfg.db; c.v = 3", "c.v, m.cfg.db.v, c is m.cfg.db"),
        ("c = m.cfg.subs[0]", "c is m.cfg.subs[0]"),
        ("c = m.asked.db", "c is m.asked.db, c.v"),
        ("c = m.asked.db; c.v = 3", "c.v"),
        ("def up(x): x.v = 3\nup(m.asked.db); c = m.asked.db", "c.v"),
        ("c, d = m.by['k'], m.by[1, None]", "c is m.by['k'], d is m.by[1, None]"),
        ("c, d = m.pair, m.pair.l", "c is m.pair, d is m.pair.l, d.append(2), c"),
        ("c, d = m.both", "c is m.both[0], d is m.both[1]"),
        ("c, d = m.slots, m.slots.l", "c is m.slots, d is m.slots.l"),
        ("c, d, e = m.lock, m.rng, m.ba", "c is m.lock, d is m.rng, e is m.ba"),
        ("r = m.arr[0]", "r.__setitem__('a', 5), m.arr.tolist()"),
        ("r = m.arr[1]; r['a'] = 2", "r.__setitem__('a', r['a'] + 5), m.arr.tolist()"),
        ("r = m.plain[1]", "r.fill(3), m.plain.tolist()"),
        ("a = m.np.zeros(2, dtype=[('a', int)]); r = a[0]", "r.__setitem__('a', 5), a.tolist()"),
        ("c, s = m.DF, m.S", "c is m.DF, s is m.S, c.__setitem__('z', 1), m.frame().to_dict()"),
        ("c = m.frame(); c['q'] = 3", "c is m.DF, m.frame().to_dict()"),
        ("c = m.LAST", "c is m.LAST, c.to_dict()"),
        ("c = m.LAST; s = c['a']; s.array[0] = 9", "c.to_dict()"),
        ("def up(x): x['z'] = 3\nup(m.LAST); c = m.LAST", "c.to_dict()"),
        ("c = m.LAST; c += 1", "c.to_dict()"),
        ("c, d = m.held['x'], m.held['ns'].sub", "c is m.held['x'], d is m.held['ns'].sub"),
        ("class O: pass\no = O(); o.c, o.d = m.DF, m.cfg.db", "o.c is m.DF, o.d is m.cfg.db"),
        ("from {m} import BIG, WIDE", "BIG is m.BIG, BIG.sum(), WIDE is m.WIDE, WIDE.a.sum()"),
    ],
)
def test_what_a_path_gives_is_the_module_s_own(module, tmp_path, take, use, there):
    name, _file = module(_TEXT)
    notebook = Notebook()
    notebook.run(f"import {name} as m")
    notebook.run(take.replace("{m}", name))
    notebook.task(f"def look():\n    return repr(({use}))")
    bundle = notebook.build()
    assert [str(each) for each in bundle.problems] == []
    assert notebook.build().archive == bundle.archive, "to look at it has changed it"
    assert there(bundle.archive, tmp_path) == notebook.names["look"]()


@pytest.mark.parametrize(
    "change",
    [
        "BIG[0] = 7",
        "BIG += 1",
        "v = BIG[1:]; v[0] = 7",
        "def up(x): x[0] = 7\nup(BIG)",
    ],
)
def test_a_large_array_that_may_have_changed_is_refused(module, change):
    name, _file = module(_TEXT)
    notebook = Notebook()
    notebook.run(f"from {name} import BIG")
    notebook.run(change)
    notebook.task("def look():\n    return BIG.sum()")
    (problem,) = notebook.build().problems
    assert "takes 'BIG' from the notebook" in str(problem)


def test_what_a_module_imports_is_the_other_module_s_own(module, tmp_path, there):
    first, _file = module("CONF = {'a': 1}\nclass C: d = [1]\ndef get(): return CONF")
    second, _file = module(f"import {first} as inner\nfrom {first} import CONF, C, get")
    notebook = Notebook()
    notebook.run(f"import {second} as m\na, b, c, d = m.CONF, m.inner.CONF, m.C.d, m.get()")
    use = "a is b is d is m.inner.CONF, c is m.C.d, a.update(z=1), m.get()"
    notebook.task(f"def look():\n    return repr(({use}))")
    bundle = notebook.build()
    assert [str(each) for each in bundle.problems] == []
    assert there(bundle.archive, tmp_path) == notebook.names["look"]()


@pytest.mark.parametrize(
    "change",
    [
        "def get(): return m.asked.db\nget().v = 7",
        "(q := m.asked.db).v = 7\ndel q",
        "q = m.asked.db if m else None\nq.v = 7\ndel q",
        "q, *_ = [m.asked.db]\nq.v = 7\ndel q",
        "for q in (m.asked.db,): q.v = 7\ndel q",
        "def up():\n    a = m.asked\n    q = a.db\n    q.v = 7\nup()",
        "def up(x): x.v = 7\nlist(map(up, [m.asked.db]))",
        "getattr(m.asked, 'd' + 'b').v = 7",
        "vars(m.asked.db)['v'] = 7",
    ],
)
def test_what_was_changed_by_whatever_name_is_what_the_notebook_has(
    module, tmp_path, change, there
):
    name, _file = module(_TEXT)
    notebook = Notebook()
    notebook.run(f"import {name} as m")
    notebook.run(change)
    notebook.run("c = m.asked.db")
    notebook.task("def look():\n    return repr(c.v)")
    bundle = notebook.build()
    assert [str(each) for each in bundle.problems] == []
    assert there(bundle.archive, tmp_path) == notebook.names["look"]() == "7"
