"""An exported Python file, read back, is the same graph: tasks, options and code."""

import contextlib
import io
import json
import runpy
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sfdag_magics.bundle import build
from sfdag_magics.cli.reading import graph_of, read_file
from sfdag_magics.client.connecting.targets import Target
from sfdag_magics.client.exporting.exported import Form
from sfdag_magics.client.exporting.forms import exported
from sfdag_magics.errors import InputError
from sfdag_magics.graph.model import GraphOptions, TaskGraph, sql_task
from tests.rows import thinned

HERE = Target(name="embedded")
LOAD = "%load_ext sfdag_magics\n%sfdag graph nightly"
HELPERS = """import math, json
from collections import Counter as C
ROWS = {'a': [1, 2], "q": "it's", 'path': 'C:\\\\temp'}
LIMIT = 5

class Kept:
    '''Keeps "it".'''
    most = LIMIT

def helper(a, b=LIMIT):
    # a remark with {braces} and # more
    return math.sqrt(a) + len(ROWS) + Kept.most + len(C('aab'))
"""
#: `what it is about: the cells below the first`
GRAPHS = {
    "SQL alone": ("%%sftask a --sql\nselect 1", "%%sftask b --sql --after a\nselect 2;"),
    "quotes, braces and hashes in SQL": (
        "%%sftask a --sql\nselect 'it''s', \"B\", '''x''', '{y}', '#', $$ \"\"\" $$",
    ),
    "backslashes in SQL of several lines": (
        "%%sftask a --sql\n-- first\nselect '\\\\d+\\n',\n  'a\\\\'\n  , $$\\t$$ -- last",
    ),
    "a block": ("%%sftask a --sql\nbegin\n  let x := 1;\n  return :x;\nend",),
    "what several tasks take": (
        HELPERS,
        "%%sftask\ndef load(rows: int = 1) -> float:\n    return helper(rows)",
        "%%sftask\ndef check(load: float, *, most: int = 3) -> str:\n    return f'{helper(load)}'",
    ),
    "options of tasks": (
        "%%sftask a --timeout 90s --comment \"it's {b} # 'c'\" --packages pandas,numpy\n"
        "def a(): ...",
        "%%sftask b --after a --retries 3 --backoff 1500ms --group 'G 1'\ndef b(): ...",
        '%%sftask c --sql --after a --warehouse ml --when "1 = 1"\nselect 1',
        "%%sftask d --sql --after c --serverless x-small\nselect 1",
        "%%sftask end --finalizer\ndef end(ctx): ...",
    ),
    "options of the graph": (
        '%sfdag graph nightly --schedule "0 5 * * 1 Europe/Berlin" --warehouse ml --timeout 20m '
        "--auto-retry 2 --suspend-after 0 --comment \"a 'b' {c} #\" --packages pandas",
        "%sfdag graph nightly --set rows=5 --set +note='it\\'s \"so\" {a} #' --set keys='[1, {}]'",
        "%%sftask a\ndef a(*, rows: int = 1): ...",
    ),
    "options that are taken back": (
        "%sfdag graph nightly --schedule none",
        "%%sftask a --sql\nselect 1",
    ),
    "a branch": (
        "%%sftask check --branch\ndef check():\n    return 'good'",
        "%%sftask good --after check --sql\nselect 1",
        "%%sftask bad --after check --sql\nselect 2",
    ),
    "a task that another one calls": (
        "%%sftask first\ndef first(rows: int = 2):\n    return rows",
        "%%sftask second\ndef second():\n    return first(3)",
    ),
    "a task of another name than its function": ("%%sftask Named\ndef run(): return 1",),
    "a function of several tasks": (
        "from sfdag_magics import sftask\ndef clean(): return 1\n"
        "for each in 'ab':\n    sftask(clean, name=f'clean_{each}', graph='nightly')",
    ),
    "a map and who reads it": (
        "%%sftask --map '[\"de\", \"it\\'s {x} #\"]' --group 'G 1'\n"
        "def score(region: str) -> float: return len(region)",
        "%%sftask --after score\ndef report(score: list[float]) -> float: return sum(score)",
    ),
    "maps of one function": (
        "from sfdag_magics import sftask\ndef day_of(day: dict): return str(day)\n"
        "sftask.map(day_of, over={'a': {'n': [1, None]}, 'b': {}}, graph='nightly')\n"
        "sftask.map(day_of, over=[{}], name='other', graph='nightly', after=['day_of'])\n"
        "sftask(day_of, name='alone', graph='nightly')",
        "%%sftask day --sql\nselect 1",
    ),
    "functions of one name": (
        "ROWS = 2",
        "%%sftask a\ndef run(x: int = 1): return x + ROWS",
        "%%sftask b\ndef run(a: int): return a * ROWS",
    ),
    "values that are made anew": (
        "import datetime, decimal, re\nSINCE = datetime.date(2024, 1, 2)\n"
        "PRICE = decimal.Decimal('1.50')\nWORD = re.compile(r'\\w+\\\\')\nSEEN = {}\n"
        "SEEN['a'] = [1]",
        "%%sftask\ndef a():\n    return str((SINCE, PRICE, WORD.findall('x'), len(SEEN)))",
        "%%sftask\ndef b(a):\n    return str((SINCE, SEEN.keys()))",
    ),
    "names of ours that the notebook has": (
        "from datetime import timedelta\ngraph = 1\nsql_task = 2\ndef sftask(a): return a",
        "%%sftask a --timeout 3m\ndef a():\n    return sftask(graph + sql_task), timedelta(1)",
        "%%sftask b --sql\nselect 1",
    ),
    "annotations for later": (
        "from __future__ import annotations",
        "%%sftask\ndef a(x: int | None = None) -> dict[str, list[int]]:\n    return {}",
    ),
    "text of other scripts": (
        '%%sftask\ndef a():\n    """Zähler – 数 \U0001f600."""\n    return \'ü\\u2028\'',
        "%%sftask b --sql\nselect 'ä',\n  '数'",
    ),
}


