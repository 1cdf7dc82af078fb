"""The seam between the client and Snowflake: rows by SQL, files by stage. The fake stands here too.

The one module that calls a Snowpark session, and so the one that turns Snowflake's exceptions into
ours. Knows no statement: those are where their answers are understood. Statements carry their
values as literals written by `sqltext`, because SHOW, EXECUTE TASK and DDL take no bindings and a
session that the user brought may bind in another style.
"""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sfdag_magics.client.connecting.activity import meanwhile
from sfdag_magics.client.connecting.keeper import EngineKeeper, looks_on
from sfdag_magics.client.connecting.privileges import Asked, advice
from sfdag_magics.client.connecting.targets import closed_target
from sfdag_magics.errors import BackendError, ConnectError, UnsupportedError
from sfdag_magics.place_words import to_type

if TYPE_CHECKING:
    from snowflake.snowpark import Session

Row = Mapping[str, Any]

#: What the clients report when nothing answered or the login is no longer good: connector errno.
_NO_ANSWER = frozenset({250001, 250002, 250003, 251005, 251012, 390100, 390112, 390114, 390144})
#: Of these, what a new login mends: the connection is closed, the session or its token has ended.
_ENDED = frozenset({250002, 251005, 251012, 390111, 390112, 390114, 390195})


class Backend(Protocol):
    """One open way to Snowflake or to the embedded engine. Any thread; calls block."""

    @property
    def is_embedded(self) -> bool:
        """Whether the embedded engine answers: it may be asked often and costs nothing."""

    @property
    def place(self) -> str:
        """Where statements go, for people: `embedded engine · DB.SCHEMA`."""

    @property
    def namespace(self) -> tuple[str | None, str | None]:
        """The current database and schema, as stored names."""

    @property
    def warehouse(self) -> str | None:
        """The session's current warehouse, as a stored name; None where it has none."""

    def knows(self, word: str) -> bool:
        """Whether the embedded engine answers and has this function or argument of its own.

        Engines of other releases have others: one that began before an upgrade goes on.

        Raises:
            ConnectError: nothing answered.
        """

    def last_stir(self) -> bytes:
        """Another value after each change of any run; empty where nobody tells. Asks nobody."""

    def last_end(self) -> bytes:
        """The same after each end of any run, for those who wait for nothing else.

        Raises:
            InputError: its target was closed.
        """

    def rows(self, sql: str) -> Sequence[Row]:
        """The rows of one statement, keyed by column name; SHOW's columns are lower-case.

        Raises:
            BackendError: the statement failed.
            ConnectError: nothing answered.
            InputError: its target was closed; so does every other call.
        """

    def script(self, statements: Sequence[str]) -> None:
        """Carry out statements in order; ends at the first that fails.

        One request on the embedded engine. One each elsewhere: Snowflake wants a warehouse for
        several in one request, and wraps the error of the one that fails (its page on submitting
        multiple statements).

        Raises:
            BackendError: one failed; those before it are done.
            ConnectError: nothing answered.
        """

    def upload(self, content: bytes, location: str) -> None:
        """Write `content` to a stage location such as `@DB.SCHEMA.STAGE/dir/name.zip`."""

    def download(self, location: str) -> bytes:
        """The content of one file of a stage."""

    def download_all(self, location: str, pattern: str) -> Mapping[str, bytes]:
        """`{file name without its folders: content}` of what lies there and matches. One request.

        Args:
            pattern: a regular expression for the whole of a file's place on the stage.
        """

    @property
    def session(self) -> Session:
        """The Snowpark session behind it, for the notebook's own queries."""
        ...

    @property
    def has_ended(self) -> bool:
        """Whether the session behind it is over, so that only a new one can answer."""

    @property
    def is_gone(self) -> bool:
        """Whether what it was asked of may be gone as well: an embedded engine was reset."""

    def close(self, target: str, *, keeps_session: bool = False) -> None:
        """Close the session; whoever asks afterwards is told that its target is closed.

        Args:
            target: its name.
            keeps_session: somebody else opened the session, who goes on with it.
        """


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
        last_stir, last_end: see `Backend`; of an engine whose directory is known.
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
        last_end: Callable[[], bytes] = bytes,
    ) -> None:
        self._session = session
        self._name = name
        self._keeper = keeper
        self._last_stir = last_stir
        self._last_end = last_end
        self._opens = opens
        self._asks_nobody = asks_nobody
        self._opening = threading.Lock()  # held while a session is opened in place of another
        self._is_over = False
        self._closed: str | None = None
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

    def script(self, statements: Sequence[str]) -> None:
        """See `Backend`."""
        if not self.is_embedded:
            for statement in statements:
                self.rows(statement)
            return
        with self._call(), self._session.connection.cursor() as cursor:
            # A line of its own for the semicolon: a statement may end with a comment.
            cursor.execute("\n;\n".join(statements), num_statements=len(statements))

    def upload(self, content: bytes, location: str) -> None:
        """See `Backend`."""
        with self._call():
            self._session.file.put_stream(
                io.BytesIO(content), location, auto_compress=False, overwrite=True
            )

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


def foreign_errors() -> tuple[type[Exception], ...]:
    """All that Snowflake's clients raise; imported late, because they take a second to load."""
    from snowflake.connector.errors import Error
    from snowflake.snowpark.exceptions import SnowparkClientException

    return (Error, SnowparkClientException, OSError)


def backend_error(error: Exception) -> BackendError:
    """Ours for an exception of the connector or of Snowpark, with its code, SQLSTATE, query id."""
    code = _number(getattr(error, "sql_error_code", None) or getattr(error, "errno", None))
    kind = _kind(error, code)
    told = (getattr(error, name, None) for name in ("raw_msg", "raw_message", "message"))
    message = str(next(filter(None, told), error))
    hint = f"{to_type('target')}, then the same again" if kind is ConnectError else None
    return kind(
        message.strip(),
        code=code,
        sqlstate=getattr(error, "sqlstate", None),
        query_id=getattr(error, "sfqid", None),
        hint=hint,
    )


def _kind(error: Exception, code: int | None) -> type[BackendError]:
    if code in _NO_ANSWER or _is_network(error):
        return ConnectError
    # SQLSTATE 0A000 is "feature not supported"
    return UnsupportedError if getattr(error, "sqlstate", None) == "0A000" else BackendError


def _is_network(error: BaseException) -> bool:
    return isinstance(error, ConnectionError | TimeoutError)


def _number(code: object) -> int | None:
    try:
        return int(str(code))
    except ValueError:
        return None


def utc(value: object) -> datetime | None:
    """A timestamp of a row as aware UTC; one without a zone is taken as UTC."""
    if not isinstance(value, datetime):
        return None
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
