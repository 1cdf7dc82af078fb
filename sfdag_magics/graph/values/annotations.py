"""What the text of an annotation says: the types of a union, a type's bare name. Pure.

The code that ships (bundle/shipped/annotations.py) reads them alike and imports nothing of ours.
"""

from __future__ import annotations

import ast


def arms_of(annotation: str) -> list[str]:
    """The types of a union: of `Optional[int]`, `int | None` and `Union[int, None]`."""
    node = _parsed(annotation)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return [arm for side in (node.left, node.right) for arm in arms_of(ast.unparse(side))]
    head, arguments = head_of(annotation)
    if head == "Optional" and arguments:
        return [*arms_of(arguments[0]), "None"]
    if head == "Union":
        return [arm for argument in arguments for arm in arms_of(argument)]
    return [annotation]


def head_of(annotation: str) -> tuple[str | None, tuple[str, ...]]:
    """The bare name of a type and its arguments: `typing.Dict[str, int]` is `Dict` of two."""
    node = _parsed(annotation)
    if isinstance(node, ast.Subscript):
        inner = node.slice
        parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
        return head_of(ast.unparse(node.value))[0], tuple(map(ast.unparse, parts))
    if isinstance(node, ast.Attribute):
        return node.attr, ()
    return (node.id, ()) if isinstance(node, ast.Name) else (None, ())


def _parsed(annotation: str) -> ast.expr | None:
    """The annotation's expression; one that is written as a text is what the text says."""
    try:
        node = ast.parse(annotation.strip(), mode="eval").body
    except SyntaxError:
        return None
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return _parsed(node.value)
    return node
