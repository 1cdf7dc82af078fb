"""Where a target's setting comes from: each place that says something, the strongest first.

Reads the files that describe targets and connections; opens nothing and shows no secret.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.connecting.foreign_errors import foreign_errors
from sfdag_magics.client.connecting.targets import (
    TARGET_VARIABLE,
    USER_VARIABLE,
    Target,
    Targets,
)
from sfdag_magics.errors import InputError
from sfdag_magics.graph.config import key_readers
from sfdag_magics.graph.displayed import Displayed
from sfdag_magics.graph.model import GraphOptions, Task
from sfdag_magics.graph.names import nearest
from sfdag_magics.light_classes import dataclass
from sfdag_magics.place_words import to_type

#: What a session is opened with, and a connection may name as well.
_OF_SESSIONS = ("database", "schema", "warehouse", "role")
KEYS = ("target", "connection", "path", *_OF_SESSIONS, "stage", "production")
_CONFIG = "config."
#: Snowflake's variable for all connections; it comes before its files.
_CONNECTIONS = "SNOWFLAKE_CONNECTIONS"


@dataclass(frozen=True, slots=True)
class Said:
    """What one place says: the value, and where that stands."""

    value: object
    source: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Explained(Displayed):
    """A setting and all places that say something of it, the one that counts first."""

    key: str
    target: str
    said: Sequence[Said]

    @property
    def value(self) -> object:
        """What counts; None where nobody says anything."""
        return self.said[0].value if self.said else None

    def __repr__(self) -> str:
        return f"<{self.key} = {self.value!r} on {self.target}>"

    def __str__(self) -> str:
        if not self.said:
            return f"{self.key} on {self.target}: nobody says anything of it"
        first, *others = self.said
        lines = [f"{self.key} = {first.value} on {self.target}", f"  from {first.source}"]
        return "\n".join((*lines, *(f"  over {o.value}, from {o.source}" for o in others)))


def explained(
    key: str,
    target: Target,
    targets: Targets,
    *,
    graph: GraphOptions,
    tasks: Sequence[Task] = (),
    opened: Backend | None = None,
    chosen: str | None = None,
) -> Explained:
    """Who says what of a setting of a target.

    Args:
        key: one of `KEYS`, or a key of the configuration.
        graph: the options of the graph that is meant.
        opened: the open session, where there is one.
        chosen: the target that was chosen here; None where nobody did.

    Raises:
        InputError: there is no such setting.
    """
    known = {*key_readers(tasks), *target.config, *graph.config}
    name = key.removeprefix(_CONFIG)
    if key in KEYS:
        said = _of_target(targets, chosen) if key == "target" else _of_key(key, target, targets)
        said = [*_of_graph(key, graph), *_of_session(key, target, opened), *said]
    elif name in known:
        said = [*_of_config(name, target, targets, graph, tasks)]
    else:
        raise _unknown(key, [*KEYS, *(f"{_CONFIG}{each}" for each in sorted(known))])
    return Explained(key=key, target=target.name, said=said)


def _unknown(key: str, known: Sequence[str]) -> InputError:
    near = nearest(key, known)
    did = f"; did you mean {near}?" if near else ""
    return InputError(
        f"{key!r} is no setting of a target{did}\n  there are: {', '.join(known)}",
        hint=str(to_type("target", explain=near or KEYS[3])),
    )


def _of_target(targets: Targets, chosen: str | None) -> list[Said]:
    said = [Said(chosen, "what was chosen here")] if chosen else []
    if named := os.environ.get(TARGET_VARIABLE):
        said.append(Said(named, f"{TARGET_VARIABLE} of the environment"))
    default, line = _described(targets.file, (), "default")
    if default is not None:
        said.append(Said(default, line))
    return [*said, Said("embedded", "what is used where nobody says anything")]


def _of_graph(key: str, graph: GraphOptions) -> Iterator[Said]:
    value = getattr(graph, key) if key in ("warehouse", "stage") else None
    if value is not None:
        yield Said(value, f"the graph's own options ({to_type('graph')})")


def _of_session(key: str, target: Target, opened: Backend | None) -> Iterator[Said]:
    """What an open session has that nobody described: the user brought it."""
    if opened is None or key not in ("database", "schema", "warehouse"):
        return
    found = dict(zip(("database", "schema"), opened.namespace, strict=True))
    value = opened.warehouse if key == "warehouse" else found[key]
    if value is not None and getattr(target, key) is None:
        yield Said(value, "the session as it is now")


def _of_key(key: str, target: Target, targets: Targets) -> list[Said]:
    shared = target.mine_of or target.name
    said = []
    if key == "schema" and target.mine_of is not None:
        by = USER_VARIABLE if os.environ.get(USER_VARIABLE) else "the login here"
        said.append(Said(target.schema, f"--mine: a suffix by who you are ({by})"))
    value, line = _described(targets.file, ("target", shared), key)
    if value is not None:
        said.append(Said(value, line))
    elif getattr(target, key) not in (None, False) and not said:
        said.append(Said(getattr(target, key), f"what the target {target.name} was made with"))
    if key in _OF_SESSIONS and target.connection is not None:
        said += _of_connection(key, target.connection)
    return [*said, *_built_in(key, target)]


def _of_connection(key: str, name: str) -> list[Said]:
    """What Snowflake's own files say, in its order: the variable, connections.toml, config.toml."""
    config = importlib.import_module("snowflake.connector.config_manager").CONFIG_MANAGER
    places = importlib.import_module("snowflake.connector.constants")
    try:
        value = (config["connections"].get(name) or {}).get(key)
    except foreign_errors():  # who opens the target is told what is wrong with the file
        return []
    if value is None:
        return []
    if os.environ.get(_CONNECTIONS):
        return [Said(str(value), f"{_CONNECTIONS} of the environment, [{name}]")]
    for file, section in (
        (places.CONNECTIONS_FILE, (name,)),
        (places.CONFIG_FILE, ("connections", name)),
    ):
        if (line := line_of(file, section, key)) is not None:
            where = f"{Path(file).name} line {line}, [{'.'.join(section)}]"
            return [Said(str(value), where)]
    return [Said(str(value), f"Snowflake's connection {name}")]


