"""The runtime that ships with every graph's code, imported before the fork instead of after it.

Only where the archive has byte for byte the runtime of this release, which is code of our own: it
is then the archive's in all that can be seen. Measured: importing it is a third of what the worker
of a small task does, and its archive's list of files grows with the graph.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import sys
import zipfile
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.resources import files
from pathlib import Path
from types import CodeType, ModuleType

PACKAGE = "sfdag_bundle"
_INITIAL = "__init__.py"
#: No runtime of ours has so many bytes; they are read in the engine's process.
_LARGEST = 16 * 1024**2


def digest_of_archive(archive: zipfile.ZipFile) -> str:
    """What the runtime in an archive is; empty where there is none.

    What else lies in its package, which a task imports where it asks for it, is not part of it.
    """
    inside = {member.filename: member for member in archive.infolist()}
    sources = {
        name: inside[f"{PACKAGE}/{name}"] for name in _shipped() if f"{PACKAGE}/{name}" in inside
    }
    if sum(member.file_size for member in sources.values()) > _LARGEST:
        return ""
    return _digest({name: archive.read(member) for name, member in sources.items()})


def unpack(archive: zipfile.ZipFile, directory: Path) -> None:
    """Lay out the package of an archive: a file is found in it without looking through all."""
    inside = [name for name in archive.namelist() if name.startswith(f"{PACKAGE}/")]
    archive.extractall(directory, inside)


@cache
def _shipped() -> dict[str, bytes]:
    """The files of this release's runtime, by their names."""
    folder = files("sfdag_magics") / "bundle" / "shipped"
    return {each.name: each.read_bytes() for each in folder.iterdir() if each.name.endswith(".py")}


def _digest(sources: Mapping[str, bytes]) -> str:
    if not sources:
        return ""
    parts = (f"{name}\0{len(source)}\0".encode() + source for name, source in sources.items())
    return hashlib.sha256(b"".join(sorted(parts))).hexdigest()


class ReadyRuntime:
    """The runtime of this release, imported and kept out of sight until a job has it."""

    def __init__(self) -> None:
        sources = _shipped()
        self.digest = _digest(sources)
        # made before the fork, as far as the place of the archive does not matter
        self._loader = _Unpacked()
        self._modules = {
            f"{_file_of(name)}c": (name, module, _spec(name, self._loader))
            for name, module in _imported(sources).items()
        }

    def offer(self, archive: str, unpacked: str) -> None:
        """Be the package that lies in `archive`, as an import of it would have made it."""
        place = f"{archive}/{PACKAGE}"
        self._loader.archive, self._loader.unpacked = archive, unpacked
        for file, (name, module, spec) in self._modules.items():
            spec.origin = module.__file__ = f"{place}/{file}"  # compiled, as an import finds it
            module.__spec__, module.__loader__ = spec, self._loader
            if name == PACKAGE:
                spec.submodule_search_locations = module.__path__ = [place]
            sys.modules[name] = module


def _imported(sources: Mapping[str, bytes]) -> dict[str, ModuleType]:
    finder = _Sources(sources)
    sys.meta_path.insert(0, finder)
    try:
        for name in sources:
            importlib.import_module(_name_of(name))
    finally:
        sys.meta_path.remove(finder)
    names = [_name_of(name) for name in sources]
    return {name: sys.modules.pop(name) for name in names}


def _spec(name: str, loader: _Unpacked) -> ModuleSpec:
    return ModuleSpec(name, loader, origin="", is_package=name == PACKAGE)


def _name_of(file: str) -> str:
    return PACKAGE if file == _INITIAL else f"{PACKAGE}.{file.removesuffix('.py')}"


def _file_of(name: str) -> str:
    return _INITIAL if name == PACKAGE else f"{name.rpartition('.')[2]}.py"


class _Sources(MetaPathFinder, InspectLoader):
    """Imports the package from `sources`, under the names of files that an archive has."""

    def __init__(self, sources: Mapping[str, bytes]) -> None:
        self._sources = sources

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of a module of the package; None for every other."""
        del path, target
        if fullname != PACKAGE and fullname.rpartition(".")[0] != PACKAGE:
            return None
        if _file_of(fullname) not in self._sources:
            return None
        return ModuleSpec(fullname, self, is_package=fullname == PACKAGE)

    def get_source(self, fullname: str) -> str:
        """The text of a module."""
        return self._sources[_file_of(fullname)].decode()

    def get_code(self, fullname: str) -> CodeType:
        """The code as the archive's own compiled files have it."""
        file = _file_of(fullname)
        return compile(self._sources[file], f"{PACKAGE}/{file}", "exec", dont_inherit=True)


class _Unpacked(InspectLoader):
    """Reads the package's files as an archive's importer would, from where they were laid out."""

    archive = unpacked = ""

    def get_data(self, path: str) -> bytes:
        """A file below the archive. Raises OSError where there is none."""
        is_below = path.startswith(f"{self.archive}/")
        inside = path[len(self.archive) + 1 :] if is_below else os.path.relpath(path, self.archive)
        with open(f"{self.unpacked}/{inside}", "rb") as file:
            return file.read()

    def get_source(self, fullname: str) -> str:
        """The text of a module, for tracebacks."""
        return self.get_data(f"{self.archive}/{PACKAGE}/{_file_of(fullname)}").decode()

    def is_package(self, fullname: str) -> bool:
        """Whether it is the package itself."""
        return fullname == PACKAGE
