"""The magics themselves, and putting them into IPython and taking them out again.

Loading opens nothing and starts nothing: the first verb that needs a target does; the first cell
of a task has the process started that loads tasks before they are sent. What only verbs
need is imported with the first one (`first_use`); what cells need is here from the beginning, as
what ships is compared with how things were when it was loaded.
"""

from __future__ import annotations

import contextlib
import importlib
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics, cell_magic, line_magic, magics_class, no_var_expand

from sfdag_magics import __version__
from sfdag_magics.bundle import capture, load_check
from sfdag_magics.bundle.load_times import LOADED
from sfdag_magics.client.connecting.targets import Target, read_targets
from sfdag_magics.errors import InputError, SfdagError
from sfdag_magics.graph.model import Task
from sfdag_magics.magics.completion import Matcher, sfdag_matcher
from sfdag_magics.magics.kernel.notebook import Notebook
from sfdag_magics.magics.reading.cells import (
    cell_parser,
    placed_line,
    replaced_line,
    task_cell,
    with_what_it_sees,
)
from sfdag_magics.magics.reading.each_option import read_whole
from sfdag_magics.magics.reading.notebook_lines import set_apart
from sfdag_magics.magics.reading.words import joined_cell, split_words
from sfdag_magics.magics.showing.displaying import draw_no_values, draw_values
from sfdag_magics.place_words import MAGICS
from sfdag_magics.workspace.decorated.refused import refused_cell
from sfdag_magics.workspace.registry import NEXT_DEPLOY, REGISTRY, Registered, Registry

if TYPE_CHECKING:
    from sfdag_magics.magics.verbs.verb import Desk
    from sfdag_magics.workspace.places import Openers

# What IPython 9 looks for as a line magic where something stands above `%%sftask`.
_NOT_FIRST = "%sftask"
_CELL = re.compile(r"^%%(sftask\b.*)$")
# `%sfdag run?` would show IPython's own help for %run.
_HELP = re.compile(r"^(\s*)%sfdag[ \t]+(\w+)[ \t]*\?{1,2}[ \t]*$")


