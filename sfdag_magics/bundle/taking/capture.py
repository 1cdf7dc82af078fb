"""What a task's function takes from the notebook, and whether it can be shipped as source.

The promise that it keeps stands at the top of `bundle`. Walks over the code as often as a walk
makes known what data the next has to name.
"""

from __future__ import annotations

import dataclasses

from sfdag_magics.bundle.own_builtins import OwnBuiltins
from sfdag_magics.bundle.taking.ground import Ground, Looked
from sfdag_magics.bundle.taking.terms.captured import TaskCapture
from sfdag_magics.bundle.taking.terms.contents import Copies
from sfdag_magics.bundle.taking.walk import Walk
from sfdag_magics.graph.source import FunctionSource

#: Each makes known what data the next has to name; two or three are what notebooks need.
_MOST_WALKS = 20


def capture(task: str, source: FunctionSource, looked: Looked | None = None) -> TaskCapture:
    """Everything the function of `task` needs, and every problem with it.

    Args:
        looked: what other tasks of the same build have looked at.

    Raises:
        InputError: the source is not Python or has no such function.
    """
    with OwnBuiltins():
        return _captured(task, source, looked or Looked())


def _captured(task: str, source: FunctionSource, looked: Looked) -> TaskCapture:
    shared: frozenset[int] = frozenset()
    copies = Copies()
    ground = Ground(source, looked)
    walks: list[Walk] = []  # kept, so that no id is given away again
    before = TaskCapture(task=task)
    while True:
        walk = Walk(task, source, ground, shared, copies)
        walks.append(walk)
        found = walk.result()
        if walk.met_twice <= shared:
            if not (walk.has_run_code and ground.looks_otherwise()):
                return found
            ground = Ground(source, looked)
        if len(walks) > _MOST_WALKS:
            return dataclasses.replace(found, problems=(walk.restless(before),))
        shared |= walk.met_twice  # these get lines of their own
        before = found
