"""Reads a notebook, or a Python file with `@sftask` or a `TaskGraph`, for the graphs in it.

Its cells run in order in a shell of this process, as a kernel would run them, but nothing in it
acts: a `%sfdag` line that deploys, runs or asks is left out. Knows files and cells; no verb.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import linecache
import os
import re
import runpy
import sys
from collections.abc import Iterator, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from traitlets import Bool
from traitlets.config import Config

from sfdag_magics.client.connecting.activity import doing
from sfdag_magics.errors import InputError, Problem, SfdagError
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.graph.names import counted
from sfdag_magics.light_classes import dataclass
from sfdag_magics.magics import extension
from sfdag_magics.magics.extension import SfdagMagics
from sfdag_magics.magics.kernel.left_out import LeftOutError
from sfdag_magics.place_words import on_a_python_file, on_no_file
from sfdag_magics.workspace.decorated.refused import refused_cell, told_together
from sfdag_magics.workspace.registry import REGISTRY

#: Cells with this tag are not run here.
SKIP = "sfdag-skip"
_MAY_FAIL = "raises-exception"
SUFFIXES = (".ipynb", ".py")
#: Where a syntax error is, as IPython calls cells.
_IN_A_CELL = re.compile(r"\(<ipython-input-[^>]*>, (line \d+)\)$")
_NAMES_GRAPH = re.compile(r"^\s*%sfdag[ \t]+graph[ \t]+(\w+)", re.MULTILINE)
#: Of notebooks (nbformat docs: "The Notebook file format").
_TODAYS_FORMAT = 4
_KINDS_OF_CELLS = frozenset({"code", "markdown", "raw"})


class ReadingShell(InteractiveShell):
    """A shell that nobody types into. As in a terminal, it draws nothing."""

    simple_prompt = Bool(default_value=True)  # by it a terminal's shells are known
    #: By it the magics know that verbs which act are left out.
    only_reads = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A file that was read.

    Attributes:
        magics: what its cells were read with; verbs on its graphs are carried out by them.
        notes: the cells that failed, and why: what they define, tasks do not have.
    """

    magics: SfdagMagics
    notes: tuple[str, ...] = field(default=())


@contextlib.contextmanager
def read_file(path: Path, *, takes_wrong: bool = False, quiet: bool = True) -> Iterator[Read]:
    """The graphs of a notebook or Python file; inside, its folder is the working directory.

    Inside no other graphs are known.

    Args:
        takes_wrong: cells and functions that describe no task are left to who checks the graph.
        quiet: do not say that it is read where that takes a while.

    Raises:
        InputError: there is no such file, or it is none that can be read.
        SfdagError: what describes a task or a graph is wrong; carries all of it.
    """
    if not path.is_file():
        raise InputError(
            f"there is no file {path}", hint="sfdag run NOTEBOOK.ipynb, or a .py file with @sftask"
        )
    if path.suffix not in SUFFIXES:
        raise InputError(
            f"{path} is neither a notebook nor a Python file",
            hint=f"a file that ends with {' or '.join(SUFFIXES)}",
        )
    whole = path.resolve()
    words = contextlib.nullcontext() if path.suffix == ".ipynb" else on_a_python_file()
    with words, REGISTRY.anew(), _opened_shell() as shell, _at_home(whole.parent):
        shell.only_reads = True
        told = _loaded(shell).desk.notebook.waiting(quiet=quiet)
        with told, contextlib.redirect_stdout(io.StringIO()):  # what cells print is theirs
            doing("reading", path.name)
            notes = _read_notebook(shell, whole) if path.suffix == ".ipynb" else _read_python(whole)
        shell.only_reads = False
        if not takes_wrong and (refused := REGISTRY.refused()):
            raise told_together(refused, path.name)
        yield Read(magics=_loaded(shell), notes=notes)


def graph_of(read: Read, path: Path, name: str | None = None) -> TaskGraph:
    """The graph of a file: the one that is named, else the only one that has tasks.

    Raises:
        InputError: there is none, or there are several.
    """
    registry = read.magics.registry
    if name is not None:
        return registry.named(name)
    having = [graph for graph in registry.graphs if graph.tasks]
    if len(having) != 1 and (refused := registry.refused()):
        raise told_together(refused, path.name)
    if not having:
        raise InputError(
            f"{path} describes no task",
            hint="%%sftask above a function makes its cell a task, @sftask one of a .py file",
        )
    if len(having) > 1:
        names = ", ".join(graph.name for graph in having)
        raise InputError(
            f"{path} has {len(having)} graphs: {names}", hint=f"--graph {having[0].name}"
        )
    return having[0]


