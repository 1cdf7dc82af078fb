"""Deploying to a target that is not embedded: what its tasks run on, and what is refused there."""

from __future__ import annotations

import pytest

from sfdag_magics.client.connecting.targets import Target
from sfdag_magics.client.deploying.deploy import apply
from sfdag_magics.errors import BackendError, InputError
from sfdag_magics.graph.model import TaskGraph, sql_task
from tests.client.fake_snowflake import FakeSnowflake
from tests.client.planned import make_plan

PROD = Target(name="prod", connection="company")


@pytest.fixture
def account():
    made = FakeSnowflake()
    made.is_embedded, made.warehouse = False, "my wh"
    return made


def graph(**options):
    made = TaskGraph("g", tasks=[sql_task("a", "SELECT 1"), sql_task("b", "SELECT 2", after="a")])
    made.configure(**options)
    return made


def warehouses(account):
    return {task["statement"].properties.warehouse for task in account.tasks.values()}


def test_the_sessions_warehouse_is_used_where_none_is_named_and_the_plan_says_so(account):
    planned = make_plan(account, graph(), None, PROD)
    assert "  runs on: my wh, the session's warehouse" in str(planned).splitlines()
    apply(account, planned)
    assert warehouses(account) == {"my wh"}


@pytest.mark.parametrize(
    ("options", "target", "named"),
    [
        ({"warehouse": "graphs"}, PROD, "GRAPHS"),
        ({}, Target(name="prod", connection="company", warehouse="targets"), "TARGETS"),
    ],
)
def test_a_named_warehouse_comes_before_the_sessions(account, options, target, named):
    planned = make_plan(account, graph(**options), None, target)
    assert f"  runs on: {named}" in str(planned).splitlines()
    apply(account, planned)
    assert warehouses(account) == {named}


def test_serverless_is_only_for_who_asks_for_it(account):
    planned = make_plan(account, graph(without=frozenset({"warehouse"})), None, PROD)
    assert "  runs on: serverless" in str(planned).splitlines()
    apply(account, planned)
    assert warehouses(account) == {None}


def test_another_sessions_warehouse_does_not_move_a_deployed_graph(account):
    apply(account, make_plan(account, graph(), None, PROD))
    account.warehouse = "OTHER"
    assert make_plan(account, graph(), None, PROD).is_empty


def test_without_any_warehouse_it_is_said_before_anything_is_sent(account):
    account.warehouse = None
    with pytest.raises(InputError, match="the tasks have no warehouse") as raised:
        make_plan(account, graph(), None, PROD)
    assert "--warehouse none for serverless" in raised.value.hint
    assert account.tasks == {}


def test_what_is_refused_for_want_of_a_grant_does_not_only_say_to_go_on(account):
    grant = "ask an ACCOUNTADMIN for: GRANT EXECUTE TASK ON ACCOUNT TO ROLE DS"
    planned = make_plan(account, graph(schedule="1 day"), None, PROD)
    refused = BackendError("EXECUTE TASK privilege must be granted", code=91089, hint=grant)
    account.refuse = {"SHOW GRANTS": BackendError("not authorized")}  # so that one is all it knows
    account.refuse["RESUME"] = refused
    with pytest.raises(BackendError, match="deploying broke off") as raised:
        apply(account, planned)
    assert raised.value.hint == f"{grant}; then %sfdag deploy"
