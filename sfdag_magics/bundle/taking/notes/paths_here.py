"""Paths of this machine that data of the notebook holds, as notes: another has other folders.

Asks the file system whether something is there; reads no file.
"""

from __future__ import annotations

import os
import tempfile
import types
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePath

from sfdag_magics.bundle.inspection import is_a, module_with
from sfdag_magics.bundle.taking.used.files_read import makes_folders
from sfdag_magics.bundle.taking.used.held_values import held_values
from sfdag_magics.bundle.taking.used.values_used import values_used

#: Things of one container that are looked at.
_MOST = 1_000
_LONGEST_PATH = 500
#: Where a system has what every one has.
_OF_EACH = ("usr", "bin", "sbin", "lib", "lib64", "etc", "dev", "proc", "sys")
_NOT_IN = (types.ModuleType, type, types.FunctionType, bytes, int, float, complex, type(None))


def path_notes(
    texts: Iterable[str],
    taken: Iterable[object],
    namespace: Mapping[str, object],
    told: Iterable[str],
) -> Iterator[str]:
    """Notes of names that hold a file or a folder of this machine.

    Args:
        told: what is said of files already; those are not named twice.
    """
    texts, told = list(texts), "\n".join(told)
    if any(map(makes_folders, texts)):
        return
    found: dict[str, str] = {}
    for name, value in values_used(texts, taken, namespace):
        for path in _paths(value):
            if name not in found and repr(path) not in told and _is_of_here(path):
                found[name] = path
    for name, path in found.items():
        what, instead = _FILE if Path(path).is_file() else _FOLDER
        yield f"{name} holds {path!r}, {what} here and not where the task runs: {instead}"


_FOLDER = (
    "a folder",
    "ask for one inside the function, by Path.cwd() or tempfile.mkdtemp()",
)
_FILE = (
    "a file",
    "session.file.put(…, '@STAGE'), and session.file.get_stream(…) in the task",
)


def _paths(value: object) -> Iterator[str]:
    """The texts and paths in containers, and in attributes of objects, that are whole paths."""
    for each in held_values(value, _is_opened, _MOST):
        if is_a(each, str, PurePath) and len(said := str(each)) < _LONGEST_PATH:
            yield from [said] if os.path.isabs(said) else []


def _is_opened(value: object) -> bool:
    return not is_a(value, str, PurePath, *_NOT_IN) and module_with(value) is None


def _is_of_here(path: str) -> bool:
    """Whether there is such a thing, or a folder for it, and not on every machine."""
    parts = Path(path).parts[1:]
    if not parts or parts[0] in _OF_EACH or "\0" in path or parts == ("tmp",):
        return False
    # `/opt/about` may be said of a site, and not of a machine.
    folder = Path(path).parent
    is_to_be = len(parts) > 2 and _is_of_here(str(folder)) and folder.is_dir()
    return Path(path) != Path(tempfile.gettempdir()) and (os.path.exists(path) or is_to_be)
