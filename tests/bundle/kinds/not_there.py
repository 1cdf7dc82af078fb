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
        says="takes 'm' from the notebook, a module that no file makes",
    ),
    refused(
        "a module that a call made, as Python's",
        "import types\nm = types.ModuleType('json')\nm.a = 5",
        task="m.a",
        says="takes 'm' from the notebook, a module that no file makes",
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
]
