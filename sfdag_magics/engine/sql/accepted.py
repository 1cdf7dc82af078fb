"""What is accepted and does nothing, because it has nothing to act on here. One visible list.

Nothing on it touches data. Each answer says that it did nothing, and why; README's limits name
the list.
"""

from __future__ import annotations

from collections.abc import Mapping

from sfdag_magics.engine.borders.answers import Result, unsupported
from sfdag_magics.engine.borders.ports import Statement
from sfdag_magics.engine.borders.rowset import status
from sfdag_magics.engine.sql.sessions.session import Session

#: By statement kind: why there is nothing to do.
ACCEPTED: Mapping[str, str] = {
    "GRANT": "one user owns everything here",
    "REVOKE": "one user owns everything here",
    "CREATE ROLE": "one user owns everything here",
    "ALTER ROLE": "one user owns everything here",
    "DROP ROLE": "one user owns everything here",
    "CREATE DATABASE ROLE": "one user owns everything here",
    "DROP DATABASE ROLE": "one user owns everything here",
    "ALTER USER": "one user owns everything here",
    "CREATE WAREHOUSE": "statements run in the engine, not in a warehouse",
    "ALTER WAREHOUSE": "statements run in the engine, not in a warehouse",
    "DROP WAREHOUSE": "statements run in the engine, not in a warehouse",
    "CREATE TAG": "tags govern nothing here",
    "ALTER TAG": "tags govern nothing here",
    "DROP TAG": "tags govern nothing here",
}


#: The beginning of the tags in which the feature store of `snowflake.ml` keeps what it knows.
_OF_FEATURE_STORE = "SNOWML_FEATURE_"


def ignore(statement: Statement, _session: Session) -> Result:
    """Accept a statement of the list.

    Raises:
        SqlError: a feature store is made, which would read its tags and find none.
    """
    if statement.kind == "CREATE TAG" and _OF_FEATURE_STORE in statement.text.upper():
        raise unsupported("The feature store of snowflake.ml, which keeps itself in tags,")
    reason = ACCEPTED[statement.kind]
    return status(f"{statement.kind} is accepted and ignored by the embedded engine: {reason}.")
