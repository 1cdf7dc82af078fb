"""The life of a graph through snowflake.core and by SQL: every row that is told of it is the same.

Ids, times and queries are those of each; what is compared is what a user defined and what became
of it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from snowflake.core.task import Task

from .conftest import ended

OWN = {"id", "created_on", "schema_name", "last_committed_on", "last_suspended_on"}
TOLD = (
    "name, state, error_code, error_message, return_value, scheduled_from, attempt_number, config,"
    " condition_text, query_text, graph_version"
)
CONFIG = '{"rows": 7}'
SET = "call system$set_return_value('left')"
WHEN = "system$get_predecessor_return_value('CHOOSE') = 'left'"


@dataclass
class Way:
    """One way of doing things, in a schema of its own."""

    schema: str
    sql: Callable[[str], list[dict[str, Any]]]

    def names(self) -> list[str]:
        return [row["name"] for row in self.sql(f"show tasks in schema sfdag.{self.schema}")]

    def settled(self, runs: int) -> None:
        """Wait until as many runs of the graph are over."""
        count = (
            "select count(*) as n from table(information_schema.complete_task_graphs())"
            f" where schema_name = '{self.schema}'"
        )
        ended(lambda: self.sql(count)[0]["N"] == runs)

    def told(self) -> dict[str, Any]:
        """All that is said of the graph and its runs."""
        shown = self.sql(f"show tasks in schema sfdag.{self.schema}")
        history = self.sql(
            f"select {TOLD} from table(information_schema.task_history("
            f"database_name => 'SFDAG', schema_name => '{self.schema}'))"
            " where state <> 'SCHEDULED' order by run_id, attempt_number, name"
        )
        parameters = {
            name: self.sql(f'show parameters in task sfdag.{self.schema}."{name}"')
            for name in self.names()
        }
        tasks = [{key: row[key] for key in row if key not in OWN} for row in shown]
        return self.alike({"tasks": tasks, "history": history, "parameters": parameters})

    def alike(self, told: Any) -> Any:
        """The same without the schema's own name."""
        if isinstance(told, dict):
            return {key: self.alike(each) for key, each in told.items()}
        if isinstance(told, list):
            return [self.alike(each) for each in told]
        return told.replace(self.schema, "S") if isinstance(told, str) else told


@pytest.fixture
def ways(root, rows):
    made = [Way(f"S_{uuid.uuid4().hex[:10].upper()}", rows) for _ in range(2)]
    for way in made:
        rows(f"create schema sfdag.{way.schema}")
    return made


def by_rest(root, way: Way) -> list[Callable[[], object]]:
    """The steps of a graph's life, through the client."""
    tasks = root.databases["sfdag"].schemas[way.schema].tasks

    def change(name: str, **values: object) -> None:
        task = tasks[name].fetch()
        for key, value in values.items():
            setattr(task, key, value)
        tasks[name].create_or_alter(task)

    return [
        lambda: tasks.create(
            Task(
                "load",
                "select 1",
                warehouse="wh",
                schedule=timedelta(hours=3),
                config={"rows": 7},
                comment="it's loaded",
                task_auto_retry_attempts=0,
                user_task_timeout_ms=60_000,
                suspend_task_after_num_failures=5,
            )
        ),
        lambda: tasks.create(Task("choose", SET, predecessors=["load"])),
        lambda: tasks.create(
            Task("left_one", "select * from later", predecessors=["choose"], condition=WHEN)
        ),
        lambda: tasks.create(
            Task("other", "select 3", predecessors=["choose"], condition=f"not {WHEN}")
        ),
        lambda: tasks.create(Task("end", "select 4", finalize="load")),
        *(lambda name=name: tasks[name].resume() for name in NAMES),
        lambda: (tasks["load"].execute(), way.settled(1)),
        lambda: way.sql(f"create table sfdag.{way.schema}.later(n int)"),
        lambda: (tasks["load"].execute(retry_last=True), way.settled(2)),
        lambda: tasks["load"].suspend(),
        lambda: change("other", comment="changed", condition=None),
        lambda: change("load", config={"rows": 8}),
        lambda: (tasks["load"].execute(), way.settled(3)),
        lambda: tasks["other"].drop(),
    ]


NAMES = ("choose", "left_one", "other", "end", "load")


def by_sql(way: Way) -> list[Callable[[], object]]:
    """The same steps as statements."""
    of = f"sfdag.{way.schema}."
    numbers = (
        "task_auto_retry_attempts = 0 user_task_timeout_ms = 60000"
        " suspend_task_after_num_failures = 5"
    )
    root = (
        f"task {of}load warehouse = wh schedule = '180 MINUTES' comment = 'it''s loaded' {numbers}"
    )
    statements = [
        f"create {root} config = '{CONFIG}' as select 1",
        f"create task {of}choose after {of}load as {SET}",
        f"create task {of}left_one after {of}choose when {WHEN} as select * from later",
        f"create task {of}other after {of}choose when not {WHEN} as select 3",
        f"create task {of}end finalize = {of}load as select 4",
        *(f"alter task {of}{name} resume" for name in NAMES),
        (f"execute task {of}load", 1),
        f"create table {of}later(n int)",
        (f"execute task {of}load retry last", 2),
        f"alter task {of}load suspend",
        f"create or alter task {of}other comment = 'changed' user_task_timeout_ms = 3600000"
        f" suspend_task_after_num_failures = 10 after {of}choose as select 3",
        # a task that was fetched is sent with what is in force
        f"create or alter {root} overlap_policy = NO_OVERLAP config = '{{\"rows\": 8}}'"
        " as select 1",
        (f"execute task {of}load", 3),
        f"drop task {of}other",
    ]
    return [
        (lambda each=each: (way.sql(each[0]), way.settled(each[1])))
        if isinstance(each, tuple)
        else (lambda each=each: way.sql(each))
        for each in statements
    ]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_each_step_of_a_graphs_life_is_the_same_by_rest_and_by_sql(root, ways):
    first, second = ways
    steps = list(zip(by_rest(root, first), by_sql(second), strict=True))
    for rest, sql in steps:
        rest()
        sql()
        told = first.told(), second.told()
        for part in told[0]:
            assert told[0][part] == told[1][part], part
    history = first.told()["history"]
    assert [row["STATE"] for row in history if row["ATTEMPT_NUMBER"] == 2] == [
        *("SUCCEEDED", "SUCCEEDED"),
    ]
    assert len(history) > 10
