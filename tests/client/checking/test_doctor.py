"""What a deploy lacks of privileges, read by SHOW GRANTS and told all at once."""

import pytest

from sfdag_magics.client.checking.doctor import Wants, examined, lacking_privileges
from sfdag_magics.client.checking.grants_held import read_held
from sfdag_magics.client.connecting.targets import Target
from sfdag_magics.client.deploying.deploy import apply
from sfdag_magics.errors import BackendError
from sfdag_magics.graph.model import TaskGraph, sql_task
from sfdag_magics.sqltext import QualifiedName
from tests.client.fake_snowflake import FakeSnowflake
from tests.client.planned import make_plan

USED = (("USAGE", "DATABASE", "DB"), ("USAGE", "SCHEMA", "DB.S"))
MAKES = tuple((f"CREATE {each}", "SCHEMA", "DB.S") for each in ("TASK", "PROCEDURE", "STAGE"))
RUNS = (("EXECUTE TASK", "ACCOUNT", "XY12345"), ("USAGE", "WAREHOUSE", "WH"))


@pytest.fixture
def account():
    made = FakeSnowflake()
    made.is_embedded, made.warehouse = False, "WH"
    return made


def wants(**other):
    used = {
        "root": QualifiedName("G", "S", "DB"),
        "stage": QualifiedName("SFDAG_CODE", "S", "DB"),
        "has_stage": False,
        "has_code": True,
        "warehouses": frozenset({"WH"}),
    }
    return Wants(**{**used, **other})


def lacks(account, **other):
    return [each.statement for each in lacking_privileges(read_held(account), wants(**other))]


def test_all_that_a_role_lacks_is_told_at_once_with_who_can_give_it(account):
    found = examined(account, wants(warehouses=frozenset({"my wh", None})))
    assert str(found).splitlines() == [
        "fake · DB.S: role DS lacks privileges on 4 objects",
        "  GRANT EXECUTE TASK, EXECUTE MANAGED TASK ON ACCOUNT TO ROLE DS;  -- an ACCOUNTADMIN",
        "  GRANT USAGE ON DATABASE DB TO ROLE DS;  -- the owner of DB",
        "  GRANT USAGE, CREATE TASK, CREATE PROCEDURE, CREATE STAGE ON SCHEMA DB.S TO ROLE DS;"
        "  -- the owner of DB.S",
        '  GRANT USAGE ON WAREHOUSE "my wh" TO ROLE DS;  -- the owner of "my wh"',
        "  note: logs cannot be read from SNOWFLAKE.TELEMETRY.EVENTS; an ACCOUNTADMIN types:"
        " GRANT APPLICATION ROLE SNOWFLAKE.EVENTS_VIEWER TO ROLE DS",
    ]
    assert not found.is_well


def test_what_roles_below_and_public_have_counts_and_owners_may_do_everything(account):
    account.grants = {
        "ROLE DS": [("USAGE", "ROLE", "my team"), ("USAGE", "DATABASE_ROLE", 'DB."makers"')],
        'ROLE "my team"': [*RUNS, ("USAGE", "ROLE", "DS")],  # a circle is no reason to ask for ever
        'DATABASE ROLE DB."makers"': [("OWNERSHIP", "SCHEMA", "DB.S")],
        "ROLE PUBLIC": [("MONITOR", "DATABASE", "DB")],
    }
    assert lacks(account) == []
    assert lacks(account, owner="my team") == []
    assert lacks(account, owner="OPS") == ["GRANT ROLE OPS TO ROLE DS"]


def test_a_stage_that_is_there_is_read_and_written_and_one_in_another_schema_used(account):
    account.grants = {"ROLE DS": [*RUNS, *USED, *MAKES, ("READ", "STAGE", "DB.S.SFDAG_CODE")]}
    assert lacks(account) == []
    assert lacks(account, has_stage=True) == ["GRANT WRITE ON STAGE DB.S.SFDAG_CODE TO ROLE DS"]
    assert lacks(account, stage=QualifiedName("C", "code", "DB")) == [
        'GRANT USAGE, CREATE STAGE ON SCHEMA DB."code" TO ROLE DS'
    ]
    assert lacks(account, integrations=["OPS"]) == ["GRANT USAGE ON INTEGRATION OPS TO ROLE DS"]


def test_a_role_that_is_not_told_of_is_named_and_a_level_that_is_off(account):
    account.grants = {"ROLE DS": [*RUNS, *USED, *MAKES, ("USAGE", "ROLE", "OPS")]}
    account.refuse = {"TO ROLE OPS": BackendError("not authorized")}
    account.log_level = "OFF"
    found = examined(account, wants())
    assert found.is_well
    assert found.notes[:2] == (
        "what role OPS has was not told, and is not counted",
        "nothing that tasks log is collected: LOG_LEVEL of DB is OFF;"
        " ALTER DATABASE DB SET LOG_LEVEL = INFO",
    )


def test_a_deploy_that_is_refused_for_a_privilege_names_all_that_are_missing(account):
    graph = TaskGraph("g", tasks=[sql_task("a", "SELECT 1")])
    graph.configure(schedule="1 day")
    account.grants = {"ROLE DS": [*USED, *MAKES]}
    refused = "Cannot execute task, EXECUTE TASK privilege must be granted to owner role"
    account.refuse = {"RESUME": BackendError(refused, code=91089, hint="ask for one")}
    planned = make_plan(account, graph, None, Target(name="prod", connection="company"))
    assert not any("GRANTS" in each for each in account.statements)
    with pytest.raises(BackendError, match="nothing of graph g is left there") as raised:
        apply(account, planned)
    assert raised.value.message.splitlines()[-3:] == [
        "  role DS lacks:",
        "  GRANT EXECUTE TASK ON ACCOUNT TO ROLE DS;  -- an ACCOUNTADMIN",
        "  GRANT USAGE ON WAREHOUSE WH TO ROLE DS;  -- the owner of WH",
    ]
    assert raised.value.hint == "once that is granted, %sfdag deploy"
