"""`sfdag VERB [FILE] …`: the notebook's verbs in a shell, on the graphs of a file or deployed ones.

Each verb takes the options that it has in a notebook. Exit codes: 0 it is done, 1 it failed, 2 it
was typed wrongly.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import re
import shlex
import sys
from bdb import BdbQuit
from collections.abc import Callable, Iterator, Sequence
from dataclasses import field, replace
from datetime import UTC, datetime
from io import TextIOBase
from pathlib import Path
from typing import TextIO

from sfdag_magics.cli.exits import FAILED, error_record, exit_code
from sfdag_magics.cli.post_mortem import look_into
from sfdag_magics.cli.reading import SUFFIXES, Read, graph_of, no_file, read_file
from sfdag_magics.cli.reports import junit_xml, step_summary
from sfdag_magics.cli.written_files import FOLLOWING, junit_file, names, written_words
from sfdag_magics.client.connecting.targets import read_targets
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.client.running.runs import Run
from sfdag_magics.errors import InputError, SfdagError
from sfdag_magics.graph.names import nearest
from sfdag_magics.light_classes import dataclass
from sfdag_magics.magics.kernel.interrupted import Interrupted
from sfdag_magics.magics.verbs.all_verbs import (
    IN_A_NOTEBOOK,
    VERBS,
    carry_out_words,
    check_words,
)
from sfdag_magics.magics.verbs.verb import ActsOn, Desk, json_text
from sfdag_magics.place_words import OF_SHELLS

OFFERED = tuple(name for name in VERBS if name not in (*IN_A_NOTEBOOK, *OF_SHELLS))
#: Verbs of tables alone: the file that is named holds rows, and no graph.
_OF_DATA = ("load", "pull")
_JSON = "--json"
_VALIDATE, _DEBUG = "validate", "debug"
_CHOOSES_TARGETS = "%sfdag target"
_EXPORT, _IMPORT = "export", "import"
#: GitHub's name for the file whose text it shows with the step.
_SUMMARY = "GITHUB_STEP_SUMMARY"
_COMMAND = re.compile(r"%sfdag ([a-z]+)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A line as it was typed: verb, file and the verb's own words."""

    verb: str
    file: Path | None
    words: tuple[str, ...]
    junit: Path | None
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def is_explained(self) -> bool:
        """Whether the verb's help is meant, which is of no file."""
        return names(self.words, "-h", "--help")

    def command(self, verb: str) -> str:
        """How a verb is typed on the same file."""
        named = f" {shlex.quote(str(self.file))}" if self.file else ""
        return f"sfdag {verb}{'' if verb == 'help' else named}"

    def translated(self, text: str) -> str:
        """What a notebook would be told to type, as a shell types it on the same file."""
        return _translated(text, self.command)

    def as_read(self, text: str) -> str:
        """The same of what is written to the output, which may be a document."""
        if _JSON not in self.words:
            return self.translated(text)
        return _translated(text, lambda verb: json.dumps(self.command(verb))[1:-1])


def act(argv: Sequence[str], out: TextIO) -> int:
    """Carry one command out; returns the exit code."""
    typed: Typed | None = None
    told: _InAShell | None = None
    try:
        typed = _typed(argv)
        # What is written down is the graph's own text, whatever commands it speaks of.
        is_text = typed.verb in (_EXPORT, _IMPORT) and not typed.is_explained
        told = _InAShell(out, str if is_text else typed.as_read)
        aside = _InAShell(sys.stderr, typed.translated)
        with contextlib.redirect_stdout(told), contextlib.redirect_stderr(aside):
            return _carried_out(typed)
    except SfdagError as error:
        said = typed.translated if typed else _bare
        if _JSON in argv and not (told and told.has_told):
            out.write(f"{json_text(error_record(error, said))}\n")
        sys.stderr.write(f"sfdag: {said(str(error))}\n")
        return exit_code(error)
    except Interrupted as interrupt:
        sys.stderr.write(f"{(typed.translated if typed else _bare)(str(interrupt))}\n")
        raise


def _typed(argv: Sequence[str]) -> Typed:
    verb, *words = argv
    if verb not in OFFERED:
        raise _no_verb(verb)
    # What is imported is read by the verb itself, and does not run.
    reads = bool(words) and not words[0].startswith("-") and verb not in (_IMPORT, *_OF_DATA)
    is_file = reads and _is_file(words[0])
    file = Path(words.pop(0)) if is_file else None
    if is_file and words and Path(words[0]).suffix in SUFFIXES:
        raise InputError(f"{verb} takes one file: {file} and {words[0]} are two", hint="one each")
    junit = junit_file(verb, words)
    words = written_words(verb, file, words)
    return Typed(verb=verb, file=file, words=tuple(words), junit=junit)


def _is_file(word: str) -> bool:
    """Whether a word is meant as a file: a task or a run is never called so."""
    return Path(word).suffix in SUFFIXES or os.sep in word or Path(word).is_file()


def _no_verb(verb: str) -> InputError:
    if verb in VERBS:
        return InputError(
            f"{verb} is a verb of notebooks, where a kernel keeps what it says",
            hint="type it in a notebook, below %load_ext sfdag_magics",
        )
    near = nearest(verb, (*OFFERED, *OF_SHELLS))
    did = f"; did you mean {near}?" if near else ""
    return InputError(f"sfdag has no command {verb!r}{did}", hint="sfdag -h")


