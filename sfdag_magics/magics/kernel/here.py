"""What the notebook has that its tasks may have missed. Implements `missed.Here`; runs no cell."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Callable
from dataclasses import replace
from importlib.machinery import PathFinder
from pathlib import Path

from sfdag_magics.client.code.cells_now import error_now
from sfdag_magics.client.observing.missed import missed
from sfdag_magics.client.running.rootcause import RootCause, place_of
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.magics.kernel.notebook import Notebook
from sfdag_magics.workspace.seen_code import cells_now


class NotebookHere:
    """The names, cells, files and variables around a person."""

    def __init__(self, notebook: Notebook) -> None:
        self._notebook = notebook

    def place_of_name(self, name: str) -> str | None:
        """See `Here.place_of_name`."""
        if name not in self._notebook.variables:
            return None
        return self._last_cell(lambda text: _binds(text, name)) or "of no cell"

    def place_of_attribute(self, name: str) -> str | None:
        """See `Here.place_of_attribute`."""
        ways = [
            rf"\.{name}\s*(?:\W|//|\*\*)?=(?!=)",
            rf"(?:setattr|register_\w+)\(.*[\"']{name}[\"']",
            rf"\bimport {name}\b",
            *([r"\.pandas\("] if name.startswith("progress_") else []),  # tqdm's
        ]
        return self._last_cell(lambda text: any(re.search(way, text) for way in ways))

    def has_file(self, path: str) -> bool:
        """See `Here.has_file`."""
        return Path(path).exists()

    def has_folder(self, path: str) -> bool:
        """See `Here.has_folder`."""
        return Path(path).is_dir()

    def has_variable(self, name: str) -> bool:
        """See `Here.has_variable`."""
        return name in os.environ

    def has_module(self, name: str) -> bool:
        """See `Here.has_module`."""
        return PathFinder.find_spec(name.partition(".")[0]) is not None

    def _last_cell(self, fits: Callable[[str], bool]) -> str | None:
        texts = self._notebook.texts
        found = (name for name in reversed(texts) if fits(texts[name]))
        return next((self._notebook.place_of(name) for name in found), None)


def explained(cause: RootCause, notebook: Notebook, graph: TaskGraph) -> RootCause:
    """The cause, with its cells' numbers of now, and what the task had not and the notebook has."""
    task = cause.task
    if task is None or not task.error_message:
        return cause
    error = error_now(task.error_message, cells_now(graph))
    return replace(
        cause,
        task=replace(task, error_message=error),
        place=place_of(error),
        missed=missed(task.name, error, NotebookHere(notebook)),
    )


def _binds(text: str, name: str) -> bool:
    """Whether a cell gives a name to something."""
    if name not in text:
        return False
    try:
        nodes = list(ast.walk(ast.parse(text)))
    except (SyntaxError, ValueError, RecursionError):
        return False
    return any(
        (isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store))
        or (isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name)
        or (isinstance(node, ast.alias) and (node.asname or node.name) == name)
        for node in nodes
    )
