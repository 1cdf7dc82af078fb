"""The zip a graph's code ships in: the same code gives the same bytes. Writes no file.

sfdag_bundle/            the runtime of `shipped`, and manifest.json: the graph, and names of tasks
sfdag_bundle/tasks/…     of each Python task a readable module, and its entry: what it needs to run
…                        modules that lie beside the notebook
"""

from __future__ import annotations

import io
import marshal
import zipfile
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from functools import cache
from importlib.util import MAGIC_NUMBER, source_hash
from json import dumps, loads  # as it is now: a cell may put its own in the module
from typing import Any

from sfdag_magics.bundle.beside import needs_unpacking
from sfdag_magics.bundle.meaning import content_hash, meaning_of, meaning_of_file
from sfdag_magics.bundle.passed_values import (
    frame_of,
    frame_taken,
    passing_frames,
    producer_of,
    read_as,
    returned_by,
)
from sfdag_magics.bundle.source import ModuleSource, entry_path
from sfdag_magics.bundle.taking.terms.captured import TaskCapture
from sfdag_magics.bundle.taking.terms.pieces import Made, Written
from sfdag_magics.graph.model import Parameter, ParameterKind, Task, TaskGraph
from sfdag_magics.graph.rules import MAX_RETURN_BYTES

PACKAGE = "sfdag_bundle"
MANIFEST = f"{PACKAGE}/manifest.json"
#: What the graph's procedure calls.
HANDLER = f"{PACKAGE}.run"
_RUNTIME = (
    "__init__.py",
    "container_forms.py",
    "context.py",
    "cron_times.py",
    "form_of.py",
    "forms.py",
    "frames.py",
    "inputs.py",
    "json_text.py",
    "local_modules.py",
    "main_module.py",
    "map_results.py",
    "names_here.py",
    "printed.py",
    "run_slots.py",
    "runtime.py",
    "scalar_forms.py",
    "showing.py",
    "spawned_main.py",
    "telling.py",
    "trying.py",
    "values.py",
)
#: What of them stands beside all rooms, as those read it too that ship nothing.
_SHARED = frozenset({"cron_times.py", "run_slots.py"})
_FORMAT = 2
#: Stands in each entry: it is all of the graph that a task has to know.
_BOUND = {"max_return_bytes": MAX_RETURN_BYTES}
#: Zip knows no earlier time; a constant one keeps the bytes the same.
_WRITTEN = (1980, 1, 1, 0, 0, 0)


#: The packages to install for these modules.
Installs = Callable[[tuple[str, ...]], Iterable[str]]


def archive(
    graph: TaskGraph,
    captured: Sequence[TaskCapture],
    modules: Sequence[ModuleSource],
    installs: Installs,
) -> bytes:
    """The archive of a graph's Python tasks; `modules` are in the order of `captured`."""
    content = {f"{PACKAGE}/{name}": _shipped(name) for name in _RUNTIME}
    content.update({f"{PACKAGE}/{name}c": _compiled(name) for name in _RUNTIME})
    entries = [
        _entry(graph, task, module) | _needs(graph, task, installs) | _BOUND
        for task, module in zip(captured, modules, strict=True)
    ]
    content.update(entry_files(graph.name, entries))
    for each in captured:
        content.update(each.files)
    content.update({f"{PACKAGE}/{module.path}": module.text.encode() for module in modules})
    return zipped(content)


def entry_files(graph: str, entries: Collection[Mapping[str, Any]]) -> dict[str, bytes]:
    """The manifest, and the file of each task: a task reads its own, however many there are."""
    files = {f"{PACKAGE}/{entry_path(each['name'])}": json_bytes(each) for each in entries}
    names = sorted(each["name"] for each in entries)
    files[MANIFEST] = json_bytes({"format": _FORMAT, "graph": graph, "tasks": names})
    return files


def runtime_hash() -> str:
    """What the files are that ship with every graph; another release of this package has others."""
    return content_hash(b"".join(_shipped(name) for name in _RUNTIME))


def code_hash(hashes: Mapping[str, str]) -> str:
    """What the code of `{task: its hash}` is as a whole, with what ships beside it."""
    return content_hash(repr((runtime_hash(), sorted(hashes.items()))).encode())


def task_hash(graph: TaskGraph, captured: TaskCapture, module: ModuleSource) -> str:
    """What a task's code is, whatever cell it now stands in, however it is spaced and commented."""
    entry = _entry(graph, captured, module)
    del entry["pieces"]
    lines = [*captured.imports, *map(_done_by, captured.pieces)]
    files = captured.files.items()
    local = {path: content_hash(meaning_of_file(path, content)) for path, content in files}
    return content_hash(json_bytes([entry, lines, local]))


