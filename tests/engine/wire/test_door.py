"""Who gets in: routes × methods × Host × Origin × token × content type, and bodies that bite."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import json

import pytest

from sfdag_magics.engine.borders.tickets import Tickets
from sfdag_magics.engine.wire.bodies import BodyError, Bounds, read_body
from sfdag_magics.engine.wire.door import (
    BODY_BOUNDS,
    CREDENTIAL,
    LOGIN_BOUNDS,
    LOGIN_PATH,
    Door,
)
from sfdag_magics.engine.wire.tokens import Credential, Keys, Kind, new_token

PORT = 4711
TOKEN = new_token()
KEYS = Keys(TOKEN)

ROUTES = [
    LOGIN_PATH,
    "/session/token-request",
    "/session/heartbeat",
    "/session",
    "/queries/v1/query-request",
    "/queries/v1/abort-request",
    "/queries/01ab/result",
    "/monitoring/queries/01ab",
    "/telemetry/send",
    "/stages/user-1/a/b.csv",
    "/api/v2/databases/d/schemas/s/tasks",
    "/sfdag/status",
    "/sfdag/disk",
    "/sfdag/end-runs",
    "/",
    "/no/such/route",
    "/../etc/passwd",
    "//session/v1/login-request",
]
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT", "BREW"]
GOOD_HOSTS = [f"127.0.0.1:{PORT}", f"localhost:{PORT}", f"[::1]:{PORT}", f"LOCALHOST:{PORT}"]
BAD_HOSTS = [
    "evil.example",
    f"evil.example:{PORT}",
    "127.0.0.1",
    "127.0.0.1:1",
    f"127.0.0.1.evil.example:{PORT}",
    f"0.0.0.0:{PORT}",
    f"localhost:{PORT}@evil.example",
    "",
    None,
]
CONTENT_TYPES = ["application/json", "text/plain", "application/x-www-form-urlencoded", None]
WRONG_TOKENS = [
    None,
    "",
    "Bearer ",
    "Bearer wrong",
    f"Bearer {TOKEN[:-1]}",
    f"Bearer {TOKEN}x",
    f"bearer {TOKEN}",
    TOKEN,
    f"Basic {TOKEN}",
    'Snowflake Token="None"',
    f'Snowflake Token="s.1.{"0" * 64}"',
    f'Snowflake Token="{Keys(new_token()).issue(Kind.SESSION, "1")}"',
    f'Snowflake Token="m{KEYS.issue(Kind.SESSION, "1")[1:]}"',
]


class Inner:
    """The application behind the door: remembers what it was given."""

    def __init__(self):
        self.seen: list[tuple[str, Credential, bytes]] = []

    async def __call__(self, scope, receive, send):
        body = (await receive())["body"]
        self.seen.append((scope["path"], scope[CREDENTIAL], body))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"in"})


class Caller:
    """Knocks at a door of its own."""

    def __init__(self):
        self.inner = Inner()
        self.tickets = Tickets()
        self.door = Door(self.inner, keys=KEYS, tickets=self.tickets, port=PORT)

    def knock(self, method="POST", path="/x", *, headers=(), body=b"", chunks=None) -> int:
        chunks = [body] if chunks is None else chunks
        messages = [
            {"type": "http.request", "body": chunk, "more_body": index < len(chunks) - 1}
            for index, chunk in enumerate(chunks)
        ]
        self.unread = messages
        sent = []
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "headers": [(k.lower().encode(), v.encode("latin-1")) for k, v in headers],
        }

        async def receive():
            return messages.pop(0) if messages else {"type": "http.disconnect"}

        async def send(message):
            sent.append(message)

        asyncio.run(self.door(scope, receive, send))
        self.told = sent[1]["body"]
        return sent[0]["status"]


@pytest.fixture
def caller():
    return Caller()


HOST = ("Host", GOOD_HOSTS[0])
OWNER = ("Authorization", f"Bearer {TOKEN}")


def login_body(password, **more) -> bytes:
    return gzip.compress(json.dumps({"data": {"PASSWORD": password, **more}}).encode())


@pytest.mark.parametrize("route", ROUTES)
def test_without_a_token_every_route_and_method_is_401_and_nothing_ran(caller, route):
    for method, content_type, token in itertools.product(METHODS, CONTENT_TYPES, WRONG_TOKENS):
        headers = [HOST]
        if content_type is not None:
            headers.append(("Content-Type", content_type))
        if token is not None:
            headers.append(("Authorization", token))
        body = b'{"sqlText": "select 1", "data": {"PASSWORD": "wrong"}}'
        status = caller.knock(method, route, headers=headers, body=body)
        assert (status, method, token) == (401, method, token)
    assert caller.inner.seen == []


@pytest.mark.parametrize("headers", [[HOST], [("Host", "evil.example"), OWNER]])
def test_a_resource_is_refused_in_the_words_that_its_clients_read(caller, headers):
    status = caller.knock("GET", "/api/v2/databases", headers=headers)
    told = json.loads(caller.told)
    assert set(told) == {"message", "code", "error_code", "request_id"}
    assert told["code"] == told["error_code"] == str(status)


@pytest.mark.parametrize("host", BAD_HOSTS)
def test_a_request_for_another_host_is_refused_even_with_the_token(caller, host):
    for method, route in itertools.product(METHODS, ROUTES):
        headers = [OWNER] + ([("Host", host)] if host is not None else [])
        assert caller.knock(method, route, headers=headers, body=login_body(TOKEN)) == 403
    assert caller.inner.seen == []


def test_two_hosts_are_not_one(caller):
    assert caller.knock(headers=[HOST, ("Host", "evil.example"), OWNER]) == 403
    assert caller.inner.seen == []


@pytest.mark.parametrize(
    "header",
    [
        ("Origin", "https://evil.example"),
        ("Origin", "null"),
        ("Origin", f"http://127.0.0.1:{PORT}"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
        ("Sec-Fetch-Site", ""),
    ],
)
def test_a_web_page_is_refused_even_with_the_token(caller, header):
    for method, route in itertools.product(METHODS, ROUTES):
        status = caller.knock(method, route, headers=[HOST, OWNER, header], body=login_body(TOKEN))
        assert status == 403
    assert caller.inner.seen == []


def test_a_repeated_fetch_site_is_refused(caller):
    site = ("Sec-Fetch-Site", "none")
    assert caller.knock(headers=[HOST, OWNER, site]) == 200
    assert caller.knock(headers=[HOST, OWNER, site, ("Sec-Fetch-Site", "cross-site")]) == 403


@pytest.mark.parametrize("host", GOOD_HOSTS)
def test_with_the_token_every_method_gets_in(caller, host):
    for method in METHODS:
        assert caller.knock(method, "/x", headers=[("Host", host), OWNER]) == 200
    assert len(caller.inner.seen) == len(METHODS)


def test_a_session_token_says_whose_it_is(caller):
    token = f'Snowflake Token="{KEYS.issue(Kind.SESSION, "abc")}"'
    assert caller.knock(headers=[HOST, ("Authorization", token)], body=b"{}") == 200
    assert caller.inner.seen == [("/x", Credential(kind=Kind.SESSION, session_id="abc"), b"{}")]


def test_tokens_outlive_the_engine_that_issued_them():
    text = Keys(TOKEN).issue(Kind.MASTER, "abc")
    assert Keys(TOKEN).read(text) == Credential(kind=Kind.MASTER, session_id="abc")
    assert Keys(new_token()).read(text) is None


def test_a_login_gets_in_by_the_password_in_its_compressed_body(caller):
    headers = [HOST, ("Content-Encoding", "gzip")]
    assert caller.knock("POST", LOGIN_PATH, headers=headers, body=login_body(TOKEN)) == 200
    [(_, credential, body)] = caller.inner.seen
    assert credential == Credential(kind=Kind.OWNER)
    assert json.loads(body)["data"]["PASSWORD"] == TOKEN


def test_a_live_ticket_is_a_password_and_a_revoked_one_is_not(caller):
    ticket = caller.tickets.issue(object())
    headers = [HOST, ("Content-Encoding", "gzip")]
    assert caller.knock("POST", LOGIN_PATH, headers=headers, body=login_body(ticket)) == 200
    assert caller.inner.seen[0][1] == Credential(kind=Kind.OWNER, ticket=ticket)
    caller.tickets.revoke(ticket)
    assert caller.knock("POST", LOGIN_PATH, headers=headers, body=login_body(ticket)) == 401


def test_a_ticket_opens_nothing_but_the_login(caller):
    ticket = caller.tickets.issue(object())
    headers = [HOST, ("Authorization", f'Snowflake Token="{ticket}"')]
    assert caller.knock("POST", "/queries/v1/query-request", headers=headers) == 401


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'{"data": null}',
        b'{"data": {}}',
        b'{"data": {"PASSWORD": null}}',
        b'{"data": {"PASSWORD": ["x"]}}',
        b'{"data": {"PASSWORD": "\\ud800"}}',
        b'{"data": {"PASSWORD": "x"}, ',
        b"\xff\xfe",
        b"[" * 60_000,
    ],
)
def test_a_login_without_a_readable_password_is_401(caller, body):
    for headers in ([HOST], [HOST, OWNER]):
        assert caller.knock("POST", LOGIN_PATH, headers=headers, body=body) == 401
    assert caller.inner.seen == []


def test_a_login_reads_at_most_64_kib(caller):
    chunk = b"x" * 1024
    status = caller.knock("POST", LOGIN_PATH, headers=[HOST], chunks=[chunk] * 100)
    assert status == 413
    assert len(caller.unread) >= 100 - LOGIN_BOUNDS.sent // len(chunk) - 1
    assert caller.inner.seen == []


def test_a_declared_length_is_refused_unread(caller):
    headers = [HOST, OWNER, ("Content-Length", str(BODY_BOUNDS.sent + 1))]
    assert caller.knock("POST", LOGIN_PATH, headers=headers, chunks=[b"x", b"y"]) == 413
    assert len(caller.unread) == 2
    assert caller.knock("POST", "/x", headers=headers, chunks=[b"x", b"y"]) == 413
    assert caller.inner.seen == []


def bomb(size: int) -> bytes:
    return gzip.compress(b"\0" * size, mtime=0)


@pytest.mark.parametrize("path", [LOGIN_PATH, "/queries/v1/query-request"])
def test_a_gzip_bomb_is_413(caller, path):
    expanded = LOGIN_BOUNDS.expanded if path == LOGIN_PATH else BODY_BOUNDS.expanded
    headers = [HOST, OWNER, ("Content-Encoding", "gzip")]
    body = bomb(expanded + 1)
    assert len(body) < LOGIN_BOUNDS.sent + 64 * 1024
    assert caller.knock("POST", path, headers=headers, body=body) == 413
    assert caller.inner.seen == []


def test_decompression_stops_at_the_bound():
    bounds = Bounds(sent=10_000_000, expanded=100)

    async def receive():
        return {"type": "http.request", "body": bomb(5_000_000), "more_body": True}

    with pytest.raises(BodyError) as caught:
        asyncio.run(read_body(receive, "gzip", None, bounds))
    assert caught.value.status == 413


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", b"plain text"),
        ("gzip", gzip.compress(b"{}", mtime=0)[:-4]),
        ("gzip", gzip.compress(b"{}", mtime=0) + b"more"),
        ("gzip", gzip.compress(b"{}", mtime=0) + gzip.compress(b"{}", mtime=0)),
        ("br", b"{}"),
        ("gzip, gzip", gzip.compress(gzip.compress(b"{}", mtime=0), mtime=0)),
        ("deflate", b"{}"),
    ],
)
def test_a_body_that_is_not_what_it_says_is_415(caller, encoding, body):
    headers = [HOST, OWNER, ("Content-Encoding", encoding)]
    assert caller.knock("POST", "/x", headers=headers, body=body) == 415
    assert caller.inner.seen == []


def test_an_empty_body_may_say_gzip(caller):
    headers = [HOST, OWNER, ("Content-Encoding", "gzip")]
    assert caller.knock("POST", "/x", headers=headers, body=b"") == 200
    assert caller.inner.seen[0][2] == b""


def test_a_body_in_pieces_arrives_whole(caller):
    packed = gzip.compress(b"0123456789" * 1000, mtime=0)
    pieces = [packed[i : i + 7] for i in range(0, len(packed), 7)]
    headers = [HOST, OWNER, ("Content-Encoding", "gzip")]
    assert caller.knock("POST", "/x", headers=headers, chunks=pieces) == 200
    assert caller.inner.seen[0][2] == b"0123456789" * 1000


def test_websockets_are_not_spoken(caller):
    async def unused(*_):
        raise AssertionError

    with pytest.raises(RuntimeError, match="HTTP only"):
        asyncio.run(caller.door({"type": "websocket", "headers": []}, unused, unused))