@contextlib.contextmanager
def graph_in(path):
    with contextlib.redirect_stderr(io.StringIO()), read_file(path) as read:
        yield graph_of(read, path)


def facts(graph):
    tasks = [replace(task, source=None, written=None) for task in graph.tasks]
    functions = {task.name: task.source.name for task in graph.tasks if task.source}
    return graph.name, graph.options, tasks, functions, build(graph).hashes


@pytest.mark.parametrize("about", thinned(GRAPHS))
def test_what_is_read_back_is_what_was_exported(a_notebook, tmp_path, about):
    path = tmp_path / "exported_file.py"
    with graph_in(a_notebook(LOAD, *GRAPHS[about])) as graph:
        found, before = exported(graph, Form.MODULE, HERE), facts(graph)
    assert (found.not_carried, len(before[2]) > 0) == ((), True)
    path.write_text(found.text, "utf-8", newline="\n")
    with graph_in(path) as graph:
        assert facts(graph) == before
        assert exported(graph, Form.MODULE, HERE) == found


def test_a_decorator_of_the_notebook_is_written_as_what_it_made(a_notebook, tmp_path):
    cells = (
        "import functools\ndef twice(f):\n    @functools.wraps(f)\n"
        "    def inner(*a, **k):\n        return f(*a, **k) * 2\n    return inner",
        "%%sftask\n@twice\ndef a(): return 1",
    )
    with graph_in(a_notebook(LOAD, *cells)) as graph:
        text, before = exported(graph, Form.MODULE, HERE).text, facts(graph)
    (tmp_path / "made.py").write_text(text)
    with graph_in(tmp_path / "made.py") as graph:
        assert facts(graph)[:4] == before[:4]
        assert not build(graph).problems
    assert runpy.run_path(str(tmp_path / "made.py"))["a"]() == 2


_TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)


