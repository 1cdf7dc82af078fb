"""Where to: a target's name, kind and settings, from `sfdag.toml`. Opens nothing.

`sfdag.toml` beside the notebook (or `[tool.sfdag]` of `pyproject.toml`) holds::

    default = "dev"
    [target.dev]              # no connection: the embedded engine
    database = "DEV"
    [target.prod]
    connection = "company"    # of Snowflake's own connections.toml
    database = "PROD"
    production = true
    [target.prod.config]      # over the graph's own config
    sample = 1.0
    [local]                   # of the embedded engine: `local_settings` reads them
    task_memory = "3GB"

It never holds a secret: a key that is one is refused. `SFDAG_TARGET` names another default. Of each
target there is one more, `dev-mine`: the same place, and in it a schema of one's own.
"""

from __future__ import annotations

import functools
import getpass
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import field, fields, replace
from pathlib import Path
from typing import Any

from sfdag_magics.errors import InputError
from sfdag_magics.graph.arguments.calls import tells_arguments
from sfdag_magics.graph.names import nearest
from sfdag_magics.graph.sql.sql_names import sql_name_problem
from sfdag_magics.light_classes import dataclass
from sfdag_magics.place_words import to_type
from sfdag_magics.sqltext import identifier_from_sql, sql_identifier

EMBEDDED = "embedded"
_FILES = ("sfdag.toml", "pyproject.toml")
#: Ends the name of a target of one's own.
MINE = "-mine"
#: Whose it is, where that is not who has logged in here; and the default target.
USER_VARIABLE, TARGET_VARIABLE = "SFDAG_USER", "SFDAG_TARGET"
_SECRETS = ("password", "passcode", "token", "private_key", "secret", "passphrase")


@tells_arguments
@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A named place to deploy to. Names are as in SQL: unquoted ones are upper-cased by Snowflake.

    Attributes:
        connection: a name of Snowflake's connections.toml; None is the embedded engine.
        path: the embedded engine's data directory, where it is not the default one.
        config: merged over the graph's own config when deploying here.
        production: deploying asks for the target's name.
        mine_of: the target of which this is one's own; None of others.
    """

    name: str
    connection: str | None = None
    path: str | None = None
    database: str | None = None
    schema: str | None = None
    warehouse: str | None = None
    role: str | None = None
    stage: str | None = None
    config: Mapping[str, Any] = field(default_factory=dict)
    production: bool = False
    mine_of: str | None = None

    @property
    def is_embedded(self) -> bool:
        """Whether this is the embedded engine."""
        return self.connection is None

    @property
    def place(self) -> str:
        """What people call it, the same everywhere: `embedded engine`, `dev (embedded engine)`."""
        if not self.is_embedded:
            return self.name
        return "embedded engine" if self.name == EMBEDDED else f"{self.name} (embedded engine)"

    @property
    def opened_with(self) -> tuple[str | None, ...]:
        """The settings that a session is opened with: with others it has to be another session."""
        return (
            self.connection,
            self.path,
            self.database,
            self.schema,
            self.warehouse,
            self.role,
        )


def mine(target: Target) -> Target:
    """The same target, and in it a schema of one's own: `PUBLIC_ADA` beside `PUBLIC`.

    Raises:
        InputError: there is no name of a user.
    """
    schema = identifier_from_sql(target.schema or "PUBLIC")
    return replace(
        target,
        name=f"{target.name}{MINE}",
        schema=sql_identifier(f"{schema}_{_own_name()}"),
        mine_of=target.name,
    )


def _own_name() -> str:
    """Who works here, as a part of a name in SQL."""
    try:
        said = os.environ.get(USER_VARIABLE) or getpass.getuser()
    except (OSError, KeyError):  # a container's user without a name
        said = ""
    name = re.sub(r"[^A-Z0-9]+", "_", said.upper()).strip("_")
    if not name:
        raise InputError(
            "nobody says whose schema it is: the user here has no name of letters and digits",
            hint=f"set {USER_VARIABLE} to your name",
        )
    return name


_EMBEDDED_TARGET = Target(name=EMBEDDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """All targets there are to choose from, and the one to use when nobody chose.

    Attributes:
        file: what describes them; None where nothing does.
    """

    default: str = EMBEDDED
    known: Mapping[str, Target] = field(default_factory=lambda: {EMBEDDED: _EMBEDDED_TARGET})
    file: Path | None = None

    def found(self, name: str) -> Target | None:
        """The target of this name, or one's own of the one that it begins with; else None."""
        if name in self.known:
            return self.known[name]
        shared = self.known.get(name.removesuffix(MINE)) if name.endswith(MINE) else None
        return mine(shared) if shared is not None else None

    def named(self, name: str) -> Target:
        """The target of this name.

        Raises:
            InputError: there is none.
        """
        found = self.found(name)
        if found is None:
            listed = ", ".join(self.known)
            raise InputError(
                f"there is no target {name!r}; known: {listed}", hint=to_type("target")
            )
        return found


def closed_target(name: str) -> InputError:
    """What whoever asks a target or one of its runs is told after its end."""
    return InputError(
        f"the target {name!r} is closed: its with block has ended, or close() was called",
        hint="use it before that, or open it again: open_target(…)",
    )


_KEYS = {item.name for item in fields(Target)} - {"name", "mine_of"}


