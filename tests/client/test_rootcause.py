from datetime import timedelta

from sfdag_magics.client.derive import ended_snapshot, snapshot_from_rows
from sfdag_magics.client.logs import LogLine
from sfdag_magics.client.rootcause import first_failure, root_cause
from tests.client.rows import START, deployed, row

ROWS = [row("g"), row("a"), row("b", "FAILED", error_message="ValueError: boom")]


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
