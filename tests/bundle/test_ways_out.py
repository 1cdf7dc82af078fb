"""What a refusal says to type next is typed, and then the task ships and gives what it should."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass

import pytest

from tests.bundle.answering import Answering
from tests.bundle.notebook import Notebook

#: Runs the task of each archive that it is told of, in a child: it knows nothing of the notebook.
THERE = """
import json, os, sys, traceback
for line in sys.stdin:
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            sys.path.insert(0, line.strip())
            from sfdag_bundle import runtime
            said = [True, runtime.load_function(runtime.find_entry("the_task"))()]
        except BaseException:
            said = [False, traceback.format_exc()]
        os.write(writer, json.dumps(said).encode())
        os._exit(0)
    os.close(writer)
    with open(reader) as answer:
        print(answer.read(), flush=True)
    os.waitpid(child, 0)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A refusal, and what one types then.

    Attributes:
        task: an expression that the refused task returns.
        says: a pattern of the way out, from its beginning.
        typed: the cells that one runs then.
        inside: the lines of the task that one writes then; none where it stays as it was.
        gives: what the task then returns.
    """

    what: str
    cells: tuple[str, ...]
    task: str
    says: str
    typed: tuple[str, ...] = ()
    inside: str = ""
    gives: object


def inside(what, *cells, task, body, gives, says="make it inside the function"):
    """A way out that is another text of the task."""
    return Way(what=what, cells=cells, task=task, says=says, inside=body, gives=gives)


def typed(what, *cells, task, says, then, gives):
    """A way out that is a cell to run, after which the task's own cell stays as it was."""
    return Way(what=what, cells=cells, task=task, says=says, typed=(then,), gives=gives)


_DECORATOR = "def log(f):\n    def w(*a): return ('log', f(*a))\n    return w"
_COUNTS = "import functools\nN = [0]\ndef nid():\n    N[0] += 1\n    return N[0]"
_KEEP = r"make it inside the function, or keep what it gives: list\(…\)"
_AGAIN = r"run the cell of C again \(Cell \[\d\], line \d\)"
_SIGNAL = "from psygnal import SignalInstance\nS = SignalInstance((int,))\nL = []\n"
_TABS = (
    "def make(n):\n{0}def inc():\n{0}{0}nonlocal n\n{0}{0}n += 1\n{0}{0}return n\n"
    "{0}def get():\n{0}{0}return n\n{0}inc.get = get\n{0}return inc\ninc = make(1)"
)
#: A module beside the notebook.
_BESIDE = (
    "import pathlib, sys, tempfile\nfolder = tempfile.mkdtemp()\nsys.path.insert(0, folder)\n"
    "sys.modules.pop('beside_xq', None)\npathlib.Path(folder, 'beside_xq.py').write_text(\n"
    "    'V = 1\\ndef f(): return V\\n')\n"
)
_CONTEXT = "from contextlib import contextmanager\n@contextmanager\ndef timed(n): yield n"

