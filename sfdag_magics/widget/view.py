"""The widget: one graph, the run that is followed, and what the buttons do.

Puts the parts of a view together: what it shows has one owner, `Stand`, and the page gets whole
copies. Displaying it is the caller's work, as is keeping the static form beside it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import anywidget
import traitlets

from sfdag_magics.client.code.cells_now import errors_now
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.errors import InputError, SfdagError
from sfdag_magics.graph.names import counted
from sfdag_magics.place_words import to_type
from sfdag_magics.render.placed import Direction
from sfdag_magics.render.shape import Shape
from sfdag_magics.render.sight import Sight
from sfdag_magics.widget import assets
from sfdag_magics.widget.asked.acting import Acting
from sfdag_magics.widget.asked.answering import ANSWERED, answer
from sfdag_magics.widget.asked.desk import Desk
from sfdag_magics.widget.comm import answer_while_a_cell_runs, kernel_session
from sfdag_magics.widget.held.actions import Actions
from sfdag_magics.widget.held.asking import Asking
from sfdag_magics.widget.held.feed import EMBEDDED_PACE, Feed, Followed, Pace
from sfdag_magics.widget.held.standing import Completed, Newer, Stand, ViewStanding
from sfdag_magics.widget.messages import Ask, PageFolded, PageGraph, PagePast, Request
from sfdag_magics.widget.told.drawing import Drawing
from sfdag_magics.widget.told.kept_picture import KeptPicture, Picture
from sfdag_magics.widget.told.page_state import page_looks
from sfdag_magics.widget.told.past_runs import LAST, PastRuns, page_past
from sfdag_magics.widget.told.publisher import Publisher
from sfdag_magics.widget.told.told_state import ToldState

#: A page that is seen says so every fifteen seconds (`looking.js`); after three it is not.
LOOK_S = 45.0


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
    sfdag_folded = traitlets.Dict().tag(sync=True)
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
        picture: Picture | None = None,
        direction: Direction = Direction.FITTING,
        seen: RunSnapshot | None = None,
        follows_graph: bool = False,
        on_look: Callable[[], None] = lambda: None,
        completed: Completed = str,
        sight: Sight = Sight.CLEAR,
    ) -> None:
        self._actions = actions = actions or Actions()
        self._pace = pace
        self._drawing = Drawing(direction, self._on_drawn)
        self._on_look = on_look
        self._looked_at = float("-inf")
        self._following = threading.Lock()  # guards what follows
        self._feed: Feed | None = None
        first = ViewStanding(
            shape=shape, completed=completed, seen=seen, is_of_graph=follows_graph, sight=sight
        )
        self._put_together(first, actions, picture)
        super().__init__(**self._first_traits(first))
        self.complete_by(completed)
        answer_while_a_cell_runs(self.comm)
        self.on_msg(lambda _widget, content, _buffers: self._desk.hear(content))
        self._picture.make(first, is_drawn=self.sfdag_graph["placed"])
        if not self.sfdag_graph["placed"]:
            self._drawing.later(shape)
        if run is not None:
            self.follow(run)

    def _first_traits(self, first: ViewStanding) -> dict[str, Any]:
        graph, folded = self._drawing.of(first.shape)
        state = self._told_state.of(first)
        return {
            "_esm": assets.script(),
            "_css": assets.style(),
            "sfdag_graph": graph,
            "sfdag_folded": folded,
            "sfdag_tasks": self._told_state.tasks,
            "sfdag_state": state,
            "sfdag_past": page_past(()),
            "sfdag_looks": page_looks(),
        }

    def _put_together(self, first: ViewStanding, actions: Actions, picture: Picture | None) -> None:
        self._publisher = Publisher(self._send_state)
        self._asking = Asking(self._publisher.publish)
        self._stand = Stand(first, self._publisher.publish)
        self._told_state = ToldState(actions, self._asking, self._pace)
        self._picture = KeptPicture(picture, actions)
        past = partial(actions.past, LAST) if actions.past else None
        self._past = PastRuns(past, self._tell_past, actions.schedule, self._shown_group)
        self._desk = Desk(
            reply=lambda reply: self.send(reply),
            refused=lambda error: self._stand.now.completed(error),
            looked=self._looked,
            answered=lambda request: self._asking.answer(request.question, request.text),
            carry_out=self._carried_out,
        )
        self._acting = Acting(actions, self._stand, self._asking.agrees, self._desk.free)

    def __repr__(self) -> str:
        # Stands in saved and exported notebooks, where the view itself cannot.
        shape = self._stand.now.shape
        return f"live view of {shape.name}, {counted(len(shape.nodes), 'task')}"

    def _repr_mimebundle_(self, **kwargs: dict[str, Any]) -> Any:  # noqa: ANN401 - as ipywidgets asks
        """Without a line of its own where a picture is kept beside it: that one says more."""
        bundle = super()._repr_mimebundle_(**kwargs)
        if self._picture.is_kept and bundle is not None:
            bundle[0]["text/plain"] = ""
        return bundle

    @property
    def snapshot(self) -> RunSnapshot | None:
        """The run as it was last seen; None before the first."""
        return self._stand.now.seen

    @property
    def run(self) -> Followed | None:
        """The run that is shown; None before the first."""
        feed = self._feed
        return feed.run if feed is not None else None

    @property
    def follows_graph(self) -> bool:
        """Whether it goes over to the graph's next run: nobody picked another one."""
        return self._stand.now.follows_graph

    @property
    def is_of_graph(self) -> bool:
        """Whether it is a graph's view, also while somebody looks at an older run in it."""
        return self._stand.now.is_of_graph

    @property
    def is_looked_at(self) -> bool:
        """Whether a page has said lately that the view is to be seen."""
        return time.monotonic() - self._looked_at < LOOK_S

    @property
    def sight(self) -> Sight:
        """What is known of the graph as it stands on its target."""
        return self._stand.now.sight

    @property
    def _seen_now(self) -> ViewStanding:
        """What is shown, errors in it with the numbers that the cells have now."""
        now = self._stand.now
        if now.seen is None or not now.seen.failed:
            return now
        return replace(now, seen=errors_now(now.seen, self._actions.cells()))

    def follow(self, run: Followed) -> None:
        """Show this run from now on. Its first state arrives in the background."""
        feed = Feed(
            run,
            on_news=self._on_news,
            on_silence=self._on_silence,
            on_doing=self._on_doing,
            pace=self._pace,
        )
        with self._following:
            before = self._feed
            if before is not None and before.run is run and before.is_following:
                return
            self._feed = feed
        self._stand.turn(lambda shown: shown.with_run(run))
        if before is not None:
            before.close()
        if self._actions.shape is not None:
            self.redraw(self._actions.shape(run))
        feed.start()

    def show_end(self, seen: RunSnapshot) -> None:
        """Show this end of the run before its feed has asked: the kernel may be gone by then."""
        shown = self.snapshot
        is_its = shown is not None and shown.group_id == seen.group_id
        if shown is None or (is_its and shown.attempt <= seen.attempt and shown != seen):
            self._on_news(seen)

    def tell_newer(self, group_id: str | None, scheduled: datetime, text: str) -> None:
        """Say on the page that a newer run exists, until that one or a later one is shown."""
        newer = Newer(group_id, scheduled, text)
        if newer != self._stand.now.newer:
            self._stand.turn(lambda shown: shown.with_newer(newer))
            self._past.ask()

    def tell_doing(self, text: str) -> None:
        """Say on the page what is being done; nothing with an empty text."""
        self._acting.tell_doing(text)

    def tell_edits(self) -> None:
        """Say on the page which tasks are edited by now: a cell was run, whatever it changed."""
        self._publisher.publish()

    def tell_sight(self, sight: Sight) -> None:
        """Say on the page what is known of the graph, beside or instead of a run."""
        self._stand.turn(lambda shown: replace(shown, sight=sight))

    def complete_by(self, completed: Completed) -> None:
        """Complete the commands on the page by this: what is current in the notebook changed."""
        self._stand.turn(lambda shown: replace(shown, completed=completed))
        model, session = self.model_id or "", kernel_session(self.comm)
        offered = {**self._actions.told(completed, model=model, session=session)}
        if offered != self.sfdag_actions:
            self.sfdag_actions = offered

    def redraw(self, shape: Shape) -> None:
        """Show another shape, after a cell was added, changed or forgotten."""
        if shape == self._stand.now.shape:
            return
        graph, folded = self._drawing.of(shape)
        # A state of the shape before would be taken for one of this: its tasks are numbers.
        with self._publisher.silence():
            self._tell_drawn(graph, folded)
            self._stand.turn(lambda shown: replace(shown, shape=shape))
        if graph["placed"]:
            self._picture.make(self._seen_now)
        else:
            self._drawing.later(shape)

    def close(self) -> None:
        """End the threads and take the view from the page."""
        with self._following:
            feed, self._feed = self._feed, None
        if feed is not None:
            feed.close()
        self._asking.close()
        self._desk.close()
        self._drawing.close()
        self._past.close()
        super().close()

    def _tell_drawn(self, graph: PageGraph, folded: PageFolded) -> None:
        with self.hold_sync():  # in one message: indexes of the one are of the other
            self.sfdag_graph, self.sfdag_folded = {**graph}, {**folded}

    def _on_drawn(self, shape: Shape, graph: PageGraph, folded: PageFolded) -> None:
        if shape == self._stand.now.shape:
            self._tell_drawn(graph, folded)
            self._picture.make(self._seen_now)

    def _on_news(self, seen: RunSnapshot) -> None:
        heard, before = datetime.now(UTC), self.snapshot
        self._stand.turn(lambda shown: shown.with_news(seen, heard))
        then = (before.group_id, before.attempt) if before is not None else None
        is_another = then != (seen.group_id, seen.attempt)
        if is_another or seen.is_over:
            self._past.ask()
        self._picture.follow(self._seen_now)

    def _on_silence(self, error: SfdagError) -> None:
        self._stand.turn(lambda shown: replace(shown, trouble=error.message))
        self._publisher.publish()  # also where it is the same: the page hears that it is asked

    def _on_doing(self, text: str) -> None:
        self._stand.turn(lambda shown: shown if shown.busy else replace(shown, doing=text))

    def _send_state(self) -> None:
        state = self._told_state.of(self._seen_now)
        tasks = self._told_state.tasks
        if tasks["number"] != self.sfdag_tasks["number"]:  # first: the state speaks of it
            self.sfdag_tasks = {**tasks}
        self.sfdag_state = {**state}

    def _shown_group(self) -> str | None:
        seen = self.snapshot
        return seen.group_id if seen is not None else None

    def _tell_past(self, past: PagePast) -> None:
        self.sfdag_past = {**past}

    # From here on: what the page asks for.

    def _looked(self, request: Request) -> None:
        if request.whole:
            self._told_state.forget_tasks()
            self._publisher.publish()
            return
        was_looked_at, self._looked_at = self.is_looked_at, time.monotonic()
        if not was_looked_at:
            self._publisher.publish()  # what a page finds may be hours old
            self._on_look()
            self._past.ask()

    def _carried_out(self, request: Request) -> Mapping[str, Any] | None:
        if request.ask in ANSWERED:
            return answer(request, self._seen_now, actions=self._actions, past=self._past)
        if request.ask is Ask.SHOW:
            self._show(request.runs)
        elif request.ask in (Ask.FOLD, Ask.UNFOLD):
            shape, is_folded = self._stand.now.shape, request.ask is Ask.FOLD
            self.sfdag_folded = {**self._drawing.turn(shape, request.task, is_folded=is_folded)}
        else:
            self._act(request)
        return None

    def _show(self, runs: Sequence[str]) -> None:
        """Show the run that somebody picked; the newest is not kept when there is a newer one."""
        at = self._actions.at
        if at is None or len(runs) != 1:
            raise InputError("this view can show no other run", hint=to_type("runs"))
        picked, is_old = at(runs[0]), runs[0] != self._past.newest
        self._stand.turn(lambda shown: replace(shown, is_picked=is_old, said=""))
        self.follow(picked)

    def _act(self, request: Request) -> None:
        followed = self._acting.act(request)
        if followed is not None:
            self._stand.turn(lambda shown: replace(shown, is_picked=False))
            self.follow(followed)
        elif request.ask not in (Ask.RUN, Ask.STOP):
            self._past.ask()  # the schedule is another now
