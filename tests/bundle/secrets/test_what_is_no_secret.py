"""What only speaks of secrets ships."""

from __future__ import annotations

import pytest

from tests.bundle.secrets.captured import captured
from tests.bundle.secrets.harmless import HARMLESS


@pytest.mark.parametrize("cell", HARMLESS)
def test_what_only_speaks_of_secrets_ships(cell):
    name = cell.partition(" ")[0]
    assert captured([cell], name).problems == ()
    assert captured([f"def d():\n    {cell}\n    return {name}"], "d()").problems == ()


def test_a_function_about_secrets_may_answer_in_words():
    cell = "def way_out_of_secret(name):\n    return f'read {name} from a Snowflake secret'"
    assert captured([cell], "way_out_of_secret('K')").problems == ()


def test_columns_of_measures_ship():
    cells = ["import pandas as pd\ndf = pd.DataFrame({'pl': [1.4], 'pw': [0.2]})"]
    assert captured(cells, "df").problems == ()


@pytest.mark.parametrize(
    "text",
    [
        "{'token': 'the word'}",
        "{'token': 'run', 'pos': 'NN'}",
        "dict(bearer='bond')",
        "{'pass': 'passed', 'fail': 'failed'}",
        "{'PASS': 12}",
        "['x', '--password', 'PASSWORD_ENV']",
        "['x', '--token', '--quiet']",
        "f('--password', '-p')",
        "f('--api-key', 'api_key')",
        "'the password must have 8 characters, one of them A-Z'",
        "'the password is hashed by sha256 or bcrypt-12'",
        "dict(zip(['token', 'pos'], ['run', 'NN']))",
        """'{"token": "run", "password": "string"}'""",
    ],
)
def test_what_only_reads_like_a_secret_ships(text):
    assert captured(["def f(*a): pass", f"def d(): return {text}"], "d()").problems == ()
