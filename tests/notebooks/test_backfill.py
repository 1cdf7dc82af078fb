"""notebooks/05_backfill.ipynb: ten days with two gaps and a failure, made good."""

from __future__ import annotations

import copy
import json

import pytest

from tests.notebooks.executing import committed, hold_against
from tests.notebooks.fixed import fixed, readable

pytestmark = pytest.mark.slow

NAME = "05_backfill.ipynb"
DAYS = [*(f"2025-03-{day}" for day in range(24, 32)), "2025-04-01", "2025-04-02"]


@pytest.fixture(scope="module")
def executed(execute):
    return execute(NAME)


def test_every_day_was_loaded_once_the_one_over_the_clocks_change_with_its_23_hours(executed):
    rows = executed.rows("SELECT TO_VARCHAR(DAY), COUNT(*) FROM SALES GROUP BY DAY ORDER BY DAY")
    assert rows == [(day, 23 if day == "2025-03-30" else 24) for day in DAYS]


def test_each_slot_was_run_once_but_the_one_that_failed(executed):
    told = executed.rows(
        "SELECT CONFIG FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY(TASK_NAME => 'SALES'))"
    )
    ends = sorted(json.loads(config)["sfdag"]["slot"]["end"][:10] for (config,) in told)
    assert ends == sorted([*DAYS, "2025-03-31"])


def test_the_calendar_shows_two_gaps_and_a_failure_before_and_none_in_the_end(executed):
    plan, done = (executed.cell(start) for start in ("plan =", "done ="))
    before = plan.outputs[-1]["data"]["text/plain"]
    assert "  05:00   ✓  ✓  ✓  ○  ✓  ✓  ✓  ✕\n" in before
    assert "2 slots to run, oldest first, one at a time" in before
    assert "✓ 10 succeeded" in done.outputs[-1]["data"]["text/plain"]


def test_it_leaves_what_is_committed(executed):
    hold_against(readable(fixed(copy.deepcopy(executed.notebook))), readable(committed(NAME)))
