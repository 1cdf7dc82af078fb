"""Connections of strangers: closed when silent, few at a time, no reason to stay awake."""

from __future__ import annotations

import resource
import select
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from sfdag_magics.engine.borders.tickets import Tickets
from sfdag_magics.engine.wire.connections import Guests
from sfdag_magics.engine.wire.door import Door
from sfdag_magics.engine.wire.server import WireServer, listen, raise_descriptor_limit
from sfdag_magics.engine.wire.tokens import Keys

_TOKEN = "t" * 43


async def _greet(_scope, receive, send):
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})


@contextmanager
def _server(**limits) -> Iterator[tuple[WireServer, int]]:
    listener = listen(None)
    port = listener.getsockname()[1]
    door = Door(_greet, keys=Keys(_TOKEN), tickets=Tickets(), port=port)
    server = WireServer(door, listener, Guests(**limits))
    server.start()
    try:
        yield server, port
    finally:
        server.stop()


def _connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=20)


def _request(port: int) -> bytes:
    return (
        f"GET /x HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {_TOKEN}\r\n\r\n"
    ).encode()


@pytest.mark.parametrize("sent", [b"", b"GET /x HT", b"GET /x HTTP/1.1\r\nHost: a\r\nX"])
def test_who_does_not_finish_a_head_is_hung_up_on(sent: bytes):
    with _server(head_s=0.2) as (_, port), _connected(port) as stranger:
        stranger.sendall(sent)
        with pytest.raises(ConnectionResetError):
            _read_to_the_end(stranger)


def test_who_finished_one_head_and_not_the_next_is_hung_up_on_too():
    with _server(head_s=0.5) as (_, port), _connected(port) as client:
        _greeted(client, port)
        client.sendall(b"GET")
        with pytest.raises(ConnectionResetError):
            _read_to_the_end(client)


def test_a_client_with_a_token_may_be_silent():
    with _server(head_s=0.2) as (_, port), _connected(port) as client:
        _greeted(client, port)
        with _connected(port) as stranger, pytest.raises(ConnectionResetError):
            _read_to_the_end(stranger)  # a head's time has gone by
        _greeted(client, port)


def test_only_who_has_shown_a_token_counts():
    with _server() as (server, port), _connected(port) as client, _connected(port):
        _greeted(client, port)
        assert server.connections == 1
        client.close()
        _until(lambda: server.connections == 0)


def test_more_strangers_than_are_held_cost_the_oldest_its_place():
    with _server(most_strangers=3) as (_, port), ExitStack() as stack:
        client = stack.enter_context(_connected(port))
        _greeted(client, port)
        oldest = stack.enter_context(_connected(port))
        for _ in range(3):
            stack.enter_context(_connected(port))
        with pytest.raises(ConnectionResetError):
            _read_to_the_end(oldest)
        _greeted(client, port)


def test_a_crowd_of_strangers_is_turned_away_as_fast_as_it_comes():
    with _server(most_strangers=3) as (_, port), ExitStack() as stack:
        crowd = [stack.enter_context(_connected(port)) for _ in range(60)]
        _until(lambda: len(select.select(crowd, [], [], 0)[0]) == 57)


def test_the_limit_of_descriptors_is_raised():
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (512, before[1]))
        raise_descriptor_limit()
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 512
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def _greeted(client: socket.socket, port: int) -> None:
    client.sendall(_request(port))
    heard = b""
    while not heard.endswith(b"0\r\n\r\n"):  # the last chunk
        heard += client.recv(65536)
    assert b"hello" in heard


def _read_to_the_end(connection: socket.socket) -> None:
    while connection.recv(65536):
        pass
    raise ConnectionResetError  # closed politely is closed, too


def _until(holds) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)