def _carried_out(typed: Typed) -> int:
    verb = VERBS[typed.verb]
    if not typed.is_explained:
        options = check_words(typed.verb, typed.words)  # before the file's cells take their time
        if typed.file is not None and options.target:
            _check_target(typed.file, options.target)
    takes_wrong = typed.verb == _VALIDATE  # which tells of all that is wrong at once
    file = None if typed.is_explained else typed.file
    quiet = names(typed.words, "--quiet", _JSON)
    opened = read_file(file, takes_wrong=takes_wrong, quiet=quiet) if file else no_file()
    with opened as read:
        for note in read.notes:
            sys.stderr.write(f"note: {note}\n")
        desk = replace(_desk_of(read), typed=typed.at)
        words = [*_graph_words(typed, read), *typed.words]
        if ActsOn.GRAPH in verb.acts_on:
            _check_graph(typed, words)
        if typed.verb in FOLLOWING and not {"--no-wait", "--preview"} & set(words):
            words.insert(0, "--wait")  # else a person's shell would be back before the run began
        began: list[Run] = []
        desk.workspace.runs.on_began(lambda run, _: began.append(run))
        try:
            value = carry_out_words(desk, typed.verb, words)
        except (SfdagError, Interrupted):
            raise
        except Exception as raised:
            if typed.verb != _DEBUG:
                raise
            if isinstance(raised, BdbQuit):
                sys.stderr.write("sfdag: the debugger was left before the function returned\n")
                return FAILED
            look_into(raised)  # the user's function, by its lines; they are gone with its cells
            return FAILED
        finally:
            for run in began:
                _report(run.snapshot, typed.junit)
        if typed.verb == _DEBUG and names(typed.words, "--call") and _JSON not in typed.words:
            sys.stdout.write(f"it returned {value!r}\n")
    return FAILED if desk.declined else 0


def _check_target(file: Path, name: str) -> None:
    """See that a target is there before the file's cells run; one of these may describe others.

    Raises:
        InputError: there is none of this name.
    """
    if file.is_file() and _CHOOSES_TARGETS not in file.read_text("utf-8", errors="replace"):
        read_targets(file.resolve().parent).named(name)


def _desk_of(read: Read) -> Desk:
    """The desk; in a terminal a run is followed as a table."""
    desk = read.magics.desk
    if not sys.__stdout__ or not sys.__stdout__.isatty():
        return desk
    # Late: rich takes 0.1 s, which pipes need not pay.
    table = importlib.import_module("sfdag_magics.cli.live_table")
    return replace(desk, follows_with=table.live_table)


def _graph_words(typed: Typed, read: Read) -> list[str]:
    """`--graph` where the file has one graph, and none is named.

    Raises:
        InputError: it has several, or none.
    """
    verb = VERBS[typed.verb]
    named = names(typed.words, "-g", "--graph")
    if typed.file is None or named or typed.is_explained or ActsOn.GRAPH not in verb.acts_on:
        return []
    return [f"--graph={graph_of(read, typed.file).name}"]


def _check_graph(typed: Typed, words: Sequence[str]) -> None:
    named = names(words, "-g", "--graph", "--run", "-h", "--help")
    if typed.file is None and not named and typed.verb != _IMPORT:
        raise InputError(
            f"{typed.verb} of which graph?",
            hint=f"sfdag {typed.verb} NOTEBOOK.ipynb, or sfdag {typed.verb} --graph NAME for one "
            "that is deployed: sfdag graphs lists them",
        )


def _report(seen: RunSnapshot, junit: Path | None) -> None:
    """Leave what is known of the run where it was asked for.

    The run has become what it is: where a file cannot be written, that is a note beside it.
    """
    if junit is not None:
        _write(junit, junit_xml(seen), mode="w")
    if summary := os.environ.get(_SUMMARY):
        _write(Path(summary), step_summary(seen), mode="a")


def _write(path: Path, text: str, *, mode: str) -> None:
    try:
        with path.open(mode, encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        sys.stderr.write(f"note: cannot write {path}: {error.strerror}\n")


def _bare(text: str) -> str:
    """The same where no file is known."""
    return _translated(text, lambda verb: f"sfdag {verb}")


def _translated(text: str, command: Callable[[str], str]) -> str:
    """What a notebook would be told to type, as a shell types it."""

    def typed(found: re.Match[str]) -> str:
        if found[1] in IN_A_NOTEBOOK:
            return f"in its notebook: {found[0]}"
        return command(found[1]) if found[1] in OFFERED else found[0]

    return _COMMAND.sub(typed, text)


class _InAShell(TextIOBase):
    """Writes to a shell what was said for a notebook."""

    def __init__(self, out: TextIO, translated: Callable[[str], str]) -> None:
        self._out = out
        self._translated = translated
        #: Whether anything was written: a document stands alone.
        self.has_told = False

    def write(self, text: str) -> int:
        """As of files; the number of characters that were given."""
        self._out.write(self._translated(text))
        self.has_told = True
        return len(text)

    def flush(self) -> None:
        """As of files."""
        self._out.flush()

    def isatty(self) -> bool:
        """As of files."""
        return self._out.isatty()


def help_lines() -> Iterator[str]:
    """The verbs, a line each, for `sfdag -h`."""
    return (f"  {name:<9} {VERBS[name].summary}" for name in OFFERED)
