"""Data files of modules that were edited after these were loaded, and may have read them then.

Reads the files' times and the modules' texts.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from sfdag_magics.bundle.beside import loaded_modules, paths_of
from sfdag_magics.bundle.load_times import LOADED
from sfdag_magics.bundle.taking.notes.told import calls_at_import
from sfdag_magics.bundle.taking.used.names_used import last_name
from sfdag_magics.bundle.written.cell_texts import text_of_file

#: Words of a text that may read a file which comes with its package.
_READING = ("open(", "read", "load", "files(", "get_data", "genfromtxt")


def edited_data(modules: Iterable[str]) -> Iterator[str]:
    """Notes of files that ship as they are now, where the notebook may have what they were."""
    for top in modules:
        texts = {name: text_of_file(str(file)) or "" for name, file in loaded_modules([top])}
        whole = "\n".join(texts.values())
        reading = [name for name, text in texts.items() if _reads_at_import(text, whole)]
        for path, file in paths_of(top) if reading else ():
            is_named = file.name in whole or f"*{file.suffix}" in whole
            edited = file.stat().st_mtime if is_named and file.suffix != ".py" else 0.0
            before = next((name for name in reading if LOADED.of(name) < edited), "")
            if before:
                yield (
                    f"{path} was edited after {before} was loaded, which may have read it then: it "
                    f"ships as it is now; importlib.reload({before}) reads it here"
                )


def _reads_at_import(text: str, whole: str) -> bool:
    """Whether a call that runs then reads by its own words, or is one of the package's own."""
    if not any(word in whole for word in _READING):
        return False
    return any(
        re.search(rf"\b(?:def|class) {last_name(call.func)}\b", whole)
        or any(word in ast.unparse(call) for word in _READING)
        for call in calls_at_import(text)
    )
