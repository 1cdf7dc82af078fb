"""What tasks showed, in the form that stays in the saved notebook: images, tables, texts. Pure.

HTML that a task showed is named and not kept: a saved notebook has no frame to keep it in.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from sfdag_magics.graph.names import counted
from sfdag_magics.render.run_seen import RunSeen
from sfdag_magics.render.run_static import LEFT, RIGHT, TABLE
from sfdag_magics.render.svg import escaped

#: So many things are kept, of so many bytes together; of a table and a text so many lines.
MOST_KEPT, MOST_BYTES, MOST_LINES = 6, 1_000_000, 20


class ThingSeen(Protocol):
    """A thing that a task showed; `client.observing.shown.Shown` is one."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def kind(self) -> str:
        """Such as `picture`."""

    @property
    def cut(self) -> str:
        """What of it was not kept; empty where all is there."""

    @property
    def size(self) -> int:
        """Of its content, in bytes."""

    @property
    def mime(self) -> str:
        """Of a picture: one that an image may have."""

    @property
    def data(self) -> bytes:
        """Of a picture."""

    @property
    def text(self) -> str:
        """Of a text."""

    @property
    def columns(self) -> Sequence[tuple[str, bool]]:
        """Of a table, each with whether it holds numbers."""

    @property
    def rows(self) -> Sequence[Sequence[str]]:
        """Of a table."""


#: A thing with the task that showed it.
Kept = tuple[str, ThingSeen]


def last_shown(run: RunSeen, read: Callable[[str], Sequence[ThingSeen]]) -> tuple[Kept, ...]:
    """What is kept of all that the run's tasks showed: the last of it, in its order.

    Args:
        read: what a task showed, by the task's name.
    """
    kept: list[Kept] = []
    room = MOST_BYTES
    for name, task in reversed([*run.tasks.items()]):
        for thing in reversed(read(name) if task.shown else ()):
            room -= thing.size
            if len(kept) == MOST_KEPT or room < 0:
                return tuple(reversed(kept))
            kept.append((name, thing))
    return tuple(reversed(kept))


def shown_html(kept: Sequence[Kept]) -> str:
    """The things below each other, each with its name and its task's."""
    return "".join(
        f"<p><b>{escaped(thing.name)}</b> {escaped(_told(task, thing))}</p>{_drawn(thing)}"
        for task, thing in kept
    )


def shown_lines(kept: Sequence[Kept]) -> Iterator[str]:
    """What a text says of them: that they are there."""
    for task, thing in kept:
        yield f"shown: {thing.name}, {_told(task, thing)}"


def _told(task: str, thing: ThingSeen) -> str:
    return " · ".join(filter(None, (f"{thing.kind} of {task}", thing.cut)))


def _drawn(thing: ThingSeen) -> str:
    if thing.data:
        encoded = base64.b64encode(thing.data).decode()
        return (
            f'<img src="data:{escaped(thing.mime)};base64,{encoded}" alt="{escaped(thing.name)}" '
            'style="max-width:100%;height:auto;background:#fff">'
        )
    if thing.columns:
        return _table(thing)
    if thing.kind == "text" and thing.text:
        lines = thing.text.splitlines()
        return f"<p>{'<br>'.join(map(escaped, lines[:MOST_LINES]))}{_more(lines, 'line')}</p>"
    return ""


def _table(thing: ThingSeen) -> str:
    sides = [RIGHT if is_number else LEFT for _, is_number in thing.columns]
    head = _cells("th", [name for name, _ in thing.columns], sides)
    rows = "".join(f"<tr>{_cells('td', row, sides)}</tr>" for row in thing.rows[:MOST_LINES])
    more = f"<p>{_more(thing.rows, 'row')}</p>" if len(thing.rows) > MOST_LINES else ""
    return f"{TABLE}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{more}"


def _cells(tag: str, texts: Sequence[str], sides: Sequence[str]) -> str:
    return "".join(
        f"<{tag}{side}>{escaped(text)}</{tag}>" for text, side in zip(texts, sides, strict=True)
    )


def _more(lines: Sequence[object], what: str) -> str:
    left = len(lines) - MOST_LINES
    return f" and {counted(left, what)} more" if left > 0 else ""
