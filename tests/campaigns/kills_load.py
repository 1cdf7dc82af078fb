"""What clients do while the engine is killed under them, and what each of them was told.

Every row has a key of its own, so that a row that is lost, there twice or there although it was
refused can be named. Knows the connector; knows nothing of killing.
"""

from __future__ import annotations

import io
import itertools
import random
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import snowflake.connector
from snowflake.connector.cursor import SnowflakeCursor
from snowflake.connector.errors import Error
from snowflake.connector.vendored.requests.exceptions import (
    ChunkedEncodingError,
    RequestException,
)

from tests.campaigns.kills_objects import MAKING
from tests.campaigns.kills_runs import WORKING

#: Told by the engine when it was restarted: nothing was written, or nobody knows.
REFUSED, UNKNOWN = "40000", "40003"
#: Told of a transaction whose table was made anew meanwhile: nothing of it was written.
_UNDONE = ("25P02", "40001")
_AGAIN_S = 0.1


def pause() -> Iterator[float]:
    """How long the connector waits before it asks again; its own pauses grow to 16 s."""
    while True:
        yield _AGAIN_S


@dataclass
class Told:
    """What all clients were told. Any thread.

    Attributes:
        acknowledged: keys whose statement succeeded.
        refused: keys of which it was said that nothing was written.
        together: keys that one transaction or statement wrote, all or none.
        filed: keys in files that were laid onto the stage.
        made: objects by the words of SHOW for their kind.
        dropped: tables of which it was said that they are gone.
        runs: keys of the runs that were asked for.
        answered: query ids.
        unknown: statements of which the engine said that nobody knows.
        cut_off: replies that came in part, which the connector does not ask for again.
        surprises: errors that are none of those a restart has.
    """

    acknowledged: set[int] = field(default_factory=set)
    refused: set[int] = field(default_factory=set)
    together: list[tuple[int, ...]] = field(default_factory=list)
    filed: set[int] = field(default_factory=set)
    made: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    dropped: set[str] = field(default_factory=set)
    runs: set[int] = field(default_factory=set)
    answered: set[str] = field(default_factory=set)
    unknown: int = 0
    cut_off: int = 0
    surprises: list[str] = field(default_factory=list)
    keys: Iterator[int] = field(default_factory=itertools.count)


