"""Files of stages over HTTP: what clients that do not write to this machine's disk use.

Version 5 of the Python connector carries files out in a compiled core, which knows the three clouds
and no `LOCAL_FS`. It is told of a Google Cloud Storage at this engine's own address, with the
session's token as the access token, and then asks what is there by HEAD, sends whole files by PUT
and fetches them by GET (`gcs_transfer.rs` in snowflakedb/drivers). Knows HTTP, no SQL.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager
from typing import BinaryIO

from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.ports import SentFiles
from sfdag_magics.engine.wire.door import BODY_TIMEOUT_S, CREDENTIAL
from sfdag_magics.engine.wire.sessions import Sessions
from sfdag_magics.engine.wire.tokens import Credential

#: Who names itself so writes and reads the files of this machine itself, by its `LOCAL_FS` storage.
#: A client with a core names itself by what stands on it, the connector or Snowpark.
_REACHES_THE_DISK = re.compile(r"PythonConnector/[1-4]\.")
#: Clients send tens of kilobytes at a time; a thread is worth its while for more.
_PIECE = 1024**2


def sends_files(user_agent: str) -> bool:
    """Whether a client of this name sends files and fetches them by HTTP."""
    return _REACHES_THE_DISK.match(user_agent) is None


class StagedFileRoutes:
    """The routes below `STAGES_PATH`; for holders of a live session's token. Event loop only."""

    def __init__(self, files: SentFiles, sessions: Sessions) -> None:
        self._files = files
        self._sessions = sessions

    async def file(self, request: Request) -> Response:
        """HEAD and GET of a file, PUT of a new one."""
        credential: Credential = request.scope[CREDENTIAL]
        held = self._sessions.find(credential.session_id)
        if not credential.is_of_session or held is None:
            # The client's word to ask again for where its files go, with a new token.
            return PlainTextResponse("The session has ended.", 401)
        stage_id, name = request.path_params["stage_id"], request.path_params["name"]
        if request.method == "PUT":
            return await _received(request, self._files.writing(stage_id, name))
        path = await asyncio.to_thread(self._files.path, stage_id, name)
        if path is None:
            return PlainTextResponse(f"There is no file '{name}' in the stage.", 404)
        return FileResponse(path, media_type="application/octet-stream")


async def _received(request: Request, file: AbstractContextManager[BinaryIO]) -> Response:
    """Write a request's body to a file as it comes."""
    try:
        async with _on_a_thread(file) as opened:
            async for piece in _pieces(request):
                await asyncio.to_thread(opened.write, piece)
    except ClientDisconnect:
        return PlainTextResponse("The client left before its file was whole.", 400)
    except TimeoutError:
        return PlainTextResponse("The rest of the file did not come in time.", 408)
    except (SqlError, OSError) as problem:
        # No 5xx: the client would try for minutes what cannot go well.
        return PlainTextResponse(str(problem), 409)
    return Response()


async def _pieces(request: Request) -> AsyncIterator[bytes]:
    """The body in pieces worth writing; TimeoutError where the next part does not come."""
    parts, pending, size = aiter(request.stream()), list[bytes](), 0
    while True:
        # Around the wait alone: how long the disk takes for a piece is not the client's time.
        async with asyncio.timeout(BODY_TIMEOUT_S):
            part = await anext(parts, None)
        if part is None:
            break
        pending.append(part)
        size += len(part)
        if size >= _PIECE:
            yield b"".join(pending)
            pending, size = [], 0
    yield b"".join(pending)


@asynccontextmanager
async def _on_a_thread(file: AbstractContextManager[BinaryIO]) -> AsyncIterator[BinaryIO]:
    """Open and close a file where its waiting for the disk keeps nobody else waiting."""
    opened = await asyncio.to_thread(file.__enter__)
    try:
        yield opened
    except BaseException as problem:
        await asyncio.to_thread(file.__exit__, type(problem), problem, problem.__traceback__)
        raise
    await asyncio.to_thread(file.__exit__, None, None, None)