@magics_class
class SfdagMagics(Magics):
    """`%%sftask` and `%sfdag`, over one workspace."""

    def __init__(
        self,
        shell: InteractiveShell,
        registry: Registry | None = None,
        openers: Openers | None = None,
    ) -> None:
        super().__init__(shell)
        self.notebook = Notebook(shell)
        self.registry = registry or REGISTRY
        self._openers = openers
        self._desk: Desk | None = None
        self.told_target = ""  # what loading said, if it could
        self.notebook.on_deleted = self.registry.cells_deleted
        self.notebook.on_run = self.registry.runs_again
        self.registry.left_names = self.notebook.left_names
        self.matcher: Matcher = sfdag_matcher(self.registry, lambda: _first_use().VERBS)

    @property
    def desk(self) -> Desk:
        """What verbs work with; put together for the first one."""
        if self._desk is None:
            self._desk = _first_use().opened_desk(self.notebook, self.registry, self._openers)
            self._desk.workspace.places.was_told(self.told_target)
        return self._desk

    def first_target(self) -> Target:
        """The target as long as none was chosen.

        Raises:
            InputError: the file of targets cannot be read, or has no such target.
        """
        read = self._openers.targets if self._openers is not None else read_targets
        targets = read(Path.cwd())
        return targets.named(targets.default)

    def close(self) -> None:
        """Close what verbs opened, and let go of the texts of cells."""
        if self._desk is not None:
            self._desk.views.close()
        self.notebook.forget_texts()
        if self._desk is not None:
            self._desk.workspace.places.close()

    @no_var_expand  # `{name}` and `$name` are resolved where documented, not everywhere
    @cell_magic("sftask")  # type: ignore[arg-type]  # IPython types only the bare decorator
    def task_cell(self, line: str, cell: str) -> None:
        """Make the cell's last function a task of the graph: `%%sftask -h`."""
        __tracebackhide__ = True  # IPython's name for frames that say nothing to a person
        try:
            self._make_tasks(line, cell)
        except SfdagError as error:
            if (cell_id := self.notebook.cell_id) is not None:
                place = f"Cell [{self.notebook.cell_number}]"
                source = f"%%sftask {line}\n{cell}"
                self.registry.refuse(cell_id, refused_cell(source, place, error))
            raise

    def _make_tasks(self, line: str, cell: str) -> None:
        notebook = self.notebook
        text = joined_cell(line, cell, lines_above=notebook.lines_above_magic)
        typed = split_words(text.line)
        words = notebook.with_variables(typed)
        parser = cell_parser()
        if {"-h", "--help"} & set(words):
            notebook.say(parser.format_help())
            return
        body, apart = set_apart(text.body) if "--sql" not in words else (text.body, ())
        text = replace(text, body=body)
        made = task_cell(
            text,
            read_whole(parser, words, lambda: _first_use().known_names(self.desk), typed),
            number=notebook.cell_number,
            namespace=lambda: notebook.variables,
            place_of=notebook.place_of,
            texts=lambda: notebook.texts,
        )
        __tracebackhide__ = True  # IPython's name for frames that say nothing to a person
        for line in apart:
            notebook.run_line(line)
        first, taken = made.tasks[0], None
        if first.source is not None:
            key = first.name if first.element is None else first.element.map
            notebook.define(key, made.label, text.body, text.first_line)
            taken = capture(first.source.name, first.source)
        tasks = [each if taken is None else with_what_it_sees(each, taken) for each in made.tasks]
        done = self._registered(tasks, made.graph)
        self._tell(done, is_named=made.graph is not None)
        if apart:
            notebook.say(f"  ran here, and does not travel: {', '.join(apart)}")
        if taken is not None and (check := load_check()) is not None:
            check.expect(taken.third_party)

    def _registered(self, tasks: Sequence[Task], graph: str | None) -> Registered:
        """What registering a cell's task did; of a map its first one."""
        cell_id, number = self.notebook.cell_id, self.notebook.cell_number
        if tasks[0].element is None:
            return self.registry.register(tasks[0], graph=graph, cell_id=cell_id, execution=number)
        return self.registry.register_map(tasks, graph=graph, cell_id=cell_id, execution=number)[0]

    def _tell(self, done: Registered, *, is_named: bool) -> None:
        self.notebook.say(placed_line(done.graph, done.task, self._state_of(done)))
        if done.replaced and done.is_taken_over:
            self.notebook.say(replaced_line(done.task, done.replaced))
        if done.left_behind:
            self.notebook.say(
                f"  {done.left_behind} was this cell's task before and is still in graph "
                f"{done.graph.name}: %sfdag forget {done.left_behind}"
            )
        if self._desk is not None:
            self._desk.views.redraw(done.graph)
            if not is_named:
                self._tell_of_another(self._desk, done)

    def _tell_of_another(self, desk: Desk, done: Registered) -> None:
        """A view is open of another graph, where what is deployed of this task would run."""
        other = desk.views.shown_instead(done.graph, done.task.name)
        if other is not None:
            way = self.registry.way_into(other, done.graph)
            self.notebook.say(
                f"  it joined graph {done.graph.name}; graph {other.name}, which the view shows, "
                f"has {done.task.name} as it is deployed: {way}"
            )

    def _state_of(self, done: Registered) -> str:
        if self._desk is not None:
            return self._desk.workspace.shipped.state_of(done.graph, done.task)
        self.first_target()  # what is wrong with it is said before the first verb as well
        return NEXT_DEPLOY

    @no_var_expand
    @line_magic("sftask")  # type: ignore[arg-type]  # as above
    def task_line(self, line: str) -> None:
        """Show the cell's options, or say that the cell is empty."""
        if {"-h", "--help"} & set(split_words(line)):
            self.notebook.say(cell_parser().format_help())
            return
        raise InputError(
            f"%%sftask {line}".strip() + " has no cell below it to make a task of",
            hint="a function on the next lines of the same cell, or its options: %%sftask -h",
        )

    @no_var_expand
    @line_magic(_NOT_FIRST)  # type: ignore[arg-type]  # as above
    def task_below(self, line: str) -> None:
        """Say what to do where a comment or an import stands above `%%sftask`."""
        if {"-h", "--help"} & set(split_words(line)):
            self.task_line(line)
            return
        raise InputError(
            f"%%sftask {line}".strip() + " is not the first line of its cell",
            hint="move what stands above it (comments, imports) below it: it ships with the task",
        )

    @no_var_expand
    @line_magic
    def sfdag(self, line: str) -> object:
        """Act on the task graph: `%sfdag help` lists the verbs."""
        __tracebackhide__ = (
            True  # a verb may call what is the user's, which raises by its own lines
        )
        try:
            return _first_use().carry_out(self.desk, line)
        finally:
            with contextlib.suppress(InputError):  # the file of targets may be what is wrong
                self.desk.views.complete_by(self.desk.elsewhere_of)


