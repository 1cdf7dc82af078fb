"""The verb that brings in tasks from elsewhere: import."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sfdag_magics.client.importing.dag_objects import is_dag
from sfdag_magics.client.importing.imported import Imported, is_made_by_an_import
from sfdag_magics.client.importing.notebooks import notebook_text
from sfdag_magics.errors import GraphError, InputError, Problem
from sfdag_magics.graph.names import counted
from sfdag_magics.magics.reading.options import OptionParser, Options
from sfdag_magics.magics.reading.words import as_a_word
from sfdag_magics.magics.verbs.verb import Desk, Verb, json_text
from sfdag_magics.magics.verbs.writing import write_file
from sfdag_magics.workspace.answers.importing import imported_from, is_file

_CELLS, _MODULE = "cells", "module"
_WRITTEN = (".ipynb", ".py")
_BETWEEN = "─" * 40


def _options(parser: OptionParser) -> None:
    parser.word("source", help="a file (.py, .ipynb, .sql), a DAG of the notebook, or a graph")
    parser.value("--to", metavar="TO", help="NAME.ipynb, NAME.py, cells (the default) or module")
    parser.flag("--run", help="run a Python file, in a process of its own, for the DAGs it makes")
    parser.flag("--strict", help="mistakes in it are an error, and nothing is written")


def _check_typed(options: Options) -> None:
    if not options.source:
        what = options.graph or "tasks.sql"
        raise InputError("import what?", hint=f"%sfdag import {what} --to tasks.ipynb")
    if options.to not in (None, _CELLS, _MODULE) and Path(options.to).suffix not in _WRITTEN:
        path = Path(options.to)
        raise InputError(
            f"an import is written as a notebook or a Python file, and not as {path.name}",
            hint=f"--to {path.stem}.ipynb, or {path.stem}.py",
        )


def _import(desk: Desk, options: Options) -> object:
    desk.workspace.places.target(options.target)  # also where a file is read, as it was typed
    found = imported_from(
        desk.workspace, _meant(desk, options.source), options.target, run=options.run
    )
    if options.graph:
        found = found.of_graph(options.graph)
    if options.strict:
        _check(found)
    path = _written(found, options)
    if options.json:
        desk.notebook.write(json_text(_record(found, path)))
        return found
    if path is None:
        is_module = options.to == _MODULE
        text = found.module if is_module else f"\n{_BETWEEN}\n".join(found.cells)
        desk.notebook.write(text.rstrip("\n"))
    said = found.lines() if path is None else (f"{found.summary}, in {path}", *found.lines()[1:])
    desk.say(options, "\n".join(said))
    return found


def _meant(desk: Desk, source: str) -> object:
    """What is typed: a file before a variable of the name, and that before a graph."""
    if is_file(source):
        return source
    value = desk.notebook.variables.get(source)
    return value if is_dag(value) else source


def _check(found: Imported) -> None:
    if found.problems:
        count = counted(len(found.problems), "mistake")
        raise GraphError(
            f"{found.source} has {count}",
            problems=tuple(Problem(task=None, message=each) for each in found.problems),
            hint="correct what is named, or without --strict",
        )


def _written(found: Imported, options: Options) -> Path | None:
    """The file that was written, if one was to be."""
    if options.to in (None, _CELLS, _MODULE):
        return None
    path = Path(options.to)
    text = notebook_text(found.notebook) if path.suffix == _WRITTEN[0] else found.module
    typed = f"import {as_a_word(options.source)}"
    write_file(path, text, is_made_by_an_import, is_agreed=options.yes, typed=typed)
    return path


def _record(found: Imported, path: Path | None) -> dict[str, Any]:
    return {
        "source": found.source,
        "graphs": [
            {"graph": each.graph.name, "tasks": [task.name for task in each.graph.tasks]}
            for each in found.graphs
        ],
        "cells": list(found.cells),
        "problems": list(found.problems),
        "not_carried": list(found.not_carried),
        "notes": list(found.notes),
        "written": str(path) if path else None,
    }


IMPORT_VERBS = (
    Verb(
        name="import",
        summary="Makes cells of a DAG program, a SQL script, or a deployed graph; runs none of it.",
        example="%sfdag import pipeline.py --to pipeline.ipynb",
        act=_import,
        check=_check_typed,
        options=_options,
    ),
)
