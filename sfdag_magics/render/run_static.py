"""What the form that stays in the saved notebook says of a run: which it is, why it failed, its
tasks one by one. Words and HTML without style sheets, as code hosts take them away; pure.
"""

from __future__ import annotations

import re
from datetime import datetime

from sfdag_magics.graph.names import counted
from sfdag_magics.graph.states import DisplayState, state_word
from sfdag_magics.graph.times.moments import dated_text
from sfdag_magics.render.run_seen import (
    FailedBeforeSeen,
    RunSeen,
    TaskSeen,
    duration_text,
    short_text,
    took,
    which_run,
)
from sfdag_magics.render.shape import Shape
from sfdag_magics.render.svg import elided, escaped

#: Rows of the table; of a larger graph the tasks that need a look come first.
ROWS = 30
#: How much of an error or a return value stands in the table, in pixels at 11 px.
DETAIL_WIDTH = 560
#: So many keys of the configuration are told, and so many failures.
MOST_KEYS, MOST_FAILURES = 8, 3

#: Notebooks set table cells to the right, as for numbers, and tables in the middle; marimo leaves
#: no room between cells.
LEFT, RIGHT = (f' style="text-align:{side};padding:4px 8px"' for side in ("left", "right"))
TABLE = '<table style="margin-left:0">'

_TROUBLE_FIRST = (
    DisplayState.FAILED,
    DisplayState.CANCELLED,
    DisplayState.RUNNING,
    DisplayState.RETRYING,
    DisplayState.UNKNOWN,
)
#: Of the table's columns those that are as wide as what stands in them.
_WORD, _NUMBER = (f'{side[:-1]};white-space:nowrap"' for side in (LEFT, RIGHT))
_COLUMNS = (
    *(("Task", _WORD), ("State", _WORD), ("Waited", _NUMBER), ("Ran", _NUMBER)),
    ("Returned", LEFT),
)
#: A frame of a cell in a traceback, as tasks write it.
_CELL_LINE = re.compile(r'File "(Cell \[\d+\])[^"]*", line (\d+)')


def dated_run(run: RunSeen, now: datetime, *, is_configured: bool = True) -> str:
    """Which run it is; of one that goes on, when it was so: the picture is read later."""
    which = which_run(run, is_configured=is_configured)
    return which if run.completed else f"{which} · as of {dated_text(now)}"


def configuration_html(run: RunSeen) -> str:
    """What the run was configured with, what is not the graph's own in bold; empty without any."""
    keys = sorted(run.config, key=lambda key: key not in run.differs)
    more = f" and {len(keys) - MOST_KEYS} more" if len(keys) > MOST_KEYS else ""
    return " ".join(_setting(key, run) for key in keys[:MOST_KEYS]) + more


def _setting(key: str, run: RunSeen) -> str:
    code = f"<code>{escaped(f'{key}={short_text(run.config[key])}')}</code>"
    return f"<b>{code}</b>" if key in run.differs else code


def failures_html(run: RunSeen) -> str:
    """Which tasks failed, why and where, and how many did not run because of it; before and now."""
    failed = [(name, task) for name, task in run.tasks.items() if task.state is DisplayState.FAILED]
    told = [_before(failure) for failure in run.failed_before[-MOST_FAILURES:]]
    told += [_failure(name, task) for name, task in failed[:MOST_FAILURES]]
    if len(failed) > MOST_FAILURES:
        told.append(f"and {len(failed) - MOST_FAILURES} more failed")
    blocked = sum(task.state is DisplayState.BLOCKED for task in run.tasks.values())
    if blocked:
        told.append(f"{counted(blocked, 'task')} did not run because of it")
    return f"<p>{'<br>'.join(told)}</p>" if told else ""


def _before(failure: FailedBeforeSeen) -> str:
    return f"attempt {failure.attempt}: {_failed(failure.task, failure.reason)}"


def _failure(name: str, task: TaskSeen) -> str:
    lines = _CELL_LINE.findall(task.error_message or "")
    where = f" · {lines[-1][0]}, line {lines[-1][1]}" if lines else ""
    return f"{_failed(name, task.reason)}{where}"


def _failed(name: str, reason: str) -> str:
    said = escaped(elided(reason, width=DETAIL_WIDTH, size=11))
    return f"{DisplayState.FAILED.glyph} <b>{escaped(name)}</b> failed: <code>{said}</code>"


def tasks_html(shape: Shape, run: RunSeen, now: datetime) -> str:
    """A row for each task: its state, how long it waited and ran, what it returned or says."""
    names = [node.name for node in shape.nodes if node.name in run.tasks]
    if len(names) > ROWS:
        names = _worst_first(names, run)[:ROWS]
    rows = "".join(_row(name, run.tasks[name], now, run.by_hand.get(name, "")) for name in names)
    more = len(shape.nodes) - len(names)
    rest = f"<p>and {more} more tasks</p>" if more else ""
    head = "".join(f"<th{side}>{title}</th>" for title, side in _COLUMNS)
    return f"{TABLE}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{rest}"


def _worst_first(names: list[str], run: RunSeen) -> list[str]:
    rank = {state: index for index, state in enumerate(_TROUBLE_FIRST)}
    return sorted(names, key=lambda name: rank.get(run.tasks[name].state, len(rank)))


def _row(name: str, task: TaskSeen, now: datetime, by_hand: str) -> str:
    """Args: by_hand: what a person said of it."""
    word = state_word(task.state, is_by_hand=bool(by_hand))
    again = f" · attempt {task.attempt}" if task.attempt > 1 else ""
    cells = (
        f"<b>{escaped(elided(name, width=DETAIL_WIDTH, size=11))}</b>",
        escaped(f"{task.state.glyph} {word}{again}"),
        _waited(task) or "–",
        took(task, now=now) or "–",
        _result(task) or _detail(by_hand) or "–",
    )
    sided = zip(cells, _COLUMNS, strict=True)
    return f"<tr>{''.join(f'<td{side}>{cell}</td>' for cell, (_, side) in sided)}</tr>"


def _waited(task: TaskSeen) -> str:
    if task.started is None or task.scheduled is None:
        return ""
    return duration_text(task.started - task.scheduled)


def _result(task: TaskSeen) -> str:
    said = _detail(task.reason or task.return_value or "")
    return f"<code>{said}</code>" if said else ""


def _detail(text: str) -> str:
    return escaped(elided(text, width=DETAIL_WIDTH, size=11))
