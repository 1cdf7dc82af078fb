"""Texts of modules that several tests load."""

from __future__ import annotations

ARRAY = "import numpy as np\nW = np.zeros(2)\ndef get(): return W.tolist()"
FRAME = "import pandas as pd\nD = pd.DataFrame({'a': [1]})"
APP = "class App:\n    def __init__(s, n=0): s.n = n\n    def set(s, n): s.n = n\napp = App()"
CONFIG = "from dataclasses import dataclass\n@dataclass\nclass C:\n    lr: float = 1\ncfg = C()"
RANDOM = "import random\nr = random.Random(1)\ndef draw(): return r.random()"
COUNTER = "from collections import Counter\nseen = Counter()"
ABSTRACT = "import abc\nclass B(abc.ABC): pass"
NET = "class Net: pass\ndef make(): return Net()\ndef f(): pass"
DISPATCH = "import functools\n@functools.singledispatch\ndef f(x): return 'any'"
#: An open file, as far as traveling goes: there is no file that stays open behind it.
STREAM = "__import__('io').TextIOWrapper(__import__('io').BytesIO())"
