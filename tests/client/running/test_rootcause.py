from dataclasses import replace
from datetime import timedelta

import pytest

from sfdag_magics.client.code.deployed_code import noted_code
from sfdag_magics.client.observing.bridges.lineage import ByHand, Lineage, LineageKind
from sfdag_magics.client.observing.derive import ended_snapshot, snapshot_from_rows
from sfdag_magics.client.observing.snapshot import Rows
from sfdag_magics.client.observing.traces.logs import LogLine
from sfdag_magics.client.running.rootcause import changes_since, first_failure, root_cause
from tests.client.rows import START, deployed, row

ROWS = [row("g"), row("a"), row("b", "FAILED", error_message="ValueError: boom")]
NOTHING = "nothing that is known of"


def failed(graph, *more):
    return snapshot_from_rows(deployed(graph), [*ROWS, *more], None)


def line(number):
    return LogLine(
        time=START + timedelta(seconds=number), severity="INFO", logger="", message=str(number)
    )


def test_the_last_lines_of_the_log_are_shown_and_not_all():
    seen = failed("a -> b")
    cause = root_cause(seen, first_failure(seen), [line(n) for n in range(50)])
    assert [each.message for each in cause.logs] == [str(n) for n in range(38, 50)]


def test_what_stands_below_and_ran_all_the_same_was_not_kept_from_running():
    seen = failed("a -> b -> c, b -> always, a -> d", row("always"), row("d", seconds=9))
    assert root_cause(seen, first_failure(seen), ()).not_run == ("c",)


def test_a_run_that_never_began_says_why_nothing_failed():
    seen = ended_snapshot(deployed("a"), "group-1", "replaced by run group-2")
    assert str(root_cause(seen, first_failure(seen), ())) == (
        "run group-1 of g replaced by run group-2: nothing failed"
    )


def noted(bodies, python):
    """What a run notes of a graph in which these tasks stand."""
    graph = deployed(", ".join((*bodies, *python)))
    tasks = {
        name: replace(task, definition=bodies.get(name, "CALL G('x')"))
        for name, task in graph.tasks.items()
    }
    return noted_code(python, "all", replace(graph, tasks=tasks))


def large(body):
    return {f"t{number}": body for number in range(101)}


@pytest.mark.parametrize(
    ("then", "now", "told"),
    [
        (({"z": "1"}, {"p": "a"}), ({"z": "1"}, {"p": "b"}), ("code of p",)),
        (({"z": "1"}, {"p": "a"}), ({"z": "2"}, {"p": "a"}), ("SQL of z",)),
        (({"z": "1"}, {"p": "a"}), ({"z": "2"}, {"p": "b"}), ("code of p", "SQL of z")),
        (({"z": "1", "y": "1"}, {}), ({"z": "1", "y": "2"}, {}), ("SQL of y",)),
        (({"z": "1"}, {"p": "a"}), ({"z": "1"}, {"p": "a"}), (f"{NOTHING} (run group-1 of g)",)),
        ((large("1"), {}), (large("2"), {}), ("SQL of some query",)),
    ],
)
def test_what_was_edited_since_the_last_success_is_told_of_code_and_of_sql(then, now, told):
    before, after = (replace(failed("a -> b"), code=noted(*each)) for each in (then, now))
    assert changes_since(before, after) == told


def test_of_what_a_part_did_not_run_no_edit_is_told():
    part = Lineage(kind=LineageKind.PART, runs=("a",))
    ran = snapshot_from_rows(deployed("a"), ROWS[:2], None)
    before = replace(ran, code={"a": "h1"}, lineage=part)
    after = replace(failed("a -> b"), code={"a": "h2", "b": "h1"})
    assert changes_since(before, after) == ("code of a",)
    assert changes_since(replace(before, lineage=None), after) == ("code of a, b",)


def explained(name, rows, graph="a -> b -> c"):
    seen = snapshot_from_rows(deployed(graph), rows, None)
    return str(root_cause(seen, first_failure(seen, name), ())).splitlines()


def test_of_what_a_person_said_of_a_task_it_says_that_they_did():
    said = Lineage(kind=LineageKind.RETRY, by_hand={"a": ByHand.DONE}, who="ana", because="seen")
    seen = replace(failed("a -> b"), lineage=said)
    assert str(root_cause(seen, seen.tasks["a"], ())).startswith("✓ a done by hand in run group-1")


@pytest.mark.parametrize(
    ("name", "rows", "lines"),
    [
        (
            "a",
            [row("g"), row("a", return_value="21"), row("b"), row("c")],
            ["✓ a succeeded in run group-1 of g", "  it returned 21", "  nothing failed"],
        ),
        (
            "a",
            ROWS,
            [
                "✓ a succeeded in run group-1 of g",
                "  the first that failed is b: %sfdag why b",
            ],
        ),
        ("c", ROWS, ["⊘ c blocked in run group-1 of g: b failed (%sfdag why b)"]),
    ],
    ids=["all well", "another failed", "kept from running"],
)
def test_of_a_task_that_did_not_fail_it_is_said_what_became_of_it(name, rows, lines):
    assert explained(name, rows) == lines


def test_of_a_run_that_is_going_what_is_known_so_far_is_said():
    seen = snapshot_from_rows(deployed("a -> b"), [row("g"), row("a", "EXECUTING")], None)
    cause = root_cause(seen, first_failure(seen), ())
    assert str(cause) == ("run group-1 of g: nothing failed so far; it is still going: a running")


def test_what_stands_at_a_prompt_is_words_and_no_classes_of_ours():
    seen = failed("a -> b")
    assert repr(seen.state) == "'FAILED'"
    assert repr(dict(seen.tasks)) == "{'a': TaskRun(a: succeeded), 'b': TaskRun(b: failed)}"


@pytest.mark.parametrize(
    ("frames", "place"),
    [
        ('File "Cell [3] b", line 7, in b\n  File "lib.py", line 1', "Cell [3] b, line 7"),
        ('File "/x/lib.py", line 9\n  File "nightly.py", line 4, in b', "nightly.py, line 4"),
        ('File "/x/site-packages/lib.py", line 9', None),
    ],
)
def test_the_place_is_the_cell_or_else_the_script_that_wrote_the_task(frames, place):
    message = f"Traceback (most recent call last):\n  {frames}\nValueError: boom"
    seen = snapshot_from_rows(
        deployed("a -> b"), [row("g"), row("b", "FAILED", error_message=message)], None
    )
    assert root_cause(seen, first_failure(seen), ()).place == place


def read(rows):
    seen = failed("a -> b")
    tasks = {**seen.tasks, "b": replace(seen.tasks["b"], rows=Rows(read=rows))}
    return replace(seen, tasks=tasks)


@pytest.mark.parametrize(
    ("was", "by_now", "told"),
    [
        (1000, 12, ("rows that b read until it failed: 1,000 → 12",)),
        (1000, 900, None),
        (1000, 0, None),
    ],
    ids=["much less", "nearly as many", "none, for it failed before it read"],
)
def test_the_rows_that_the_failed_task_read_itself_are_compared(was, by_now, told):
    nothing = (f"{NOTHING} (run group-1 of g)",)
    assert changes_since(read(was), read(by_now), "b") == (told or nothing)
