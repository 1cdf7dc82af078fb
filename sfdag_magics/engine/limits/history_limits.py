"""How much of the past one engine keeps. Knows numbers and where they come from, no runs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sfdag_magics.errors import MachineError
from sfdag_magics.light_classes import dataclass

#: For how many days a run that is over is kept, and how many of them at most.
DAYS_VARIABLE, RUNS_VARIABLE = "SFDAG_HISTORY_DAYS", "SFDAG_HISTORY_RUNS"
# Snowflake's own views of the past (ACCOUNT_USAGE) reach back for as long.
_DAYS, _RUNS = 365, 100_000
# TASK_HISTORY tells of seven days.
_FEWEST_DAYS, _MOST_DAYS = 7, 36_500
_FEWEST_RUNS, _MOST_RUNS = 100, 100_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLimits:
    """What is beyond either of them may go; each attempt of a run counts as one of `runs`."""

    days: int = _DAYS
    runs: int = _RUNS

    @property
    def age(self) -> timedelta:
        """How long ago a run may have ended."""
        return timedelta(days=self.days)

    def __str__(self) -> str:
        return f"{self.days} days or {self.runs:,} runs"


DEFAULT_LIMITS = HistoryLimits()


def limits_from(environment: Mapping[str, str]) -> HistoryLimits:
    """The limits that the environment asks for.

    Raises:
        MachineError: a variable holds no number, or one that is too small or too large.
    """
    return HistoryLimits(
        days=_number(environment, DAYS_VARIABLE, _DAYS, _FEWEST_DAYS, _MOST_DAYS),
        runs=_number(environment, RUNS_VARIABLE, _RUNS, _FEWEST_RUNS, _MOST_RUNS),
    )


def _number(environment: Mapping[str, str], name: str, usual: int, least: int, most: int) -> int:
    text = environment.get(name, "").strip()
    if not text:
        return usual
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else -1
    if not least <= number <= most:
        raise MachineError(
            f"the engine cannot start with {name}={text}:"
            f" it is not a whole number from {least:,} to {most:,}",
            hint=f"name one, such as {name}={usual}, or leave it out",
        )
    return number
