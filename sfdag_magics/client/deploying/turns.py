"""One at a time: whoever deploys, ships code or drops a graph waits for who does so already.

There is no lock on a stage. But who has put its journal there and then sees no other's may go on:
of two who do that in the same instant at least one sees the other's, takes its own away and waits.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from random import SystemRandom
from types import MappingProxyType
from typing import Protocol

from sfdag_magics.client.code.deployed_code import (
    graph_folder,
    list_statement,
    listed_files,
    stage_location,
)
from sfdag_magics.client.connecting.activity import doing
from sfdag_magics.client.connecting.backend import Answering, Backend
from sfdag_magics.client.connecting.looked_ahead import LookedAhead
from sfdag_magics.client.deploying.journal import Journal, held, read_journals
from sfdag_magics.errors import BackendError, ConnectError
from sfdag_magics.place_words import to_type
from sfdag_magics.sqltext import QualifiedName

#: Seconds between two looks; two who met do not look again in the same instant.
_EMBEDDED_PAUSE_S = (0.005, 0.05)
_SNOWFLAKE_PAUSE_S = (1.0, 4.0)
#: How long another is waited for before somebody has to say that it broke off.
PATIENCE_S = 120.0


class Awaited(Protocol):
    """What has to be over before anybody may go on: the graph's runs."""

    @property
    def questions(self) -> Sequence[str]:
        """The statements that `is_going_on` asks, to be asked with others at once."""

    def is_going_on(self, answers: Answering) -> bool:
        """Whether there is something to wait for."""

    def wait(self) -> None:
        """Block while there is."""


class Turns:
    """Who is changing one graph on one target. Any thread; calls block.

    Args:
        stage: where the graph's files lie.
    """

    def __init__(
        self, backend: Backend, graph: str, stage: QualifiedName, *, patience_s: float = PATIENCE_S
    ) -> None:
        self._backend = backend
        self._graph = graph
        self._stage = stage
        self._patience_s = patience_s
        self._pauses = _EMBEDDED_PAUSE_S if backend.is_embedded else _SNOWFLAKE_PAUSE_S

    @contextlib.contextmanager
    def taken(
        self,
        own: Journal,
        broken_off: Collection[str] = (),
        awaited: Awaited | None = None,
        *,
        files: Mapping[str, bytes] = MappingProxyType({}),
        looks: Sequence[str] = (),
        makes_graph: bool = False,
    ) -> Iterator[LookedAhead]:
        """While inside, nobody else of this package changes the graph; `own` lies on the stage.

        It stays there, to be completed: who is done or has undone everything removes it.

        Args:
            broken_off: where the journals lie that somebody said are nobody's any more.
            awaited: looked at with the turn taken, which is given back while it goes on.
            files: put there with it.
            looks: statements that are wanted with the turn taken.
            makes_graph: who comes first is told by the root's own CREATE TASK: no look is needed.

        Yields:
            What was asked with the turn taken.

        Raises:
            BackendError: another goes on for longer than there is patience; says what to type.
        """
        with held(own):
            deadline = time.monotonic() + self._patience_s
            self._backend.upload_all({own.location: own.content(), **files})
            if makes_graph:
                yield LookedAhead(self._backend)
                return
            while (answers := self._look(own, broken_off, awaited, looks)) is None:
                self._backend.rows(own.withdraw)
                self._wait(deadline, broken_off)
                if awaited is not None and awaited.is_going_on(self._backend):
                    awaited.wait()
                    deadline = time.monotonic() + self._patience_s
                self._backend.upload_all({own.location: own.content(), **files})
            yield answers

    def _look(
        self,
        own: Journal,
        broken_off: Collection[str],
        awaited: Awaited | None,
        looks: Sequence[str],
    ) -> LookedAhead | None:
        """What was seen with `own` there; None where another's is, or something goes on."""
        awaits = awaited.questions if awaited is not None else ()
        try:
            # In this order: what is read is what is there when nobody else can begin.
            asked = [list_statement(self._stage, graph_folder(self._graph)), *awaits, *looks]
            answers = LookedAhead(self._backend, asked)
            is_alone = not self._others({own.location, *broken_off}, answers)
            is_free = is_alone and not (awaited is not None and awaited.is_going_on(answers))
        except BaseException:
            with contextlib.suppress(BackendError):
                self._backend.rows(own.withdraw)
            raise
        return answers if is_free else None

    def wait(self, answers: Answering | None = None) -> bool:
        """Block while somebody changes the graph; whether anybody did, as far as one may see.

        Args:
            answers: what was just asked of the target, the files perhaps among it.
        """
        try:
            if not self._others((), answers):
                return False
        except ConnectError:
            raise
        except BackendError:  # who may run the graph need not be allowed to read its stage
            return False
        self._wait(time.monotonic() + self._patience_s, ())
        return True

    def _wait(self, deadline: float, broken_off: Collection[str]) -> None:
        while others := self._others(broken_off):
            who = ", ".join(dict.fromkeys(other.who for other in others))
            doing("waiting for another deploy to end", who)
            if time.monotonic() > deadline:
                raise BackendError(
                    f"{who} is deploying graph {self._graph} at the same time, and has not ended "
                    f"for {self._patience_s:g} s",
                    hint=f"{to_type('deploy')} once that has ended; "
                    f"{to_type('deploy', now=True)} if it broke off",
                )
            self._pause()
        self._pause()

    def _pause(self) -> None:
        threading.Event().wait(SystemRandom().uniform(*self._pauses))

    def _others(
        self, without: Collection[str] = (), answers: Answering | None = None
    ) -> list[Journal]:
        answering = self._backend if answers is None else answers
        files = listed_files(answering, self._stage, graph_folder(self._graph))
        folder = stage_location(self._stage, graph_folder(self._graph))
        there = read_journals(self._backend, folder, files, without)
        return [journal for journal in there if not journal.has_broken_off]
