"""What a task takes from the notebook: how it travels, and what does not."""

from __future__ import annotations

import ast
import linecache
import sys
import warnings

import pytest
from IPython.core.completer import ProvisionalCompleterWarning

from sfdag_magics.bundle import capture
from sfdag_magics.errors import CaptureError
from sfdag_magics.graph.model import FunctionSource
from tests.bundle.notebook import Notebook


@pytest.fixture
def notebook():
    return Notebook()


def taken(captured):
    return {item.name: str(item.how) for item in captured.taken}


def captured(notebook, text, **options):
    return capture("train", notebook.source(text, **options))


def problem(found):
    (only,) = found.problems
    return str(only)


def test_imports_become_import_lines(notebook):
    notebook.run(
        "import json\nimport os.path\nimport xml.dom.minidom as dom\n"
        "from math import floor as down\n"
        "import collections, typing\nfrom typing import Any\nfrom collections import OrderedDict"
    )
    found = captured(
        notebook,
        "def train(session: Any):\n"
        "    return [json, os.path.join, dom, down, collections.abc.Mapping, OrderedDict]",
    )
    assert set(found.imports) == {
        "import json",
        "import os",
        "import posixpath",
        "import xml.dom.minidom as dom",
        "from math import floor as down",
        "import collections",
        "import collections.abc",
        "from typing import Any",
        "from collections import OrderedDict",
    } - {"import posixpath"} | ({"import os.path"} & set(found.imports))
    assert found.third_party == ()
    assert found.problems == ()


def test_an_installed_package_is_imported_from_where_it_is_public(notebook):
    notebook.run("import numpy as np\nfrom numpy import log, ndarray\nimport hypothesis")
    found = captured(notebook, "def train(x: ndarray): return np.sum, log, hypothesis.given")
    assert set(found.imports) == {
        "import numpy as np",
        "from numpy import log",
        "from numpy import ndarray",
        "import hypothesis",
    }
    assert set(found.third_party) == {"numpy", "hypothesis"}


def test_of_a_shared_namespace_the_part_that_is_installed_is_told(notebook):
    found = captured(
        notebook, "def train(session):\n    from snowflake.connector.errors import Error"
    )
    assert found.third_party == ("snowflake.connector",)


@pytest.mark.parametrize("name", ["display", "get_ipython"])
def test_what_only_a_notebook_has_is_refused(notebook, name):
    found = captured(notebook, f"def train(session): return {name}(1)")
    assert "there is only in a notebook" in problem(found)


def test_functions_and_classes_of_the_notebook_come_along_needed_ones_first(notebook):
    notebook.run("def base(x):\n    return x")
    notebook.run("class Model:\n    def fit(self):\n        return base(1)")
    notebook.run(
        "@staticmethod\ndef odd(n): return n and even(n - 1)\ndef even(n): return odd(n - 1)"
    )
    found = captured(notebook, "def train(session):\n    return Model().fit(), odd(3)")
    order = [definition.name for definition in found.definitions]
    assert order.index("base") < order.index("Model") < order.index("train") == len(order) - 1
    assert {"odd", "even"} <= set(order)
    assert taken(found)["Model"] == "source"
    (model,) = [d for d in found.definitions if d.name == "Model"]
    assert (model.place, model.first_line) == ("Cell [2]", 1)


def test_small_literals_become_assignments(notebook):
    notebook.run(
        "import datetime, decimal, logging, pathlib, re\n"
        "A = {'x': (1,), 'y': {2, 1}, 'z': frozenset(), 'n': [None, True, -1.5, float('inf')]}\n"
        "LOG = logging.getLogger('mine')\nWORD = re.compile(r'\\w+', re.I)\n"
        "DAY = datetime.date(2026, 1, 2)\nRATE = decimal.Decimal('0.1')\n"
        "HERE = pathlib.PurePosixPath('a')"
    )
    found = captured(notebook, "def train(session): return A, LOG, WORD, DAY, RATE, HERE")
    namespace = {}
    for line in (*found.imports, *found.assignments):
        exec(line, namespace)  # noqa: S102 - reads back what was written
    for name in ("A", "LOG", "WORD", "DAY", "RATE", "HERE"):
        assert namespace[name] == notebook.names[name]
    assert found.problems == ()