def read_targets(directory: Path) -> Targets:
    """The targets described beside a notebook in `directory` or above it; else only the embedded.

    Raises:
        InputError: the file is not as described above.
    """
    found = file_beside(directory)
    targets = Targets() if found is None else _targets(*found)
    named = os.environ.get(TARGET_VARIABLE)
    if not named:
        return targets
    if targets.found(named) is None:
        listed = ", ".join(targets.known)
        raise InputError(
            f"{TARGET_VARIABLE} names the target {named!r}, which is not there; known: {listed}",
            hint=f"set {TARGET_VARIABLE} to one of them, or to nothing",
        )
    return replace(targets, default=named)


def file_beside(directory: Path) -> tuple[Mapping[str, Any], Path] | None:
    """What the nearest of our files says, beside a notebook in `directory` or above it.

    Raises:
        InputError: it is not TOML.
    """
    for folder in (directory, *directory.parents):
        for file in _FILES:
            described = _described(folder / file)
            if described is not None:
                return described, folder / file
    return None


@functools.lru_cache(maxsize=4)
def _parsed(text: str) -> dict[str, Any]:
    """A verb asks some ten times, and a `pyproject.toml` takes milliseconds; nobody changes it."""
    return tomllib.loads(text)


def _described(path: Path) -> Mapping[str, Any] | None:
    if not path.is_file():
        return None
    try:
        content = _parsed(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path.name} is not TOML: {error}", hint=f"correct {path.name}, then the same again"
        ) from error
    if path.name == "sfdag.toml":
        return content
    tool = content.get("tool")
    own = tool.get("sfdag") if isinstance(tool, dict) else None
    if own is not None and not isinstance(own, dict):
        raise InputError(
            f"{path.name}: sfdag of [tool] is {_kind(own)} and no table",
            hint="[tool.sfdag], and below it default = and [tool.sfdag.target.NAME]",
        )
    return own


def _check_sections(described: Mapping[str, Any], path: Path) -> None:
    """Refuse what would be ignored: `[prod]` and `[targets.prod]` are no targets."""
    for name, found in described.items():
        if name in ("default", "target", "local"):
            continue
        is_kin = isinstance(found, dict) and nearest(name, ("target",)) is not None
        meant = next(iter(found), name) if is_kin else name
        section = f"[{name}]" if isinstance(found, dict) else name
        raise InputError(
            f"{path.name} has {section}, which is nothing of ours: it holds default =,"
            " [target.NAME] and [local]",
            hint=f"[target.{meant}]",
        )


def _targets(described: Mapping[str, Any], path: Path) -> Targets:
    _check_sections(described, path)
    tables = described.get("target", {})
    if not isinstance(tables, dict):
        raise InputError(
            f"{path.name}: target is {_kind(tables)} and no table",
            hint="[target.NAME], and below it connection = and database =",
        )
    known = {EMBEDDED: _EMBEDDED_TARGET}
    for name, settings in tables.items():
        if not isinstance(settings, dict):
            raise InputError(
                f"{path.name}: {name} of [target] is no table",
                hint=f"[target.{name}], and below it connection = and database =",
            )
        known[name] = _target(name, settings, path)
    default = described.get("default", EMBEDDED)
    if not isinstance(default, str) or default not in known:
        raise InputError(
            f"{path.name}: default = {default!r}, but there is no [target.{default}]",
            hint=f"default = one of {', '.join(known)}",
        )
    return Targets(default=default, known=known, file=path)


def _target(name: str, settings: Mapping[str, Any], path: Path) -> Target:
    for key in settings:
        if any(secret in key.lower() for secret in _SECRETS):
            raise InputError(
                f"{path.name}: [target.{name}] has {key!r}, and no secret belongs in this file",
                hint='connection = "NAME" of your connections.toml',
            )
        if key not in _KEYS:
            known = ", ".join(sorted(_KEYS))
            near = nearest(key, _KEYS)
            raise InputError(
                f"{path.name}: [target.{name}] has unknown key {key!r}; known: {known}",
                hint=f"{near} = …" if near else f"take {key} out",
            )
    _check_values(name, settings, path)
    return Target(name=name, **settings)


#: What a key takes that is no text.
_TAKES: Mapping[str, tuple[type, str]] = {
    "config": (dict, "[target.NAME.config], and below it the keys"),
    "production": (bool, "production = true"),
}
_NAMES = ("database", "schema", "warehouse", "role", "stage")
_KINDS = {bool: "true or false", int: "a number", float: "a number", str: "a text", list: "a list"}


def _check_values(name: str, settings: Mapping[str, object], path: Path) -> None:
    for key, value in settings.items():
        kind, instead = _TAKES.get(key, (str, f'{key} = "…"'))
        if not isinstance(value, kind):
            wanted = _KINDS.get(kind, "a table")
            raise InputError(
                f"{path.name}: {key} of [target.{name}] is {wanted}, not {_kind(value)}",
                hint=instead.replace("NAME", name),
            )
        if key in _NAMES and isinstance(value, str):
            problem = sql_name_problem(value.removeprefix("@"), qualified=key == "stage")
            if problem:
                raise InputError(
                    f"{path.name}: {key} of [target.{name}]: {problem}",
                    hint=f'{key} = "{key.upper()}"',
                )


def _kind(value: object) -> str:
    """What a value of TOML is, as in `5 (a number)`."""
    kind = _KINDS.get(type(value), "a table" if isinstance(value, dict) else "a date")
    return kind if isinstance(value, (dict, list)) else f"{value!r} ({kind})"
