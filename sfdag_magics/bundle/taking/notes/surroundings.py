"""What a kernel has around a task's code and the task's process has not, as notes.

Its environment, the files beside the notebook, and its seeds.
"""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TypeGuard

from sfdag_magics.bundle.beside import loaded_modules
from sfdag_magics.bundle.inspection import attribute_of, is_a, name_of
from sfdag_magics.bundle.taking.notes.identities import hash_notes
from sfdag_magics.bundle.taking.notes.lines_with_marks import line_notes
from sfdag_magics.bundle.taking.notes.loggers import logger_notes
from sfdag_magics.bundle.taking.notes.paths_here import path_notes
from sfdag_magics.bundle.taking.notes.told import (
    anew_notes,
    decorated_notes,
    given_methods_notes,
    process_notes,
    registered_notes,
)
from sfdag_magics.bundle.taking.terms.pieces import Made, Written
from sfdag_magics.bundle.taking.used.files_read import file_notes, files_written
from sfdag_magics.bundle.taking.used.not_there import notes_of_names
from sfdag_magics.bundle.written.as_written import as_written
from sfdag_magics.bundle.written.cell_texts import (
    first_name,
    parsed,
    parsed_or_none,
    text_of_file,
)
from sfdag_magics.bundle.written.cells import Cells

#: Calls that make the draws of a process repeat, by the words of their names.
_SEEDS = {("random", "seed"), ("torch", "manual_seed"), ("np", "seed"), ("numpy", "seed")}
#: Functions of modules that do, under whatever name they were imported.
_SEEDING = {"seed", "manual_seed", "manual_seed_all", "set_seed", "seed_everything"}
_SEEDING |= {"setstate", "set_state", "set_rng_state"}  # where the draws begin, too
#: Modules that draw without being told to, and words of calls that do.
_DRAWING = {"random", "sklearn", "torch", "tensorflow", "xgboost", "lightgbm", "scipy"}
_DRAWS = ("rand", ".sample(", "shuffle", "permutation", "choice")
#: Words of a file that may read another one.
_READING = ("open(", "read", "load", "Path(", "exists", "connect(", "genfromtxt", "glob", "dir(")


def notes_around(
    pieces: Iterable[Written | Made],
    cells: Cells,
    modules: Iterable[str],
    namespace: Mapping[str, object],
    taken: Iterable[object],
) -> Iterator[str]:
    """All there is to say of a task of these lines and modules, and of what has lines there."""
    pieces, taken = list(pieces), list(taken)
    written = [piece for piece in pieces if isinstance(piece, Written)]
    own = {path for piece in written for path in files_written(piece.text, namespace)}
    of_files: list[str] = []
    for piece in written:
        where = f"{piece.place}, line {piece.first_line}:"
        yield from _environment_notes(piece.text, where)
        said = list(file_notes(piece.text, where, namespace, Path.cwd(), own))
        yield from said
        of_files += said
        yield from notes_of_names(piece.text, where)
    for name, file in loaded_modules(modules):
        text = text_of_file(str(file)) or ""
        yield from anew_notes(text, name)
        if any(word in text for word in _READING) and parsed_or_none(text) is not None:
            yield from file_notes(text, f"the module {name}", vars(sys.modules[name]))
    texts = [piece.text for piece in written]
    lines = [line for piece in pieces if isinstance(piece, Made) for line in piece.lines]
    made = [line for line in lines if "getLogger" in line]
    yield from line_notes(texts, namespace)
    yield from hash_notes(texts, taken, namespace)
    yield from path_notes(texts, taken, namespace, of_files)
    yield from _variables_note(texts, cells)
    yield from _seed_notes(texts, cells, modules, namespace)
    yield from registered_notes(texts, cells, modules, namespace)
    yield from given_methods_notes(texts, cells, namespace)
    yield from decorated_notes(texts, cells, modules, namespace)
    yield from process_notes(texts, cells, namespace)
    yield from logger_notes([*texts, *made], cells, modules, namespace)


def _environment_notes(text: str, where: str) -> Iterator[str]:
    """Variables of the environment that code reads and this kernel has."""
    for name in dict.fromkeys(_variables_read(parsed(text))):
        if name in os.environ and name not in ("HOME", "PATH", "USER", "TMPDIR", "LANG"):
            yield (
                f"{where} reads the environment variable {name!r}, which is set in this kernel and "
                "not where the task runs: set it in the task, or let it be a config key"
            )