def _built_in(key: str, target: Target) -> Iterator[Said]:
    if key == "production":
        yield Said(value=False, source="what is used where nobody says anything")
    if key == "stage":
        yield Said("SFDAG_CODE", "what is used where nobody says anything")
    if not target.is_embedded:
        return
    if key == "connection":
        yield Said("none: the embedded engine", "what is used where nobody says anything")
    connect = importlib.import_module("sfdag_magics.client.connecting.connect")
    if key == "path":
        named = connect.DATA_VARIABLE in os.environ
        source = (
            f"{connect.DATA_VARIABLE} of the environment" if named else "the user's data folder"
        )
        yield Said(str(connect.data_directory()), source)
    if key in _OF_SESSIONS:
        yield Said(getattr(connect, key.upper()), "the embedded engine's own")


def _of_config(
    key: str, target: Target, targets: Targets, graph: GraphOptions, tasks: Sequence[Task]
) -> Iterator[Said]:
    if key in target.config:
        shared = target.mine_of or target.name
        _, line = _described(targets.file, ("target", shared, "config"), key)
        yield Said(target.config[key], line or f"the configuration of target {target.name}")
    if key in graph.config:
        yield Said(graph.config[key], f"the graph's own configuration ({to_type('graph')})")
    for task in tasks:
        for each in task.parameters:
            if each.name == key and each.default is not None:
                yield Said(each.default, f"the default that task {task.name} declares")


def _described(file: Path | None, section: Sequence[str], key: str) -> tuple[object | None, str]:
    """What our file says, and where; None where it says nothing."""
    if file is None:
        return None, ""
    tomllib = importlib.import_module("tomllib")
    found: object = tomllib.loads(file.read_text("utf-8"))
    own = () if file.name == "sfdag.toml" else ("tool", "sfdag")
    whole = (*own, *section)
    for name in (*whole, key):
        found = found.get(name) if isinstance(found, Mapping) else None
    if found is None:
        return None, ""
    line = line_of(file, whole, key)
    at = f" line {line}" if line is not None else ""
    return found, f"{file.name}{at}" + (f", [{'.'.join(whole)}]" if whole else "")


def line_of(file: Path, section: Sequence[str], key: str) -> int | None:
    """The line on which a key of a section stands; None where it stands in no such form."""
    try:
        lines = Path(file).read_text("utf-8").splitlines()
    except OSError:
        return None
    current: tuple[str, ...] = ()
    for number, text in enumerate(lines, 1):
        line = text.strip()
        if line.startswith("[") and "]" in line:
            names = line.strip("[").partition("]")[0].split(".")
            current = tuple(name.strip().strip("\"'") for name in names)
        elif current == tuple(section) and line.partition("=")[0].strip().strip("\"'") == key:
            return number
    return None
