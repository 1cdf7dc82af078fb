"""Things that have a value in each context or thread, and what a library's calls made of code."""

from __future__ import annotations

from tests.bundle.kinds.case import refused, same

_VARIABLE = "from contextvars import ContextVar\n"
_LOCAL = "import threading\n"
_PARSER = (
    "import argparse\nM = argparse.ArgumentParser(prog='x', argument_default=argparse.SUPPRESS)\n"
    "M.add_argument('--lr', type=float)\nM.add_argument('files', nargs='*', default=[])\n"
    "either = M.add_mutually_exclusive_group()\neither.add_argument('-q', action='store_true')\n"
    "either.add_argument('-v', action='count', help=argparse.SUPPRESS)"
)
_ARRAY = (
    "import numpy as np\nclass Info(np.ndarray):\n    def __new__(cls, data, info=None):\n"
    "        made = np.asarray(data).view(cls)\n        made.info = info\n        return made\n"
    "    def __array_finalize__(self, of): self.info = getattr(of, 'info', None)\n"
    "a = Info([1, 2, 3], info={'unit': 'm'})"
)

CASES = [
    same("a context variable", f"{_VARIABLE}V = ContextVar('V', default=[1])", task="V.get()"),
    same("one that was set", f"{_VARIABLE}V = ContextVar('V')\nV.set({{'a': 1}})", task="V.get()"),
    same(
        "one without a value",
        f"{_VARIABLE}V = ContextVar('V')\nALL = {{'v': V}}",
        task="V.get('none'), V.name, ALL['v'] is V",
    ),
    same(
        "one that was set and has a default",
        f"import contextvars\n{_VARIABLE}V = ContextVar('V', default=1)\nV.set(2)",
        task="V.get(), contextvars.Context().run(V.get)",
    ),
    same(
        "one that functions use",
        f"{_VARIABLE}V = ContextVar('V', default=0)\ndef up():\n    V.set(V.get() + 1)\n"
        "    return V.get()\nup()",
        task="V.get()",
    ),
    same("a thread's own", f"{_LOCAL}T = threading.local()\nT.x, T.y = 5, [1]", task="T.x, T.y"),
    same(
        "a thread's own of which another has none",
        f"{_LOCAL}T = threading.local()\nT.x = 5\ndef seen():\n    found = []\n"
        "    t = threading.Thread(target=lambda: found.append(hasattr(T, 'x')))\n"
        "    t.start(); t.join()\n    return found",
        task="seen(), T.x",
    ),
    same(
        "a thread's own that says what each has",
        f"{_LOCAL}class Own(threading.local):\n    n = 1\n    def __init__(self): self.x = [3]\n"
        "T = Own()\nT.x.append(4)",
        task="T.x, T.n, type(T).__name__",
    ),
    refused(
        "a thread's own that was given something",
        f"{_LOCAL}class Own(threading.local):\n    def __init__(self, x): self.x = x\nT = Own(3)",
        task="T.x",
        says="takes 'T' .*each thread makes it anew, of what it was given here\n +make it inside",
    ),
    same(
        "a parser of arguments",
        _PARSER,
        task="vars(M.parse_args(['--lr', '2', 'a'])), vars(M.parse_args(['-vv'])), M.format_help()",
    ),
    same(
        "commands of a parser of arguments",
        "import argparse\nM = argparse.ArgumentParser(prog='x')\n"
        "def load(args): return args.n\nsub = M.add_subparsers(dest='what')\n"
        "one = sub.add_parser('load')\none.add_argument('n', type=int)\none.set_defaults(go=load)",
        task="(lambda a: (a.what, a.go(a)))(M.parse_args(['load', '3']))",
    ),
    same(
        "what a library's function made",
        "import shutil\nignore = shutil.ignore_patterns('*.pyc')\nALL = {'i': ignore}",
        task="ignore('.', ['a.pyc', 'b.py']), ALL['i'] is ignore",
    ),
    same(
        "a function below a library's decorator that does not say what it wraps",
        "import reprlib\n@reprlib.recursive_repr('…')\ndef show(x): return f'<{show(x)}>'",
        task="show(1), show.__name__, show.__module__ == __name__",
    ),
    same(
        "what a library's decorator made without being one",
        "import reprlib\ndef plain(x): return f'<{show(x)}>'\nshow = reprlib.recursive_repr()(plain)",
        task="show(1)",
    ),
    same(
        "an array of a class that says how one is made",
        _ARRAY,
        task="a.tolist(), a.info, type(a).__name__, (a + 1).info, a.dtype",
    ),
    same(
        "two of them, one in a list",
        _ARRAY,
        "b = a * 2\nb.info = 'other'\nALL = [b, {'a': a}]",
        task="ALL[0].tolist(), ALL[0] is b, ALL[1]['a'] is a, b.info",
    ),
    refused(
        "an array that says how it is copied",
        f"{_ARRAY}",
        "class Odd(Info):\n    def __reduce__(self): return (Odd, ([0],))\nodd = Odd([1])",
        task="odd.tolist()",
        says="takes 'odd' .*Odd, which cannot be shipped",
    ),
    same(
        "a signal that nobody is connected to",
        "from psygnal import SignalInstance\nS = SignalInstance((int,), name='changed')",
        task="S.emit(3), S.name, len(S)",
    ),
    refused(
        "a signal that tells functions apart by where they lie",
        "from psygnal import SignalInstance\nS = SignalInstance((int,))\nL = []\n"
        "@S.connect\ndef on(x): L.append(x)",
        task="S.emit(3)",
        says="takes 'S' .*keeps where in this process's memory .*\n +make it inside the function",
    ),
    same(
        "an object that keeps what a function looks like",
        "import types\ndef f(): return 1\nbox = types.SimpleNamespace(f=f, said=repr(f))\n"
        "class Box: pass\nown = Box()\nown.f, own.said = f, hex(id(f))",
        task="box.f(), box.said, own.said",
    ),
]
