"""What one event comes to, gathered while it is handled. Knows instructions, and no rule."""

from __future__ import annotations

from sfdag_magics.engine.scheduler.graph_run import GraphRun
from sfdag_magics.engine.scheduler.instructions import Forget, Instruction, Record
from sfdag_magics.engine.scheduler.roots import Root
from sfdag_magics.engine.scheduler.task_attempt import TaskAttempt


class Touched:
    """Runs, tasks and roots that were touched, each recorded once as it is at the end."""

    def __init__(self) -> None:
        self._runs: dict[tuple[str, int], GraphRun] = {}
        self._tasks: dict[tuple[str, int, str], tuple[GraphRun, TaskAttempt]] = {}
        self._roots: dict[str, Root] = {}
        self._forgotten: list[Forget] = []
        self._actions: list[Instruction] = []

    def run(self, run: GraphRun) -> None:
        """The run is to be recorded."""
        self._runs[run.key] = run

    def task(self, run: GraphRun, task: TaskAttempt) -> None:
        """The task run is to be recorded."""
        self._tasks[(*run.key, task.spec.name)] = (run, task)

    def root(self, root: Root) -> None:
        """The root is to be recorded."""
        self._roots[root.root_id] = root

    def waiting(self, run: GraphRun) -> None:
        """A run that has not started is to be recorded: its root's task run is what people see."""
        self.run(run)
        self.task(run, run.root)

    def forget(self, run: GraphRun) -> None:
        """A run that has never started is to be forgotten."""
        self._runs.pop(run.key, None)
        self._tasks.pop((*run.key, run.root.spec.name), None)
        self._forgotten.append(Forget(group_id=run.group_id, attempt=run.attempt))

    def act(self, instruction: Instruction) -> None:
        """This is to be done once all that is recorded is durable."""
        self._actions.append(instruction)

    def taken(self) -> list[Instruction]:
        """All of it, records first; nothing is left."""
        instructions: list[Instruction] = [
            *self._forgotten,
            *(Record(record=run.record()) for run in self._runs.values()),
            *(Record(record=run.task_record(task)) for run, task in self._tasks.values()),
            *(Record(record=root.record()) for root in self._roots.values()),
            *self._actions,
        ]
        for gathered in (self._runs, self._tasks, self._roots, self._forgotten, self._actions):
            gathered.clear()
        return instructions