def _first_use() -> Any:  # noqa: ANN401 - a module
    return importlib.import_module("sfdag_magics.magics.first_use")


def as_we_read_it(lines: list[str]) -> list[str]:
    """`%sfdag run?` as `%sfdag run -h`, and `%%sftask -h` alone as a line; for IPython's input.

    IPython refuses a cell magic without a cell before we see it.
    """
    written = [line for line in lines if line.strip()]
    if len(written) == 1 and (alone := _CELL.match(written[0].rstrip("\n"))):
        return [f"%{alone[1]}{_end(written[0])}"]
    return [_HELP.sub(r"\1%sfdag \2 -h", line.rstrip("\n")) + _end(line) for line in lines]


# A terminal asks whether what is typed so far is a whole input, by those transformers that have no
# side effects: by this one `%%sftask` would be, before its cell can be typed.
as_we_read_it.has_side_effects = True  # type: ignore[attr-defined]  # IPython reads it by this name


def _end(line: str) -> str:
    return "\n" if line.endswith("\n") else ""


def load(
    shell: InteractiveShell, *, registry: Registry | None = None, openers: Openers | None = None
) -> SfdagMagics:
    """Put the magics into a shell, in place of those of an earlier load; says one line."""
    unload(shell)
    magics = SfdagMagics(shell, registry, openers)
    shell.register_magics(magics)
    shell.Completer.custom_matchers.append(magics.matcher)
    shell.input_transformers_cleanup.append(as_we_read_it)
    magics.notebook.remember_cells()
    MAGICS.add(shell)
    LOADED.watch()
    draw_values(shell, magics.notebook)
    magics.notebook.say(
        f"sfdag_magics {__version__} · target {_target_name(magics)} · "
        f"graph {magics.registry.current.name} · %sfdag help"
    )
    return magics


def _target_name(magics: SfdagMagics) -> str:
    """The target; a file of targets that cannot be read stops its verbs, not loading."""
    try:
        magics.told_target = magics.first_target().name
    except InputError as error:
        return f"unknown ({error.message})"
    return magics.told_target


def unload(shell: InteractiveShell) -> None:
    """Take the magics out again; does nothing where they are not loaded."""
    magics = shell.magics_manager.registry.pop(SfdagMagics.__name__, None)
    if not isinstance(magics, SfdagMagics):
        return
    shell.magics_manager.magics["cell"].pop("sftask", None)
    for name in ("sftask", _NOT_FIRST, "sfdag"):
        shell.magics_manager.magics["line"].pop(name, None)
    if magics.matcher in shell.Completer.custom_matchers:
        shell.Completer.custom_matchers.remove(magics.matcher)
    if as_we_read_it in shell.input_transformers_cleanup:
        shell.input_transformers_cleanup.remove(as_we_read_it)
    MAGICS.discard(shell)
    LOADED.leave()
    draw_no_values(shell)
    magics.close()
