"""Of a style sheet, the rules that can match: those that ask for no class which nothing here has.

Text alone: knows no page, and no application but by the classes that it is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

_PIECES = re.compile(
    r"/\*.*?\*/|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|[{};]|[^\"'{};/]+|/", re.DOTALL
)
_CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
#: What stands in brackets is one of several, or must not be: nothing is concluded from it.
_IN_BRACKETS = re.compile(r"\([^()]*\)")
#: What holds rules of its own.
_AROUND = ("@media", "@supports", "@layer", "@container")


def matching(css: str, may_be: Callable[[str], bool]) -> str:
    """The same style sheet without the rules that ask for a class which `may_be` denies."""
    kept = []
    for head, block in _rules(css):
        if block is None:
            kept.append(f"{head};")
        elif head.startswith(_AROUND):
            inner = matching(block, may_be)
            kept.extend([f"{head}{{{inner}}}"] if inner else [])
        elif head.startswith("@") or any(
            all(map(may_be, _CLASS.findall(selector))) for selector in _bare(head).split(",")
        ):
            kept.append(f"{head}{{{block}}}")
    return "\n".join(kept)


def _rules(css: str) -> Iterator[tuple[str, str | None]]:
    """Each outermost rule as what stands before its braces and in them; None where it has none."""
    depth = 0
    head: list[str] = []
    block: list[str] = []
    for piece in _PIECES.findall(css):
        if piece.startswith("/*"):
            continue
        depth += (piece == "{") - (piece == "}")
        if (piece == "}" and depth == 0) or (piece == ";" and depth == 0):
            yield "".join(head).strip(), "".join(block) if piece == "}" else None
            head, block = [], []
        elif depth == 0:
            head.append(piece)
        elif not (piece == "{" and depth == 1):
            block.append(piece)


def _bare(selectors: str) -> str:
    while (without := _IN_BRACKETS.sub("", selectors)) != selectors:
        selectors = without
    return selectors
