"""What a notebook has of its kernel, its module and its folder: refused, or noted, by name."""

from __future__ import annotations

from tests.bundle.kinds.case import noted, refused, same

_ONLY_HERE = "which is the notebook only here"

CASES = [
    refused("display", task="display(1)", says="uses 'display'.*only in a notebook"),
    refused("input", task="input('x')", says="uses 'input', and nobody answers"),
    same("a display of one's own", "def display(x): return 'mine'", task="display(1)"),
    same("an input of one's own", "def input(x): return 'mine'", task="input(1)"),
    refused(
        "a module that a call made",
        "import types\nm = types.ModuleType('made_xq')\nm.a = 5",
        task="m.a",
        says="takes 'm' from the notebook .Cell .1., line 2., a module that no file makes",
    ),
    refused(
        "a module that a call made, as Python's",
        "import types\nm = types.ModuleType('json')\nm.a = 5",
        task="m.a",
        says="takes 'm' from the notebook .Cell .1., line 2., a module that no file makes",
    ),
    refused("__main__", "import __main__", task="__main__.X", says="which is the notebook itself"),
    refused(
        "an import of __main__",
        "def f(): return 7\ndef g():\n    import __main__\n    return __main__.f()",
        task="g()",
        says=f"its g .* imports __main__, {_ONLY_HERE}",
    ),
    refused(
        "an import from __main__",
        "def f(): return 7\ndef g():\n    from __main__ import f\n    return f()",
        task="g()",
        says=f"imports from __main__, {_ONLY_HERE}",
    ),
    refused(
        "__main__ of sys.modules",
        "import sys\nX = 5",
        task="sys.modules['__main__'].X",
        says=f"takes '__main__' of sys.modules, {_ONLY_HERE}",
    ),
    same("globals by get", "dyn2 = 3", task="globals().get('dyn2')"),
    same(
        "a global that is deleted",
        "X = 1\ndef f():\n    global X\n    del X\n    return 'X' in globals()",
        task="f()",
    ),
    noted(
        "globals by a text",
        "X = 1\nNAME = 'X'",
        task="globals()[NAME]",
        notes="looks names up by texts",
    ),
    noted(
        "eval of a text", "X = 1\nNAME = 'X'", task="eval(NAME)", notes="looks names up by texts"
    ),
    noted(
        "whether this is the notebook",
        "def h():\n    if __name__ == '__main__': return 1",
        task="h()",
        notes="asks whether __name__ is '__main__'",
    ),
    *(
        noted(
            f"a file beside the notebook: {call}",
            "open('beside_xq.csv', 'w').close()\nimport os, pandas as pd\nfrom pathlib import Path\n"
            "F = 'beside_xq.csv'\nP = Path(F); D = Path('.')",
            task=call,
            notes="reads 'beside_xq.csv', which lies beside the notebook and not where",
        )
        for call in (
            *("pd.read_csv('beside_xq.csv')", "open(F)", "open(P, 'rb')", "open(F, mode='r')"),
            *("Path('beside_xq.csv').read_text()", "os.path.exists(F)"),
            *("P.read_text()", "P.open('rb')", "P.stat()", "open('beside_xq' + '.csv')"),
            *("(D / F).read_text()", "open(f'{D}/{F}')", "pd.read_csv(os.path.join('.', F))"),
        )
    ),
    *(
        noted(
            f"a file beside the notebook, told by {what}",
            f"import os\nfrom pathlib import Path\nopen('beside_xq.csv', 'w').close()\n{cell}",
            task=task,
            notes="reads 'beside_xq.csv', which lies beside the notebook and not where",
        )
        for what, cell, task in (
            ("a default", "def f(p='beside_xq.csv'): return open(p)", "f()"),
            ("a default by name", "def f(*, p='beside_xq.csv'): return open(p)", "f()"),
            ("a variable", "def f():\n    p = 'beside_xq.csv'\n    return open(p)", "f()"),
            ("a class", "class CFG: path = 'beside_xq.csv'\ndef f(): return open(CFG.path)", "f()"),
            (
                "a class, joined",
                "class CFG: root = '.'\ndef f(): return open(os.path.join(CFG.root, 'beside_xq.csv'))",
                "f()",
            ),
            (
                "an object, as a path",
                "class Cfg:\n    def __init__(self): self.root = Path('.')\ncfg = Cfg()\n"
                "def f(): return (cfg.root / 'beside_xq.csv').read_text()",
                "f()",
            ),
            (
                "a dict",
                "C = {'a': {'p': 'beside_xq.csv'}}\ndef f(): return open(C['a']['p'])",
                "f()",
            ),
            ("a list", "L = ['beside_xq.csv']\ndef f(): return [open(p) for p in L]", "f()"),
            (
                "an attribute of its object",
                "class L:\n    def __init__(self, p): self.p = p\n"
                "    def get(self): return open(self.p)\nld = L('beside_xq.csv')",
                "ld.get()",
            ),
            ("who calls a function", "def get(p): return open(p)", "get('beside_xq.csv')"),
            (
                "who calls a class",
                "class L:\n    def __init__(self, p): self.p = p\n"
                "    def get(self): return open(self.p)",
                "L('beside_xq.csv').get()",
            ),
        )
    ),
    same(
        "a file that the task writes before it reads it, and one that it only names",
        "open('beside_xq.csv', 'w').close()\nclass CFG: out = 'made_xq.csv'\n"
        "def put():\n    with open(CFG.out, 'w') as f: f.write('x')\n"
        "def get(p=CFG.out):\n    with open(p) as f: return f.read()\n"
        "def shown(p='beside_xq.csv'): return p.upper()",
        "put()",
        task="(put(), get(), shown())",
    ),
    noted(
        "a file under the folder of the notebook, by its whole path",
        "import os\nfrom pathlib import Path\nopen('beside_xq.csv', 'w').close()\nBASE = Path.cwd()",
        task="(BASE / 'beside_xq.csv').read_text()",
        notes="beside_xq.csv', which lies beside the notebook and not where",
    ),
    *(
        noted(
            f"files beside the notebook that are looked for: {call}",
            "import glob, os\nfrom pathlib import Path\nos.mkdir('in_xq')\n"
            "open('in_xq/a.csv', 'w').close()\nD = Path('in_xq')",
            task=call,
            notes=f"looks for '{sought}', which is beside the notebook and not where",
        )
        for call, sought in (
            ("[str(each) for each in D.glob('*.csv')]", "in_xq/..csv"),
            ("glob.glob('in_xq/*.csv')", "in_xq/..csv"),
            ("os.listdir(D)", "in_xq"),
            ("len([*D.iterdir()])", "in_xq"),
        )
    ),
    same(
        "what is looked for, and is not there either",
        "import glob\nfrom pathlib import Path\nD = Path('out_xq')",
        task="glob.glob('out_xq/*.csv'), [*D.glob('*')]",
    ),
    noted(
        "what IPython adds to what a line with ! gives",
        "from IPython.utils.text import SList\nfiles = SList(['a.csv'])",
        task="files.grep('a')",
        notes="^files.grep is not there where the task runs",
    ),
    *(
        noted(
            f"what IPython adds to what a line with ! gave: {task}",
            f"from IPython.utils.text import SList\n{cell}",
            task=task,
            notes=f"^.{attribute} of {name}, or of what it holds, is not there",
        )
        for cell, task, name, attribute in (
            ("files = SList(['a 1'])\ndef f(x): return x.fields(0)", "f(files)", "files", "fields"),
            ("D = {'f': [SList(['a 1'])]}", "D['f'][0].nlstr", "D", "nlstr"),
        )
    ),
    *(
        refused(
            f"ids of things in {what}",
            f"class A: pass\na, b = A(), [1]\n{cell}",
            task=task,
            says=f"takes '{name}' .*holds id\\(…\\) of things of this kernel.*key it by a name",
        )
        for what, cell, task, name in (
            ("a dict", "D = {id(a): 1}", "D[id(a)]", "D"),
            ("a set in a list", "L = [{id(b)}]", "id(b) in L[0]", "L"),
            ("an object", "s = A(); s.seen = {id(a): 1}", "s.seen[id(a)]", "s"),
            (
                "a closure",
                "def make():\n    seen = {}\n    def get(o): return seen.setdefault(id(o), len(seen))\n"
                "    return get\nget = make(); get(a); get(b)",
                "get(b)",
                "seen",
            ),
            (
                "a default",
                "def f(o, seen={id(a): 1}): return seen.get(id(o))",
                "f(a)",
                "f",
            ),
            (
                "an attribute of a function",
                "def f(o): return f.m.get(id(o))\nf.m = {id(a): 1}",
                "f(a)",
                "f",
            ),
            (
                "a class",
                "class C:\n    reg = {}\n    def __init__(s): C.reg[id(s)] = 1\nc = C()",
                "C.reg.get(id(c))",
                "C.reg",
            ),
            (
                "a descriptor",
                "class V:\n    def __init__(self): self.d = {}\n"
                "    def __get__(self, o, t): return self.d.get(id(o), 0) if o else self\n"
                "    def __set__(self, o, v): self.d[id(o)] = v\n"
                "class H:\n    v = V()\nh = H(); h.v = 7",
                "h.v",
                "H.v",
            ),
        )
    ),
    same("numbers where no ids are asked for", "a = [1]\nD = {id(a): 1}", task="len(D), a"),
    same("ids of things of the task", "L = [[1], [2]]", task="len({id(x): x for x in L})"),
    noted(
        "hashes of texts",
        "D = {hash('abc'): 1}",
        task="D.get(hash('abc'))",
        notes="^D holds numbers that may be hash",
    ),
    *(
        noted(
            f"a logger in {what}",
            f"import logging\nNAME = 'held_xq'\nlog = logging.getLogger(NAME)\nlog.setLevel(10)\n{cell}",
            task=task,
            notes="the logger 'held_xq' has the level DEBUG in this kernel and not where",
        )
        for what, cell, task in (
            ("a dict", "L = {'a': [log]}", "L['a'][0].level"),
            ("an adapter", "ad = logging.LoggerAdapter(log, {'a': 1})", "ad.logger.level"),
            ("a name", "", "logging.getLogger(f'{NAME}').level"),
            ("its child", "base = log", "base.getChild('a').getEffectiveLevel()"),
        )
    ),
    *(
        noted(
            f"a folder beside the notebook that is written into: {task}",
            "import os\nfrom pathlib import Path\nimport pandas as pd\nOUT = Path('out_xq')\n"
            "OUT.mkdir(exist_ok=True)\n"
            "def save(name):\n    path = OUT / f'{name}.csv'\n"
            "    pd.DataFrame({'a': [1]}).to_csv(path)",
            task=task,
            notes="writes into 'out_xq', a folder beside the notebook .* os.makedirs",
        )
        for task in ("save('a')", "open('out_xq/b.txt', 'w').write('b')")
    ),
    *(
        refused(f"the way out of {what}", cell, task="x", says=f"takes 'x' .*\\n *{way}$")
        for what, cell, way in [
            ("a list that holds itself", "x = []\nx.append(x)", "make it inside the function"),
            (
                "a list that goes deep",
                "x = []\nfor _ in range(200): x = [x]",
                "make it inside the function",
            ),
            (
                "what writes to a stream",
                "import logging, sys\nx = logging.StreamHandler(sys.stderr)",
                "make it inside the function",
            ),
            ("a stream", "import sys\nx = sys.stderr", "name it inside the function: sys.stderr"),
            (
                "what is no data",
                "import array, types\nx = types.SimpleNamespace(a=memoryview(array.array('i')))",
                r"keep what it shows: bytes\(…\)",
            ),
            (
                "what waits in this process",
                "import selectors\nx = selectors.SelectSelector()\nx.close()\n"
                "import select\nx = select.poll()",
                "make it inside the function",
            ),
        ]
    ),
]
