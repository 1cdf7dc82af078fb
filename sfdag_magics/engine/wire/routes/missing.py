"""What is answered where nothing is offered. Knows what clients read of an error, no routes."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response


async def not_found(request: Request, _exc: Exception | None = None) -> Response:
    """A route that is none."""
    message = f"The embedded engine does not offer {request.method} {request.url.path}."
    body = {"success": False, "code": "404", "error_code": "404", "message": message, "data": None}
    return JSONResponse(body, status_code=404)
