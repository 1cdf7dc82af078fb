"""From a data directory to the engine that serves it, and how clients connect to it.

The only place outside the engine that starts it; afterwards it is spoken to over the wire, like
Snowflake, by plain connector parameters.
"""

from __future__ import annotations

import functools
import logging
import os
import shlex
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs
import psutil

from sfdag_magics.client.connecting.activity import doing
from sfdag_magics.client.connecting.engine_process import end, start
from sfdag_magics.client.connecting.farewell import end_without_waiting
from sfdag_magics.client.connecting.older_code import runs_older_code
from sfdag_magics.client.connecting.releases import installed_release
from sfdag_magics.engine.directory import rendezvous
from sfdag_magics.engine.directory.rendezvous import Rendezvous
from sfdag_magics.engine.directory.safe_directory import secure_directory
from sfdag_magics.engine.directory.set_aside import is_away, is_used, put_back
from sfdag_magics.errors import ConnectError, MachineError, in_whole_words
from sfdag_magics.place_words import to_type

if TYPE_CHECKING:
    from snowflake.snowpark import Session

_log = logging.getLogger(__name__)

#: Names another data directory than the user's own.
DATA_VARIABLE = "SFDAG_DATA"

# What a new data directory has from the start (see `engine/composition.py`).
DATABASE, SCHEMA, WAREHOUSE, ROLE = "SFDAG", "PUBLIC", "COMPUTE_WH", "ACCOUNTADMIN"
# Bounds a statement as well as the retries against an engine that is gone.
_NETWORK_TIMEOUT_S = 600
# Twice as long as the engine waits for finalizers, and some more.
_END_RUNS_TIMEOUT_S = 45.0
# A second for each gigabyte of tables.
_DISK_TIMEOUT_S = 60.0
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def data_directory(path: Path | None = None) -> Path:
    """The data directory to use: `path`, or `SFDAG_DATA`, or the one in the user's data folder."""
    if path is not None:
        return path.expanduser().absolute()
    named = os.environ.get(DATA_VARIABLE)
    if named:
        return Path(named).expanduser().absolute()
    return platformdirs.user_data_path("sfdag_magics") / "engine"


def connection_parameters(
    data_dir: Path | None = None, *, meanwhile: Callable[[], object] | None = None
) -> dict[str, Any]:
    """What `snowflake.connector.connect` and Snowpark need to connect; starts the engine if needed.

    What the engine has to say of itself is logged as a warning. `meanwhile` is called while an
    engine starts, if one does.

    Raises:
        MachineError: the engine cannot start in this directory; says why.
    """
    stay_on_this_machine()
    met, is_found = _serving(data_dir, meanwhile)
    # one that began just now is ours, of the code here
    strange = _not_ours(met, data_directory(data_dir)) if is_found else ""
    for notice in filter(None, (met.notice, strange)):
        _say_once(notice)
    return {
        "account": "local",
        "user": "SFDAG",
        "password": met.token,
        "host": "127.0.0.1",
        "port": met.port,
        "protocol": "http",
        "database": DATABASE,
        "schema": SCHEMA,
        "warehouse": WAREHOUSE,
        "role": ROLE,
        "network_timeout": _NETWORK_TIMEOUT_S,
    }


def _not_ours(met: Rendezvous, directory: Path) -> str:
    """What is to be known of an engine that another installation started; empty of our own."""
    own, stop = installed_release(), f"sfdag local stop --data {shlex.quote(str(directory))}"
    if met.version != own:
        return (
            f"the engine of {directory} runs sfdag_magics {met.version}, and here is {own}: "
            f"{stop} ends it, and the next statement starts the one of here"
        )
    home = _environment_of(met)
    if home is None or home == _environment(Path(sys.executable)):
        return _older(met, directory, stop)
    return (
        f"the engine of {directory} was started from {home}: its tasks run with the packages of "
        f"that environment; {stop} ends it, and the next statement starts the one of here; "
        f"{DATA_VARIABLE} names another directory"
    )


