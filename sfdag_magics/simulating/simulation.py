"""What a simulation comes to: each way that a run can take, and each task's part in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sfdag_magics.graph.displayed import Displayed, data_frame
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.graph.names import counted
from sfdag_magics.graph.states import DisplayState, GraphRunState
from sfdag_magics.light_classes import dataclass

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What becomes of one task.

    Attributes:
        why: what decides it, in a few words; empty where nothing does but the tasks above.
    """

    state: DisplayState
    why: str = ""

    @property
    def word(self) -> str:
        """What it would do."""
        return _WORDS.get(self.state, self.state.word)


_WORDS = {
    DisplayState.SUCCEEDED: "runs",
    DisplayState.FAILED: "fails",
    DisplayState.SKIPPED: "is skipped",
    DisplayState.BLOCKED: "is blocked",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way that a run can take.

    Attributes:
        answers: `{branch: its answer}`, of the branches that nobody answered for.
        state: how the run ends.
        attempts: how many it makes, the automatic retries among them.
        tasks: `{task: its fate}`, in topological order, the finalizer last.
    """

    answers: Mapping[str, str]
    state: GraphRunState
    attempts: int
    tasks: Mapping[str, Fate]

    @property
    def title(self) -> str:
        """What is assumed in it, and how it ends."""
        said = ", ".join(f"{branch} answers {arm}" for branch, arm in self.answers.items())
        tries = f" after {counted(self.attempts, 'attempt')}" if self.attempts > 1 else ""
        return f"{said or 'the run'}: {self.state.lower()}{tries}"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Simulation(Displayed):
    """The ways a run of a graph can take, by what was assumed. Nothing has run.

    Attributes:
        graph: what was simulated.
        ways: one where all branches are answered for, else one for each that is possible.
        notes: what could not be known, and how it was taken.
    """

    graph: TaskGraph
    ways: tuple[Way, ...]
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Simulation({self.graph.name}: {counted(len(self.ways), 'way')})"

    def __str__(self) -> str:
        head = f"graph {self.graph.name}, simulated: nothing has run"
        if len(self.ways) == 1:
            (way,) = self.ways
            parts = [f"{head}\n{way.title}", *_lines(way, tuple(way.tasks))]
        else:
            alike, differing = self._sorted()
            parts = [f"{head}; {len(self.ways)} ways"]
            parts += ["in each of them:", *_lines(self.ways[0], alike)] if alike else []
            for way in self.ways:
                parts += [way.title, *_lines(way, differing)]
        return "\n".join([*parts, *(f"  note: {note}" for note in self.notes)])

    def to_pandas(self) -> pd.DataFrame:
        """A row for each task in each way.

        Raises:
            MachineError: pandas is not installed.
        """
        rows = (
            {
                "way": number,
                "run": way.state.value,
                "task": name,
                "state": fate.state.word,
                "why": fate.why,
            }
            for number, way in enumerate(self.ways, 1)
            for name, fate in way.tasks.items()
        )
        return data_frame(rows, ("way", "run", "task", "state", "why"))

    def _sorted(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The tasks whose fate is the same in all ways, and the others."""
        names = tuple(self.ways[0].tasks)
        alike = tuple(name for name in names if len({way.tasks[name] for way in self.ways}) == 1)
        return alike, tuple(name for name in names if name not in alike)


def _lines(way: Way, names: tuple[str, ...]) -> list[str]:
    width = max(map(len, names), default=0)
    return [
        f"  {fate.state.glyph} {name:<{width}}  {fate.word:<10}  {fate.why}".rstrip()
        for name, fate in ((name, way.tasks[name]) for name in names)
    ]
