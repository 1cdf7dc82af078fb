"""What bodies are refused for, by their tables of fields."""

from __future__ import annotations

import json

import pytest

from sfdag_magics.engine.borders.rest_calls import RestAnswer, RestCall
from sfdag_magics.engine.resources.all_operations import OPERATIONS, rest_resources
from sfdag_magics.engine.resources.kinds.task_fields import schedule_told

TASKS = "api/v2/databases/d/schemas/s/tasks"
GOOD = {"name": "t", "definition": "select 1"}


class NoSession:
    """A session that no refused call comes to."""

    def execute(self, text, **_more):
        raise AssertionError(text)


def asked(method: str, path: str, body: object = None, **query: str) -> RestAnswer:
    sent = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    call = RestCall(method=method, path=path.split("/"), query=query, body=sent, id="call")
    return rest_resources()(call, NoSession())


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (None, "A body is missing"),
        (b"{", "The body is no JSON"),
        (b"\xff\xfe", "The body is no JSON"),
        (b'{"name": NaN}', "NaN is no JSON"),
        (b"[" * 100_000, "The body is no JSON|nested too deep"),
        ([], "body: an object is needed, not []"),
        ({"name": "t"}, "body: the field 'definition' is missing"),
        ({**GOOD, "name": None}, "body: the field 'name' is missing"),
        ({**GOOD, "name": 1}, "body.name: a text is needed, not 1"),
        ({**GOOD, "name": "two words"}, 'body.name: "two words" is no identifier'),
        ({**GOOD, "nam": 1}, "body: there is no field 'nam'"),
        ({**GOOD, "comment": "\ud800"}, "body.comment: the text has a character"),
        ({**GOOD, "comment": "a\0"}, "body.comment: the text has a character"),
        ({**GOOD, "user_task_timeout_ms": "5"}, 'an integer is needed, not "5"'),
        ({**GOOD, "user_task_timeout_ms": True}, "an integer is needed, not true"),
        ({**GOOD, "task_auto_retry_attempts": 31}, "31 is not between 0 and 30"),
        ({**GOOD, "user_task_timeout_ms": 10**40}, "is not between"),
        ({**GOOD, "allow_overlapping_execution": "no"}, 'true or false is needed, not "no"'),
        ({**GOOD, "overlap_policy": "SOME"}, 'one of NO_OVERLAP, ALLOW_CHILD_OVERLAP'),
        ({**GOOD, "config": [1]}, "body.config: an object is needed, not [1]"),
        ({**GOOD, "predecessors": "a"}, 'body.predecessors: a list is needed, not "a"'),
        ({**GOOD, "predecessors": ["a", 1]}, "body.predecessors[1]: a text is needed"),
        ({**GOOD, "schedule": {"minutes": 5}}, "schedule_type: one of CRON_TYPE, MINUTES_TYPE"),
        ({**GOOD, "schedule": {"schedule_type": "CRON_TYPE"}}, "the field 'cron_expr' is missing"),
        ({**GOOD, "session_parameters": {"a b": 1}}, '"a b" is no identifier'),
        ({**GOOD, "session_parameters": {"a": [1]}}, "parameters.a: a text, a number, true or"),
        ({**GOOD, "predecessors": ["a", "b c"]}, "predecessors[1]: 'b c' is no name of a task"),
        ({**GOOD, "finalize": ""}, "body.finalize: '' is no name of a task"),
        ({**GOOD, "condition": "1 = 1 as select 2 --"}, "it has an AS"),
    ],
)  # fmt: skip
def test_a_body_of_another_form_is_refused_by_name(body, said):
    answer = asked("POST", TASKS, body)
    assert answer.status == 400
    assert set(answer.body) == {"message", "code", "error_code", "request_id"}
    assert answer.body["code"] == answer.body["error_code"] == "400"
    assert any(part in answer.body["message"] for part in said.split("|"))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"createMode": "orMerge"}, "createMode': one of errorIfExists, orReplace, ifNotExists"),
        ({"createMode": ""}, "createMode': one of"),
    ],
)
def test_a_parameter_of_another_form_is_refused_by_name(query, said):
    answer = asked("POST", TASKS, GOOD, **query)
    assert (answer.status, said in answer.body["message"]) == (400, True)


@pytest.mark.parametrize("limit", ["0", "10001", "x", "1.5", "9" * 30, "-1", ""])
def test_a_limit_is_a_number_within_its_bounds(limit):
    answer = asked("GET", TASKS, showLimit=limit)
    assert (answer.status, "showLimit" in answer.body["message"]) == (400, True)


@pytest.mark.parametrize("action", ["set-tags", "unset-tags"])
def test_no_tags_are_none_to_set(action):
    answer = asked("POST", f"{TASKS}/t:{action}", [])
    assert (answer.status, answer.body["message"]) == (400, "body: 1 or more are needed, not none")


@pytest.mark.parametrize("on", ["database/d", "all/tables/schema/s"])
def test_a_grant_of_no_privilege_is_refused_by_name(on):
    answer = asked("POST", f"api/v2/grants/role/r/{on}/privileges", {})
    assert (answer.status, answer.body["message"]) == (
        400,
        "body: the field 'privileges' is missing",
    )


def test_a_name_in_a_path_is_an_identifier():
    answer = asked("GET", f"{TASKS}/two%20words")
    assert answer.status == 400
    assert 'name: "two words" is no identifier' in answer.body["message"]


def test_a_put_does_not_rename():
    answer = asked("PUT", f"{TASKS}/other", GOOD)
    assert answer.status == 400
    assert "a PUT does not rename" in answer.body["message"]


def test_no_two_operations_are_at_one_place():
    places = [(each.method, each.path) for each in OPERATIONS]
    assert len(places) == len(set(places))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("10 MINUTES", {"schedule_type": "MINUTES_TYPE", "minutes": 10}),
        ("90 SECONDS", {"schedule_type": "MINUTES_TYPE", "minutes": 1, "seconds": 30}),
        ("2 HOURS", {"schedule_type": "MINUTES_TYPE", "minutes": 120}),
        (
            "USING CRON 0 5 * * MON UTC",
            {"schedule_type": "CRON_TYPE", "cron_expr": "0 5 * * MON", "timezone": "UTC"},
        ),
        (None, None),
    ],
)
def test_a_schedule_is_told_as_bodies_have_it(text, told):
    assert schedule_told(text) == told
