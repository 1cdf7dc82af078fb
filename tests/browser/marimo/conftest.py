"""marimo, serving the notebook of this folder, with an engine of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.browser.lab.server import DEADLINE_S, SFDAG

HERE = Path(__file__).parent


@pytest.fixture
def url(tmp_path):
    """Where it listens."""
    shutil.copy(HERE / "notebook.py", tmp_path)
    engine = str(tmp_path / "engine")
    log = tmp_path / "server.log"
    port = _free_port()
    with log.open("wb") as sink:
        process = subprocess.Popen(  # noqa: S603 - this interpreter and files of the test
            [
                *(sys.executable, "-m", "marimo", "-q", "run", "notebook.py", "--headless"),
                *("--host", "127.0.0.1", "--port", str(port), "--no-token"),
            ],
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            env={
                **os.environ,
                "SFDAG_DATA": engine,
                **{f"XDG_{kind}_HOME": str(tmp_path / kind) for kind in ("CONFIG", "STATE")},
            },
        )
    yield _answering(process, f"http://127.0.0.1:{port}/", log)
    process.terminate()
    process.wait(20)
    subprocess.run([SFDAG, "local", "stop", "--yes", "--data", engine], check=True)  # noqa: S603 - ours


@pytest.fixture
def page(browser, url):
    context = browser.new_context(viewport={"width": 1280, "height": 1400}, color_scheme="dark")
    page = context.new_page()
    page.goto(url)
    yield page
    context.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answering(process: subprocess.Popen[bytes], url: str, log: Path) -> str:
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urlopen(f"{url}health", timeout=5):  # noqa: S310 - the server started above
                return url
        except (URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError(f"marimo did not start:\n{log.read_text()}")
