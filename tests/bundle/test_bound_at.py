"""A refusal names the cell and line that make what cannot travel."""

import pytest

from tests.bundle.notebook import found

IMPORTS = "import threading as t"


@pytest.mark.parametrize(
    ("cells", "place"),
    [
        (["K = 1\n\nout = t.Thread()"], "Cell [2], line 3"),
        (["out = 1", "out = t.Thread()"], "Cell [3], line 1"),
        (["if True:\n    (_, out) = 1, t.Thread()"], "Cell [2], line 2"),
        (["for out in [t.Thread()]: pass"], "Cell [2], line 1"),
        (["(out := t.Thread())\ndef f(out):\n    out = 2"], "Cell [2], line 1"),
    ],
)
def test_a_refusal_names_the_line_that_made_the_thing(cells, place):
    (problem,) = found([IMPORTS, *cells], "out").problems
    assert f"takes 'out' from the notebook ({place}), a threading.Thread" in str(problem)


def test_nothing_is_named_where_no_cell_binds_the_name():
    (problem,) = found([IMPORTS, "globals()['out'] = t.Thread()"], "out").problems
    assert "takes 'out' from the notebook, a threading.Thread" in str(problem)


def test_a_helper_and_what_it_takes_are_both_named():
    (problem,) = found([f"{IMPORTS}\nout = t.Thread()", "def f(): return out.name"], "f()").problems
    said = "its f (Cell [2], line 1) takes 'out' from the notebook (Cell [1], line 2), a"
    assert said in str(problem)