WAYS = [
    inside(
        "a thread",
        "import threading\nit = threading.Thread(target=print)",
        task="it.daemon",
        body="it = threading.Thread(target=print)\n    return it.daemon",
        gives=False,
    ),
    inside(
        "a weak reference",
        "import weakref\nclass A: n = 3\na = A()\nit = weakref.ref(a)",
        task="it().n",
        body="it = weakref.ref(a)\n    return it().n",
        gives=3,
    ),
    inside(
        "a list of what runs here",
        "import sys\nL = [1, sys._getframe()]",
        task="L[0]",
        body="L = [1, sys._getframe()]\n    return L[0]",
        gives=1,
        says="make it inside the function$",
    ),
    inside(
        "a cycle",
        "import itertools\nc = itertools.cycle('ab')",
        task="next(c)",
        body="c = itertools.cycle('ab')\n    return next(c)",
        gives="a",
    ),
    inside(
        "a thread's own that was given something",
        "import threading\nclass Own(threading.local):\n    def __init__(self, x): self.x = x\n"
        "T = Own(3)",
        task="T.x",
        body="T = Own(3)\n    return T.x",
        gives=3,
    ),
    inside(
        "a list that holds itself",
        "L = [1]\nL.append(L)",
        task="L[0]",
        body="L = [1]\n    L.append(L)\n    return L[1][0]",
        gives=1,
    ),
    inside(
        "a signal that functions are connected to",
        f"{_SIGNAL}def on(x): L.append(x)\nS.connect(on)",
        task="S.emit(3)",
        body="S = SignalInstance((int,))\n    S.connect(on)\n    S.emit(3)\n    return L",
        gives=[3],
    ),
    inside(
        "a stream",
        "import sys\nout = sys.stderr",
        task="out.writable()",
        says="name it inside the function: sys.stderr",
        body="out = sys.stderr\n    return out.writable()",
        gives=True,
    ),
    inside(
        "a template of jinja2",
        "from jinja2 import Template\nTEXT = 'hi {{ x }}'\nt = Template(TEXT)",
        task="t.render(x=1)",
        says=r"keep its text, and make it inside the function: Template\(…\)",
        body="t = Template(TEXT)\n    return t.render(x=1)",
        gives="hi 1",
    ),
    inside(
        "the notebook as a module",
        "X = 4\nimport __main__",
        task="__main__.X",
        says="use its names as they are, without the module",
        body="return X",
        gives=4,
    ),
    inside(
        "ids of things",
        "class A: pass\na = A()\nD = {id(a): 1}",
        task="D[id(a)]",
        says="key it by a name or an index, or fill it inside the function",
        body="D = {id(a): 1}\n    return D[id(a)]",
        gives=1,
    ),
    inside(
        "a line of a terminal",
        task="get_ipython().getoutput('echo 1')",
        says=r"leave that line out of the function; for a ! line: subprocess.run\(…, shell=True\)",
        body="import subprocess\n"
        "    done = subprocess.run('echo 1', shell=True, capture_output=True)\n"
        "    return done.stdout.decode().strip()",
        gives="1",
    ),
    inside(
        "a name that nobody has",
        task="sqrt_xq(4)",
        says="run the cell that defines it, or import it inside the function",
        body="from math import sqrt as sqrt_xq\n    return sqrt_xq(4)",
        gives=2.0,
    ),
    *(
        typed(f"what is used up: {what}", cell, task="g", says=says, then=then, gives=gives)
        for what, cell, says, then, gives in (
            (
                "a generator",
                "g = (n for n in [1, 2])",
                ".* keep what it gives: list",
                "g = list(g)",
                [1, 2],
            ),
            ("a map", "g = map(str, [1])", ".* keep what it gives: list", "g = list(g)", ["1"]),
            ("keys", "g = {'a': 1}.keys()", "keep what it shows: list", "g = list(g)", ["a"]),
            (
                "a match",
                "import re\ng = re.match('a(?P<n>.)', 'ab')",
                r"keep what it found: match.group\(…\), match.groupdict\(\)",
                "g = [g.group(0), g.groupdict()]",
                ["ab", {"n": "b"}],
            ),
            (
                "an entry of a folder",
                "import os\ng = list(os.scandir('/'))[0]",
                "keep what it says: entry.path, entry.name",
                "g = len(g.path) > 1",
                True,
            ),
            (
                "a view of memory",
                "g = memoryview(b'ab')",
                r"keep what it shows: bytes\(…\)",
                "g = bytes(g).decode()",
                "ab",
            ),
        )
    ),
    typed(
        "a function of a text",
        "ns = {}\nexec('def f(): return 1', ns)\nf = ns['f']",
        task="f()",
        says="write it with def in a cell and run that cell",
        then="def f(): return 1",
        gives=1,
    ),
    typed(
        "a lambda of a text",
        "f = eval('lambda x: x * x')",
        task="f(3)",
        says="write it with def in a cell and run that cell",
        then="def f(x): return x * x",
        gives=9,
    ),
    *(
        typed(
            f"a class whose {what} was defined again",
            *cells,
            task=task,
            says=_AGAIN,
            then=cells[1],
            gives=gives,
        )
        for what, cells, task, gives in (
            ("base", ("class B: v = 1", "class C(B): pass", "class B: v = 2"), "C.v", 2),
            (
                "metaclass",
                ("class M(type): z = 1", "class C(metaclass=M): pass", "class M(type): z = 2"),
                "C.z",
                2,
            ),
            (
                "decorator of a method",
                (
                    _DECORATOR,
                    "class C:\n    @log\n    def m(self): return 1",
                    "def log(f): return f",
                ),
                "C().m()",
                1,
            ),
        )
    ),
    typed(
        "a decorator that was given another",
        "import functools\nN = 2",
        "@functools.lru_cache(maxsize=N)\ndef f(x): return x",
        "N = 3",
        task="f(1)",
        says=r"run Cell \[2\] again",
        then="@functools.lru_cache(maxsize=N)\ndef f(x): return x",
        gives=1,
    ),
    typed(
        "a decorator that was given what counts",
        f"{_COUNTS}\nimport pydantic\n@pydantic.validate_call(config={{'title': str(nid())}})\n"
        "def f(x: int): return x",
        task="f(1)",
        says=r"keep it under a name above: n = nid\(\), and give the decorator that",
        then="n = nid()\n@pydantic.validate_call(config={'title': str(n)})\n"
        "def f(x: int): return x",
        gives=1,
    ),
    typed(
        "a function below a context that was defined again",
        _CONTEXT,
        "@timed(5)\ndef g(): return 1",
        "@contextmanager\ndef timed(n): yield -n",
        task="g()",
        says=r"run the cell of g again",
        then="@timed(5)\ndef g(): return 1",
        gives=1,
    ),
    typed(
        "functions that share a variable and are not indented by spaces",
        _TABS.format("\t"),
        task="[inc(), inc.get()]",
        says="indent the function around it by four spaces, and run the cell again",
        then=_TABS.format("    "),
        gives=[2, 2],
    ),
    typed(
        "a class that a decorator of the notebook made one of attrs",
        "import attrs\ndef made(c): return attrs.define(c)",
        "@made\nclass P:\n    x: int",
        task="P(3).x",
        says="write the decorator of attrs above the class itself",
        then="@attrs.define\nclass P:\n    x: int",
        gives=3,
    ),
    typed(
        "a module that no file makes",
        "import types\nm = types.ModuleType('made_xq')\nm.a = 5",
        task="m.a",
        says="write it to a file beside the notebook, or make it a class with these attributes",
        then="class m: a = 5",
        gives=5,
    ),
    typed(
        "a module that was taken out of the loaded ones",
        f"{_BESIDE}import sys, beside_xq as m\ndel sys.modules['beside_xq']",
        task="m.V",
        says="import beside_xq again under the name that the task uses",
        then="import beside_xq as m",
        gives=1,
    ),
    typed(
        "a function of a module that was read again",
        f"{_BESIDE}import importlib, beside_xq\nfrom beside_xq import f",
        "pathlib.Path(beside_xq.__file__).write_text('V = 2\\ndef f(): return V + 1000')\n"
        "importlib.invalidate_caches(); importlib.reload(beside_xq)",
        task="f()",
        says="run `from beside_xq import f` again",
        then="from beside_xq import f",
        gives=1002,
    ),
    inside(
        "a module whose import reads the environment",
        f"{_BESIDE}import os\nos.environ['FOO_XQ'] = 'a'\n"
        "pathlib.Path(folder, 'beside_xq.py').write_text("
        "'import os\\nK = os.environ[\"FOO_XQ\"]')\nimport beside_xq",
        task="beside_xq.K",
        says=r"give it a default there: .* or set it in the task and import beside_xq after that",
        body="import os\n    os.environ['FOO_XQ'] = 'b'\n    import beside_xq\n"
        "    return beside_xq.K",
        gives="b",
    ),
    inside(
        "an object that cannot be looked at",
        "class Odd:\n    n = 2\n    def __reduce_ex__(self, how): raise OSError\n"
        "odd = Odd()\nodd.more = iter([1])",
        task="odd.n",
        body="return Odd().n",
        gives=2,
    ),
    inside(
        "a process",
        "import subprocess\np = subprocess.Popen(['true'])\np.wait()",
        task="p.returncode",
        body="p = subprocess.Popen(['true'])\n    return p.wait()",
        gives=0,
    ),
    inside(
        "a mock",
        "from unittest.mock import MagicMock\nmm = MagicMock(return_value=3)",
        task="mm()",
        body="mm = MagicMock(return_value=3)\n    return mm()",
        gives=3,
    ),
    inside(
        "a drawing",
        "import io, matplotlib.figure\nfig = matplotlib.figure.Figure()",
        task="fig.dpi",
        says="draw it inside the task, and save it to a stage",
        body="fig = matplotlib.figure.Figure()\n    kept = io.BytesIO()\n"
        "    fig.savefig(kept, format='png')\n    return kept.getvalue()[1:4].decode()",
        gives="PNG",
    ),
    inside(
        "a data set of a library",
        "from sklearn.datasets import load_digits\nd = load_digits()",
        task="len(d.data)",
        says=r"call what made it inside the task: load_digits\(\), say",
        body="d = load_digits()\n    return len(d.data)",
        gives=1797,
    ),
    inside(
        "a text of some size",
        "BIG = 'x' * 2_000_000",
        task="len(BIG)",
        says="write it to a file on a stage, or make it inside the function",
        body="BIG = 'x' * 2_000_000\n    return len(BIG)",
        gives=2_000_000,
    ),
    typed(
        "a variable of the environment that is not set any more",
        "import os\nos.environ['FOO_XQ'] = 'a'",
        "class C: K = os.environ['FOO_XQ']",
        "del os.environ['FOO_XQ']",
        task="C.K",
        says=r"set it, and run Cell \[2\] again",
        then="os.environ['FOO_XQ'] = 'b'\nclass C: K = os.environ['FOO_XQ']",
        gives="b",
    ),
]


@pytest.fixture(scope="module")
def there():
    process = Answering(THERE, "-W", "error")
    yield process.ask
    process.close()


def ran(way, *cells, body):
    notebook = Notebook()
    for cell in cells:
        notebook.run(cell)
    notebook.task(f"def the_task():\n    {body}")
    return notebook.build()


def test_the_ways_out_differ():
    assert len({way.what for way in WAYS}) == len(WAYS)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.what)
def test_what_a_refusal_says_to_type_next_works(way, there, tmp_path, monkeypatch):
    monkeypatch.setenv("FOO_XQ", "")  # which a row sets, and takes away
    monkeypatch.setattr("sys.path", [*sys.path])
    before = ran(way, *way.cells, body=f"return {way.task}")
    assert before.archive == b""
    assert any(re.match(way.says, problem.hint) for problem in before.problems), before.problems
    after = ran(way, *way.cells, *way.typed, body=way.inside or f"return {way.task}")
    assert [str(problem) for problem in after.problems] == []
    path = tmp_path / "code.zip"
    path.write_bytes(after.archive)
    assert there(path) == [True, way.gives]
