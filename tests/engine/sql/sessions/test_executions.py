"""The statements of one session: what becomes of one that does not hear that it must end."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.sql.sessions.executions import Execution, Executions, Limits

_WHY = SqlError("its time is over.", code=630, sqlstate="57014")


class Watch:
    """Looks at nothing by itself."""

    def now(self) -> float:
        return 0.0

    def began(self, execution: Execution):
        """Nothing to do."""

    def ended(self, execution: Execution):
        """Nothing to do."""

    def is_crowded(self) -> bool:
        return False


@pytest.fixture
def executions() -> Executions:
    return Executions(threading.RLock(), lambda: None, Watch(), Limits)


def carry_out(
    executions: Executions,
    work: Callable[[Execution], object],
    unheard: Callable[[SqlError], None] | None = None,
) -> None:
    with executions.begun("statement", unheard=unheard) as execution, executions.turn(execution):
        work(execution)


def be_deaf(execution: Execution) -> None:
    execution.end(_WHY)
    execution.give_up(_WHY)
    execution.give_up(_WHY)


def test_a_statement_that_was_given_up_has_failed_even_if_it_comes_to_its_end(
    executions: Executions,
):
    told: list[SqlError] = []
    with pytest.raises(SqlError, match="its time is over"):
        carry_out(executions, be_deaf, told.append)
    assert told == [_WHY]


def test_a_statement_nobody_could_be_told_about_comes_to_its_end(executions: Executions):
    carry_out(executions, be_deaf)


def take_effect(executions: Executions, execution: Execution, *, end_it: str) -> None:
    if end_it == "before":
        be_deaf(execution)
    with executions.effect():
        if end_it == "during":
            be_deaf(execution)
    if end_it == "after":
        be_deaf(execution)


@pytest.mark.parametrize("end_it", ["during", "after"])
def test_what_takes_effect_is_neither_ended_nor_given_up(executions: Executions, end_it: str):
    told: list[SqlError] = []
    carry_out(executions, lambda it: take_effect(executions, it, end_it=end_it), told.append)
    assert told == []


@pytest.mark.parametrize("end_it", [be_deaf, lambda execution: execution.end(_WHY)])
def test_what_was_ended_does_not_take_effect(
    executions: Executions, end_it: Callable[[Execution], None]
):
    entered: list[str] = []

    def work(execution: Execution) -> None:
        end_it(execution)
        with executions.effect():
            entered.append("effect")

    with pytest.raises(SqlError, match="its time is over"):
        carry_out(executions, work, lambda _: None)
    assert entered == []


def test_an_effect_that_failed_can_be_ended(executions: Executions):
    told: list[SqlError] = []

    def work(execution: Execution) -> None:
        with pytest.raises(ValueError, match="conflict"), executions.effect():
            raise ValueError("conflict")
        be_deaf(execution)

    with pytest.raises(SqlError, match="its time is over"):
        carry_out(executions, work, told.append)
    assert told == [_WHY]


def test_a_commit_for_another_statement_is_not_the_effect(executions: Executions):
    told: list[SqlError] = []

    def work(execution: Execution) -> None:
        with executions.effect(own=False):
            be_deaf(execution)
            assert told == []
        be_deaf(execution)

    with pytest.raises(SqlError, match="its time is over"):
        carry_out(executions, work, told.append)
    assert told == [_WHY]


def test_what_does_more_than_a_commit_is_waited_for(executions: Executions):
    told: list[SqlError] = []

    def work(execution: Execution) -> None:
        executions.await_end(execution)
        be_deaf(execution)

    carry_out(executions, work, told.append)
    assert told == []


def test_a_script_is_given_up_for_the_statement_in_it(executions: Executions):
    told: list[SqlError] = []

    def script() -> None:
        with executions.begun("script", unheard=told.append) as script:
            script.opens = True
            be_deaf(script)
            assert told == []  # nothing in it is deaf
            carry_out(executions, lambda _: be_deaf(script))

    with pytest.raises(SqlError, match="its time is over"):
        script()
    assert told == [_WHY]


@pytest.mark.parametrize("part", ["is_awaited", "has_effect"])
def test_not_while_something_in_it_may_be_done(executions: Executions, part: str):
    told: list[SqlError] = []
    with executions.begun("script", unheard=told.append) as script:
        script.opens = True

        def work(inner: Execution) -> None:
            setattr(inner, part, True)
            be_deaf(script)

        carry_out(executions, work)
    assert told == []


def test_what_a_worker_sent_has_no_effect_once_its_call_was_ended(executions: Executions):
    said: list[SqlError] = []

    def from_the_worker() -> None:
        try:
            with executions.begun("inner"):
                ended.wait(timeout=30)
                with executions.effect():
                    pytest.fail("it took effect")
        except SqlError as error:
            said.append(error)

    ended = threading.Event()
    worker = threading.Thread(target=from_the_worker)
    with executions.begun("call") as call:
        call.opens = True
        worker.start()
        while len(executions._all) < 2:
            """It begins."""
        call.ended_by = _WHY
    ended.set()
    worker.join(timeout=30)
    assert [error.code for error in said] == [630]


@pytest.mark.parametrize("opens", [False, True], ids=["statement", "script"])
def test_what_has_just_ended_is_not_given_up(executions: Executions, *, opens: bool):
    told: list[SqlError] = []
    with executions.begun("ended", unheard=told.append) as execution:
        execution.opens = opens
    be_deaf(execution)
    assert told == []


def test_what_took_effect_is_not_interrupted_any_more():
    interrupts: list[str] = []
    watched = Executions(threading.RLock(), lambda: interrupts.append("now"), Watch(), Limits)
    carry_out(watched, lambda it: take_effect(watched, it, end_it="after"))
    assert interrupts == []


@pytest.mark.parametrize("part", ["effect", "undisturbed"])
def test_a_commit_and_what_is_undone_are_not_interrupted(part: str):
    interrupts: list[str] = []
    watched = Executions(threading.RLock(), lambda: interrupts.append("now"), Watch(), Limits)

    def work(execution: Execution) -> None:
        with watched.effect(own=False) if part == "effect" else watched.undisturbed():
            be_deaf(execution)
            assert interrupts == []
        be_deaf(execution)

    carry_out(watched, work)
    assert interrupts == ["now"]


def test_what_waits_behind_it_says_so_when_its_own_time_is_over(executions: Executions):
    said: list[SqlError] = []

    def be_waited_for(execution: Execution) -> None:
        be_deaf(execution)
        waiting = threading.Thread(target=wait_for_a_turn, args=(executions, said))
        waiting.start()
        waiting.join(timeout=30)

    with pytest.raises(SqlError):
        carry_out(executions, be_waited_for, lambda _: None)
    assert [(error.code, error.sqlstate) for error in said] == [(630, "57014")]
    assert said[0].message.startswith("its time is over. It waited for an earlier statement")
    assert said[0].message.endswith("Use another session meanwhile.")


def wait_for_a_turn(executions: Executions, said: list[SqlError]) -> None:
    try:
        with executions.begun("next") as execution:
            execution.end(_WHY)
            with executions.turn(execution):
                pytest.fail("it was another one's turn")
    except SqlError as error:
        said.append(error)
