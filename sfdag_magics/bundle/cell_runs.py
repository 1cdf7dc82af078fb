"""What task cells take from the notebook as they run. Knows no graph; ships nothing."""

from __future__ import annotations

from sfdag_magics.bundle.taking.capture import capture
from sfdag_magics.bundle.taking.terms.captured import TaskCapture
from sfdag_magics.graph.source import FunctionSource


class CellRuns:
    """The runs of task cells of one notebook, one after another."""

    def look(self, source: FunctionSource) -> TaskCapture:
        """What the function of a cell takes now: its fingerprints are for `FunctionSource.seen`."""
        return capture(source.name, source)
