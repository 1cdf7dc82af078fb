"""The durable steps of the engine by name, and an exit at each: before it, or behind it.

`install` lays a check around every step; the engine itself knows nothing of it. Whoever writes a
point's name into the file that `FILE` names has the next engine that comes there exit at once, as
if it were killed, and only that one: the file goes first.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sfdag_magics.engine.directory import rendezvous
from sfdag_magics.engine.sql.sessions.executions import Executions
from sfdag_magics.engine.sql.stored.transaction import SessionTransaction
from sfdag_magics.engine.stages import stage_store
from sfdag_magics.engine.store.duck import DuckStore
from sfdag_magics.engine.store.facts import FactsTransaction
from sfdag_magics.engine.store.runlog import RunLog
from sfdag_magics.engine.tasks.attempts import Attempts
from sfdag_magics.engine.wire.begun import BegunFile
from sfdag_magics.engine.wire.notes import NoteFile

#: The environment variable that names the file.
FILE = "SFDAG_TEST_CRASH_AT"
_EXIT = 137
_Chosen = Callable[[Any], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One durable step: a function of the engine, and which of its calls are meant.

    Attributes:
        is_meant: of the last positional argument.
    """

    owner: Any
    function: str
    is_meant: _Chosen = lambda _argument: True


def _told(kind: str) -> _Chosen:
    """A batch of the run log in which such an event is."""
    return lambda batch: any(event.kind == kind for event in batch.events)


def _writes(kind: str) -> _Chosen:
    return lambda batch: any(type(write).__name__ == kind for write in batch.catalogue)


STEPS = {
    "the note that a statement begins": Step(owner=BegunFile, function="add"),
    "the note of a session": Step(owner=NoteFile, function="write"),
    "the word of what an engine may commit": Step(owner=Executions, function="effect"),
    "the commit of rows": Step(owner=SessionTransaction, function="_commit"),
    "the commit of a transaction": Step(owner=SessionTransaction, function="commit"),
    "the catalogue in memory": Step(owner=FactsTransaction, function="publish"),
    "the bytes of a staged file": Step(owner=stage_store, function="_synchronized"),
    "the name of a staged file": Step(owner=stage_store.StageStore, function="_appear"),
    "the removal of a staged file": Step(owner=stage_store.StageStore, function="remove"),
    "engine.json": Step(owner=rendezvous, function="write"),
    "the checkpoint of a replay": Step(
        owner=RunLog, function="write", is_meant=_told("Checkpoint")
    ),
    "a task in the run log": Step(owner=RunLog, function="write", is_meant=_writes("StoredTask")),
    "a run that was asked for": Step(
        owner=RunLog, function="write", is_meant=_told("RunRequested")
    ),
    "the begin of a body": Step(owner=Attempts, function="start"),
    "the end of a body": Step(owner=Attempts, function="_tell"),
    "a task that succeeded": Step(owner=RunLog, function="write", is_meant=_told("TaskSucceeded")),
    "the data files, opened": Step(owner=DuckStore, function="__init__"),
}
#: Each of them twice: nothing of the step is done, and all of it.
POINTS = tuple(f"{side} {name}" for name in STEPS for side in ("before", "behind"))


def install() -> None:
    """Lay the checks around all steps; in a process that is forked into engines."""
    by_place: dict[tuple[Any, str], list[tuple[str, _Chosen]]] = {}
    for name, step in STEPS.items():
        by_place.setdefault((step.owner, step.function), []).append((name, step.is_meant))
    for (owner, function), named in by_place.items():
        setattr(owner, function, _around(getattr(owner, function), named))


def _around(function: Callable[..., Any], named: list[tuple[str, _Chosen]]) -> Callable[..., Any]:
    @functools.wraps(function)
    def checked(*values: Any, **options: Any) -> Any:
        meant = [name for name, is_meant in named if is_meant(values[-1])]
        _pass("before", meant)
        answer = function(*values, **options)
        _pass("behind", meant)
        return answer

    return checked


def _pass(side: str, names: list[str]) -> None:
    file = Path(os.environ[FILE])
    with suppress(FileNotFoundError):
        if file.read_text() in {f"{side} {name}" for name in names}:
            file.unlink()
            os._exit(_EXIT)
