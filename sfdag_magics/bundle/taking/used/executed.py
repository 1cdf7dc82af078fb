"""Texts that cells executed: `exec(open("f.py").read())`, `exec(text)`.

Which those may be, the cells that call `exec` say: each file and each text that they name. What is
not the text of a function of the notebook does no harm, for functions are found by their code.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePath

from sfdag_magics.bundle.inspection import is_a
from sfdag_magics.bundle.taking.used.scripts import functions_of
from sfdag_magics.bundle.written.cell_texts import CellText, parsed_or_none

#: Longer names are no file's, and longer files no code that a cell executes.
_LONGEST_NAME, _LARGEST_FILE = 500, 1_000_000


def executed_texts(cells: Iterable[CellText], namespace: Mapping[str, object]) -> list[CellText]:
    """What cells may have executed, if any of the notebook's code is of no cell and no file."""
    cells = list(cells)
    unknown = set(_files(namespace)) - {cell.filename for cell in cells}
    if all(Path(name).is_file() for name in unknown):
        return []
    found: dict[str, CellText] = {}
    for cell in cells:
        for name, text in _named_in(cell, namespace):
            found.setdefault(text, CellText(filename=name, text=text, place=name or cell.place))
    return list(found.values())


def _files(namespace: Mapping[str, object]) -> Iterator[str]:
    """The file names of the notebook's functions, and of methods of its classes."""
    for value in list(namespace.values()):
        for function in functions_of(value):
            if function.__globals__ is namespace:
                yield function.__code__.co_filename


def _named_in(cell: CellText, namespace: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """`(file, text)` of the files that a cell names, and `("", text)` of other texts."""
    tree = parsed_or_none(cell.text) if "exec(" in cell.text else None
    for node in ast.walk(tree) if tree is not None else ():
        value: object = None
        match node:
            case ast.Constant(value=str(said)):
                value = said
            case ast.Name(id=name):
                value = namespace.get(name)
        if (type(value) is str or is_a(value, PurePath)) and (text := _text_of(value)) is not None:
            yield str(value), text
        elif type(value) is str and "\n" in value:
            yield "", value


def _text_of(path: str | PurePath) -> str | None:
    """The text of a file, as far as it is one."""
    name = str(path)
    if not name or len(name) > _LONGEST_NAME or "\n" in name or "\0" in name:
        return None
    try:
        file = Path(name)
        is_one = file.is_file() and file.stat().st_size <= _LARGEST_FILE
        return file.read_text("utf-8") if is_one else None
    except (OSError, UnicodeDecodeError):
        return None
