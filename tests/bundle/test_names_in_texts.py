"""Names that libraries find where they are called, by texts that may stand anywhere."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from sfdag_magics.bundle.taking.used.names_in_texts import names_in_data, possible_names
from tests.bundle.notebook import found


def half(x):
    return x / 2


NAMES = {"half": half, "np": math, "x": 3, "people": pd.DataFrame(), "rows": [1], "CUT": 1}


@pytest.mark.parametrize(
    ("code", "made", "module", "found"),
    [
        ("dmatrix('half(x) + np.log(y)', df)", "", "patsy.highlevel", {"half", "np"}),
        ("smf.ols(F, df)", "F = 'y ~ half(x)'", "statsmodels.formula.api", {"half"}),
        ("print('half(x)')", "", "pandas", set()),
        ("sql(Q)", "Q = 'select * From people, x JOIN rows'", "duckdb", {"people"}),
        ("session.sql('select * from people')", "", "snowflake.snowpark", set()),
        ("df.query(Q[0])", "Q = ['a > @CUT and b < @other']", "pandas", {"CUT"}),
        ("df.query('a > 1')", "Q = ['a > @CUT']", "pandas", set()),
    ],
)
def test_names_that_a_library_finds_by_a_text(code, made, module, found):
    assert names_in_data([code], [made], [module], NAMES) == found


@pytest.mark.parametrize(
    "code",
    [
        "'{CUT}'.format(**globals())",
        "'%(CUT)s' % globals()",
        "Template('$CUT').substitute(globals())",
        "timeit('CUT + 1', globals=globals())",
        "timeit('1', setup='from __main__ import CUT')",
    ],
)
def test_names_that_are_found_among_all_that_are_given(code):
    assert possible_names(code, NAMES) == {"CUT"}


@pytest.mark.parametrize(
    "task",
    [
        "f.__globals__['A1']",
        "f.__globals__.get('A1')",
        "f.__globals__.get('A1', 0)",
        "sys._getframe().f_globals['A1']",
        "globals()['A1']",
    ],
)
def test_nothing_is_said_of_a_name_that_is_looked_up_as_it_is_written(task):
    captured = found(["import sys\nA1 = 3\ndef f(): return 1"], task)
    assert (captured.problems, captured.notes) == ((), ())
    assert "A1 = 3" in captured.assignments


@pytest.mark.parametrize("task", ["f.__globals__[sys.argv[0]]", "sorted(f.__globals__)"])
def test_it_is_said_of_names_that_nobody_can_read(task):
    (note,) = found(["import sys\nA1 = 3\ndef f(): return 1"], task).notes
    assert "looks names up by texts" in note
