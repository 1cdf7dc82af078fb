"""The backend over a Snowpark session. The one module of the client that calls one."""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sfdag_magics.client.connecting.activity import meanwhile
from sfdag_magics.client.connecting.backend import Row
from sfdag_magics.client.connecting.foreign_errors import backend_error, foreign_errors
from sfdag_magics.client.connecting.keeper import EngineKeeper, looks_on
from sfdag_magics.client.connecting.looked_ahead import look_statement, told_looks
from sfdag_magics.client.connecting.privileges import Asked, advice
from sfdag_magics.client.connecting.targets import closed_target
from sfdag_magics.errors import BackendError, ConnectError
from sfdag_magics.place_words import to_type

if TYPE_CHECKING:
    from snowflake.snowpark import Session

#: What a new login mends: the connection is closed, the session or its token has ended.
_ENDED = frozenset({250002, 251005, 251012, 390111, 390112, 390114, 390195})


class SnowparkBackend:
    """A Backend over a Snowpark session. Whoever opened the session closes it.

    A session that has ended is opened again by the next statement, so that what asks by this
    backend, such as a run that is followed for days, goes on. One that was closed is not.

    Args:
        name: the place without its namespace: `embedded engine`, `prod`.
        opens: opens the session again; without, it was brought by somebody who alone can.
        asks_nobody: whether that takes no person: no browser opens and no telephone rings. Else it
            waits for a statement that somebody wants, and is not done for one that only looks on.
        keeper: of the embedded engine, where this process may start it again.
        last_stir, last_mark, last_end: see `Backend`; of an engine whose directory is known.
    """

    def __init__(
        self,
        session: Session,
        *,
        is_embedded: bool,
        name: str,
        opens: Callable[[], Session] | None = None,
        asks_nobody: bool = False,
        keeper: EngineKeeper | None = None,
        last_stir: Callable[[], bytes] = bytes,
        last_mark: Callable[[], str] = str,
        last_end: Callable[[], bytes] = bytes,
    ) -> None:
        self._session = session
        self._name = name
        self._keeper = keeper
        self._last_stir = last_stir
        self._last_mark = last_mark
        self._last_end = last_end
        self._opens = opens
        self._asks_nobody = asks_nobody
        self._opening = threading.Lock()  # held while a session is opened in place of another
        self._is_over = False
        self._closed: str | None = None
        self._looks_at_once = True
        self._own_words: frozenset[str] | None = None if is_embedded else frozenset()
        self.is_embedded = is_embedded

    @property
    def place(self) -> str:
        """See `Backend`."""
        return f"{self._name} · {'.'.join(part or '?' for part in self.namespace)}"

    @property
    def namespace(self) -> tuple[str | None, str | None]:
        """See `Backend`; the connector keeps it up to date, so nothing is asked."""
        connection = self._session.connection
        return connection.database, connection.schema

    @property
    def warehouse(self) -> str | None:
        """See `Backend`."""
        named: str | None = self._session.connection.warehouse
        return named

    @property
    def session(self) -> Session:
        """See `Backend`."""
        self._check_open()
        if self._is_over and self._opens is not None:
            self._open_again()
        return self._session

    @property
    def has_ended(self) -> bool:
        """See `Backend`."""
        return self.is_gone or (self._is_over and self._opens is None)

    @property
    def is_gone(self) -> bool:
        """See `Backend`."""
        return self._keeper is not None and self._keeper.is_gone()

    def knows(self, word: str) -> bool:
        """See `Backend`; asked once, when it is first wanted."""
        if self._own_words is None:
            self._own_words = self._told_words()
        return word in self._own_words

    def _told_words(self) -> frozenset[str]:
        try:
            ((told,),) = (row.values() for row in self.rows("SELECT SYSTEM$SFDAG_KNOWS()"))
        except ConnectError:
            raise
        except BackendError:  # it began before there was this question
            return frozenset()
        return frozenset(json.loads(told))

    def last_stir(self) -> bytes:
        """See `Backend`."""
        return self._last_stir()

    def last_mark(self) -> str:
        """See `Backend`."""
        return self._last_mark()

    def last_end(self) -> bytes:
        """See `Backend`."""
        self._check_open()
        return self._last_end()

    def rows(self, sql: str) -> Sequence[Row]:
        """See `Backend`."""
        # A cursor of our own and not `session.sql`: one request, and no describe before it.
        from snowflake.connector import DictCursor

        with self._call(sql), self._session.connection.cursor(DictCursor) as cursor:
            answered = cursor.execute(sql)
            return [] if answered is None else [dict(row) for row in answered.fetchall()]

    def tables(self, sql: str) -> Iterator[Any]:
        """See `Backend`."""
        with self._call(sql), self._session.connection.cursor() as cursor:
            cursor.execute(sql)
            yield from cursor.fetch_arrow_batches()

    @property
    def looks_at_once(self) -> bool:
        """See `Backend`."""
        return self.is_embedded and self._looks_at_once

    def looks(self, statements: Sequence[str]) -> Sequence[Sequence[Row] | BackendError] | None:
        """See `Backend`; whether the engine knows how is learnt by asking."""
        if not self.looks_at_once:
            return None
        try:
            (row,) = self.rows(look_statement(statements))
        except ConnectError:
            raise
        except BackendError:  # it began before there was this function
            self._looks_at_once = False
            return None
        return told_looks(row["LOOKED"])

    def script(
        self, statements: Sequence[str], looks: Sequence[str] = ()
    ) -> Sequence[Sequence[Row] | BackendError] | None:
        """See `Backend`."""
        if not self.is_embedded:
            for statement in statements:
                self.rows(statement)
            return None
        looks = looks if self.looks_at_once else ()
        each = [*statements, *([look_statement(looks)] if looks else [])]
        with self._call(), self._session.connection.cursor() as cursor:
            # A line of its own for the semicolon: a statement may end with a comment.
            cursor.execute("\n;\n".join(each), num_statements=len(each))
            if not looks:
                return None
            cursor.query_result(cursor.multi_statement_savedIds[-1])
            ((told,),) = cursor.fetchall()
        return told_looks(told)

    def upload(self, content: bytes, location: str) -> None:
        """See `Backend`."""
        with self._call():
            self._session.file.put_stream(
                io.BytesIO(content), location, auto_compress=False, overwrite=True
            )

    def upload_all(self, files: Mapping[str, bytes]) -> None:
        """See `Backend`."""
        if len(files) == 1:
            ((location, content),) = files.items()
            self.upload(content, location)
            return
        with tempfile.TemporaryDirectory(prefix="sfdag-") as folder, self._call():
            for location, content in files.items():
                Path(folder, location.rpartition("/")[2]).write_bytes(content)
            (place,) = {location.rpartition("/")[0] for location in files}
            self._session.file.put(f"{folder}/*", f"{place}/", auto_compress=False, overwrite=True)

    def download(self, location: str) -> bytes:
        """See `Backend`."""
        # Not `get_stream`: it writes into the machine's common folder under the file's own name,
        # where another kernel's file of that name may lie.
        with tempfile.TemporaryDirectory(prefix="sfdag-") as folder, self._call():
            self._session.file.get(location, folder)
            found = [*Path(folder).iterdir()]
            if len(found) != 1:
                raise BackendError(f"the file {location} does not exist")
            return found[0].read_bytes()

    def download_all(self, location: str, pattern: str) -> Mapping[str, bytes]:
        """See `Backend`."""
        with tempfile.TemporaryDirectory(prefix="sfdag-") as folder, self._call():
            self._session.file.get(location, folder, pattern=pattern)
            return {each.name: each.read_bytes() for each in Path(folder).iterdir()}

    def close(self, target: str, *, keeps_session: bool = False) -> None:
        """See `Backend`."""
        with self._opening:  # what is just being opened is closed too
            self._closed = target
        if not (keeps_session or self.is_gone or self._is_over):
            with self._asked():
                self._session.close()
        if self._keeper is not None:
            self._keeper.close()

    def _check_open(self) -> None:
        if self._closed is not None:
            raise closed_target(self._closed)

    @contextlib.contextmanager
    def _call(self, sql: str = "") -> Iterator[None]:
        """Around each call of the session that somebody wants.

        Raises:
            InputError: its target was closed.
        """
        self._check_open()
        with self._asked(sql):
            yield

    @contextlib.contextmanager
    def _asked(self, sql: str = "") -> Iterator[None]:
        """Its errors become ours, its engine is kept alive."""
        meanwhile(f"asking {self._name}" if not self.is_embedded else "asking the embedded engine")
        session = self._session
        try:
            with self._keeper.looking() if self._keeper else contextlib.nullcontext():
                if self._is_over and self._opens is not None:
                    self._open_again()
                    session = self._session
                yield
        except foreign_errors() as error:
            ours = backend_error(error)
            if ours.code in _ENDED and session is self._session:  # nobody opened another meanwhile
                self._is_over = True
            if not self.is_embedded and not isinstance(ours, ConnectError):
                ours.hint = advice(ours.message, self._question(sql)) or ours.hint
            raise ours from error

    def _open_again(self) -> None:
        """Open a session in place of the one that is over, once for all who wait for that.

        Raises:
            ConnectError: it would ask a person, and nobody waits for this; or nothing answered.
        """
        if looks_on() and not self._asks_nobody:
            raise ConnectError(
                f"the session with {self._name} has ended, and to log in again may ask you",
                hint=f"{to_type('status')} logs in, and so does a button",
            )
        with self._opening:
            self._check_open()
            if self._is_over and self._opens is not None:
                self._session = self._opens()
                self._is_over = False

    def _question(self, sql: str) -> Asked:
        connection = self._session.connection
        return Asked(
            sql=sql,
            role=connection.role or "<role>",
            schema=".".join(part or "?" for part in self.namespace),
            warehouse=connection.warehouse,
        )
