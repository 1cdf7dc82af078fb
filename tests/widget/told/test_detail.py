"""What the drawer is told: texts that cannot act on whoever reads them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from sfdag_magics.client.observing.history import HistoryRow
from sfdag_magics.errors import InputError
from sfdag_magics.graph.model import Parameter, ParameterKind
from sfdag_magics.graph.states import DisplayState, TaskState
from sfdag_magics.widget.told.data_told import OfThen
from sfdag_magics.widget.told.detail import task_detail
from sfdag_magics.widget.told.page_state import page_task
from sfdag_magics.widget.told.shown_text import shown_text
from tests.render.builders import NOON
from tests.widget.fakes import DONE, FAILED


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, Größe, 日本語, 👩‍🔬", "plain, Größe, 日本語, 👩‍🔬"),
        ("\x1b[31mred\x1b[0m and \x1b[1;38;5;82mgreen\x1b[m", "red and green"),
        ("\x1b]0;title\x07rest \x1b[2K\x1b[1A", "rest "),
        ("tab\tand\nline", "tab\tand\nline"),
        ("\x00\x07\x1b bell \x9b", "\ufffd\ufffd\ufffd bell \ufffd"),
        ("abc \u202e fed \u2066", "abc \ufffd fed \ufffd"),
    ],
)
def test_what_a_terminal_would_obey_is_left_out_or_marked(text, shown):
    assert shown_text(text) == shown


def test_errors_and_values_are_shown_as_text_too():
    failed = FAILED.tasks["b"]
    turned = replace(failed, error_message="\x1b[31mValueError\x1b[0m: \u202e", return_value="\x07")
    detail = task_detail("b", replace(FAILED, tasks={**FAILED.tasks, "b": turned}))
    assert detail["error"] == "ValueError: \ufffd"
    assert detail["returned"] == {"text": "\ufffd", "note": "text · 1 byte, at most 10 kB"}


VALUES = {
    "a": [],
    "b": [
        Parameter(name="session", kind=ParameterKind.SESSION),
        Parameter(name="a", kind=ParameterKind.VALUE),
        Parameter(name="day", kind=ParameterKind.CONFIG),
        Parameter(name="rate", kind=ParameterKind.CONFIG, default="0.5"),
    ],
    "c": [Parameter(name="b", kind=ParameterKind.VALUE)],
}


def test_of_a_task_that_is_not_loaded_here_it_is_what_those_before_it_returned():
    tasks = {**DONE.tasks, "a": replace(DONE.tasks["a"], return_value='"T1"')}
    tasks["b"] = replace(tasks["b"], predecessors=("a",))
    seen = replace(DONE, tasks=tasks)
    told = task_detail("b", seen, parameters=lambda _: None)
    assert told["inputs"] == [["a", '"T1"', "returned by the task before it"]]
    assert task_detail("b", seen, parameters=lambda _: ())["inputs"] == []


def test_data_is_what_a_task_was_given_and_what_it_returned_and_who_reads_it():
    tasks = {
        **DONE.tasks,
        "a": replace(DONE.tasks["a"], return_value='"T1"'),
        "b": replace(DONE.tasks["b"], return_value='{"f1":0.5}'),
    }
    seen = replace(DONE, tasks=tasks, config={"day": "2026-06-28"})
    detail = task_detail("b", seen, parameters=VALUES.__getitem__)
    assert detail["returned"] == {
        "text": '{\n  "f1": 0.5\n}',
        "note": "dict · 10 bytes, at most 10 kB · read by c",
    }
    assert detail["inputs"] == [
        ["a", '"T1"', "task"],
        ["day", '"2026-06-28"', "configuration"],
        ["rate", "0.5", "its default"],
    ]


def test_attempts_are_told_with_what_each_failed_of():
    row = HistoryRow(
        stored="CHAIN$B",
        state=TaskState.FAILED,
        group_id="g",
        attempt=1,
        query_id="q-1",
        error_message="boom\x07",
        started=NOON,
    )
    (told,) = task_detail("b", FAILED, attempts=[row])["attempts"]
    assert told == {
        "attempt": 1,
        "state": "FAILED",
        "started": round(NOON.timestamp() * 1000),
        "completed": None,
        "error": "boom\ufffd",
        "query_id": "q-1",
    }


def test_an_attempt_took_as_long_as_its_task_is_said_to():
    begun = NOON + timedelta(microseconds=600)
    ended = begun + timedelta(microseconds=515300)
    tasks = {**DONE.tasks, "b": replace(DONE.tasks["b"], started=begun, completed=ended)}
    row = HistoryRow(
        stored="CHAIN$B",
        state=TaskState.SUCCEEDED,
        group_id="g",
        attempt=1,
        started=begun,
        completed=ended,
    )
    detail = task_detail("b", replace(DONE, tasks=tasks), attempts=[row])
    for told in (detail, *detail["attempts"], page_task(tasks["b"])):
        assert told["completed"] - told["started"] == 515


def test_what_changed_is_asked_of_a_failed_task_only():
    asked = []

    def changes(name):
        asked.append(name)
        return ["config day: 1 → 2"]

    assert task_detail("b", FAILED, changes=changes)["changes"] == ["config day: 1 → 2"]
    assert task_detail("a", FAILED, changes=changes)["changes"] == []
    assert asked == ["b"]


def test_who_cancelled_a_task_is_asked_where_it_was():
    by = "cancelled by ANA at 12:00:00 UTC"
    ended = replace(FAILED.tasks["b"], state=DisplayState.CANCELLED)
    stopped = replace(FAILED, tasks={**FAILED.tasks, "b": ended})
    assert task_detail("b", stopped, cancelled=lambda _: by)["cancelled"] == by
    assert task_detail("b", FAILED, cancelled=lambda _: by)["cancelled"] == ""


@pytest.mark.parametrize("seen", [None, FAILED], ids=["not run", "run"])
def test_what_others_altered_there_is_told_also_where_it_is_not_known_what_was_deployed(seen):
    lines = {"b": ("when: – → 1 = 1",), "c": ()}
    told = {name: task_detail(name, seen, by_others=lines)["altered"] for name in "abc"}
    assert told["a"] == []
    assert told["b"] == ["when: – → 1 = 1"]
    assert told["c"][0].endswith("plan says what a deploy would take back")


def test_an_element_of_a_map_is_that_of_the_code_that_ran_or_is_said_to_be_unknown():
    given = Parameter(name="i", kind=ParameterKind.GIVEN, default="2")

    def forgotten(name):
        raise InputError(f"the code that {name} ran is not there any more", hint="nothing")

    told = [
        task_detail("b", DONE, parameters=lambda _: (given,), then=OfThen(elements=elements))[
            "inputs"
        ]
        for elements in (lambda _: {"i": 0}, forgotten, lambda _: {})
    ]
    unknown = "element of the map: the code that it ran is not there any more"
    assert told == [[["i", "0", "element of the map"]], [["i", "unknown", unknown]], []]


def test_a_default_is_that_of_the_code_that_ran():
    rate = Parameter(name="rate", kind=ParameterKind.CONFIG, default="0.5")

    def told(said):
        def defaults(name):
            if said == "forgotten":
                raise InputError(f"the code that {name} ran is not there any more", hint="nothing")
            return said

        return task_detail("b", DONE, parameters=lambda _: (rate,), then=OfThen(defaults=defaults))

    assert told(None)["inputs"] == [["rate", "0.5", "its default"]]  # the cell is as it was
    assert told({"rate": "0.1"})["inputs"] == [["rate", "0.1", "its default"]]
    assert told({})["inputs"] == []  # it took no such key then
    assert told("forgotten")["inputs"][0][1] == "unknown"
