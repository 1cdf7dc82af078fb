"""One at a time: whoever deploys, ships code or drops a graph waits for who does so already.

There is no lock on a stage. But who has put its journal there and then sees no other's may go on:
of two who do that in the same instant at least one sees the other's, takes its own away and waits.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Collection, Iterator
from random import SystemRandom
from typing import Protocol

from sfdag_magics.client.code.deployed_code import graph_folder, listed_files, stage_location
from sfdag_magics.client.connecting.activity import doing
from sfdag_magics.client.connecting.backend import Backend
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

    def is_going_on(self) -> bool:
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
        self, own: Journal, broken_off: Collection[str] = (), awaited: Awaited | None = None
    ) -> Iterator[None]:
        """While inside, nobody else of this package changes the graph; `own` lies on the stage.

        It stays there, to be completed: who is done or has undone everything removes it.

        Args:
            broken_off: where the journals lie that somebody said are nobody's any more.
            awaited: looked at with the turn taken, which is given back while it goes on.

        Raises:
            BackendError: another goes on for longer than there is patience; says what to type.
        """
        with held(own):
            deadline = time.monotonic() + self._patience_s
            while not self._is_taken(own, broken_off, awaited):
                self._backend.rows(own.remove)
                self._wait(deadline, broken_off)
                if awaited is not None and awaited.is_going_on():
                    awaited.wait()
                    deadline = time.monotonic() + self._patience_s
            yield

    def _is_taken(self, own: Journal, broken_off: Collection[str], awaited: Awaited | None) -> bool:
        """Whether `own` lies there, nobody else's does, and nothing has to be waited for."""
        self._backend.upload(own.content(), own.location)
        try:
            is_alone = not self._others({own.location, *broken_off})
            return is_alone and not (awaited is not None and awaited.is_going_on())
        except BaseException:
            with contextlib.suppress(BackendError):
                self._backend.rows(own.remove)
            raise

    def wait(self) -> bool:
        """Block while somebody changes the graph; whether anybody did, as far as one may see."""
        try:
            if not self._others():
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

    def _others(self, without: Collection[str] = ()) -> list[Journal]:
        files = listed_files(self._backend, self._stage, graph_folder(self._graph))
        folder = stage_location(self._stage, graph_folder(self._graph))
        there = read_journals(self._backend, folder, files, without)
        return [journal for journal in there if not journal.has_broken_off]
