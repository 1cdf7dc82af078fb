"""One archive out of two: the tasks that were captured now, and others as they were shipped before.

A task that is carried on keeps its module and the local modules beside it byte for byte. Where one
of these has another content now, it travels in a folder of its own, which its entry names.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Collection, Mapping
from typing import Any

from sfdag_magics.bundle.archive import MANIFEST, PACKAGE, entry_files, zipped
from sfdag_magics.bundle.meaning import content_hash
from sfdag_magics.bundle.source import entry_path
from sfdag_magics.light_classes import dataclass

#: Below it, a folder for each set of local modules that differs from the ones shipped now.
_KEPT_MODULES = f"{PACKAGE}/local"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipped:
    """The content of an archive, read.

    Attributes:
        graph: the graph's name.
        tasks: `{task in upper case: its entry}`.
    """

    content: Mapping[str, bytes]
    graph: str
    tasks: Mapping[str, Mapping[str, Any]]

    def module(self, task: str) -> tuple[str, bytes]:
        """Where a task's module lies, and its text."""
        path = f"{PACKAGE}/{self.tasks[task.upper()]['module']}"
        return path, self.content[path]

    def local_modules(self, task: str) -> dict[str, bytes]:
        """`{path as it is imported: content}` of the modules that lay beside the notebook."""
        folder = self.tasks[task.upper()].get("local")
        if folder is not None:
            start = f"{PACKAGE}/{folder}/"
            return {
                p.removeprefix(start): c for p, c in self.content.items() if p.startswith(start)
            }
        return {p: c for p, c in self.content.items() if not p.startswith(f"{PACKAGE}/")}


def read_archive(archive: bytes) -> Shipped:
    """An archive's files and manifest.

    Raises:
        ValueError: it is none of ours.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            content = {name: opened.read(name) for name in opened.namelist()}
        manifest = json.loads(content[MANIFEST])
        entries = _entries(manifest, content)
        return Shipped(content=content, graph=manifest["graph"], tasks=entries)
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError) as error:
        raise ValueError("it is no archive of a task graph") from error


def _entries(manifest: Mapping[str, Any], content: Mapping[str, bytes]) -> dict[str, Any]:
    if manifest["format"] == 1:  # as long as a graph is deployed that has all in one file
        bound = {"max_return_bytes": manifest["max_return_bytes"]}
        return {task: said | bound for task, said in manifest["tasks"].items()}
    files = {name.upper(): f"{PACKAGE}/{entry_path(name)}" for name in manifest["tasks"]}
    return {task: json.loads(content[path]) for task, path in files.items()}


def merged(new: bytes, before: Shipped, kept: Collection[str]) -> bytes:
    """The archive `new` with the tasks `kept` of an earlier one.

    Raises:
        ValueError: the earlier archive has no code of one of them.
    """
    archive = read_archive(new)
    content, entries = dict(archive.content), dict(archive.tasks)
    for task in kept:
        if task.upper() not in before.tasks:
            raise ValueError(f"it has no code of {task}")
        path, module = before.module(task)
        content[path] = module
        entry = {key: said for key, said in before.tasks[task.upper()].items() if key != "local"}
        entries[task.upper()] = entry | _placed(before.local_modules(task), content)
    return zipped(content | entry_files(archive.graph, entries.values()))


def _placed(modules: Mapping[str, bytes], content: dict[str, bytes]) -> dict[str, str]:
    """Put local modules into `content`; what the entry says of where they lie."""
    if all(content.get(path, module) == module for path, module in modules.items()):
        content.update(modules)
        return {}
    digest = content_hash(repr(sorted(modules.items())).encode())
    content.update({f"{_KEPT_MODULES}/{digest}/{path}": text for path, text in modules.items()})
    return {"local": f"local/{digest}"}
