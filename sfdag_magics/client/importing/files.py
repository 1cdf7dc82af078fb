"""From a file to graphs: a Python program, a notebook with one, a SQL script, or a DCM project.

A project's manifest is not filled in: templates of its definitions stay as they are written.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sfdag_magics.client.importing.assembling import assembled
from sfdag_magics.client.importing.found import Findings
from sfdag_magics.client.importing.imported import Imported
from sfdag_magics.client.importing.program.reading import read_program
from sfdag_magics.client.importing.script import Script
from sfdag_magics.client.importing.sources import (
    imported_graphs,
    imported_program,
    imported_script,
)
from sfdag_magics.client.importing.texts import read_text
from sfdag_magics.errors import InputError
from sfdag_magics.light_classes import dataclass

_MANIFEST, _PROJECT, _DEFINITIONS = "manifest.yml", "DCM_PROJECT", "sources/definitions"


def imported_file(path: Path) -> Imported:
    """What a file, or the folder of a DCM project, makes; nothing of it runs.

    Raises:
        InputError: there is no such file, it cannot be read, or it makes no task.
        MachineError: this machine does not let it be read.
    """
    if is_project(path):
        return _imported_project(path)
    text = read_text(path)
    if path.suffix == ".ipynb":
        return _imported_notebook(text, path)
    if path.suffix == ".py":
        return imported_program(text, path.name, path.parent)
    return imported_script(text, path.name)


def is_project(path: Path) -> bool:
    """Whether a folder is one: other kinds of applications have a manifest of that name, too."""
    manifest = path / _MANIFEST
    return manifest.is_file() and _PROJECT in read_text(manifest)


def _imported_project(path: Path) -> Imported:
    """The definitions of all its files, as one script."""
    files = sorted((path / _DEFINITIONS).rglob("*.sql"))
    if not files:
        raise InputError(
            f"the project {path} has no file in {_DEFINITIONS}", hint="name a file with its tasks"
        )
    findings = Findings()
    script = Script(findings)
    for file in files:
        name = file.relative_to(path).as_posix()
        findings.place = lambda line, name=name: f"{name}, line {line}"  # type: ignore[misc]  # of this round
        script.read(read_text(file))
    graphs = [*assembled(script.tasks, findings)]
    return imported_graphs(graphs, (), findings, path.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """The text of a cell that is read.

    Attributes:
        number: of the code cell, from 1.
    """

    number: int
    text: str
    is_sql: bool


def _imported_notebook(text: str, path: Path) -> Imported:
    pieces = [*_pieces(text, path)]
    findings = Findings()
    script = Script(findings)
    program, starts = [], []
    length = 1
    for piece in pieces:
        if piece.is_sql:
            findings.place = lambda line, number=piece.number: f"code cell {number}, line {line}"  # type: ignore[misc]  # the number of this round
            script.read(piece.text)
            continue
        try:
            ast.parse(piece.text)
        except (SyntaxError, ValueError) as error:
            findings.place = lambda number: f"code cell {number}"
            findings.problem(f"it is no Python and not read: {error}", piece.number)
            continue
        starts.append((length, piece.number))
        program.append(piece.text)
        length += piece.text.count("\n") + 2
    findings.place = lambda line: _place(line, starts)
    read = read_program("\n\n".join(program), findings, path.parent)
    graphs = (*read.graphs, *assembled((*read.tasks, *script.tasks), findings))
    return imported_graphs(graphs, read.code, findings, path.name)


def _place(line: int, starts: list[tuple[int, int]]) -> str:
    start, number = max((each for each in starts if each[0] <= line), default=(1, 1))
    return f"code cell {number}, line {line - start + 1}"


def _pieces(text: str, path: Path) -> Iterator[_Piece]:
    cells = _cells(text, path)
    code = [cell for cell in cells if cell.get("cell_type") == "code"]
    for number, cell in enumerate(code, 1):
        source = cell.get("source", "")
        said = "".join(source) if isinstance(source, list) else str(source)
        first, _, rest = said.lstrip().partition("\n")
        if first.startswith("%%sftask"):
            raise InputError(
                f"{path.name} is a notebook of tasks already",
                hint=f"sfdag export {path.name}",
            )
        if first.startswith("%%sql"):
            yield _Piece(number=number, text=f"\n{rest}", is_sql=True)
        elif cell.get("metadata", {}).get("language") == "sql":
            yield _Piece(number=number, text=said, is_sql=True)
        elif not first.startswith("%%"):
            yield _Piece(number=number, text=_without_magics(said), is_sql=False)


def _cells(text: str, path: Path) -> list[Mapping[str, Any]]:
    try:
        found = json.loads(text)["cells"]
        if isinstance(found, list) and all(isinstance(each, dict) for each in found):
            return found
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    raise InputError(f"{path.name} cannot be read as a notebook", hint="save it anew in JupyterLab")


def _without_magics(text: str) -> str:
    """Python without IPython's own lines, each replaced by nothing where it stands."""
    lines = []
    for line in text.split("\n"):
        indent = line[: len(line) - len(line.lstrip())]
        lines.append(f"{indent}pass" if line.lstrip().startswith(("%", "!")) else line)
    return "\n".join(lines)
