"""Files of modules that code imports and that this kernel does not find: they lie elsewhere.

A cell, or the task itself, may put a folder on the path, or go there, before it imports. Reads
names of files; imports nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from sfdag_magics.bundle.written.cell_texts import CellText, parsed_or_none

#: Words of cells that change where modules are found.
_GOES = ("sys.path", "chdir", "run_line_magic")
#: Folders beside the notebook that are looked into.
_MOST = 200


def not_on_the_path(module: str, cells: Iterable[CellText]) -> tuple[str, str] | None:
    """What is wrong with importing a module, and what to do, where a file of it lies elsewhere."""
    for folder in dict.fromkeys(_folders(cells)):
        for file in (folder / f"{module}.py", folder / module / "__init__.py"):
            if file.is_file():
                return (
                    f"which lies in {file}, where this kernel does not look for modules",
                    f"sys.path.append({str(folder)!r}) in a cell: the module then ships with the "
                    "task",
                )
    return None


def _folders(cells: Iterable[CellText]) -> Iterator[Path]:
    here = Path()
    yield here
    for cell in cells:
        tree = parsed_or_none(cell.text) if any(word in cell.text for word in _GOES) else None
        for node in ast.walk(tree) if tree is not None else ():
            match node:
                case ast.Constant(value=str(said)) if 0 < len(said) < 500 and "\0" not in said:
                    yield Path(said)
    yield from islice((each for each in sorted(here.iterdir()) if each.is_dir()), _MOST)
