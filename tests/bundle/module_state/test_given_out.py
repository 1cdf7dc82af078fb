"""What cells took from a module beside the notebook by `from` is the module's own in a task too."""

from __future__ import annotations

import pytest

from tests.bundle.notebook import Notebook

_TEXT = """
import collections, numpy, types
cfg = types.SimpleNamespace(lr=1)
L, D, S, Q = [1], {}, {1}, collections.deque([1])
conf = {"db": {"n": 1}, "tags": [1]}
by = collections.defaultdict(list)
W, V = numpy.zeros(2), numpy.ones(2)
class Reg:
    def __init__(self): self.d = {}
    def add(self, f):
        self.d[f.__name__] = f
        return f
reg = Reg()
kept = None
def keep():
    global kept
    kept = [1]
def seen():
    held = conf["db"]["n"], conf["tags"], dict(by), W.tolist(), V.tolist()
    return cfg.lr, list(L), dict(D), sorted(S), list(Q), sorted(reg.d), kept, held
"""


@pytest.mark.parametrize(
    ("change", "use"),
    [
        ("", "cfg.lr = 5"),
        ("", "L.append(2)"),
        ("", "D['a'] = 1"),
        ("L.append(2); D['b'] = 2; S.add(2); Q.append(3); cfg.lr = 3", "L.append(4); S.add(5)"),
        ("held = {'l': [L], 'c': cfg}", "held['l'][0].append(2); held['c'].lr = 9"),
        ("@reg.add\ndef one(): return 1", "L.append(len(reg.d))"),
        ("other = D", "other['x'] = 1; D['y'] = 2"),
        ("{m}.L = [7]", "L.append(2)"),
        (
            "db, tags, r = {m}.conf['db'], {m}.conf['tags'], {m}.reg",
            "db['n'] = 5; tags.append(2); r.d['x'] = 1",
        ),
        (
            "{m}.conf['db']['n'] = 3; {m}.conf['tags'].append(4); db, tags = {m}.conf.values()",
            "db['n'] += 1; tags.append(2)",
        ),
        (
            "{m}.conf['new'] = [1]; new = {m}.conf['new']; old = {m}.conf.pop('tags'); "
            "{m}.conf['tags'] = [5]",
            "new.append(2); old.append(3); seen_ = ({m}.conf, old)",
        ),
        ("{m}.conf['more'] = {m}.conf['tags']; t = {m}.conf['more']", "t.append(2)"),
        ("b = {m}.by; b['x'].append(1); k = b['x']", "k.append(2); b['y'].append(3)"),
        ("w, v = {m}.W, {m}.V; v[0] = 7", "w[0] = 4; v[1] = 8"),
        ("v, held = {m}.V[:1], [{m}.W[1:]]; {m}.W[0] = 2", "v[0] = 7; held[0][0] = 3"),
        ("{m}.W = {m}.numpy.arange(3.0); w = {m}.W", "w[2] = 9"),
        ("{m}.D['a'] = 1; {m}.L.append(3)\nd = {m}.D", "d['b'] = 2; L.append(5)"),
        ("{m}.keep()\nfrom {m} import kept", "{m}.seen()"),
        ("{m}.kept = dict(a=1)\n{m}.kept['b'] = 2", "{m}.kept['c'] = 3"),
        (
            "def mk():\n    d = dict()\n    def f(): return len(d)\n    d['f'] = f\n    return d\n"
            "{m}.D['x'], {m}.kept = mk(), mk()",
            "L.append(D.pop('x')['f']()); {m}.kept['f'] = {m}.kept['f']()",
        ),
    ],
)
def test_it_is_the_one_that_the_module_s_own_functions_see(module, tmp_path, change, use, there):
    name, _file = module(_TEXT)
    notebook = Notebook()
    notebook.run(f"import {name}\nfrom {name} import D, L, Q, S, cfg, reg, seen")
    notebook.run(change.format(m=name) if "{m}" in change else change)
    use = use.format(m=name) if "{m}" in use else use
    notebook.task(f"def look():\n    {use}\n    return repr((seen(), L))")
    bundle = notebook.build()
    assert [str(each) for each in bundle.problems] == []
    assert there(bundle.archive, tmp_path) == notebook.names["look"]()


