"""Which graphs are deployed, when they run next and how they ran last: `graphs`, `status`."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sfdag_magics.client.observing.outlook import next_run, outlooks
from sfdag_magics.graph.times.cron import CronSchedule
from sfdag_magics.graph.times.schedule import parse_schedule
from tests.client.rows import deployed
from tests.magics.scenes import two_tasks

DUE = datetime(2026, 11, 29, 5, tzinfo=UTC)


def due(fake, root="G"):
    """The row of the run that the schedule starts next, as both engines tell it."""
    fake.history.append(
        {
            "NAME": root,
            "STATE": "SCHEDULED",
            "SCHEDULED_FROM": "SCHEDULE",
            "SCHEDULED_TIME": DUE,
            "GRAPH_RUN_GROUP_ID": "due",
            **dict.fromkeys(("QUERY_ID", "ERROR_CODE", "ERROR_MESSAGE", "QUERY_START_TIME")),
            **dict.fromkeys(("COMPLETED_TIME", "RETURN_VALUE", "CONFIG")),
            "ATTEMPT_NUMBER": 1,
        }
    )


def scheduled(notebook, *options):
    notebook.run("%sfdag graph g --schedule '0 5 * * * UTC'")
    two_tasks(notebook)
    notebook.run(f"%sfdag deploy --yes {' '.join(options)}")


def test_no_graph_is_said_and_where_else_to_look(notebook):
    said = notebook.run("%sfdag graphs")
    assert said.startswith("no graph is deployed on fake · DB.S; %sfdag graphs --all looks in")
    assert "--all" not in notebook.run("%sfdag graphs --all")


def test_graphs_are_listed_with_their_schedule_next_run_and_last_run(notebook):
    scheduled(notebook)
    notebook.run("%sfdag run")
    due(notebook.fake)
    notebook.run("%sfdag graph other")
    notebook.run("%%sftask x --sql\nselect 1\n")
    notebook.run("%sfdag deploy --yes")
    place, heads, first, second, *_ = notebook.run("found = %sfdag graphs").splitlines()
    assert place == "fake · DB.S"
    assert heads.split("  ")[0] == "graph"
    assert " ".join(first.split()) == (
        "g 2 daily at 05:00 UTC started 2026-11-29 05:00:00 UTC "
        "✓ group-1 succeeded 2026-11-23 00:00:00 UTC"
    )
    assert " ".join(second.split()) == "other 1 none – – –"
    assert repr(notebook.names["found"]) == "<2 graphs>"


def test_a_suspended_graph_says_so_and_how_to_start_it(notebook):
    scheduled(notebook, "--suspended")
    assert "suspended" in notebook.run("%sfdag graphs")
    said = notebook.run("x = %sfdag status")
    assert "schedule daily at 05:00 UTC · suspended: %sfdag resume" in said
    assert "g: 2 tasks, no run yet" in said


def test_status_says_when_the_schedule_starts_the_next_run(notebook):
    scheduled(notebook)
    due(notebook.fake)
    said = notebook.run("x = %sfdag status")
    assert "schedule daily at 05:00 UTC · started · next run 2026-11-29 05:00:00 UTC" in said
    told = json.loads(notebook.run("%sfdag status --json"))
    assert told["next_run"] == "2026-11-29T05:00:00+00:00"
    assert (told["schedule"], told["schedule_state"]) == ("USING CRON 0 5 * * * UTC", "started")


def test_a_graph_without_a_schedule_says_so(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag deploy --yes")
    assert "\nno schedule\n" in notebook.run("x = %sfdag status")


def started(schedule):
    return replace(deployed("a -> b"), is_started=True, schedule=schedule)


def test_a_cron_schedule_whose_run_is_not_listed_yet_is_counted_out(fake):
    found = next_run(fake, started("USING CRON 0 5 1 1 * UTC"))
    schedule = parse_schedule("USING CRON 0 5 1 1 * UTC")
    assert isinstance(schedule, CronSchedule)
    assert found == schedule.next_after(datetime.now(UTC))


@pytest.mark.parametrize("schedule", ["10 MINUTES", "WHENEVER IT RAINS"])
def test_what_only_the_service_can_count_is_unknown(fake, schedule):
    assert next_run(fake, started(schedule)) is None


@pytest.mark.parametrize(("began", "slots"), [(3, 1), (25, 3)])
def test_while_a_run_is_going_the_next_slot_is_counted_from_what_it_was_told(fake, began, slots):
    of_run = datetime.now(UTC) - timedelta(minutes=began)
    fake.following = [{"NEXT_SCHEDULED_TIME": of_run + timedelta(minutes=10)}]
    assert next_run(fake, started("10 MINUTES")) == of_run + slots * timedelta(minutes=10)


def test_a_task_that_was_not_made_here_counts_as_one_of_its_graph(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag deploy --yes")
    for task in notebook.fake.tasks.values():
        object.__setattr__(task["statement"].properties, "comment", "by hand")
    (found,) = outlooks(notebook.fake)
    assert found.task_names == ("g", "a", "b")


def test_the_last_run_of_a_graph_may_be_one_of_a_part(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag run")
    notebook.run("part = %sfdag run --only b --inputs group-1")
    (found,) = notebook.run("found = %sfdag graphs") and notebook.names["found"]
    assert found.last.group_id == notebook.names["part"].group_id
    assert found.last.lineage.runs == ("b",)
