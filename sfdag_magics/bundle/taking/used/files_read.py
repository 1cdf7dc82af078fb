"""Files beside the notebook that code reads or looks for, and folders that it writes into, as
notes: the task's process has none.

Reads syntax trees, and asks the file system whether a file is there.
"""

from __future__ import annotations

import ast
import glob
import re
import types
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path, PurePath

from sfdag_magics.bundle.inspection import attributes_of, is_a
from sfdag_magics.bundle.taking.used.names_used import last_name
from sfdag_magics.bundle.taking.used.values_seen import Seen
from sfdag_magics.bundle.written.cell_texts import names_in, nodes_of, parsed

#: Last names of calls that read the file which is their first argument, or look for it.
_READS = re.compile(
    r"spec_from_file_location|run_path|open|read\w*|load\w*|from_?file|genfromtxt|imread|connect|Path|exists|isfile|is_file|stat|getsize|ZipFile"
)
#: Last names of calls that list files: what finds none raises nothing.
_LISTS = re.compile(r"i?glob|rglob|iterdir|listdir|scandir|walk")
#: Last names of calls that write the file which they are given.
_WRITES = re.compile(
    r"savefig|to_(csv|parquet|json|pickle|excel|feather|html)|dump|save\w*|write_\w+|imwrite|open"
)
_MAKES_FOLDERS = frozenset(("mkdir", "makedirs"))
#: Modes of files that are written.
_WRITING = re.compile(r"[wax][bt]?\+?[bt]?")
_LONGEST_PATH = 200


def file_notes(
    text: str,
    where: str,
    namespace: Mapping[str, object],
    folder: Path | None = None,
    written: Collection[str] = (),
) -> Iterator[str]:
    """Files beside the notebook that code reads, and folders that it looks into.

    Args:
        folder: where files lie that whole paths name; None where they travel with the code.
        written: files that the task writes itself.
    """
    read: dict[str, None] = {}
    listed: dict[str, None] = {}
    calls = [node for node in nodes_of(text) if isinstance(node, ast.Call)]
    asking = [node for node in calls if _reads(node, namespace) or _lists(node)]
    seen = Seen(text if asking else "", namespace)
    for node in asking:
        firsts, *rest = _given(node, seen) or [[]]
        others = [value for values in rest for value in values]
        for path in [_beside(each, folder) for each in firsts]:
            if _lists(node):
                listed.update((each, None) for each in _looked_into(path, others))
            elif path and Path(path).is_file() and not any(map(_is_writing, others)):
                read[path] = None
    for path in (each for each in read if each not in written):
        yield (
            f"{where} reads {path!r}, which lies beside the notebook and not where the task runs: "
            f"session.file.put({path!r}, '@STAGE'), and session.file.get_stream(…) in the task"
        )
    for path in listed:
        yield (
            f"{where} looks for {path!r}, which is beside the notebook and not where the task runs:"
            " put the files on a stage, and LIST @STAGE in the task"
        )
    for path in dict.fromkeys(_written_into(text, namespace)):
        yield (
            f"{where} writes into {path!r}, a folder beside the notebook and not where the task "
            f"runs: os.makedirs({path!r}, exist_ok=True) in the task, and session.file.put(…, "
            "'@STAGE') for what is to stay"
        )


def _written_into(text: str, namespace: Mapping[str, object]) -> Iterator[str]:
    """Folders that are here, of what code writes; none where it makes folders itself."""
    if makes_folders(text):
        return
    calls = [node for node in nodes_of(text) if isinstance(node, ast.Call)]
    folders = [str(Path(path).parent) for path in files_written(text, namespace)]
    # A path that is put together of a folder and a name of the moment.
    writing = any(_writes(node) for node in calls if last_name(node.func) != "open")
    held = [namespace.get(name) for name in names_in(parsed(text))] if writing or folders else []
    folders += [_beside(each, None) for each in held if is_a(each, PurePath)]
    yield from (each for each in folders if each not in ("", ".") and Path(each).is_dir())


def makes_folders(text: str) -> bool:
    """Whether code makes the folders that it writes into, as far as its calls are called so."""
    calls = (node for node in nodes_of(text) if isinstance(node, ast.Call))
    return any(last_name(node.func) in _MAKES_FOLDERS for node in calls)


def files_written(text: str, namespace: Mapping[str, object]) -> Iterator[str]:
    """Files that code writes, as far as it says which."""
    calls = [node for node in nodes_of(text) if isinstance(node, ast.Call) and _writes(node)]
    seen = Seen(text if calls else "", namespace)
    for node in calls:
        given = _given(node, seen)
        values = [value for each in given for value in each]
        if last_name(node.func) != "open" or any(map(_is_writing, values)):
            yield from (path for value in values if (path := _beside(value, None)))


def _reads(node: ast.Call, namespace: Mapping[str, object]) -> bool:
    """Whether a call reads a file, or is one of the notebook's own whose code does."""
    if _READS.fullmatch(last_name(node.func)):
        return True
    called = namespace.get(node.func.id) if isinstance(node.func, ast.Name) else None
    parts = attributes_of(called).values() if is_a(called, type) else [called]
    return any(
        _READS.fullmatch(name)
        for each in parts
        if is_a(each, types.FunctionType) and each.__globals__ is namespace
        for name in each.__code__.co_names
    )


def _lists(node: ast.Call) -> bool:
    return _LISTS.fullmatch(last_name(node.func)) is not None


def _writes(node: ast.Call) -> bool:
    return _WRITES.fullmatch(last_name(node.func)) is not None


def _given(node: ast.Call, seen: Seen) -> list[list[object]]:
    """What a call may be given, a path first whose method it is."""
    first = int(last_name(node.func) == "spec_from_file_location")  # after its name
    given = [*node.args[first:], *(keyword.value for keyword in node.keywords)]
    values = [seen.values(each) for each in given]
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    owners = seen.values(owner) if owner is not None else []
    paths: list[object] = [each for each in owners if is_a(each, PurePath)]
    return [paths, *values] if paths else values


def _beside(value: object, folder: Path | None) -> str:
    """A path as text, where it leads to something beside the notebook; else nothing."""
    said = str(value) if is_a(value, str) or is_a(value, PurePath) else ""
    if not said or len(said) > _LONGEST_PATH or "\n" in said:
        return ""
    path = PurePath(said)
    is_elsewhere = path.is_absolute() and not (folder and path.is_relative_to(folder))
    return "" if is_elsewhere else str(path)


def _looked_into(path: str, patterns: list[object]) -> Iterator[str]:
    """What a call looks for, where it finds something from here."""
    pattern = next((each for each in patterns if is_a(each, str)), "")
    sought = f"{path}/{pattern}" if pattern and Path(path).is_dir() else path
    if path and next(glob.iglob(sought), None) is not None:
        yield sought


def _is_writing(value: object) -> bool:
    return type(value) is str and _WRITING.fullmatch(value) is not None
