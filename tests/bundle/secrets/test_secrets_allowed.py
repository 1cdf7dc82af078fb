"""What looks like a secret ships where it is named by hand."""

from __future__ import annotations

import re

import pytest

from tests.bundle.secrets.captured import captured


def test_a_name_that_was_allowed_ships():
    cells = ["sep_token = 'abc'\ndef d(): return dict(my_token='abc')"]
    refused = captured(cells, "(sep_token, d())")
    assert len(refused.problems) == 2
    assert all(re.search("allow.secret", str(problem)) for problem in refused.problems)
    allowed = captured(cells, "(sep_token, d())", allow_secret=["sep_token", "my_token"])
    assert allowed.problems == ()


def test_a_text_in_a_function_is_allowed_by_the_functions_name():
    cells = ["def d(): return 'https://user:example@host'"]
    (problem,) = captured(cells, "d()").problems
    assert problem.hint.endswith("--allow-secret d")
    assert captured(cells, "d()", allow_secret=["d"]).problems == ()


@pytest.mark.parametrize(
    ("cells", "allowed"),
    [
        (["import pandas as pd", "D = pd.DataFrame({'a': [1], 'password': ['x']})"], "password"),
        (["import pandas as pd", "D = pd.DataFrame({'a': ['https://a:b1234567@x', 'y']})"], "D"),
        (["D = [{'id': i, 'secret': 'hunter2-very'} for i in range(4000)]"], "D"),
    ],
    ids=["a column's name", "in a column", "much JSON"],
)
def test_what_a_problem_says_to_allow_is_allowed(cells, allowed):
    (problem,) = captured(cells, "D").problems
    assert problem.hint.endswith(f"--allow-secret {allowed}")
    for each in {allowed, "D"}:
        assert captured(cells, "D", allow_secret=[each]).problems == ()
