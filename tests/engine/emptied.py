"""One engine for the tests of a module: what one of them made is gone before the next begins.

Everything that outlives a session is an object of some database, and those are dropped; the files
of their stages go with them. A test that opens the directory itself needs an engine of its own.
"""

from __future__ import annotations

from contextlib import closing

from sfdag_magics.engine.borders.ports import SessionOptions
from sfdag_magics.engine.sql.sql_engine import SqlEngine
from sfdag_magics.sqltext import quoted_identifier

#: What a new directory has, and every account.
_FIRST, _EVERYBODYS = "SFDAG", "SNOWFLAKE"


def empty(engine: SqlEngine) -> None:
    """Leave the engine as it is on a new directory; its sessions are closed."""
    with closing(engine.open_session(SessionOptions())) as session:
        for database in session.catalogue().listed("DATABASE"):
            if database.name not in (_FIRST, _EVERYBODYS):
                session.execute(f"drop database {quoted_identifier(database.name)}")
        for kind in ("WAREHOUSE", "ROLE", "USER"):
            for made in session.catalogue().listed(kind):
                session.execute(f"drop {kind} {quoted_identifier(made.name)}")
        session.execute(f"create or replace database {_FIRST}")
