"""The widget: one graph, the run that is followed, and what the buttons do.

State has one owner, this object, under one lock; the page gets whole copies. Displaying it is the
caller's work, as is keeping the static form beside it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import anywidget
import traitlets

from sfdag_magics.client.connecting.activity import Doing, heard_by
from sfdag_magics.client.observing.begun_again import begun_again_text
from sfdag_magics.client.observing.intentions import Edited
from sfdag_magics.client.observing.proposals import Chosen
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.errors import InputError, SfdagError
from sfdag_magics.graph.names import counted
from sfdag_magics.render.folding import folded
from sfdag_magics.render.layout import Direction, layout
from sfdag_magics.render.shape import Shape
from sfdag_magics.render.shown_static import Kept, last_shown
from sfdag_magics.render.sight import Sight
from sfdag_magics.render.static import static_bundle
from sfdag_magics.widget import assets
from sfdag_magics.widget.actions import COMMANDS, Actions, Talk, Worker
from sfdag_magics.widget.asking import Asking
from sfdag_magics.widget.comm import answer_while_a_cell_runs, kernel_session
from sfdag_magics.widget.feed import EMBEDDED_PACE, Feed, Followed, Pace
from sfdag_magics.widget.messages import (
    ACTS,
    Ask,
    PageGraph,
    PageIntention,
    PagePast,
    PageState,
    Reply,
    Request,
    request_from_content,
)
from sfdag_magics.widget.page_state import (
    milliseconds,
    page_folded,
    page_graph,
    page_intentions,
    page_looks,
    page_marks,
    page_run,
    page_tasks,
)
from sfdag_magics.widget.past_runs import LAST, PastRuns, page_past
from sfdag_magics.widget.publisher import Publisher
from sfdag_magics.widget.reading import READS, Look, answered
from sfdag_magics.widget.sheets import page_again, page_form, page_plan
from sfdag_magics.widget.told_tasks import ToldTasks

_log = logging.getLogger(__name__)

#: A page that is seen says so every fifteen seconds (`looking.js`); after three it is not.
LOOK_S = 45.0
#: A notebook that is saved while a run goes on shows it no older than this, where it changed.
PICTURE_S = 20.0
#: A log that is asked for more often flickers.
LEAST_REFRESH_S = 2.0

#: What an action does before it says more.
_BEGUN = {
    Ask.RUN: "starting a run",
    Ask.RETRY: "continuing the run",
    Ask.STOP: "stopping the run",
    Ask.DEPLOY: "deploying the graph",
    Ask.SUSPEND: "turning the schedule off",
    Ask.RESUME: "turning the schedule on",
}
#: So many requests are known again by their ids.
_REMEMBERED = 200

#: Requests with an answer, and those that read only: they do not wait behind an action.
_SHEETS = frozenset({Ask.FORM, Ask.AGAIN, Ask.PLAN})
_ANSWERED = READS | _SHEETS | {Ask.COMPARE}
#: A plan may have to start the engine first: it waits its turn like what is done.
_READS = (_ANSWERED | {Ask.SHOW}) - {Ask.PLAN}

#: A text with its commands completed, so that they act on what the view shows.
Completed = Callable[[str], str]


class LiveView(anywidget.AnyWidget):
    """A graph in the page, with the live state of a run and buttons to run, retry and stop.

    Any thread may call its methods. `close` ends its threads; a run goes on without it. Who makes
    it displays it.

    Args:
        run: is followed from the start.
        seen: the run as it was last seen, so that the first picture is of it.
        follows_graph: whoever holds the view gives it the graph's next run.
        on_look: called when somebody looks at the view who did not before.
        completed: completes the commands in a text, so that they act on what the view shows.
        sight: what is known of the graph where no run is shown.
        actions: what its buttons do; without, it only shows.
        pace: how often the run is asked for; `SNOWFLAKE_PACE` on the real service.
        picture: called with the static form, a MIME bundle, at once, while a run goes on now and
            then, and when it has ended, in any thread: shows it in an output of its own, which
            stays in the saved notebook.
    """

    # Both are joined from several files; as traits here, or anywidget takes them for one file each.
    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)
    sfdag_graph = traitlets.Dict().tag(sync=True)
    sfdag_tasks = traitlets.Dict().tag(sync=True)
    sfdag_state = traitlets.Dict().tag(sync=True)
    sfdag_past = traitlets.Dict().tag(sync=True)
    sfdag_looks = traitlets.Dict().tag(sync=True)
    sfdag_actions = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        shape: Shape,
        run: Followed | None = None,
        *,
        actions: Actions | None = None,
        pace: Pace = EMBEDDED_PACE,
        picture: Callable[[Mapping[str, str]], None] | None = None,
        direction: Direction = Direction.FITTING,
        seen: RunSnapshot | None = None,
        follows_graph: bool = False,
        on_look: Callable[[], None] = lambda: None,
        completed: Completed = str,
        sight: Sight = Sight.CLEAR,
    ) -> None:
        self._completed = completed
        self._actions = actions or Actions()
        self._pace = pace
        self._picture = picture
        self._direction = direction
        self._on_look = on_look
        self._is_of_graph = follows_graph
        self._is_picked = False  # somebody wants to see one run, and not the graph's next
        self._worker = Worker("sfdag-actions")
        # A stop may wait for a minute; what the drawer asks for must not wait behind it.
        self._reader = Worker("sfdag-details")
        self._past = PastRuns(
            partial(self._actions.past, LAST) if self._actions.past else None,
            self._tell_past,
            self._actions.schedule,
        )
        self._publisher = Publisher(self._send_state)
        self._told_tasks = ToldTasks()
        self._asking = Asking(self._publisher.publish)
        self._owning = threading.RLock()  # guards what follows
        self._shape = shape
        self._feed: Feed | None = None
        self._seen = seen
        self._heard: datetime | None = None
        self._looked_at = self._pictured_at = float("-inf")
        self._pictured: RunSnapshot | None = None
        self._acting: str | None = None
        self._heard_ids: deque[str] = deque(maxlen=_REMEMBERED)
        self._trouble = self._busy = self._said = self._doing = self._newer = ""
        self._sight = sight
        state = self._told()
        super().__init__(
            _esm=assets.script(),
            _css=assets.style(),
            sfdag_graph=self._drawn(),
            sfdag_tasks=self._told_tasks.whole,
            sfdag_state=state,
            sfdag_past=page_past(()),
            sfdag_looks=page_looks(),
        )
        self.complete_by(completed)
        answer_while_a_cell_runs(self.comm)
        self.on_msg(self._hear)
        self._show_picture()
        if run is not None:
            self.follow(run)

    def __repr__(self) -> str:
        # Stands in saved and exported notebooks, where the view itself cannot.
        return f"live view of {self._shape.name}, {counted(len(self._shape.nodes), 'task')}"

    @property
    def snapshot(self) -> RunSnapshot | None:
        """The run as it was last seen; None before the first."""
        return self._seen

    @property
    def run(self) -> Followed | None:
        """The run that is shown; None before the first."""
        feed = self._feed
        return feed.run if feed is not None else None

    @property
    def follows_graph(self) -> bool:
        """Whether it goes over to the graph's next run: nobody picked another one."""
        return self._is_of_graph and not self._is_picked

    @property
    def is_looked_at(self) -> bool:
        """Whether a page has said lately that the view is to be seen."""
        return time.monotonic() - self._looked_at < LOOK_S

    def follow(self, run: Followed) -> None:
        """Show this run from now on. Its first state arrives in the background."""
        feed = Feed(run, on_news=self._on_news, on_silence=self._on_silence, pace=self._pace)
        with self._owning:
            before = self._feed
            if before is not None and before.run is run and before.is_following:
                return
            self._feed = feed
            self._trouble = self._newer = ""
            self._sight = Sight.LOOKING  # until its first news
        if before is not None:
            before.close()
        if self._actions.shape is not None:
            self.redraw(self._actions.shape(run))
        feed.start()
        self._past.ask()

    def show_end(self, seen: RunSnapshot) -> None:
        """Show this end of the run before its feed has asked: the kernel may be gone by then."""
        shown = self._seen
        is_its = shown is not None and shown.group_id == seen.group_id
        if shown is None or (is_its and shown.attempt <= seen.attempt and shown != seen):
            self._on_news(seen)

    def tell_newer(self, text: str) -> None:
        """Say on the page that a newer run exists than the one that is shown."""
        with self._owning:
            if text == self._newer:
                return
            self._newer = text
        self._publisher.publish()
        self._past.ask()

    def tell_doing(self, text: str) -> None:
        """Say on the page what is being done; nothing with an empty text."""
        with self._owning:
            if text == self._doing:
                return
            self._doing = text
        self._publisher.publish()

    @property
    def sight(self) -> Sight:
        """What is known of the graph as it stands on its target."""
        return self._sight

    def tell_sight(self, sight: Sight) -> None:
        """Say on the page what is known of the graph, beside or instead of a run."""
        with self._owning:
            if sight is self._sight:
                return
            self._sight = sight
        self._publisher.publish()

    def complete_by(self, completed: Completed) -> None:
        """Complete the commands on the page by this: what is current in the notebook changed."""
        with self._owning:
            self._completed = completed
        model, session = self.model_id or "", kernel_session(self.comm)
        offered = {**self._actions.told(completed, model=model, session=session)}
        if offered != self.sfdag_actions:
            self.sfdag_actions = offered
            self._publisher.publish()

    def redraw(self, shape: Shape) -> None:
        """Show another shape, after a cell was added, changed or forgotten."""
        with self._owning:
            if shape == self._shape:
                return
            self._shape = shape
        self.sfdag_graph = {**self._drawn()}
        self._publisher.publish()
        self._show_picture()

    def close(self) -> None:
        """End the threads and take the view from the page."""
        with self._owning:
            feed, self._feed = self._feed, None
        if feed is not None:
            feed.close()
        self._asking.close()
        self._worker.close()
        self._reader.close()
        self._past.close()
        super().close()

    def _drawn(self) -> PageGraph:
        drawn = page_graph(self._shape, layout(self._shape, direction=self._direction))
        small = folded(self._shape)
        if small is not None:
            placed = layout(small.shape, direction=self._direction)
            drawn["folded"] = page_folded(self._shape, small, placed)
        return drawn

    def _on_news(self, seen: RunSnapshot) -> None:
        with self._owning:
            if seen != self._seen and not self._busy:
                self._doing = ""  # what was looked for, or done, is here to see
            self._said = begun_again_text(self._seen, seen) or self._said
            self._seen, self._heard, self._trouble = seen, datetime.now(UTC), ""
            if self._sight is not Sight.DROPPED:
                self._sight = Sight.CLEAR
        self._publisher.publish()
        if seen.is_over:
            self._past.ask()
        is_due = time.monotonic() - self._pictured_at >= PICTURE_S
        if seen.is_over or (is_due and seen != self._pictured):
            self._show_picture()

    def _on_silence(self, error: SfdagError) -> None:
        with self._owning:
            self._trouble = error.message
        self._publisher.publish()

    def _told(self) -> PageState:
        with self._owning:
            seen, feed, completed = self._seen, self._feed, self._completed
            rows = self._told_tasks.rows(page_tasks(self._shape, seen))
            edited = self._actions.edited()
            return {
                "run": page_run(seen) if seen is not None else None,
                "base": self._told_tasks.whole["number"],
                "rows": rows,
                "marks": page_marks(self._shape, edited),
                "heard": milliseconds(self._heard),
                "patience": round(self._pace.patience_s * 1000),
                "following": feed is not None and not (seen is not None and seen.is_over),
                "trouble": completed(self._trouble),
                "busy": self._busy,
                "said": completed(self._said),
                "doing": completed(self._doing),
                "newer": completed(self._newer),
                "unseen": self._sight.word,
                "unanswered": seen is None and self._sight.is_unanswered,
                "sight": completed(self._sight.note),
                "dropped": self._sight is Sight.DROPPED,
                "watches": self.follows_graph,
                "intentions": self._intentions(seen, edited),
                "question": self._asking.told(completed),
                "refresh": round(max(self._pace.longest_s, LEAST_REFRESH_S) * 1000),
                "now": milliseconds(datetime.now(UTC)) or 0,
            }

    def _intentions(self, seen: RunSnapshot | None, edited: Edited) -> dict[str, PageIntention]:
        if seen is None:
            return {}
        return page_intentions(seen, edited, place=self._actions.place, completed=self._completed)

    def _send_state(self) -> None:
        state = self._told()
        whole = self._told_tasks.whole
        if whole["number"] != self.sfdag_tasks["number"]:  # first: the state speaks of it
            self.sfdag_tasks = {**whole}
        self.sfdag_state = {**state}

    def _show_picture(self) -> None:
        if self._picture is not None:
            self._pictured_at, self._pictured = time.monotonic(), self._seen
            self._picture(
                static_bundle(
                    self._shape,
                    self._seen,
                    unseen=self._sight.plain,
                    shown=self._kept_shown(),
                    place=self._actions.place,
                )
            )

    def _kept_shown(self) -> tuple[Kept, ...]:
        """What the tasks of a run that is over showed, for the picture that stays."""
        seen, run, read = self._seen, self.run, self._actions.shown
        if seen is None or not seen.is_over or run is None or read is None:
            return ()
        try:
            return last_shown(seen, lambda task: read(run, task, None))
        except SfdagError:  # no reason to keep no picture
            return ()

    # From here on: what the page asks for.

    def _hear(self, _widget: object, content: object, _buffers: object) -> None:
        """Acknowledge a request and have it carried out; called by the kernel for each message."""
        request = request_from_content(content)
        if request is None:
            return
        if request.ask is Ask.LOOK and request.whole:
            with self._owning:
                self._told_tasks.forget()
            self._publisher.publish()
            return
        if request.ask is Ask.LOOK:
            was_looked_at, self._looked_at = self.is_looked_at, time.monotonic()
            if not was_looked_at:
                self._on_look()
                self._past.ask()
            return
        self._reply({"id": request.id, "kind": "ack"})
        if request.ask is Ask.ANSWER:  # here: the worker waits for it
            self._asking.answer(request.question, request.text)
            self._reply({"id": request.id, "kind": "done"})
            return
        if request.ask in ACTS and not self._is_taken(request):
            return
        worker = self._reader if request.ask in _READS else self._worker
        worker.put(lambda: self._carry_out(request))

    def _is_taken(self, request: Request) -> bool:
        """Whether an action is to be carried out: once for its id, and not beside another."""
        with self._owning:
            if request.id in self._heard_ids:
                return False
            self._heard_ids.append(request.id)
            acting = self._acting
            if acting is None:
                self._acting = request.id
        if acting is not None:
            self._refuse(request, "something is being done already: wait for its end, then again")
        return acting is None

    def _refuse(self, request: Request, error: str) -> None:
        self._reply({"id": request.id, "kind": "refused", "error": self._completed(error)})

    def _carry_out(self, request: Request) -> None:
        try:
            if request.ask in _ANSWERED:
                detail = dict(self._answered(request))
                self._reply({"id": request.id, "kind": "detail", "detail": detail})
            elif request.ask is Ask.SHOW:
                self._show(request.runs)
                self._reply({"id": request.id, "kind": "done"})
            else:
                self._act(request)
                self._reply({"id": request.id, "kind": "done"})
        except SfdagError as error:
            self._refuse(request, str(error))
        except Exception as error:  # noqa: BLE001 - the thread's border: a bug must reach the page
            _log.exception("%s failed", request.ask)
            self._reply({"id": request.id, "kind": "refused", "error": f"{error!r}"})

    def _answered(self, request: Request) -> Mapping[str, Any]:
        if request.ask is Ask.COMPARE:
            return self._past.compared(request.runs, self._seen)
        if request.ask in _SHEETS:
            return self._proposed(request)
        with self._owning:
            look = Look(
                shape=self._shape,
                seen=self._seen,
                run=self.run,
                actions=self._actions,
                completed=self._completed,
            )
        return answered(request, look)

    def _proposed(self, request: Request) -> Mapping[str, Any]:
        """What stands in the sheet of an action before anybody agrees to it."""
        actions, seen, completed = self._actions, self._seen, self._completed
        if request.ask is Ask.FORM and actions.form is not None:
            return page_form(actions.form(request.values, seen), completed)
        if request.ask is Ask.PLAN and actions.plan is not None:
            return page_plan(actions.plan(), completed)
        if request.ask is Ask.AGAIN and seen is not None and actions.retry is not None:
            self._check_shown(request)
            return page_again(
                seen,
                actions.edited(),
                self._past.usual,
                config=actions.config(),
                original=request.original,
                completed=completed,
            )
        raise InputError("this view cannot do that", hint="%sfdag show")

    def _check_shown(self, request: Request) -> None:
        """See that the page means the run that is shown: it may have been of another one.

        Raises:
            InputError: it does not.
        """
        shown = self._seen.group_id if self._seen is not None else None
        if request.runs and request.runs != (shown or "",):
            raise InputError(
                "this view shows another run by now, and nothing was done", hint="%sfdag runs"
            )

    def _show(self, runs: Sequence[str]) -> None:
        """Show the run that somebody picked; the newest is not kept when there is a newer one."""
        at = self._actions.at
        if at is None or len(runs) != 1:
            raise InputError("this view can show no other run", hint="%sfdag show RUN")
        picked = at(runs[0])
        with self._owning:
            self._is_picked = runs[0] != self._past.newest
        self.follow(picked)

    def _tell_past(self, past: PagePast) -> None:
        self.sfdag_past = {**past}

    def _act(self, request: Request) -> None:
        ask = request.ask
        self._begin(ask)
        try:
            with heard_by(self._tell_begun):
                followed = self._started(request)
        except BaseException:  # why is in the reply
            self._end()
            raise
        is_going = self._seen is not None and not self._seen.is_over
        self._end(until_news=followed is not None or (ask is Ask.STOP and is_going))
        if followed is not None:
            with self._owning:
                self._is_picked = False
            self.follow(followed)
        elif ask not in (Ask.RUN, Ask.STOP):
            self._past.ask()  # the schedule is another now

    def _tell_begun(self, begun: Doing) -> None:
        if not begun.is_aside:
            self.tell_doing(str(begun))

    def _started(self, request: Request) -> Followed | None:
        """Carry an action out on the run that is shown; what is to be followed after it."""
        actions, run, ask = self._actions, self.run, request.ask
        chosen = Chosen(values=request.values, original=request.original, plan=request.text)
        talk = Talk(say=self._say, agrees=self._asking.agrees, chosen=chosen)
        if ask is Ask.RUN and actions.run is not None:
            return actions.run(talk)
        on_graph = {
            Ask.DEPLOY: actions.deploy,
            Ask.SUSPEND: actions.suspend,
            Ask.RESUME: actions.resume,
        }
        if ask in on_graph:
            if (act := on_graph[ask]) is None:
                raise InputError("this view cannot do that", hint=COMMANDS[ask])
            act(talk)
            return None
        self._check_shown(request)
        if run is None:
            raise InputError("this view shows no run", hint="%sfdag run")
        if ask is Ask.RETRY and actions.retry is not None:
            actions.retry(run, talk)
            return run
        if ask is Ask.STOP and actions.stop is not None:
            actions.stop(run, replace(talk, say=self.tell_doing))
        return None

    def _begin(self, ask: Ask) -> None:
        with self._owning:
            self._busy, self._said, self._doing = ask.value, "", _BEGUN.get(ask, "")
        self._publisher.publish()

    def _say(self, text: str) -> None:
        """Say something that stays on the page until the next action begins."""
        with self._owning:
            self._said = "\n".join(filter(None, (self._said, text)))
        self._publisher.publish()

    def _end(self, *, until_news: bool = False) -> None:
        """The action is over; what it did last stands until the run's state shows it."""
        with self._owning:
            self._busy, self._acting = "", None
            if not until_news:
                self._doing = ""
        self._publisher.publish()

    def _reply(self, reply: Reply) -> None:
        self.send(reply)
