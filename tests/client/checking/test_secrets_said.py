"""Secrets in SQL and in the configuration are refused with their place, and never shown."""

from __future__ import annotations

import pytest

from sfdag_magics.client.checking.secrets_said import refuse_secrets, secrets_said
from sfdag_magics.errors import InputError
from sfdag_magics.graph.model import (
    GraphOptions,
    SqlPlace,
    TaskGraph,
    python_task,
    sql_task,
    task_function,
)


def said(*tasks, config=None):
    found = secrets_said(TaskGraph("g", tasks=tasks), GraphOptions(config=config or {}))
    return [str(problem) for problem in found]


def load(body, **options):
    return sql_task("load", body, written=SqlPlace(cell="Cell [1] load", first_line=2), **options)


@pytest.mark.parametrize(
    "body",
    [
        "-- first\ncreate user u password = 'hunter2'",
        "select 1,\n-- PASSWORD='hunter2'\n2",
        "-- first\ncopy into t from 's3://b' credentials=(aws_secret_key='hunter2')",
        "-- first\nselect 'https://u:hunter2@example.com'",
    ],
)
def test_sql_with_a_secret_is_refused_by_its_line(body):
    (problem,) = said(load(body))
    assert "load: has a text that looks like a secret (Cell [1] load, line 3)" in problem
    assert "hunter2" not in problem
    assert said(load(body, allow_secret=["load"])) == []


@pytest.mark.parametrize(
    "body",
    [
        "begin\nlet token := SYSTEM$GET_TASK_GRAPH_CONFIG('token');\nend",
        "select password from logins where password = :password",
        "alter user u set password = '***'",
        "select * from t where token = 'end'",
    ],
)
def test_sql_that_only_speaks_of_secrets_is_none(body):
    assert said(load(body)) == []


def test_a_key_of_the_configuration_that_is_a_secret_is_refused_unless_it_is_allowed():
    (problem,) = said(load("select 1"), config={"password": "hunter2", "rows": 3})
    assert "the configuration has a secret as 'password'" in problem
    assert "hunter2" not in problem

    def reads(**options):
        text = "def train(session, *, token: str): ...\n"
        return python_task(task_function(text, cell="Cell [1]"), **options)

    (problem,) = said(reads(), config={"token": "aB3dE5fG7hI9"})
    assert "--allow-secret token" in problem
    assert said(reads(allow_secret=["token"]), config={"token": "aB3dE5fG7hI9"}) == []
    assert said(reads(), config={"token": "end"}) == []


def test_a_secret_for_one_run_is_refused():
    graph = TaskGraph("g", tasks=[load("select 1")])
    refuse_secrets(graph, {"rows": 3, "password": ""})
    with pytest.raises(InputError, match="a secret as 'api_key'"):
        refuse_secrets(graph, {"+api_key": "hunter2"})
