"""The seam between the client and Snowflake: rows by SQL, files by stage. The fake stands here too.

Knows no statement: those are where their answers are understood. Statements carry their values as
literals written by `sqltext`, because SHOW, EXECUTE TASK and DDL take no bindings and a session
that the user brought may bind in another style.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from snowflake.snowpark import Session

    from sfdag_magics.errors import BackendError

Row = Mapping[str, Any]


class Answering(Protocol):
    """What answers statements that only look: a backend, or what was asked of it at once before."""

    def rows(self, sql: str) -> Sequence[Row]:
        """See `Backend`."""


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

    def last_mark(self) -> str:
        """The mark of that change, of which the embedded engine knows what came after it."""

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

    def tables(self, sql: str) -> Iterator[Any]:
        """The rows of a query as Arrow's tables, in parts as they come; no part where it has none.

        Raises:
            BackendError: the statement failed, or the rest did not come.
            ConnectError: nothing answered.
        """

    def looks(self, statements: Sequence[str]) -> Sequence[Sequence[Row] | BackendError] | None:
        """What each of several statements answers that only look, or its error. One request.

        None where one has to be asked after the other: on the service, and of an engine of an
        earlier release. `looks_at_once` says so beforehand, as far as it is known.

        Raises:
            ConnectError: nothing answered.
        """

    @property
    def looks_at_once(self) -> bool:
        """Whether `looks` is expected to answer. Asks nobody."""

    def script(
        self, statements: Sequence[str], looks: Sequence[str] = ()
    ) -> Sequence[Sequence[Row] | BackendError] | None:
        """Carry out statements in order; ends at the first that fails.

        Then `looks` are answered, as by the method of this name, in the same request; None where
        none are given, or one has to be asked after the other.

        One request on the embedded engine. One each elsewhere: Snowflake wants a warehouse for
        several in one request, and wraps the error of the one that fails (its page on submitting
        multiple statements).

        Raises:
            BackendError: one failed; those before it are done.
            ConnectError: nothing answered.
        """

    def upload(self, content: bytes, location: str) -> None:
        """Write `content` to a stage location such as `@DB.SCHEMA.STAGE/dir/name.zip`."""

    def upload_all(self, files: Mapping[str, bytes]) -> None:
        """The same of several files of one folder, in one statement: `{location: content}`.

        They do not appear in one moment, nor in an order that is known.
        """

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


def utc(value: object) -> datetime | None:
    """A timestamp of a row as aware UTC; one without a zone is taken as UTC."""
    if not isinstance(value, datetime):
        return None
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
