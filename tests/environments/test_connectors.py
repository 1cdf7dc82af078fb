"""The connector's next generation beside the installed one: the same clients, unmodified."""

from __future__ import annotations

import pytest

from tests.conftest import SUMMARY
from tests.environments.next_connector import NEXT, QUICK, passes


@pytest.mark.slow
@pytest.mark.timeout(1200)  # an installation, and the tests of a room
def test_the_clients_tests_pass_with_the_next_connector(tmp_path, record_property):
    seen, passed, said = passes(tmp_path, QUICK)
    assert seen == NEXT
    record_property(SUMMARY, f"clients with snowflake-connector-python {NEXT}: {said}")
    assert passed, said
