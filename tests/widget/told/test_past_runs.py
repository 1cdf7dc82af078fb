"""The last runs as the page is told them: when they are asked for, and what is said of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from sfdag_magics.client.observing.bridges.lineage import Lineage, LineageKind
from sfdag_magics.client.observing.snapshot import Rows
from sfdag_magics.errors import BackendError, InputError
from sfdag_magics.widget.told.past_runs import PastRuns, page_comparison, page_past
from tests.widget.fakes import CHAIN, DONE, FAILED, RETRIED, RUNNING, Heard


def named(run, group, **changes):
    return replace(run, group_id=f"{group}-of-the-graph", **changes)


FIRST = named(DONE, "0001", config={"day": "Monday", "rows": 10}, code={"a": "1" * 64, "b": "2"})
SECOND = named(
    FAILED, "0002", config={"day": "Tuesday", "rows": 10}, code={"a": "3" * 64, "b": "2"}
)


def test_of_each_run_the_page_is_told_how_it_went_with_every_task():
    past = page_past([SECOND, FIRST])
    assert [run["id"] for run in past["runs"]] == ["0001-of-", "0002-of-"]
    assert past["tasks"] == ["a", "b", "c"]
    states = [[past["letters"][letter] for letter in run["tasks"]] for run in past["runs"]]
    assert states == [["succeeded"] * 3, ["succeeded", "failed", "blocked"]]
    assert [run["took"] for run in past["runs"]] == [130_000, 130_000]


def test_a_run_that_goes_on_has_no_duration_and_a_task_it_had_not_no_state():
    short = replace(RUNNING, tasks={"a": RUNNING.tasks["a"]})
    (run, _) = reversed(page_past([short, DONE])["runs"])
    assert run["took"] is None
    assert run["tasks"][1:] == ".."


def test_what_is_usual_is_the_median_of_what_went_well():
    slow = replace(DONE.tasks["a"], completed=DONE.tasks["a"].completed + timedelta(seconds=90))
    slower = named(DONE, "0003", tasks={**DONE.tasks, "a": slow})
    failed = named(
        FAILED, "0002", tasks={**FAILED.tasks, "b": replace(slow, state=FAILED.tasks["b"].state)}
    )
    past = page_past([slower, failed, DONE, DONE])
    assert past["usual"] == [7400, 7400, 7400]
    assert past["usual_run"] == 130_000
    assert page_past([FAILED])["usual"] == [7400, None, None]
    assert page_past([FAILED])["usual_run"] is None


def test_fewer_than_three_successes_tell_what_the_last_took_and_nothing_usual():
    slow = replace(DONE.tasks["a"], completed=DONE.tasks["a"].completed + timedelta(seconds=90))
    slower = named(DONE, "0003", tasks={**DONE.tasks, "a": slow})
    past = page_past([slower, DONE])
    assert past["usual"] == [97400, 7400, 7400]
    assert (past["lately"], past["lately_run"]) == ([True] * 3, True)
    past = page_past([slower, DONE, DONE])
    assert (past["lately"], past["lately_run"]) == ([False] * 3, False)


def test_the_run_that_is_shown_is_held_against_others_and_the_last_time_is_of_one_before_it():
    slow = replace(DONE.tasks["a"], completed=DONE.tasks["a"].completed + timedelta(seconds=90))
    newest = named(DONE, "0003", tasks={**DONE.tasks, "a": slow})
    second, oldest = named(DONE, "0002"), named(DONE, "0001")
    past = page_past([newest, second, oldest], shown=second.group_id)
    assert (past["usual"], past["lately"], past["usual_run"]) == ([7400] * 3, [True] * 3, 130_000)
    past = page_past([newest, second, oldest], shown=oldest.group_id)
    assert (past["usual"], past["usual_run"]) == ([None] * 3, None)
    past = page_past([newest, second, second, oldest], shown=oldest.group_id)
    assert (past["usual"], past["lately"]) == ([7400] * 3, [False] * 3)


def test_a_comparison_says_first_what_differs():
    told = page_comparison(FIRST, SECOND)
    assert [(each["topic"], each["what"], each["values"]) for each in told["differences"]] == [
        ("config", "day", ["Monday", "Tuesday"]),
        ("code", "a", ["11111111", "33333333"]),
    ]
    assert told["same"] == "1 key of the configuration, the code of 1 task"
    assert [(task["name"], task["edited"]) for task in told["tasks"]] == [
        ("a", True),
        ("b", False),
        ("c", False),
    ]
    ran, failed = told["tasks"][1]["runs"]
    assert (ran["state"], ran["took"]) == ("succeeded", 7400)
    assert failed["state"] == "failed"
    assert failed["value"] == FAILED.tasks["b"].reason
    assert told["tasks"][2]["runs"][1]["took"] is None


def test_a_task_that_one_of_them_had_not_is_none_there():
    fewer = named(DONE, "0003", tasks={name: DONE.tasks[name] for name in ("a", "b")})
    assert [task["name"] for task in page_comparison(DONE, fewer)["tasks"]] == ["a", "b", "c"]
    assert page_comparison(DONE, fewer)["tasks"][2]["runs"][1] is None


@pytest.fixture
def past():
    """`past(read)`: the last runs by this way to read them, and what is told of them."""
    made = []

    def past(read):
        told = Heard()
        made.append(PastRuns(read, told))
        return made[-1], told

    yield past
    for each in made:
        each.close()


def test_they_are_told_when_they_are_asked_for(past):
    runs, told = past(lambda: [SECOND, FIRST])
    runs.ask()
    assert [run["group"] for run in told.next()["runs"]] == [FIRST.group_id, SECOND.group_id]
    assert runs.newest == SECOND.group_id


def test_without_an_answer_what_was_told_stays_and_the_next_wish_is_granted(past):
    answers = iter([BackendError("the engine does not answer"), RuntimeError("a bug"), [FIRST]])

    def read():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    runs, told = past(read)
    for _ in range(3):
        runs.ask()
        while runs._waiting.is_set():
            pass
    assert [run["group"] for run in told.next()["runs"]] == [FIRST.group_id]


@pytest.mark.parametrize("groups", [(), (FIRST.group_id,), (FIRST.group_id, "another")])
def test_what_is_none_of_the_last_runs_is_not_compared(past, groups):
    runs, told = past(lambda: [SECOND, FIRST])
    runs.ask()
    told.next()
    with pytest.raises(InputError, match="two of the last runs"):
        runs.compared(groups)


def test_two_of_them_are_compared_as_they_were_told(past):
    runs, told = past(lambda: [SECOND, FIRST])
    runs.ask()
    told.next()
    found = runs.compared((FIRST.group_id, SECOND.group_id))
    assert [run["word"] for run in found["runs"]] == ["Succeeded", "Failed"]


def test_the_run_that_is_shown_is_compared_as_it_is_by_now(past):
    runs, told = past(lambda: [replace(SECOND, tasks={}), FIRST])
    runs.ask()
    told.next()
    found = runs.compared((FIRST.group_id, SECOND.group_id), SECOND)
    assert found["tasks"][1]["runs"][1]["state"] == "failed"


def test_a_retried_run_is_one_run():
    (run,) = page_past([RETRIED])["runs"]
    assert (run["attempt"], len(page_past([RETRIED])["tasks"])) == (2, len(CHAIN.nodes))


def test_what_a_run_took_from_another_has_the_rows_that_the_other_wrote():
    name = next(iter(DONE.tasks))
    wrote = replace(DONE.tasks[name], rows=Rows(written=400))
    earlier = replace(DONE, group_id="earlier", tasks={**DONE.tasks, name: wrote})
    lineage = Lineage(kind=LineageKind.RETRY, of="earlier", kept={name: "earlier"})
    now = replace(DONE, group_id="now", lineage=lineage)
    told = page_past([now, earlier], shown="now")
    assert (told["tasks"][0], told["rows"]) == (name, [[0, 400], *[None] * (len(DONE.tasks) - 1)])
