"""The engine of a data directory, which is killed and begins again; and who goes on meanwhile.

Knows processes and the first statements of a campaign; knows no load and no finding.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import snowflake.connector
from snowflake.connector.errors import Error
from snowflake.connector.vendored.requests.exceptions import RequestException

from sfdag_magics.client.connecting import connect
from sfdag_magics.engine.directory import rendezvous
from tests.campaigns import kills_runs
from tests.campaigns.kills_load import REFUSED, Client, pause

#: A machine with sixty busy processes takes a minute for what one that rests does in a second.
_START_S = 300.0
_LOG_CHARACTERS = 2000
_LOOK_S = 0.05


class Engine:
    """The engine of a data directory, in its many lives."""

    def __init__(self, data: Path, fault: str) -> None:
        self.data = data
        self._began = 0.0
        self._pid = 0
        self._asking = threading.Lock()
        self._lives = subprocess.Popen(  # noqa: S603 - a module of ours
            [sys.executable, "-m", "tests.campaigns.planted", fault, "--data", str(data)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.start()
        # port and token stay: who asked for them between two lives would start an engine of its own
        self._parameters = connect.connection_parameters(data)

    def start(self) -> None:
        """Start it and wait until it answers."""
        pid = self._started()
        deadline = time.monotonic() + _START_S
        while not self._answers(pid):
            if self.has_ended():
                pid = self._started()
            if time.monotonic() > deadline:
                said = (self.data / "engine.log").read_text()[-_LOG_CHARACTERS:]
                raise RuntimeError(f"the engine does not start; it says:\n{said}")
            time.sleep(0.02)
        self._began = time.time()

    def has_ended(self) -> bool:
        """Whether this life is over, though nobody killed it."""
        return rendezvous.process_start(self._pid) is None

    def _started(self) -> int:
        self._pid = int(self._ask("start"))
        return self._pid

    def kill(self) -> None:
        """SIGKILL."""
        self._ask("kill")

    def close(self) -> None:
        """No more lives."""
        self._lives.communicate()

    def _ask(self, word: str) -> str:
        if self._lives.stdin is None or self._lives.stdout is None:
            raise RuntimeError("the lives have no pipes")
        with self._asking:
            self._lives.stdin.write(f"{word}\n")
            self._lives.stdin.flush()
            return self._lives.stdout.readline()

    def begun(self) -> set[str]:
        """The statements that this life began, by query id."""
        lines = (
            line.split()
            for path in (self.data / "sessions").glob("*.begun")
            for line in path.read_text().splitlines()
        )
        return {query_id for at, query_id, *_ in lines if int(at) >= int(self._began)}

    def connect(self) -> Any:
        """A connection that waits for the next life."""
        return snowflake.connector.connect(**self._parameters, backoff_policy=pause)

    def _answers(self, pid: int) -> bool:
        met = rendezvous.read(self.data) if self.data.is_dir() else None
        return met is not None and met.pid == pid and rendezvous.ask_status(met) is not None


def furnished(connection: Any) -> None:
    """Make what the load and the checks need."""
    for text in ("create table rows_ (k int)", "create stage files", *kills_runs.SETUP):
        connection.cursor().execute(text)


@contextmanager
def lives_again(engine: Engine) -> Iterator[None]:
    """Start the engine as often as it exits; one that exits while it starts as well.

    Behind it the engine lives, however the block ended.
    """
    is_over = threading.Event()

    def watch() -> None:
        while not is_over.wait(_LOOK_S):
            if engine.has_ended():
                engine.start()

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()
        if engine.has_ended():
            engine.start()


def carried_out(act: Callable[[Client], Sequence[int]], client: Client) -> None:
    """The act, again where the engine says that nothing of it happened.

    Where a reply came in part, which the connector does not ask for again, nobody knows.
    """
    while True:
        try:
            client.run("use schema sfdag.public")  # a database or schema that was made is in use
            client.told.acknowledged.update(act(client))
        except Error as error:
            if error.sqlstate != REFUSED:
                raise
        except RequestException:
            client.told.cut_off += 1
            return
        else:
            return
