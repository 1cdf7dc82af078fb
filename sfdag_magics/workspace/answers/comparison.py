"""Two runs beside each other: what differs in them, and what each task did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sfdag_magics.client.observing.comparing import ComparedRuns, RunDifference, compared
from sfdag_magics.client.observing.snapshot import RunSnapshot, TaskRun
from sfdag_magics.graph.displayed import Displayed, data_frame
from sfdag_magics.graph.model import Parameter
from sfdag_magics.light_classes import dataclass
from sfdag_magics.render.run_seen import duration_text, which_run

if TYPE_CHECKING:
    import pandas as pd

_NONE = "–"
_LONGEST = 60


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Comparison(Displayed):
    """Two runs of a graph; prints as what differs, and a line for each task.

    Attributes:
        first: the one that the other is held against.
        reads: `{task: what it is given}`, as the notebook has it: what stands for a key that a run
            does not set.
    """

    first: RunSnapshot
    second: RunSnapshot
    reads: Mapping[str, Sequence[Parameter]] = field(default_factory=dict)

    @property
    def runs(self) -> ComparedRuns:
        """What differs besides what tasks did."""
        return compared(self.first, self.second, self.reads.get)

    def __repr__(self) -> str:
        return f"<{self.first.short_id} beside {self.second.short_id} of {self.second.graph}>"

    def __str__(self) -> str:
        found = self.runs
        lines = [
            f"A  {which_run(self.first, is_configured=False)} · {self.first.state.lower()}",
            f"B  {which_run(self.second, is_configured=False)} · {self.second.state.lower()}",
            *map(_difference, found.differences),
        ]
        if not found.differences:
            lines.append(
                "  configuration, code and packages are the same, as far as they are known"
            )
        width = max(map(len, found.tasks), default=0)
        return "\n".join([*lines, *(self._line(name, width) for name in found.tasks)])

    def to_pandas(self) -> pd.DataFrame:
        """A row for each task: what it did in either run.

        Raises:
            MachineError: pandas is not installed.
        """
        columns = ("task", "state_a", "state_b", "duration_a", "duration_b", "value_a", "value_b")
        return data_frame(map(self._row, self.runs.tasks), columns)

    def tasks_of(self, name: str) -> tuple[TaskRun | None, TaskRun | None]:
        """A task in the first run and in the second; None where a run does not have it."""
        return self.first.tasks.get(name), self.second.tasks.get(name)

    def _row(self, name: str) -> Mapping[str, Any]:
        one, other = self.tasks_of(name)
        return {
            "task": name,
            "state_a": one.state.word if one else None,
            "state_b": other.state.word if other else None,
            "duration_a": one.duration if one else None,
            "duration_b": other.duration if other else None,
            "value_a": one.return_value if one else None,
            "value_b": other.return_value if other else None,
        }

    def _line(self, name: str, width: int) -> str:
        one, other = self.tasks_of(name)
        values = [task.return_value if task else None for task in (one, other)]
        moved = f"returned {_short(values[0])} → {_short(values[1])}"
        said = "" if values[0] == values[1] else moved
        return f"  {name:<{width}}  {_did(one):<22} → {_did(other):<22} {said}".rstrip()


def _difference(found: RunDifference) -> str:
    first, second = map(_short, found.said)
    return f"  {found.topic} {found.what}: {first} → {second}"


def _did(task: TaskRun | None) -> str:
    if task is None:
        return "not there"
    took: timedelta | None = task.duration
    return f"{task.state.glyph} {task.state.word}" + (f" {duration_text(took)}" if took else "")


def _short(text: str | None) -> str:
    if text is None:
        return _NONE
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
