"""What the drawer asks: a task's detail, logs, what was shown, as they travel to the page.

Knows what bounds an answer: a page is never sent more than it can show.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from sfdag_magics.client.code.cells_now import CellNow, Line, error_now, label_now
from sfdag_magics.client.code.differing_lines import Against, CodeAsk, ComparedLine, Mark
from sfdag_magics.client.observing.shown import Shown, ShownKind
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.client.observing.traces.log_window import LEVELS, LogAsk, LogWindow
from sfdag_magics.client.parts.frames_there import why_gone
from sfdag_magics.graph.displayed import size_text
from sfdag_magics.graph.times.moments import moment_text
from sfdag_magics.light_classes import dataclass
from sfdag_magics.render.shape import Shape
from sfdag_magics.widget.held.actions import Actions
from sfdag_magics.widget.held.feed import Followed
from sfdag_magics.widget.messages import Ask, Request
from sfdag_magics.widget.told.data_told import OfThen
from sfdag_magics.widget.told.detail import logs_command, task_detail
from sfdag_magics.widget.told.page_state import milliseconds
from sfdag_magics.widget.told.shown_text import shown_text

#: The last lines are sent, and for a file to keep so many more, of so many characters at most.
LOG_LINES, WHOLE_LINES, WHOLE_LENGTH = 300, 20_000, 4_000_000
#: A text that is shown is seen to its first characters; `run.shown` has the rest.
TEXT_LENGTH = 20_000
_MOST_SEARCHED = 200
#: Of code so many lines, and of each so many characters.
CODE_LINES, LINE_LENGTH = 2000, 1000

#: What is read for the page and changes nothing.
READS = frozenset({Ask.DETAIL, Ask.LOGS, Ask.SHOWN, Ask.CODE, Ask.TABLES})


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a view shows at the moment it is asked."""

    shape: Shape
    seen: RunSnapshot | None
    run: Followed | None
    actions: Actions
    completed: Callable[[str], str]

    def name(self, task: int | None) -> str | None:
        """The name of the task that a page means; None of one that there is not."""
        nodes = self.shape.nodes
        return nodes[task].name if task is not None and 0 <= task < len(nodes) else None


def answered(request: Request, look: Look) -> dict[str, Any]:
    """The answer to one of `READS`; empty where what is asked for does not exist.

    Raises:
        SfdagError: it cannot be read.
    """
    if request.ask is Ask.LOGS:
        return _log(request, look)
    name = look.name(request.task)
    if name is None:
        return {}
    match request.ask:
        case Ask.DETAIL:
            return _detail(name, look)
        case Ask.CODE:
            return _code(name, request, look)
        case Ask.TABLES:
            return _tables(name, request, look)
    return _shown(name, request, look)


def _detail(name: str, look: Look) -> dict[str, Any]:
    run, actions = look.run, look.actions
    told = partial(actions.code, run) if actions.code is not None and run is not None else None
    return task_detail(
        name,
        look.seen,
        look.completed,
        attempts=actions.attempts(run, name) if run is not None else (),
        parameters=actions.parameters,
        then=OfThen(
            elements=partial(actions.elements, run), defaults=partial(actions.defaults, run)
        )
        if run is not None
        else OfThen(),
        code=told,
        page=actions.page,
        ran_with=partial(actions.ran_with, run) if run is not None else None,
        takes=actions.takes,
        missed=actions.missed,
        changes=partial(actions.changes, run) if run is not None else None,
        cancelled=partial(actions.cancelled, run) if run is not None else None,
        by_others=actions.edited().by_others,
    )


def _log(request: Request, look: Look) -> dict[str, Any]:
    asked = request.tasks if request.task is None else (request.task,)
    names = tuple(name for name in map(look.name, asked) if name is not None)
    if request.task is None and look.seen is not None:  # of several some may be newer than the run
        names = tuple(name for name in names if name in look.seen.tasks)
    if look.run is None or look.actions.logs is None or (asked and not names):
        return {}
    window = look.actions.logs(look.run, names, request.attempt, log_asked(request))
    of = names[0] if len(names) == 1 else "TASK"
    return log_told(
        window,
        why_none="" if window.total else look.actions.no_logs(look.run),
        command=look.completed(str(logs_command(of, look.seen))),
        cells=look.actions.cells(),
    )


