"""The one DuckDB file of a data directory: opened and locked down. Knows no Snowflake.

What must hold before any statement of a user runs: other users cannot read the files, no second
process has them, DuckDB reaches nothing of this machine but the stages, and its settings are
locked. SQL statements cannot name the file itself because of the gate, not because of settings
(DuckDB adds every file it opens to its own allow-list).
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import duckdb

from sfdag_magics.engine.limits.budget import Budget
from sfdag_magics.engine.store import canonical_values, changes, digits_of_seconds, loads
from sfdag_magics.engine.store.migrations import Step, open_up_to_date
from sfdag_magics.errors import MachineError

#: Where the files of stages live; the only place DuckDB may read or write besides its own files.
STAGES_DIRECTORY = "stages"
_FILE = "data.duckdb"
_LOCK = "data.lock"
_SPILL = "spill"

#: What makes a file's version from the one before. Added to whenever the meaning of what is stored
#: changes: an older engine refuses the newer file.
_FORMATS: Mapping[int, Step] = {
    2: loads.taken_from_objects,
    3: canonical_values.written_in_one_way,
    4: digits_of_seconds.cut_to_digits,
    5: changes.created,
}

_CREATION = (
    """
    CREATE TABLE IF NOT EXISTS registry.objects(
        id VARCHAR NOT NULL, kind VARCHAR NOT NULL, database_name VARCHAR NOT NULL,
        schema_name VARCHAR NOT NULL, name VARCHAR NOT NULL, arguments VARCHAR NOT NULL,
        created_on TIMESTAMP NOT NULL, owner VARCHAR NOT NULL, comment VARCHAR NOT NULL,
        detail VARCHAR NOT NULL)
    """,
    """
    CREATE TABLE IF NOT EXISTS registry.outcomes(
        query_id UUID NOT NULL, noted_at TIMESTAMP NOT NULL, answer VARCHAR)
    """,
    loads.CREATION,
    loads.COPIES_CREATION,
    changes.CREATION,
)


class DuckStore:
    """An open data directory. Thread-safe; `close` it once, after all its connections."""

    def __init__(self, root: duckdb.DuckDBPyConnection, lock: IO[str], directory: Path) -> None:
        self._root = root
        self._lock = lock
        self.directory = directory

    def connect(self) -> duckdb.DuckDBPyConnection:
        """A connection with a transaction and temporary tables of its own; the caller closes it."""
        return self._root.cursor()

    def close(self) -> None:
        """Write everything into the main file and let the directory go."""
        try:
            self._root.execute("CHECKPOINT")
        except duckdb.TransactionException:
            pass  # somebody still writes; the write-ahead log keeps what they commit
        finally:
            self._root.close()
            _let_go(self._lock)


def open_store(directory: Path, budget: Budget) -> DuckStore:
    """Open the data directory, creating it for its first use.

    Raises:
        MachineError: in use (names the process), not writable, damaged, or of a newer version.
    """
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in (STAGES_DIRECTORY, _SPILL):
            (directory / name).mkdir(mode=0o700, exist_ok=True)
        lock = _locked(directory)
    except OSError as problem:
        raise not_usable(directory, problem) from problem
    try:
        return DuckStore(_opened(directory, budget), lock, directory)
    except BaseException:
        _let_go(lock)
        raise


def _let_go(lock: IO[str]) -> None:
    """Give the lock back, also where a process that is just being started has a copy of it."""
    fcntl.flock(lock, fcntl.LOCK_UN)
    lock.close()


def _locked(directory: Path) -> IO[str]:
    """The lock file, held: it names the process that has the directory."""
    path = directory / _LOCK
    lock = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as problem:
        holder = lock.read().strip() or "unknown"
        lock.close()
        raise MachineError(
            f"the data directory {directory} is in use by the engine process {holder}",
            hint="sfdag local status, or name another directory with SFDAG_DATA",
        ) from problem
    lock.seek(0)
    lock.truncate()
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def _opened(directory: Path, budget: Budget) -> duckdb.DuckDBPyConnection:
    path = directory / _FILE
    try:
        with _private_umask():
            root = open_up_to_date(path, _FORMATS)
    except (OSError, duckdb.Error) as problem:
        raise not_usable(directory, problem) from problem
    try:
        path.chmod(0o600)
        # In one call: between two, it waits for its turn at an interpreter that imports meanwhile.
        made = ("BEGIN TRANSACTION", *_CREATION, "COMMIT")
        root.execute(";".join((*made, *_settings(directory, budget))))
    except duckdb.Error as problem:
        root.close()
        raise not_usable(directory, problem) from problem
    except BaseException:
        root.close()
        raise
    return root


@contextmanager
def _private_umask() -> Iterator[None]:
    """Let DuckDB make its files readable by this user only, whatever the umask was."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def _settings(directory: Path, budget: Budget) -> tuple[str, ...]:
    """What must be set before the lock; the last one cannot be undone while the file is open."""
    stages = _literal(str(directory / STAGES_DIRECTORY))
    spill = _literal(str(directory / _SPILL))
    # One statement must not fill the disk that everything else writes to.
    spilled = shutil.disk_usage(directory).free // 2
    return (
        "SET GLOBAL TimeZone = 'UTC'",
        # sqlglot writes lambdas with an arrow
        "SET GLOBAL lambda_syntax = 'ENABLE_SINGLE_ARROW'",
        # parser, binder and catalogue errors leave a transaction usable
        "SET GLOBAL default_transaction_invalidation_policy = 'SYNTACTIC_ERRORS_DO_NOT_INVALIDATE'",
        # 1/0 is an error in Snowflake, not infinity
        "SET GLOBAL ieee_floating_point_ops = false",
        "SET GLOBAL error_on_division_by_zero = true",
        f"SET GLOBAL memory_limit = '{budget.duckdb}B'",
        # memory of ended statements goes back to the system
        "SET GLOBAL allocator_background_threads = true",
        f"SET GLOBAL temp_directory = {spill}",
        f"SET GLOBAL max_temp_directory_size = '{spilled}B'",
        "SET GLOBAL autoinstall_known_extensions = false",
        "SET GLOBAL autoload_known_extensions = false",
        f"SET GLOBAL allowed_directories = [{stages}, {spill}]",
        "SET GLOBAL enable_external_access = false",
        "SET GLOBAL allowed_configs = ['TimeZone']",
        "SET GLOBAL lock_configuration = true",
    )


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def not_usable(directory: Path, problem: Exception) -> MachineError:
    """Why a data directory cannot be opened, for what the system or DuckDB raised."""
    if isinstance(problem, OSError) and problem.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return MachineError(
            f"the data directory {directory} cannot be written: {problem.strerror}",
            hint="name a directory of yours with SFDAG_DATA",
        )
    # DuckDB has the system's words and no errno
    if getattr(problem, "errno", None) == errno.ENOSPC or "No space left" in str(problem):
        return MachineError(
            f"the disk of the data directory {directory} is full",
            hint="free some space and try again; what is stored is untouched",
        )
    reason = str(problem).splitlines()[0] if str(problem) else type(problem).__name__
    return MachineError(
        f"the data directory {directory} cannot be opened: {reason}",
        hint="restore it from a backup, or begin anew with: sfdag local reset",
    )
