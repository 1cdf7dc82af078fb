"""Addresses of the service's own pages."""

import pytest

from sfdag_magics.client.connecting.snowsight import snowsight_of
from sfdag_magics.errors import BackendError
from sfdag_magics.sqltext import QualifiedName
from tests.client.fake_snowflake import FakeSnowflake


@pytest.fixture
def service():
    fake = FakeSnowflake()
    fake.is_embedded = False
    return fake


def test_a_task_and_a_query_have_pages(service):
    pages = snowsight_of(service)
    start = "https://app.snowflake.com/ACME/EU/#"
    assert pages.query("01b7-22") == f"{start}/compute/history/queries/01b7-22/detail"
    name = QualifiedName("a/b #1", "S", "DB")
    assert pages.task(name) == f"{start}/data/databases/DB/schemas/S/task/a%2Fb%20%231"


def test_the_embedded_engine_has_none_and_is_not_asked():
    fake = FakeSnowflake()
    assert snowsight_of(fake) is None
    assert fake.statements == []


@pytest.mark.parametrize("name", ["", None])
def test_where_the_account_is_not_told_there_is_none(service, name):
    service.account = {"ORGANIZATION": name, "ACCOUNT": "EU"}
    assert snowsight_of(service) is None
    service.refuse = {"CURRENT_ORGANIZATION_NAME": BackendError("no privilege")}
    assert snowsight_of(service) is None
