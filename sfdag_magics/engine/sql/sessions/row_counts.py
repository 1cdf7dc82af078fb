"""How many rows tables have, and what sequences will say next: asked of DuckDB in one query."""

from __future__ import annotations

from collections.abc import Sequence

from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.sqltext import quoted_identifier

_AT_ONCE = 200


def row_counts(session: Session, facts: Sequence[ObjectFact]) -> dict[str, int]:
    """By object id: rows of each table (its count is exact), next value of each sequence."""
    counts = _sequences(session, [fact for fact in facts if fact.kind == "SEQUENCE"])
    tables = [fact for fact in facts if fact.kind == "TABLE"]
    for first in range(0, len(tables), _AT_ONCE):
        some = tables[first : first + _AT_ONCE]
        query = " UNION ALL ".join(
            f"SELECT '{fact.id}' AS id, count(*) AS n"  # noqa: S608 - ids are ours, names quoted
            f" FROM {quoted_identifier(fact.detail['physical'])}"
            for fact in some
        )
        rows = session.run_duckdb(query).to_pylist()
        counts.update({row["id"]: row["n"] for row in rows})
    return counts


def _sequences(session: Session, facts: Sequence[ObjectFact]) -> dict[str, int]:
    if not facts:
        return {}
    by_name = {fact.detail["physical"]: fact for fact in facts}
    rows = session.run_duckdb(
        "SELECT sequence_name AS name, last_value AS last FROM duckdb_sequences()"
    ).to_pylist()
    found = {}
    for row in rows:
        fact = by_name.get(row["name"])
        if fact is not None:
            last = row["last"]
            detail = fact.detail
            found[fact.id] = detail["start"] if last is None else last + detail["increment"]
    return found
