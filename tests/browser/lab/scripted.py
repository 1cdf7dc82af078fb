"""A run that goes by a script: for a kernel that has no engine. Copied beside the notebook."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from sfdag_magics.client.observing.snapshot import RunSnapshot, TaskRun
from sfdag_magics.graph.states import DisplayState, GraphRunState
from sfdag_magics.render.shape import Edge, Node, Shape

SHAPE = Shape(
    name="scripted",
    nodes=(Node(name="load"), Node(name="train"), Node(name="report")),
    edges=(Edge(tail="load", head="train"), Edge(tail="train", head="report")),
)
#: Seconds after its attempt's start at which each task starts and ends.
FIRST = {"load": (0.5, 1.5), "train": (1.7, 2.7)}
SECOND = {"train": (0.5, 1.5), "report": (1.7, 2.7)}


class ScriptedRun:
    """First attempt: load succeeds, train fails. Second: load is reused, the others succeed.

    It begins when it is made.
    """

    def __init__(self) -> None:
        self.attempt = 1
        self.began = time.time()
        self.first_began = self.began

    def retry(self) -> ScriptedRun:
        self.attempt, self.began = 2, time.time()
        return self

    def last_stir(self) -> bytes:
        return b""

    def refresh(self) -> RunSnapshot:
        tasks = {name: self._task(name) for name in ("load", "train", "report")}
        over = time.time() - self.began > 3
        state = GraphRunState.EXECUTING
        if over:
            state = GraphRunState.FAILED if self.attempt == 1 else GraphRunState.SUCCEEDED
        return RunSnapshot(
            graph="scripted",
            root="DB.S.SCRIPTED",
            group_id="g1",
            attempt=self.attempt,
            state=state,
            started=datetime.fromtimestamp(self.began, UTC),
            completed=datetime.fromtimestamp(self.began + 3, UTC) if over else None,
            tasks=tasks,
        )

    def _task(self, name: str) -> TaskRun:
        plan, began, attempt = (FIRST if self.attempt == 1 else SECOND), self.began, self.attempt
        if self.attempt == 2 and name == "load":
            plan, began, attempt = FIRST, self.first_began, 1
        if name not in plan:
            over = time.time() - self.began > FIRST["train"][1]
            return TaskRun(name=name, state=DisplayState("blocked" if over else "pending"))
        start, end = (began + seconds for seconds in plan[name])
        now = time.time()
        failed = name == "train" and self.attempt == 1
        ended = "failed" if failed else "reused" if attempt < self.attempt else "succeeded"
        state = "pending" if now < start else "running" if now < end else ended
        moment = datetime.fromtimestamp(start, UTC)
        return TaskRun(
            name=name,
            state=DisplayState(state),
            attempt=attempt,
            query_id="q",
            started=moment if now >= start else None,
            completed=moment + timedelta(seconds=end - start) if now >= end else None,
            error_message="ValueError: no such column" if failed and now >= end else None,
        )