def _done_by(piece: Written | Made) -> str:
    if isinstance(piece, Written):
        return meaning_of(piece.text)
    return piece.told_as or meaning_of("\n".join(piece.lines))


def _entry(graph: TaskGraph, captured: TaskCapture, module: ModuleSource) -> dict[str, Any]:
    task = graph.task(captured.task)
    if task.source is None:
        raise ValueError(f"{task.name} is no Python task")
    return {
        "name": task.name,
        "function": task.source.name,
        "module": module.path,
        "futures": list(captured.futures),
        "pieces": [
            [piece.first_line, piece.line_count, piece.place, piece.place_line]
            for piece in module.pieces
        ],
        "parameters": parameters_told(graph, task),
        "answers": list(graph.branches[task.name]) if task.branch else [],
        **_frames(graph, task),
        **({"retries": task.retries, "backoff_s": _seconds(task.backoff)} if task.retries else {}),
    }


def _frames(graph: TaskGraph, task: Task) -> dict[str, Any]:
    """That what the task returns is written as a table, or that it drops those of its run."""
    if (kind := frame_of(task, task.returns)) is not None:
        return {"frame": kind}
    return {"drops_frames": True} if task.finalizer and passing_frames(graph) else {}


def _seconds(backoff: timedelta | None) -> float:
    return 0.0 if backoff is None else backoff.total_seconds()


def _needs(graph: TaskGraph, captured: TaskCapture, installs: Installs) -> dict[str, Any]:
    """What the task has to find installed, for who ships it on without its cell."""
    named = graph.task(captured.task).packages
    needed = {"packages": sorted({*named, *installs(captured.third_party)})}
    return needed | ({"unpack": True} if needs_unpacking(captured.files) else {})


def parameters_told(graph: TaskGraph, task: Task) -> list[dict[str, Any]]:
    """What a task's parameters ask for, as the code that ships reads it."""
    return [_parameter(graph, task, each) for each in task.parameters]


def _parameter(graph: TaskGraph, task: Task, parameter: Parameter) -> dict[str, Any]:
    producer = producer_of(graph, parameter)
    known = read_as(graph, task, parameter)
    return {
        "name": parameter.name,
        "kind": parameter.kind.value,
        "required": parameter.default is None,
        "annotation": parameter.annotation,
        "produced": returned_by(producer) if producer is not None else None,
        **({} if known is None else {"read_as": known}),
        **_of_map(graph, task, parameter),
        **({"frame": frame} if (frame := frame_taken(graph, task, parameter)) else {}),
    }


def _of_map(graph: TaskGraph, task: Task, parameter: Parameter) -> dict[str, Any]:
    """The element that a parameter receives, or the tasks whose results it does."""
    if parameter.kind is ParameterKind.GIVEN:
        return {"value": loads(task.element.text)} if task.element is not None else {}
    is_list = parameter.kind is ParameterKind.VALUE and parameter.name not in graph
    tasks = graph.means(parameter.name) if is_list else ()
    return {"tasks": list(tasks)} if tasks else {}


@cache  # of the release that this process has, asked for each build
def _shipped(name: str) -> bytes:
    from importlib.resources import files  # no cell needs it, only what ships

    place = files("sfdag_magics") if name in _SHARED else files(__package__ or "") / "shipped"
    return (place / name).read_bytes()


@cache
def _compiled(name: str) -> bytes:
    """The file as Python loads it (PEP 552, unchecked); another version ignores it.

    Measured: without it each task compiles these files anew, 9 of the 22 ms a no-op task takes.
    """
    source = _shipped(name)
    code = compile(source, f"{PACKAGE}/{name}", "exec", dont_inherit=True)
    return MAGIC_NUMBER + (1).to_bytes(4, "little") + source_hash(source) + marshal.dumps(code)


def json_bytes(value: object) -> bytes:
    """JSON as it stands in the archive: the same value is the same bytes."""
    return dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode()


def zipped(content: Mapping[str, bytes]) -> bytes:
    """`{path: content}` as a zip whose bytes depend on nothing else."""
    buffer = io.BytesIO()
    # Stored, not deflated: the bytes then do not depend on the version of zlib.
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as target:
        for name, data in sorted(content.items()):
            entry = zipfile.ZipInfo(name, date_time=_WRITTEN)
            entry.external_attr = 0o644 << 16
            entry.create_system = 3  # Unix, wherever this is made
            target.writestr(entry, data)
    return buffer.getvalue()
