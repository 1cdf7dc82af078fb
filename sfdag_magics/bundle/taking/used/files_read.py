"""Files beside the notebook that code reads or looks for, and folders that it writes into, as
notes: the task's process has none.

Reads syntax trees, and asks the file system whether a file is there.
"""

from __future__ import annotations

import ast
import glob
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePath

from sfdag_magics.bundle.inspection import is_a
from sfdag_magics.bundle.taking.used.names_used import last_name
from sfdag_magics.bundle.written.cell_texts import names_in, nodes_of, parsed
from sfdag_magics.bundle.written.computed import fixed_value

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
    text: str, where: str, namespace: Mapping[str, object], folder: Path | None = None
) -> Iterator[str]:
    """Files beside the notebook that code reads, and folders that it looks into.

    Args:
        folder: where files lie that whole paths name; None where they travel with the code.
    """
    read: dict[str, None] = {}
    listed: dict[str, None] = {}
    for node in nodes_of(text):
        called = last_name(node.func) if isinstance(node, ast.Call) else ""
        lists = _LISTS.fullmatch(called) is not None
        if not isinstance(node, ast.Call) or not (lists or _READS.fullmatch(called)):
            continue
        first, *others = _given(node, called, namespace) or [None]
        path = _beside(first, folder)
        if lists:
            listed.update((each, None) for each in _looked_into(path, others))
        elif path and Path(path).is_file() and not any(map(_is_writing, others)):
            read[path] = None
    for path in read:
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
    calls = [node for node in nodes_of(text) if isinstance(node, ast.Call)]
    called = {last_name(node.func) for node in calls}
    if called & _MAKES_FOLDERS:
        return
    writing = [node for node in calls if _WRITES.fullmatch(last_name(node.func))]
    given = [(node, _given(node, last_name(node.func), namespace)) for node in writing]
    given = [
        (node, values)
        for node, values in given
        if last_name(node.func) != "open" or any(map(_is_writing, values))
    ]
    folders = [
        str(Path(path).parent) for _, each in given for v in each if (path := _beside(v, None))
    ]
    # A path that is put together of a folder and a name of the moment.
    held = [namespace.get(name) for name in names_in(parsed(text))] if given else []
    folders += [_beside(each, None) for each in held if is_a(each, PurePath)]
    yield from (each for each in folders if each not in ("", ".") and Path(each).is_dir())


def _given(node: ast.Call, called: str, namespace: Mapping[str, object]) -> list[object]:
    """What a call is given, a path first whose method it is."""
    first = int(called == "spec_from_file_location")  # after its name
    given = [*node.args[first:], *(keyword.value for keyword in node.keywords)]
    values = [fixed_value(each, namespace) for each in given]
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    path = fixed_value(owner, namespace) if owner is not None else None
    return [path, *values] if is_a(path, PurePath) else values


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
