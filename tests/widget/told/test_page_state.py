"""What the page is sent of a run: bounded, and with what the actions on it would do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sfdag_magics.client.observing.bridges.lineage import ByHand, Lineage, LineageKind
from sfdag_magics.client.observing.intentions import Edited
from sfdag_magics.widget.told.page_state import page_intentions, page_run, page_task, page_tasks
from sfdag_magics.widget.told.past_runs import page_past
from tests.widget.fakes import CHAIN, DONE, FAILED, RUNNING


def test_of_a_long_error_the_page_is_told_the_beginning():
    message = "ValueError: " + "x" * 20_000
    told = page_task(replace(FAILED.tasks["b"], error_message=message))
    assert told["error"] == message[:2_000]


@pytest.mark.parametrize(
    ("seen", "command"),
    [
        (RUNNING, {"stop": "%sfdag stop 0196-gro"}),
        (FAILED, {"retry": "%sfdag retry 0196-gro"}),
        (DONE, {}),
    ],
    ids=["going", "failed", "succeeded"],
)
def test_an_action_names_the_run_that_is_shown(seen, command):
    told = page_intentions(seen, Edited(code=("b",)))
    assert {kind: said["command"] for kind, said in told.items()} == command
    words = [f"{said.get('title')} {said['says']}" for said in told.values()]
    assert all("run 0196-gro of chain" in each for each in words)


def test_a_backfill_is_ended_by_the_stop_of_its_own_run_alone():
    for is_its_own in (True, False):
        going = replace(RUNNING, slot_told=is_its_own)
        told = page_intentions(going, Edited(), backfill="1 of 3 slots run")["stop"]
        assert ("the backfill ends with it" in told["says"]) is is_its_own
    assert (
        "backfill"
        not in page_intentions(replace(RUNNING, slot_told=True), Edited())["stop"]["says"]
    )


@pytest.mark.parametrize(
    ("name", "refused"), [("a", False), ("b", True), ("c", True), ("elsewhere", False)]
)
def test_a_retry_that_would_be_refused_is_not_offered(name, refused):
    told = page_intentions(FAILED, Edited(in_graph=(name,)))["retry"]
    assert told.get("refused", False) is refused
    assert ("it was changed here" in told["says"]) is refused
    assert told["command"].endswith("--code deployed") is refused


def test_the_counts_are_those_of_the_run_and_not_of_what_is_loaded_here():
    told = page_run(replace(FAILED, differs={"rows": 10}, note="waits for a"))
    assert (told["ran"], told["total"]) == (2, len(CHAIN.nodes))
    assert (told["id"], told["differs"], told["note"]) == ("0196-gro", "rows=10", "waits for a")


def test_the_page_is_told_what_a_run_goes_on_from_and_who_said_what_of_which_task():
    lineage = Lineage(
        kind=LineageKind.RETRY,
        of="3f2a91c0-1",
        kept={"a": ""},
        by_hand={"a": ByHand.DONE},
        who="ana@lab",
        because="sent by mail",
    )
    seen = replace(DONE, lineage=lineage)
    said = "continues run 3f2a91c0; a done by ana@lab: sent by mail"
    assert (page_run(seen)["origin"], page_past([seen])["runs"][0]["origin"]) == (said, said)
    told = page_tasks(CHAIN, seen)
    assert [each.get("by_hand") for each in told] == ["done by ana@lab: sent by mail", None, None]
    assert page_run(DONE)["origin"] == ""


def test_the_page_is_told_that_the_engine_ended_in_the_middle():
    again = replace(RUNNING, begun_again=("a", "b"))
    assert page_run(again)["note"] == "the engine ended meanwhile: a, b began again"
    assert page_run(replace(again, note="waits"))["note"].startswith("waits · the engine ended")