def test_modules_beside_the_notebook_travel_as_files(notebook, tmp_path, monkeypatch):
    (tmp_path / "prices_xq.py").write_text("import margins_xq\ndef price(): return margins_xq.M\n")
    (tmp_path / "margins_xq").mkdir()
    (tmp_path / "margins_xq" / "__init__.py").write_text("from margins_xq.values import M\n")
    (tmp_path / "margins_xq" / "values.py").write_text("M = 3\n")
    monkeypatch.syspath_prepend(tmp_path)
    notebook.run("from prices_xq import price")
    found = captured(notebook, "def train(session): return price()")
    assert found.imports == ("from prices_xq import price",)
    assert sorted(found.files) == [
        "margins_xq/__init__.py",
        "margins_xq/values.py",
        "prices_xq.py",
    ]
    assert taken(found)["prices_xq.py"] == "file"
    assert found.third_party == ()


def test_a_local_module_imported_inside_the_function_travels_too(notebook, tmp_path, monkeypatch):
    (tmp_path / "inner_xq.py").write_text("X = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    found = captured(notebook, "def train(session):\n    import inner_xq\n    return inner_xq.X")
    assert list(found.files) == ["inner_xq.py"]


def test_lambdas_aliases_and_decorated_functions_come_along(notebook):
    notebook.run(
        "import functools\nsquare = lambda x: x * x\ndef half(x): return x / 2\nhalved = half\n"
        "@functools.lru_cache\ndef slow(x): return x"
    )
    found = captured(notebook, "def train(session): return square(2), halved(4), slow(1)")
    assert [d.name for d in found.definitions] == ["square", "half", "slow", "train"]
    assert found.assignments == ("halved = half",)
    assert "import functools" in found.imports
    assert found.problems == ()


@pytest.mark.parametrize(
    ("setup", "message"),
    [
        ("import pandas as pd\nthing = pd.DataFrame({'a': range(100_000)})", "DataFrame of 800"),
        ("import sys\nthing = sys._getframe()", "a frame"),
        ("thing = list(range(400_000))", "a list of 3.2 MB"),
        ("thing = iter([1])", "a list_iterator, an iterator"),
        ("thing = open", None),
        ("thing = [1]\nthing.append(thing)", "cannot be shipped"),
        (
            "class Odd:\n    def __len__(self): raise OSError\n"
            "    def __sizeof__(self): raise RuntimeError\n"
            "    def __getattr__(self, name): return self\nthing = Odd()\nthing.more = iter([1])",
            "a __main__.Odd,",
        ),
    ],
)
def test_anything_else_is_named_with_its_type_its_size_and_a_way_out(notebook, setup, message):
    notebook.run(setup)
    found = captured(notebook, "def train(session): return thing")
    if message is None:
        assert found.problems == ()
        return
    assert message in problem(found)
    assert "'thing'" in problem(found)
    assert found.problems[0].task == "train"
    assert found.problems[0].hint


class Session:
    """Stands for a Snowpark session: the type's full name is what counts."""


Session.__module__ = "snowflake.snowpark.session"


def test_a_session_is_told_to_be_a_parameter(notebook):
    notebook.names["my_session"] = Session()
    found = captured(notebook, "def train(): return my_session")
    assert "take it as a parameter: def f(session, …)" in problem(found)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_PASSWORD", "hunter2"),
        ("apiKey", "abc"),
        ("api_key", "abc"),
        ("config", {"user": "u", "password": "p"}),
        ("url", "https://user:pw@example.com/x"),
        ("key", "-----BEGIN RSA PRIVATE KEY-----\nx"),
        ("ids", ["AKIAABCDEFGHIJKLMNOP"]),
        ("blob", b"AKIAABCDEFGHIJKLMNOP"),
    ],
)
def test_what_looks_like_a_secret_is_refused_and_never_shown(notebook, name, value):
    notebook.names[name] = value
    found = captured(notebook, f"def train(session): return {name}")
    assert "looks like a secret" in problem(found)
    shown = problem(found) + repr(found)
    assert not [part for part in ("hunter2", "AKIA", "pw@", "BEGIN") if part in shown]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TOKEN_COLUMN", "token"),
        ("MAX_TOKENS", 100),
        ("tokenizer", "bert"),
        ("PASSWORD_LENGTH", "8"),
    ],
)
def test_what_only_speaks_of_secrets_ships(notebook, name, value):
    notebook.names[name] = value
    assert captured(notebook, f"def train(session): return {name}").problems == ()


