"""How one run is ended: each execution of it once, by its query id where the target allows that.

Snowflake has no word for ending a whole run. By the name of a task the same task of every other run
of the graph is hit too, so that needs to be wanted.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from sfdag_magics.client.connecting.activity import doing
from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.observing import attempts
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.questions import Agrees, Question
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.client.running.waiting import TimeGiven, pauses
from sfdag_magics.errors import (
    BackendError,
    ConnectError,
    InputError,
    StillGoingError,
    UnsupportedError,
)
from sfdag_magics.graph.names import short_run
from sfdag_magics.graph.states import DisplayState
from sfdag_magics.place_words import to_type
from sfdag_magics.sqltext import QualifiedName, quoted_string

Say = Callable[[str], None]
#: Seconds between two looks on the embedded engine.
_EMBEDDED_PAUSE_S = 0.2


class Stopping:
    """Ends one run, look by look, and says what it does. One thread.

    Args:
        say: told each thing once.
        by_name: cancel by the names of the tasks at once, whatever else that hits.
        agrees: asked before other runs are hit; None where nobody can be asked.
        given: the time for all of it; a person takes as long as it takes.
    """

    def __init__(
        self,
        backend: Backend,
        graph: DeployedGraph,
        say: Say,
        *,
        by_name: bool,
        agrees: Agrees | None,
        given: TimeGiven,
    ) -> None:
        self._backend = backend
        self._graph = graph
        self._say = say
        self._by_name = by_name
        self._agrees = agrees
        self._given = given
        self._told_to_stop: set[str] = set()
        self._said: set[str] = set()

    def until_over(self, look: Callable[[], RunSnapshot]) -> RunSnapshot:
        """The run when it is over.

        Args:
            look: gives the run as it is now.

        Raises:
            InputError: the target only cancels by name, and that would hit other runs.
            StillGoingError: the time is up, or nothing answers.
        """
        given, no_end = self._given, threading.Event()  # a rest of ours ends by its time alone
        pause = _EMBEDDED_PAUSE_S if self._backend.is_embedded else pauses(self._backend)[0]
        seen = given.answered(look)
        doing(f"stopping {seen.label}")
        while not seen.is_over:
            if self._cancel_what_began(seen):
                given.begin()
            left_s = given.left_s() or 0.0
            if left_s <= 0:
                raise given.is_up(seen)
            no_end.wait(min(pause, left_s))
            seen = given.answered(look)
        return seen

    def _cancel_what_began(self, seen: RunSnapshot) -> bool:
        """Cancel what has begun since the last look; say what is waited for.

        Returns:
            Whether somebody was asked meanwhile, which takes as long as it takes.

        Raises:
            InputError: the target only cancels by name, and that would hit other runs.
        """
        if not seen.has_begun:
            self._before_it_begins(seen)
            return False
        was_by_name = self._by_name
        running = [task for task in seen.tasks.values() if task.state is DisplayState.RUNNING]
        for task in running:
            execution = task.query_id or task.name
            if task.is_finalizer:
                self._say_once(f"waiting for the finalizer {task.name} of {seen.label}")
            elif execution not in self._told_to_stop:
                self._told_to_stop.add(execution)
                self._say_once(f"cancelling {task.name} of {seen.label}")
                self._cancel(task.name, task.query_id, seen)
        return self._by_name and not was_by_name

    def _before_it_begins(self, seen: RunSnapshot) -> None:
        if self._backend.is_embedded and seen.group_id is not None:
            self._say_once(f"{seen.label} has not begun: it is taken from the queue")
            self._call("SYSTEM$SFDAG_CANCEL_RUN", seen.group_id)
            return
        self._say_once(f"{seen.label} {seen.note or 'waits'}: it is cancelled when it begins")

    def _say_once(self, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            self._say(text)

    def _cancel(self, task: str, query_id: str | None, seen: RunSnapshot) -> None:
        if query_id is not None and not self._by_name:
            try:
                self._call("SYSTEM$CANCEL_QUERY", query_id)
            except (ConnectError, StillGoingError):
                raise
            except (BackendError, UnsupportedError) as refused:
                self._check_nothing_else_is_hit(seen, refused)
                self._by_name = True
            else:
                return
        root = self._graph.root
        name = QualifiedName(self._graph.tasks[task].stored, root.schema, root.database)
        self._call("SYSTEM$USER_TASK_CANCEL_ONGOING_EXECUTIONS", name.sql())

    def _check_nothing_else_is_hit(self, seen: RunSnapshot, refused: BackendError) -> None:
        going = self._given.answered(lambda: attempts.executing(self._backend, self._graph))
        others = [short_run(run.group_id) for run in going if run.group_id != seen.group_id]
        if others and not self._agreed(seen, others):
            raise InputError(
                f"{seen.label} cannot be ended by itself ({refused.message}); by the names of its "
                f"tasks run {', '.join(others)} would be hit too",
                hint=_by_name(seen),
            ) from refused
        self._say_once(f"cancelling by name: {refused.message}")

    def _agreed(self, seen: RunSnapshot, others: list[str]) -> bool:
        what = f"cancel {seen.label} by its tasks' names, which hits run {', '.join(others)} too"
        question = Question(what=what, instead=_by_name(seen))
        return self._agrees is not None and self._agrees(question)

    def _call(self, function: str, argument: str) -> None:
        statement = f"SELECT {function}({quoted_string(argument)})"
        self._given.answered(lambda: self._backend.rows(statement))


def _by_name(seen: RunSnapshot) -> str:
    return str(to_type("stop", run=seen.short_id, by_name=True))
