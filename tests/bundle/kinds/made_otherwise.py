"""Classes whose text would make another one by now: other bases, fields, or as many attributes."""

from __future__ import annotations

from tests.bundle.kinds.case import same

#: `(what, what stands above the class, its bases, what was changed since)`.
_BASES = (
    ("a choice", "Q = True", "A if Q else B", "Q = False"),
    ("a choice of what is there", "Q = None", "Q or A", "Q = B"),
    ("a table", "T = {'x': A}", "T['x']", "T['x'] = B"),
    ("a list", "T = [A]", "*T", "T.clear()"),
    ("a class inside of another", "class O:\n    I = A", "O.I", "O.I = B"),
    ("a call", "def of(k): return type('I', (), {'v': k})\nK = 1", "of(K)", "K = 9"),
    ("a metaclass", "class M(type): v = 1\nQ = True", "metaclass=M if Q else type", "Q = False"),
)
#: `(what, the call that makes the base)`.
_MADE = (
    (
        "namedtuple",
        "from collections import namedtuple",
        "namedtuple('R0', F)",
        "['a']",
        "['b', 'c']",
    ),
    (
        "NamedTuple",
        "from typing import NamedTuple",
        "NamedTuple('R0', F)",
        "[('a', int)]",
        "[('b', str), ('c', str)]",
    ),
    (
        "make_dataclass",
        "from dataclasses import make_dataclass",
        "make_dataclass('R0', F)",
        "['a']",
        "['b', 'c']",
    ),
)
_FIELDS = (
    ("a default", "x: int = K", "M().x"),
    ("a default of Field", "x: int = Field(K)", "M().x"),
    ("a default of Field by its name", "x: int = Field(default=K, title='t')", "M().x"),
    ("a default beside a limit", "x: int = Field(K, le=K + 2)", "M().x, M(x=5).x"),
    ("a default with an alias", "x: int = Field(K, alias='k')", "M().x, M(k=8).x"),
)

CASES = [
    *(
        same(
            f"a class whose base is {what}, and would be another",
            f"class A: v = 1\nclass B: v = 2\n{above}\nclass C({base}): w = 3",
            since,
            task="C.v, C.w",
        )
        for what, above, base, since in _BASES
    ),
    *(
        same(
            f"a class whose base {what} makes of other fields by now",
            f"{imports}\nF = {given}\nclass R({call}):\n    def t(self): return self.a",
            f"F = {since}",
            task="R(4).t()",
        )
        for what, imports, call, given, since in _MADE
    ),
    *(
        same(
            f"a pydantic model with {what} that has another value by now",
            f"from pydantic import BaseModel, Field\nK = 3\nclass M(BaseModel):\n    {field}",
            "K = 0",
            task=task,
        )
        for what, field, task in _FIELDS
    ),
    same(
        "a model that was made again with the default that it had",
        "from pydantic import BaseModel\nclass M(BaseModel):\n    lr: float = 0.1",
        "class M(BaseModel):\n    lr: float = 0.9",
        "class M(BaseModel):\n    lr: float = 0.1",
        task="M().lr",
    ),
    same(
        "bases that stay what they are",
        "import abc\nfrom collections import namedtuple\nfrom typing import Generic, TypeVar\n"
        "T = TypeVar('T')\nclass G(Generic[T]): v = 1\nclass A(G[int]): pass\n"
        "class D(dict[str, int]): pass\nclass P(namedtuple('P', 'x y')): pass\n"
        "class B(type('X', (), {'k': 3}), abc.ABC): pass",
        task="A.v, A.__orig_bases__[0].__args__, D(a=1), P(1, 2).y, B.k",
    ),
    same(
        "a class whose loop goes over more by now",
        "N = ['a', 'b']\nclass A:\n    for n in N:\n        locals()[n] = n * 2",
        "N.append('c')",
        task="A.a, A.b, hasattr(A, 'c')",
    ),
    same(
        "a class that is filled with other names by now",
        "N = ['a']\nclass A:\n    vars().update({n: 1 for n in N})\n    def f(self): return self.a",
        "N = ['f', 'z']",
        task="A().f(), hasattr(A, 'z')",
    ),
]
