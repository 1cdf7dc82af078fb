"""Lines for notebooks in a task's cell: set apart where they are harmless, else named."""

from __future__ import annotations

import pytest

from sfdag_magics.errors import InputError
from sfdag_magics.magics.reading.notebook_lines import check_python, set_apart


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("%time x = 1", "leave it out: a run shows"),
        ("%timeit f()", "leave it out: a run shows"),
        ("%%time", "put %%time above %%sftask"),
        ("%%bash", "subprocess.run"),
        ("!ls -l", "subprocess.run('ls -l', shell=True, check=True)"),
        ("files = !ls", "text=True).stdout.splitlines()"),
        ("!pip install x", "%%sftask … --packages NAME"),
        ("%pip install x", "%%sftask … --packages NAME"),
        ("math?", "ask in a cell of its own"),
        ("?math.pi", "ask in a cell of its own"),
        ("%cd data", "a cell of its own, above"),
    ],
)
def test_a_line_for_notebooks_is_named_with_what_does_the_same(line, instead):
    with pytest.raises(InputError) as raised:
        check_python(f"def f():\n    {line}\n    return 1", cell="Cell [1]", first_line=2)
    assert f"this line is for notebooks: {line}" in raised.value.message
    assert raised.value.where == "Cell [1], line 3"
    assert instead in raised.value.hint


@pytest.mark.parametrize(
    "text", ["def f(:\n    pass", "x = (1", "a = b c", "f'{'", "a\0b", "x = 5 %"]
)
def test_other_mistakes_are_left_to_others(text):
    check_python(text, cell="Cell [1]", first_line=1)


@pytest.mark.parametrize(
    "text",
    [
        "x = (7\n% 4)",
        "def f():\n    return '''\n%time x\n!ls\n%matplotlib inline\n'''",
        "x = 1  # %matplotlib inline",
    ],
)
def test_texts_and_remainders_are_python(text):
    assert set_apart(text) == (text, ())
    check_python(text, cell="Cell [1]", first_line=1)


def test_lines_that_set_up_a_notebook_are_set_apart_and_keep_the_numbers_of_the_others():
    text = "%matplotlib inline\n%load_ext autoreload\nimport math\ndef f(): ..."
    rest, found = set_apart(text)
    assert rest == "\n\nimport math\ndef f(): ..."
    assert found == ("%matplotlib inline", "%load_ext autoreload")


def test_they_run_in_the_notebook_and_do_not_travel(notebook):
    said = notebook.run("%%sftask\n%load_ext autoreload\ndef f(): return 1\n")
    assert "ran here, and does not travel: %load_ext autoreload" in said
    assert notebook.shell.find_line_magic("autoreload") is not None
    assert "%load_ext" not in notebook.graph.task("f").source.text
