"""How much memory an engine takes: by default, when told, and when told nonsense."""

from __future__ import annotations

import pytest

from sfdag_magics.engine.limits.budget import Budget, budget_from, machine_memory, size_text
from sfdag_magics.errors import MachineError

_GB = 1024**3


def test_without_a_word_it_is_forty_percent_of_the_machine():
    assert budget_from({}).memory == int(machine_memory() * 0.4)


@pytest.mark.parametrize(
    ("text", "memory"),
    [
        ("1GB", _GB),
        ("1.5 gib", _GB * 3 // 2),
        ("768M", _GB * 3 // 4),
        (str(_GB), _GB),
        ("50%", machine_memory() // 2),
    ],
)
def test_a_share_or_an_amount_can_be_named(text: str, memory: int):
    assert budget_from({"SFDAG_MEMORY": text}).memory == memory


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("much", "neither a share of the machine's memory nor an amount"),
        ("-1GB", "neither a share of the machine's memory nor an amount"),
        ("1MB", "at least 512 MB"),
        ("0%", "at least 512 MB"),
        ("101%", "this machine has"),
        ("900TB", "this machine has"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_what_to_say_instead(text: str, reason: str):
    with pytest.raises(MachineError, match=reason) as refused:
        budget_from({"SFDAG_MEMORY": text})
    assert text in refused.value.message
    assert "SFDAG_MEMORY=6GB" in (refused.value.hint or "")


def test_the_parts_leave_room_for_what_nobody_counts():
    budget = Budget(memory=8 * _GB)
    assert budget.duckdb + budget.result < budget.alarm < budget.memory


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (10, "10 bytes"),
        (1010 * 1024**2, "1,010 MB"),
        (3 * 1024**2, "3 MB"),
        (_GB * 12 // 5, "2.4 GB"),
    ],
)
def test_sizes_are_told_as_people_read_them(count: int, text: str):
    assert size_text(count) == text
