"""What is being done right now: said by whoever does it, shown by whoever watches.

An engine is started, code is shipped and statements are sent deep below the cell or the page that
waits for it. Whoever begins something that may take a while says so with `doing`; who listens is
the affair of the context, so nothing in between has to hand a listener on.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar

from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True)
class Doing:
    """Something that may take a while, in a few words: `deploying`, `statement 3 of 60`.

    Attributes:
        what: stays while the same goes on; empty where nothing is done any more.
        detail: how far it has come, or with what.
        is_aside: every call says this; it matters where nothing else is said and it takes long.
    """

    what: str
    detail: str = ""
    is_aside: bool = False

    def __str__(self) -> str:
        return " · ".join(filter(None, (self.what, self.detail)))


#: Is told what begins, in the thread that does it; must not block.
Listener = Callable[[Doing], None]

_listener: ContextVar[Listener | None] = ContextVar("sfdag_listener", default=None)


def doing(what: str, detail: str = "") -> None:
    """Say what begins now, and so that what was said before is over."""
    listener()(Doing(what, detail))


def meanwhile(what: str) -> None:
    """Say what is done where nobody said anything more to the point."""
    listener()(Doing(what, is_aside=True))


def listener() -> Listener:
    """Who listens in this context, for whoever works for it in another thread."""
    return _listener.get() or nobody


def nobody(_: Doing) -> None:
    """Hears nothing."""


@contextlib.contextmanager
def heard_by(listener: Listener) -> Iterator[None]:
    """While inside, `listener` hears what is done in this context."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)
