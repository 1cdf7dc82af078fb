"""The application: which path is answered by which route. The door stands before it.

What clients call (`snowflake-connector-python` 4.8 and 5.2): login, token renewal, heartbeat and
close of a session; query, its result, its status, its end; files of stages; REST resources
(`snowflake.core`). Everything else is a plain 404.
"""

from __future__ import annotations

import asyncio

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sfdag_magics.engine.wire.door import CREDENTIAL, RESOURCES_PATH, STAGES_PATH
from sfdag_magics.engine.wire.routes.border import Service
from sfdag_magics.engine.wire.routes.missing import not_found
from sfdag_magics.engine.wire.routes.query_routes import QueryRoutes
from sfdag_magics.engine.wire.routes.resource_routes import ResourceRoutes
from sfdag_magics.engine.wire.routes.session_routes import SessionRoutes
from sfdag_magics.engine.wire.routes.staged_files import StagedFileRoutes
from sfdag_magics.engine.wire.tokens import Credential, Kind


def build_app(service: Service) -> ASGIApp:
    """The application; put it behind a `Door`."""
    routes = _routes(service)
    resources = ResourceRoutes(service.resources, service.sessions)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        # no route: a pattern of Starlette's ends at a line break, which a name may have
        is_resource = scope["type"] == "http" and scope["path"].startswith(RESOURCES_PATH)
        await (resources if is_resource else routes)(scope, receive, send)

    return app


def _routes(service: Service) -> Starlette:
    """All that is no REST resource."""
    sessions, queries = SessionRoutes(service), QueryRoutes(service)
    owner = _OwnerRoutes(service)
    files = StagedFileRoutes(service.files, service.sessions)
    return Starlette(
        routes=[
            # first, as most requests are: they are tried in this order
            Route("/queries/v1/query-request", queries.query, methods=["POST"]),
            Route("/session/v1/login-request", sessions.login, methods=["POST"]),
            Route("/session/token-request", sessions.renew, methods=["POST"]),
            Route("/session/heartbeat", sessions.heartbeat, methods=["POST"]),
            Route("/session", sessions.close, methods=["POST"]),
            Route("/queries/v1/abort-request", queries.abort_request, methods=["POST"]),
            Route("/queries/{query_id}/result", queries.result, methods=["GET"]),
            Route("/queries/{query_id}/chunks/{chunk}", queries.chunk, methods=["GET"]),
            Route("/queries/{query_id}/abort-request", queries.abort_query, methods=["POST"]),
            Route("/monitoring/queries/{query_id}", queries.monitor, methods=["GET"]),
            # as connector 5.2 asks for it
            Route("/monitoring/queries//{query_id}", queries.monitor, methods=["GET"]),
            Route(f"{STAGES_PATH}/{{stage_id}}/{{name:path}}", files.file, methods=["GET", "PUT"]),
            Route("/telemetry/send", sessions.telemetry, methods=["POST"]),
            Route("/sfdag/status", owner.status, methods=["GET"]),
            Route("/sfdag/disk", owner.disk, methods=["GET"]),
            Route("/sfdag/end-runs", owner.end_runs, methods=["POST"]),
        ],
        exception_handlers={404: not_found},
    )


class _OwnerRoutes:
    """What the owner of the data directory asks of the engine itself."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def status(self, request: Request) -> Response:
        if not _is_owner(request):
            return _for_the_owner()
        return JSONResponse(dict(await asyncio.to_thread(self._service.status)))

    async def disk(self, request: Request) -> Response:
        if not _is_owner(request):
            return _for_the_owner()
        return JSONResponse(dict(await asyncio.to_thread(self._service.disk)))

    async def end_runs(self, request: Request) -> Response:
        if not _is_owner(request):
            return _for_the_owner()
        await asyncio.to_thread(self._service.end_runs)
        return await self.status(request)


def _is_owner(request: Request) -> bool:
    credential: Credential = request.scope[CREDENTIAL]
    return credential.kind is Kind.OWNER


def _for_the_owner() -> Response:
    return JSONResponse({"message": "for the owner of the data directory"}, 403)