def _variables_note(texts: Iterable[str], cells: Cells) -> Iterator[str]:
    """Variables of the environment that a cell set, and no shipped code does."""
    trees = [parsed(text) for text in texts]
    there = {name for tree in trees for name in (*_variables_set(tree), *_variables_read(tree))}
    found: dict[str, str] = {}
    for cell in cells.where(_variables_set_in):
        for name in _variables_set_in(cell.text):
            is_ours = name.startswith("SFDAG_")  # said to this package, and no task asks for it
            if name in os.environ and name not in there and not is_ours:
                found.setdefault(name, cell.place)
    if found:
        said = ", ".join(f"{name!r} ({place})" for name, place in sorted(found.items()))
        yield (
            f"cells set variables of the environment, which are not set where the task runs: {said}"
        )


def _seed_notes(
    texts: Iterable[str],
    cells: Cells,
    modules: Iterable[str],
    namespace: Mapping[str, object],
) -> Iterator[str]:
    """Seeds that a cell sets and no shipped code does."""
    texts = list(texts)
    if any(_seeds_in(text, namespace) for text in texts):
        return
    tops = {module.partition(".")[0] for module in modules}
    draws = tops & _DRAWING or any(word in text for text in texts for word in _DRAWS)
    for cell in cells.where(_names_a_seed) if draws else ():
        for call in _seeds_in(cell.text, namespace):
            yield (
                f"{call} in {cell.place} does not count where the task runs: call it in the task "
                "for the same draws"
            )


def _variables_read(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(
                value=ast.Attribute(attr="environ") | ast.Name(id="environ"),
                slice=ast.Constant(value=str(name)),
                ctx=ast.Load(),
            ):
                yield name
            case ast.Call(
                func=ast.Attribute(attr="getenv") | ast.Name(id="getenv"),
                args=[ast.Constant(value=str(name)), *_],
            ):
                yield name
            case ast.Call(
                func=ast.Attribute(attr="get", value=ast.Attribute(attr="environ")),
                args=[ast.Constant(value=str(name)), *_],
            ):
                yield name


@lru_cache(maxsize=16_384)  # the cells of a long day: most set none
def _variables_set_in(text: str) -> tuple[str, ...]:
    tree = parsed_or_none(text) if "env" in text else None
    return tuple(_variables_set(tree)) if tree is not None else ()


def _variables_set(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(
                value=ast.Attribute(attr="environ") | ast.Name(id="environ"),
                slice=ast.Constant(value=str(name)),
                ctx=ast.Store(),
            ):
                yield name
            case ast.Call(
                func=ast.Attribute(attr="setdefault", value=ast.Attribute(attr="environ"))
                | ast.Attribute(attr="putenv"),
                args=[ast.Constant(value=str(name)), *_],
            ):
                yield name
            case ast.Call(
                func=ast.Attribute(attr="update", value=ast.Attribute(attr="environ")),
                args=[ast.Dict(keys=keys)],
            ):
                yield from (str(key.value) for key in keys if _is_text(key))
            case ast.Call(
                func=ast.Attribute(attr="run_line_magic"),
                args=[ast.Constant(value="env" | "set_env"), ast.Constant(value=str(line))],
            ):
                yield line.replace("=", " ").partition(" ")[0]


def _is_text(node: ast.expr | None) -> TypeGuard[ast.Constant]:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _seeds_in(text: str, namespace: Mapping[str, object]) -> list[str]:
    """The calls of a text that seed."""
    tree = parsed_or_none(text) if _names_a_seed(text) else None
    return [
        ast.unparse(node)
        for node in (ast.walk(tree) if tree is not None else ())
        if isinstance(node, ast.Call) and _is_seed(node.func, namespace)
    ]


def _names_a_seed(text: str) -> bool:
    return "seed" in text or "state(" in text


def _is_seed(node: ast.expr, namespace: Mapping[str, object]) -> bool:
    called = as_written(node, namespace)
    if name_of(called) in _SEEDING and not is_a(called, type):
        own = attribute_of(called, "__globals__") is namespace
        return not own  # what it calls is found where it is written
    first = first_name(node)
    return isinstance(node, ast.Attribute) and (first, node.attr) in _SEEDS
