"""notebooks/04_environments_and_deploy.ipynb: one notebook in three places, and back."""

from __future__ import annotations

import copy

import pytest

from tests.notebooks.executing import committed, hold_against
from tests.notebooks.fixed import fixed, readable

pytestmark = pytest.mark.slow

NAME = "04_environments_and_deploy.ipynb"


@pytest.fixture(scope="module")
def executed(execute):
    return execute(NAME)


def test_only_the_schema_of_ones_own_has_data(executed):
    assert executed.rows("SELECT COUNT(*) FROM SHOP.DEV_ANN.PRICES") == [(30,)]
    assert executed.rows("SHOW TABLES IN SCHEMA SHOP.PROD") == []
    assert executed.rows("SHOW TABLES IN SCHEMA SHOP.DEV") == []


@pytest.mark.parametrize(("schema", "days"), [("DEV_ANN", 30), ("DEV", 30), ("PROD", 365)])
def test_each_place_has_the_graph_with_its_own_configuration(executed, schema, days):
    rows = executed.rows(f"SHOW TASKS IN SCHEMA SHOP.{schema}")
    assert len(rows) == 4
    assert any(f'"days": {days}' in str(value) for row in rows for value in row)


def test_a_rollback_brought_code_and_sql_back(executed):
    told = executed.printed(executed.cell("%sfdag rollback 1"))
    assert "back to version 1" in told
    ((body,),) = executed.rows("SELECT GET_DDL('TASK', 'SHOP.PROD.PRICES$PUBLISH')")
    assert "max(price)" in body
    assert "~ summarize  code edited" in executed.printed(executed.cell("%sfdag plan -t prod", 1))


def test_what_was_altered_by_hand_is_named_beside_what_was_deployed(executed):
    told = executed.printed(executed.cell("%sfdag plan -t prod"))
    assert "(altered there by hand; this is as it was deployed)" in told
    assert "altered by hand since: publish" in executed.printed(
        executed.cell("%sfdag rollback --l")
    )


def test_it_leaves_what_is_committed(executed):
    hold_against(readable(fixed(copy.deepcopy(executed.notebook))), readable(committed(NAME)))
