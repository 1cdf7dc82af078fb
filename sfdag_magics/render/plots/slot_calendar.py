"""A calendar of slots: days by columns, times of the day by rows, a sign for each slot's state.

As text, and as HTML without style sheets, as code hosts take them away. Pure: knows no history.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, tzinfo

from sfdag_magics.graph.states import SlotState
from sfdag_magics.graph.times.slots import Slot, clock_of, day_of
from sfdag_magics.render.palette import LOOKS
from sfdag_magics.render.svg import escaped

#: A day with more times than that is told by its hours, each by what needs a look first.
_MOST_ROWS = 24
#: What is shown where a cell has several slots: the first of these that one of them is.
_FIRST = (
    *(SlotState.FAILED, SlotState.CANCELLED, SlotState.MISSING, SlotState.RUNNING),
    *(SlotState.UNKNOWN, SlotState.SKIPPED, SlotState.SUCCEEDED),
)
#: One slot for each day and row: `{(day, row): what stands there}`.
_Cells = Mapping[tuple[date, str], SlotState]


def calendar_text(slots: Sequence[tuple[Slot, SlotState]], zone: tzinfo) -> str:
    """A block for each month: its days, and below them a row for each time of the day."""
    cells = _cells(slots, zone)
    rows = _rows(cells)
    width = max(map(len, rows), default=0)
    lines = []
    for month, days in _months(cells).items():
        lines.append(f"{month:<{max(width, 7)}}  " + " ".join(f"{day.day:>2}" for day in days))
        for row in rows:
            signs = " ".join(f"{_sign(cells.get((day, row))):>2}" for day in days)
            lines.append(f"{row:>{max(width, 7)}}  {signs}".rstrip())
    return "\n".join(lines)


def calendar_html(slots: Sequence[tuple[Slot, SlotState]], zone: tzinfo) -> str:
    """The same as a table for each month; a sign's title says slot and state in words."""
    cells = _cells(slots, zone)
    rows = _rows(cells)
    return "".join(_month_html(cells, rows, month, days) for month, days in _months(cells).items())


def legend_text(states: Iterable[SlotState]) -> str:
    """How many slots are in each state, with its sign: `✓ 8 succeeded · ○ 2 missing`."""
    counted = [*states]
    return " · ".join(
        f"{state.shown_as.glyph} {counted.count(state)} {state.value}"
        for state in SlotState
        if state in counted
    )


def places(slots: Iterable[Slot], zone: tzinfo) -> list[tuple[date, str]]:
    """For each slot the day and the row of the calendar in which it stands."""
    named = [(day_of(slot, zone), clock_of(slot, zone)) for slot in slots]
    is_crowded = len({clock for _, clock in named}) > _MOST_ROWS
    return [(day, _hour(clock) if is_crowded else clock) for day, clock in named]


def foremost(states: Iterable[SlotState]) -> SlotState:
    """What is shown where several slots stand in one place: what needs a look first."""
    return min(states, key=_FIRST.index)


def _cells(slots: Sequence[tuple[Slot, SlotState]], zone: tzinfo) -> _Cells:
    found: dict[tuple[date, str], SlotState] = {}
    stand = places((slot for slot, _ in slots), zone)
    for place, (_, state) in zip(stand, slots, strict=True):
        found[place] = foremost((found.get(place, state), state))
    return found


def _hour(clock: str) -> str:
    """The hour that ends with or after this time of a day: 05:00 is of the one that ends then."""
    hour, _, rest = clock.partition(":")
    return clock[:5] if not rest.strip("0:") else f"{int(hour) + 1:02}:00"


def _rows(cells: _Cells) -> list[str]:
    return sorted({row for _, row in cells})


def _months(cells: _Cells) -> Mapping[str, list[date]]:
    """`{month: its days that have slots}`, in order."""
    found: dict[str, list[date]] = {}
    for day in sorted({day for day, _ in cells}):
        found.setdefault(f"{day:%Y-%m}", []).append(day)
    return found


def _sign(state: SlotState | None) -> str:
    return "" if state is None else state.shown_as.glyph


def _month_html(cells: _Cells, rows: Sequence[str], month: str, days: Sequence[date]) -> str:
    head = "".join(f'<th scope="col"{_PLACED}>{day.day}</th>' for day in days)
    body = "".join(
        f'<tr><th scope="row"{_PLACED}>{row}</th>'
        + "".join(_cell_html(day, row, cells.get((day, row))) for day in days)
        + "</tr>"
        for row in rows
    )
    return (
        f'<table style="margin:4px 0"><thead><tr><th scope="col"{_PLACED}>{escaped(month)}</th>'
        f"{head}</tr></thead><tbody>{body}</tbody></table>"
    )


#: Notebooks set the cells of tables far apart, and at the right.
_PLACED = ' style="text-align:center;padding:3px 6px"'


def _cell_html(day: date, row: str, state: SlotState | None) -> str:
    if state is None:
        return f"<td{_PLACED}></td>"
    # The page's own colours: a sign is read in light and dark, its square is told by the border.
    look = LOOKS[state.shown_as]
    line = "double" if look.double else "dashed" if look.dash else "solid"
    box = (
        "display:inline-block;width:20px;line-height:18px;text-align:center;border-radius:4px;"
        f"border:{3 if look.double else 1}px {line} {look.light}"
    )
    said = f"{day} {row} {state.value}"
    return (
        f'<td{_PLACED}><span role="img" title="{said}" aria-label="{said}" style="{box}">'
        f"{_sign(state)}</span></td>"
    )
