"""The borders between the rooms of the engine: what each promises the others, and nothing of how.

`sql` carries statements out and offers sessions; every other part (stages, procedures, tasks,
models) adds what it knows to SQL through one `SqlFeature`. Only the composer (`composition.py`)
knows all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from sfdag_magics.engine.borders.answers import Column, Result, SqlError
from sfdag_magics.engine.borders.cloning import CloneOthers
from sfdag_magics.engine.borders.object_facts import (
    CopiedFile,
    Facts,
    FactsView,
    FilesLoaded,
    LoadedFile,
    ObjectFact,
)
from sfdag_magics.engine.borders.owning import OwnedObjects
from sfdag_magics.engine.borders.tagging import TaggedObjects
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName, Token

if TYPE_CHECKING:
    import pyarrow as pa

#: A value bound to a statement or passed to a function, as Python has it.
Value = Any
#: Positional values, named values, or (for an array binding) one row of values per execution.
Bindings = Sequence[Value] | Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement after the gate.

    Attributes:
        kind: its leading words without modifiers, such as `SELECT`, `CREATE TASK`, `SHOW TASKS`,
            `CALL`.
        text: as the user wrote it, without the final semicolon.
        tokens: its tokens; offsets into `text`.
        query_id: the id clients and history know this execution by.
    """

    kind: str
    text: str
    tokens: tuple[Token, ...]
    query_id: str
    bindings: Bindings = ()


#: Told once, by another thread, why a statement must end that does not hear of it: one step of its
#: work takes long. It fails and has no effect, whenever that is; nobody needs to wait for it.
Unheard = Callable[[SqlError], None]


class SqlSession(Protocol):
    """One Snowflake session: current names, parameters, transaction, temporary objects.

    Statements of one session run one at a time; a second caller waits. A CALL does not hold the
    session while its procedure runs, so the procedure's own statements get in. Any thread may call.
    """

    id: str
    user: str
    role: str
    warehouse: str | None
    database: str | None
    schema: str | None
    parameters: dict[str, Value]
    #: The task attempt this session works for; None outside tasks. The task service gives it a
    #: meaning.
    attempt_id: str | None

    @property
    def transaction_id(self) -> str:
        """Names the open transaction, whose changes are not durable yet; empty where none is."""

    def execute(
        self,
        text: str,
        *,
        bindings: Bindings = (),
        query_id: str | None = None,
        noted: bool = False,
        limit_s: int | None = None,
        unheard: Unheard | None = None,
    ) -> Result:
        """Run one statement and wait for it; no longer than `limit_s`, where that is given.

        With `noted` its outcome is kept under `query_id`, durable exactly where its effect is; see
        `Outcomes`. `unheard` is told of no statement that took effect, or may still do so.

        Raises:
            SqlError: whatever the user can cause; the session stays usable.
        """

    def describe(
        self,
        text: str,
        *,
        bindings: Bindings = (),
        query_id: str | None = None,
        limit_s: int | None = None,
        unheard: Unheard | None = None,
    ) -> Result:
        """The columns a statement would answer with, and no rows; nothing is changed."""

    def execute_batch(
        self,
        text: str,
        rows: Sequence[Sequence[Value]],
        *,
        query_id: str | None = None,
        noted: bool = False,
        limit_s: int | None = None,
        unheard: Unheard | None = None,
    ) -> Result:
        """Run one DML statement for many rows of positional values, as one statement."""

    def check(self, text: str) -> None:
        """See that a text is a statement, and one that can be carried out; nothing is.

        Of a block, each of its statements. Names and values are not looked for.

        Raises:
            SqlError: it cannot be read, or is of a kind that is not supported.
        """

    def resolve(self, name: QualifiedName) -> QualifiedName:
        """The name with the current database and schema filled in.

        Raises:
            SqlError: a part is missing and the session has none, in Snowflake's words.
        """

    def has_of_account(self, kind: str, name: str) -> bool:
        """Whether a WAREHOUSE, ROLE or USER may be named: it was made, or is there by itself."""

    def facts(self) -> AbstractContextManager[Facts]:
        """The catalogue for a DDL statement.

        The session's open transaction is committed first, as Snowflake does before DDL; what
        happens inside is one transaction, rolled back if the block raises.
        """

    def execute_over(
        self, text: str, relations: Mapping[str, Result], *, bindings: Bindings = ()
    ) -> Result:
        """Run one query or DML statement in which each name of `relations` is a table of its rows.

        For handlers, which may call it while they carry a statement out; in the session's
        transaction. The names are stored names, of no database; values become the types their
        columns say, and VARIANT columns hold JSON text.
        """

    def loaded_files(self, table_id: str) -> Mapping[str, LoadedFile]:
        """What a table has loaded, as this session's transaction sees it."""

    def copied_files(self, start: datetime, until: datetime) -> Sequence[CopiedFile]:
        """What became of the files that were copied then, of any table, the newest first.

        As this session's transaction sees it.
        """

    def load(
        self,
        insertion: str | None,
        relations: Mapping[str, Result],
        files: FilesLoaded,
        answer: Result,
    ) -> None:
        """Carry out an INSERT over `relations`, or none, and remember `files`, in one commit.

        `answer` is what the running statement says of it.

        Raises:
            SqlError: of code `LOADED_MEANWHILE`: another session loaded one of the files.
        """

    def unloading(self) -> AbstractContextManager[None]:
        """Around what is read to leave the engine: it is one transaction, and moves streams."""

    def note(self, answer: Result) -> None:
        """Keep the running statement's answer, if it is noted, behind an effect outside DuckDB."""

    def catalogue(self) -> FactsView:
        """The catalogue for reading, this session's temporary objects included.

        As it was committed last; unlike `facts`, this leaves an open transaction alone.
        """

    def after_commit(self, action: Callable[[], None]) -> None:
        """Call `action` once what the session did is durable: at once where no transaction is open.

        After a rollback it is never called.
        """

    def on_cancel(self, stop: Callable[[], None]) -> AbstractContextManager[None]:
        """While inside, `cancel()` also calls `stop`. For work that happens outside DuckDB."""

    def cancel(self, query_id: str | None = None) -> None:
        """Stop the running statement, from any thread: it fails with code 604 (canceled).

        With `query_id` only that execution, running or still waiting for its turn; without, every
        one. Does nothing where none runs.
        """

    def close(self) -> None:
        """Roll back what is open, drop what is temporary. Once, by the session's owner."""


