"""What files of modules say of what cells set in them: the same, or nothing, or that they use it.

Reads texts; imports nothing.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Mapping

from sfdag_magics.bundle.inspection import attributes_of, is_a, place_in_module
from sfdag_magics.bundle.modules import is_local
from sfdag_magics.bundle.taking.module_states.module_constants import constants_of
from sfdag_magics.bundle.taking.module_states.patches import Patch, changed_by
from sfdag_magics.bundle.written.as_written import UNKNOWN, as_written, is_plain, same_value
from sfdag_magics.bundle.written.cell_texts import parsed_or_none, text_of_file
from sfdag_magics.bundle.written.classes.members import members


def is_as_its_file_says(patch: Patch) -> bool:
    """Whether a cell set what the file sets by itself: `m.K = 2` where it is 2."""
    if not is_local(patch.module) or not is_plain(patch.value):
        return False
    text = _text_of(patch.module)
    said = _members(text, patch.owner) if is_a(patch.owner, type) else constants_of(text)
    node = said.get(patch.name)
    made = as_written(node, {}) if isinstance(node, ast.expr) else UNKNOWN
    return made is not UNKNOWN and same_value(made, patch.value)


def is_used_beside(patch: Patch, beside: Mapping[str, bytes]) -> bool:
    """Whether code beside the notebook uses it, which no cell shows.

    Args:
        beside: `{path: content}` of what travels; of what a library has, others use what is below
            its name.
    """
    own = _text_of(patch.module) if is_local(patch.module) else ""
    others = (c.decode("utf-8", "replace") for p, c in beside.items() if p.endswith(".py"))
    return _reads(own, patch.name) or any(
        _reads(text, patch.name, only_below=True) for text in others
    )


def _reads(text: str, name: str, *, only_below: bool = False) -> bool:
    tree = parsed_or_none(text) if name in text else None
    kinds = ast.Attribute if only_below else ast.Name | ast.Attribute
    return any(
        isinstance(node, kinds)
        and isinstance(node.ctx, ast.Load)
        and name == (node.attr if isinstance(node, ast.Attribute) else node.id)
        for node in (ast.walk(tree) if tree is not None else ())
    )


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
