"""What cells set around their code: settings of libraries, patches, the state of the process."""

from __future__ import annotations

from tests.bundle.kinds.case import noted, refused, same

PANDAS = "import pandas as pd\nimport numpy as np\n"
RAISED = "def the_task():\n    try:\n        return str({})\n    except {} as exc:\n        return 'raised'"

_CHOSEN = "(lambda name: mpl.colormaps[name](0))(mpl.rcParams['image.cmap'])"
_OF_ENVIRON = (
    "class C:\n    K = os.environ['FOO_Q']\n    def f(self, k=os.environ['FOO_Q']): return k"
)
_MODULE = (
    "import os, pathlib, sys, tempfile\nfolder = tempfile.mkdtemp()\nsys.path.insert(0, folder)\n"
    'pathlib.Path(folder, \'asking_q.py\').write_text("""{}""")\n'
    "os.environ['FOO_Q'] = 'a'\nimport asking_q"
)
CASES = [
    same(
        "display.max_rows",
        PANDAS + "pd.set_option('display.max_rows', 4)",
        task="str(pd.Series(range(9)))",
    ),
    same(
        "a format of floats",
        PANDAS + "pd.options.display.float_format = '{:.1f}'.format",
        task="str(pd.Series([1.2345]))",
    ),
    same(
        "a format of floats by a function",
        PANDAS + "def short(x): return f'<{x:.1f}>'\npd.options.display.float_format = short",
        task="str(pd.Series([1.2345]))",
    ),
    same(
        "copy on write",
        PANDAS + "pd.options.mode.copy_on_write = not pd.options.mode.copy_on_write",
        "def f():\n    df = pd.DataFrame({'a': [1, 2]})\n    part = df['a']\n    part.iloc[0] = 9\n    return df.a.tolist()",
        task="f(), pd.options.mode.copy_on_write",
    ),
    same(
        "strings of pandas",
        PANDAS + "pd.set_option('future.infer_string', not pd.get_option('future.infer_string'))",
        task="str(pd.Series(['a']).dtype)",
    ),
    same(
        "errors of numpy",
        "import numpy as np\nnp.seterr(all='raise')",
        task=RAISED.format("np.array([1.0]) / 0", "FloatingPointError"),
    ),
    same(
        "errors of numpy under pandas",
        PANDAS + "np.seterr(over='raise')",
        task=RAISED.format("np.float64(1e308) * 10", "FloatingPointError"),
    ),
    same(
        "digits of numpy",
        "import numpy as np\nnp.set_printoptions(precision=2)",
        task="str(np.array([1.23456]))",
    ),
    same(
        "output of sklearn",
        "import sklearn\nsklearn.set_config(transform_output='pandas')\n"
        "from sklearn.preprocessing import StandardScaler\nimport pandas as pd",
        task="type(StandardScaler().fit_transform(pd.DataFrame({'a': [1.0, 2]}))).__name__",
    ),
    same(
        "a style of matplotlib",
        "import matplotlib.pyplot as plt\nplt.style.use('ggplot')",
        task="plt.rcParams['axes.facecolor'], str(plt.rcParams['axes.prop_cycle'])",
    ),
    same(
        "precision of decimals",
        "import decimal\ndecimal.getcontext().prec = 6\ndef third(): return decimal.Decimal(1) / 3",
        task="third()",
    ),
    same(
        "rounding of decimals",
        "from decimal import *\ngetcontext().rounding = ROUND_DOWN",
        task="Decimal('1.29').quantize(Decimal('0.1'))",
    ),
    same(
        "traps of decimals",
        "import decimal\ndecimal.getcontext().traps[decimal.DivisionByZero] = False",
        task="decimal.Decimal(1) / 0",
    ),
    same(
        "how deep calls go",
        "import sys\nsys.setrecursionlimit(5000)\ndef f(n): return n and f(n - 1)",
        task="f(3500)",
    ),
    same("fields of csv", "import csv\ncsv.field_size_limit(10)", task="csv.field_size_limit()"),
    same(
        "a timeout of sockets",
        "import socket\nsocket.setdefaulttimeout(7)",
        task="socket.getdefaulttimeout()",
    ),
    same(
        "warnings as errors",
        "import warnings\nwarnings.filterwarnings('error')",
        task=RAISED.format("warnings.warn('x')", "UserWarning"),
    ),
    same(
        "a warning of the notebook as an error",
        "import warnings\nclass Odd(UserWarning): pass\nwarnings.simplefilter('error', Odd)\nwarnings.filterwarnings('ignore', message='fine')",
        task=RAISED.format("warnings.warn('x', Odd)", "Odd"),
    ),
    noted(
        "a locale",
        "import locale\nlocale.setlocale(locale.LC_NUMERIC, 'C.UTF-8')",
        "locale.setlocale = lambda *a: 'de_DE.UTF-8'",
        task="1",
        notes="the locale LC_NUMERIC",
    ),
    noted(
        "a level of logging",
        "import logging\nlogging.basicConfig(level=logging.INFO)",
        task="logging.getLogger('x').isEnabledFor(logging.INFO)",
        notes="root logger's level is INFO",
    ),
    noted(
        "a level of logging, by a logger of a cell",
        "import logging\nlogging.getLogger().setLevel(logging.INFO)\nlog = logging.getLogger('shop')",
        task="log.isEnabledFor(10)",
        notes="root logger's level is INFO",
    ),
    noted(
        "logging that is disabled",
        "import logging\nlogging.disable(logging.CRITICAL)",
        task="logging.getLogger('x').isEnabledFor(logging.ERROR)",
        notes="logging is disabled",
    ),
    noted(
        "a variable of the environment",
        "import os\nos.environ['MY_VAR_XQ'] = 'dev'",
        task="os.path.expandvars('$MY_VAR_XQ')",
        notes="'MY_VAR_XQ' .Cell .1..",
    ),
    noted(
        "draws after a seed",
        "import numpy as np\nnp.random.seed(1)\nnp.random.rand()",
        task="np.random.rand()",
        notes="np.random.seed.1. in Cell",
    ),
    same(
        "a method for all series",
        PANDAS + "def double(self): return self * 2\npd.Series.double = double",
        task="pd.Series([1]).double().tolist()",
    ),
    same(
        "a method of frames replaced",
        PANDAS + "pd.DataFrame.head = lambda self, n=1: self[:n]",
        task="len(pd.DataFrame({'a': range(9)}).head())",
    ),
    same(
        "a method put back",
        PANDAS + "old = pd.DataFrame.head\npd.DataFrame.head = lambda self, n=1: self[:n]",
        "pd.DataFrame.head = old",
        task="len(pd.DataFrame({'a': range(9)}).head())",
    ),
    same(
        "an accessor",
        PANDAS + "@pd.api.extensions.register_series_accessor('geo')\nclass Geo:\n"
        "    def __init__(self, s): self.s = s\n    def n(self): return len(self.s)",
        task="pd.Series([1]).geo.n()",
    ),
    same(
        "an accessor by its text",
        PANDAS + "@pd.api.extensions.register_series_accessor('geo')\nclass Geo:\n"
        "    def __init__(self, s): self.s = s\n    def n(self): return len(self.s)",
        task="getattr(pd.Series([1]), 'geo').n()",
    ),
    same(
        "a constant of a module",
        "import math\nmath.pi = 3\nmath.tau2 = 6",
        task="math.pi, math.tau2",
    ),
    same(
        "a function of a module wrapped",
        "import statistics\nold = statistics.mean\ndef mean(x): return old(x) * 10\nstatistics.mean = mean",
        task="statistics.mean([1, 2]), old([1, 2])",
    ),
    same(
        "a partial in its place",
        "import functools, json\njson.dumps = functools.partial(json.dumps, sort_keys=True)",
        task="json.dumps({'b': 1, 'a': 2})",
    ),
    same(
        "how JSON writes others",
        "import json\njson.JSONEncoder.default = lambda s, o: 'x'",
        task="json.dumps({'a': object()})",
    ),
    same("a function of numpy", "import numpy as np\nnp.mean = lambda a: 42", task="np.mean([1])"),
    same("by setattr", "import math\nsetattr(math, 'half', lambda x: x / 2)", task="math.half(3)"),
    same(
        "a function of a module by a helper",
        "import math\ndef patch(m, n, f): setattr(m, n, f)\npatch(math, 'floor', lambda x: 'p')",
        task="math.floor(1)",
    ),
    same(
        "functions of a module in a loop",
        "import math\nfor n in ('floor', 'ceil'): setattr(math, n, lambda x: 'p')",
        task="math.floor(1), math.ceil(1)",
    ),
    same(
        "a constant under a name of a loop",
        "import math\nfor n, v in {'pi': 3, 'more_q': 'x'}.items(): setattr(math, n, v)",
        task="math.pi, math.more_q",
    ),
    same(
        "a constant under a name of another cell",
        "SET = {'pi': 3}",
        "import math\nfor n in SET: setattr(math, n, SET[n])",
        task="math.pi",
    ),
    same(
        "a constant by a helper",
        "import math\ndef put(m, n, v): setattr(m, n, v)",
        "put(math, 'pi', 3)",
        task="math.pi",
    ),
    *(
        same(f"a constant by {how}", f"import math\n{given}", f"{text}", task="math.pi")
        for how, given, text in [
            (
                "a method",
                "class H:\n    def put(self, m, n): setattr(m, n, 3)",
                "H().put(math, 'pi')",
            ),
            (
                "a class",
                "class H:\n    def __init__(self, m, n): setattr(m, n, 3)",
                "H(math, 'pi')",
            ),
            ("its module's names", "", "vars(math).update({'pi': 3})"),
            ("its module's names, given some", "D = {'pi': 3}", "math.__dict__.update(D)"),
            ("its module's names in turn", "D = {'pi': 3}", "for n in D: vars(math)[n] = D[n]"),
            ("a name in a pair", "D = [('pi', 3)]", "for n, v in D: setattr(math, n, v)"),
            (
                "a name in a list of a dict",
                "D = {'n': ['pi']}",
                "for n in D['n']: setattr(math, n, 3)",
            ),
        ]
    ),
    same(
        "a constant of two modules in turn",
        "import cmath, math\nfor m in (math, cmath): m.pi = 3",
        task="math.pi, cmath.pi",
    ),
    same(
        "a constant by a mock",
        "import math\nfrom unittest import mock\nmock.patch.object(math, 'pi', 3).start()",
        task="math.pi",
    ),
    same("by vars", "import math\nvars(math)['pi'] = 3", task="math.pi"),
    same("by __dict__", "import math\nmath.__dict__['pi'] = 3", task="math.pi"),
    same("by an update", "import math\nmath.__dict__.update(pi=3)", task="math.pi"),
    same(
        "by a mock",
        "import math\nfrom unittest import mock\nmock.patch.object(math, 'floor', lambda x: 'p').start()",
        task="math.floor(1)",
    ),
    refused(
        "a mock itself",
        "import os\nfrom unittest import mock\nmock.patch('os.getlogin').start()",
        "if False: get_ipython().run_cell_magic('time', '', 'x = 1\\n')",
        task="os.getlogin()",
        says="os.getlogin was set in a cell to an unittest.mock.MagicMock",
    ),
    same(
        "a method by a decorator",
        PANDAS
        + "def extend(cls):\n    def d(f):\n        setattr(cls, f.__name__, f)\n        return f\n"
        "    return d\n@extend(pd.DataFrame)\ndef rows2(self): return len(self) * 2",
        task="pd.DataFrame({'a': [1]}).rows2()",
    ),
    same(
        "a method by a helper",
        PANDAS + "def add(name, f): setattr(pd.Series, name, f)\nadd('twice', lambda s: s * 2)",
        "def f(): return pd.Series([1]).twice().tolist()",
        task="f()",
    ),
    same(
        "a property by a helper",
        PANDAS + "def add(n, f): setattr(pd.Series, n, property(f))\nadd('n_q', lambda s: len(s))",
        task="pd.Series([1]).n_q",
    ),
    same("a constant deleted", "import math\ndel math.tau", task="hasattr(math, 'tau')"),
    same(
        "a method deleted",
        "from fractions import Fraction\ndelattr(Fraction, 'limit_denominator')",
        task="hasattr(Fraction, 'limit_denominator')",
    ),
    same(
        "a default of a library's function",
        "import json\njson.dumps.__kwdefaults__['sort_keys'] = True",
        task="json.dumps({'b': 1, 'a': 2})",
    ),
    same("an attribute of a function", "import json\njson.dumps.tag = 1", task="json.dumps.tag"),
    same(
        "an item of a library's dict",
        "import html.entities as he\nhe.name2codepoint['qq'] = 1",
        task="he.name2codepoint.get('qq')",
    ),
    same(
        "an item of a library's list",
        "import keyword\nkeyword.kwlist.append('qq')",
        task="'qq' in keyword.kwlist, keyword.iskeyword('qq')",
    ),
    same(
        "how others are printed",
        "import pprint\nclass A: pass\npprint.PrettyPrinter._dispatch[A.__repr__] = 1",
        task="len(pprint.PrettyPrinter._dispatch)",
    ),
    same("a built-in more", "import builtins\nbuiltins.helper_q = lambda: 5", task="helper_q()"),
    same(
        "another built-in", "import builtins\nbuiltins.ascii = lambda x: 'mine'", task="ascii([1])"
    ),
    same("arguments of a script", "import sys\nsys.argv = ['a', 'b']", task="sys.argv"),
    same(
        "certificates",
        "import ssl\nssl._create_default_https_context = ssl._create_unverified_context",
        task="ssl._create_default_https_context is ssl._create_unverified_context",
    ),
    same(
        "threads' own data in a module",
        "import math, threading\nmath.own = threading.local()\nmath.own.x = 3",
        task="math.own.x",
    ),
    same(
        "the first day of the week",
        "import calendar\ncalendar.setfirstweekday(6)",
        task="calendar.firstweekday()",
    ),
    noted(
        "what a module was told",
        "import mimetypes\nmimetypes.add_type('x/y', '.zzq')",
        task="mimetypes.guess_type('a.zzq')",
        notes="mimetypes.add_type.* in Cell .1. does not count",
    ),
    noted(
        "a folder by a line magic",
        "import types\nget_ipython = lambda: types.SimpleNamespace(run_line_magic=max)\n"
        "get_ipython().run_line_magic('cd', '..')",
        "import os",
        task="os.getcwd()",
        notes="^%cd .. in Cell .1. does not count",
    ),
    noted(
        "errors of scipy",
        "import scipy.special as sp\nsp.seterr(all='raise')",
        task="sp.geterr()['singular']",
        notes="sp.seterr.* in Cell .1. does not count",
    ),
    noted(
        "warnings as logs",
        "import logging, warnings\nlogging.captureWarnings(True)",
        task="warnings.showwarning.__name__",
        notes="logging.captureWarnings.True. in Cell .1. does not count",
    ),
    noted(
        "a level of a logger by its name",
        "import logging\nlogging.getLogger('shop.etl').setLevel(logging.DEBUG)",
        task="logging.getLogger('shop.etl').isEnabledFor(logging.DEBUG)",
        notes="logger 'shop.etl' has the level DEBUG in this kernel",
    ),
    noted(
        "a handler and a filter of a logger that a cell made",
        "import logging\nlog = logging.getLogger(__name__)\nlog.addHandler(logging.NullHandler())\n"
        "log.addFilter(lambda record: False)\ndef say(): log.error('x')",
        task="say()",
        notes="logger '__main__' has 1 handler.s. and 1 filter.s.",
    ),
    noted(
        "a level of a logger above",
        "import logging\nlogging.getLogger('store').setLevel(logging.DEBUG)",
        task="logging.getLogger('store.etl').isEnabledFor(logging.DEBUG)",
        notes="logger 'store' has the level DEBUG in this kernel",
    ),
    noted(
        "a level of a library's logger",
        "import logging, sklearn\nlogging.getLogger('sklearn').setLevel(logging.ERROR)",
        task="sklearn.__name__",
        notes="logger 'sklearn' has the level ERROR in this kernel",
    ),
    noted(
        "a level that the task's code sets to another",
        "import logging\nlog = logging.getLogger('etl.other')\n"
        "def opened():\n    log.setLevel(logging.INFO)\n    return log.level",
        "log.setLevel(logging.DEBUG)",
        task="opened()",
        notes="logger 'etl.other' has the level DEBUG in this kernel",
    ),
    same(
        "a logger on which the task sets its level",
        "import logging\nlog = logging.getLogger('etl.own')\nlog.setLevel(logging.DEBUG)",
        "def opened():\n    log.setLevel(logging.DEBUG)\n    return log.isEnabledFor(logging.DEBUG)",
        task="opened()",
    ),
    noted(
        "a name of a level",
        "import logging\nlogging.addLevelName(25, 'TRACE2')",
        task="logging.getLevelName(25)",
        notes="logging.addLevelName.25, 'TRACE2'. in Cell .1.",
    ),
    noted(
        "a path of modules",
        "import sys\nif True:\n    sys.path.insert(0, '/nowhere')",
        task="'/nowhere' in sys.path",
        notes="sys.path.insert.0, '/nowhere'. in Cell .1.",
    ),
    noted(
        "another folder",
        "import os\nos.chdir('/')",
        task="os.getcwd()",
        notes="os.chdir.'/'. in Cell .1.",
    ),
    noted(
        "another folder, by a name of its own",
        "from os import chdir\nimport os\nchdir('/')",
        task="os.listdir('.')",
        notes="chdir.'/'. in Cell .1.",
    ),
    noted(
        "an encoding",
        "import codecs\ndef find(name): return codecs.lookup('utf-8') if name == 'shop' else None\n"
        "codecs.register(find)",
        task="'a'.encode('shop')",
        notes="codecs.register.find. in Cell .1.",
    ),
    noted(
        "how errors of an encoding are handled",
        "import codecs\ncodecs.register_error('shrug', lambda e: ('?', e.end))",
        task="'\u00e4'.encode('ascii', 'shrug')",
        notes="codecs.register_error",
    ),
    noted(
        "records of logging",
        "import logging\nlogging.setLogRecordFactory(logging.LogRecord)",
        task="logging.getLogRecordFactory().__name__",
        notes="logging.setLogRecordFactory.logging.LogRecord. in Cell .1.",
    ),
    noted(
        "what others may do with new files",
        "import os\nos.umask(0o077)",
        task="os.mkdir",
        notes="os.umask.63. in Cell .1.",
    ),
    noted(
        "a signal",
        "import signal\nsignal.signal(signal.SIGUSR1, signal.SIG_IGN)",
        task="signal.getsignal(signal.SIGUSR1) == signal.SIG_IGN",
        notes="signal.signal.signal.SIGUSR1, signal.SIG_IGN. in Cell .1.",
    ),
    noted(
        "warnings that are not shown",
        "import warnings\nwarnings.filterwarnings('ignore')",
        "def f():\n    with warnings.catch_warnings(record=True) as w:\n        warnings.warn('x')\n    return len(w)",
        task="f()",
        notes="warnings.filterwarnings.'ignore'. in Cell .1.",
    ),
    same(
        "colours of matplotlib",
        "import matplotlib as mpl\nfrom matplotlib.colors import ListedColormap\n"
        "mpl.colormaps.register(ListedColormap(['r', 'b']), name='mine_q')",
        task="mpl.colormaps['mine_q'].N, mpl.colormaps['mine_q'](0)",
    ),
    same(
        "colours that were imported by name, and set",
        "import matplotlib as mpl\nfrom matplotlib import colormaps\n"
        "from matplotlib.colors import LinearSegmentedColormap\n"
        "colormaps.register(LinearSegmentedColormap.from_list('mine_r', ['r', 'b']))\n"
        "mpl.rcParams['image.cmap'] = 'mine_r'",
        task="(lambda name: colormaps[name](0.3))(mpl.rcParams['image.cmap'])",
    ),
    *(
        same(
            f"colours that a module's import registers, {how}",
            "import pathlib, sys, tempfile\nimport matplotlib as mpl\n"
            "folder = tempfile.mkdtemp()\nsys.path.insert(0, folder)\n"
            "pathlib.Path(folder, 'colours_q.py').write_text('import matplotlib as mpl\\n'\n"
            "    'from matplotlib.colors import ListedColormap\\n'\n"
            "    'dusk_q = ListedColormap([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]], name=\"dusk_q\")\\n'\n"
            "    'mpl.colormaps.register(dusk_q)\\n')\nimport colours_q",
            setting,
            task=task,
        )
        for how, setting, task in (
            ("and a setting names", "mpl.rcParams['image.cmap'] = 'dusk_q'", _CHOSEN),
            ("and a task names", "", "mpl.colormaps['dusk_q'](0)"),
            ("and a task imports", "", "colours_q.dusk_q(0), mpl.colormaps['dusk_q'](0)"),
        )
    ),
    same(
        "names of colours",
        "import matplotlib as mpl\nmpl.colors.get_named_colors_mapping()['b'] = '#4c72b0'\n"
        "mpl.colors.get_named_colors_mapping()['ours_q'] = (0.1, 0.2, 0.3)",
        task="mpl.colors.to_hex('b'), mpl.colors.to_hex('ours_q'), mpl.colors.to_hex('grey')",
    ),
    same(
        "a function that sets what matplotlib keeps",
        "import matplotlib as mpl",
        "def set_look(size): mpl.rcParams.update({'font.size': size, 'figure.dpi': 33})\nset_look(7)",
        task="mpl.rcParams['font.size'], mpl.rcParams['figure.dpi']",
    ),
    noted(
        "many settings of matplotlib",
        "import matplotlib as mpl\nmpl.rcParams.update({'font.size': 7, 'figure.dpi': 33,\n"
        "    'lines.linewidth': 3, 'axes.titlesize': 4, 'axes.grid': True, 'savefig.dpi': 44,\n"
        "    'xtick.bottom': False, 'ytick.left': False})",
        task="mpl.rcParams['font.size']",
        notes=r"matplotlib.rcParams\['lines.linewidth', 'font.size', .*\] and 2 more$",
    ),
    noted(
        "a setting of matplotlib that cannot travel",
        "import threading\nimport matplotlib as mpl\nmpl.rcParams['figure.dpi'] = 33\n"
        "mpl.rcParams['path.effects'] = [threading.Thread()]",
        task="mpl.rcParams['figure.dpi']",
        notes=r"matplotlib.rcParams\['path.effects'\] was given a .*, which cannot be shipped, and "
        "is not set where the task runs: set it in the task(.|\\n)*'figure.dpi': 33",
    ),
    noted(
        "a type of pandas",
        "import pandas as pd\nfrom pandas.api.extensions import ExtensionDtype, register_extension_dtype\n"
        "@register_extension_dtype\nclass MyD(ExtensionDtype):\n    name = 'myd_q'\n    type = int\n"
        "    @classmethod\n    def construct_array_type(cls): return None",
        task="type(pd.api.types.pandas_dtype('myd_q')).__name__",
        notes="@register_extension_dtype above MyD in Cell .1. does not count",
    ),
    same(
        "what numpy calls for an error",
        "import numpy as np\nerrors = []\ndef told(kind, flag): errors.append(kind)\n"
        "np.seterrcall(told)\nnp.seterr(divide='call')",
        task="str(np.array([1.]) / 0), list(errors)",
    ),
    *(
        same(
            f"precision of decimals in new threads{more}",
            "import decimal, threading\ndef third():\n    found = [str(decimal.Decimal(1) / 3)]\n"
            "    t = threading.Thread(target=lambda: found.append(str(decimal.Decimal(1) / 3)))\n"
            "    t.start(); t.join()\n    return found",
            f"here = decimal.getcontext()\ndecimal.DefaultContext.prec = 5{more}\nc = here.copy()",
            task="third(), c.prec",
        )
        for more in (
            "",
            "; here.prec = 9",
            "; decimal.DefaultContext.traps[decimal.Clamped] = True",
        )
    ),
    same(
        "precision of all decimals",
        "import decimal\ndecimal.DefaultContext.prec = 5\ndecimal.setcontext(decimal.DefaultContext)",
        task="str(decimal.Decimal(2) / 3)",
    ),
    same(
        "verbosity of xgboost",
        "import xgboost as xgb\nxgb.set_config(verbosity=0)",
        task="xgb.get_config()['verbosity']",
    ),
    same(
        "a list of matplotlib's, changed in place",
        "import matplotlib.pyplot as plt\nplt.rcParams['font.family'].append('Foo')\n"
        "plt.rcParams['font.sans-serif'].insert(0, 'Foo')",
        task="plt.rcParams['font.family'], plt.rcParams['font.sans-serif'][0]",
    ),
    same(
        "an attribute of an object that a module gives out",
        "import scipy.stats as st\nfrom scipy.stats import gamma\nst.norm.badvalue = 7\ngamma.badvalue = 8",
        task="st.norm.badvalue, gamma.badvalue",
    ),
    *(
        noted(
            f"what a library was told: {call}",
            f"import yaml, numpy as np\nfrom yaml import SafeLoader, add_constructor\n"
            f"def up(loader, node): return loader.construct_scalar(node).upper()\n{call}",
            task="yaml.safe_load('!up abc'), np.getbufsize()",
            notes=rf"{name}\(…\) in Cell \[1\] does not count where the task runs",
        )
        for name, call in [
            ("yaml.SafeLoader.add_constructor", "yaml.SafeLoader.add_constructor('!up', up)"),
            ("SafeLoader.add_constructor", "SafeLoader.add_constructor('!up', up)"),
            ("yaml.add_constructor", "yaml.add_constructor('!up', up, Loader=SafeLoader)"),
            ("add_constructor", "add_constructor('!up', up, Loader=SafeLoader)"),
            ("np.setbufsize", "np.setbufsize(32); add_constructor('!up', up, SafeLoader)"),
        ]
    ),
    same(
        "a method of a library, replaced by one that calls it",
        "from sklearn.preprocessing import StandardScaler\nold = StandardScaler.fit\n"
        "def fit(self, X, y=None):\n    self.seen_ = len(X)\n    return old(self, X, y)\n"
        "StandardScaler.fit = fit",
        task="StandardScaler().fit([[1.0], [2.0]]).seen_",
    ),
    same(
        "methods of all kinds, replaced by ones that call them",
        "import fractions\nF = fractions.Fraction\nold = F.limit_denominator\nmade = F.from_float\n"
        "part = F.__dict__['numerator']",
        "F.limit_denominator = lambda self, most=9: old(self, most)\n"
        "def from_float(cls, f): return made(f) + 1\nF.from_float = classmethod(from_float)\n"
        "F.numerator = property(lambda self: part.fget(self) * 10)",
        task="F(1, 3).numerator, F.from_float(0.5), F(314, 100).limit_denominator()",
    ),
    *(
        same(
            f"what reads the environment as it is made: {how}",
            "import os\nfrom dataclasses import dataclass\nos.environ['FOO_Q'] = 'a'",
            cell,
            task=task,
        )
        for how, cell, task in (
            ("a class", "class C:\n    K = os.environ['FOO_Q']", "C.K"),
            ("a class, changed since", f"{_OF_ENVIRON}\nos.environ['FOO_Q'] = 'b'", "C.K, C().f()"),
            ("a class, set since", f"{_OF_ENVIRON}\nC.K = 'other'", "C.K, C().f()"),
            ("a field", "@dataclass\nclass C:\n    k: str = os.environ['FOO_Q'] + 'x'", "C().k"),
            (
                "a default",
                "def f(x=os.environ['FOO_Q'], *, y=os.environ['FOO_Q']): return x, y",
                "f()",
            ),
            ("an enum", "import enum\nclass E(enum.Enum): A = os.environ['FOO_Q']", "E.A.value"),
        )
    ),
    *(
        refused(
            f"what reads the environment as it is made, and cannot ship: {how}",
            "import os\nos.environ['FOO_Q'] = os.environ['DB_PASSWORD'] = 'hunter2-q'",
            cell,
            task="C.K",
            says=says,
        )
        for how, cell, says in (
            (
                "a password",
                "class C: K = os.environ['DB_PASSWORD']",
                "takes 'C' from the notebook, which reads the environment variable 'DB_PASSWORD' as it is made .*it "
                r"looks like a secret.*\n.*allow_secret=\[\"DB_PASSWORD\"\]",
            ),
            (
                "a lambda",
                "class C: K = 1\nC.K = lambda x=os.environ['FOO_Q']: x",
                r"reads an environment variable as it is made .Cell .2., line 2.\n +write it with def",
            ),
            (
                "what is not set any more",
                "class C: K = os.environ['FOO_Q']\ndel os.environ['FOO_Q']",
                r"'FOO_Q' as it is made .Cell .2., line 1., and nothing.*\n +set it, and run Cell .2. again",
            ),
        )
    ),
    refused(
        "a module whose import reads the environment",
        _MODULE.format("import os\\nK = os.environ['FOO_Q']\\ndef f(): return os.environ['BAR_Q']"),
        task="asking_q.K",
        says="takes the module asking_q, whose import reads the environment variable 'FOO_Q' "
        r".line 2 of asking_q.py.*\n.*os.environ.get\('FOO_Q', …\)",
    ),
    same(
        "a module whose import may read the environment",
        _MODULE.format(
            "import os\\nK = os.environ.get('FOO_Q', 'a')\\ntry: L = os.environ['FOO_Q']\\n"
            "except KeyError: L = 'a'"
        ),
        task="asking_q.K, asking_q.L",
    ),
]
