"""Values of the notebook that are no code: literals of every type, and what several names share."""

from __future__ import annotations

from tests.bundle.kinds.case import refused, same

CASES = [
    same(
        "types of Python's own",
        "import types\nkind = types.FunctionType\nNone_ = type(None)\nK = [types.MethodType, kind]",
        "G = type(each for each in K)",
        task="isinstance(len, kind), isinstance(None, None_), isinstance('a'.join, K[0]), "
        "isinstance(lambda: 1, K[1]), G.__name__",
    ),
    same("a folder by %pwd", "pwd = '/srv/bob/project'", task="pwd"),
    *(
        same(f"value {text}", f"{setup}V = {text}", task="V")
        for setup, text in [
            ("", "1"),
            ("", "2 ** 70"),
            ("", "-0.0"),
            ("", "float('inf')"),
            ("", "1e-320"),
            ("", "complex(-0.0, 1)"),
            ("", "complex('inf')"),
            ("", "'a\\u2028b\\x0c'"),
            ("", "b'\\x00\\xff'"),
            ("", "None"),
            ("", "..."),
            ("", "(1,)"),
            ("", "[1, [2, {'a': {3}}]]"),
            ("", "frozenset({1, 2})"),
            ("", "{1: 'a', (1, 2): [None]}"),
            ("", "range(5, 20, 3)"),
            ("", "slice(1, None, 2)"),
            ("", "bytearray(b'ab')"),
            ("import datetime\n", "datetime.date(2026, 1, 2)"),
            ("import datetime\n", "datetime.datetime(2026, 1, 2, 3, 4, 5, 6)"),
            ("import datetime\n", "datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc)"),
            ("import datetime\n", "datetime.time(1, 2)"),
            ("import datetime\n", "datetime.timedelta(days=-1, microseconds=3)"),
            ("import datetime\n", "datetime.timezone(datetime.timedelta(hours=2), 'X')"),
            (
                "import datetime, zoneinfo\n",
                "datetime.datetime(2026, 7, 2, tzinfo=zoneinfo.ZoneInfo('Europe/Berlin'))",
            ),
            ("from datetime import datetime, timedelta\n", "timedelta(1)"),
            ("from datetime import datetime\n", "datetime(2026, 1, 2)"),
            ("from decimal import Decimal\n", "Decimal('1.10')"),
            ("from fractions import Fraction\n", "Fraction(1, 3)"),
            ("import uuid\n", "uuid.UUID(int=5)"),
            ("import pathlib\n", "pathlib.PurePosixPath('a/b')"),
            ("import re\n", "re.compile(r'\\w+', re.I)"),
            ("import collections\n", "collections.Counter('abca')"),
            ("import collections\n", "collections.OrderedDict(b=1, a=2)"),
            ("import collections\n", "collections.deque([1, 2], maxlen=3)"),
            ("import collections\n", "collections.defaultdict(list, {'a': [1]})"),
            ("import types\n", "types.SimpleNamespace(a=1, b=[2])"),
            ("import numpy as np\n", "np.float64(0.1)"),
            ("import numpy as np\n", "np.int8(-3)"),
            ("import numpy as np\n", "np.bool_(True)"),
            ("import numpy as np\n", "np.datetime64('2026-01-02')"),
            ("import numpy as np\n", "[np.datetime64('NaT'), np.datetime64('NaT', 's')]"),
            ("import numpy as np\n", "[np.timedelta64(5), np.timedelta64('NaT')]"),
            ("import numpy as np\n", "np.arange(6, dtype='float32').reshape(2, 3)"),
            ("import numpy as np\n", "np.array(['a', 'bc'])"),
            ("import numpy as np\n", "np.array([], dtype='int64')"),
            ("import pandas as pd\n", "pd.Timestamp('2026-01-02 03:04:05.000000006')"),
            ("import pandas as pd\n", "pd.Timestamp('2026-07-02', tz='Europe/Berlin')"),
            ("import pandas as pd\n", "pd.Timedelta('1 day 2 ns')"),
            ("import operator\n", "operator.itemgetter(1, 2)"),
        ]
    ),
    same("float('nan')", "N = float('nan')", task="N != N"),
    same("complex('nan')", "N = complex('nan')", task="N != N, N.imag"),
    same("aliases of a list", "AA = [1]; BB = AA", task="(AA.append(2), BB)[1]"),
    same("a list in a dict and by itself", "L = [1]\nD = {'l': L}", task="(L.append(2), D)[1]"),
    same(
        "a list in two dicts",
        "L = [1]\nD = {'l': L}\nE = {'m': L}\ndel L",
        task="(D['l'].append(2), E)[1]",
    ),
    same(
        "a list in a closure and by itself",
        "L = [1]\ndef mk(l):\n    def f(): return l\n    return f\nf = mk(L)",
        task="f() is L",
    ),
    same("a list of modules", "import math, json\nM = [math, json]", task="M[0].pi"),
    same(
        "a list of classes",
        "import datetime\nK = [int, dict, datetime.date]",
        task="K[2](2026, 1, 2)",
    ),
    same(
        "a dict of functions of numpy",
        "import numpy as np\nA = {'m': np.mean, 's': np.sum}",
        task="A['m']([1, 2])",
    ),
    same("a logger", "import logging\nLOG = logging.getLogger('mine')", task="LOG.name"),
    same(
        "type aliases",
        "from typing import Dict, List\nRow = dict[str, int]\nRows = List[Row]\ndef f(r: Rows) -> Dict[str, List[int]]: return r",
        task="f([{}])",
    ),
    same("a union alias", "Num = int | float\ndef f(x: Num): return x", task="f(1)"),
    same(
        "Optional and Literal",
        "from typing import Literal, Optional\nO = Optional[int]\nL = Literal['a', 'b']\ndef f(o: O, l: L): return o, l",
        task="f(1, 'a')",
    ),
    same(
        "Callable alias",
        "from typing import Callable\nF = Callable[[int], str]\ndef f(g: F): return g(1)",
        task="f(str)",
    ),
    same(
        "TypeVar and NewType",
        "from typing import NewType, TypeVar\nT = TypeVar('T', bound=int)\nId = NewType('Id', int)\ndef f(x: T) -> Id: return Id(x)",
        task="f(4)",
    ),
    same(
        "Annotated",
        "from typing import Annotated\nA = Annotated[int, 'x']\ndef f(x: A): return x",
        task="f(1)",
    ),
    same(
        "query names",
        "import pandas as pd\nTHRESH = 2\ndef f(df): return df.query('a > @THRESH')",
        task="f(pd.DataFrame({'a': [1, 3]})).a.tolist()",
    ),
    same("eval names", "RATE1 = 3", task="eval('RATE1')"),
    same("globals of a function", "X = 3\ndef f(): return 1", task="f.__globals__['X']"),
    same("globals by name", "dyn1 = 3", task="globals()['dyn1']"),
    refused(
        "a list with a frame in it",
        "import sys\nL = [1, sys._getframe()]",
        task="L",
        says="'L'.*holds.*frame",
    ),
    same("a stream of bytes", "import io\nf = io.BytesIO(b'ab'); f.read(1)", task="f.read()"),
    refused("a generator", "g = (x for x in [1])", task="list(g)", says="'g'"),
    refused("a text of 200 MB", "BIG = 'x' * 200_000_000", task="BIG", says="'BIG'.*200 MB"),
    refused("bytes of 200 MB", "BIG = bytes(200_000_000)", task="BIG", says="'BIG'.*200 MB"),
    same("an integer of 5,000 digits", "B = 10 ** 5000", task="B % 97, B.bit_length()"),
    same(
        "a view of an array",
        "import numpy as np\na = np.zeros(3)\nb = a[:2]",
        task="(b.fill(5), a.tolist(), b.base is not None)[1:]",
    ),
    same(
        "a transposed view of an array",
        "import numpy as np\na = np.arange(6)\nm = a.reshape(2, 3).T",
        task="(m.__setitem__((0, 1), 50), a.tolist(), m.tolist())[1:]",
    ),
    same(
        "two views of an array that has no name",
        "import numpy as np\na = np.asfortranarray(np.zeros((2, 3)))\nb, c = a[:, :2], a[:, 1:]\ndel a",
        task="(b.fill(5), c.tolist())[1]",
    ),
    same(
        "columns of one array",
        "import numpy as np\na = np.zeros((2000, 2))\nb, c = a[:9, 0], a[:9, 1]\ndel a",
        task="(b.fill(5), c.tolist())[1]",
    ),
    same(
        "rows of an array in a list",
        "import numpy as np\na = np.zeros((2, 2))\nrows = list(a)",
        task="(rows[0].fill(5), a.tolist())[1]",
    ),
    same(
        "the order of an array",
        "import numpy as np\na = np.asfortranarray(np.arange(6).reshape(2, 3))",
        task="a.flags.f_contiguous, a.tolist()",
    ),
    *(
        same(
            f"the order of an array in memory: {what}",
            f"import numpy as np\nimport pandas as pd\na = {made}",
            task="a.strides, a.tolist()",
        )
        for what, made in (
            ("many items", "np.asfortranarray(np.arange(1200).reshape(400, 3))"),
            ("times", "np.arange(6).astype('M8[D]').reshape(2, 3).T"),
            ("objects", "np.array([['a', 1], ['b', None], ['c', 2]], dtype=object).T"),
            ("three axes", "np.arange(24).reshape(2, 3, 4).transpose(2, 0, 1)"),
            ("nothing", "np.zeros((0, 3)).T"),
            ("one for many", "np.broadcast_to(np.arange(3), (4, 3)).copy()"),
            ("columns of a frame", "pd.DataFrame(np.arange(2000.0).reshape(500, 4)).values"),
        )
    ),
    same(
        "the last digit of a product, which goes through memory",
        "import numpy as np\nrng = np.random.default_rng(0)\nX = rng.normal(size=(5, 4000)).T\nw = rng.normal(size=5)",
        task="(X.sum(axis=0)).tolist(), X.dot(w).sum()",
    ),
    same(
        "a view of an array with three axes in another order",
        "import numpy as np\na = np.copy(np.arange(24).reshape(2, 3, 4).transpose(2, 0, 1), order='K')\nb = a[1]",
        task="(b.fill(7), a.tolist(), a.strides)",
    ),
    same(
        "a locked array",
        "import numpy as np\na = np.arange(3)\na.flags.writeable = False",
        task="a.flags.writeable",
    ),
    same(
        "what a line with ! gives",
        "from IPython.utils.text import SList\nfiles = SList(['a.csv', 'b.csv'])",
        task="[*files], isinstance(files, list), len(files)",
    ),
    *(
        same(
            f"which NaN it is: {task}",
            f"import math, decimal, numpy as np, pandas as pd\n{text}",
            task=task,
        )
        for text, task in [
            ("L = [1.0, np.nan]", "np.nan in L"),
            ("D = {math.nan: 1}", "D[math.nan]"),
            ("S = {np.nan, 2.0}", "np.nan in S"),
            ("N = float('nan'); L = [N, N]", "N in L, L.index(N), math.nan in L"),
            ("MISSING = np.nan; ALSO = MISSING", "MISSING is np.nan, ALSO in [MISSING]"),
            ("T = (np.nan, 1); U = (np.nan, 1)", "T == U"),
            ("a = np.array([np.nan, 'x'], dtype=object)", "a[0] is np.nan"),
            ("s = pd.Series([np.nan, 'x'], dtype=object)", "s[0] is np.nan"),
            ("N = np.float64('nan'); L = [N]", "N in L"),
            ("N = decimal.Decimal('nan'); L = [N]", "N in L, L[0] is N"),
            ("class A:\n    def __init__(self): self.x = np.nan\na = A()", "a.x is np.nan"),
            ("L = [np.nan, math.inf] * 20_000", "L.count(np.nan), L[1]"),
            ("N = float('nan'); L = [N, 1.5, math.inf] * 20_000", "L.count(N), L[2], L[0] is L[3]"),
            ("N = complex('nan'); L = [N]", "N in L, type(N).__name__"),
            ("D = {complex(math.nan, 1): 2}", "[D[k] for k in D]"),
            ("L = [float('nan')] + ['x' * 30] * 5_000", "len(L), L[0] in [np.nan, math.nan]"),
        ]
    ),
    *(
        same(
            f"a long list of {what}",
            f"L = {text}",
            task="L[0], len(L), L.count(L[1]), L[1] == L[-2]",
        )
        for what, text in [
            ("numbers, texts and none", "[1, -2.5, 'a\\u2028', None, True] * 100"),
            ("numbers with an infinity", "[1.5, float('inf'), -float('inf')] * 100"),
            ("numbers with a long one", "[1] * 100 + [7 ** 6000, 1]"),
            ("bytes", "[b'a', 1] * 100"),
            ("lists", "[[n] for n in range(200)]"),
        ]
    ),
    same(
        "attributes of pandas' times",
        "import pandas as pd\nt = pd.Timestamp('2020-01-01', tz='Europe/Berlin').as_unit('ms')\n"
        "t.of = 'a'; d = pd.Timedelta('1s'); d.of = [4]; L = [t]",
        task="t, t.of, t.unit, d, d.of, L[0] is t",
    ),
    same(
        "which NaN each of a long list is",
        "import math\nimport numpy as np\na = float('nan')\n"
        "L = [np.nan, math.nan, a, float('nan'), float('inf')] + list(range(60_000)) + [np.nan, a]",
        task="L[0] is np.nan, L[1] is math.nan, L[-1] is L[2], L[3] is a, L[-2] is np.nan, L[4:7]",
    ),
    *(
        same(f"much that JSON does not know: {made}", f"import datetime\nV = {made}", task="V")
        for made in (
            "[(i, str(i)) for i in range(9_000)]",
            "{i: (i, i / 2) for i in range(6_000)}",
            "{f'key {i}' for i in range(9_000)}",
            "tuple(range(20_000))",
            "{datetime.date(2000, 1, 1) + datetime.timedelta(days=i): i for i in range(6_000)}",
            "{i: float('nan') for i in range(9_000)}",
        )
    ),
    *(
        same(f"names in a dict of their own, {what}", cell, task=task)
        for what, cell, task in (
            (
                "of a text that ran",
                "ns = {}\nexec('LR = 0.1\\nOPT = {1: LR}', ns)\nns['OPT'][2] = 3",
                "ns['LR'], ns['OPT'], ns['__builtins__']['len']('ab')",
            ),
            ("of Python", "import builtins\nB = vars(builtins)", "B['len']('ab')"),
            ("of a module", "import math\nM = vars(math); A = [M, M]", "A[0] is A[1], M['pi']"),
            (
                "of a module that the notebook has not",
                "import math, cmath\nclass C: pass\nc = C(); c.names = vars(cmath); del cmath",
                "c.names['pi'] == math.pi, c.names['__name__']",
            ),
        )
    ),
]
