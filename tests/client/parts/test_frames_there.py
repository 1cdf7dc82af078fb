"""Which frames are no more, and from which task they are made again."""

from dataclasses import replace

import pytest

from sfdag_magics.client.observing.snapshot import TaskRun
from sfdag_magics.client.parts.frames_there import (
    check_frames,
    hint_to_make,
    lost_frames,
    starts_again,
    why_gone,
)
from sfdag_magics.client.parts.recorded import newest_with, recorded
from sfdag_magics.errors import InputError
from sfdag_magics.graph.states import DisplayState, GraphRunState
from tests.client.parts.test_reuse import GRAPH, run

THERE, GONE = "DB.S.G$LOAD$FRAME_01", "DB.S.G$SPLIT$FRAME_02"


class Tables:
    def __init__(self, *names):
        self.names, self.asked = names, []

    def rows(self, sql):
        self.asked.append(sql)
        return [{"name": name} for name in self.names]


def test_what_the_schema_does_not_have_is_lost_and_one_question_tells_it():
    tables = Tables("G$LOAD$FRAME_01")
    runs = [run(values={"load": THERE, "split": GONE}), run("run-2")]
    assert lost_frames(tables, GRAPH.root, runs) == {GONE}
    assert tables.asked == ["SHOW TABLES LIKE '%$FRAME_%' IN SCHEMA DB.S"]


def test_nobody_is_asked_where_no_task_returned_a_frame():
    tables = Tables()
    assert lost_frames(tables, GRAPH.root, [run()]) == frozenset()
    assert tables.asked == []


def test_a_frame_that_is_lost_is_nothing_to_go_on_from():
    newer, older = run("run-2", values={"load": GONE}), run("run-1")
    assert "load" not in recorded(newer, {GONE})
    assert newest_with([newer, older], ["load"], {GONE}) is older


def test_of_a_frame_that_is_gone_it_is_said_who_dropped_it():
    seen = run(values={"load": GONE})
    assert why_gone(seen, "split") == ""  # no frame
    finalizer = TaskRun(name="tidy", state=DisplayState.SUCCEEDED, is_finalizer=True)
    tidied = replace(seen, tasks={**seen.tasks, "tidy": finalizer})
    assert "tidy, its finalizer, dropped" in why_gone(tidied, "load")
    for other in (seen, replace(tidied, state=GraphRunState.FAILED)):
        assert "or somebody, dropped it" in why_gone(other, "load")


@pytest.mark.parametrize(
    ("missing", "has", "starts"),
    [
        (["split"], ["load"], ("split",)),
        (["split"], [], ("load",)),
        (["split", "check"], ["load"], ("split", "check")),
    ],
)
def test_it_is_made_again_from_the_highest_task_that_has_to_run(missing, has, starts):
    assert starts_again(GRAPH, missing, has) == starts


def test_a_retry_says_from_where_it_goes_on_all_the_same():
    seen = run("3f2a91c0-1", values={"load": GONE, "split": GONE}, states={"train": "failed"})
    with pytest.raises(InputError, match="split returned in run 3f2a91c0 of g is no more") as told:
        check_frames(seen, GRAPH, ["split"], {GONE})
    assert "%sfdag retry 3f2a91c0 --from load" in str(told.value)
    check_frames(seen, GRAPH, ["split"], frozenset())


def test_a_part_is_told_to_run_from_where_the_run_that_has_most_can_go_on():
    runs = [run("run-2", values={"load": GONE, "split": GONE}), run(values={"split": GONE})]
    assert hint_to_make(GRAPH, ["split"], runs, {GONE}) == "%sfdag run --from split"
    assert hint_to_make(GRAPH, ["split"], runs[:1], {GONE}) == "%sfdag run --from load"