def _older(met: Rendezvous, directory: Path, stop: str) -> str:
    """What is to be known of our own engine after a change of the code that it began with."""
    if not runs_older_code(met.pid):
        return ""
    return (
        f"the engine of {directory} is older than the code here: "
        f"{stop} ends it, and the next statement starts one of this code"
    )


def _environment_of(met: Rendezvous) -> Path | None:
    """The environment that a running engine's Python belongs to; None where nobody says."""
    try:
        command = psutil.Process(met.pid).cmdline()
    except psutil.Error:
        return None
    return _environment(Path(command[0])) if command else None


def _environment(python: Path) -> Path:
    """`ENV` of `ENV/bin/python3`; Python itself may be a link to another one's."""
    return python.parent.parent.resolve()


@functools.cache
def _say_once(notice: str) -> None:
    _log.warning("%s", "\n".join(in_whole_words(notice)))


def local_engine(
    data_dir: Path | None = None, *, meanwhile: Callable[[], object] | None = None
) -> Rendezvous:
    """The engine that serves a data directory, started if none does. Blocks until it answers.

    `meanwhile` is called while an engine starts, if one does.

    Raises:
        MachineError: it cannot start, or one that runs does not answer.
    """
    return _serving(data_dir, meanwhile)[0]


def _serving(
    data_dir: Path | None, meanwhile: Callable[[], object] | None
) -> tuple[Rendezvous, bool]:
    """See `local_engine`; and whether the engine was there before."""
    named = data_directory(data_dir)
    if put_back(named):
        _say_once(
            f"a restore of {named} was cut off: what was there before is there again, and the same"
            " sfdag local restore does it anew"
        )
    directory = secure_directory(named)
    met = _living(directory)
    if met is not None:
        return met, True
    doing("starting the embedded engine")
    with rendezvous.start_lock(directory):
        met = _living(directory)  # another kernel may have been faster
        return (met, True) if met is not None else (start(directory, meanwhile), False)


def engine_has_died(data_dir: Path | None = None) -> bool:
    """Whether the engine that last served the directory is gone. Costs a file read."""
    met = rendezvous.read(data_directory(data_dir))
    return met is None or not met.is_alive


def is_served_by(port: int, token: str, data_dir: Path | None = None) -> bool:
    """Whether the directory is that of the engine which told these, or of one in its place.

    An engine takes over port and token of the last one, unless the directory was emptied between.
    """
    met = rendezvous.read(data_directory(data_dir))
    return met is not None and (met.port, met.token) == (port, token)


def engine_ever_ran(data_dir: Path | None = None) -> bool:
    """Whether the directory has anything of an engine; where it has not, nothing was deployed."""
    directory = data_directory(data_dir)
    return is_used(directory) or is_away(directory)


def engine_was_stopped(data_dir: Path | None = None) -> bool:
    """Whether there is no engine, or one that somebody stopped: neither runs nor crashed."""
    met = rendezvous.read(data_directory(data_dir))
    return met is None or met.is_leaving


def engine_status(data_dir: Path | None = None) -> Mapping[str, Any] | None:
    """What a running engine tells about itself; None when none runs. Starts nothing.

    Raises:
        MachineError: one runs and does not answer.
    """
    directory = data_directory(data_dir)
    met = rendezvous.read(directory) if directory.is_dir() else None
    return None if met is None or not met.is_alive else _status(met, directory)


def engine_disk(data_dir: Path | None = None) -> Mapping[str, Any] | None:
    """What each table takes of the disk; None where no engine runs, or an earlier one does."""
    met = rendezvous.read(data_directory(data_dir))
    return None if met is None else rendezvous.ask_disk(met, timeout_s=_DISK_TIMEOUT_S)


