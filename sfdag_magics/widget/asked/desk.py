"""Takes what the page asks: acknowledges it, has it carried out in a thread, and replies.

In a message handler the work would hold the kernel, and what it prints or raises would vanish.
Knows which requests wait for which, not what any of them does.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from sfdag_magics.errors import SfdagError
from sfdag_magics.widget.held.actions import Worker
from sfdag_magics.widget.messages import ACTS, Ask, Reply, Request, request_from_content

_log = logging.getLogger(__name__)

#: So many requests are known again by their ids.
_REMEMBERED = 200
#: They do not wait behind an action: a stop may wait for a minute. A plan may have to start the
#: engine first, and waits its turn like what is done.
_READS = frozenset(Ask) - ACTS - {Ask.PLAN}


class Desk:
    """Two threads, started when needed: `sfdag-actions` for what is done, `sfdag-details`.

    Args:
        reply: to the page.
        refused: an error's text as the page is told it.
        looked: is told that somebody looks, in the thread that hears it.
        answered: is given the answer to a question, in the thread that hears it: a worker waits.
        carry_out: does the rest, in one of the threads; the answer, or None where there is none.
    """

    def __init__(
        self,
        *,
        reply: Callable[[Reply], None],
        refused: Callable[[str], str],
        looked: Callable[[Request], None],
        answered: Callable[[Request], None],
        carry_out: Callable[[Request], Mapping[str, Any] | None],
    ) -> None:
        self._reply = reply
        self._refused = refused
        self._looked = looked
        self._answered = answered
        self._carry_out = carry_out
        self._worker = Worker("sfdag-actions")
        self._reader = Worker("sfdag-details")
        self._taking = threading.Lock()  # guards what follows
        self._taken: deque[str] = deque(maxlen=_REMEMBERED)
        self._is_acting = False

    def hear(self, content: object) -> None:
        """A message's content; what is no request of ours is dropped."""
        request = request_from_content(content)
        if request is None:
            return
        if request.ask is Ask.LOOK:
            self._looked(request)
            return
        self._reply({"id": request.id, "kind": "ack"})
        if request.ask is Ask.ANSWER:
            self._answered(request)
            self._reply({"id": request.id, "kind": "done"})
        elif request.ask not in ACTS or self._is_taken(request):
            worker = self._reader if request.ask in _READS else self._worker
            worker.put(lambda: self._reply(self._outcome(request)))

    def free(self) -> None:
        """An action is over: the next one may begin."""
        with self._taking:
            self._is_acting = False

    def close(self) -> None:
        """End the threads, after what they were given before."""
        self._worker.close()
        self._reader.close()

    def _is_taken(self, request: Request) -> bool:
        """Whether an action is to be carried out: once for its id, and not beside another."""
        with self._taking:
            if request.id in self._taken:
                return False
            self._taken.append(request.id)
            was_acting, self._is_acting = self._is_acting, True
        if was_acting:
            error = "something is being done already: wait for its end, then again"
            self._reply(self._refusal(request, error))
        return not was_acting

    def _refusal(self, request: Request, error: str) -> Reply:
        return {"id": request.id, "kind": "refused", "error": self._refused(error)}

    def _outcome(self, request: Request) -> Reply:
        try:
            detail = self._carry_out(request)
        except SfdagError as error:
            return self._refusal(request, str(error))
        except Exception as error:  # noqa: BLE001 - the thread's border: a bug must reach the page
            _log.exception("%s failed", request.ask)
            return {"id": request.id, "kind": "refused", "error": f"{error!r}"}
        if detail is None:
            return {"id": request.id, "kind": "done"}
        return {"id": request.id, "kind": "detail", "detail": dict(detail)}