def test_an_undefined_name_is_a_problem_before_anything_ships(notebook):
    found = captured(notebook, "def train(session): return len(dta)")
    assert "uses 'dta', which the notebook does not define" in problem(found)


@pytest.mark.parametrize(
    ("first", "second", "hint"),
    [
        (
            "def load():\n    from statistics import mean\n    return mean([1])",
            "def train(load): return mean([load])",
            "load imports it for itself only: import it in a cell of its own",
        ),
        (
            "def load():\n    df = [1, 2]\n    return len(df)",
            "def train(load): return sum(df)",
            "load makes it inside its own function: return it there, or write a table, and take a "
            "parameter called load",
        ),
        (
            "def load():\n    def mean(): return 1\n    return mean()",
            "def train(load): return mean()",
            "load makes it inside its own function",
        ),
        (
            "def shown(): return len(df)",
            "def train():\n    df = [1]\n    return shown()",
            "train makes it inside its own function: hand it over as an argument",
        ),
        (
            "def load(df): return [df for df in df]",
            "def train(load): return df",
            "run the cell that defines it",
        ),
    ],
)
def test_a_name_that_a_task_has_inside_its_function_is_told_of(notebook, first, second, hint):
    notebook.task(first) if "load" in first else notebook.run(first)
    notebook.task(second)
    (problem,) = notebook.build().problems
    assert "which the notebook does not define" in problem.message
    assert hint in problem.hint


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("df = df.dropna()", 2),
        ("x = 1\n    df['a'] = x\n    df = df.dropna()", 3),
        ("print(len(df))\n    df = [1]", 2),
        ("for df in df: pass", 2),
        ("df += [1]", 2),
        ("with open(df) as f:\n        pass\n    df = f", 2),
        ("with open('a') as f:\n        f.write(df)\n    df = f", 3),
        ("n = [x for x in df]\n    df = n", 2),
        ("if df: df = 1", 2),
        ("n = df if n else 0\n    n = df = 1", 2),
        ("for n in rows:\n        df = df + n", 3),
        ("for n in rows:\n        m = df\n        df = n", 3),
        ("while rows:\n        df += [1]", 3),
        ("for n in [1]:\n        for m in [2]:\n            df.append(m)\n    df = n", 4),
        ("for n in df:\n        df = n", 2),
        # Not certain, or nothing is wrong:
        ("for n in [1]:\n        if n: df = n\n        m = df", None),
        ("for n in [1]:\n        if n: continue\n        m = df\n        df = n", None),
        ("for df in [1]:\n        n = df", None),
        ("df = 0\n    for n in [1]:\n        df = df + n", None),
        ("for n in [1]:\n        if n > 1: print(df)\n        df = n", None),
        ("n = [df for n in [1]]\n    df = n", None),
        ("if 1: df = 2\n    return df", None),
        ("if rows: return 1\n    n = df\n    df = n", None),
        ("try:\n        n = df\n    except NameError:\n        df = 1", None),
        ("f = lambda: df\n    df = 1\n    return f()", None),
        ("def f(): return df\n    df = 1\n    return f()", None),
        ("(df := [1]) and df", None),
        ("global df\n    df = df[:1]", None),
        ("rows = rows + 1", None),
        ("from math import pi as df\n    df = df + 1", None),
        ("return [df := 1, df]", None),
        ("n = rows and df\n    df = n", None),
        ("n = [df for df in [1]]", None),
    ],
)
def test_what_a_function_reads_before_it_has_a_value_is_said_before_it_runs(notebook, body, line):
    notebook.run("df = [1]")
    notebook.task(f"def load(rows=1):\n    {body}")
    said = [str(problem) for problem in notebook.build().problems]
    if line is None:
        assert said == []
        return
    (problem,) = said
    assert f"in line {line}, before it gives it a value" in problem
    assert "such as new_" in problem or "give n a value above" in problem


