"""What every route stands on: the service behind them, a reply to whatever happens, the session.

Knows requests and replies, no route.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sfdag_magics.engine.borders.answers import Result, SqlError
from sfdag_magics.engine.borders.ports import SentFiles
from sfdag_magics.engine.borders.rest_calls import Resources
from sfdag_magics.engine.wire.door import CREDENTIAL
from sfdag_magics.engine.wire.queries import Queries, unexpected_error
from sfdag_magics.engine.wire.query_request import (
    BadRequestError,
)
from sfdag_magics.engine.wire.replies import (
    BAD_REQUEST,
    FENCED,
    LOGIN_EXPIRED,
    SESSION_EXPIRED,
    Reply,
    failure,
    sql_failure,
)
from sfdag_magics.engine.wire.sessions import Sessions, WireSession
from sfdag_magics.engine.wire.tokens import Credential, Keys
from sfdag_magics.light_classes import dataclass

# The connector gives up on a socket after 60 s without an answer (`network.py`); it is told "still
# running" well before and asks again.
PATIENCE_S = 30.0

_Routes = TypeVar("_Routes")


class NoSessionError(Exception):
    """The request's token is good, but its session is not there."""


class FencedError(NoSessionError):
    """The same of a worker's session, which does not come back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What the routes work on.

    Attributes:
        files: those of stages, for clients that send and fetch them.
        resources: makes the door of REST resources, with the first request for one.
        result_of: the result of a query that the wire itself has dropped, if anybody kept it.
        status: what the status route tells, as JSON.
        disk: what the disk route tells, as JSON.
        end_runs: cancels all graph runs, and returns when they are over.
    """

    keys: Keys
    sessions: Sessions
    queries: Queries
    files: SentFiles
    resources: Callable[[], Resources]
    result_of: Callable[[str], Result | None]
    status: Callable[[], Mapping[str, Any]]
    end_runs: Callable[[], None]
    disk: Callable[[], Mapping[str, Any]] = dict
    patience_s: float = PATIENCE_S


def answered(
    endpoint: Callable[[_Routes, Request], Awaitable[Reply]],
) -> Callable[[_Routes, Request], Awaitable[Response]]:
    """The border of every request: whatever happens becomes a reply with HTTP 200."""

    async def answer(routes: _Routes, request: Request) -> Response:
        try:
            reply = await endpoint(routes, request)
        except FencedError:
            reply = failure(LOGIN_EXPIRED, FENCED)
        except NoSessionError:
            reply = failure(SESSION_EXPIRED, "Session token expired. Renew it.")
        except BadRequestError as exc:
            reply = failure(BAD_REQUEST, f"Bad request: {exc}.")
        except SqlError as exc:
            reply = sql_failure(exc)
        except Exception as exc:  # noqa: BLE001 - the border: clients get a reference, no stack
            reply = sql_failure(unexpected_error(exc))
        return JSONResponse(reply)

    return answer


def session_of(request: Request, sessions: Sessions) -> WireSession:
    """The session whose token the request has.

    Raises:
        NoSessionError: it is not there.
    """
    credential: Credential = request.scope[CREDENTIAL]
    if not credential.is_of_session:
        raise NoSessionError
    found = sessions.find(credential.session_id)
    if found is None:
        raise FencedError if credential.is_guest else NoSessionError
    return found
