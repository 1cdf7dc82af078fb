"""What looks like a secret does not ship, wherever it stands."""

from __future__ import annotations

import re

import pytest

from sfdag_magics.bundle import capture
from tests.bundle.notebook import Notebook
from tests.bundle.secrets.captured import captured
from tests.bundle.secrets.planted import PLANTED


@pytest.mark.parametrize("what", PLANTED)
def test_a_secret_is_refused_with_its_place_and_never_shown(what):
    cells, task = PLANTED[what]
    bundle = captured(cells, task)
    assert bundle.archive == b""
    said = "\n".join(map(str, bundle.problems))
    assert "secret" in said
    assert "read it inside the task from a Snowflake secret" in said
    assert not [part for part in ("hunter2", "HUNTER2") if part in said]


@pytest.mark.parametrize("cell", ["password = 12345678", "C = {'u': 'b', 'password': 12345678}"])
def test_a_number_is_a_password_by_its_name(cell):
    name = cell.partition(" ")[0]
    (problem,) = captured([cell], name).problems
    assert "secret" in str(problem)
    assert captured([f"def d():\n    {cell}\n    return {name}"], "d()").problems
    assert "1234" not in str(problem)


def test_the_problem_names_the_helper_and_its_line():
    notebook = Notebook()
    notebook.run("x = 1\n\ndef conn():\n    pwd = 'hunter2-very'\n    return pwd")
    found = capture("train", notebook.source("def train(session): return conn()"))
    (problem,) = found.problems
    assert "its conn (Cell [1], line 3) has a secret as 'pwd' (Cell [1], line 4)" in str(problem)


@pytest.mark.parametrize(
    "text",
    [
        "dict(zip(['user', 'password'], ['me', 'hK2!s9dLq']))",
        "dict(zip(('USER', 'PASS'), ('me', 'hK2!s9dLq')))",
        "{'PASS': 'hK2!s9dLq'}",
        "{'pass': 'hunter2'}",
        "['mysql', '--password', 'hunter2']",
        "run('mysql', '--api-key', 'hunter2')",
        "('x', '--token', 'aB3dE5fG7hI9')",
        "'the password is hK2!s9dLq, do not tell'",
        "'log in as me with password Winter2024'",
        "{'token': 'aB3dE5fG7hI9jK1l'}",
        "dict(bearer='aBcDeFgHiJkLmNoPqRsT')",
        """'{"rows": [{"id": 1, "token": "hunter2-very"}]}'""",
    ],
)
def test_a_secret_is_seen_in_whatever_form_code_gives_it_a_name(text):
    (problem,) = captured(["def run(*a): pass", f"def d(): return {text}"], "d()").problems
    assert "--allow-secret" in problem.hint
    assert not re.search("hK2|unter2|inter20|aB3d|aBcD", str(problem))


def test_a_secret_is_seen_that_zip_takes_from_the_notebook():
    cells = ["NAMES = ['user', 'password']", "VALUES = ['me', 'hK2!s9dLq']"]
    assert captured(cells, "dict(zip(NAMES, VALUES))").problems


@pytest.mark.parametrize("made", ["pd.DataFrame({'token': %s})", "pd.Series(%s, name='token')"])
def test_a_column_of_words_ships_and_one_of_keys_does_not(made):
    words, keys = made % ["the", "end"], made % ["the", "aB3dE5fG7hI9"]
    assert captured(["import pandas as pd", f"df = {words}"], "df").problems == ()
    assert captured(["import pandas as pd", f"df = {keys}"], "df").problems
