"""Data of libraries that things of the notebook hold: they are looked at, and stay what they are."""

from __future__ import annotations

from tests.bundle.kinds.case import same

_PD = "import pandas as pd\n"

CASES = [
    same(
        "a series in an instance",
        f"{_PD}class A: pass\na = A()\na.v = pd.Series([1])",
        task="a.v.tolist()",
    ),
    same(
        "a series set on a class",
        f"{_PD}class A: pass\nA.s = pd.Series([1.0])",
        task="A.s.tolist()",
    ),
    same(
        "a series in a data class",
        f"{_PD}from dataclasses import dataclass\n@dataclass\nclass D:\n    s: object\n"
        "d = D(pd.Series([1, 2]))",
        task="d.s.tolist()",
    ),
    same(
        "a fitted transformer of the notebook",
        f"{_PD}from sklearn.base import BaseEstimator, TransformerMixin\n"
        "class Centre(BaseEstimator, TransformerMixin):\n"
        "    def fit(self, X, y=None):\n        self.med = X.median()\n        return self\n"
        "    def transform(self, X): return X - self.med\n"
        "t = Centre().fit(pd.DataFrame({'a': [1.0, 2.0, 4.0]}))",
        task="t.transform(pd.DataFrame({'a': [5.0]})).a.tolist()",
    ),
    same(
        "an object as the default of a tuple with names",
        "from types import SimpleNamespace\nfrom typing import NamedTuple\n"
        "class A(NamedTuple):\n    v: object = SimpleNamespace(t=1)",
        task="A().v.t",
    ),
    same(
        "a series that a decorator set on a function",
        f"{_PD}def tag(v):\n    def on(f):\n        f.v = v\n        return f\n    return on\n"
        "@tag(pd.Series([1]))\ndef f(): return f.v.tolist()",
        task="f()",
    ),
    same(
        "a column and its frame in two instances",
        f"{_PD}class A: pass\na, b = A(), A()\na.df = pd.DataFrame({{'x': [1, 2]}})\n"
        "b.s, b.a = a.df['x'], a",
        task="b.s.tolist(), b.a is a, a.df.x.tolist()",
    ),
    *(
        same(
            f"things that each hold one twice, {what}",
            f"{made}\nV = None\nfor _ in range(60): V = {held}",
            task=task,
        )
        for what, made, held, task in (
            ("lists", "", "[V, V]", "V[0] is V[1] is not V[0][0], V[0][0] is V[1][1]"),
            ("dicts", "", "{'a': V, 'b': [V]}", "V['a'] is V['b'][0]"),
            (
                "objects of Python",
                "from types import SimpleNamespace as N",
                "N(a=V, b=V)",
                "V.a is V.b, V.a.a is V.b.b",
            ),
            (
                "data classes",
                "from dataclasses import dataclass\n@dataclass\nclass N:\n    a: object\n"
                "    b: object",
                "N(V, [V, V])",
                "V.a is V.b[0] is V.b[1]",
            ),
            (
                "functions",
                "def mk(a, b):\n    def f(): return a is b, a\n    return f",
                "mk(V, V)",
                "V()[0], V()[1]()[0]",
            ),
        )
    ),
    same(
        "a dict that views of it show",
        "import types, collections\nD = {'a': 1}\nV = types.MappingProxyType(D)\n"
        "O = types.MappingProxyType(collections.OrderedDict(b=1)); C = collections.ChainMap({}, D)",
        task="D.update(c=2), V, V['c'], C['c'], O",
    ),
]
