"""Carries out what a page wants done, on the run that is shown, and has the page told meanwhile.

Knows `Actions`, not what they do; what the page only asks is answered by `answering`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sfdag_magics.client.connecting.activity import Doing, heard_by
from sfdag_magics.client.observing.questions import Agrees
from sfdag_magics.errors import InputError
from sfdag_magics.place_words import to_type
from sfdag_magics.widget.asked.choosing import chosen_of
from sfdag_magics.widget.held.actions import COMMANDS, Actions, Talk
from sfdag_magics.widget.held.feed import Followed
from sfdag_magics.widget.held.standing import Stand, ViewStanding
from sfdag_magics.widget.messages import Ask, Request

#: What an action does before it says more.
_BEGUN = {
    Ask.RUN: "starting a run",
    Ask.RETRY: "continuing the run",
    Ask.STOP: "stopping the run",
    Ask.DEPLOY: "deploying the graph",
    Ask.SUSPEND: "turning the schedule off",
    Ask.RESUME: "turning the schedule on",
    Ask.CONNECT: "connecting",
    Ask.FILL: "starting the backfill",
}


class Acting:
    """One action after another; `free` is called when one is over, before what follows from it."""

    def __init__(
        self, actions: Actions, stand: Stand, agrees: Agrees, free: Callable[[], None]
    ) -> None:
        self._actions = actions
        self._stand = stand
        self._agrees = agrees
        self._free = free

    def act(self, request: Request) -> Followed | None:
        """Carry it out; what is to be followed after it.

        Raises:
            SfdagError: it was refused, or failed.
        """
        ask = request.ask
        self._stand.turn(
            lambda shown: replace(shown, busy=ask.value, said="", doing=_BEGUN.get(ask, ""))
        )
        try:
            with heard_by(self._tell_begun):
                followed = self.started(request)
        except BaseException:  # why is in the reply
            self._end(until_news=False)
            raise
        is_stop = ask is Ask.STOP and self._stand.now.is_going
        self._end(until_news=followed is not None or is_stop)
        return followed

    def started(self, request: Request) -> Followed | None:
        """Only carry it out, without a word on the page."""
        actions, ask = self._actions, request.ask
        talk = Talk(
            say=self._say,
            agrees=self._agrees,
            chosen=chosen_of(request, self._stand.now.shape),
        )
        if ask is Ask.RUN and actions.run is not None:
            return actions.run(talk)
        on_graph = {
            Ask.DEPLOY: actions.deploy,
            Ask.SUSPEND: actions.suspend,
            Ask.RESUME: actions.resume,
            Ask.CONNECT: actions.connect,
            Ask.FILL: actions.fill,
        }
        if ask in on_graph:
            if (act := on_graph[ask]) is None:
                raise InputError("this view cannot do that", hint=COMMANDS[ask])
            act(talk)
            return None
        return self._on_run(request, talk)

    def _on_run(self, request: Request, talk: Talk) -> Followed | None:
        shown = self._stand.now
        if (run := shown.run) is None:
            raise InputError("this view shows no run", hint=to_type("run"))
        shown.check(request.runs)
        if request.ask is Ask.RETRY and self._actions.retry is not None:
            return self._actions.retry(run, talk) or run
        if request.ask is Ask.STOP and self._actions.stop is not None:
            self._actions.stop(run, replace(talk, say=self.tell_doing))
        return None

    def tell_doing(self, text: str) -> None:
        """Say on the page what is being done; nothing with an empty text."""
        self._stand.turn(lambda shown: replace(shown, doing=text))

    def _tell_begun(self, begun: Doing) -> None:
        if not begun.is_aside:
            self.tell_doing(str(begun))

    def _say(self, text: str) -> None:
        """Say something that stays on the page until the next action begins."""
        self._stand.turn(
            lambda shown: replace(shown, said="\n".join(filter(None, (shown.said, text))))
        )

    def _end(self, *, until_news: bool) -> None:
        """The action is over; what it did last stands until the run's state shows it."""
        self._free()

        def over(shown: ViewStanding) -> ViewStanding:
            return replace(shown, busy="", doing=shown.doing if until_news else "")

        self._stand.turn(over)
