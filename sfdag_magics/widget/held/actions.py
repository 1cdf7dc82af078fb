"""What a view can start, and the thread that carries it out. Knows callables, not what they do.

A click is put on a queue and acknowledged; the work is done here. In a message handler it would
hold the kernel, and what it prints or raises would vanish.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import field
from types import MappingProxyType
from typing import TYPE_CHECKING

from sfdag_magics.client.backfilling.lately import BackfillProposed, SlotsLately
from sfdag_magics.client.code.cells_now import CellNow
from sfdag_magics.client.code.differing_lines import CodeAsk, ComparedLine
from sfdag_magics.client.observing.history import HistoryRow
from sfdag_magics.client.observing.intentions import Edited
from sfdag_magics.client.observing.outlook import Schedule
from sfdag_magics.client.observing.proposals import Chosen, RetryWay, RunForm
from sfdag_magics.client.observing.questions import Agrees
from sfdag_magics.client.observing.shown import Shown
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.client.observing.traces.log_window import LogAsk, LogWindow
from sfdag_magics.client.running.named_tables import NamedTable
from sfdag_magics.graph.model import Parameter
from sfdag_magics.light_classes import dataclass
from sfdag_magics.place_words import SHOW, ByPlace, Next, to_type
from sfdag_magics.render.shape import Shape
from sfdag_magics.widget.held.feed import Followed
from sfdag_magics.widget.messages import Ask, PageActions

if TYPE_CHECKING:
    from sfdag_magics.client.deploying.plan import Plan

#: What stands on the page beside a button, to be typed instead of clicking it.
COMMANDS: Mapping[Ask, Next] = MappingProxyType(
    {
        Ask.RUN: to_type("run"),
        Ask.RETRY: to_type("retry"),
        Ask.STOP: to_type("stop"),
        Ask.DEPLOY: to_type("deploy"),
        Ask.SUSPEND: to_type("suspend"),
        Ask.RESUME: to_type("resume"),
        Ask.CONNECT: to_type("status"),
        Ask.FILL: to_type("backfill"),
    }
)


#: What stands where a graph has no task yet.
FIRST_DOES = ByPlace(
    f"Run a cell such as this one, then {SHOW.cells}:", f"Give it one, then {SHOW.script}:"
)
_HELLO = "def hello() -> str:\n    return 'hello'"
FIRST_TASK = ByPlace(f"%%sftask\n{_HELLO}", f"@sftask(graph=graph)\n{_HELLO}")

Say = Callable[[str], None]
#: Says what a task is given, by its name; None of one that the notebook does not have.
Parameters = Callable[[str], Sequence[Parameter] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """How an action speaks with the person at the page while it is carried out.

    Attributes:
        say: told what happens and what was done for it.
        agrees: puts a question and waits for its answer.
        chosen: what they chose before.
    """

    say: Say
    agrees: Agrees
    chosen: Chosen = field(default_factory=Chosen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Actions:
    """What the buttons do. A missing one has no button. Each is called in a thread of the view's.

    Attributes:
        run: starts a run and returns it, for the view to follow; None where that was not agreed to.
        retry: continues the run it is given, the one the view shows; the run in which it goes on.
        stop: cancels that run and says what it waits for.
        deploy: carries out the plan that was looked at.
        suspend, resume: turn the graph's schedule off and on.
        connect: starts the engine, or connects to the target.
        form: what a run would be started with, by `{config key: text}` that was typed and the run
            that is shown.
        plan: what a deploy would change.
        schedule: the graph's, as it is deployed; None where it has none.
        slots: those of the schedule up to now; None where it has none.
        backfill: what a backfill of `{start, end, reprocess}` as they were typed would run.
        backfilling: how far one has come that was begun so and is going; empty where none is.
        fill: runs them, beside what the kernel does.
        config: the notebook's own configuration of the graph.
        logs: the last that tasks of that run logged, by their names; without one, all of them.
        no_logs: why a task that ran may have no line.
        shown: what a task of that run showed, in an attempt.
        attempts: a task's rows in that run, one of each attempt.
        parameters: what a task is given, by its name.
        elements: what a task of that run was given of a map: `{parameter: element}`.
        defaults: what a task of that run took for keys that are not set: `{key: its default}`; None
            where its cell still says the same.
        changes: what differs since a task that failed last succeeded.
        cancelled: by whom a task of that run was cancelled and when; empty where nobody tells.
        code: what code a task of that run ran, in words; empty where it is what would run now.
        missed: what a task that failed with that error had not, and the notebook has.
        lines: the code that a task of that run ran, line by line, beside another version of it.
        page: where the service's own page shows a query; empty where there is none.
        ran_with: what a task of that run ran with besides its code: `(what, which)`.
        takes: what a task's cell takes from the notebook now: `(name, how and how much)`.
        tables: those that the return value of a task of that run names.
        rows: the first rows of one of them, by its name as the value has it.
        edited: what was edited since it was deployed.
        since: the tasks of a run that began with other code than was deployed from here since.
        again: what a retry of that run would take along, and what it would not.
        way: by what a retry would go on with what is chosen.
        cell_of: where a task's cell stands, and what it was when it was last run here.
        cells: the cells as they were last run here: what was deployed names them by older numbers.
        past: the last so many runs of the graph, the newest first.
        at: one of them by its id, to be followed.
        shape: what is drawn for a run: the notebook's tasks and those only the run has.
        place: where this happens, for people: `embedded engine`.
        kept_place: the same with database and schema, for what stays in the file.
        anew: the command that shows the same where another graph or target may be chosen.
        others: the other targets, each with the command that shows the graph there.
        back: the commands that bring it back in a kernel that knows nothing of it yet.
    """

    run: Callable[[Talk], Followed | None] | None = None
    retry: Callable[[Followed, Talk], Followed | None] | None = None
    stop: Callable[[Followed, Talk], object] | None = None
    deploy: Callable[[Talk], object] | None = None
    suspend: Callable[[Talk], object] | None = None
    resume: Callable[[Talk], object] | None = None
    connect: Callable[[Talk], object] | None = None
    form: Callable[[Mapping[str, str], RunSnapshot | None, bool], RunForm] | None = None
    plan: Callable[[], Plan] | None = None
    schedule: Callable[[], Schedule | None] | None = None
    slots: Callable[[], SlotsLately | None] | None = None
    backfill: Callable[[Mapping[str, str]], BackfillProposed] | None = None
    backfilling: Callable[[], str] = str
    fill: Callable[[Talk], object] | None = None
    config: Callable[[], Mapping[str, object]] = dict
    logs: Callable[[Followed, Sequence[str], int | None, LogAsk], LogWindow] | None = None
    no_logs: Callable[[Followed], str] = lambda _: "printed and logged nothing"
    shown: Callable[[Followed, str, int | None], Sequence[Shown]] | None = None
    attempts: Callable[[Followed, str], Sequence[HistoryRow]] = lambda _run, _task: ()
    parameters: Parameters = lambda _: ()
    elements: Callable[[Followed, str], Mapping[str, object]] = lambda _run, _task: {}
    defaults: Callable[[Followed, str], Mapping[str, str | None] | None] = lambda _run, _task: None
    changes: Callable[[Followed, str], Sequence[str]] = lambda _run, _task: ()
    cancelled: Callable[[Followed, str], str] = lambda _run, _task: ""
    code: Callable[[Followed, str], str] | None = None
    lines: Callable[[Followed, str, CodeAsk], Sequence[ComparedLine]] | None = None
    ran_with: Callable[[Followed, str], Sequence[tuple[str, str]]] = lambda _run, _task: ()
    page: Callable[[str], str] = lambda _: ""
    takes: Callable[[str], Sequence[tuple[str, str]]] = lambda _: ()
    tables: Callable[[Followed, str], Sequence[NamedTable]] = lambda _run, _task: ()
    rows: Callable[[Followed, str, str], Shown] | None = None
    missed: Callable[[str, str], str] | None = None
    edited: Callable[[], Edited] = Edited
    since: Callable[[RunSnapshot], Collection[str]] = lambda _: ()
    again: Callable[[Followed], Edited] | None = None
    way: Callable[[Followed, Chosen], RetryWay] | None = None
    cell_of: Callable[[str], tuple[str, str] | None] = lambda _: None
    cells: Callable[[], Sequence[CellNow]] = tuple
    past: Callable[[int], Sequence[RunSnapshot]] | None = None
    at: Callable[[str], Followed] | None = None
    shape: Callable[[Followed], Shape] | None = None
    place: str = ""
    kept_place: str = ""
    others: Sequence[tuple[str, str]] = ()
    anew: str | ByPlace = SHOW
    back: str | ByPlace = SHOW

    def told(
        self, completed: Callable[[str], str], *, model: str = "", session: str = ""
    ) -> PageActions:
        """What can be started, for the page; `completed` completes its commands."""
        there = {
            Ask.RUN: self.run,
            Ask.RETRY: self.retry,
            Ask.STOP: self.stop,
            Ask.DEPLOY: self.deploy,
            Ask.SUSPEND: self.suspend,
            Ask.RESUME: self.resume,
            Ask.CONNECT: self.connect,
            Ask.FILL: self.fill,
        }
        return {
            "place": self.place,
            "anew": str(self.anew),
            "back": str(self.back),
            "model": model,
            "session": session,
            "others": [[*each] for each in self.others],
            "check": completed(str(to_type("validate"))),
            "first": [str(FIRST_DOES), str(FIRST_TASK)],
            "commands": {
                ask.value: completed(str(COMMANDS[ask]))
                for ask, action in there.items()
                if action is not None
            },
        }


class Worker:
    """One daemon thread that does one thing after another; started when needed."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._todo: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def put(self, work: Callable[[], None]) -> None:
        """Have `work` done; it must not raise. Any thread; returns at once."""
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
                self._thread.start()
        self._todo.put(work)

    def close(self) -> None:
        """Stop after what was put before, and wait for it."""
        with self._starting:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._todo.put(None)
            if thread is not threading.current_thread():
                thread.join()

    def _work(self) -> None:
        while (work := self._todo.get()) is not None:
            work()