class Outcomes(Protocol):
    """What became of statements whose answers were lost with an earlier engine. Any thread."""

    def outcome(self, query_id: str) -> Result | None:
        """The answer of a noted statement that took effect, or of a transaction by its id.

        None where it did not take effect, or nothing is known of it.
        """

    def again(self, query_id: str, text: str, session: SqlSession) -> Result | None:
        """The same of a statement that is asked again; the session gets the names it leaves."""

    def can_repeat(self, text: str) -> bool:
        """Whether a noted statement without outcome did nothing, or nothing that matters twice."""

    def advice(self, text: str) -> str:
        """What to do about a statement of which nobody knows whether it was carried out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOptions:
    """How to open a session; names are stored names."""

    user: str = "SFDAG"
    role: str = "ACCOUNTADMIN"
    warehouse: str | None = None
    database: str | None = None
    schema: str | None = None
    parameters: Mapping[str, Value] = field(default_factory=dict)
    attempt_id: str | None = None


class OpenSession(Protocol):
    """Opens sessions; the caller closes them."""

    def __call__(self, options: SessionOptions) -> SqlSession:
        """A new session.

        Raises:
            SqlError: the database or schema does not exist.
        """


#: Carries one kind of statement out.
StatementHandler = Callable[[Statement, SqlSession], Result]
#: A `SYSTEM$…` function over constant or bound arguments; None is NULL.
SystemFunction = Callable[[tuple[Value, ...], SqlSession], Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """The arguments of a table function call, evaluated; named ones upper-case."""

    positional: tuple[Value, ...] = ()
    named: Mapping[str, Value] = field(default_factory=dict)


#: `TABLE(name(…))`: rows computed when the statement starts.
TableFunction = Callable[[Arguments, SqlSession], Result]
#: A read-only table whose rows are computed when a statement names it.
VirtualTable = Callable[[SqlSession], Result]


class FunctionRun(Protocol):
    """A function of the user's while one statement runs. Any thread; closed by who opened it.

    Attributes:
        arguments: its parameters' names and types, in order.
        returns: the type of its value.
        error: why the last evaluation failed, if one did.
    """

    arguments: tuple[Column, ...]
    returns: Column
    error: SqlError | None

    def evaluate(self, columns: Sequence[pa.Array]) -> pa.Array:
        """The function's values for the rows of `columns`, in plain Arrow types (`Result.rows`).

        Raises:
            SqlError: the function failed, or was cancelled.
        """

    def close(self) -> None:
        """End what evaluates; nothing happens where nothing was evaluated."""


#: Finds a user's function by resolved name and number of arguments.
UserFunctions = Callable[[QualifiedName, int, SqlSession], FunctionRun | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelMethod:
    """A method of a registered model as a call names it; without version it is the default's."""

    model: QualifiedName
    version: str | None
    method: str


