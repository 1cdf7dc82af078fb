"""What lies beside the notebook and travels: modules, packages, and the data files in them.

Reads files; imports nothing.
"""

from __future__ import annotations

import ast
import os
import sys
import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from sfdag_magics.bundle.modules import file_of, folders_of, is_local, is_standard, is_there
from sfdag_magics.bundle.taking.used.names_used import imported_modules
from sfdag_magics.bundle.written.cell_texts import parsed_or_none
from sfdag_magics.light_classes import dataclass

#: Bytes of a data file in a package; more is data, and data belongs on a stage.
MAX_FILE = 1_000_000
#: Bytes of all data files of a package.
MAX_DATA = 10_000_000
#: How files end that were compiled for one machine and one release of Python.
_COMPILED = (".so", ".pyd", ".dylib", ".dll")
#: What the archive itself holds.
_TAKEN = "sfdag_bundle"
#: Folders that hold no code of the user's, whatever lies in them.
_NEVER = {"__pycache__", "node_modules"}
#: What a virtual environment has, whatever it is called.
_ENVIRONMENT = "pyvenv.cfg"


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What travels as files.

    Attributes:
        files: `{path in the archive: content}`, sorted.
        modules: the modules and packages that they are, also those that only others import.
        imported: installed modules that the files import.
        left: files that stay behind, as `path (reason)`.
        refused: `(what cannot travel and why, what to do)`.
    """

    files: Mapping[str, bytes]
    modules: tuple[str, ...]
    imported: tuple[str, ...]
    left: tuple[str, ...]
    refused: tuple[tuple[str, str], ...] = ()


def beside(modules: Iterable[str]) -> Beside:
    """The local ones of these modules, and those that they import.

    A package travels as a whole: its code, and its data files as far as they are small.
    """
    files: dict[str, bytes] = {}
    left: list[str] = []
    refused: list[tuple[str, str]] = []
    imported: dict[str, None] = {}
    waiting = [name.partition(".")[0] for name in modules]
    seen: dict[str, None] = {}
    while waiting:
        top = waiting.pop()
        if top in seen or not is_local(top):
            continue
        seen[top] = None
        paths = tuple(paths_of(top))
        refused += _refusals(top, paths)
        for path, file in () if refused else paths:
            if not path.endswith(".py") and file.stat().st_size > MAX_FILE:
                left.append(f"{path} ({file.stat().st_size:,} bytes)")
                continue
            files[path] = file.read_bytes()
            text = files[path].decode("utf-8", "replace")
            if path.endswith(".py") and parsed_or_none(text) is not None:
                named = imported_modules(text)
                waiting += [name.partition(".")[0] for name in named]
                imported.update(dict.fromkeys(named))
    foreign = (n for n in imported if not is_local(n) and not is_standard(n) and is_there(n))
    return Beside(
        files=dict(sorted(files.items())),
        modules=tuple(sorted(seen)),
        imported=tuple(foreign),
        left=tuple(left),
        refused=tuple(refused),
    )


def _is_no_file(top: str, file: Path) -> tuple[str, str]:
    """Of a module whose file is in an archive, or was moved or deleted since it was loaded."""
    if any(each.is_file() for each in file.parents):
        return f"the module {top!r} lies inside of {file.parent.name}", "unpack that to a folder"
    hint = f"put {file.name} back, or run the import of what it is called now"
    return f"the module {top!r} was loaded from {file.name}, which is there no more", hint


def _refusals(top: str, paths: Sequence[tuple[str, Path]]) -> Iterator[tuple[str, str]]:
    """What cannot travel of a local module or package."""
    if top == _TAKEN:
        hint = "give your module another name"
        yield f"the module {top!r} is called as what every archive holds", hint
    for path, file in paths:
        if not file.is_file():
            yield _is_no_file(top, file)
            return
        if path.endswith(_COMPILED):
            hint = "install it as a package, here and on the target"
            yield f"{path} was compiled for this machine", hint
    data = [file.stat().st_size for path, file in paths if not path.endswith(".py")]
    small = sum(size for size in data if size <= MAX_FILE)
    if small > MAX_DATA:
        yield (
            f"the package {top!r} has {len(data):,} files of data, {small:,} bytes in all",
            "keep its code in a folder of its own, and the data on a stage",
        )


def loaded_modules(modules: Iterable[str]) -> Iterator[tuple[str, Path]]:
    """`(name, file)` of the local ones among these and below them that are loaded."""
    for top in sorted({name.partition(".")[0] for name in modules}):
        for path, file in paths_of(top) if is_local(top) else ():
            name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            is_loaded = isinstance(sys.modules.get(name), types.ModuleType)
            if path.endswith(".py") and is_loaded and file.is_file():
                yield name, file


def needs_unpacking(files: Mapping[str, bytes]) -> bool:
    """Whether these have to be files where they are imported; a zip archive will not do for all.

    Data is read by its path, packages without `__init__.py` are not found in a zip, and what is
    called as a module of Python's own comes second on the path.
    """
    return any(not p.endswith(".py") or _shadows(p) or _is_bare(p, files) for p in files)


def _is_bare(path: str, files: Mapping[str, bytes]) -> bool:
    folder = path.rpartition("/")[0]
    return bool(folder) and f"{folder}/__init__.py" not in files


def _shadows(path: str) -> bool:
    return is_standard(path.partition("/")[0].removesuffix(".py"))


def paths_of(top: str) -> Iterator[tuple[str, Path]]:
    """`(path in the archive, file)` of a local top-level module or package."""
    file = file_of(top)
    if file is not None:
        yield f"{top}{file.suffix}", file
        yield from _read_beside(file)
    for folder in folders_of(top):
        for here, inside, names in os.walk(folder):
            inside[:] = sorted(name for name in inside if _is_of_user(Path(here, name)))
            for name in sorted(names):
                path = Path(here, name)
                if not name.startswith(".") and not name.endswith((".pyc", ".ipynb")):
                    yield f"{top}/{path.relative_to(folder).as_posix()}", path


def _read_beside(module: Path) -> Iterator[tuple[str, Path]]:
    """Small files that a plain module names and reads by its own place: `__file__`."""
    tree = parsed_or_none(module.read_text("utf-8", "replace")) if module.is_file() else None
    nodes = list(ast.walk(tree)) if tree is not None else []
    if not any(isinstance(node, ast.Name) and node.id == "__file__" for node in nodes):
        return
    said = {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    for name in sorted(said | set(map(_joined, nodes))):
        file = module.parent / name
        is_inside = (
            bool(name) and "\0" not in name and ".." not in name and not name.startswith("/")
        )
        if is_inside and file.is_file() and file.suffix not in (".py", *_COMPILED):
            yield name, file


def _joined(node: ast.AST) -> str:
    """The path that a line makes of texts: `folder / "data" / "t.txt"`, `join(folder, "t.txt")`."""
    match node:
        case ast.BinOp(op=ast.Div(), left=left, right=ast.Constant(value=str(last))):
            before = _joined(left)
            return f"{before}/{last}" if before else last
        case ast.Call(func=ast.Attribute(attr="join" | "joinpath"), args=args):
            parts = [each.value for each in args if isinstance(each, ast.Constant)]
            return "/".join(map(str, parts))
    return ""


def _is_of_user(folder: Path) -> bool:
    hidden = folder.name.startswith(".") or folder.name in _NEVER
    return not hidden and not (folder / _ENVIRONMENT).exists()
