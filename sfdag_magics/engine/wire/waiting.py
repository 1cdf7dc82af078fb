"""Waits for a query while its client does. Knows that a request can be hung up on, no replies."""

from __future__ import annotations

import asyncio

from starlette.requests import Request

from sfdag_magics.engine.wire.queries import Query


async def end_or_hang_up(query: Query, request: Request, patience_s: float) -> None:
    """Wait until a query has ended, its client has hung up, or patience has."""
    done = asyncio.wrap_future(query.done)
    gone = asyncio.create_task(_hung_up(request))
    try:
        await asyncio.wait({done, gone}, timeout=patience_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        gone.cancel()


async def _hung_up(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
