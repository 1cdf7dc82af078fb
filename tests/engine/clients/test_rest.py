"""What speaks REST and not SQL is told that this is not offered, and not that nothing is there."""

from __future__ import annotations

import pytest
from snowflake.snowpark import Session

#: What Snowpark asks snowflake.core for.
ASKED = {
    "database": lambda session: session.catalog.database_exists(session.get_current_database()),
    "schema": lambda session: session.catalog.schema_exists("PUBLIC"),
    "table": lambda session: session.catalog.table_exists("T"),
    "view": lambda session: session.catalog.view_exists("V"),
}


@pytest.mark.parametrize("what", ASKED)
def test_the_catalog_does_not_say_that_what_is_there_is_not(session: Session, what: str):
    from snowflake.core.exceptions import ServerError  # a second of imports, and of one test only

    with pytest.raises(ServerError, match=r"(?s)does not offer GET .*snowflake\.core"):
        ASKED[what](session)
