"""Answers what changes nothing: details, sheets, two runs beside each other. Knows no page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sfdag_magics.client.observing.intentions import Edited
from sfdag_magics.client.observing.proposals import Chosen, RetryCode, RetryWay
from sfdag_magics.errors import InputError
from sfdag_magics.place_words import PARTS, SHOW
from sfdag_magics.widget.asked.choosing import chosen_of
from sfdag_magics.widget.asked.reading import READS, Look, answered
from sfdag_magics.widget.held.actions import Actions
from sfdag_magics.widget.held.feed import Followed
from sfdag_magics.widget.held.standing import ViewStanding
from sfdag_magics.widget.messages import Ask, Request
from sfdag_magics.widget.told.past_runs import PastRuns
from sfdag_magics.widget.told.sheets import page_again, page_form, page_plan
from sfdag_magics.widget.told.slots_told import page_backfill, page_slots

_SHEETS = frozenset({Ask.FORM, Ask.AGAIN, Ask.PLAN, Ask.BACKFILL})
#: What has an answer.
ANSWERED = READS | _SHEETS | {Ask.COMPARE, Ask.SLOTS}


def answer(
    request: Request, shown: ViewStanding, *, actions: Actions, past: PastRuns
) -> Mapping[str, Any]:
    """The answer to one of `ANSWERED`, of the view as it is.

    Raises:
        SfdagError: there is none.
    """
    if request.ask is Ask.COMPARE:
        return past.compared(request.runs, shown.seen, actions.parameters)
    if request.ask is Ask.SLOTS:
        return page_slots(actions.slots() if actions.slots is not None else None)
    if request.ask in _SHEETS:
        return _proposed(request, shown, actions=actions, past=past)
    look = Look(
        shape=shown.shape,
        seen=shown.seen,
        run=shown.run,
        actions=actions,
        completed=shown.completed,
    )
    return answered(request, look)


def _proposed(
    request: Request, shown: ViewStanding, *, actions: Actions, past: PastRuns
) -> Mapping[str, Any]:
    """What stands in the sheet of an action before anybody agrees to it."""
    seen, completed = shown.seen, shown.completed
    if request.ask is Ask.FORM and actions.form is not None:
        made = actions.form(request.values, seen, request.whole)
        return page_form(made, completed, _part(request.text))
    if request.ask is Ask.BACKFILL and (proposed := actions.backfill) is not None:
        return page_backfill(lambda: proposed(request.values), completed)
    if request.ask is Ask.PLAN and actions.plan is not None:
        return page_plan(actions.plan(), completed)
    if request.ask is Ask.AGAIN and seen is not None and actions.retry is not None:
        shown.check(request.runs)
        along, chosen = _along(shown.run, actions), chosen_of(request, shown.shape)
        return page_again(
            seen,
            along,
            past.usual,
            config=actions.config(),
            code=request.code,
            completed=completed,
            cell_of=actions.cell_of,
            way=_way(shown.run, actions, chosen, along),
        )
    raise InputError("this view cannot do that", hint=SHOW)


def _part(said: str) -> tuple[str, str] | None:
    """Which part of the graph a page says that runs, such as `only train`; None of all of it."""
    way, _, name = said.partition(" ")
    return (way, name) if way in PARTS else None


def _way(run: Followed | None, actions: Actions, chosen: Chosen, along: Edited) -> RetryWay:
    """By what a retry goes on; asked where that may not be by the service's own."""
    altered = along.altered and chosen.code is RetryCode.CURRENT
    of_then = chosen.code is RetryCode.ORIGINAL
    if run is None or actions.way is None or not (chosen.is_more or altered or of_then):
        return RetryWay()
    try:
        return actions.way(run, chosen)
    except InputError as error:
        said = f"{error.message} ({error.hint})" if error.hint else error.message
        return RetryWay(problem=said)


def _along(run: Followed | None, actions: Actions) -> Edited:
    """What a retry takes along of the notebook."""
    return actions.again(run) if run is not None and actions.again is not None else actions.edited()
