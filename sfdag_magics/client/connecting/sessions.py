"""From a target, or from what the notebook already has open, to a Backend. Knows no statement
but the two that make a new namespace on the embedded engine.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from sfdag_magics.client.connecting.activity import doing
from sfdag_magics.client.connecting.entered import check_entered, correct, take_role
from sfdag_magics.client.connecting.farewell import end_without_waiting
from sfdag_magics.client.connecting.foreign_errors import backend_error, foreign_errors
from sfdag_magics.client.connecting.keeper import EngineKeeper
from sfdag_magics.client.connecting.releases import ServingEngine
from sfdag_magics.client.connecting.snowpark_backend import SnowparkBackend
from sfdag_magics.client.connecting.targets import Target
from sfdag_magics.engine.directory.stirs import last_end, last_mark, last_stir
from sfdag_magics.errors import ConnectError, InputError
from sfdag_magics.graph.names import nearest
from sfdag_magics.place_words import to_type
from sfdag_magics.sqltext import identifier_from_sql, sql_identifier

#: The connector's words where no account answered: no such name, no way there, another's server.
_UNREACHED = (
    "Could not connect to Snowflake backend",
    "Max retries exceeded",
    "404 Not Found",
    "SSL error",
)
#: The service's words for a role that is not there, or is not the user's.
_NO_ROLE = "specified in the connect string"
_SETTINGS = ("database", "schema", "warehouse", "role")
#: Of the connector's ways to log in. Beside a password a telephone may have to be answered, and of
#: those it calls OAUTH one opens a browser.
_WITHOUT_A_PERSON = frozenset({"KEY_PAIR", "PAT", "WORKLOAD_IDENTITY"})
#: What asks the server, of the connector's cursors: some in one of its generations (4 and 5) only,
#: and those with an underscore are Snowpark's way to columns and streams.
_ASKING = (
    *("execute", "execute_async", "executemany", "describe", "_describe_internal"),
    *("_upload", "_download", "_upload_stream", "_download_stream", "download_stream"),
)


def open_target(target: Target) -> SnowparkBackend:
    """A new session to a target; starts the embedded engine where it does not run yet.

    Raises:
        ConnectError: nothing answered, or it does not let this user in.
        MachineError: the embedded engine's data directory cannot be used.
    """
    if not target.is_embedded:
        opens = partial(_session_of, target)
        session = opens()
        backend = SnowparkBackend(
            session,
            is_embedded=False,
            name=target.name,
            opens=opens,
            asks_nobody=_asks_nobody(session),
        )
        if target.mine_of is not None:
            _enter_own(backend, target)
        return backend
    # What looks after processes costs as much as all the rest of loading the extension.
    connect = importlib.import_module("sfdag_magics.client.connecting.connect")
    path = _data_of(target)
    parameters = connect.connection_parameters(path, meanwhile=connect.load_client)
    keeper = EngineKeeper(
        lambda: connect.engine_has_died(path),
        lambda: connect.local_engine(path),
        was_stopped=lambda: connect.engine_was_stopped(path),
        is_gone=lambda: not connect.is_served_by(parameters["port"], parameters["password"], path),
    )

    def opens_here() -> Any:  # noqa: ANN401 - a Session, imported late
        session = connect.open_session(parameters, lambda made: _look_after(made, keeper))
        _enter(SnowparkBackend(session, is_embedded=True, name=target.place), target)
        return session

    directory = connect.data_directory(path)
    return SnowparkBackend(
        opens_here(),
        is_embedded=True,
        name=target.place,
        opens=opens_here,
        asks_nobody=True,
        keeper=keeper,
        last_stir=partial(last_stir, directory),
        last_mark=partial(last_mark, directory),
        last_end=partial(last_end, directory),
    )


def _session_of(target: Target) -> Any:  # noqa: ANN401 - a Session, imported late
    settings = {key: value for key in _SETTINGS if (value := getattr(target, key)) is not None}
    session = _session(
        {"connection_name": target.connection, **settings}, target.name, role=target.role
    )
    check_entered(session, target)
    return session


def _asks_nobody(session: Any) -> bool:  # noqa: ANN401 - as above
    """Whether the session logged in without a person, and so could again."""
    by = getattr(session.connection, "auth_class", None)
    return by is not None and by.type_.name in _WITHOUT_A_PERSON


def active_session() -> object:
    """The one Snowpark session that is open in this process, such as in Snowflake's notebooks.

    Raises:
        InputError: there is none, or there are several.
    """
    from snowflake.snowpark.context import get_active_session
    from snowflake.snowpark.exceptions import SnowparkSessionException

    try:
        return get_active_session()
    except SnowparkSessionException as error:
        raise InputError(
            "there is no active session in this process, or more than one",
            hint=f"{to_type('target', use='NAME')}, by the variable that holds one",
        ) from error


def check_openable(target: Target) -> None:
    """See that what a target names is there; opens nothing.

    Raises:
        InputError: there is no such connection, or no place for such a directory.
        ConnectError: Snowflake's file of connections cannot be read.
    """
    if target.connection is not None:
        _check_connection(target.connection)
    elif target.path is not None:
        path = Path(target.path).expanduser().absolute()
        if not path.parent.is_dir() or (path.exists() and not path.is_dir()):
            missing = f"{path} is no directory" if path.exists() else f"there is no {path.parent}"
            raise InputError(
                f"{path} cannot be the engine's data directory: {missing}",
                hint=f"{to_type('target', local='DIR')}, "
                "a new or empty directory in one that is there",
            )


def _check_connection(name: str) -> None:
    doing("loading Snowflake's client")
    from snowflake.connector.config_manager import CONFIG_MANAGER

    try:
        known = list(CONFIG_MANAGER["connections"])  # type: ignore[call-overload]  # its value
    except foreign_errors() as error:
        raise ConnectError(
            f"Snowflake's connections.toml cannot be read: {backend_error(error).message}",
            hint="correct the file, then the same again",
        ) from error
    if name not in known:
        near = nearest(name, known)
        did = f"; did you mean {near}?" if near else ""
        raise InputError(
            f"Snowflake's connections.toml has no connection {name!r}{did}",
            hint=f"add [{name}] to it, or name another: {to_type('target', connection='NAME')}",
        )


def is_running(target: Target) -> bool:
    """Whether the embedded engine of a target runs; starts nothing and costs a file read."""
    connect = importlib.import_module("sfdag_magics.client.connecting.connect")
    return not connect.engine_has_died(_data_of(target))


def has_run(target: Target) -> bool:
    """Whether an embedded engine ever served a target; starts nothing."""
    connect = importlib.import_module("sfdag_magics.client.connecting.connect")
    ever_ran: bool = connect.engine_ever_ran(_data_of(target))
    return ever_ran


def engine_of(target: Target) -> ServingEngine | None:
    """The embedded engine that runs for a target, with its release; starts nothing."""
    serving = importlib.import_module("sfdag_magics.client.connecting.serving")
    found: ServingEngine | None = serving.serving_engine(_data_of(target))
    return found


def _data_of(target: Target) -> Path | None:
    return Path(target.path).expanduser() if target.path else None


def backend_of(value: object, name: str) -> SnowparkBackend:
    """A Backend over what the user opened: a Snowpark session, a connection or a `Root`.

    Raises:
        InputError: the value is none of these.
    """
    from snowflake.connector import SnowflakeConnection
    from snowflake.snowpark import Session

    if isinstance(value, Session):
        return _backend_over(value, name)
    connection = getattr(value, "connection", value)  # snowflake.core's Root holds one
    if not isinstance(connection, SnowflakeConnection):
        raise InputError(
            f"{name} is a {type(value).__name__}, and no Session, connection or Root",
            hint=to_type("target", use="NAME"),
        )
    session = _session({"connection": connection}, name)
    return _backend_over(session, name)


def _backend_over(session: Any, name: str) -> SnowparkBackend:  # noqa: ANN401 - as below
    is_embedded = _is_local(session.connection)
    if is_embedded:
        end_without_waiting(session)
    return SnowparkBackend(session, is_embedded=is_embedded, name=name)


def _session(parameters: dict[str, Any], name: str, role: str | None = None) -> Any:  # noqa: ANN401 - a Session, imported late
    # Snowpark takes a second to load; nothing before the first connection needs it.
    doing("loading Snowflake's client")
    from snowflake.snowpark import Session

    doing(f"connecting to {name}")
    try:
        return Session.builder.configs(parameters).create()
    except foreign_errors() as error:
        ours = backend_error(error)
        raise ConnectError(
            f"{name} cannot be opened: {ours.message}",
            code=ours.code,
            sqlstate=ours.sqlstate,
            hint=_where_to_look(ours.message, parameters.get("connection_name"), name, role),
        ) from error


def _where_to_look(message: str, connection: str | None, name: str, role: str | None) -> str:
    """What is to be seen to after a failed connection: an address that is wrong is no password."""
    if connection is None:
        return f"{to_type('target')}, and Snowflake's connections.toml"
    if any(words in message for words in _UNREACHED):
        what = f"nothing of Snowflake answers there: account (or host) of [{connection}]"
        return f"{what} in Snowflake's connections.toml, then the network and its proxy"
    if role is not None and _NO_ROLE in message:
        return f"{correct(name, 'role')}, or have it granted: GRANT ROLE {role} TO USER …"
    return f"[{connection}] of Snowflake's connections.toml; {to_type('target')} lists the targets"


def _look_after(connection: Any, keeper: EngineKeeper) -> None:  # noqa: ANN401 - as below
    """Look after the engine under the statements of the notebook's own session as well.

    They pass by the Backend; all of a connection's statements are asked by cursors of its.
    """
    make, looked_after = connection.cursor, functools.cache(partial(_looked_after, keeper))

    def cursor(cursor_class: type | None = None) -> Any:  # noqa: ANN401 - the connector's
        from snowflake.connector.cursor import SnowflakeCursor

        return make(looked_after(cursor_class or SnowflakeCursor))

    connection.cursor = cursor


def _looked_after(keeper: EngineKeeper, cursor_class: type) -> type:
    """The same cursors, under whose questions the engine is looked after."""
    asking = {
        name: _looking(ask, keeper)
        for name in _ASKING
        if (ask := getattr(cursor_class, name, None))
    }
    return type(cursor_class.__name__, (cursor_class,), asking)


def _looking(ask: Callable[..., Any], keeper: EngineKeeper) -> Callable[..., Any]:
    @functools.wraps(ask)
    def looking(*args: Any, **options: Any) -> Any:  # noqa: ANN401 - the connector's
        with keeper.looking():
            return ask(*args, **options)

    return looking


def _enter(backend: SnowparkBackend, target: Target) -> None:
    """Go to the target's database and schema; here they are made when they are not there yet.

    Raises:
        InputError: the engine has no such role; who owns what is for a person to say.
    """
    if target.role is not None:
        take_role(backend, target)
    if target.database is not None:
        name = sql_identifier(identifier_from_sql(target.database))
        backend.rows(f"CREATE DATABASE IF NOT EXISTS {name}")
        backend.rows(f"USE DATABASE {name}")
    if target.schema is not None or target.database is not None:
        name = sql_identifier(identifier_from_sql(target.schema or "PUBLIC"))
        backend.rows(f"CREATE SCHEMA IF NOT EXISTS {name}")
        backend.rows(f"USE SCHEMA {name}")


def _enter_own(backend: SnowparkBackend, target: Target) -> None:
    """Make one's own schema where it is not there yet; nobody else's is ever made on an account."""
    schema = identifier_from_sql(target.schema or "PUBLIC")
    backend.rows(f"CREATE SCHEMA IF NOT EXISTS {sql_identifier(schema)}")
    backend.rows(f"USE SCHEMA {sql_identifier(schema)}")


def _is_local(connection: Any) -> bool:  # noqa: ANN401 - a SnowflakeConnection, imported late
    # Inside Snowflake (Streamlit, procedures) the connection is another class, without a host.
    return getattr(connection, "host", None) in {"127.0.0.1", "localhost"}
