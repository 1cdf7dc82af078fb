"""What statements of tasks did is told by QUERY_HISTORY of the next engine as well."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from sfdag_magics.engine.borders.ports import SessionOptions
from sfdag_magics.engine.sql.sessions.kept_statements import read_statements
from sfdag_magics.engine.sql.sql_engine import open_engine
from tests.engine.furnished import furnished
from tests.engine.sql.conftest import Asker

_ASKED = (
    "select query_text, rows_inserted, rows_deleted from snowflake.account_usage.query_history"
    " where user_name = 'SYSTEM' and query_type in ('INSERT', 'DELETE') order by start_time"
)


def asked(directory: Path, user: str, *texts: str) -> list[tuple[object, ...]]:
    """The rows of the last statement, on an engine that ends behind it."""
    options = SessionOptions(user=user, database="SFDAG", schema="PUBLIC")
    with (
        closing(open_engine(directory)) as engine,
        closing(engine.open_session(options)) as session,
    ):
        return [Asker(session)(text) for text in texts][-1]


def test_what_tasks_did_is_told_by_the_next_engines(tmp_path: Path):
    directory = furnished(tmp_path / "data")
    made = "insert into t values (1), (2)", "delete from t where a < 2"
    asked(directory, "SYSTEM", "create table t (a int)", *made)
    asked(directory, "SYSTEM", "insert into t values (3)")
    assert asked(directory, "ME", "insert into t values (4)", _ASKED) == [
        (made[0], 2, 0),
        (made[1], 0, 1),
        ("insert into t values (3)", 1, 0),
    ]


def test_a_history_that_cannot_be_read_is_none(tmp_path: Path):
    (tmp_path / "statements.jsonl").write_text("{", "utf-8")
    assert read_statements(tmp_path / "statements.jsonl") == []
