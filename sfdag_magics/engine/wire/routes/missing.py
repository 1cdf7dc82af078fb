"""What is answered where nothing is offered. Knows what REST clients read, no routes.

REST clients read `error_code` and `message` (Snowflake docs: "REST API responses"), and a 404 as
the word that an object does not exist.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

#: All that clients of REST resources use.
REST_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


async def not_found(request: Request, _exc: Exception | None = None) -> Response:
    """A route that is none."""
    return _failed(404, f"The embedded engine does not offer {_asked(request)}.")


async def not_offered(request: Request) -> Response:
    """A REST resource: none is offered, which says nothing of the object."""
    return _failed(
        501,
        f"The embedded engine does not offer {_asked(request)}: REST resources (snowflake.core,"
        " session.catalog) are not supported yet. Use SQL: SHOW, DESCRIBE, CREATE, ALTER and DROP,"
        " as in session.sql('SHOW TABLES').",
    )


def _asked(request: Request) -> str:
    return f"{request.method} {request.url.path}"


def _failed(status: int, message: str) -> Response:
    code = str(status)
    body = {"success": False, "code": code, "error_code": code, "message": message, "data": None}
    return JSONResponse(body, status_code=status)
