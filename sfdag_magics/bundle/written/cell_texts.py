"""The texts that a notebook's code was compiled from, exactly. Knows lines as Python counts them.

A line ends at a line feed, a carriage return, or both; nothing else ends one: `str.splitlines`
also splits at form feeds, U+2028 and their kin, which stand in pasted text.
"""

from __future__ import annotations

import ast
import io
import linecache
from collections.abc import Iterator, Mapping
from functools import lru_cache

from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CellText:
    """One text that was run.

    Attributes:
        filename: the file name of code that was compiled from it.
        place: how a traceback names it.
        first_line: the number its first line has in that place, from 1.
    """

    filename: str
    text: str
    place: str
    first_line: int = 1

    def has_line(self, number: int) -> bool:
        """Whether a line of its place, as that counts them, is one of its own."""
        return 0 <= number - self.first_line <= self.text.rstrip().count("\n")


def lines_of(text: str) -> list[str]:
    """The lines of a text without their ends, as many as Python counts."""
    return io.StringIO(text, newline=None).read().split("\n")


def remembered_texts() -> dict[str, str]:
    """`{file name: text}` of what Python keeps and is no file, oldest first: the cells."""
    return {
        filename: "".join(entry[2])
        for filename, entry in list(linecache.cache.items())
        if len(entry) == 4 and entry[1] is None
    }


def text_of_file(filename: str) -> str | None:
    """The source text Python keeps or finds under a code's file name."""
    linecache.checkcache(filename)  # it may have been edited and run again since
    lines = linecache.getlines(filename)
    return "".join(lines) if lines else None


def inner_texts(cell: CellText) -> Iterator[CellText]:
    """What a cell magic such as `%%time` ran, or `exec` of a text: as code of its own."""
    holds = "run_cell_magic" in cell.text or "exec(" in cell.text
    for line, body in _inner_bodies(cell.text) if holds else ():
        yield CellText(filename="", text=body, place=cell.place, first_line=cell.first_line + line)


@lru_cache(maxsize=1024)
def _inner_bodies(text: str) -> tuple[tuple[int, str], ...]:
    """Each with how many lines below the first one of the cell it begins."""
    tree = parsed_or_none(text)
    found = []
    for node in ast.walk(tree) if tree is not None else ():
        match node:
            case ast.Call(
                func=ast.Attribute(attr="run_cell_magic"),
                args=[_, _, ast.Constant(value=str(body))],
            ):
                found.append((1, body))
            case ast.Call(
                func=ast.Name(id="exec"), args=[ast.Constant(value=str(body)) as said, *_]
            ):
                found.append((said.lineno - 1, body))
    return tuple(found)


def may_name(text: str, name: str) -> bool:
    """Whether code of a text can hold a name; cheap, so that few texts have to be parsed.

    Python reads names in their NFKC form: what is not ASCII may spell one otherwise.
    """
    return name in text or not text.isascii()


@lru_cache(maxsize=1024)
def parsed(text: str) -> ast.Module:
    """The tree of a text that is Python. It is shared: whoever asks does not change it."""
    return ast.parse(text)


@lru_cache(maxsize=1024)
def parsed_or_none(text: str) -> ast.Module | None:
    """The tree of a text; None where it is not Python, such as a cell with magics as typed."""
    try:
        return parsed(text)
    except (SyntaxError, ValueError, RecursionError):
        return None


@lru_cache(maxsize=1024)  # a dozen questions are asked of each text, again for each walk and build
def nodes_of(text: str) -> tuple[ast.AST, ...]:
    """All of the tree of a text that is Python, outer nodes first."""
    return tuple(ast.walk(parsed(text)))


def names_in(node: ast.AST) -> frozenset[str]:
    """All names of a piece of syntax."""
    return frozenset(each.id for each in ast.walk(node) if isinstance(each, ast.Name))


def first_name(node: ast.AST) -> str:
    """The outermost name of a piece of syntax, such as that of a chain; empty where none is."""
    return next((each.id for each in ast.walk(node) if isinstance(each, ast.Name)), "")


def texts_by_file(exact: Mapping[str, str]) -> dict[str, str]:
    """`{file name: text}`, newest first; `exact` wins over what `linecache` has of the same."""
    known = {**remembered_texts(), **exact}
    return dict(reversed(list(known.items())))
