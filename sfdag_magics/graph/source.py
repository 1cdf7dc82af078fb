"""Where a task's code stands: the text of its cell and the names around it. Runs nothing.

A `FunctionSource` is what the notebook hands over; `bundle` finds out what else must travel.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from functools import lru_cache
from pathlib import PurePath

from sfdag_magics.errors import InputError
from sfdag_magics.graph.values.signature import FunctionNode
from sfdag_magics.light_classes import dataclass
from sfdag_magics.place_words import RUN_AGAIN


def _nothing() -> Mapping[str, object]:
    return {}


def _no_texts() -> Mapping[str, str]:
    return {}


def _last_part(filename: str) -> str:
    return PurePath(filename).name


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionSource:
    """One task function as it was written.

    Attributes:
        name: the function's name in `text`.
        text: Python source that defines it: the whole cell without its magic line, or the
            function's own lines.
        cell: how a traceback names the place, such as `Cell 7 (train)` or a file's name.
        first_line: the number that the first line of `text` has in that place, from 1.
        namespace: the global names the function sees, asked for when the code is captured.
        place_of: how a traceback names the place of another function of the namespace, by the
            file name of its code; for one of another cell, that cell.
        texts: `{file name: text}` of the cells that were run, exactly as they were compiled, oldest
            first; of others, what Python keeps of them is read.
        allow_secret: names that look like a secret and ship all the same.
        pickled: names whose values ship as pickles.
        mapped: what the notebook calls the list that there is a task for each element of.
        seen: fingerprints of what the function took when its cell ran (`bundle.fingerprints`), so
            that a global that was redefined since is reported.
    """

    name: str
    text: str
    cell: str
    first_line: int = 1
    namespace: Callable[[], Mapping[str, object]] = field(
        default=_nothing, compare=False, repr=False
    )
    place_of: Callable[[str], str] = field(default=_last_part, compare=False, repr=False)
    texts: Callable[[], Mapping[str, str]] = field(default=_no_texts, compare=False, repr=False)
    allow_secret: frozenset[str] = field(default=frozenset(), compare=False)
    pickled: frozenset[str] = field(default=frozenset(), compare=False)
    mapped: str = field(default="", compare=False)
    seen: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def node(self) -> FunctionNode:
        """The function's syntax tree; line numbers count within `text`."""
        return _last_function(parsed(self.text, cell=self.cell), self.cell, self.name)


def parsed(text: str, *, cell: str, first_line: int = 1) -> ast.Module:
    """The syntax tree of a cell.

    Raises:
        InputError: it is not Python; names the line as the cell counts it.
    """
    try:
        tree = _compiled(text)
    except (SyntaxError, ValueError) as exc:  # a NUL is a ValueError before Python 3.11.4
        line = (getattr(exc, "lineno", None) or 1) + first_line - 1
        shown = (getattr(exc, "text", None) or "").strip()
        raise InputError(
            f"the cell is not Python: {getattr(exc, 'msg', exc)}" + (f": {shown}" if shown else ""),
            where=f"{cell}, line {line}",
            hint=f"correct the line{RUN_AGAIN}",
        ) from exc
    return tree


@lru_cache(maxsize=64)  # a capture asks twice for the same; whoever asks does not change it
def _compiled(text: str) -> ast.Module:
    tree = ast.parse(text)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they are said where the text is run
        compile(tree, "<cell>", "exec", dont_inherit=True)
    return tree


def task_function(
    text: str,
    *,
    cell: str,
    task: str | None = None,
    first_line: int = 1,
    namespace: Callable[[], Mapping[str, object]] = _nothing,
) -> FunctionSource:
    """The task of a cell: its last function; `task` is the name its magic line gives, if any.

    Raises:
        InputError: the text is not Python, has no function, or its last one is asynchronous or a
            generator.
    """
    tree = parsed(text, cell=cell, first_line=first_line)
    function = _last_function(tree, cell, task=task)
    return FunctionSource(
        name=function.name, text=text, cell=cell, first_line=first_line, namespace=namespace
    )


def _last_function(
    tree: ast.Module, cell: str, name: str | None = None, *, task: str | None = None
) -> FunctionNode:
    functions = [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and name in (None, node.name)
    ]
    if not functions:
        what = f"no function {name!r}" if name else "no function"
        below = " above its lines, and these indented" if tree.body else ""
        raise InputError(
            f"the cell has {what}",
            where=cell,
            hint=f"a task is a function: def {task or name or 'train'}(session):{below or ' …'}",
        )
    last = functions[-1]
    if isinstance(last, ast.AsyncFunctionDef):
        raise InputError(
            f"{last.name} is asynchronous, and a procedure is not",
            where=cell,
            hint=f"def {last.name}(…): return asyncio.run(…)",
        )
    if any(isinstance(node, ast.Yield | ast.YieldFrom) for node in _own_nodes(last)):
        raise InputError(
            f"{last.name} has a yield, so that a call of it runs nothing",
            where=cell,
            hint=f"def {last.name}(…): … return [each for each in …]",
        )
    return last


def _own_nodes(function: ast.AST) -> Iterator[ast.AST]:
    """What stands in a function and in no other one inside of it."""
    for child in ast.iter_child_nodes(function):
        if not isinstance(
            child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda
        ):
            yield child
            yield from _own_nodes(child)
