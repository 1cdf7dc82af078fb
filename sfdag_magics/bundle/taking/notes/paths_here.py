"""Paths of this machine that data of the notebook holds, as notes: another has other folders.

Asks the file system whether something is there; reads no file.
"""

from __future__ import annotations

import os
import tempfile
import types
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePath

from sfdag_magics.bundle.inspection import attributes_of, is_a, module_with
from sfdag_magics.bundle.taking.used.files_read import makes_folders
from sfdag_magics.bundle.taking.used.values_used import values_used

#: Containers in containers that are looked into, and how much of a long one.
_DEEP, _MOST = 4, 1_000
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
        for path in _paths(value, _DEEP):
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


def _paths(value: object, deep: int) -> Iterator[str]:
    """The texts and paths in containers, and in attributes of objects, that are whole paths."""
    if is_a(value, str) or is_a(value, PurePath):
        said = str(value)
        if len(said) < _LONGEST_PATH and os.path.isabs(said):
            yield said
        return
    if not deep or is_a(value, *_NOT_IN) or module_with(value) is not None:
        return
    if is_a(value, dict):
        parts = [*value.values()]
    elif is_a(value, list, tuple, set, frozenset):
        parts = list(value)
    else:
        parts = list(attributes_of(value).values())
    for each in parts[:_MOST]:
        yield from _paths(each, deep - 1)


def _is_of_here(path: str) -> bool:
    """Whether there is such a thing, or a folder for it, and not on every machine."""
    parts = Path(path).parts[1:]
    if not parts or parts[0] in _OF_EACH or "\0" in path or parts == ("tmp",):
        return False
    # `/opt/about` may be said of a site, and not of a machine.
    folder = Path(path).parent
    is_to_be = len(parts) > 2 and _is_of_here(str(folder)) and folder.is_dir()
    return Path(path) != Path(tempfile.gettempdir()) and (os.path.exists(path) or is_to_be)
