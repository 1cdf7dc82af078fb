"""A schedule's slots as a calendar, and a backfill as it is proposed. Knows shapes of messages."""

from __future__ import annotations

from typing import TypedDict


class PageSlot(TypedDict):
    """What stands in one place of a calendar: a slot, or several where there are too many.

    Attributes:
        state: a `SlotState`; of several what needs a look first.
        look: the state whose glyph and colours it has.
        run: the id of the run that says so; empty where there is none.
        start, end: the first and the last of its slots, as they are typed.
        says: which slot it is and what became of it, in words.
    """

    state: str
    look: str
    run: str
    start: str
    end: str
    says: str


class PageSlotMonth(TypedDict):
    """A month that has slots: its days, and for each time of a day what stands in each of them."""

    title: str
    days: list[int]
    rows: list[str]
    cells: list[list[PageSlot | None]]


class PageSlots(TypedDict):
    """The answer to `SLOTS`.

    Attributes:
        says: how many slots are in which state, or why there are none.
        missing: the first and the last that a backfill would run, as they are typed; empty where
            there is none.
    """

    says: str
    months: list[PageSlotMonth]
    missing: list[str]


class PageBackfill(TypedDict):
    """The answer to `BACKFILL`: what it would run, how many slots; or what is wrong with it."""

    title: str
    count: int
    told: list[str]
    problem: str
    command: str
