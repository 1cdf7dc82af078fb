"""Names that IPython gives a notebook, and that no task has."""

from __future__ import annotations

import pytest

from sfdag_magics.errors import CaptureError


@pytest.mark.parametrize(
    ("cell", "task", "says"),
    [
        ("", "get_ipython()", "uses 'get_ipython', which there is only in a notebook"),
        ("def h():\n    %time x = 1\n    return 2", "h()", "its h (Cell [1], line 1) uses"),
        ("def h():\n    found = !ls\n    return found", "h()", "a line with % or ! is such a call"),
        ("", "exit", "uses 'exit', which ends a kernel"),
        ("", "quit", "uses 'quit', which ends a kernel"),
    ],
)
def test_they_are_refused_with_what_does_the_same(notebook, cell, task, says):
    notebook.run(cell)
    notebook.run(f"%%sftask\ndef train(): return {task}\n")
    with pytest.raises(CaptureError) as raised:
        notebook.run("%sfdag plan")
    assert says in str(raised.value)


def test_a_name_of_ones_own_is_taken(notebook):
    notebook.run("def quit(): return 5")
    notebook.run("%%sftask\ndef train(): return quit()\n")
    said = notebook.run("%sfdag bundle train")
    assert [line.split()[:2] for line in said.splitlines()][1] == ["quit", "source"]


def test_a_file_that_the_task_writes_is_no_matter(notebook, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out.csv").write_text("a")
    notebook.run("%%sftask\ndef train():\n    with open('out.csv', 'w') as f: f.write('x')\n")
    assert "out.csv" not in notebook.run("%sfdag plan")
    notebook.run("%%sftask\ndef train():\n    with open('out.csv') as f: return f.read()\n")
    assert "reads 'out.csv', which lies beside the notebook" in notebook.run("%sfdag plan")