def end_runs(data_dir: Path | None = None) -> None:
    """Cancel all graph runs of a running engine; blocks until they are over.

    Raises:
        MachineError: they are not.
    """
    directory = data_directory(data_dir)
    met = rendezvous.read(directory)
    if met is None or not met.is_alive:
        return
    told = rendezvous.ask_to_end_runs(met, timeout_s=_END_RUNS_TIMEOUT_S)
    if told is None or told["runs"]:
        left = ", ".join(told["in_flight"]) if told else "the engine does not answer"
        raise MachineError(
            f"the runs could not be ended: {left}",
            hint=f"stop them in the notebook ({to_type('stop')}), or: "
            f"sfdag local stop --data {shlex.quote(str(directory))} --yes, again",
        )


def stop_engine(data_dir: Path | None = None) -> bool:
    """Stop the engine of a data directory and wait until it is gone; False when none ran."""
    directory = data_directory(data_dir)
    if not directory.is_dir():
        return False
    with rendezvous.start_lock(directory):
        met = rendezvous.read(directory)
        if met is None or not met.is_alive:
            return False
        end(met)
        return True


def reset_engine(data_dir: Path | None = None) -> None:
    """Stop the engine and delete its data directory with everything in it.

    Raises:
        MachineError: the directory is not an engine's, or cannot be deleted.
    """
    directory = data_directory(data_dir)
    if not directory.is_dir():
        return
    if rendezvous.read(directory) is None and any(directory.iterdir()):
        raise MachineError(
            f"{directory} holds no engine's data; nothing was deleted",
            hint="name the data directory with --data DIR",
        )
    stop_engine(directory)
    try:
        shutil.rmtree(directory)
    except OSError as exc:
        raise MachineError(f"{directory} cannot be deleted: {exc.strerror}") from exc


def open_session(
    parameters: Mapping[str, Any], with_connection: Callable[[Any], object] = bool
) -> Session:
    """A new Snowpark session.

    Args:
        with_connection: is given the connection before Snowpark makes its first cursor of it.

    Raises:
        ConnectError: nothing answered, or it does not let this user in.
    """
    doing("loading Snowflake's client")
    from snowflake.connector import connect
    from snowflake.connector.errors import Error
    from snowflake.snowpark import Session

    stay_on_this_machine()
    doing("connecting")
    try:
        connection = connect(**parameters, paramstyle="qmark")  # Snowpark's own default
        with_connection(connection)
        session: Session = Session.builder.configs({"connection": connection}).create()
    except Error as exc:
        raise ConnectError(
            f"cannot connect to {parameters.get('host', 'the account')}: {exc.msg}",
            code=exc.errno,
            sqlstate=exc.sqlstate,
            hint="sfdag local status",
        ) from exc
    end_without_waiting(session)
    return session


def load_client() -> None:
    """Import Snowpark, which takes as long as an engine takes to start; only who connects pays."""
    import snowflake.snowpark  # noqa: F401 - to be there


def stay_on_this_machine() -> None:
    """Make this process's clients send nothing meant for the engine anywhere else.

    They would give the token to a configured proxy, which only the environment prevents, and ask
    cloud metadata services where they run at each login.
    """
    for variable in ("NO_PROXY", "no_proxy"):
        named = [name for name in os.environ.get(variable, "").split(",") if name]
        missing = [name for name in _LOOPBACK if name not in named]
        os.environ[variable] = ",".join(named + missing)
    os.environ.setdefault("SNOWFLAKE_DISABLE_PLATFORM_DETECTION", "true")


def _living(directory: Path) -> Rendezvous | None:
    met = rendezvous.read(directory)
    if met is None or not met.is_alive:
        return None
    _status(met, directory)
    return met


def _status(met: Rendezvous, directory: Path) -> Mapping[str, Any]:
    status = rendezvous.ask_status(met)
    if status is None:
        raise MachineError(
            f"the engine of {directory} (process {met.pid}) runs and does not answer",
            hint=f"sfdag local stop --data {shlex.quote(str(directory))}",
        )
    return status
