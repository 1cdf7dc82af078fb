"""What files of modules say of what cells set in them: the same, or nothing, or that they use it.

Reads texts; imports nothing.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable

from sfdag_magics.bundle.inspection import attributes_of, is_a, place_in_module
from sfdag_magics.bundle.modules import is_local
from sfdag_magics.bundle.taking.module_constants import constants_of
from sfdag_magics.bundle.taking.patches import Patch, changed_by
from sfdag_magics.bundle.written.as_written import UNKNOWN, as_written, is_plain, same_value
from sfdag_magics.bundle.written.cell_texts import parsed_or_none, text_of_file
from sfdag_magics.bundle.written.members import members


def is_as_its_file_says(patch: Patch) -> bool:
    """Whether a cell set what the file sets by itself: `m.K = 2` where it is 2."""
    if not is_local(patch.module) or not is_plain(patch.value):
        return False
    text = _text_of(patch.module)
    said = _members(text, patch.owner) if is_a(patch.owner, type) else constants_of(text)
    node = said.get(patch.name)
    made = as_written(node, {}) if isinstance(node, ast.expr) else UNKNOWN
    return made is not UNKNOWN and same_value(made, patch.value)


def is_used_beside(patch: Patch) -> bool:
    """Whether the module beside the notebook in which it is set uses it, which no cell shows."""
    tree = parsed_or_none(_text_of(patch.module)) if is_local(patch.module) else None
    used = (
        node.id if isinstance(node, ast.Name) else node.attr
        for node in (ast.walk(tree) if tree is not None else ())
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load)
    )
    return patch.name in used


def is_set_by_import(patch: Patch, beside: Iterable[str]) -> bool:
    """Whether a module that travels sets the attribute as it is imported.

    Args:
        beside: paths of what travels.
    """
    paths = {f"{patch.maker.replace('.', '/')}{end}" for end in (".py", "/__init__.py")}
    if not patch.maker or paths.isdisjoint(beside):
        return False
    tree = parsed_or_none(_text_of(patch.maker))
    return any(
        name == patch.name
        for statement in (tree.body if tree is not None else ())
        if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        for node in ast.walk(statement)
        for _owner, name, _how in changed_by(node)
    )


def _members(text: str, kind: type) -> dict[str, ast.expr]:
    """What the text of a class at the top of a file sets its attributes to."""
    tree = parsed_or_none(text)
    nodes = [
        node
        for node in (tree.body if tree is not None else ())
        if isinstance(node, ast.ClassDef) and node.name == place_in_module(kind)
    ]
    said = members(nodes[-1]) if nodes else {}
    return {name: node for name, node in said.items() if isinstance(node, ast.expr)}


def _text_of(module: str) -> str:
    return text_of_file(str(attributes_of(sys.modules[module]).get("__file__"))) or ""