@contextlib.contextmanager
def no_file() -> Iterator[Read]:
    """A shell for verbs on what is deployed alone."""
    with on_no_file(), _opened_shell() as shell:
        yield Read(magics=_loaded(shell))


def _loaded(shell: ReadingShell) -> SfdagMagics:
    """The magics as they are now: a cell that loads them again puts others in their place."""
    found = shell.magics_manager.registry.get(SfdagMagics.__name__)
    return found if isinstance(found, SfdagMagics) else extension.load(shell)


@contextlib.contextmanager
def _opened_shell() -> Iterator[ReadingShell]:
    config = Config()
    config.HistoryManager.enabled = False
    with contextlib.redirect_stdout(io.StringIO()):  # loading says a line
        shell = ReadingShell.instance(config=config)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            extension.load(shell)
        yield shell
    finally:
        extension.unload(shell)
        ReadingShell.clear_instance()
        _forget_cells(shell)


def _forget_cells(shell: ReadingShell) -> None:
    """What this shell ran is no text of the next one's notebook, which this process may read."""
    for name in list(linecache.cache):
        if shell.compile.format_code_name(name) is not None:
            del linecache.cache[name]


@contextlib.contextmanager
def _at_home(folder: Path) -> Iterator[None]:
    """In the file's own folder, as a kernel is: its modules and `sfdag.toml` lie there."""
    sys.path.insert(0, str(folder))
    try:
        with contextlib.chdir(folder):
            yield
    finally:
        with contextlib.suppress(ValueError):  # a cell may have taken it out
            sys.path.remove(str(folder))


def _read_python(path: Path) -> tuple[str, ...]:
    REGISTRY.gathers = True
    try:
        found = runpy.run_path(str(path), run_name=path.stem)
    except SfdagError as error:
        told = (*error.problems, *_refused_problems())  # a validate of its own told these
        error.problems = (*dict.fromkeys(told),)
        raise
    except Exception as error:
        raise InputError(
            f"{path.name} could not be read: {type(error).__name__}: {error}",
            hint=f"python {path.name} shows where; what it runs by itself goes below "
            'if __name__ == "__main__":',
            problems=_refused_problems(),
        ) from error
    finally:
        REGISTRY.gathers = False
    for value in found.values():
        if isinstance(value, TaskGraph) and value.tasks:
            REGISTRY.take_up(value)
    return ()


def _refused_problems() -> tuple[Problem, ...]:
    """What is wrong with the tasks of a file that ends before its end."""
    return tuple(each.problem for each in REGISTRY.refused())


def _read_notebook(shell: ReadingShell, path: Path) -> tuple[str, ...]:
    notes: list[str] = []
    missing: set[str] = set()
    cells = _code_cells(path)
    for number, cell in enumerate(cells, 1):
        tags = cell.get("metadata", {}).get("tags", ())
        if SKIP in tags:
            continue
        failed = _run_cell(shell, str(cell["source"]))
        if failed is None:
            continue
        source = str(cell["source"])
        missing |= _names_set(source)
        is_told = isinstance(failed, LeftOutError) or _MAY_FAIL in tags
        said = (
            f"{type(failed).__name__}: {_first_line(failed)}{_given_below(failed, cells, number)}"
        )
        if (error := _refusal(failed, said, source, is_told=is_told)) is not None:
            _name_graph(source)
            place = f"code cell {number} of {path.name}"
            refused = refused_cell(source, place, error)
            missing |= {*refused.names}
            REGISTRY.refuse(place, refused)
            continue
        if not is_told and not (isinstance(failed, NameError) and failed.name in missing):
            notes.append(f"code cell {number} of {path.name} failed: {said}")
    return (*notes, *_named_too_late(path.name))


def _name_graph(source: str) -> None:
    """Keep to the graph that a cell names, though an option of it was refused."""
    if named := _NAMES_GRAPH.search(source):
        with contextlib.suppress(InputError):  # where it is the name that is none
            REGISTRY.choose(named[1])


