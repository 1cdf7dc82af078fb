"""Which numbers the cells have now that an error or a task's code names by earlier ones.

Code is deployed with its cells' numbers. After a restart of the kernel the cells have others, and
there is nothing new to deploy. A cell is told by the lines that stand there. Asks nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.light_classes import dataclass

_LABEL = re.compile(r"Cell \[\d+\]")
#: A call in a cell, with its line of code below.
_CALL = re.compile(
    r'  File "(?P<cell>Cell \[\d+\][^"]*)", line (?P<line>\d+).*\n {4}(?P<code>\S.*)'
)

#: `(its number in its cell, its text)`.
Line = tuple[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CellNow:
    """A cell as it was last run in this kernel.

    Attributes:
        label: as tracebacks name it: `Cell [7] train`.
        first_line: the number that the first line of `text` has in the cell.
    """

    label: str
    text: str
    first_line: int = 1

    def has(self, lines: Iterable[Line]) -> bool:
        """Whether these lines stand there, however far in."""
        own = [line.strip() for line in self.text.split("\n")]
        places = [(number - self.first_line, text.strip()) for number, text in lines]
        return all(0 <= at < len(own) and own[at] == text for at, text in places)


def label_now(label: str, lines: Sequence[Line], cells: Sequence[CellNow]) -> str:
    """The label of the cell in which these lines stand now; as it was where none has them."""
    if _LABEL.match(label) is None:
        return label
    named = _named(label)
    there = [cell for cell in cells if _named(cell.label) == named and cell.has(lines)]
    is_still_so = any(cell.label == label for cell in there)
    return label if is_still_so or not there else there[-1].label


def error_now(error: str, cells: Sequence[CellNow]) -> str:
    """An error with the numbers that the cells of its traceback have now."""
    calls: dict[str, list[Line]] = {}
    for found in _CALL.finditer(error):
        calls.setdefault(found["cell"], []).append((int(found["line"]), found["code"]))
    now = {label: label_now(label, lines, cells) for label, lines in calls.items()}
    if all(label == told for label, told in now.items()):
        return error
    return re.sub(
        r'(?<=  File ")Cell \[\d+\][^"]*(?=", line )', lambda at: now.get(at[0], at[0]), error
    )


def errors_now(seen: RunSnapshot, cells: Sequence[CellNow]) -> RunSnapshot:
    """A run whose tasks' errors say so; the same one where nothing is another."""
    told = {
        name: replace(task, error_message=now)
        for name, task in seen.tasks.items()
        if task.error_message
        and (now := error_now(task.error_message, cells)) != task.error_message
    }
    return replace(seen, tasks={**seen.tasks, **told}) if told else seen


def _named(label: str) -> str:
    return _LABEL.sub("", label, count=1)