def test_a_filter_of_warnings_that_the_kernel_set_for_itself_does_not_ship(notebook):
    with warnings.catch_warnings():
        warnings.filterwarnings("error", category=ProvisionalCompleterWarning)
        notebook.run("import warnings\nwarnings.filterwarnings('error', category=UserWarning)")
        found = captured(notebook, "def train(session): return 1")
    assert "IPython" not in found.third_party
    assert "warnings.filterwarnings('error', category=UserWarning)" in found.assignments


def test_a_name_only_an_unevaluated_annotation_uses_may_be_missing(notebook):
    found = captured(
        notebook,
        "from __future__ import annotations\n"
        "def train(session: Session, x: Ghost = 1) -> Ghost: ...",
    )
    assert found.problems == ()
    assert found.futures == ("annotations",)


def test_names_of_inner_scopes_are_not_taken(notebook):
    notebook.run("x = y = z = object()")
    found = captured(
        notebook,
        "def train(session, y):\n    z = [x for x in y]\n    def inner(q): return z, q\n"
        "    return inner",
    )
    assert found.problems == ()


def test_a_helper_that_was_redefined_in_another_cell_is_reported(notebook):
    source = notebook.source("def helper(): return 1\n\ndef train(session): return helper()")
    notebook.run("def helper(): return 2")
    found = capture("train", source)
    assert found.notes == ("'helper' of Cell [1] was redefined in Cell [2]: that one is shipped",)
    assert "return 2" in found.definitions[0].text


def test_nothing_is_said_of_two_tasks_whose_functions_are_the_same(notebook):
    source = notebook.source("def f(): return 1")
    notebook.run("def f(): return 1")
    assert capture("first", source).notes == ()


def test_a_global_that_was_changed_since_the_cell_ran_is_reported(notebook):
    notebook.run("LIMIT = 3")
    text = "def train(session): return LIMIT"
    seen = capture("train", notebook.source(text)).fingerprints
    assert captured(notebook, text, seen=seen).notes == ()
    notebook.run("LIMIT = 5")
    assert captured(notebook, text, seen=seen).notes == (
        "'LIMIT' was changed after Cell [5] ran: what it is now is shipped",
    )


_MEMO = (
    "def memo(fn):\n    known = {}\n    def call(x):\n"
    "        if x not in known: known[x] = fn(x)\n        return known[x]\n    return call\n"
)


@pytest.mark.parametrize(
    ("cells", "used", "since"),
    [
        ([f"{_MEMO}@memo\ndef f(x): return x", "other = memo(len)"], "f(1), other", "f(3)"),
        ([f"{_MEMO}f = memo(len)"], "f", "f('ab')"),
        (["class C:\n    def __init__(self): self.n = []\nf = C()"], "f.n", "f.n.append(1)"),
        (["def f(x=[]): return x"], "f()", "f().append(1)"),
        (["def f(): return f.n\nf.n = 1"], "f()", "f.n = 2"),
        (["class f: n = []"], "f.n", "f.n.append(1)"),
    ],
)
def test_what_a_name_keeps_and_was_filled_since_the_cell_ran_is_reported(
    notebook, cells, used, since
):
    for cell in cells:
        notebook.run(cell)
    text = f"def train(session): return {used}"
    seen = capture("train", notebook.source(text)).fingerprints
    assert captured(notebook, text, seen=seen).notes == ()
    notebook.run(since)
    (note,) = captured(notebook, text, seen=seen).notes
    assert note.startswith("'f' was changed after Cell [")