def _named_too_late(file: str) -> Iterator[str]:
    """What to note of tasks above the cell that names the graph: they are of no graph of a name."""
    unnamed = REGISTRY.unnamed
    if unnamed is not None and unnamed.tasks:
        tasks = counted(len(unnamed.tasks), "task")
        yield (
            f"{tasks} of {file} went into graph {unnamed.name}, which nobody named: "
            f"the cell that names graph {REGISTRY.current.name} stands below; move it up"
        )


def _given_below(failed: BaseException, cells: Sequence[dict[str, Any]], number: int) -> str:
    """Which of the cells below this one gives the name that it lacks: they may be out of order."""
    if not isinstance(failed, NameError):
        return ""
    for place, cell in enumerate(cells[number:], number + 1):
        if failed.name in _names_set(str(cell["source"])):
            return f"; code cell {place} gives it, below"
    return ""


def _refusal(failed: BaseException, said: str, source: str, *, is_told: bool) -> SfdagError | None:
    """Why a cell that failed leaves the graph without what it describes; None for other cells."""
    if isinstance(failed, SfdagError) and _describes(source):
        return failed
    if is_told or not source.lstrip().startswith("%%sftask"):
        return None
    return InputError(
        f"its function cannot be defined: {said}",
        hint="cells run in their order here, and lines that act are left out; "
        f"the tag {SKIP} leaves a cell out",
    )


def _first_line(error: BaseException) -> str:
    said = str(error).partition("\n")[0]
    # Whoever tells it names the cell, which has another name only while it is read.
    return _IN_A_CELL.sub(r"(\1)", said) if isinstance(error, SyntaxError) else said


def _run_cell(shell: ReadingShell, source: str) -> BaseException | None:
    result = shell.run_cell(source, store_history=True)  # type: ignore[no-untyped-call]  # IPython ships it untyped
    found: BaseException | None = result.error_before_exec or result.error_in_exec
    if isinstance(found, KeyboardInterrupt):
        raise found
    return found


def _names_set(source: str) -> set[str]:
    """What a cell that failed may have left without a value."""
    magic = re.compile(r"^(\s*)(?:([\w.]+)\s*=\s*)?[%!].*$", re.MULTILINE)
    plain = magic.sub(lambda found: f"{found[1]}{found[2]} = 0" if found[2] else "", source)
    try:
        tree = ast.parse(plain)
    except SyntaxError:
        return set()
    stored = (n for n in ast.walk(tree) if isinstance(n, ast.Name))
    return {name.id for name in stored if isinstance(name.ctx, ast.Store)}


def _describes(source: str) -> bool:
    """Whether the cell is of the graph itself, so that without it there is another graph."""
    first = source.lstrip()
    return first.startswith("%%sftask") or "%sfdag graph" in first or "sftask(" in first


def _code_cells(path: Path) -> list[dict[str, Any]]:
    cells = _cells_as_today(path)
    if cells is None:
        cells = _cells_of_any_format(path)
    return [cell for cell in cells if cell["cell_type"] == "code"]


def _cells_as_today(path: Path) -> list[dict[str, Any]] | None:
    """The cells of a file in today's format; None where it is another, or broken.

    It is JSON, and to import what checks it takes seconds of each command.
    """
    try:
        document = json.loads(path.read_text("utf-8"))
        is_todays = document["nbformat"] == _TODAYS_FORMAT
        cells = [
            {**cell, "metadata": dict(cell.get("metadata", {})), "source": "".join(cell["source"])}
            for cell in document["cells"]
            if cell["cell_type"] in _KINDS_OF_CELLS
        ]
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None
    return cells if is_todays and len(cells) == len(document["cells"]) else None


def _cells_of_any_format(path: Path) -> list[dict[str, Any]]:
    _check_is_json(path)
    import nbformat

    try:
        notebook = nbformat.read(path, as_version=_TODAYS_FORMAT)
    except (OSError, ValueError, nbformat.ValidationError) as error:
        said = str(error).partition(os.linesep)[0]
        raise _no_notebook(path, said) from error
    return [*notebook.cells]


def _check_is_json(path: Path) -> None:
    """Refuse at once what is no document at all; to import what knows more takes seconds."""
    try:
        json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise _no_notebook(path, f"it is no JSON: {error}") from error


def _no_notebook(path: Path, why: str) -> InputError:
    return InputError(
        f"{path.name} cannot be read as a notebook: {why}",
        hint="save it anew in JupyterLab, or jupyter nbconvert --to notebook",
    )
