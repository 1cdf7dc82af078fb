"""What is kept of copied files when a data directory is opened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import duckdb

from sfdag_magics.engine.borders.object_facts import CopiedFile
from sfdag_magics.engine.store import loads

NOW = datetime(2026, 1, 2, tzinfo=UTC)
DAY = timedelta(days=1)


def copied(table_id: str, days_ago: int) -> CopiedFile:
    return CopiedFile(
        table_id=table_id,
        copied_on=NOW - days_ago * DAY,
        stage="DB.S.ST",
        file="f",
        size=1,
        status="LOADED",
        parsed=1,
        loaded=1,
        error_limit=1,
        errors=0,
    )


def test_a_year_is_kept_of_the_tables_that_are_there() -> None:
    kept = copied("t", 364)
    with duckdb.connect() as root:
        root.execute("CREATE SCHEMA registry")
        root.execute("CREATE TABLE registry.objects AS SELECT 't' AS id")
        root.execute(loads.COPIES_CREATION)
        root.execute(
            loads.ADD_COPIED, dict(loads.copied_added([kept, copied("t", 366), copied("gone", 1)]))
        )
        loads.forget_old_copied(root, NOW)
        asked = dict(loads.copied_between(NOW - 400 * DAY, NOW))
        rows = root.sql(loads.COPIED, params=asked).to_arrow_table().to_pylist()
        assert loads.copied_found(rows) == (kept,)
