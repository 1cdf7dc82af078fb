"""Files of stages over HTTP: who gets at them, and that they come and go whole."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import threading
import time
from pathlib import Path

import pytest

from sfdag_magics.engine.borders.answers import FileTransfer, Result
from sfdag_magics.engine.borders.rowset import status
from sfdag_magics.engine.wire.door import BODY_BOUNDS
from sfdag_magics.engine.wire.routes import staged_files
from sfdag_magics.engine.wire.routes.staged_files import sends_files
from sfdag_magics.engine.wire.tokens import Kind

OLDER = "PythonConnector/4.8.1 (Linux-6.1-x86_64-with-glibc2.36) CPython/3.11.7"
#: By the name a client gives itself.
CLIENTS = {
    OLDER: False,
    "PythonConnector/3.15.0 (macOS-14.5-arm64) CPython/3.12.1": False,
    "PythonConnector/5.2.0 (linux-x86_64) CPython/3.11.7": True,
    "PythonConnector/12.0.0 (linux-x86_64) CPython/3.11.7": True,
    "PythonSnowpark/1.56.0 (linux-x86_64) CPython/3.11.7": True,
    "": True,
}


@pytest.fixture
def stage(engine) -> Path:
    folder = engine.files.directory / "s1"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def token(engine, connect) -> str:
    return connect().rest.token


def asked(engine, method, path, *, token, body=None, client=""):
    connection = http.client.HTTPConnection("127.0.0.1", engine.port, timeout=20)
    with contextlib.closing(connection):
        headers = {"Authorization": f"Bearer {token}", "Content-Encoding": ""}
        headers["User-Agent"] = client
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read(), answer


@pytest.mark.parametrize("user_agent", CLIENTS)
def test_who_sends_files(user_agent):
    assert sends_files(user_agent) is CLIENTS[user_agent]


def test_a_file_comes_and_goes_under_its_name(engine, stage, token):
    path = "/stages/s1/it%27s%20%C3%BC%2B.csv"
    assert asked(engine, "HEAD", path, token=token)[0] == 404
    assert asked(engine, "PUT", path, token=token, body=b"1,2\n")[0] == 200
    assert (stage / "it's ü+.csv").read_bytes() == b"1,2\n"
    code, body, answer = asked(engine, "HEAD", path, token=token)
    assert (code, body, answer.headers["content-length"]) == (200, b"", "4")
    assert asked(engine, "GET", path, token=token)[:2] == (200, b"1,2\n")
    assert asked(engine, "PUT", path, token=token, body=b"")[0] == 200
    assert asked(engine, "GET", path, token=token)[:2] == (200, b"")


def test_a_file_may_be_larger_than_any_other_request(engine, stage, token):
    content = bytes(range(256)) * (BODY_BOUNDS.sent // 256 + 1)
    assert asked(engine, "PUT", "/stages/s1/large", token=token, body=content)[0] == 200
    assert asked(engine, "GET", "/stages/s1/large", token=token)[1] == content


@pytest.mark.parametrize("method", ["HEAD", "GET", "PUT"])
def test_only_a_live_session_gets_at_files(engine, connect, stage, method):
    (stage / "a").write_bytes(b"old")
    connection = connect()
    token = connection.rest.token
    connection.close()
    others = (engine.token, engine.keys.issue(Kind.MASTER, "1"), token, "wrong")
    for other in others:
        assert asked(engine, method, "/stages/s1/a", token=other, body=b"new")[0] == 401
    assert (stage / "a").read_bytes() == b"old"


def test_what_cannot_be_written_is_said_at_once_and_why(engine, stage, token):
    code, said, _ = asked(engine, "PUT", "/stages/gone/a", token=token, body=b"1")
    assert (code, said) == (409, b"The stage of 'a' was dropped.")
    (stage / "folder" / "a").mkdir(parents=True)
    code, said, _ = asked(engine, "PUT", "/stages/s1/folder", token=token, body=b"1")
    assert code == 409
    assert b"folder" in said


def test_a_file_whose_client_left_is_not_there(engine, stage, token):
    (stage / "a").write_bytes(b"old")
    head = f"PUT /stages/s1/a HTTP/1.1\r\nHost: 127.0.0.1:{engine.port}\r\n"
    head += f"Authorization: Bearer {token}\r\nContent-Length: 100\r\n\r\n"
    with socket.create_connection(("127.0.0.1", engine.port)) as opened:
        opened.sendall(head.encode() + b"half")
    assert asked(engine, "PUT", "/stages/s1/b", token=token, body=b"1")[0] == 200
    assert (stage / "a").read_bytes() == b"old"


class SlowFile:
    """Takes longer to write a piece than a client may take to send one."""

    def __init__(self, opened):
        self.opened = opened

    def write(self, piece):
        time.sleep(3 * SHORT_S)
        self.opened.write(piece)


SHORT_S = 0.1


def test_the_time_that_the_disk_takes_is_not_the_clients(engine, stage, token, monkeypatch):
    monkeypatch.setattr(staged_files, "BODY_TIMEOUT_S", SHORT_S)
    writing = engine.files.writing

    @contextlib.contextmanager
    def slowly(stage_id, name):
        with writing(stage_id, name) as opened:
            yield SlowFile(opened)

    engine.files.writing = slowly
    content = bytes(3 * 1024**2)
    assert asked(engine, "PUT", "/stages/s1/a", token=token, body=content)[0] == 200
    assert (stage / "a").read_bytes() == content


def test_a_client_that_stops_sending_is_told(engine, stage, token, monkeypatch):
    monkeypatch.setattr(staged_files, "BODY_TIMEOUT_S", SHORT_S)
    head = f"PUT /stages/s1/a HTTP/1.1\r\nHost: 127.0.0.1:{engine.port}\r\n"
    head += f"Authorization: Bearer {token}\r\nContent-Length: 100\r\n\r\n"
    with socket.create_connection(("127.0.0.1", engine.port)) as opened:
        opened.sendall(head.encode() + b"half")
        opened.settimeout(20)
        assert b" 408 " in opened.recv(4096)
    assert not (stage / "a").exists()


def test_a_client_that_sends_files_is_told_of_a_storage_at_this_address(engine, stage, token):
    def directory():
        raise AssertionError("nobody writes there")

    more = {"stage_id": "s1", "directory": directory}
    nothing = status("").rows.slice(0, 0).select([])
    put = FileTransfer(upload=True, sources=("/b",), pattern="/*", prefix="d/e", **more)
    get = FileTransfer(upload=False, sources=("d/x", "d/y"), local_path="/here", **more)
    told = {}
    for name, transfer in (("put", put), ("get", get)):
        engine.answers[name] = Result(columns=(), rows=nothing, transfer=transfer)
        body = json.dumps({"sqlText": name}).encode()
        path = f"/queries/v1/query-request?requestId={name}"
        told[name] = json.loads(asked(engine, "POST", path, token=token, body=body)[1])["data"]
    storage = {"endPoint": f"http://127.0.0.1:{engine.port}/stages", "locationType": "GCS"}
    for name, locations, place in (("put", ["/*"], "s1/d/e"), ("get", ["d/x", "d/y"], "s1/")):
        info = told[name]["stageInfo"]
        assert told[name]["src_locations"] == locations
        assert info["location"] == place
        assert {key: info[key] for key in storage} == storage
        opens = info["creds"]["GCS_ACCESS_TOKEN"]
        assert engine.keys.read(opens) == engine.keys.read(token)
        assert "rowtype" not in told[name]


def test_a_place_that_is_made_ready_for_long_keeps_nobody_else_waiting(engine, connect):
    """An older client writes to a directory; it is made once what came before is on the disk."""
    made, go = threading.Event(), threading.Event()

    def directory():
        made.set()
        assert go.wait(20)
        return engine.files.directory

    nothing = status("").rows.slice(0, 0).select([])
    more = {"sources": ("/b",), "stage_id": "s1", "directory": directory}
    transfer = FileTransfer(upload=True, **more)
    engine.answers["put"] = Result(columns=(), rows=nothing, transfer=transfer)
    token, told = connect().rest.token, []
    body, path = json.dumps({"sqlText": "put"}).encode(), "/queries/v1/query-request?requestId=1"

    def put():
        told.append(asked(engine, "POST", path, token=token, body=body, client=OLDER)[1])

    asking = threading.Thread(target=put)
    asking.start()
    try:
        assert made.wait(20)
        assert asked(engine, "GET", "/sfdag/status", token=engine.token)[0] == 200
    finally:
        go.set()
        asking.join()
    stage = json.loads(told[0])["data"]["stageInfo"]
    assert stage["location"] == str(engine.files.directory)