@pytest.mark.slow
@given(
    lines=st.lists(_TEXTS, min_size=1, max_size=3),
    comment=_TEXTS,
    config=st.dictionaries(st.from_regex(r"\A[a-z]{1,5}\Z"), _TEXTS | st.integers()),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_texts_stand_in_a_graph_are_read_back(lines, comment, config):
    said = "\n".join(lines).replace("\\", "\\\\").replace("'", "''")
    graph = TaskGraph("g", GraphOptions(config=config, comment=comment))
    graph.add(sql_task("a", f"select '{said}',\n1", comment=comment))
    names = {}
    exec(exported(graph, Form.MODULE, HERE).text, names)  # noqa: S102 - what was just written
    assert names["graph"].tasks == graph.tasks
    assert names["graph"].options == graph.options


def test_two_things_of_one_name_are_named_and_nothing_is_merged(a_notebook):
    cells = (
        "%%sftask first\ndef run(): return 1",
        "%%sftask second\ndef run(n: int = 3): return run(n - 1) if n else 0",
    )
    with graph_in(a_notebook(LOAD, *cells)) as graph, pytest.raises(InputError) as raised:
        exported(graph, Form.MODULE, HERE)
    assert "run of first and of second" in str(raised.value)


def test_a_value_whose_parts_one_task_takes_by_other_names_is_named(a_notebook):
    path = a_notebook(
        LOAD,
        "SEEN = {'a': [1]}\nALSO = SEEN['a']",
        "%%sftask\ndef a(): return str((SEEN, ALSO))",
        "%%sftask\ndef b(a): return str(SEEN)",
    )
    with graph_in(path) as graph, pytest.raises(InputError) as raised:
        exported(graph, Form.MODULE, HERE)
    assert "SEEN of a and of b: two values, or one of which" in str(raised.value)


def test_what_a_file_does_not_carry_stands_in_it(a_notebook, tmp_path):
    (tmp_path / "beside.py").write_text("ROWS = 3\n")
    path = a_notebook(LOAD, "import beside", "%%sftask\ndef a(): return beside.ROWS")
    with graph_in(path) as graph:
        found = exported(graph, Form.MODULE, HERE)
    (line,) = found.not_carried
    assert line.startswith("file beside.py: ")
    assert f"# not carried: {line}" in found.text.splitlines()


def test_the_verb_writes_a_file_and_only_over_its_own(a_notebook, tmp_path, sfdag):
    path, to = a_notebook(LOAD, "%%sftask\ndef a(): return 1"), tmp_path / "out.py"
    assert sfdag("export", path)[1].startswith("# graph nightly, made by sfdag export")
    code, said, _ = sfdag("export", path, "--to", to)
    assert (code, str(to) in said) == (0, True)
    assert sfdag("export", path, "--to", to)[0] == 0
    assert sfdag("validate", to)[0] == 0
    to.write_text("mine = 1\n")
    code, _, aside = sfdag("export", path, "--to", to)
    assert (code, to.read_text(), "--yes" in aside) == (2, "mine = 1\n", True)
    assert sfdag("export", path, "--to", to, "--yes")[0] == 0
    assert "made by sfdag export" in to.read_text()


def test_what_is_printed_is_what_is_written_also_where_it_speaks_of_commands(
    a_notebook, tmp_path, sfdag
):
    path = a_notebook(LOAD, "%%sftask a --sql\nselect 'then %sfdag run', 'ä'")
    printed = sfdag("export", path)[1]
    sfdag("export", path, "--to", tmp_path / "out.py")
    assert printed == (tmp_path / "out.py").read_text("utf-8")
    assert "then %sfdag run" in printed


def test_a_job_reads_the_file_that_was_typed_and_files_are_meant_from_here(
    a_notebook, tmp_path, sfdag, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "flows").mkdir()
    a_notebook(LOAD, "%%sftask\ndef a(): return 1", name="flows/n.ipynb")
    typed = ("export", "flows/n.ipynb", "--as", "ci")
    code, said, _ = sfdag(*typed, "--to", "job.yml", "--json")
    written = (tmp_path / "job.yml").read_text()
    assert (code, json.loads(said)["text"]) == (0, written)
    assert "sfdag validate flows/n.ipynb --graph nightly" in written
    assert sfdag(*typed, "--to=job.yml")[0] == 0
    code, said, _ = sfdag(*typed, "--notebook", "other.ipynb")
    assert (code, "validate other.ipynb" in said) == (0, True)
    assert sfdag(*typed, "--to", "nowhere/job.yml")[0] == 2
