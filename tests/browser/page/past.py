"""Runs of the days before, for views that show more than one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.render.builders import NOON, run


def earlier(shape, *failed, count=4):
    """So many runs, one a day, the newest first; those whose numbers are given failed."""
    return [_earlier(shape, number, is_failed=number in failed) for number in range(count, 0, -1)]


def _earlier(shape, number, *, is_failed):
    names = [node.name for node in shape.nodes]
    states = dict.fromkeys(names, "succeeded")
    if is_failed:
        states.update(dict.fromkeys(names[1:], "blocked"), **{names[1]: "failed"})
    made = run(shape, **states)
    begun = NOON - timedelta(days=10 - number)
    config = {"day": f"{begun:%Y-%m-%d}", "rows": 10}
    return replace(
        made,
        group_id=f"{number:08}-run",
        begun=begun,
        started=begun,
        completed=begun + timedelta(seconds=100 + number),
        config=config,
        differs={"day": config["day"]},
        code=dict.fromkeys(names, f"{number:02}" * 32),
    )
