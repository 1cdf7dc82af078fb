"""Things whose own code raises, lies or never ends when they are looked at; and things too deep.

`KeyboardInterrupt` is what nothing catches: a row that passes has run no such code.
"""

from __future__ import annotations

from tests.bundle.kinds.case import refused, same

_RAISES = "def {}(self, *given): raise KeyboardInterrupt"


def _evil(method: str) -> str:
    return f"class Evil:\n    {_RAISES.format(method)}\ne = Evil()"


CASES = [
    *(
        same(f"{method} that raises", _evil(method), task="e is not None")
        for method in (
            *("__getattr__", "__eq__", "__hash__", "__repr__", "__str__", "__len__", "__bool__"),
            *("__sizeof__", "__iter__", "__dir__", "__call__", "__get__", "__wrapped__"),
            *("__reduce_ex__", "__format__", "__contains__", "__getitem__", "__set_name__"),
        )
    ),
    refused(
        "__getattribute__ that raises",
        _evil("__getattribute__"),
        task="e is not None",
        says="takes 'e' from the notebook .*, a __main__.Evil",
    ),
    refused(
        "__getattribute__ that lies",
        "class Evil:\n    def __getattribute__(self, name): return self\ne = Evil()",
        task="e",
        says="takes 'e' from the notebook .*, a __main__.Evil",
    ),
    same(
        "a __class__ that lies", "class E:\n    __class__ = int\ne = E()", task="type(e).__name__"
    ),
    same(
        "a __class__ that raises",
        "class E:\n    @property\n    def __class__(self): raise KeyboardInterrupt\ne = E()",
        task="type(e).__name__",
    ),
    same(
        "a __name__ that raises",
        "class E:\n    @property\n    def __name__(self): raise KeyboardInterrupt\n"
        "    def __call__(self): return 1\ne = E()",
        task="e()",
    ),
    refused(
        "a __dict__ that raises",
        "class E:\n    @property\n    def __dict__(self): raise KeyboardInterrupt\ne = E()",
        task="e",
        says="takes 'e' from the notebook .*, a __main__.E",
    ),
    refused(
        "a __module__ that is no text",
        "class E:\n    @property\n    def __module__(self): raise KeyboardInterrupt\ne = E()",
        task="e",
        says="takes 'e' from the notebook .*, a .E",
    ),
    refused(
        "a metaclass that raises",
        "class M(type):\n    def __getattribute__(kind, name): raise RuntimeError('no')\n"
        "class K(metaclass=M): a = 1",
        task="K is not None",
        says="uses 'K' .*, whose own code raises RuntimeError when it is looked at",
    ),
    refused(
        "a metaclass that lies of the names of a class",
        "class M(type):\n    def __getattribute__(kind, name):\n"
        "        return 'no' if name == '__dict__' else type.__getattribute__(kind, name)\n"
        "class K(metaclass=M): a = 1",
        task="K().a",
        says="uses 'K' .*, whose own code raises AttributeError when it is looked at",
    ),
    *(
        same(
            f"{method} of a metaclass raises",
            f"class M(type):\n    def {method}(kind, *given): raise RuntimeError('no')\n"
            "class K(metaclass=M): a = 1",
            task="K.a",
        )
        for method in ("__eq__", "__repr__", "__bool__", "__len__", "__call__", "__subclasses__")
    ),
    same(
        "a mock that says it is a number",
        "class N:\n    __class__ = int\n    def __index__(self): return 3\nn = N()",
        task="[1, 2, 3, 4][n]",
    ),
    same(
        "private slots",
        "class C:\n    __slots__ = ('__x', 'y')\n    def __init__(self): self.__x = 1\n"
        "    def get(self): return self.__x, hasattr(self, 'y')\nc = C()",
        task="c.get()",
    ),
    refused(
        "a chain of things without end",
        "class N:\n    def __init__(self, n): self.n = n\nh = None\nfor i in range(2000): h = N(h)",
        task="h",
        says="takes 'h' from the notebook .*, which holds things that hold things, deeper than",
    ),
    same(
        "600 functions that call each other",
        "\n".join(f"def f{i}(): return {f'f{i - 1}()' if i else 1}" for i in range(600)),
        task="f599()",
    ),
    refused(
        "a large list in an instance",
        "class A: pass\na = A()\na.x = list(range(1_000_000))",
        task="a.x[0]",
        says="takes 'a'.*it holds a list of 8 MB",
    ),
    same("a sum of 500 terms", f"def f(): return {' + '.join(['1'] * 500)}", task="f()"),
    same("names of built-in things", "N = float('inf')\nfloat = 3", task="float, N"),
    same(
        "names of what our lines call",
        "class A: pass\na = A()\na.x = {1}\nobject = vars = set = 'mine'",
        task="object, vars, set, a.x",
    ),
    same(
        "a submodule that the second function reaches",
        "import xml.dom.minidom\ndef f(): return xml.__name__\n"
        "def g(): return xml.dom.minidom.parseString('<a/>').documentElement.tagName",
        task="f(), g()",
    ),
]
