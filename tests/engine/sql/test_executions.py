"""The statements of one session: what becomes of one that does not hear that it must end."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from sfdag_magics.engine.answers import SqlError
from sfdag_magics.engine.sql.executions import Execution, Executions, Limits

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
