"""One version of a graph: all that a deploy left there, so that another can make it so again.

Its tasks are kept as the statements that made them, its code by the archive's name: what an archive
holds lies beside it. A version is never changed.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, field, fields
from datetime import UTC, datetime
from json import dumps  # as it is now: a cell may put its own in the module
from typing import Any

from sfdag_magics.client.code.deployed_code import Code
from sfdag_magics.graph.values.element import Element
from sfdag_magics.light_classes import dataclass

#: What is known of code without its tasks' sources: these are only told, and made anew there.
_OF_CODE = (
    *("digest", "code_hash", "handler", "python", "packages", "tasks", "named"),
    *("repository", "unpinned", "returns", "tells"),
)
_LISTS = ("packages", "named")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTask:
    """A task of a version; the first is the root.

    Attributes:
        name: as the notebook spelled it.
        sql: CREATE OR ALTER TASK, with the user's own comment.
        defaults: what the root notes of its tasks.
        waits: its schedule was not to start before a deploy.
        group: the task's group.
        element: what it is of a list that tasks were made of.
    """

    name: str
    sql: str
    defaults: Mapping[str, Any] = field(default_factory=dict)
    waits: bool = False
    group: str | None = None
    element: Element | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptVersion:
    """A graph as one deploy left it.

    Attributes:
        number: counted for each graph and place, from 1.
        said: what that deploy changed, in a line.
        started: stored names of the tasks that it left started.
        code: without its archive's content; None where the graph had no Python task.
        back_to: the version that it made so again; None of others.
        token: that of its deploy.
    """

    number: int
    since: datetime
    who: str
    said: str
    tasks: tuple[KeptTask, ...]
    started: tuple[str, ...]
    code: Code | None
    back_to: int | None = None
    token: str = ""

    def content(self) -> bytes:
        """What its file says: the same bytes for the same version."""
        said = {
            "number": self.number,
            "at": int(self.since.timestamp() * 1000),
            "who": self.who,
            "said": self.said,
            "tasks": [asdict(task) for task in self.tasks],
            "started": [*self.started],
            "code": None if self.code is None else _of_code(self.code),
            "back_to": self.back_to,
            "token": self.token,
        }
        return gzip.compress(dumps(said).encode(), mtime=0)


def read_version(content: bytes) -> KeptVersion:
    """A version from its file's content.

    Raises:
        ValueError: it is not the content of such a file, or only a part of it.
    """
    try:
        said = json.loads(gzip.decompress(content))
        return KeptVersion(
            number=said["number"],
            since=datetime.fromtimestamp(said["at"] / 1000, UTC),
            who=said["who"],
            said=said["said"],
            tasks=tuple(map(_task, said["tasks"])),
            started=tuple(said["started"]),
            code=None if said["code"] is None else _code(said["code"]),
            back_to=said["back_to"],
            token=said["token"],
        )
    except (OSError, EOFError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"no version of a graph: {error}") from error


def _task(said: Mapping[str, Any]) -> KeptTask:
    element = said["element"]
    return KeptTask(**{**said, "element": None if element is None else Element(**element)})


def _of_code(code: Code) -> dict[str, Any]:
    return {name: _plain(getattr(code, name)) for name in _OF_CODE}


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    return [*value] if isinstance(value, Sequence) and not isinstance(value, str) else value


def _code(said: Mapping[str, Any]) -> Code:
    known = {each.name for each in fields(Code)}
    kept = {name: value for name, value in said.items() if name in known}
    return Code(archive=b"", **{**kept, **{name: tuple(kept[name]) for name in _LISTS}})
