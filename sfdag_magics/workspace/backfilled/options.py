"""What a program asks a backfill for, read and checked. Knows no target."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TypedDict, cast

from sfdag_magics.client.backfilling.asked import Asked, Reprocess
from sfdag_magics.errors import InputError
from sfdag_magics.graph.arguments.option_values import AMOUNT, FLAG, TEXT, options_problem
from sfdag_magics.place_words import RANGE


class BackfillOptions(TypedDict, total=False):
    """Which slots of a range are run, and how.

    Attributes:
        every: a slot's length, or a cron expression with its zone; else the graph's schedule.
        reprocess: `missing`; `failed`, those too; `all`, whatever ran.
        max_active: how many runs at once, where the graph's may overlap; else one.
        newest_first: the newest slot first.
    """

    every: str | None
    reprocess: str
    max_active: int
    newest_first: bool


_TAKES = {"every": TEXT, "reprocess": TEXT, "max_active": AMOUNT, "newest_first": FLAG}
_WHICH = [each.value for each in Reprocess]


def backfill_from(
    start: str | date | None, end: str | date | None, options: BackfillOptions
) -> Asked:
    """What is asked for.

    Raises:
        InputError: there is no such option, or a value is of another type.
    """
    for name, moment in (("start", start), ("end", end)):
        if not isinstance(moment, str | date | None):
            raise InputError(f"backfill: {name} is no date and no text: {moment!r}", hint=RANGE)
    if wrong := options_problem(cast("Mapping[str, object]", options), _TAKES):
        raise InputError(f"backfill: {wrong[0]}", hint=wrong[1])
    reprocess = options.get("reprocess", Reprocess.MISSING)
    if reprocess not in _WHICH:
        raise InputError(
            f"backfill: reprocess is {reprocess!r}", hint=f"one of {', '.join(_WHICH)}"
        )
    return Asked(
        start=start,
        end=end,
        every=options.get("every"),
        reprocess=Reprocess(reprocess),
        most=options.get("max_active", 1),
        newest_first=options.get("newest_first", False),
    )
