"""What a kernel has around a task's code and the task's process has not, as notes."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Iterator

from sfdag_magics.bundle.written.cell_texts import CellText, parsed_or_none

#: Calls that make the draws of a process repeat, by the words of their names.
_SEEDS = {("random", "seed"), ("torch", "manual_seed"), ("np", "seed"), ("numpy", "seed")}


def environment_notes(text: str, where: str) -> Iterator[str]:
    """Variables of the environment that code reads and this kernel has."""
    for name in dict.fromkeys(_variables_read(ast.parse(text))):
        if name in os.environ and name not in ("HOME", "PATH", "USER", "TMPDIR", "LANG"):
            yield (
                f"{where} reads the environment variable {name!r}, which is set in this kernel and "
                "not where the task runs: set it in the task, or let it be a config key"
            )


def seed_notes(texts: Iterable[str], cells: Iterable[CellText]) -> Iterator[str]:
    """Seeds that a cell sets and no shipped code does."""
    if any(_seeds_in(text) for text in texts):
        return
    draws = any("random" in text for text in texts)
    for cell in cells if draws else ():
        for call in _seeds_in(cell.text):
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


def _seeds_in(text: str) -> list[str]:
    """The calls at the top of a text that seed."""
    tree = parsed_or_none(text)
    found = []
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            first = next(
                n.id for n in [*ast.walk(node.func), ast.Name("?")] if isinstance(n, ast.Name)
            )
            if (first, node.func.attr) in _SEEDS:
                found.append(ast.unparse(node))
    return found
