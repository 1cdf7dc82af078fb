"""Where a client is after its login."""

from __future__ import annotations

import contextlib

import pytest
import snowflake.connector
from snowflake.connector.errors import ProgrammingError


def test_a_login_with_a_schema_that_is_not_there_has_none(parameters):
    with contextlib.closing(
        snowflake.connector.connect(**{**parameters, "schema": "NOWHERE"})
    ) as connection:
        names = connection.cursor().execute("select current_database(), current_schema()")
        assert names.fetchone() == (connection.database, None)
        assert connection.database is not None
        with pytest.raises(ProgrammingError, match="does not have a current schema"):
            connection.cursor().execute("create table t (a int)")
