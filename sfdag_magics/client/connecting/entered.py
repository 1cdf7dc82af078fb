"""Whether a session is where its target says, and what to type where it is not. Opens none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.connecting.targets import MINE, Target
from sfdag_magics.errors import BackendError, ConnectError, InputError
from sfdag_magics.sqltext import identifier_from_sql, sql_identifier

#: Snowflake's code for an object that does not exist or is not authorized.
_NO_SUCH_OBJECT = 2043


def check_entered(session: Any, target: Target) -> None:  # noqa: ANN401 - a Session, imported late
    """See that a session entered all that its target names: a login goes on without the rest.

    Raises:
        ConnectError: it did not, and is closed; names all that is missing.
    """
    entered = session.connection
    missing = dict(_missing(entered, target))
    if not missing:
        return
    session.close()
    role, is_one = entered.role or "<role>", len(missing) == 1
    names = " and ".join(f"{key} {name}" for key, name in missing.items())
    grants = "; ".join(
        f"GRANT USAGE ON {key.upper()} {_whole(key, name, target)} TO ROLE {role}"
        for key, name in missing.items()
    )
    raise ConnectError(
        f"{target.name} cannot be opened: {names} {'is' if is_one else 'are'} not there, or role "
        f"{role} may not use {'it' if is_one else 'them'}",
        hint=f"{correct(target.name, *missing)}, or have granted: {grants}",
    )


def take_role(backend: Backend, target: Target) -> None:
    """Act with the target's role, on the embedded engine.

    Raises:
        InputError: the engine has none of this name.
    """
    role = sql_identifier(identifier_from_sql(target.role or ""))
    try:
        backend.rows(f"USE ROLE {role}")
    except BackendError as error:
        if error.code != _NO_SUCH_OBJECT:
            raise
        raise InputError(
            f"{target.place} has no role {role}, which sfdag.toml names",
            hint=f"{correct(target.name, 'role')}, or make it there: CREATE ROLE {role}",
        ) from error


def correct(target: str, *keys: str) -> str:
    """Where the keys of a target stand."""
    named = " and ".join(f"{key} =" for key in keys)
    return f"correct {named} of [target.{target.removesuffix(MINE)}] in sfdag.toml"


def _missing(entered: Any, target: Target) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - a connection
    for key in ("warehouse", "database", "schema"):
        name = getattr(target, key)
        if name is None or (key == "schema" and target.mine_of is not None):
            continue  # one's own schema is made where it is not there yet
        if not _is_same(name, getattr(entered, key)):
            yield key, name
            if key == "database":
                return  # of a database that is not there nothing can be said


def _is_same(said: str, there: str | None) -> bool:
    """Whether a name is that of a login's answer, which has it with its quotes or without."""
    return there is not None and identifier_from_sql(said) in (there, there.strip('"'))


def _whole(key: str, name: str, target: Target) -> str:
    return f"{target.database}.{name}" if key == "schema" and target.database else name
