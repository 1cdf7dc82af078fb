"""Names that code puts together from parts: `globals()[f"model_{i}"]`. Reads texts only."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

#: What may stand for a part that only running tells.
_ANY = r"\w*"
#: Where `%` and `format` put in a part.
_OLD, _NEW = re.compile(r"%[-+ #0-9.]*[a-z]"), re.compile(r"\{[^{}]*\}")


def names_made_up(text_of: ast.expr, names: Iterable[str]) -> Iterator[str]:
    """Those of the names that an expression may give, where it says a part of them."""
    parts = list(_parts(text_of))
    if not any(part is not None and re.search(r"\w", part) for part in parts):
        return
    pattern = re.compile("".join(_ANY if part is None else re.escape(part) for part in parts))
    yield from (name for name in names if pattern.fullmatch(name))


def _parts(node: ast.expr) -> Iterator[str | None]:
    """What a text is put together from, in turn; None for what only running tells."""
    match node:
        case ast.Constant(value=str(said)):
            yield said
        case ast.JoinedStr(values=values):
            for each in values:
                yield from _parts(each)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            yield from _parts(left)
            yield from _parts(right)
        case ast.BinOp(left=ast.Constant(value=str(said)), op=ast.Mod()):
            yield from _between(_OLD.split(said))
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(said)), attr="format")):
            yield from _between(_NEW.split(said))
        case _:
            yield None


def _between(known: list[str]) -> Iterator[str | None]:
    for number, each in enumerate(known):
        yield from (None, each) if number else (each,)
