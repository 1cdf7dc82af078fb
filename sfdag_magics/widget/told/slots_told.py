"""A schedule's slots as a calendar, and what a backfill of them would run, as they travel. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, tzinfo

from sfdag_magics.client.backfilling.asked import Reprocess
from sfdag_magics.client.backfilling.lately import BackfillProposed, SlotsLately
from sfdag_magics.client.backfilling.slots_seen import SlotSeen
from sfdag_magics.errors import InputError
from sfdag_magics.graph.names import counted
from sfdag_magics.graph.times.slots import Slot, slot_text
from sfdag_magics.place_words import backfill_with, to_type
from sfdag_magics.render.plots.slot_calendar import foremost, legend_text, places
from sfdag_magics.widget.messages import PageBackfill, PageSlot, PageSlotMonth, PageSlots
from sfdag_magics.widget.told.shown_text import shown_text

_Place = tuple[date, str]


def page_slots(found: SlotsLately | None) -> PageSlots:
    """The answer to `SLOTS`."""
    if found is None or not found.seen:
        return {"says": _why_none(found), "months": [], "missing": []}
    cells: dict[_Place, list[SlotSeen]] = {}
    stand = places((each.slot for each in found.seen), found.zone)
    for place, each in zip(stand, found.seen, strict=True):
        cells.setdefault(place, []).append(each)
    missing = [each.slot for each in found.seen if each.state in Reprocess.MISSING.takes]
    counts = legend_text(each.state for each in found.seen)
    return {
        "says": f"{counted(len(found.seen), 'time')} at which the schedule was due, its slots, "
        f"in {found.zone_name}: {counts}",
        "months": _months({place: _cell(those, found) for place, those in cells.items()}),
        "missing": [_typed(missing[place], found.zone) for place in (0, -1)] if missing else [],
    }


def _why_none(found: SlotsLately | None) -> str:
    if found is None:
        return "the graph has no schedule there, or it cannot be seen now"
    return "no slot was due yet" if found.is_begun else "the schedule was never started"


def _months(cells: Mapping[_Place, PageSlot]) -> list[PageSlotMonth]:
    rows = sorted({row for _, row in cells})
    months: dict[str, list[date]] = {}
    for day in sorted({day for day, _ in cells}):
        months.setdefault(f"{day:%Y-%m}", []).append(day)
    return [
        {
            "title": month,
            "days": [day.day for day in days],
            "rows": rows,
            "cells": [[cells.get((day, row)) for day in days] for row in rows],
        }
        for month, days in months.items()
    ]


def _cell(those: Sequence[SlotSeen], found: SlotsLately) -> PageSlot:
    state = foremost(each.state for each in those)
    run = next((each.run for each in reversed(those) if each.state is state and each.run), None)
    first, last = those[0].slot, those[-1].slot
    zone = found.zone
    name = f"{slot_text(last, zone)} {found.zone_name}"
    said = f"{name}, {state.value}"
    if len(those) > 1:
        counts = legend_text(each.state for each in those)
        said = f"{slot_text(first, zone)} to {name}, {len(those)} slots: {counts}"
    return {
        "state": state.value,
        "look": state.shown_as.value,
        "run": run or "",
        "start": _typed(first, zone),
        "end": _typed(last, zone),
        "says": said,
    }


def _typed(slot: Slot, zone: tzinfo) -> str:
    """As START and END name it."""
    return slot_text(slot, zone).replace(" ", "T")


def page_backfill(
    proposed: Callable[[], BackfillProposed], completed: Callable[[str], str]
) -> PageBackfill:
    """The answer to `BACKFILL`; of a range that is none what is wrong with it."""
    line = completed(str(to_type("backfill")))
    try:
        found = proposed()
    except InputError as error:
        said = f"{error.message} ({error.hint})" if error.hint else error.message
        return {"title": "", "count": 0, "told": [], "problem": shown_text(said), "command": ""}
    return {
        "title": found.title,
        "count": found.count,
        "told": [completed(shown_text(each)) for each in found.told],
        "problem": "",
        "command": str(backfill_with(line, found.arguments, found.options)),
    }
