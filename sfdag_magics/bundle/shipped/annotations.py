"""What an annotation's text says: its bare type, whether None is left out. Ships: Python 3.9."""

from __future__ import annotations

import ast
from typing import Any


def bare_type(annotation: str | None) -> str | None:
    """The bare name of the type: `Optional[Dict[str, int]]` and `'dict | None'` are `dict`."""
    return bare_type_and_arguments(annotation)[0]


def bare_type_and_arguments(annotation: str | None) -> tuple[str | None, list[str]]:
    """The bare name of the type, None in a union aside, and its arguments."""
    arms = [arm for arm in _arms(annotation or "None") if arm != "None"]
    if len(arms) != 1:
        return None, []
    node = _parsed(arms[0])
    arguments: list[str] = []
    if isinstance(node, ast.Subscript):
        arguments = _arguments(node)
        node = node.value
    if isinstance(node, ast.Attribute):
        return node.attr, arguments
    return (node.id if isinstance(node, ast.Name) else None), arguments


def _arms(annotation: str) -> list[str]:
    """The types of a union: of `Optional[int]`, `int | None` and `Union[int, None]`."""
    node: Any = _parsed(annotation)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return [arm for side in (node.left, node.right) for arm in _arms(ast.unparse(side))]
    if isinstance(node, ast.Subscript):
        head = ast.unparse(node.value).rpartition(".")[2]
        if head == "Optional":
            return [*_arms(ast.unparse(node.slice)), "None"]
        if head == "Union":
            return [arm for argument in _arguments(node) for arm in _arms(argument)]
    return [annotation]


def _arguments(node: ast.Subscript) -> list[str]:
    inner: Any = node.slice
    return [ast.unparse(each) for each in (inner.elts if isinstance(inner, ast.Tuple) else [inner])]


def _parsed(annotation: str) -> Any:  # noqa: ANN401 - a node of any kind
    """The annotation's expression; one that is written as a text is what the text says."""
    try:
        node: Any = ast.parse(annotation.strip(), mode="eval").body
    except SyntaxError:
        return None
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return _parsed(str(node.value)) if is_text else node
