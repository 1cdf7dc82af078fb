"""What a magic needs of the notebook around it: who is there, which cell this is, how to speak.

The one place that asks IPython and the kernel such things. Knows no task and no verb.
"""

from __future__ import annotations

import contextlib
import linecache
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import PurePath
from typing import Any

from IPython.core.interactiveshell import ExecutionInfo, InteractiveShell
from IPython.display import display

from sfdag_magics.bundle import lines_of
from sfdag_magics.client.connecting.activity import doing, heard_by
from sfdag_magics.errors import InputError
from sfdag_magics.magics.kernel.cell_names import CellNames, names_behind
from sfdag_magics.magics.kernel.status_line import (
    LogScreen,
    OutputScreen,
    SavedScreen,
    Screen,
    StatusLine,
    TerminalScreen,
)
from sfdag_magics.magics.kernel.whole_words import as_shown, may_be_broken
from sfdag_magics.magics.reading.options import with_variables
from sfdag_magics.workspace.asking.attended import is_at_terminal, said_attended

_ASSIGNED = re.compile(r"\s*(\w+)\s*=\s*%")


class Notebook:
    """The notebook a magic was typed in. Lives as long as the extension is loaded."""

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell
        self._labels: dict[str, str] = {}
        self._status: StatusLine | None = None
        #: What the last verb drew and returned, and in which cell.
        self._drawn: tuple[int, object] = (0, None)
        #: `{file name: text}` of the cells that ran, to the letter: what Python keeps for
        #: tracebacks is split at characters that end no line.
        self._texts: dict[str, str] = {}
        self._twins: dict[str, str] = {}
        #: Told the ids of cells that were deleted, as front ends name them.
        self.on_deleted: Callable[[Iterable[str]], None] = lambda cell_ids: None
        #: Told the id of a cell before it runs.
        self.on_run: Callable[[str], None] = lambda cell_id: None
        self._cell_names = CellNames()

    @property
    def texts(self) -> dict[str, str]:
        """`{file name: text}` of the cells that were run, exactly as compiled, oldest first."""
        return self._texts

    def remember_cells(self) -> None:
        """Keep the exact texts of cells from now on, and of those in the history so far."""
        history = self._shell.history_manager
        if history is not None:
            both = zip(history.input_hist_raw, history.input_hist_parsed, strict=False)
            for number, (raw, text) in enumerate(both):
                self._remember(raw, text, number)
        self._shell.events.register("pre_run_cell", self._before_cell)

    def _before_cell(self, info: ExecutionInfo) -> None:
        # JupyterLab says with the next request, whatever that runs, and says it once.
        deleted = self._request().get("metadata", {}).get("deletedCells")
        gone = [*map(str, deleted if isinstance(deleted, list) else ())]
        self.on_deleted(gone)
        self._cell_names.gone(gone)
        if (cell_id := self.cell_id) is not None:
            self.on_run(cell_id)
        text: str | None = getattr(info, "transformed_cell", None)  # since IPython 9
        if text is None:
            try:
                text = str(self._shell.transform_cell(info.raw_cell))  # type: ignore[no-untyped-call]  # IPython ships it untyped
            except (SyntaxError, ValueError):
                return
        self._cell_names.ran(self.cell_id, text)
        # Versions of IPython differ in whether they have counted the cell by now.
        count = self._shell.execution_count
        one, other = (self._remember(str(info.raw_cell), text, n) for n in (count, count - 1))
        self._twins |= {one: other, other: one}

    def _remember(self, raw: str, text: str, number: int) -> str:
        name: str = self._shell.compile.get_code_name(raw, text, number)
        self._texts.pop(name, None)
        self._texts[name] = text
        return name

    def left_names(self, function: str) -> list[str]:
        """What a function of the notebook uses that no cell gives any more."""
        behind = names_behind(self.variables.get(function), self.variables)
        return self._cell_names.left(behind)

    @property
    def variables(self) -> dict[str, Any]:
        """The notebook's global names; what a cell defines goes here."""
        namespace: dict[str, Any] = self._shell.user_ns
        return namespace

    @property
    def own_names(self) -> list[str]:
        """The global names that the person has given: none of IPython's, which nobody means."""
        hidden, gone = self._shell.user_ns_hidden, object()
        return [
            name
            for name, value in self.variables.items()
            if not name.startswith("_") and hidden.get(name, gone) is not value
        ]

    @property
    def is_attended(self) -> bool:
        """Whether a person can answer: the request allows input, or SFDAG_INTERACTIVE says so."""
        request = self._request()
        if said_attended() is None and request:
            return bool(request.get("content", {}).get("allow_stdin"))
        return is_at_terminal()

    @property
    def is_executed(self) -> bool:
        """Whether a program runs its cells one after another, as nbconvert does, and no person."""
        return bool(self._request()) and not self.is_attended

    @property
    def is_only_read(self) -> bool:
        """Whether its cells are run for what they describe: verbs that act are left out."""
        return bool(getattr(self._shell, "only_reads", False))

    @property
    def draws(self) -> bool:
        """Whether HTML and widgets are drawn: a terminal would print what they are called."""
        return not self._shell.has_trait("simple_prompt")

    @property
    def cell_id(self) -> str | None:
        """The front end's own name of the running cell; not every front end gives one."""
        found = self._request().get("metadata", {}).get("cellId")
        return str(found) if found else None

    @property
    def cell_number(self) -> int:
        """The running cell's number, as in `In [7]`.

        Not `execution_count`: some versions of IPython count before a cell runs, others after.
        """
        return max(len(self._cells) - 1, 0)

    @property
    def shows_values(self) -> bool:
        """Whether the value of the running cell's magic line is displayed: it is assigned to none.

        A cell's last line shows its value.
        """
        written = [line for line in (self._cells or [""])[-1].splitlines() if line.strip()]
        return bool(written) and written[-1].lstrip().startswith("%")

    @property
    def assigned_name(self) -> str:
        """The name that the value of the running cell's last magic line gets; empty for none."""
        written = [line for line in (self._cells or [""])[-1].splitlines() if line.strip()]
        found = _ASSIGNED.match(written[-1]) if written else None
        return found[1] if found is not None else ""

    def drew(self, value: object) -> None:
        """Know what the running cell's verb returns: it was drawn, or told of, already."""
        self._drawn = (self.cell_number, value)

    def has_drawn(self, value: object) -> bool:
        """Whether the running cell's verb has drawn this and returned it."""
        number, drawn = self._drawn
        return drawn is value and number == self.cell_number

    @property
    def lines_above_magic(self) -> int:
        """Empty lines above the cell's magic, which IPython took away before we saw the cell."""
        cell = self._cells[-1] if self._cells else ""
        above = cell[: len(cell) - len(cell.lstrip())]
        return above.count("\n") if cell.lstrip().startswith("%%") else 0

    @property
    def _cells(self) -> list[str]:
        """The texts of all cells so far, by number; the running one is the last."""
        history = self._shell.history_manager
        return history.input_hist_raw if history is not None else []

    def _request(self) -> Mapping[str, Any]:
        kernel = getattr(self._shell, "kernel", None)
        return (kernel.get_parent() or {}) if kernel is not None else {}

    @contextlib.contextmanager
    def waiting(self, *, quiet: bool) -> Iterator[None]:
        """While inside, the cell says what is being done as soon as that takes a while."""
        if quiet or self._status is not None:
            yield
            return
        with StatusLine(self._screen()) as status:
            self._status = status
            try:
                with heard_by(status.doing):
                    yield
            finally:
                self._status = None

    def _screen(self) -> Screen:
        if self._request():
            return OutputScreen() if self.is_attended else SavedScreen()
        # What is printed may go on into a file or another program: this is no part of it.
        terminal = next((each for each in (sys.stdout, sys.stderr) if each.isatty()), None)
        if self.is_attended and terminal is not None:
            return TerminalScreen(terminal)
        return LogScreen(self._print_aside)

    def say(self, text: str, *, aside: bool = False) -> None:
        """Print one or more lines into the cell's output, at once; `aside` as what errors are."""
        with self._room():
            if aside:
                self._print_aside(text)
            elif may_be_broken(text) and self._is_watched_page:
                display(as_shown(text), raw=True)  # type: ignore[no-untyped-call]  # IPython ships it untyped
            else:
                self._print(text)

    def write(self, text: str) -> None:
        """Print what programs may read, or has no end: to the standard output, whoever watches."""
        with self._room():
            self._print(text)

    def _room(self) -> contextlib.AbstractContextManager[None]:
        """Room for text beside the line that says what is being done."""
        return self._status.room() if self._status is not None else contextlib.nullcontext()

    @property
    def _is_watched_page(self) -> bool:
        """Whether a person sees it on a page: what nobody watches may be read line by line."""
        return self.draws and bool(self._request()) and self.is_attended

    def _print(self, text: str) -> None:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()

    def _print_aside(self, text: str) -> None:
        sys.stderr.write(f"{text}\n")

    def show(self, value: object) -> None:
        """Display a value as its richest form."""
        display(value)  # type: ignore[no-untyped-call]  # IPython ships it untyped

    def ask(self, question: str, *, instead: str) -> str:
        """The answer of a person.

        Args:
            question: one line.
            instead: what to type where nobody can answer, such as `%sfdag deploy --yes`.

        Raises:
            InputError: nobody is there to answer.
        """
        unanswered = InputError(f"nobody can answer: {question.strip()}", hint=instead)
        if not self.is_attended:
            raise unanswered
        doing("")
        try:
            return input(f"{question} ").strip()
        except EOFError:
            raise unanswered from None

    def define(self, key: str, label: str, text: str, first_line: int) -> None:
        """Run a cell's text in the notebook so that tracebacks show its own lines.

        Args:
            key: what the text defines; defining it again lets go of the text before.
            label: the place tracebacks name, as a file's name.
            first_line: the number of the text's first line in its cell, from 1.
        """
        __tracebackhide__ = True  # what a cell raises is the cell's
        padded = "\n" * (first_line - 1) + text.rstrip("\n") + "\n"
        code = self._shell.compile(padded, label, "exec")
        linecache.cache.pop(self._labels.pop(key, ""), None)
        self._labels[key] = label
        lines = [f"{line}\n" for line in lines_of(padded)]
        # Without a time of change, linecache keeps the entry and does not look for a file.
        linecache.cache[label] = (len(padded), None, lines, label)
        exec(code, self.variables)  # noqa: S102 - this is what running a cell is

    def place_of(self, filename: str) -> str:
        """How a traceback names the cell or file whose code has this file name."""
        if filename in linecache.cache and filename in self._labels.values():
            return filename
        for name in (filename, *self._twin(filename)):
            named = self._shell.compile.format_code_name(name)  # ("Cell", "In[7]") for a cell
            if named:
                return f"Cell {named[1].removeprefix('In')}"
        return PurePath(filename).name

    def _twin(self, filename: str) -> Iterator[str]:
        """The other name of the same text: it was remembered under two numbers and ran as one."""
        name = self._twins.get(filename, filename)
        if name in self._texts and self._texts[name] is self._texts.get(filename):
            yield name

    def run_line(self, line: str) -> None:
        """Run a line magic, as typed."""
        name, _, rest = line.removeprefix("%").partition(" ")
        self._shell.run_line_magic(name, rest)

    def forget_texts(self) -> None:
        """Let go of all texts kept for tracebacks."""
        for label in self._labels.values():
            linecache.cache.pop(label, None)
        self._labels.clear()
        self._texts.clear()
        self._twins.clear()
        with contextlib.suppress(ValueError):  # it was not registered
            self._shell.events.unregister("pre_run_cell", self._before_cell)

    def with_variables(self, words: list[str]) -> list[str]:
        """The words with `{name}` and `$name` replaced where they are a whole value."""
        return [with_variables(word, self.variables, self.own_names) for word in words]
