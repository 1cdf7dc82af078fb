import pytest

from tests.client.fake_snowflake import FakeSnowflake


@pytest.fixture
def fake():
    return FakeSnowflake()
