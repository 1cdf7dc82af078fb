"""Cells as a notebook file's document. Knows no graph.

`nbformat` is imported when a document is made: with Jupyter's own dependencies it takes seconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode

_KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def notebook_of(title: str, said: Iterable[str], cells: Iterable[str]) -> NotebookNode:
    """A notebook that says what it is and has these cells; the same for the same each time.

    Args:
        said: lines below the title.
    """
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

    lines = [f"- {_inline(line)}" for line in said]
    text = "\n".join((f"# {_inline(title)}", *(["", *lines] if lines else [])))
    made = [new_markdown_cell(text), *map(new_code_cell, cells)]
    for number, cell in enumerate(made):
        cell["id"] = f"cell-{number}"
    found: NotebookNode = new_notebook(cells=made, metadata={"kernelspec": _KERNEL})
    return found


def notebook_text(notebook: NotebookNode) -> str:
    """The file's text."""
    import nbformat

    return f"{nbformat.writes(notebook)}\n"


def _inline(text: str) -> str:
    """A text in which Markdown marks nothing."""
    line = " ".join(text.split())
    return "".join(f"\\{each}" if each in "\\`*_{}[]<>#|$~" else each for each in line)