_NANS = """
import decimal, numpy
MISSING, NP, DEC = float("nan"), numpy.float64("nan"), decimal.Decimal("nan")
TABLE = {"own": float("nan"), "same": MISSING}
class Kept: none = float("nan")
def known(*those):
    mine = (MISSING, NP, DEC, TABLE["own"], TABLE["same"], Kept.none)
    return [any(each is one for one in mine) for each in those]
"""


def test_a_value_that_equals_nothing_is_the_module_s_own(module, tmp_path, there):
    name, _file = module(_NANS)
    notebook = Notebook()
    notebook.run(f"import {name} as m\nfrom {name} import MISSING, known\nimport numpy")
    notebook.run("X, D = m.NP, {'a': m.TABLE['own'], 'b': [m.Kept.none]}\ndef f(x=m.DEC): return x")
    notebook.task(
        "def look():\n    return repr((known(MISSING, X, f(), D['a'], D['b'][0], numpy.nan), "
        "m.TABLE['same'] is MISSING))"
    )
    bundle = notebook.build()
    assert [str(each) for each in bundle.problems] == []
    assert there(bundle.archive, tmp_path) == f"({[True] * 5 + [False]}, True)"


def test_what_the_notebook_made_itself_is_its_own(module, tmp_path, there):
    name, _file = module(_TEXT)
    notebook = Notebook()
    notebook.run(f"from {name} import seen\nL = [1]")
    notebook.task("def look():\n    L.append(2)\n    return repr((seen()[1], L))")
    assert there(notebook.build().archive, tmp_path) == "([1], [1, 2])"


def test_what_objects_and_bases_of_a_module_count_is_counted_once(module, tmp_path, there):
    name, _file = module(
        "subs, made = [], {}\nclass Reg:\n    def __init__(self): self.d = {}\n"
        "    def add(self, f):\n        assert f.__name__ not in self.d\n"
        "        self.d[f.__name__] = f; return f\nreg = Reg()\n"
        "class Base:\n    def __init_subclass__(cls): subs.append(cls.__name__)\n"
        "class Meta(type):\n    def __init__(k, n, b, d): made[n] = made.get(n, 0) + 1"
    )
    notebook = Notebook()
    notebook.run(f"import {name} as m\nfrom {name} import reg, Base, Meta\nr = m.reg")
    notebook.run(
        "@reg.add\ndef f(): return 1\n@r.add\ndef g(): return 2\nclass A(Base): pass\n"
        "class B(Base): pass\nclass K(metaclass=Meta):\n    @m.reg.add\n    def h(self): return 3"
    )
    notebook.task(
        "def look():\n    return repr((sorted(reg.d), reg.d['f'] is f, r is m.reg, g(), m.subs, "
        "A.__name__, B.__name__, m.made, K().h()))"
    )
    bundle = notebook.build()
    assert [str(each) for each in bundle.problems] == []
    assert there(bundle.archive, tmp_path) == notebook.names["look"]()


def test_a_method_is_what_it_was_before_a_cell_replaced_it(module, tmp_path, there):
    name, _file = module("class S:\n    def fit(self): return 1\n    train = fit")
    notebook = Notebook()
    notebook.run(f"import {name} as m\nm.S.fit = lambda self: 3")
    notebook.task("def look():\n    return repr((m.S().fit(), m.S().train()))")
    assert there(notebook.build().archive, tmp_path) == "(3, 1)"


def test_what_decorators_of_a_module_count_is_counted_once(module, tmp_path, there):
    name, _file = module(
        "n = 0\nL = []\ndef reg(c):\n    global n\n    n += 1; L.append(c.__name__); return c"
    )
    notebook = Notebook()
    notebook.run(f"import {name}\nfrom {name} import reg")
    notebook.run(
        f"@reg\nclass K: x = {name}.reg(int)\n@{name}.reg\ndef f(): return 1\n"
        "class M:\n    @reg\n    def m(self): return 4"
    )
    notebook.task(f"def look():\n    return repr(({name}.n, {name}.L, K.x, f(), M().m()))")
    bundle = notebook.build()
    assert [str(each) for each in bundle.problems] == []
    assert there(bundle.archive, tmp_path) == notebook.names["look"]()
