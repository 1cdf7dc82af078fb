"""Names that the kernel still has and no cell gives any more."""

import pytest

from sfdag_magics.magics.kernel.cell_names import CellNames, names_behind


@pytest.mark.parametrize(
    ("ran", "deleted", "left"),
    [
        ([("1", "n = 3")], [], []),
        ([("1", "n = 3"), ("1", "m = 3")], [], ["n"]),
        ([("1", "n = 3"), ("1", "m = 3"), ("2", "n = 4")], [], []),
        ([("1", "n = 3"), ("1", "m = 3"), ("1", "n = 3")], [], []),
        ([("1", "n = 3")], ["1"], ["n"]),
        ([(None, "n = 3"), (None, "m = 3")], [], []),
        ([("1", "import numpy as n")], ["1"], ["n"]),
        ([("1", "if True:\n  for n in (): pass")], ["1"], ["n"]),
        ([("1", "n = [x for x in ()]"), ("1", "x = 1")], ["1"], ["n"]),
        ([("1", "n = (")], ["1"], []),
    ],
)
def test_what_no_cell_gives_any_more_is_left(ran, deleted, left):
    names = CellNames()
    for cell, text in ran:
        names.ran(cell, text)
    names.gone(deleted)
    assert names.left(["n"]) == left


def test_what_a_function_uses_is_found_through_those_that_it_calls():
    variables: dict[str, object] = {"rate": 1, "other": 2}
    exec("def f(): return rate\ndef g(): return [f() for _ in ()], len\n", variables)  # noqa: S102
    assert names_behind(variables["g"], variables) == ["f", "rate"]
    assert names_behind(3, variables) == []


def test_a_task_that_takes_what_no_cell_gives_any_more_is_noted(notebook, monkeypatch):
    shell = notebook.shell
    for cell, text in (
        ("c1", "rate = 3"),
        ("c2", "%%sftask\ndef train(): return rate"),
        ("c1", "speed = 3"),
    ):
        monkeypatch.setattr(type(notebook.magics.notebook), "cell_id", cell)
        notebook.run(text)
    assert shell.user_ns["rate"] == 3
    note = "train takes rate, which no cell gives any more"
    assert note in notebook.run("%sfdag validate")
