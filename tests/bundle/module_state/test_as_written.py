"""A module beside the notebook that nobody changed since its import: nothing is said of it."""

from __future__ import annotations

import pytest

from tests.bundle.notebook import found

TEXTS = {
    "methods that call what the module imports": (
        "import math\nclass A:\n    def f(self): return math.floor(2.5)\n"
        "    @property\n    def p(self): return math.pi\n    @classmethod\n"
        "    def c(k): return math.e"
    ),
    "hints that are not evaluated": (
        "from __future__ import annotations\nclass A:\n    def f(self, x: Nothing) -> int: return x"
    ),
    "a class of object, by its name": "class A(object):\n    def f(self): return 1",
    "a tuple with names": (
        "from typing import NamedTuple\nclass A(NamedTuple):\n    x: int\n    y: float = 2.0"
    ),
    "a tuple with names that a call makes": (
        "from collections import namedtuple\nN = namedtuple('N', 'a b', defaults=(1, []))\n"
        "class A(namedtuple('B', 'a', defaults=[2])): pass\nclass C(N):\n"
        "    def __new__(cls, a=3, b=4): return super().__new__(cls, a, b)"
    ),
    "functions of libraries on a class": (
        "import functools, os.path\nclass A:\n    def __init__(self, x): self.x = x\n"
        "    def __eq__(self, o): return self.x == o.x\n"
        "    def __lt__(self, o): return self.x < o.x\n"
        "functools.total_ordering(A)\nA.join = os.path.join"
    ),
    "a protocol": "from typing import Protocol\nclass A(Protocol):\n    def f(self) -> int: ...",
    "a second name of a method": "class A:\n    def f(self): return 1\n    g = f",
    "attributes of an unpacking": "class A:\n    s, t = ' \\t'",
    "an attribute that is computed": "class A:\n    s = ' ' + ''.join(map(chr, range(65, 70)))",
    "an attribute that the body fills": "class A:\n    d = {}\n    for c in 'ab': d[c] = ord(c)",
    "an attribute that is set below": "class A:\n    k = None\nclass B: pass\nA.k = B",
    "a list that holds itself": "KEPT = []\nKEPT.append(KEPT)",
    "a dict of a class that holds itself": "class A:\n    d = {}\nA.d['here'] = A.d",
    "tuples that hold one twice, and so on": (
        "def grown(v, n):\n    for _ in range(n): v = (v, v)\n    return v\n"
        "class A: t = grown(1, 60)\nT = grown((), 60)\nD = {'t': T}\nD['u'] = grown(2, 60)\n"
        "def f(t=grown(3, 60)): return t\nf.t = T"
    ),
    "a list that is deeper than can be followed": (
        "L = []\nfor _ in range(2000): L = [L]\nclass A: l = L\ndef f(l=L): return l"
    ),
    "functions that enclose each other, deeper than can be followed": (
        "def mk(g):\n    def f(): return g\n    return f\nf = None\n"
        "for _ in range(2000): f = mk(f)\ndef g(): return 1\ng.f = f"
    ),
    "an attribute of a function": "def f(): return 1\nf.slow = True",
    "a registry of functions": (
        "R = {}\ndef reg(f):\n    R[f.__name__] = f\n    return f\n@reg\ndef g(): pass"
    ),
    "a descriptor of its own": (
        "class D:\n    def __set_name__(self, o, n): self.n = n\n"
        "    def __get__(self, i, o): return 3\n"
        "class A:\n    d = D()"
    ),
    "defaults that are empty containers": "def f(a=(), b=dict(), c=frozenset()): return a, b, c",
    "defaults of a method": (
        "import re\nclass A:\n    def f(self, a=dict(), b=re.compile('x')): return a"
    ),
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_of_a_module_that_nobody_changed_nothing_is_said(module, text):
    name, _file = module(text)
    captured = found([f"from {name} import *\nimport {name}"], name)
    assert (captured.problems, captured.notes) == ((), ())


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("class A:\n    d = {}\n    for c in 'ab': d[c] = 1", "d = {m}.A.d\nd['z'] = 9"),
        ("R = {}\nR['a'] = 1", "r = {m}.R\nr['z'] = 9"),
        (
            "R = {}\ndef step(n):\n    def deco(f):\n        R[n] = f\n        return f\n"
            "    return deco",
            "@{m}.step('z')\ndef z(): return 9",
        ),
    ],
)
def test_what_came_to_it_on_another_way_is_there_all_the_same(module, text, change):
    name, _file = module(text)
    captured = found([f"import {name}", change.format(m=name)], name)
    assert captured.problems == ()
    assert any("'z'" in line for line in captured.assignments)
