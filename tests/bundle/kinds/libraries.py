"""Values of pandas, numpy, scikit-learn and the rest of the standard library, by their parts."""

from __future__ import annotations

from tests.bundle.kinds.case import noted, refused, same

_P = "import pandas as pd, numpy as np\n"
_S = (
    "from sklearn.pipeline import Pipeline, make_pipeline\nfrom sklearn.compose import ColumnTransformer\n"
    "from sklearn.preprocessing import StandardScaler, OneHotEncoder, FunctionTransformer\n"
    "from sklearn.linear_model import LinearRegression, LogisticRegression\n"
    "from sklearn.ensemble import RandomForestClassifier\nimport numpy as np\n"
)
_SHOWN = """
def shown(e):
    if isinstance(e, (list, tuple)):
        return [shown(each) for each in e]
    if not type(e).__module__.startswith("snowflake.snowpark."):
        return repr(e)
    left = ("_ast", "children", "_cumulative_node_complexity")
    return type(e).__name__, [(k, shown(v)) for k, v in vars(e).items() if k not in left]
"""
#: One row for all: a process that imports Snowpark takes its time.
_COLUMNS = (
    "(F.col('a') > 3) & ~(F.col('B b') == 'x') | (-F.col('a') % 2 + 1 <= 0)",
    "F.lit(datetime.date(2020, 1, 1)) < F.lit(None)",
    "F.sum('x').alias('t')",
    "F.count_distinct('a', 'b')",
    "F.col('a').cast(T.DecimalType(10, 2))",
    "F.col('a').try_cast('date')",
    "F.when(F.col('a') == 1, 'x').when(F.col('b') > 2, F.col('c')).otherwise('y')",
    "F.when(F.col('a') == 1, 'x')",
    "F.col('a').isin(1, 2) & F.col('a').between(1, decimal.Decimal('2.5'))",
    "F.col('a').like('x%') & F.col('b').is_null() & F.col('c').rlike('z.*')",
    "F.parse_json('s')['k'][0]",
    "F.col('a').desc_nulls_last()",
    "F.sql_expr('a + 1')",
    "F.listagg('a', ',')",
    "F.dateadd('day', F.lit(1), F.coalesce(F.col('a'), F.current_date()))",
    "Window.partition_by('a', F.col('x y')).order_by(F.col('b').desc(), 'c')",
    "Window.order_by('b').rows_between(Window.UNBOUNDED_PRECEDING, -1)",
    "F.lag('a', 2, 5).over(Window.order_by('b').range_between(Window.CURRENT_ROW, "
    "Window.UNBOUNDED_FOLLOWING))",
    "F.row_number().over(Window.partition_by('a'))",
)
CASES = [
    same(
        "functions on arrays of scipy, of which none says whose it is",
        "from scipy.special import expit, gammaln\nimport scipy.special as sp\ng = sp.ndtr\n"
        "by = {'e': sp.expit}\ndef f(x, h=sp.expit): return h(x)",
        task="expit(0.3), gammaln(3.0), g(0.2), by['e'](0.5), f(0.1)",
    ),
    same(
        "columns and windows of Snowpark",
        "from snowflake.snowpark import functions as F, types as T, Window\n"
        f"import dataclasses, datetime, decimal\nV = [{', '.join(_COLUMNS)}]\n"
        "def f(x=F.col('d') > 3): return x\n@dataclasses.dataclass\nclass D:\n    c: object\n"
        f"d = D(F.sum('x'))\n{_SHOWN}",
        task="[(type(v).__name__, shown(getattr(v, '_expression', v))) for v in (*V, f(), d.c)]",
    ),
    *(
        same(f"of pandas: {text}", f"{_P}V = {text}", task=task)
        for text, task in [
            ("pd.Index(['a', 'b'], name='k')", "V"),
            ("pd.RangeIndex(2, 9, 3)", "V"),
            ("pd.MultiIndex.from_tuples([('a', 1), ('b', 2)], names=['x', 'y'])", "V"),
            ("pd.date_range('2026-01-01', periods=3, tz='UTC')", "V"),
            ("pd.date_range('2026-01-01', periods=3, freq='MS')", "V, V.freq"),
            ("pd.period_range('2026-01', periods=2, freq='M')", "V"),
            ("pd.Period('2026-01', 'M')", "V"),
            ("pd.Interval(0, 2, closed='left')", "V, 1 in V"),
            ("pd.interval_range(0, 3)", "V"),
            ("pd.CategoricalDtype(['b', 'a'], ordered=True)", "V, V.ordered, list(V.categories)"),
            ("pd.Categorical(['a', 'b', None], categories=['b', 'a'])", "V, V.codes"),
            ("pd.CategoricalIndex(['a', 'b'])", "V"),
            ("pd.TimedeltaIndex(['1D', '2D'])", "V"),
            ("pd.offsets.MonthEnd(2)", "V, pd.Timestamp('2026-01-02') + V"),
            ("pd.offsets.BDay()", "V"),
            ("pd.DateOffset(months=1)", "pd.Timestamp('2026-01-02') + V"),
            ("pd.Int64Dtype()", "V"),
            ("pd.array([1, None], dtype='Int64')", "V"),
            ("pd.array(['a', None], dtype='string')", "V"),
            ("pd.Series([1.5, 2.5], index=['a', 'b'], name='s')", "V, V['a'], V.name"),
            ("pd.Series(['a', None, 3])", "V"),
            ("pd.Series([1, None], dtype='Int8')", "V"),
            ("pd.Series(pd.Categorical(['a', 'b']))", "V"),
            ("pd.Series(pd.date_range('2026-01-01', periods=2, tz='Europe/Berlin'))", "V"),
            ("pd.Series(dtype='float64')", "V"),
            ("pd.Series([1, 2], index=pd.date_range('2026-01-31', periods=2, freq='ME'))", "V"),
            (
                "pd.Series([1, 2], pd.MultiIndex.from_product([['a'], pd.date_range('2026', periods=2)]))",
                "V, V.unstack()",
            ),
            ("pd.DataFrame({'a': [1, 2], 'b': ['x', None]})", "V, V.dtypes.tolist()"),
            ("pd.DataFrame({'a': [1, 2]}, index=['r', 's']).T", "V"),
            ("pd.DataFrame([[1, 2.5]], columns=['a', 'a'])", "V, V.dtypes.tolist()"),
            ("pd.DataFrame({('a', 'x'): [1], ('a', 'y'): [2]})", "V"),
            ("pd.DataFrame()", "V, V.shape"),
            ("pd.Timedelta(days=2)", "V"),
            ("pd.Grouper(key='a')", "V.key"),
        ]
    ),
    same("a series that two names have", _P + "s = pd.Series([1]); t = s", task="s is t"),
    same("a data frame in a dict", _P + "D = {'x': pd.DataFrame({'a': [1]})}", task="D['x']"),
    same(
        "a series that a frame was made of",
        _P + "s = pd.Series([1, 2])\ndf = s.to_frame('a')",
        task="df, s",
    ),
    same(
        "a series' own attributes",
        _P + "s = pd.Series([1]); s.attrs['unit'] = 'kg'",
        task="s.attrs, s",
    ),
    refused(
        "a large data frame",
        _P + "df = pd.DataFrame({'a': range(100_000)})",
        task="df",
        says="'df'.*DataFrame.*table",
    ),
    refused(
        "a large series",
        _P + "s = pd.Series(range(100_000)).astype(str)",
        task="s",
        says="'s'.*Series.*table",
    ),
    same(
        "a function for apply",
        _P + "def f(r): return r.a + 1\nD = pd.DataFrame({'a': [1]})",
        task="D.apply(f, axis=1).tolist()",
    ),
    *(
        same(f"of numpy: {text}", f"{_P}V = {text}", task=task)
        for text, task in [
            ("np.dtype('float32')", "V"),
            ("np.dtype([('a', 'i4'), ('b', 'U3')])", "V"),
            ("np.array([(1, 'a')], dtype=[('a', 'i4'), ('b', 'U3')])", "V.tolist(), V.dtype"),
            ("np.array(['a', None, 3], dtype=object)", "V"),
            ("np.array([[1, [2]], [3, 4]], dtype=object)", "V.tolist(), V.shape"),
            ("np.ma.masked_array([1, 2], mask=[0, 1], fill_value=-1)", "V.tolist(), V.fill_value"),
            ("np.random.default_rng(4)", "V.random(2).tolist()"),
            ("np.random.RandomState(4)", "V.rand(2).tolist()"),
            ("np.random.SeedSequence(4)", "V.generate_state(2).tolist()"),
            ("np.random.PCG64(4)", "np.random.Generator(V).random()"),
            ("np.arange(4000) ** 2", "V.sum(), V.dtype, V.flags.writeable"),
            ("np.eye(3)[:2]", "V"),
            ("np.linspace", "V(0, 1, 3).tolist()"),
            ("np.errstate(all='ignore')", "V is V"),
            ("np.float32", "V(0.5)"),
            ("np.s_[1:3, ...]", "V"),
            ("np.polynomial.Polynomial([1, 2])", "V(2)"),
            ("np.nan", "V != V"),
            ("np.iinfo('int8')", "V.max"),
        ]
    ),
    same(
        "a generator's state",
        _P + "rng = np.random.default_rng(4); rng.random(3)",
        task="rng.random(2).tolist()",
    ),
    same(
        "a generator's bits",
        _P + "rng = np.random.default_rng(4)\nbits = rng.bit_generator",
        task="rng.bit_generator is bits",
    ),
    same(
        "a Random of its own", "import random\nR = random.Random(5); R.random()", task="R.random()"
    ),
    refused("a large array", _P + "A = np.zeros(500_000)", task="A", says="'A'.*ndarray.*table"),
    *(
        same(f"of scikit-learn: {text}", f"{_S}V = {text}", task=task)
        for text, task in [
            ("LinearRegression()", "repr(V), V.get_params()"),
            (
                "LogisticRegression(C=0.5, max_iter=7)",
                "repr(V), V.fit([[0], [1]], [0, 1]).predict([[1]]).tolist()",
            ),
            (
                "RandomForestClassifier(n_estimators=2, random_state=3)",
                "V.fit([[0], [1]], [0, 1]).predict([[1]]).tolist()",
            ),
            (
                "Pipeline([('s', StandardScaler()), ('m', LinearRegression())])",
                "repr(V), V.fit([[0], [1]], [0, 1]).predict([[1]]).round(6).tolist()",
            ),
            ("make_pipeline(StandardScaler(), LogisticRegression())", "repr(V)"),
            (
                "ColumnTransformer([('n', StandardScaler(), ['a']), ('c', OneHotEncoder(handle_unknown='ignore'), ['b'])])",
                "repr(V)",
            ),
            ("FunctionTransformer(np.log1p)", "V.transform(np.array([0.0])).tolist()"),
            ("StandardScaler().fit([[1.0], [3.0]])", "V.transform([[2.0]]).tolist()"),
            ("LinearRegression().fit([[0], [1]], [0, 1])", "V.predict([[3]]).round(6).tolist()"),
        ]
    ),
    same(
        "a grid of parameters",
        _S
        + "from sklearn.model_selection import GridSearchCV, KFold\ng = GridSearchCV(LogisticRegression(), {'C': [1, 2]}, cv=KFold(2))",
        task="repr(g)",
    ),
    same(
        "a transformer of a function of the notebook",
        _S + "def f(x): return x + 1\nt = FunctionTransformer(f)",
        task="t.transform([1][0])",
    ),
    same(
        "a dict of estimators",
        _S + "M = {'lr': LogisticRegression(), 'rf': RandomForestClassifier()}",
        task="repr(M['lr']), repr(M['rf'])",
    ),
    same(
        "a list of classes and parameters",
        _S + "M = [(LogisticRegression, {'C': 1})]",
        task="M[0][0](**M[0][1])",
    ),
    same(
        "a data set of sklearn",
        "from sklearn.datasets import load_iris\nd = load_iris()",
        task="d.data.sum(), d['target'].tolist(), list(d), type(d).__name__, vars(d)",
    ),
    refused(
        "a large data set of sklearn",
        "from sklearn.datasets import load_digits\nd = load_digits()",
        task="d.data.sum()",
        says="'d'.*Bunch.*700 kB(?s:.*)call what made it inside the task: load_digits",
    ),
    same(
        "a small fitted forest, whose records have gaps between their fields",
        _S
        + "m = RandomForestClassifier(n_estimators=20, random_state=0).fit([[n] for n in range(40)], [n % 2 for n in range(40)])",
        task="m.predict_proba([[3], [30]]).tolist()",
    ),
    refused(
        "a large fitted forest",
        _S
        + "m = RandomForestClassifier(n_estimators=90, random_state=0).fit([[n] for n in range(400)], [n * 5 % 7 > 2 for n in range(400)])",
        task="m",
        says="'m'.*RandomForestClassifier.*more than 1 MB.*\\n.*registry",
    ),
    same(
        "records of numpy, with what was never written between their fields",
        "import numpy as np\ninner = np.dtype([('a', 'u1'), ('b', 'f8')], align=True)",
        "V = np.empty(2, np.dtype([('x', inner), ('y', 'u1'), ('z', inner, (2,))], align=True))",
        "V.view('u1')[...] = 255\n"
        "V['x']['a'], V['x']['b'], V['y'], V['z']['a'], V['z']['b'] = 1, 2, 3, 4, 5",
        task="V.tolist()",
    ),
    *(
        same(f"of the library: {text}", f"{setup}\nV = {text}", task=task)
        for setup, text, task in [
            ("import re", "re.compile('a.b', re.I | re.S | re.X)", "V"),
            ("import re", "re.compile(b'a')", "V"),
            ("import pytz", "pytz.timezone('Europe/Berlin')", "V"),
            ("import pytz", "pytz.utc", "V"),
            (
                "import pytz, datetime",
                "pytz.timezone('Europe/Berlin').localize(datetime.datetime(2026, 7, 1))",
                "V, V.utcoffset()",
            ),
            ("import zoneinfo", "zoneinfo.ZoneInfo('Asia/Tokyo')", "V"),
            ("import dateutil.tz", "dateutil.tz.gettz('Europe/Berlin')", "V"),
            (
                "import dateutil.relativedelta",
                "dateutil.relativedelta.relativedelta(months=1)",
                "V",
            ),
            ("import pathlib", "pathlib.Path('a') / 'b'", "V"),
            ("import ipaddress", "ipaddress.ip_address('10.0.0.1')", "V"),
            ("import ipaddress", "ipaddress.ip_network('10.0.0.0/8')", "V"),
            ("import ipaddress", "ipaddress.ip_interface('10.0.0.1/8')", "V"),
            ("", "2 ** 200", "V"),
            ("", "frozenset({frozenset({1}), (2, 3)})", "V"),
            ("", "complex('nan')", "repr(V)"),
            ("", "...", "V"),
            ("", "NotImplemented", "V"),
            ("import decimal", "decimal.Context(prec=5)", "V.prec, V.divide(1, 3)"),
            ("import decimal", "decimal.ROUND_HALF_UP", "V"),
            ("import datetime", "datetime.timezone.utc", "V"),
            ("import calendar", "calendar.TextCalendar(6)", "V.firstweekday"),
            ("import array", "array.array('d', [1.5])", "V"),
            ("import json", "json.JSONEncoder(indent=1)", "V.encode([1])"),
            ("import configparser", "configparser.ConfigParser()", "V.sections()"),
            ("import csv", "csv.excel()", "V.delimiter"),
            ("import textwrap", "textwrap.TextWrapper(width=5)", "V.wrap('a b c d e')"),
            ("import time", "time.gmtime(0)", "V.tm_year"),
            ("import urllib.parse", "urllib.parse.urlparse('https://a.b/c?d=e')", "V, V.netloc"),
            ("import statistics", "statistics.NormalDist(1, 2)", "V.mean, V.stdev"),
            (
                "import graphlib",
                "graphlib.TopologicalSorter({'a': {'b'}})",
                "list(V.static_order())",
            ),
            ("import types", "types.MappingProxyType({'a': [1]})", "V['a'], type(V).__name__"),
            ("import logging", "logging.getLogger()", "V.name"),
            ("import logging", "logging.getLogger('a.b')", "V.name"),
            (
                "import logging",
                "logging.LoggerAdapter(logging.getLogger('x'), {'a': 1})",
                "V.extra, V.logger.name",
            ),
            ("import warnings", "warnings.catch_warnings()", "type(V).__name__"),
            ("import collections", "collections.UserList([1])", "V, type(V).__name__"),
            ("import xgboost", "xgboost.XGBClassifier(max_depth=2)", "V.get_params()['max_depth']"),
            ("import scipy.sparse", "scipy.sparse.csr_matrix([[0, 1]])", "V.toarray().tolist()"),
        ]
    ),
    same("a frozen distribution", "import scipy.stats\nd = scipy.stats.norm(0, 2)", task="d.std()"),
    same("a list of 5,000", "L = list(range(5000))", task="sum(L), L[-1], type(L).__name__"),
    same("a list of 26 kB", "L = [f'word{n}' for n in range(2600)]", task="len(L), L[7]"),
    same("bytes of 100 kB", "B = bytes(range(256)) * 400", task="B"),
    same("a text of 300 kB", "T = 'aé\\u2028\"' * 75_000", task="T"),
    same(
        "a nested mapping of 200 kB",
        "M = {f'k{n}': {'v': n / 7, 'l': [n, None, True]} for n in range(6000)}",
        task="M",
    ),
    same("a set of 3,000", "S = set(range(3000))", task="S"),
    same("a dict of 3,000 numbers", "D = {n: (n, n / 3) for n in range(3000)}", task="D"),
    same(
        "a large list that two names have",
        "L = list(range(5000)); M = {'l': L}",
        task="M['l'] is L",
    ),
    refused(
        "a list of 4 MB",
        "L = [f'word{n}' for n in range(300_000)]",
        task="L",
        says="'L'.*list.*1 MB.*(table|stage)",
    ),
    noted(
        "methods that a library gave pandas",
        "import pandas as pd\nfrom tqdm import tqdm\ntqdm.pandas()",
        task="pd.Series([1]).progress_apply(abs)",
        notes=r"tqdm\.pandas\(…\) in .*: call it in the task",
    ),
    *(
        same(
            f"an attribute set on {what}", f"{_P}import collections, functools\n{setup}", task=task
        )
        for what, setup, task in [
            (
                "a frame",
                "V = pd.DataFrame({'a': [1]}, index=[5])\nV.source = 'x'; V._seen = 3",
                "V.source, V._seen",
            ),
            (
                "a series",
                "V = pd.Series([1.0])\nV.source = {'x': [1]}; V.attrs['y'] = 2",
                "V.source, V.attrs",
            ),
            ("an index", "V = pd.Index([1])\nV.source = 3", "V.source, V.tolist()"),
            (
                "a frame, a function",
                "def size(d): return len(d)\nV = pd.DataFrame({'a': [1]}); V.size_of = size",
                "V.size_of(V)",
            ),
            ("a counter", "V = collections.Counter('aab'); V.x = 3", "V.x, V"),
            ("an ordered dict", "V = collections.OrderedDict(a=1); V.x = 3", "V.x, V"),
            ("a partial", "V = functools.partial(int, base=2); V.x = 3", "V.x, V('11')"),
            (
                "a frame that was used",
                "V = pd.DataFrame({'a': [1, 2]}); V.describe(); V.index.is_unique; V.a; V.loc[0]; V.source = 'x'",
                "V.source, V.a.tolist()",
            ),
            (
                "a frame of one's own",
                "class F(pd.DataFrame):\n    _metadata = ['source']\n    def __init__(self, *a, source=None, **k):\n        super().__init__(*a, **k)\n        self.source = source\n    @property\n    def _constructor(self): return F\nV = F({'a': [1, 2]}, source='q')",
                "type(V).__name__, V.source, type(V[V.a > 1]).__name__",
            ),
            (
                "a series of one's own",
                "class S(pd.Series): pass\nV = S([1, 2]); V.source = 'z'",
                "type(V).__name__, V.tolist(), V.source",
            ),
        ]
    ),
    *(
        refused(f"an attribute that cannot travel on {what}", f"{_P}{setup}", task="V", says=says)
        for what, setup, says in [
            (
                "a masked array",
                "V = np.ma.array([1, 2]); V.source = 'x'",
                "'V'.*attributes were set on it",
            ),
            (
                "a frame",
                "import warnings\nV = pd.DataFrame({'a': [1]}); object.__setattr__(V, 'rows', (x for x in [1]))",
                "'V'.*a generator, an iterator",
            ),
            (
                "a frame, a secret",
                "V = pd.DataFrame({'a': [1]}); V.password = 'hunter2-very-x'",
                "a secret as 'password'",
            ),
        ]
    ),
    same(
        "records of numpy whose fields are attributes",
        "import numpy as np\nimport pandas as pd\n"
        "r = np.rec.array([(1, 'ab', (2, 3.)), (3, 'c', (4, 5.))], "
        "dtype=[('a', 'i4'), ('s', 'U3'), ('n', [('p', 'i2'), ('q', 'f8')])])\n"
        "L = [r, r.reshape(1, 2)]; one = r[0]; plain = np.zeros(1, [('a', 'i4')])[0]\n"
        "d = pd.DataFrame({'a': [1, 2], 'b': ['x', None]}).to_records()",
        task="r.s.tolist(), r.n.q.tolist(), L[1].shape, r.dtype, L[0] is r, one.a, type(one), "
        "plain['a'], type(plain), d.b.tolist(), d.index.tolist()",
    ),
    same(
        "records and what looks into them",
        "import numpy as np\na = np.zeros(3, dtype=[('x', 'i4'), ('y', 'f8')])\nb = a[1:]\n"
        "r = a.view(np.recarray); x = r.x\n"
        "def use():\n    a['x'][1] = 5; r.x[2] = 7\n    return b['x'].tolist(), r.x.tolist(), x.tolist()",
        task="use()",
    ),
    same(
        "distributions of scipy of one's own",
        "from scipy import stats\nclass G(stats.rv_continuous):\n"
        "    def _pdf(self, x, k): return k * x ** (k - 1)\ng = G(a=0, b=1, name='g'); f = g(2)\n"
        "class D(stats.rv_continuous):\n"
        "    def __init__(self, w): super().__init__(a=0, b=w); self.w = w\n"
        "    def _pdf(self, x): return 1 / self.w\nd = D(4)",
        task="float(f.cdf(.5)), float(g.pdf(.5, 2)), float(d.cdf(2)), d.w",
    ),
]
