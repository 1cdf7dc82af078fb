"""When the slot of a run ends, as a SQL body reads it: the README's expression, in each run."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sfdag_magics.engine.scheduler.clock import ManualClock

from .on_sql import Engine

README = Path(__file__).parents[3] / "README.md"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SLOT = """EXECUTE TASK r USING CONFIG = '{"sfdag": {"slot":
    {"start": "2026-02-01T00:00:00-05:00", "end": "2026-02-02T00:00:00-05:00"}}}'"""


@pytest.fixture
def engine(tmp_path):
    engine = Engine(tmp_path, clock=ManualClock(NOON))
    engine.sql("CREATE DATABASE db", "USE SCHEMA db.public", "CREATE TABLE told(due TIMESTAMP_TZ)")
    engine.sql("CREATE TABLE divisor(n INT)", "INSERT INTO divisor VALUES (1)")
    (slot_end,) = re.findall(r"```sql\n(coalesce\(.*?)\n```", README.read_text("utf-8"), re.S)
    engine.sql(
        "CREATE TASK r SCHEDULE = 'USING CRON 0 * * * * UTC' CONFIG = '{\"rows\": 1}' AS SELECT 1",
        f"CREATE TASK a AFTER r AS INSERT INTO told SELECT {slot_end} FROM divisor WHERE 1 / n > 0",
        "ALTER TASK a RESUME",
    )
    yield engine
    engine.close()


def told(engine):
    """What the tasks wrote, and nothing of it afterwards."""
    found = [due.astimezone(UTC) for (due,) in engine.sql("SELECT due::TIMESTAMP_LTZ FROM told")]
    engine.sql("DELETE FROM told")
    return found


def test_a_sql_body_reads_the_end_of_its_slot_in_runs_of_every_kind(engine):
    engine.run()
    assert told(engine) == [NOON]  # by hand: when it was asked for
    engine.run(SLOT)
    assert told(engine) == [datetime(2026, 2, 2, 5, tzinfo=UTC)]  # made good: what it was told
    engine.sql("UPDATE divisor SET n = 0")
    engine.run(SLOT)
    assert told(engine) == []  # it failed
    engine.sql("UPDATE divisor SET n = 1")
    engine.tasks._clock.advance(timedelta(minutes=10))
    engine.run("EXECUTE TASK r RETRY LAST")
    assert told(engine) == [datetime(2026, 2, 2, 5, tzinfo=UTC)]  # retried: the same
    engine.sql("ALTER TASK r RESUME")
    engine.tasks._clock.advance(timedelta(minutes=50))
    engine.wait_until(lambda: engine.sql("SELECT 1 FROM told"))
    assert told(engine) == [NOON + timedelta(hours=1)]  # scheduled: when it was due
