"""Which table takes how much of the data file, for who looks after the disk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.borders.ports import SqlSession
from sfdag_magics.engine.sql.sessions.session import Session

#: Of DuckDB's file; what is not written into it yet is in none of them.
_BLOCK_BYTES = 262_144


def table_sizes(session: SqlSession) -> dict[str, Any]:
    """`free`, the bytes in the file that nothing takes, and `tables`, each with its bytes."""
    assert isinstance(session, Session)  # noqa: S101 - there is no other
    tables = [_table(fact, session) for fact in session.catalogue().listed("TABLE")]
    return {"free": _free(session), "tables": tables}


def _table(fact: ObjectFact, session: Session) -> dict[str, Any]:
    # a table's rows share no block with another's
    name = fact.detail["physical"].replace("'", "''")
    blocks = _first(
        session,
        "SELECT count(DISTINCT block_id) AS n FROM"  # noqa: S608 - a name of ours
        f" pragma_storage_info('{name}') WHERE persistent AND block_id >= 0",
    )
    return {
        "database": fact.database,
        "schema": fact.schema,
        "name": fact.name,
        "bytes": blocks * _BLOCK_BYTES,
    }


def _free(session: Session) -> int:
    return _BLOCK_BYTES * _first(session, "SELECT free_blocks AS n FROM pragma_database_size()")


def _first(session: Session, query: str) -> int:
    rows: Sequence[Any] = session.run_duckdb(query).to_pylist()
    return int(rows[0]["n"] or 0)
