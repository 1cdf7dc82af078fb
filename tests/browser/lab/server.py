"""A JupyterLab of the tests' own: its own folders, a random token, nothing of the user's.

The same server has Notebook 7 at `notebooks/`.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

DEADLINE_S = 60.0
#: What JupyterLab has beside notebooks: none of it meets ours, and each page would start it.
UNUSED = (
    "apputils-extension:announcements",
    "audio-extension",
    "celltags-extension",
    "console-extension",
    "csvviewer-extension",
    "debugger-extension",
    "extensionmanager-extension",
    "fileeditor-extension",
    "help-extension",
    "htmlviewer-extension",
    "hub-extension",
    "imageviewer-extension",
    "inspector-extension",
    "launcher-extension",
    "logconsole-extension",
    "lsp-extension",
    "markdownviewer-extension",
    "mermaid-extension",
    "pluginmanager-extension",
    "running-extension",
    "settingeditor-extension",
    "terminal-extension",
    "toc-extension",
    "video-extension",
)
UNUSED_IN_THE_SERVER = {"jupyter_lsp": False, "jupyter_server_terminals": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class LabServer:
    url: str
    token: str
    root: Path
    log: Path
    settings: Path
    engine: str
    process: subprocess.Popen[bytes]


#: The console script of the environment the tests run in.
SFDAG = str(Path(sys.executable).with_name("sfdag"))


def start_lab(folder: Path) -> LabServer:
    """A running server, and a place for an engine. `stop_lab` ends both."""
    folders = {name: folder / name for name in ("config", "data", "runtime", "root", "ipython")}
    for path in folders.values():
        path.mkdir(parents=True)
    _disable(folders["config"])
    settings, engine = folder / "settings", str(folder / "engine")
    token = secrets.token_hex(16)
    log = folder / "server.log"
    with log.open("wb") as sink:
        process = subprocess.Popen(  # noqa: S603 - this interpreter and folders of the test
            [
                *(sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root"),
                "--ServerApp.ip=127.0.0.1",
                "--ServerApp.port=0",
                f"--IdentityProvider.token={token}",
                f"--ServerApp.root_dir={folders['root']}",
                f"--LabApp.user_settings_dir={settings}",
                f"--LabApp.workspaces_dir={folder / 'workspaces'}",
                "--LabApp.expose_app_in_browser=True",
                "--LabApp.extension_manager=readonly",
                f"--ServerApp.jpserver_extensions={UNUSED_IN_THE_SERVER}",
                "--JupyterNotebookApp.expose_app_in_browser=True",
            ],
            stdout=sink,
            stderr=subprocess.STDOUT,
            env={
                **os.environ,
                "JUPYTER_CONFIG_DIR": str(folders["config"]),
                "JUPYTER_DATA_DIR": str(folders["data"]),
                "JUPYTER_RUNTIME_DIR": str(folders["runtime"]),
                "IPYTHONDIR": str(folders["ipython"]),
                "SFDAG_DATA": engine,
            },
        )
    url = _url_of(process, folders["runtime"], log)
    return LabServer(
        url=url,
        token=token,
        root=folders["root"],
        log=log,
        settings=settings,
        engine=engine,
        process=process,
    )


def stop_lab(server: LabServer) -> None:
    """End the engine, if one was started, and the server, which ends its kernels."""
    subprocess.run([SFDAG, "local", "stop", "--yes", "--data", server.engine], check=True)  # noqa: S603 - ours
    server.process.terminate()
    try:
        server.process.wait(20)
    except subprocess.TimeoutExpired:
        server.process.kill()
        server.process.wait()


def end_kernels(server: LabServer) -> None:
    """End all kernels, as views in them ask the engine for as long as they live."""
    for session in json.loads(ask(server, "api/sessions")):
        ask(server, f"api/sessions/{session['id']}", method="DELETE")


def ask(server: LabServer, path: str, *, method: str = "GET") -> bytes:
    headers = {"Authorization": f"token {server.token}"}
    asked = Request(server.url + path, method=method, headers=headers)  # noqa: S310
    with urlopen(asked, timeout=60) as answer:  # noqa: S310 - the server started above
        return bytes(answer.read())


def _disable(config: Path) -> None:
    (config / "labconfig").mkdir(exist_ok=True)
    disabled = {f"@jupyterlab/{name}": True for name in UNUSED}
    (config / "labconfig" / "page_config.json").write_text(
        json.dumps({"disabledExtensions": disabled})
    )


def _url_of(process: subprocess.Popen[bytes], runtime: Path, log: Path) -> str:
    """The address the server writes down once it listens, as soon as it answers."""
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline and process.poll() is None:
        for written in runtime.glob("jpserver-*.json"):
            try:
                url = str(json.loads(written.read_text())["url"])
                with urlopen(f"{url}api", timeout=5):  # noqa: S310 - the server started above
                    return url
            except (ValueError, URLError, ConnectionError):
                pass  # half written, or not listening yet
        time.sleep(0.1)
    raise AssertionError(f"JupyterLab did not start:\n{log.read_text()}")
