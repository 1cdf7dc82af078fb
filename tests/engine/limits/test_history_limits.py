"""How much of the past is kept: what the environment may say of it, and what it may not."""

import pytest

from sfdag_magics.engine.limits.history_limits import HistoryLimits, limits_from
from sfdag_magics.errors import MachineError


@pytest.mark.parametrize(
    ("environment", "limits"),
    [
        ({}, HistoryLimits(days=365, runs=100_000)),
        ({"SFDAG_HISTORY_DAYS": ""}, HistoryLimits()),
        ({"SFDAG_HISTORY_DAYS": " 30 "}, HistoryLimits(days=30)),
        ({"SFDAG_HISTORY_RUNS": "100"}, HistoryLimits(runs=100)),
        (
            {"SFDAG_HISTORY_DAYS": "7", "SFDAG_HISTORY_RUNS": "5000"},
            HistoryLimits(days=7, runs=5000),
        ),
    ],
)
def test_the_environment_sets_them(environment, limits):
    assert limits_from(environment) == limits


@pytest.mark.parametrize("name", ["SFDAG_HISTORY_DAYS", "SFDAG_HISTORY_RUNS"])
@pytest.mark.parametrize("text", ["0", "6", "-7", "1e3", "a week", "12.5", "٣٠", "9" * 5000])
def test_what_is_no_number_of_them_is_refused_by_name(name, text):
    with pytest.raises(MachineError, match=f"cannot start with {name}=") as refused:
        limits_from({name: text})
    assert f"{name}=" in refused.value.hint
