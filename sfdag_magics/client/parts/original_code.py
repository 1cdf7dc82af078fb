"""The code that a run began with, where another is deployed by now. Reads; changes nothing.

Archives stay as long as a version names them, and a version says with which packages one ran.
"""

from __future__ import annotations

from dataclasses import replace

from sfdag_magics.client.code.deployed_code import (
    Code,
    code_there,
    graph_folder,
    listed_files,
    read_code,
)
from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.kept.files import version_files
from sfdag_magics.client.kept.version import read_version
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.errors import InputError
from sfdag_magics.light_classes import dataclass
from sfdag_magics.place_words import to_type
from sfdag_magics.sqltext import QualifiedName, TokenReader


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalCode:
    """Code of another time.

    Attributes:
        archive: where it lies.
    """

    code: Code
    archive: str


def original_code(backend: Backend, graph: DeployedGraph, seen: RunSnapshot) -> OriginalCode | None:
    """What the run began with; None where that is deployed, or the graph has no Python task.

    Raises:
        InputError: it is not known any more, or its archive is gone.
    """
    there = read_code(backend, graph.procedure)
    now = code_there(there)
    began = seen.begun or seen.started
    if now is None or there.archive is None or began is None:
        return None
    own = seen.lineage.archive if seen.lineage is not None else ""
    archive = own or there.archive_at(began)
    if archive == there.archive:
        return None
    folder, _, name = (archive or there.archive).rpartition("/")
    files = _files(backend, folder)
    if archive is None or name not in files:
        raise InputError(
            f"the code that {seen.label} began with is not there any more",
            hint=f"{to_type('retry', run=seen.short_id)} runs it with the code as it is now",
        )
    code = replace(now, digest=name.removesuffix(".zip"))
    return OriginalCode(code=_as_kept(backend, folder, files, code), archive=archive)


def _as_kept(backend: Backend, folder: str, files: tuple[str, ...], code: Code) -> Code:
    """With the packages that the newest version with that archive says; else those of now."""
    found = [each for each in version_files(files) if each.digest == code.digest]
    if not found:
        return code
    try:
        kept = read_version(backend.download(f"{folder}/{found[-1].name}"))
    except ValueError:
        return code
    return kept.code or code


def _files(backend: Backend, folder: str) -> tuple[str, ...]:
    stage, _, path = folder.removeprefix("@").partition("/")
    name: QualifiedName = TokenReader(stage).qualified_name()
    return listed_files(backend, name, graph_folder(path)) or ()
