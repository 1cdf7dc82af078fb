"""How long an engine waits for somebody: what the environment may say of it, and what not."""

import pytest

from sfdag_magics.engine.limits.idle_time import idle_minutes_from
from sfdag_magics.errors import MachineError


@pytest.mark.parametrize(("text", "minutes"), [("", 15), (" 30 ", 30), ("0", 0), ("0.5", 0.5)])
def test_the_environment_sets_it(text, minutes):
    assert idle_minutes_from({"SFDAG_IDLE_MINUTES": text}) == minutes
    assert idle_minutes_from({}) == 15


@pytest.mark.parametrize("text", ["abc", "-1", "nan", "inf", "15 minutes"])
def test_what_is_no_number_of_minutes_is_refused_by_name(text):
    with pytest.raises(MachineError, match=f"cannot start with SFDAG_IDLE_MINUTES={text}") as told:
        idle_minutes_from({"SFDAG_IDLE_MINUTES": text})
    assert "SFDAG_IDLE_MINUTES=15" in (told.value.hint or "")
