"""Where a function or class of the notebook is written: the text of its cell, the lines in it.

Reads what Python keeps of source text (`linecache`); never runs or imports anything.
"""

from __future__ import annotations
import __future__

import ast
import inspect
import linecache
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The text of one definition.

    Attributes:
        first_line: the number of its first line in its cell, decorators included, from 1.
        place: how a traceback names the cell.
        futures: the `from __future__` names in force there, as far as the text says.
    """

    name: str
    text: str
    place: str
    first_line: int
    futures: frozenset[str] = frozenset()

    def with_flags(self, co_flags: int) -> Written:
        """The same with the futures that code of these flags was compiled with."""
        in_force = {
            name
            for name in __future__.all_feature_names
            if co_flags & getattr(__future__, name).compiler_flag & _FUTURE_MASK
        }
        return replace(self, futures=self.futures | in_force)


#: `nested_scopes` and `generators` share bits with ordinary code flags.
_FUTURE_MASK = __future__.annotations.compiler_flag
#: Whether a decorator is one of ours, which is not shipped.
IsOurs = Callable[[ast.expr], bool]

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def defined_in(
    text: str, name: str, *, place: str, first_line: int, is_ours: IsOurs
) -> Written | None:
    """The last top-level definition of `name` in a cell's text: def, class or `name = lambda`."""
    tree = ast.parse(text)
    node = next((node for node in reversed(tree.body) if _defines(node, name)), None)
    if node is None:
        return None
    decorators = node.decorator_list if isinstance(node, _Definition) else []
    lines = text.splitlines()
    start = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    for decorator in decorators:
        if is_ours(decorator):
            for number in range(decorator.lineno, (decorator.end_lineno or decorator.lineno) + 1):
                lines[number - 1] = ""
    while not lines[start - 1].strip():
        start += 1
    return Written(
        name=name,
        text="\n".join(lines[start - 1 : node.end_lineno]),
        place=place,
        first_line=first_line + start - 1,
        futures=_futures(tree),
    )


def find_written(
    name: str, value: object, place_of: Callable[[str], str], is_ours: IsOurs
) -> Written | None:
    """Where `name` is written outside the task's own cell, or None.

    By the file name of its code; a class without methods, or a function behind a decorator of
    somebody else, is looked for in the cells that were run, newest first.
    """
    filename = code_file(value)
    filenames = (filename,) if filename is not None else tuple(remembered_cells())
    for candidate in filenames:
        text = text_of_file(candidate)
        if text is None or not parses(text):
            continue
        found = defined_in(text, name, place=place_of(candidate), first_line=1, is_ours=is_ours)
        if found is not None:
            return found
    return None


def innermost(value: object) -> object:
    """The function behind decorators that say what they wrap; anything else as it is."""
    try:
        return inspect.unwrap(value) if callable(value) else value
    except ValueError:  # it wraps itself
        return value


def code_file(value: object) -> str | None:
    """The file name of the code of a function, or of a class's first method that has one."""
    unwrapped = innermost(value)
    if isinstance(unwrapped, types.FunctionType):
        return unwrapped.__code__.co_filename
    if isinstance(unwrapped, type):
        for member in vars(unwrapped).values():
            inner = getattr(member, "__func__", getattr(member, "fget", member))
            if not isinstance(inner, types.FunctionType):
                continue
            # Not those that a decorator such as dataclass adds: they stand in its own module.
            at_home = inner.__globals__.get("__name__") == unwrapped.__module__
            if at_home and inner.__code__.co_filename != "<string>":
                return inner.__code__.co_filename
    return None


def text_of_file(filename: str) -> str | None:
    """The source text Python keeps under a code's file name, a cell's included."""
    lines = linecache.getlines(filename)
    return "".join(lines) if lines else None


def remembered_cells() -> Iterator[str]:
    """The file names of texts that are no files, newest first: the cells that were run."""
    for filename, entry in reversed(list(linecache.cache.items())):
        if len(entry) == 4 and entry[1] is None:
            yield filename


def parses(text: str) -> bool:
    """Whether `text` is Python; a cell with magics as they were typed is not."""
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True


def _defines(node: ast.stmt, name: str) -> bool:
    if isinstance(node, _Definition):
        return node.name == name
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Lambda):
        return False
    return [ast.unparse(target) for target in node.targets] == [name]


def _futures(tree: ast.Module) -> frozenset[str]:
    return frozenset(
        alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module == "__future__"
        for alias in node.names
    )
