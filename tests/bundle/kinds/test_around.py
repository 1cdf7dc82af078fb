"""What cells set around their code, each in a process of its own: there, or said before."""

from __future__ import annotations

import json
import re

import pytest

from tests.bundle.answering import Answering
from tests.bundle.kinds.around import CASES
from tests.bundle.kinds.case import Case
from tests.bundle.kinds.test_kinds import SHOWN
from tests.rows import thinned

#: Runs each case that it is told of in two children: the notebook, and the task that it ships.
BOTH = (
    SHOWN
    + """
import json, os, sys, traceback
import matplotlib, numpy, pandas, sklearn.preprocessing
from tests.bundle.notebook import Notebook, forget_cells

def notebook_of(case, path):
    notebook = Notebook()
    for cell in case["cells"]:
        notebook.run(cell)
    task = case["task"]
    notebook.task(task if task.startswith("def ") else f"def the_task():\\n    return {task}")
    bundle = notebook.build()
    with open(path, "wb") as file:
        file.write(bundle.archive)
    problems = [str(problem) for problem in bundle.problems]
    value = "" if problems else shown(notebook.names["the_task"]())
    return problems, list(bundle.tasks[0].notes), value

def task_of(case, path):
    sys.path.insert(0, path)
    from sfdag_bundle import runtime
    entry = runtime.find_entry("the_task")
    return shown(runtime.load_function(entry)())

def in_a_child(function, case, path):
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            said = function(case, path)
        except BaseException:
            said = traceback.format_exc()
        os.write(writer, json.dumps(said).encode())
        os._exit(0)
    os.close(writer)
    with open(reader) as answer:
        said = json.loads(answer.read())
    os.waitpid(child, 0)
    return said

def warm():  # reads once what each child would read of the installation
    notebook = Notebook()
    notebook.task("def the_task(): return 1")
    notebook.build()
    forget_cells()

warm()
for line in sys.stdin:
    case = json.loads(line)
    here = in_a_child(notebook_of, case, case["path"])
    there = None if isinstance(here, str) or here[0] else in_a_child(task_of, case, case["path"])
    print(json.dumps([here, there]), flush=True)
"""
)


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """What a case gives in the notebook, `(problems, notes, value)`, and in its task."""
    process = Answering(BOTH)
    path = str(tmp_path_factory.mktemp("around") / "code.zip")

    def run(case):
        said = {"cells": case.cells, "task": case.task, "path": path}
        return process.ask(json.dumps(said))

    yield run
    process.close()


def test_the_names_of_the_cases_differ():
    assert len({case.what for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", thinned(CASES), ids=lambda case: case.what)
def test_what_is_set_around_a_task_is_set_there_or_said(case: Case, both):
    (problems, notes, here), there = both(case)
    if case.says:
        assert re.search(case.says, "\n".join(problems)), problems
    elif case.notes:
        assert problems == []
        assert re.search(case.notes, "\n".join(notes)), notes
    else:
        assert problems == []
        assert there == here
