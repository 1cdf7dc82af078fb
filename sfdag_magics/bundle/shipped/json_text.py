"""Trees of JSON's types as text and back, with every digit. Knows no annotation. Python 3.9.

A tree has None, bool, int, float, Decimal, str, list and dict; numbers with a point are read as
Decimal, which keeps what a float would round. NaN and the infinities stand as Python's own JSON
writes them, which `::float` in SQL reads where they stand alone.
"""

from __future__ import annotations

import decimal
import json
from typing import Any


def json_text(tree: Any) -> str:  # noqa: ANN401 - JSON's types and Decimal
    """The tree as text; characters as they are, but for halves of pairs, which are no text."""
    if isinstance(tree, dict):
        pairs = (f"{_quoted(key)}: {json_text(each)}" for key, each in tree.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(tree, list):
        return "[" + ", ".join(map(json_text, tree)) + "]"
    if isinstance(tree, decimal.Decimal):
        text = str(tree)
        return "-0E+0" if text == "-0" else text  # as an integer it loses its sign
    return _quoted(tree) if isinstance(tree, str) else json.dumps(tree)


def json_tree(text: str) -> Any:  # noqa: ANN401 - JSON's types and Decimal
    """The tree that `text` stands for.

    Raises:
        ValueError: it is no JSON.
    """
    try:
        return json.loads(text, parse_float=decimal.Decimal)
    except ArithmeticError:  # an exponent that no Decimal has
        raise ValueError("its exponent is too large") from None


def _quoted(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(text)
    return json.dumps(text, ensure_ascii=False)
