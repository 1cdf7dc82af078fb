"""The form of a graph that stays in the saved notebook: HTML that needs no script and no network,
and the same as plain text for whatever shows no HTML.

Measured (JupyterLab 4.6, nbconvert): an untrusted notebook drops `image/svg+xml` and strips inline
SVG, but keeps an image given as a `data:` address. So the picture travels as one; the line and the
table below it say the same in text.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import UTC, datetime

from sfdag_magics.graph.names import counted
from sfdag_magics.graph.states import DisplayState
from sfdag_magics.graph.times.moments import dated_text
from sfdag_magics.render.layout import layout
from sfdag_magics.render.run_seen import RunSeen, TaskSeen, headline, task_note, which_run
from sfdag_magics.render.shape import Shape
from sfdag_magics.render.shown_static import Kept, shown_html, shown_lines
from sfdag_magics.render.sight import Sight
from sfdag_magics.render.svg import elided, escaped, svg
from sfdag_magics.render.text import graph_text, plain

#: Rows of the table; of a larger graph the tasks that need a look come first.
ROWS = 30
#: How much of an error or a return value stands in the table, in pixels at 11 px.
DETAIL_WIDTH = 560

#: By it a live view in the same output knows what it makes redundant, and hides it meanwhile.
STATIC_CLASS = "sfdag-static"

#: Notebooks set table cells to the right, as for numbers.
_LEFT = ' style="text-align:left"'

_TROUBLE_FIRST = (
    DisplayState.FAILED,
    DisplayState.CANCELLED,
    DisplayState.RUNNING,
    DisplayState.RETRYING,
    DisplayState.UNKNOWN,
)


def static_bundle(
    shape: Shape,
    run: RunSeen | None = None,
    *,
    now: datetime | None = None,
    unseen: str = Sight.CLEAR.plain,
    shown: Sequence[Kept] = (),
) -> dict[str, str]:
    """`{MIME type: its form}` of a graph and a run, for one output.

    Args:
        unseen: what is said where there is no run to show.
        shown: what its tasks showed, as much as is kept of it.
    """
    now = now or datetime.now(UTC)
    text = _plain(shape, run, now, unseen)
    return {
        "text/html": static_html(shape, run, now=now, unseen=unseen, shown=shown),
        "text/plain": "\n".join([text, *map(plain, shown_lines(shown))]),
    }


def _plain(shape: Shape, run: RunSeen | None, now: datetime, unseen: str) -> str:
    text = graph_text(shape, run, now=now, unseen=unseen)
    return f"{text}\n{plain(_which(run, now))}" if run is not None else text


def static_html(
    shape: Shape,
    run: RunSeen | None = None,
    *,
    now: datetime | None = None,
    unseen: str = Sight.CLEAR.plain,
    shown: Sequence[Kept] = (),
) -> str:
    """The picture of `shape` with the states of `run`, one line of text and a small table."""
    now = now or datetime.now(UTC)
    if not shape.nodes:
        name = escaped(shape.name)
        said = f"<b>{name}</b>: no tasks here, {escaped(unseen)}."
        return f'<div class="{STATIC_CLASS}"><p>{said}</p></div>'
    picture = svg(shape, layout(shape), run, now=now)
    encoded = base64.b64encode(picture.encode()).decode()
    line = _line(shape, run, now, unseen)
    return (
        f'<div class="{STATIC_CLASS}"><img src="data:image/svg+xml;base64,{encoded}" alt="{line}" '
        f'style="max-width:100%;height:auto">'
        f"<p><b>{escaped(shape.name)}</b> {line}</p>{_table(shape, run, now) if run else ''}"
        f"{shown_html(shown)}</div>"
    )


def _line(shape: Shape, run: RunSeen | None, now: datetime, unseen: str) -> str:
    if run is None:
        return escaped(f"{counted(len(shape.nodes), 'task')}, {unseen}")
    return escaped(f"{headline(run, now=now)} · {_which(run, now)}")


def _which(run: RunSeen, now: datetime) -> str:
    """Which run it is; of one that goes on, when it was so: the picture is read later."""
    return which_run(run) if run.completed else f"{which_run(run)} · as of {dated_text(now)}"


def _table(shape: Shape, run: RunSeen, now: datetime) -> str:
    names = [node.name for node in shape.nodes if node.name in run.tasks]
    if len(names) > ROWS:
        names = _worst_first(names, run)[:ROWS]
    rows = "".join(_row(name, run.tasks[name], now) for name in names)
    more = len(shape.nodes) - len(names)
    rest = f"<p>and {more} more tasks</p>" if more else ""
    head = "".join(
        f"<th{_LEFT}>{title}</th>" for title in ("Task", "State", "Started (UTC)", "Detail")
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{rest}"


def _worst_first(names: list[str], run: RunSeen) -> list[str]:
    rank = {state: index for index, state in enumerate(_TROUBLE_FIRST)}
    return sorted(names, key=lambda name: rank.get(run.tasks[name].state, len(rank)))


def _row(name: str, task: TaskSeen, now: datetime) -> str:
    started = dated_text(task.started).removesuffix(" UTC") if task.started else ""
    detail = task.reason or task.return_value or ""
    cells = (
        elided(name, width=DETAIL_WIDTH, size=11),
        f"{task.state.glyph} {task_note(task, now=now)}",
        started,
        elided(detail, width=DETAIL_WIDTH, size=11),
    )
    return "<tr>" + "".join(f"<td{_LEFT}>{escaped(cell)}</td>" for cell in cells) + "</tr>"
