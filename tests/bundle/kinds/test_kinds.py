"""Every kind of cell: in the task it is what it is in the notebook, or it is refused by name."""

from __future__ import annotations

import builtins
import re

import pytest

from sfdag_magics.bundle.checked.loads import LoadCheck
from sfdag_magics.bundle.checked.process import Checker
from tests.bundle.answering import Answering
from tests.bundle.kinds import (
    as_it_ran,
    by_text,
    callables,
    classes,
    effects,
    enclosed,
    estimators,
    everyday,
    former,
    functions,
    held,
    inside,
    libraries,
    made,
    made_by_decorators,
    made_inside,
    made_otherwise,
    not_there,
    objects,
    of_contexts,
    own_words,
    refusable,
    since,
    values,
)
from tests.bundle.kinds.case import Case
from tests.bundle.notebook import Notebook
from tests.rows import thinned

TABLES = (
    as_it_ran,
    functions,
    former,
    held,
    inside,
    made,
    made_by_decorators,
    made_inside,
    made_otherwise,
    enclosed,
    by_text,
    callables,
    classes,
    effects,
    estimators,
    objects,
    of_contexts,
    values,
    own_words,
    refusable,
    since,
    libraries,
    not_there,
    everyday,
)
CASES = [case for table in TABLES for case in table.CASES]

#: Two processes show a value in the same way: sets sorted, arrays with their types.
SHOWN = """
def shown(value):
    if isinstance(value, (set, frozenset)):
        return f"{type(value).__name__}{sorted(map(shown, value))}"
    if isinstance(value, dict):
        return f"{type(value).__name__}{[(shown(k), shown(v)) for k, v in value.items()]}"
    if isinstance(value, (list, tuple)):
        return f"{type(value).__name__}{[shown(v) for v in value]}"
    text = str(value) if type(value).__module__ == "numpy" else repr(value)
    return f"{type(value).__name__} {text} {getattr(value, 'dtype', '')}"
"""
#: Runs the task of each archive that it is told of, in a child and a folder of its own.
THERE = (
    SHOWN
    + """
import gc, json, os, sys, traceback
import numpy, pandas, pydantic, pytz, scipy.stats, sklearn.compose, sklearn.ensemble
import sklearn.linear_model, sklearn.model_selection, sklearn.pipeline, sklearn.preprocessing, xgboost
gc.freeze()  # a child that collects copies what it looks through
for line in sys.stdin:
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            sys.path.insert(0, line.strip())
            os.mkdir(line.strip() + ".folder")
            os.chdir(line.strip() + ".folder")
            from sfdag_bundle import runtime
            entry = runtime.find_entry("the_task")
            said = [True, shown(runtime.load_function(entry)())]
        except BaseException:
            said = [False, traceback.format_exc()]
        os.write(writer, json.dumps(said).encode())
        os._exit(0)
    os.close(writer)
    with open(reader) as answer:
        print(answer.read(), flush=True)
    os.waitpid(child, 0)
"""
)


@pytest.fixture(scope="module")
def there():
    """What a task of an archive gives in a process that knows nothing of the notebook."""
    process = Answering(THERE, "-W", "error")
    yield process.ask
    process.close()


@pytest.fixture(scope="module")
def check():
    """Loads what is built, and finds nothing that is not said already."""
    checker = Checker()
    yield LoadCheck(checker)
    checker.close()


def built(case):
    notebook = Notebook()
    notebook.names["get_ipython"] = lambda: _Shell(notebook)
    for cell in case.cells:
        notebook.run(cell)
    notebook.task(f"def the_task():\n    return {case.task}")
    return notebook


class _Shell:
    """Runs the one cell magic that a table needs."""

    def __init__(self, notebook):
        self._notebook = notebook

    def run_cell_magic(self, _name, _line, cell):
        exec(compile(cell, "<timed exec>", "exec"), self._notebook.names)  # noqa: S102 - as %%time does


def rows(is_one):
    """The cases of each table that end in one way, as rows of a test."""
    return thinned(*([case for case in table.CASES if is_one(case)] for table in TABLES))


def test_the_names_of_the_cases_differ():
    assert len({case.what for case in CASES}) == len(CASES)


@pytest.mark.parametrize(
    "case", rows(lambda case: not case.says and not case.notes), ids=lambda case: case.what
)
def test_the_task_gives_what_the_notebook_gives(case: Case, there, check, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(builtins, "__IPYTHON__", True, raising=False)  # as each kernel has it
    notebook = built(case)
    bundle = notebook.build()
    assert [str(problem) for problem in bundle.problems] == []
    checked = notebook.build(check)
    assert [str(problem) for problem in checked.problems] == []
    assert checked.report() == bundle.report()
    assert checked.archive == bundle.archive, "to look at it has changed it"
    path = tmp_path / "code.zip"
    path.write_bytes(bundle.archive)
    here = {}
    exec(SHOWN, here)  # noqa: S102 - ours
    expected = here["shown"](notebook.names["the_task"]())
    assert there(path) == [True, expected]


@pytest.mark.parametrize("case", rows(lambda case: case.notes), ids=lambda case: case.what)
def test_what_may_be_otherwise_is_noted(case: Case, check, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    notebook = built(case)
    bundle = notebook.build()
    checked = notebook.build(check)
    assert [str(problem) for problem in checked.problems] == []
    assert checked.report() == bundle.report()
    (task,) = bundle.tasks
    assert re.search(case.notes, "\n".join(task.notes)), task.notes


@pytest.mark.parametrize("case", rows(lambda case: case.says), ids=lambda case: case.what)
def test_what_cannot_be_the_same_is_refused_by_name(case: Case):
    bundle = built(case).build()
    assert bundle.archive == b""
    (problem,) = bundle.problems
    assert re.search(case.says, str(problem), re.DOTALL), str(problem)
    assert problem.hint