#: What evaluates a model's method for so many arguments. Raises SqlError where there is none.
ModelMethods = Callable[[ModelMethod, int, SqlSession], FunctionRun]

#: The statement's text with each staged file it reads from (`FROM @stage (…)`) replaced by a
#: relation's name, and those relations, for `SqlSession.execute_over`; None where it reads none.
StagedSources = Callable[[Statement, SqlSession], tuple[str, Mapping[str, Result]] | None]


#: The statement that makes an object again, by its name in SQL and whether names are to be full.
#: Raises SqlError where there is none.
Definition = Callable[[str, bool, SqlSession], str]


class SentFiles(Protocol):
    """Files of stages, for clients that send and fetch them. Any thread."""

    def path(self, stage_id: str, name: str) -> Path | None:
        """Where the bytes of a file are; None where there is no file of this name."""

    def writing(self, stage_id: str, name: str) -> AbstractContextManager[BinaryIO]:
        """A new file; it appears whole, in the place of an older one, when the block ends well.

        Raises:
            SqlError: the stage was dropped meanwhile, or no file can have this name.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlFeature:
    """What one part of the engine adds to SQL; a name in two features is a programming error.

    Attributes:
        statements: by statement kind.
        functions: by upper-case name, `SYSTEM$…`.
        definitions: what GET_DDL says, by the kind of the object.
        table_functions: by upper-case name, without or with schema: `TASK_HISTORY` answers for
            `INFORMATION_SCHEMA.TASK_HISTORY` as well.
        own_arguments: arguments of table functions that Snowflake does not have.
        virtual_tables: by `SCHEMA.NAME` (`INFORMATION_SCHEMA.PACKAGES`, in every database) or
            `DB.SCHEMA.NAME` (`SNOWFLAKE.TELEMETRY.EVENTS`).
        user_functions: asked for every function that Snowflake does not have.
        model_methods: asked for every call of a model; one feature has it.
        staged_sources: asked for every query and DML statement that has a `@` or a string `'@…'`
            behind FROM, JOIN, USING or a comma.
        tagged: the objects that it keeps outside the catalogue and that may have tags.
        owned: a kind of object that it keeps outside the catalogue and that privileges are on.
        outcomes: the answer of a statement of an earlier engine, where the feature keeps it.
        objects_dropped: told, after the commit, of every fact that went without a statement of its
            own: with its schema or database, or as temporary at its session's end.
        data_came: called after each commit that changed a table with a stream, by any thread; at
            once done.
        namespace_dropped: called after a database (schema None) or schema was dropped.
        parameters_set: called after the account, a database or a schema was given, or lost, a
            parameter that tasks inherit; with the catalogue as it is then.
        namespace_cloned: called after one was cloned with what is in the catalogue of it.
        namespace_renamed: called after one was renamed, with its old place and its new name.
    """

    statements: Mapping[str, StatementHandler] = field(default_factory=dict)
    functions: Mapping[str, SystemFunction] = field(default_factory=dict)
    definitions: Mapping[str, Definition] = field(default_factory=dict)
    table_functions: Mapping[str, TableFunction] = field(default_factory=dict)
    own_arguments: Collection[str] = ()
    virtual_tables: Mapping[str, VirtualTable] = field(default_factory=dict)
    staged_sources: StagedSources | None = None
    user_functions: UserFunctions | None = None
    model_methods: ModelMethods | None = None
    tagged: TaggedObjects | None = None
    owned: OwnedObjects | None = None
    outcomes: Callable[[str], Result | None] | None = None
    objects_dropped: Callable[[Sequence[ObjectFact]], None] | None = None
    data_came: Callable[[], None] | None = None
    namespace_dropped: Callable[[str, str | None], None] | None = None
    namespace_cloned: CloneOthers | None = None
    namespace_renamed: Callable[[str, str | None, str], None] | None = None
    parameters_set: Callable[[FactsView], None] | None = None
