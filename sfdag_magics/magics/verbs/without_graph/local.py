"""The verb that looks after the engine of this machine: local."""

from __future__ import annotations

import importlib
from pathlib import Path

from sfdag_magics.client.observing.questions import Question
from sfdag_magics.errors import InputError
from sfdag_magics.graph.names import nearest
from sfdag_magics.light_classes import dataclass
from sfdag_magics.magics.reading.options import OptionParser, Options
from sfdag_magics.magics.verbs.verb import Desk, Verb

_WORDS = ("start", "status", "stop", "reset", "clean", "backup", "restore")


def _options(parser: OptionParser) -> None:
    parser.word("what", help="start, status, stop, reset, clean, backup or restore")
    parser.word("file", help="the backup, of backup and restore")
    parser.value("--data", metavar="DIR", help="the data directory; else the chosen target's")
    parser.flag("--replace", help="what is there already, of backup and restore")


@dataclass(frozen=True, slots=True)
class _Notebook:
    """Who typed it in a notebook."""

    desk: Desk
    options: Options

    def say(self, text: str) -> None:
        """Tell one or more lines."""
        if self.options.json:
            self.desk.notebook.write(text)
        else:
            self.desk.say(self.options, text)

    def agrees(self, question: str, *, instead: str) -> bool:
        """Whether a person agrees."""
        asked = Question(what=question, instead=instead.replace("sfdag local", "%sfdag local"))
        return self.desk.agrees(asked, self.options)


def _local(desk: Desk, options: Options) -> object:
    what = options.what or "status"
    if what not in _WORDS:
        near = nearest(what, _WORDS)
        did = f"; did you mean {near}?" if near else ""
        raise InputError(f"local has no {what}{did}", hint=f"%sfdag local {near or 'status'}")
    # What looks after processes costs as much as all the rest of loading the extension.
    engine = importlib.import_module("sfdag_magics.workspace.local_engine")
    local = engine.Local(
        _data(desk, options), _Notebook(desk, options), as_json=options.json, yes=options.yes
    )
    if options.file and what in engine.PLAIN:
        raise InputError(f"local {what} takes no file: {options.file}", hint=f"%sfdag local {what}")
    local.do(what, Path(options.file) if options.file else None, replace=options.replace)
    return None


def _data(desk: Desk, options: Options) -> Path | None:
    """The directory that is named, else that of the chosen target where it has one of its own."""
    path = options.data or desk.workspace.places.target().path
    return Path(path).expanduser() if path else None


LOCAL_VERBS = (
    Verb(
        name="local",
        acts_on=frozenset(),
        summary="Looks after the engine of this machine: its disk, a backup, its start and stop.",
        example="%sfdag local status",
        act=_local,
        options=_options,
    ),
)
