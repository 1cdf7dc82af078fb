"""Serves the wire on 127.0.0.1 until told to stop. Knows ports and connections, no protocol."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import secrets
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import cast

import uvicorn

from sfdag_magics.engine.wire.connections import Connection, Guests
from sfdag_magics.engine.wire.door import App

# Below the range from which systems take ports for outgoing connections, so that ours is still
# free after a restart.
_PORTS = (20_000, 32_000)
_ATTEMPTS = 50
# Kernels hold connections open as long as they live; closing one under a request costs a retry.
_KEEP_ALIVE_S = 24 * 3600
# Logins, cancels and the encoding of large results; statements have threads of their own.
_THREADS = 32
_LEAVE_S = 3.0
_SOON_S = 0.01
_TICK_S = 1.0
# The usual 1024 are soon taken by connections, stage files and the pipes of workers.
_DESCRIPTORS = 16_384


def listen(port: int | None) -> socket.socket:
    """A socket that listens on 127.0.0.1: on `port` if it is free, else on another one.

    Clients may connect at once; they are answered when a server takes it over.

    Raises:
        OSError: there is no free port.
    """
    listener = _bound(port)
    # Connections inherit it. asyncio sets it itself, but not on those of a socket without an
    # explicit protocol; without it each answer waits 40 ms for the delayed ACK of its headers.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _bound(port: int | None) -> socket.socket:
    candidates = [] if port is None else [port]
    span = _PORTS[1] - _PORTS[0]
    candidates += [_PORTS[0] + secrets.randbelow(span) for _ in range(_ATTEMPTS)]
    for candidate in candidates:
        try:
            return socket.create_server(("127.0.0.1", candidate), backlog=256)
        except OSError:
            continue
    return socket.create_server(("127.0.0.1", 0), backlog=256)


class WireServer:
    """Answers on one listening socket, on a thread of its own; `start` and `stop` it once."""

    def __init__(self, app: App, listener: socket.socket, guests: Guests | None = None) -> None:
        self._guests = guests or Guests()
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            loop="asyncio",
            http=cast("type[asyncio.Protocol]", partial(Connection, guests=self._guests)),
            ws="none",
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=_KEEP_ALIVE_S,
        )
        self._server = _Server(config)
        self._listener = listener
        self._thread = threading.Thread(target=self._serve, name="sfdag-wire", daemon=True)

    @property
    def connections(self) -> int:
        """How many clients that have shown a token hold a connection now. Any thread."""
        return self._guests.known

    def start(self) -> None:
        """Begin to answer; returns when it does."""
        raise_descriptor_limit()
        self._thread.start()
        self._server.is_ready.wait()

    def stop(self) -> None:
        """Answer what was asked, then no more; returns when the port is free."""
        self._server.leave()
        self._thread.join()

    def _serve(self) -> None:
        with asyncio.Runner() as runner, self._listener:
            threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="sfdag-wire")
            runner.get_loop().set_default_executor(threads)
            runner.run(self._server.serve(sockets=[self._listener]))


def raise_descriptor_limit() -> None:
    """Let this process hold as many connections and files as the system allows, within reason."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _DESCRIPTORS if most == resource.RLIM_INFINITY else min(_DESCRIPTORS, most)
    if now != resource.RLIM_INFINITY and now < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


class _Server(uvicorn.Server):
    """uvicorn looks ten times a second whether it is to stop; this one is told."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._loop = asyncio.get_running_loop()
        self._told = asyncio.Event()
        self.is_ready.set()

    def leave(self) -> None:
        """Stop, once it is ready. Any thread."""
        self.should_exit = True
        with contextlib.suppress(RuntimeError):  # its loop is closed: it has stopped
            self._loop.call_soon_threadsafe(self._told.set)

    async def main_loop(self) -> None:
        while not await self.on_tick(0):  # renews the date of the answers
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._told.wait(), _TICK_S)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        state = self.server_state
        for connection in list(state.connections):
            connection.shutdown()
        left_s = _LEAVE_S
        while (state.connections or state.tasks) and left_s > 0:
            await asyncio.sleep(_SOON_S)
            left_s -= _SOON_S
        for task in state.tasks:
            task.cancel()