def test_what_a_decorator_of_the_task_was_given_and_is_another_by_now_is_refused(notebook):
    notebook.run("import functools\nSIZE, OTHER = 3, 3")
    text = "@functools.lru_cache(maxsize=SIZE)\ndef train(): return OTHER"
    seen = capture("train", notebook.source(text)).fingerprints
    notebook.run("OTHER = 5")
    assert captured(notebook, text, seen=seen).problems == ()
    notebook.run("SIZE = 5")
    (problem,) = captured(notebook, text, seen=seen).problems
    assert (
        "runs @functools.lru_cache(maxsize=SIZE) again, which was given another 'SIZE'"
        in problem.message
    )
    assert problem.hint.startswith("run Cell [")


def test_a_module_that_was_edited_since_the_cell_ran_is_reported(notebook, tmp_path, monkeypatch):
    (tmp_path / "rates_xq.py").write_text("RATE = 1\n")
    (tmp_path / "parts_xq").mkdir()
    for name in ("__init__", "one", "two"):
        (tmp_path / "parts_xq" / f"{name}.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    notebook.run("import rates_xq, parts_xq")
    text = "def train(session): return rates_xq.RATE, parts_xq"
    seen = capture("train", notebook.source(text)).fingerprints
    assert captured(notebook, text, seen=seen).notes == ()
    (tmp_path / "rates_xq.py").write_text("RATE = 2\n")
    (tmp_path / "parts_xq" / "one.py").write_text("X = 1\n")
    (tmp_path / "parts_xq" / "two.py").write_text("X = 1\n")
    edited = captured(notebook, text, seen=seen)
    assert edited.files["rates_xq.py"] == b"RATE = 2\n"
    assert edited.notes == (
        "'parts_xq/' was changed after Cell [4] ran: what it is now is shipped",
        "'rates_xq.py' was changed after Cell [4] ran: what it is now is shipped",
    )


def test_our_own_decorator_does_not_ship_and_lines_stay_true(notebook):
    class Ours:
        __module__ = "sfdag_magics.decorator"

        def __call__(self, **options):
            return lambda function: function

    notebook.names["sftask"] = Ours()
    notebook.run("import functools")
    found = captured(
        notebook,
        "@sftask(after=['a'],\n        group='g')\n@functools.lru_cache\ndef train(session): ...",
    )
    (train,) = found.definitions
    assert (train.first_line, train.text) == (3, "@functools.lru_cache\ndef train(session): ...")


def test_code_that_uses_this_package_is_refused(notebook):
    notebook.run("from sfdag_magics.errors import SfdagError\nimport sfdag_magics.errors")
    found = captured(notebook, "def train(session): raise SfdagError(sfdag_magics.errors)")
    assert len(found.problems) == 2
    assert all("not there where tasks run" in str(each) for each in found.problems)


def test_a_class_without_methods_is_found_in_the_cells_that_ran(notebook):
    notebook.run("class Limits:\n    LOW = 1")
    found = captured(notebook, "def train(session): return Limits.LOW")
    assert [d.name for d in found.definitions] == ["Limits", "train"]


def test_a_function_whose_text_is_gone_says_what_to_do(notebook):
    exec(compile("def lost(): ...", "<gone>", "exec"), notebook.names)  # noqa: S102 - no source
    assert "<gone>" not in linecache.cache
    found = captured(notebook, "def train(session): return lost()")
    assert "uses 'lost', whose source is not known" in problem(found)


def test_functions_of_a_plain_module_are_captured_by_their_globals():
    names = {"__name__": "pipeline_xq"}
    exec("def helper(): return 1\ndef train(session): return helper()", names)  # noqa: S102 - a module
    source = FunctionSource(
        name="train",
        text="def helper(): return 1\ndef train(session): return helper()",
        cell="pipeline_xq.py",
        namespace=lambda: names,
    )
    assert [d.name for d in capture("train", source).definitions] == ["helper", "train"]


def test_a_bundle_with_problems_has_no_archive_and_tells_all_of_them(notebook):
    notebook.names["lock"], notebook.names["key"] = sys._getframe(), iter([1])
    notebook.task("def a(session): return lock")
    notebook.task("def b(session): return key, ghost")
    bundle = notebook.build()
    assert bundle.archive == b""
    assert len(bundle.problems) == 3
    with pytest.raises(CaptureError) as caught:
        bundle.check()
    assert all(
        word in str(caught.value) for word in ("a: takes 'lock'", "b: takes 'key'", "'ghost'")
    )


def test_a_cell_that_imports_what_its_function_calls(notebook):
    # IPython compiles each statement by itself, and then a call of an imported module's function
    # is other code than in one piece with the import.
    text = "import math\ndef helper(x): return math.floor(x)"
    notebook.run(text)
    alone = ast.Module([ast.parse(text).body[1]], [])
    filename = notebook.names["helper"].__code__.co_filename
    exec(compile(alone, filename, "exec"), notebook.names)  # noqa: S102 - as IPython does
    found = captured(notebook, "def train(session): return helper(1.5)")
    assert found.problems == ()
    assert [d.name for d in found.definitions] == ["helper", "train"]


@pytest.mark.parametrize(
    "text",
    [
        "def train(session):\n    import nowhere_xq.deep",
        "def train(session):\n    from nowhere_xq import f\n    return f",
        "def train(session):\n    try:\n        import nowhere_xq\n    finally:\n        pass",
        "def train():\n    try:\n        import nowhere_xq\n    except ValueError:\n        pass",
    ],
)
def test_a_module_that_is_not_installed_is_named_with_who_imports_it(notebook, text):
    notebook.task(text)
    (problem,) = notebook.build().problems
    assert "train: imports 'nowhere_xq' (Cell [1], line 1)" in str(problem)
    assert "--packages nowhere_xq" in problem.hint


@pytest.mark.parametrize("caught", ["ImportError", "(OSError, ModuleNotFoundError)", "Exception"])
def test_a_module_that_a_task_can_do_without_may_be_missing(notebook, caught):
    notebook.task(
        f"def train():\n    try:\n        import nowhere_xq\n    except {caught}:\n        pass"
    )
    assert notebook.build().problems == ()
    assert notebook.build().tasks[0].third_party == ()


def test_packages_that_are_named_are_the_targets_matter(notebook):
    notebook.task("def train(session):\n    import nowhere_xq", packages=["nowhere-xq"])
    assert notebook.build().problems == ()


@pytest.mark.parametrize(
    "text",
    [
        "from __future__ import annotations\ndef train(session): return 1",
        "import functools\n@functools.lru_cache\ndef train(): return 1",
    ],
)
def test_a_task_that_is_its_own_cells_is_not_defined_again(notebook, text):
    assert captured(notebook, text).notes == ()


def test_what_things_hold_is_looked_at_and_not_replaced():
    notebook = Notebook()
    notebook.run("import types\nclass A: pass\na = A()\na.v = A.v = types.SimpleNamespace(t=1)")
    held = notebook.names["a"].v
    notebook.task("def the_task():\n    return a.v.t, A.v.t")
    assert notebook.build().problems == ()
    assert notebook.names["a"].v is held
    assert notebook.names["A"].v is held


@pytest.mark.parametrize("cache", ["cache", "lru_cache", "lru_cache(maxsize=8)"])
@pytest.mark.parametrize(
    "given", ["x + 1", "str(Path(str(x)) / 'a')", "math.sqrt(x), (str(x), None)", "frozenset([x])"]
)
def test_nothing_is_said_of_a_cache_whose_results_are_the_same_again(given, cache):
    notebook = Notebook()
    notebook.run("import math, functools\nfrom pathlib import Path")
    notebook.run(f"@functools.{cache}\ndef kept(x, y=1): return {given}\nkept(5)\nkept(6, y=2)")
    assert captured(notebook, "def t(): return kept(5)").notes == ()
