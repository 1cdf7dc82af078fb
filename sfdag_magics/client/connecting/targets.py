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

It never holds a secret: a key that is one is refused.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import field, fields
from pathlib import Path
from typing import Any

from sfdag_magics.errors import InputError
from sfdag_magics.graph.names import nearest
from sfdag_magics.graph.sql.sql_names import sql_name_problem
from sfdag_magics.light_classes import dataclass
from sfdag_magics.place_words import to_type

EMBEDDED = "embedded"
_FILES = ("sfdag.toml", "pyproject.toml")
_SECRETS = ("password", "passcode", "token", "private_key", "secret", "passphrase")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A named place to deploy to. Names are as in SQL: unquoted ones are upper-cased by Snowflake.

    Attributes:
        connection: a name of Snowflake's connections.toml; None is the embedded engine.
        path: the embedded engine's data directory, where it is not the default one.
        config: merged over the graph's own config when deploying here.
        production: deploying asks for the target's name.
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

    @property
    def is_embedded(self) -> bool:
        """Whether this is the embedded engine."""
        return self.connection is None

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


_EMBEDDED_TARGET = Target(name=EMBEDDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """All targets there are to choose from, and the one to use when nobody chose."""

    default: str = EMBEDDED
    known: Mapping[str, Target] = field(default_factory=lambda: {EMBEDDED: _EMBEDDED_TARGET})

    def named(self, name: str) -> Target:
        """The target of this name.

        Raises:
            InputError: there is none.
        """
        if name not in self.known:
            listed = ", ".join(self.known)
            raise InputError(
                f"there is no target {name!r}; known: {listed}", hint=to_type("target")
            )
        return self.known[name]


def closed_target(name: str) -> InputError:
    """What whoever asks a target or one of its runs is told after its end."""
    return InputError(
        f"the target {name!r} is closed: its with block has ended, or close() was called",
        hint="use it before that, or open it again: open_target(…)",
    )


_KEYS = {item.name for item in fields(Target)} - {"name"}


def read_targets(directory: Path) -> Targets:
    """The targets described beside a notebook in `directory` or above it; else only the embedded.

    Raises:
        InputError: the file is not as described above.
    """
    for folder in (directory, *directory.parents):
        for file in _FILES:
            described = _described(folder / file)
            if described is not None:
                return _targets(described, folder / file)
    return Targets()


def _described(path: Path) -> Mapping[str, Any] | None:
    if not path.is_file():
        return None
    try:
        content = tomllib.loads(path.read_text("utf-8"))
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
        if name in ("default", "target"):
            continue
        is_kin = isinstance(found, dict) and nearest(name, ("target",)) is not None
        meant = next(iter(found), name) if is_kin else name
        section = f"[{name}]" if isinstance(found, dict) else name
        raise InputError(
            f"{path.name} has {section}, which is nothing of ours: it holds default = and"
            " [target.NAME]",
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
    return Targets(default=default, known=known)


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