class Client:
    """One thread's cursor on a connection that others may use as well."""

    def __init__(self, connection: snowflake.connector.SnowflakeConnection, told: Told) -> None:
        self._connection = connection
        self.told = told
        self._cursor: SnowflakeCursor = connection.cursor()
        [self.number] = self.keys(1)

    def run(self, text: str, **options: Any) -> None:
        """Carry a statement out; its answer counts as heard."""
        self._cursor = self._connection.cursor()
        self._cursor.execute(text, **options)
        self._heard(str(self._cursor.sfqid))

    def answer(self, query: str) -> Sequence[Any]:
        """The rows of a query; asked anew where an answer was cut off, as the connector tells."""
        while True:
            with suppress(ChunkedEncodingError):
                self.run(query)
                return self._cursor.fetchall()

    @property
    def port(self) -> int:
        """Where the engine listens, in all its lives."""
        return int(self._connection.port)

    @property
    def token(self) -> str:
        """Of this session, as it was renewed last."""
        return str(self._connection.rest.token)

    def expect(self, query: str, value: int) -> None:
        """See that a query answers this."""
        found = self.answer(query)
        if found != [(value,)]:
            self.told.surprises.append(f"{query} answers {found}, not {value}")

    def keys(self, count: int) -> tuple[int, ...]:
        """New keys for rows that stand or fall together."""
        return tuple(next(self.told.keys) for _ in range(count))

    def one(self) -> Sequence[int]:
        """A row in a statement."""
        [key] = self.keys(1)
        self.run(f"insert into rows_ values ({key})")
        return [key]

    def many(self) -> Sequence[int]:
        """Several rows in a statement."""
        keys = self.keys(3)
        self.told.together.append(keys)
        self._cursor = self._connection.cursor()
        self._cursor.executemany("insert into rows_ values (%s)", [(key,) for key in keys])
        self._heard(str(self._cursor.sfqid))
        return keys

    def several(self) -> Sequence[int]:
        """Several statements in a text."""
        keys = self.keys(2)
        text = ";".join(f"insert into rows_ values ({key})" for key in keys)
        self.run(text, num_statements=2)
        self._heard(*self._cursor.multi_statement_savedIds)
        return keys

    def later(self) -> Sequence[int]:
        """A row whose answer is asked for later."""
        [key] = self.keys(1)
        cursor = self._connection.cursor()
        query_id = cursor.execute_async(f"insert into rows_ values ({key})")["queryId"]
        cursor.query_result(query_id)
        self._heard(query_id)
        return [key]

    def table(self) -> Sequence[int]:
        """A table."""
        [key] = self.keys(1)
        self.run(f"create table made_{key} (a int)")
        self.told.made["tables"].add(f"MADE_{key}")
        return []

    def loaded(self) -> Sequence[int]:
        """The rows of a file, which is offered a second time."""
        return self._loaded("")

    def purged(self) -> Sequence[int]:
        """The same of a file that goes when it is loaded."""
        return self._loaded("purge = true")

    def _loaded(self, options: str) -> Sequence[int]:
        keys = self.keys(3)
        self.told.together.append(keys)
        content = "".join(f"{key}\n" for key in keys).encode()
        self._connection.cursor().execute(
            f"put file:///{keys[0]}.csv @files auto_compress = false",
            file_stream=io.BytesIO(content),
        )
        self.told.filed.update(keys)
        for _ in range(2):
            self.run(f"copy into rows_ from @files pattern = '{keys[0]}.csv' {options}")
        return keys

    def transaction(self) -> Sequence[int]:
        """Rows of several statements, all or none. For a connection of its own."""
        keys = self.keys(3)
        self.told.together.append(keys)
        try:
            self.run("begin")
            for key in keys:
                self.run(f"insert into rows_ values ({key})")
            self.run("commit")
        except Error as error:
            if error.sqlstate in (REFUSED, *_UNDONE):
                self.told.refused.update(keys)
            self.run("rollback")
            raise
        return keys

    def _heard(self, *query_ids: str) -> None:
        self.told.answered.update(query_ids)


#: What threads that share a session do, with weights.
SHARED: Mapping[Callable[[Client], Sequence[int]], int] = {
    Client.one: 12,
    Client.many: 4,
    Client.several: 2,
    Client.later: 2,
    Client.table: 1,
    Client.loaded: 2,
    Client.purged: 1,
}
ALONE: Mapping[Callable[[Client], Sequence[int]], int] = {Client.transaction: 1}


class Load:
    """The threads: so many on one session, and each of the others on its own."""

    def __init__(
        self, connect: Callable[[], Any], *, sharing: int, alone: int, making: int, seed: int
    ) -> None:
        self.told = Told()
        self._stopping = threading.Event()
        shared = connect()
        apart = [(connect(), ALONE) for _ in range(alone)]
        apart += [(connect(), MAKING) for _ in range(making)]
        apart += [(connect(), kinds) for kinds in WORKING]
        self._connections = [shared, *(connection for connection, _ in apart)]
        kinds = [(shared, SHARED)] * sharing + apart
        self._threads = [
            threading.Thread(target=self._run, args=(*kind, seed + number), daemon=True)
            for number, kind in enumerate(kinds)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let every thread finish what it does, and close the connections."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()
        for connection in self._connections:
            connection.close()

    def _run(self, connection: Any, kinds: Mapping[Any, int], seed: int) -> None:
        choice = random.Random(seed)  # noqa: S311 - a seed makes a trial that can be repeated
        client = Client(connection, self.told)
        while not self._stopping.is_set():
            [act] = choice.choices(list(kinds), list(kinds.values()))
            try:
                self.told.acknowledged.update(act(client))
            except Error as error:
                self._note(error)
            except RequestException:
                self.told.cut_off += 1
            except RuntimeError as wrong:
                self.told.surprises.append(str(wrong))

    def _note(self, error: Error) -> None:
        self.told.answered.add(str(error.sfqid))
        if error.sqlstate == UNKNOWN:
            self.told.unknown += 1
        elif error.sqlstate not in (REFUSED, *_UNDONE):
            self.told.surprises.append(str(error))
