"""The finalizer that tells of a failure: whom, by what, and what it says on a real engine."""

import pytest

from sfdag_magics import TaskGraph, failure_notice, sftask
from sfdag_magics.errors import InputError
from sfdag_magics.graph.failure_notice import integrations_of, is_notice


def test_integrations_and_addresses_stand_in_its_body_as_sql_reads_them():
    task = failure_notice("it's", ["ops", '"O\'Mail"', "ann@x.org"])
    assert task.finalizer
    assert is_notice(task)
    to = ":subject, ARRAY_CONSTRUCT('ann@x.org'))"
    assert integrations_of(task) == ("OPS", "O'Mail")
    assert f"EMAIL_INTEGRATION_CONFIG('OPS', {to}" in task.body
    assert f"EMAIL_INTEGRATION_CONFIG('\"O''Mail\"', {to}" in task.body
    assert "INTEGRATION('HOOK')" in failure_notice("g", ["hook"]).body
    assert "'it''s failed'" in task.body


@pytest.mark.parametrize("to", [["ann@x.org"], ["ops", "ann@x"], ["a b"], ["db.ops"], ["ops", "@"]])
def test_what_is_no_integration_and_no_address_is_refused(to):
    with pytest.raises(InputError) as raised:
        failure_notice("g", to)
    assert raised.value.hint


@pytest.mark.slow
def test_it_tells_of_a_failure_with_its_reason_and_of_a_success_nothing(sfdag_target):
    sfdag_target.session.sql(
        "CREATE OR REPLACE NOTIFICATION INTEGRATION OPS TYPE = EMAIL ENABLED = TRUE "
        "ALLOWED_RECIPIENTS = ('ann@x.org')"
    ).collect()
    graph = TaskGraph("Noted")

    @sftask(graph=graph)
    def load(*, fails: bool) -> None:
        if fails:
            raise ValueError("no 'rows' {x}")

    graph.add(failure_notice(graph.name, ["ops", "ann@x.org"]))
    failed = sfdag_target.run(graph, config={"fails": True})
    assert failed.wait(timeout=120).tasks["tell_of_failure"].state == "succeeded"
    (line,) = sfdag_target.logs("tell_of_failure", run=failed)
    assert line.message.startswith("Not sent, by integration OPS to ann@x.org: Noted failed\n")
    assert f"Noted failed, run {failed.group_id}\nNOTED$LOAD: " in line.message
    assert "ValueError: no 'rows' {x}" in line.message
    good = sfdag_target.run(graph, config={"fails": False})
    good.result(timeout=120)
    assert sfdag_target.logs("tell_of_failure", run=good) == ()

    own = TaskGraph("Own")
    tell = failure_notice(own.name, ["ops", "ann@x.org"]).body
    sftask(load, graph=own)

    @sftask(graph=own, finalizer=True)
    def books(session) -> None:
        session.sql(tell).collect()

    failed = sfdag_target.run(own, config={"fails": True})
    assert failed.wait(timeout=120).tasks["books"].state == "succeeded"
    (line,) = sfdag_target.logs("books", run=failed)
    assert line.message.startswith("Not sent, by integration OPS")
    assert "OWN$LOAD: " in line.message


@pytest.mark.parametrize("to", ["OPS", [], ["OPS", 3], None])
def test_whom_it_tells_is_a_list_of_texts(to):
    with pytest.raises(InputError, match="is no list of names of integrations and addresses"):
        failure_notice("g", to)


def test_beside_another_finalizer_it_says_how_that_one_tells():
    graph = TaskGraph("g")

    def tidy(): ...

    sftask(tidy, name="load", graph=graph)
    sftask(tidy, finalizer=True, graph=graph)
    graph.add(failure_notice("g", ["ops"]))
    (problem,) = graph.validate()
    assert (problem.task, "--notify" in problem.message) == ("tidy", True)
    assert problem.hint.endswith("tidy tells itself by the text of failure_notice(…).body")
