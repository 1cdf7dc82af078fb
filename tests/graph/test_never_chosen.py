"""Candidates that their branch never answers with."""

import pytest

from sfdag_magics.graph.model import TaskGraph, python_task, sql_task, task_function


def noted(answers):
    lines = "".join(f"    if x > {n}: return {answer}\n" for n, answer in enumerate(answers))
    text = f"def pick(*, x: int = 0):\n{lines}"
    graph = TaskGraph("g", tasks=[python_task(task_function(text, cell="Cell [1]"), branch=True)])
    for name, after in (("a", "pick"), ("b", "pick"), ("c", "b"), ("d", "c")):
        graph.add(sql_task(name, "select 1", after=[after]))
    return graph.notes()


BELOW = "which cannot run, nor what waits for it: c, d"


@pytest.mark.parametrize(
    ("answers", "notes"),
    [
        (["'a'"], (f"pick answers with a and never with b, {BELOW}",)),
        (["'b'"], ("pick answers with b and never with a, which cannot run",)),
        (["'a'", "'b'"], ()),
        (["'a'", "str(x)"], ()),
        (["'nothing'"], ()),
    ],
)
def test_a_task_that_no_answer_chooses_is_noted_with_what_waits_for_it(answers, notes):
    assert noted(answers) == notes
