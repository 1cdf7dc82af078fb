"""What a task shows and how far it says it is: values, read as what a stranger may have written.

The files are written where the task runs (`bundle.shipped.telling`). Asks nobody; pure.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sfdag_magics.graph.displayed import size_text, table_lines
from sfdag_magics.graph.names import counted
from sfdag_magics.light_classes import dataclass

#: A file that is larger was not written by a task of ours.
MOST_FILE_BYTES = 4_000_000
_MIMES = frozenset({"image/png", "image/jpeg", "image/gif", "image/svg+xml"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a task is, as it said last: `ctx.progress(done, of, text)`."""

    done: float
    of: float | None = None
    text: str = ""

    @property
    def share(self) -> float | None:
        """Between 0 and 1; None where it did not say of how many."""
        if self.of is None or self.of <= 0:
            return None
        return min(max(self.done / self.of, 0.0), 1.0)

    def __str__(self) -> str:
        """As it is read.

        >>> str(Progress(done=148, of=200, text="auc 0.941"))
        '148 of 200 · auc 0.941'
        """
        of = "" if self.of is None else f" of {self.of:,.10g}"
        return " · ".join(filter(None, (f"{self.done:,.10g}{of}", self.text)))


class ShownKind(StrEnum):
    """What a shown thing is."""

    PICTURE = "picture"
    TABLE = "table"
    TEXT = "text"
    HTML = "html"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Shown:
    """A thing that a task kept with `ctx.show`.

    Attributes:
        cut: what of it was not kept, in words; empty where all is there.
        size: of its content, in bytes.
        attempt: the one whose task showed it.
        mime, data: of a picture.
        text: of a text, or of HTML: of that anything, fit only for a frame that runs nothing.
        columns: of a table, each with whether it holds numbers; `rows` are texts.
        total: so many rows the whole table had; None where nobody counted them.
    """

    name: str
    kind: ShownKind
    made: datetime | None = None
    cut: str = ""
    size: int = 0
    attempt: int = 1
    mime: str = ""
    data: bytes = b""
    text: str = ""
    columns: tuple[tuple[str, bool], ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    total: int | None = None

    def __repr__(self) -> str:
        return f"Shown({self})"

    def __str__(self) -> str:
        """In a line: `roc  picture · 18.2 kB`."""
        what = (
            str(self.kind) if self.total is None else f"{self.kind} of {counted(self.total, 'row')}"
        )
        told = (what, size_text(self.size), self.cut and f"kept: {self.cut}")
        return f"{self.name}  {' · '.join(filter(None, told))}"

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        """Drawn where it is looked at: only what runs nothing."""
        told: dict[str, Any] = {"text/plain": self.as_text()}
        if self.kind is ShownKind.PICTURE:
            told[self.mime] = self.data if self.mime != "image/svg+xml" else self.data.decode()
        return told

    def as_text(self) -> str:
        """What a terminal can show of it."""
        lines = [str(self)]
        if self.kind is ShownKind.TABLE:
            rows = [[name for name, _ in self.columns], *self.rows[:_SEEN_ROWS]]
            lines += [f"  {line}" for line in table_lines(rows)]
            left = len(self.rows) - _SEEN_ROWS
            lines += [f"  … and {left:,} rows more"] if left > 0 else []
        elif self.kind is ShownKind.TEXT and self.text:
            lines += [f"  {line}" for line in self.text.splitlines()]
        return "\n".join(lines)


#: Of a table, a text shows so many rows.
_SEEN_ROWS = 20


def progress_from(content: bytes) -> Progress | None:
    """What a progress file says; None where it is not one."""
    told = _told(content)
    done, of = _number(told.get("done")), _number(told.get("of"))
    if done is None:
        return None
    return Progress(done=done, of=of, text=_text(told.get("text")))


def shown_from(content: bytes, attempt: int) -> tuple[int, Shown] | None:
    """What a file of `ctx.show` holds, with its number in the order; None where it is not one."""
    told = _told(content)
    kind = told.get("kind")
    if not isinstance(told.get("name"), str) or not isinstance(kind, str):
        return None
    if kind not in set(ShownKind):
        return None
    number = told.get("number")
    common = {
        "name": told["name"],
        "kind": ShownKind(kind),
        "made": _moment(told.get("made")),
        "cut": _text(told.get("cut")),
        "attempt": attempt,
    }
    body = _BODIES[ShownKind(kind)](told)
    if body is None:
        return None
    return number if isinstance(number, int) else 0, Shown(**common, **body)


def _picture(told: Mapping[str, Any]) -> dict[str, Any] | None:
    mime, data = told.get("mime"), told.get("data")
    if not isinstance(mime, str) or mime not in _MIMES or not isinstance(data, str):
        return None
    try:
        content = base64.b64decode(data, validate=True)
        if mime == "image/svg+xml":
            content.decode()
    except (binascii.Error, ValueError):
        return None
    return {"mime": mime, "data": content, "size": len(content)}


def _words(told: Mapping[str, Any]) -> dict[str, Any]:
    text = _text(told.get("text"))
    return {"text": text, "size": len(text.encode("utf-8", "replace"))}


def _table(told: Mapping[str, Any]) -> dict[str, Any] | None:
    columns, rows, total = told.get("columns"), told.get("rows"), told.get("total")
    if not isinstance(columns, list) or not isinstance(rows, list):
        return None
    heads = tuple(
        (str(each[0]), each[1] is True)
        for each in columns
        if isinstance(each, list) and len(each) == 2
    )
    values = tuple(tuple(map(str, row)) for row in rows if isinstance(row, list))
    if len(heads) != len(columns) or any(len(row) != len(heads) for row in values):
        return None
    size = sum(len(cell) for row in values for cell in row)
    many = total if isinstance(total, int) and not isinstance(total, bool) else None
    return {"columns": heads, "rows": values, "total": many, "size": size}


_BODIES = {
    ShownKind.PICTURE: _picture,
    ShownKind.TABLE: _table,
    ShownKind.TEXT: _words,
    ShownKind.HTML: _words,
}


def _told(content: bytes) -> Mapping[str, Any]:
    if len(content) > MOST_FILE_BYTES:
        return {}
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _moment(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(_text(value))
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