def _shown(name: str, request: Request, look: Look) -> dict[str, Any]:
    if look.run is None or look.actions.shown is None:
        return {}
    return shown_told(look.actions.shown(look.run, name, request.attempt))


def _code(name: str, request: Request, look: Look) -> dict[str, Any]:
    if look.run is None or look.actions.lines is None or request.against not in set(Against):
        return {}
    ask = CodeAsk(against=Against(request.against), attempt=request.attempt, runs=request.runs)
    return code_told(look.actions.lines(look.run, name, ask), look.actions.cells())


def _tables(name: str, request: Request, look: Look) -> dict[str, Any]:
    if look.run is None or look.actions.rows is None:
        return {}
    if request.text:
        return shown_told([look.actions.rows(look.run, name, request.text)])
    found = look.actions.tables(look.run, name)
    gone = "" if found or look.seen is None else why_gone(look.seen, name)
    return {
        "tables": [[each.said, str(each.name), each.rows] for each in found],
        "gone": shown_text(gone),
    }


def code_told(lines: Sequence[ComparedLine], cells: Sequence[CellNow] = ()) -> dict[str, Any]:
    """Code as it travels: at each line its mark, its number, its text and where it was written.

    Args:
        cells: as they are now: one that only has another number by now is told by that.
    """
    seen = lines[:CODE_LINES]
    stood: dict[str, list[Line]] = {}
    for each in seen:
        if each.mark is not Mark.GONE:
            stood.setdefault(each.place, []).append((each.number, each.text))
    now = {place: label_now(place, those, cells) for place, those in stood.items()}
    return {
        "lines": [
            [
                *(each.mark.value, each.number, shown_text(each.text[:LINE_LENGTH])),
                now.get(each.place, each.place),
            ]
            for each in seen
        ],
        "left": len(lines) - len(seen),
    }


def log_asked(request: Request) -> LogAsk:
    """What of a log a page wants; words that are no level ask for all of them."""
    return LogAsk(
        text=request.text[:_MOST_SEARCHED],
        level=request.level if request.level in LEVELS else "",
        most=WHOLE_LINES if request.whole else LOG_LINES,
        only=request.only,
    )


def log_told(
    window: LogWindow, *, why_none: str, command: str, cells: Sequence[CellNow] = ()
) -> dict[str, Any]:
    """A window as it travels.

    Args:
        why_none: the end of a sentence about a task, for a log without a line.
        command: what shows the whole log.
        cells: as they are now: tracebacks in it name them so.
    """
    lines: list[list[Any]] = []
    room = WHOLE_LENGTH
    for task, line in reversed(window.lines):
        text = shown_text(error_now(line.message, cells))
        room -= len(text)
        if room < 0:
            break
        lines.append([milliseconds(line.time), line.severity, task, text])
    return {
        "lines": lines[::-1],
        "total": window.total,
        "found": window.found,
        "none": why_none,
        "command": command,
    }


def shown_told(found: Sequence[Shown]) -> dict[str, Any]:
    """What was shown as it travels, in the order in which it was, as in the saved notebook."""
    return {"shown": [_told(each) for each in found]}


def _told(each: Shown) -> dict[str, Any]:
    made = moment_text(each.made, now=each.made) if each.made else ""
    what = (
        str(each.kind)
        if each.kind is not ShownKind.TABLE or each.total is None
        else (f"table · {each.total:,} rows")
    )
    size = size_text(each.size)
    if each.cut and not each.size:  # of what was too large nothing is left to be described
        what = size = ""
    attempt = f"attempt {each.attempt}"
    return {
        "name": shown_text(each.name),
        "kind": each.kind.value,
        "note": " · ".join(filter(None, (what, size, attempt, made))),
        "cut": shown_text(each.cut),
        "mime": each.mime,
        "data": base64.b64encode(each.data).decode(),
        "text": each.text if each.kind is ShownKind.HTML else shown_text(each.text[:TEXT_LENGTH]),
        "columns": [[shown_text(name), is_number] for name, is_number in each.columns],
        "rows": [[shown_text(cell) for cell in row] for row in each.rows],
    }
