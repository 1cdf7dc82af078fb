"""The same cells give the same bytes: on another machine, in another order, with other hashes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: In an order that does not matter: each is used by the task only.
CELLS = (
    "import enum, dataclasses, collections, datetime\nfrom pathlib import PurePosixPath\n"
    "import numpy as np\nimport beside_same_xq",
    "NAMES = {'a', 'b', 'c', 'delta', 'epsilon'}\nFROZEN = frozenset({('x', 1), ('y', 2)})",
    "TABLE = {'z': {1, 2, 'three'}, 'a': [frozenset('hello')], PurePosixPath('q'): None}",
    "class Mode(enum.Enum):\n    FAST = 'fast'\n    FULL = 'full'\nMODES = {Mode.FULL, Mode.FAST}",
    "@dataclasses.dataclass\nclass Row:\n    name: str = 'x'\n    keys: frozenset = frozenset('a')",
    "Row.more = {'some', 'other', 'names'}\nROW = Row('y')",
    "def make(*words):\n    kept = set(words)\n    def has(x): return x in kept\n    return has\n"
    "has = make('one', 'two', 'three')",
    "COUNTS = collections.Counter('determinism')\nARRAY = np.arange(5)\n"
    "DAY = datetime.date(2026, 1, 2)",
)
#: What keeps ids of this process; it takes its time to be imported.
FITTED = (
    "from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer\n"
    "words = CountVectorizer().fit(['one two'])\n"
    "rest = TfidfVectorizer(stop_words='english').fit(['a cat'])\n"
    "STOP = ['a', 'the']\nmine = CountVectorizer(stop_words=STOP).fit(['a cat'])\n"
    "class Own(CountVectorizer): pass\nown = Own(stop_words=['a']).fit(['a dog'])",
)
TASK = """def train(session) -> dict[str, int]:
    import json, math
    used = [NAMES, FROZEN, TABLE, MODES, ROW, has('one'), COUNTS, ARRAY, DAY, Mode, Row]
    return {'n': len(used), 'm': beside_same_xq.f()}
"""
BUILD = """
import json, sys
from tests.bundle.notebook import Notebook
cells, task = json.load(sys.stdin)
notebook = Notebook()
for cell in cells:
    notebook.run(cell)
notebook.task(task)
bundle = notebook.build()
bundle.check()
print(bundle.digest, json.dumps(dict(bundle.hashes)))
"""


def built(folder, cells, task=TASK, **environment):
    (folder / "beside_same_xq.py").write_text("S = {'p', 'q', 'r'}\ndef f(): return len(S)")
    done = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-c", BUILD],
        input=json.dumps([cells, task]),
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)]),
            **environment,
        },
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


HERE = {"PYTHONHASHSEED": "1", "HOME": "/", "TZ": "UTC", "LC_ALL": "C.UTF-8"}
THERE = {"PYTHONHASHSEED": "4711", "HOME": "/usr", "TZ": "Pacific/Auckland", "LC_ALL": "C"}


@pytest.fixture
def folders(tmp_path):
    found = (tmp_path / "a", tmp_path / "b" / "deep er")
    for folder in found:
        folder.mkdir(parents=True)
    return found


@pytest.mark.slow
def test_processes_that_share_nothing_make_the_same_archive(folders):
    first, second = folders
    assert built(first, CELLS, **HERE) == built(second, CELLS, **THERE)


@pytest.mark.slow
def test_what_keeps_ids_of_its_process_is_the_same_in_another(folders):
    first, second = folders
    task = "def train(session): return words, rest, mine, own"
    assert built(first, FITTED, task, **HERE) == built(second, FITTED, task, **THERE)


def test_cells_in_another_order_make_the_same_code(folders):
    """The archive itself names cells by their numbers, for tracebacks."""
    first, second = folders
    order = [0, 3, 1, 7, 6, 2, 4, 5]
    _digest, hashes = built(first, CELLS, **HERE).split(" ", 1)
    _digest, other = built(second, [CELLS[index] for index in order], **THERE).split(" ", 1)
    assert hashes == other
