"""Why a call is refused, and what that is as a status and an `ErrorResponse`.

A statement that fails keeps its code; a call that becomes no statement has that of its HTTP status.
"""

from __future__ import annotations

from collections.abc import Mapping

from sfdag_magics.engine.borders.answers import ALREADY_EXISTS, SqlError
from sfdag_magics.engine.borders.rest_calls import RestAnswer

BAD_REQUEST, NOT_FOUND, NOT_ALLOWED = 400, 404, 405
#: Of a failure that is the engine's own, which has its story in the log.
_INTERNAL_STATE = "XX000"
#: By SQLSTATE: what is not there, is taken, is forbidden, is not supported by this engine.
_STATUSES: Mapping[str, int] = {
    "02000": NOT_FOUND,
    "42710": 409,
    "42501": 403,
    "0A000": NOT_ALLOWED,
    _INTERNAL_STATE: 500,
}
#: Where the code says more than the SQLSTATE: several statements, where a body may have one.
_BY_CODE: Mapping[int, int] = {ALREADY_EXISTS: 409, 8: BAD_REQUEST}


class RefusedCallError(Exception):
    """A call that becomes no statement."""

    def __init__(self, message: str, status: int = BAD_REQUEST) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


def refused(problem: RefusedCallError, call_id: str) -> RestAnswer:
    """The answer to a call that becomes no statement."""
    return _answer(problem.status, str(problem.status), problem.message, call_id)


def failed(problem: SqlError, call_id: str) -> RestAnswer:
    """The answer to a call whose statement failed."""
    status = _BY_CODE.get(problem.code, _STATUSES.get(problem.sqlstate, BAD_REQUEST))
    return _answer(status, f"{problem.code:06d}", problem.message, call_id)


def _answer(status: int, code: str, message: str, call_id: str) -> RestAnswer:
    body = {"message": message, "code": code, "error_code": code, "request_id": call_id}
    return RestAnswer(status=status, body=body)
